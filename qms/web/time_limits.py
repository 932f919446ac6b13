"""Time limits: the register of a day and the bulletin of a month, to read and to take along (R28)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from flask import Blueprint, request

from qms import calendar, clocks
from qms.clocks import State, tables
from qms.documents import master_list
from qms.http.edge import NothingToSee, look, page, t
from qms.kernel.labels import N_
from qms.web.documents.library import download
from qms.web.links import link
from qms.web.revisions import departments

if TYPE_CHECKING:
    from flask import Response

    from qms.kernel.work import Work

pages = Blueprint("time_limits", __name__)
CLASSES: Final = {
    State.RUNNING: "draft",
    State.WARNED: "in_review",
    State.DUE_TODAY: "in_review",
    State.OVERDUE: "withdrawn",
    State.PAUSED: "draft",
    State.STOPPED: "in_force",
}
MOST: Final = 200
"""More rows than anybody reads on a page; the file holds them all."""
_DAY: Final = timedelta(days=1)
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _asked(name: str, form: str, otherwise: date) -> date:
    """The day or month of the address; one that is none, or far away, is the present one."""
    text = request.args.get(name, "")
    try:
        found = date.fromisoformat(form.format(text))
    except ValueError:
        return otherwise
    return found if date.min.year < found.year < date.max.year else otherwise


def _unknown_year(work: Work) -> int | None:
    """From the first of December: the coming year, while nobody knows its holidays (S71)."""
    kept = calendar.kept(work.settings.home)
    return None if kept.stands_in else calendar.unpublished_year(work.today, kept)


@pages.get("/time-limits")
def register() -> str:
    """What runs, is due, overdue, paused or was done on a day, the most urgent first."""
    work = look()
    day = _asked("day", "{}", work.today)
    found = clocks.register(work.session, work.rights, day, work.now, work.settings.zone_info)
    state = next((each for each in found.counts if each.value == request.args.get("state")), None)
    rows = [row for row in found.rows if state in {None, row.standing.state}]
    return page(
        "time_limits/register.html",
        day=day,
        before=day - _DAY,
        after=day + _DAY if day < work.today else None,
        counts=found.counts,
        count=len(found.rows),
        state=state,
        rows=rows[:MOST],
        hidden=max(len(rows) - MOST, 0),
        unknown=_unknown_year(work),
        **_words(departments(work)),
    )


@pages.get("/time-limits/bulletin")
def bulletin() -> str:
    """The totals of a month, with the limits that were not kept."""
    work = look()
    found = clocks.bulletin(work.session, work.rights, _asked("month", "{}-01", work.today), work.now)
    names = departments(work)
    missed = [
        row for row in found.rows if row.standing.on_time is False or row.standing.state is State.OVERDUE
    ]
    following = (found.month + 31 * _DAY).replace(day=1)
    return page(
        "time_limits/bulletin.html",
        month=found.month,
        before=(found.month - _DAY).replace(day=1),
        after=following if following <= work.today else None,
        totals=found.totals,
        rate=tables.rate(found.totals),
        by_name=tables.totals(found, work.language),
        by_department=tables.by_department(found, work.language, names),
        rows=missed[:MOST],
        hidden=max(len(missed) - MOST, 0),
        **_words(names),
    )


@pages.get("/time-limits/register.<suffix>")
def register_file(suffix: str) -> Response:
    """The register of a day as a file that no spreadsheet computes (SEC-21)."""
    work = look()
    day = _asked("day", "{}", work.today)
    zone = work.settings.zone_info
    found = clocks.register(work.session, work.rights, day, work.now, zone)
    rows = tables.table(found.rows, work.language, zone, departments(work))
    return _file(rows, f"time-limits-{day.isoformat()}", suffix)


@pages.get("/time-limits/bulletin.<suffix>")
def bulletin_file(suffix: str) -> Response:
    """The bulletin of a month as a file: every limit, then the totals."""
    work = look()
    found = clocks.bulletin(work.session, work.rights, _asked("month", "{}-01", work.today), work.now)
    rows = tables.table(found.rows, work.language, work.settings.zone_info, departments(work))
    rows += [[], *tables.totals(found, work.language)]
    return _file(rows, f"time-limits-{found.month:%Y-%m}", suffix)


def _words(names: dict[str, str]) -> dict[str, object]:
    return {"states": clocks.STATES, "css": CLASSES, "departments": names, "link": link, "due": tables.due}


def _file(rows: list[list[str]], name: str, suffix: str) -> Response:
    if suffix not in {"csv", "xlsx"}:
        raise NothingToSee
    if suffix == "csv":
        return download(master_list.to_csv(rows), f"{name}.csv", "text/csv; charset=utf-8")
    return download(master_list.to_xlsx(rows, t(N_("Time limits"))), f"{name}.xlsx", _XLSX)
