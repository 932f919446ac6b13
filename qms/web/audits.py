"""Audits and inspections: their calendar, one of them, its report, and what they covered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, current_app, redirect, request, url_for

from qms import accounts, audits, documents, standards
from qms.audits import COVERAGE_STATES
from qms.documents import KINDS, Kind
from qms.http.edge import NothingToSee, act, page, tell
from qms.http.forms import Form
from qms.http.limits import limiter
from qms.kernel.errors import Invalid, Problem
from qms.kernel.labels import N_, in_language
from qms.kernel.refs import Ref
from qms.rendering import StampKind
from qms.web import signing
from qms.web.links import link
from qms.web.records.listing import reader
from qms.web.revisions import departments, titles
from qms.web.stamped import OFTEN, stamped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Response
    from flask.typing import ResponseReturnValue

    from qms.kernel.work import Work

pages = Blueprint("audits", __name__)
_STAGES: Final[Mapping[str, str]] = {
    "planned": N_("planned"),
    "under-way": N_("under way"),
    "reported": N_("reported"),
    "closed": N_("closed"),
    "cancelled": N_("cancelled"),
    "disposed": N_("disposed of"),
}
_STAGE_CLASSES: Final = {
    "planned": "draft",
    "under-way": "in_review",
    "reported": "approved",
    "closed": "in_force",
    "cancelled": "withdrawn",
    "disposed": "superseded",
}
_STATE_CLASSES: Final = {"never": "withdrawn", "overdue": "in_review", "covered": "in_force"}
_ACTION_STATES: Final[Mapping[str, str]] = {
    "open": N_("open"),
    "closed": N_("closed"),
    "cancelled": N_("cancelled"),
    "disposed": N_("disposed of"),
}
_MONTHS: Final = (6, 12, 24, 36)


def _words(work: Work) -> dict[str, Any]:
    return {
        "titles": titles(work),
        "departments": departments(work),
        "stages": _STAGES,
        "stage_classes": _STAGE_CLASSES,
        "modes": audits.MODES,
        "results": audits.RESULTS,
        "action_states": _ACTION_STATES,
        "link": link,
        "record_link": lambda number: link(Ref("record", number)),
        "action_link": lambda number: link(Ref("action", number)),
        "may_map": work.rights.may("records:read"),
    }


@pages.get("/audits")
def listing() -> str:
    """The calendar: month by month who comes where, what is under way and what was found."""
    work = reader()
    asked = {name: request.args.get(name, "") for name in ("department", "stage", "year")}
    every = audits.listing(work)
    years = sorted({each.from_on.year for each in every} | {work.today.year}, reverse=True)
    year = int(asked["year"]) if asked["year"] in map(str, years) else work.today.year
    shown = [
        each
        for each in audits.listing(work, department=asked["department"], at=asked["stage"])
        if each.from_on.year <= year <= each.until_on.year
    ]
    months: dict[str, list[audits.Listed]] = {}
    for each in shown:
        months.setdefault(f"{each.from_on:%Y-%m}", []).append(each)
    places = {code for each in every for code in each.departments}
    return page(
        "audits/list.html",
        months=months,
        years=years,
        year=year,
        asked=asked,
        where=sorted(places),
        can_plan=bool(audits.forms_of(work)),
        **_words(work),
    )


@pages.route("/audits/plan", methods=["GET", "POST"])
def plan() -> ResponseReturnValue:
    """Begin a plan: where, and which documents; the questions are proposed."""
    work = reader()
    offered = audits.forms_of(work)
    if not offered:
        raise NothingToSee
    form = Form(form=offered[0])
    if request.method == "POST":
        with signing.trying(form, "documents"):
            chosen = form.chosen("form", [(each, each) for each in offered])
            places, numbers = request.form.getlist("departments"), request.form.getlist("documents")
            empty = [name for name, given in (("departments", places), ("documents", numbers)) if not given]
            if empty:
                raise Invalid([Problem(N_("Choose at least one."), field=each) for each in empty])
            with act() as writing:
                first = audits.plan(writing, chosen, places, numbers).id
            return redirect(url_for("records.draft", record_id=first), 303)
        work = reader()
    known = documents.library(work.session, work.rights, work.today)
    body = page(
        "audits/plan.html",
        form=form,
        forms=[(each, f"{each} {titles(work).get(each, '')}") for each in offered],
        where=[
            (each.code, in_language(each.names, work.language)) for each in accounts.departments(work.session)
        ],
        numbers=sorted({each.number for each in known if each.kind in audits.KINDS}),
        chosen={
            "departments": set(request.values.getlist("departments")),
            "documents": set(request.values.getlist("documents")),
        },
        **_words(work),
    )
    return body, form.status


@pages.get("/audits/coverage")
def coverage() -> str:
    """Department by document or clause: never, when last, with which result; and what to look at next."""
    work = reader()
    if not work.rights.may("records:read"):
        raise NothingToSee
    given = request.args.get("kind", "")
    kind = Kind(given) if given in [each.value for each in audits.KINDS] else Kind.CONTROL_PROCEDURE
    asked = request.args.get("months", "")
    months = int(asked) if asked in {str(each) for each in _MONTHS} else 12
    by = "clause" if request.args.get("by") == "clause" else "document"
    only = request.args.get("department", "")
    known = {each.code for each in accounts.departments(work.session)}
    only = only if only in known else ""
    found = audits.coverage_map(work, audits.Asked(kind=kind, department=only, months=months))
    return page(
        "audits/coverage.html",
        found=found,
        by=by,
        kind=kind,
        kinds={each: KINDS[each] for each in audits.KINDS},
        months=months,
        choices=_MONTHS,
        only=only,
        where=sorted(known),
        states=COVERAGE_STATES,
        state_classes=_STATE_CLASSES,
        grid=_grid(found, by),
        rows=_rows(work, found, by),
        can_plan=bool(audits.forms_of(work)),
        **_words(work),
    )


def _grid(found: audits.Map, by: str) -> dict[tuple[str, str], Any]:
    if by == "clause":
        return {(each.clause, each.department): each for each in found.clauses}
    return {(each.cell.document, each.cell.department): each for each in found.cells}


def _rows(work: Work, found: audits.Map, by: str) -> list[tuple[str, str]]:
    """What stands at the left: documents, or the clauses of the organisation's edition in their order."""
    if by == "document":
        named = titles(work)
        return [(each, named.get(each, "")) for each in found.documents]
    loaded = found.edition in {each.code for each in standards.editions(work.session)}
    known = standards.clauses(work.session, found.edition) if loaded else []
    answered = {each.clause for each in found.clauses}
    return [
        (each.number, in_language(dict(each.title), work.language))
        for each in known
        if each.number in answered
    ]


