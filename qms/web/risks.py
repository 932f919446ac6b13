"""Control points in force: how they stand, their checks, and warnings to treat and report (R56, R57)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, current_app, redirect, request, url_for

from qms import accounts, forms, records, risks, schedules
from qms.http.edge import NothingToSee, act, look, page, tell
from qms.http.forms import Form
from qms.kernel.errors import QmsError
from qms.kernel.labels import N_, in_language
from qms.kernel.refs import Ref
from qms.web import signing
from qms.web.links import link
from qms.web.revisions import titles

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from qms.forms import Definition
    from qms.kernel.work import Work
    from qms.risks import Standing

pages = Blueprint("risks", __name__)
_DONE: Final = {"treat": N_("Treated; now report it."), "report": N_("Reported; the warning is closed.")}
_VERDICT: Final = "verdict"
_CLASSES: Final = {
    risks.State.OPEN: "withdrawn",
    risks.State.TREATED: "in_review",
    risks.State.REPORTED: "in_force",
    risks.State.VOID: "superseded",
}


def _seen() -> Work:
    work = look()
    if not work.rights.may("documents:read"):
        raise NothingToSee
    return work


def _words(work: Work) -> dict[str, Any]:
    return {
        "titles": titles(work),
        "kinds": risks.KINDS,
        "every": schedules.EVERY,
        "every_of": schedules.every_of,
        "states": risks.STATES,
        "classes": _CLASSES,
        "link": lambda number: link(Ref("record", number)),
        "posts": {each.code: each.names for each in accounts.posts(work.session)},
    }


def _form(work: Work, number: str) -> Definition | None:
    """What the form of a point's checks declares, where the reader sees it in force."""
    try:
        return records.definition_of(records.form_in_force(work, number))
    except QmsError:
        return None


def _told(work: Work, definition: Definition | None, verdict: str | None) -> str:
    """A verdict in the words of the form's choice, else as it was written."""
    fields = definition.fields if definition is not None else ()
    options = (option for entry in fields if entry.id == _VERDICT for option in entry.options)
    label = next((option.label for option in options if option.value == verdict), verdict or "")
    return forms.spoken(label, work.language)


@pages.get("/control-points")
def listing() -> str:
    """The points by document: last check, verdict, warnings under way, never checked."""
    work = _seen()
    asked = {name: request.args.get(name, "") for name in ("document", "department", "only")}
    every = risks.points(work)
    found = risks.chosen(
        every,
        document=asked["document"],
        department=asked["department"],
        unchecked=asked["only"] == "unchecked",
        warned=asked["only"] == "warned",
    )
    groups: dict[str, list[Standing]] = {}
    for each in found:
        groups.setdefault(each.declared.document, []).append(each)
    owners = {each.declared.owner for each in every}
    known = {each.declared.point.form for each in found if each.last is not None and each.last.verdict}
    asked_on = {number: _form(work, number) for number in known}
    return page(
        "risks/list.html",
        groups=groups,
        told=lambda row: _told(work, asked_on.get(row.declared.point.form), row.last.verdict),
        asked=asked,
        documents=sorted({each.declared.document for each in every}),
        departments=[each for each in accounts.departments(work.session) if each.code in owners],
        **_words(work),
    )


def _standard(work: Work, key: str) -> str:
    """What a point asks for; its key where it is no longer in force."""
    try:
        return in_language(risks.point(work, key).point.standard, work.language)
    except risks.NoSuchControlPoint:
        return key


@pages.get("/control-points/<document>/<code>")
def one(document: str, code: str) -> str:
    """One point with its checks and its warnings."""
    work = _seen()
    found = risks.point(work, f"{document}#{code}")
    asked_on = _form(work, found.point.form)
    warn = found.point.warn
    plain = "" if warn is None else warn.when
    return page(
        "risks/one.html",
        found=found,
        told=lambda verdict: _told(work, asked_on, verdict),
        warns=forms.in_words(asked_on, plain, work.language) if asked_on is not None and plain else plain,
        checks=risks.checks(work, found),
        warnings=risks.warnings(work, found),
        due=risks.due(work, found),
        can_file="records.begin" in current_app.view_functions and work.rights.may("records:file"),
        **_words(work),
    )


@pages.route("/control-points/warnings/<int:warning_id>", methods=["GET", "POST"])
def warning(warning_id: int) -> ResponseReturnValue:
    """One warning: treated with a measure, then reported to the head by who was warned."""
    work = _seen()
    form = Form()
    if request.method == "POST":
        with signing.trying(form, fields={risks.WordsNeeded: "text"}):
            text = form.text("text")
            step = form.text("step")
            form.check()
            with act() as writing:
                (risks.report if step == "report" else risks.treat)(writing, warning_id, text)
            tell(_DONE["report" if step == "report" else "treat"])
            return redirect(url_for(".warning", warning_id=warning_id), 303)
        work = _seen()
    row = risks.warning(work, warning_id)
    document, _, code = row.point.partition("#")
    body = page(
        "risks/warning.html",
        form=form,
        row=row,
        document=document,
        code=code,
        point=_standard(work, row.point),
        mine=risks.may_act(work, warning_id),
        **_words(work),
    )
    return body, form.status
