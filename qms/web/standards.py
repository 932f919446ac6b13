"""Editions of standards beside each other: what each clause of one became in the other (E26-01)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, redirect, request, url_for

from qms import documents, standards
from qms.http.edge import NothingToSee, act, look, page, tell
from qms.http.forms import Form
from qms.kernel.errors import Invalid, Problem
from qms.kernel.labels import N_, in_language
from qms.web import signing
from qms.web.revisions import titles

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from qms.kernel.work import Work

pages = Blueprint("standards", __name__)
_FIELD: Final = "to-"


def _seen() -> Work:
    work = look()
    if not work.rights.may(standards.IMPORT):
        raise NothingToSee
    return work


@pages.route("/standards/mapping", methods=["GET", "POST"])
def mapping() -> ResponseReturnValue:
    """Two editions beside each other, each clause with what it became; nothing is guessed."""
    work = _seen()
    every = standards.editions(work.session)
    codes = [each.code for each in every]
    old, new = (request.values.get(name, "") for name in ("old", "new"))
    old = old if old in codes else work.settings.standard
    new = new if new in codes else next((each for each in codes if each != old), "")
    if old not in codes or not new or old == new:
        return page("standards/mapping.html", editions=every, old="", new="", form=Form(), **_names(work))
    form = Form()
    if request.method == "POST":
        with signing.trying(form, fields={standards.ClauseMissing: "faults"}):
            _draw(work, old, new)
            tell(N_("Kept."))
            return redirect(url_for(".mapping", old=old, new=new), 303)
        work = _seen()
    rows = standards.mapping(work.session, old, new)
    body = page(
        "standards/mapping.html",
        editions=every,
        old=old,
        new=new,
        form=form,
        rows=rows,
        offered=[
            (each.number, in_language(dict(each.title), work.language))
            for each in standards.clauses(work.session, new)
        ],
        left=[each for each in rows if each.clause.requirement and not each.targets],
        unmapped=documents.unmapped(work.session, work.rights, new, work.today),
        sent=request.form,
        **_names(work),
    )
    return body, form.status


def _names(work: Work) -> dict[str, object]:
    return {"titles": titles(work), "chosen": work.settings.standard}


def _draw(work: Work, old: str, new: str) -> None:
    """Keep what was changed; a number the other edition does not have is told beside its field."""
    known = {each.number for each in standards.clauses(work.session, new)}
    changed: dict[str, list[str]] = {}
    wrong: list[Problem] = []
    for row in standards.mapping(work.session, old, new):
        name = f"{_FIELD}{row.clause.number}"
        if name not in request.form:
            continue
        given = request.form[name].replace(",", " ").replace("、", " ").split()
        text = N_("There is no clause {number} in this edition.")
        wrong += [Problem(text, field=name, facts={"number": each}) for each in given if each not in known]
        if tuple(given) != row.targets:
            changed[row.clause.number] = given
    if wrong:
        raise Invalid(wrong)
    with act() as writing:
        for number, targets in changed.items():
            standards.map_clause(writing, old, new, number, targets)