@pages.get("/audits/<number>")
def one(number: str) -> str:
    """One audit: plan, team, checklist, findings with what follows from them, report and its delivery."""
    work = reader()
    found = audits.one(work, number)
    mine = next((each for each in found.deliveries if each.person_id == work.actor.person_id), None)
    return page(
        "audits/one.html",
        found=found,
        first=found.bound.first,
        elements=audits.ELEMENTS,
        receives=mine is not None and mine.received_at is None,
        can_find="records.begin" in current_app.view_functions and work.rights.may("records:file"),
        **_words(work),
    )


@pages.post("/audits/<number>/received")
def receive(number: str) -> ResponseReturnValue:
    """A recipient says that the report has arrived (AUD-07)."""
    audits.one(reader(), number)
    with act() as work:
        audits.receive(work, number)
    tell(N_("Confirmed."))
    return redirect(url_for(".one", number=number), 303)


@pages.get("/audits/<number>/report.pdf")
@limiter.limit(OFTEN)
def report(number: str) -> Response:
    """The report for whoever may see the audit, as an uncontrolled copy; set in a process of its own."""
    work = reader()
    found = audits.one(work, number)
    made = audits.printed(work, found)
    cancelled = found.row.state == "cancelled"
    kind = StampKind.WITHDRAWN if cancelled else StampKind.UNCONTROLLED
    return stamped(work, made.sheet, made.source, made.source_name, file=f"{number}-report.pdf", kind=kind)
