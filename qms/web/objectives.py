"""Objectives: the tree with how each stands, one with its chart, forecast and history, the map by month."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, redirect, request, url_for
from markupsafe import Markup

from qms import accounts, objectives, rendering
from qms.http.edge import NothingToSee, act, page
from qms.http.limits import limiter
from qms.kernel.refs import Ref
from qms.objectives import Grade, State, Status
from qms.web.links import link
from qms.web.records.listing import reader
from qms.web.revisions import departments
from qms.web.stamped import OFTEN, stamped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flask import Response
    from flask.typing import ResponseReturnValue

    from qms.kernel.work import Work
    from qms.objectives import Standing

pages = Blueprint("objectives", __name__)
CLASSES: Final = {
    Status.MET: "in_force",
    Status.ON_TRACK: "approved",
    Status.AT_RISK: "in_review",
    Status.MISSED: "withdrawn",
    Status.MISSING: "draft",
    Status.WAITING: "draft",
}
_NEXT: Final = {
    "check": objectives.begin_check,
    "revise": objectives.begin_revision,
    "below": objectives.begin_below,
}


def shared(work: Work) -> dict[str, Any]:
    """What the pages of objectives say in words."""
    return {
        "css": CLASSES,
        "statuses": objectives.STATUSES,
        "states": objectives.STATES,
        "levels": objectives.LEVELS,
        "units": objectives.UNITS,
        "directions": objectives.DIRECTIONS,
        "methods": objectives.METHODS,
        "every": objectives.CHECKS,
        "departments": departments(work),
        "plain": rendering.chart.plain,
        "link": lambda number: link(Ref("record", number)),
    }


def _year(work: Work) -> int:
    return request.args.get("year", work.today.year, type=int)


@pages.get("/objectives")
def listing() -> str:
    """The objectives of a year from the centre's down to the person's, those that arise below each."""
    work = reader()
    asked = {name: request.args.get(name, "") for name in ("department", "status")}
    year = min(max(_year(work), 1), 9998)
    found = objectives.listing(work, year, department=asked["department"], status=asked["status"])
    rows = list(_tree(found))
    return page(
        "objectives/listing.html",
        rows=rows,
        asked=asked,
        year=year,
        years=sorted({*objectives.years(work), year}, reverse=True),
        uncovered=_uncovered(found) if not any(asked.values()) else set(),
        choosable=accounts.departments(work.session),
        **shared(work),
    )


def _tree(found: Sequence[Standing]) -> Iterator[tuple[int, Standing]]:
    """Each below the one it arises from; where that one is not shown, it stands for itself."""
    shown = {each.record for each in found}
    below: dict[str, list[Standing]] = {}
    for each in found:
        below.setdefault(each.parent if each.parent in shown else "", []).append(each)
    order = [(0, each) for each in reversed(below.get("", []))]
    while order:
        depth, each = order.pop()
        yield depth, each
        order += [(depth + 1, child) for child in reversed(below.get(each.record, []))]


def _uncovered(found: Sequence[Standing]) -> set[str]:
    """Objectives of the centre that no department takes up (5.4.2, R30)."""
    parents = {each.parent for each in found if each.state is not State.ENDED}
    return {
        each.record
        for each in found
        if each.level is Grade.CENTRE and each.state is State.SET and each.record not in parents
    }


@pages.get("/objectives/map")
def heat() -> str:
    """Departments by months: of the results that ended there, how many reached their target."""
    work = reader()
    year = min(max(_year(work), 1), 9998)
    found = objectives.listing(work, year)
    told = objectives.cells(((each.department, point) for each in found for point in each.points), year)
    return page(
        "objectives/map.html",
        told=told,
        months=objectives.MONTHS,
        year=year,
        years=sorted({*objectives.years(work), year}, reverse=True),
        **shared(work),
    )


@pages.get("/objectives/<number>")
def one(number: str) -> str:
    """One objective: how it stands, its parts, what the year may come to, its history, its checks."""
    work = reader()
    found = objectives.one(work, number)
    above, below = objectives.family_of(work, number)
    checks = objectives.checks(work, number)
    return page(
        "objectives/one.html",
        found=found,
        picture=Markup(objectives.picture(found, work.language)) if found.points else "",  # noqa: S704 - our own, escaped
        so_far=objectives.so_far(found, work.language),
        forecast=objectives.forecasts(found, work.language),
        above=above,
        below=below,
        history=objectives.history(work, number),
        checks=checks,
        scores=objectives.scores(checks),
        proposal=objectives.proposal(objectives.earlier(work, number)),
        can_file=work.rights.may("records:file") and found.state is State.SET,
        **shared(work),
    )


@pages.get("/objectives/<number>/sheet.pdf")
@limiter.limit(OFTEN)
def sheet(number: str) -> Response:
    """The objective as PDF to take along, an uncontrolled copy; set in a process of its own (SEC-19)."""
    work = reader()
    printed = objectives.printed(work, number)
    return stamped(work, printed.sheet, printed.source, printed.source_name, file=f"{number}-objective.pdf")


@pages.post("/objectives/<number>/<what>")
def begin(number: str, what: str) -> ResponseReturnValue:
    """Begin a check, a revision or an objective below, with what is known of this one filled in."""
    if what not in _NEXT:
        raise NothingToSee
    with act() as work:
        first = _NEXT[what](work, number).id
    return redirect(url_for("records.draft", record_id=first), 303)
