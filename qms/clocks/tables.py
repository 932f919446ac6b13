"""The register of a day and the bulletin of a month as rows of text, for files and pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qms.clocks.describe import STATES
from qms.kernel.labels import N_, listed, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from zoneinfo import ZoneInfo

    from qms.clocks.queries import Bulletin, Row
    from qms.clocks.standing import Totals

COLUMNS: Final = (
    N_("Subject"),
    N_("Time limit"),
    N_("Department"),
    N_("Who answers"),
    N_("Limit"),
    N_("Began"),
    N_("Due"),
    N_("Ended"),
    N_("State"),
    N_("Kept"),
    N_("Over by"),
)
TOTALS: Final = (
    N_("Time limit"),
    N_("All"),
    N_("Kept"),
    N_("Late"),
    N_("Overdue"),
    N_("Not due yet"),
    N_("Rate kept"),
)
_YES: Final = N_("yes")
_NO: Final = N_("no")
_ALL: Final = N_("All together")
_DEPARTMENT: Final = N_("Department")


def table(
    rows: Iterable[Row], language: str, zone: ZoneInfo, departments: Mapping[str, str]
) -> list[list[str]]:
    """Limits as rows of text in a language, headings first."""
    made = [[say(column, language) for column in COLUMNS]]
    made += [_line(row, language, zone, departments) for row in rows]
    return made


def totals(found: Bulletin, language: str) -> list[list[str]]:
    """The totals of a bulletin by limit, the whole last."""
    labels = {row.clock.name: row.label(language) for row in found.rows}
    made = [[say(column, language) for column in TOTALS]]
    made += [_sum(labels.get(name, name), each) for name, each in found.by_name.items()]
    made.append(_sum(say(_ALL, language), found.totals))
    return made


def by_department(found: Bulletin, language: str, departments: Mapping[str, str]) -> list[list[str]]:
    """The totals of a bulletin by department."""
    made = [[say(column, language) for column in (_DEPARTMENT, *TOTALS[1:])]]
    made += [_sum(departments.get(code, code) or "–", each) for code, each in found.by_department.items()]
    return made


def rate(found: Totals) -> str:
    """The share kept as people read it; a dash where nothing is decided yet."""
    return "–" if found.rate is None else f"{found.rate} %"


def _sum(name: str, found: Totals) -> list[str]:
    counts = (found.all, found.kept, found.late, found.overdue, found.open)
    return [name, *map(str, counts), rate(found)]


def _line(row: Row, language: str, zone: ZoneInfo, departments: Mapping[str, str]) -> list[str]:
    clock, kept = row.clock, row.standing.on_time
    ended = clock.stopped_at.astimezone(zone).strftime("%Y-%m-%d %H:%M") if clock.stopped_at else ""
    return [
        row.subject.key,
        row.label(language),
        departments.get(clock.department or "", clock.department or ""),
        listed(row.owners, language),
        row.limit.sentence(language),
        clock.started_at.astimezone(zone).strftime("%Y-%m-%d %H:%M"),
        due(row, zone),
        ended,
        say(STATES[row.standing.state], language),
        "" if kept is None else say(_YES if kept else _NO, language),
        row.late.sentence(language) if row.late else "",
    ]


def due(row: Row, zone: ZoneInfo) -> str:
    """The due day, with the hour where the limit is in hours; a star marks a provisional one."""
    clock = row.clock
    if clock.length.endswith(("hour", "hours")):
        return clock.due_at.astimezone(zone).strftime("%Y-%m-%d %H:%M")
    return f"{clock.due_on.isoformat()}{' *' if clock.provisional else ''}"
