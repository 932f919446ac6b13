"""Where the sections of a pack come from: one function a section, each line a figure with its list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from qms import (
    actions,
    audits,
    changes,
    clocks,
    competence,
    feedback,
    nonconformities,
    objectives,
    risks,
    tasks,
)
from qms.kernel.labels import N_
from qms.kernel.refs import Ref
from qms.kernel.work import Work
from qms.objectives import Status
from qms.rendering import chart

_MONTH: Final = 31
_GONE: Final = frozenset({"cancelled", "disposed"})


@dataclass(frozen=True, slots=True)
class Span:
    """The days a review looks at, both inside."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of a section with its figures; `place` is the page with the list behind it."""

    text: str
    facts: Mapping[str, Any]
    place: str


def _years(span: Span) -> range:
    return range(span.first.year, span.last.year + 1)


def earlier(work: Work, reviews: Iterable[str]) -> Iterator[Line]:
    """What the reviews before decided, and how far it is; what is open is carried forward (MRV-02)."""
    for number in reviews:
        for each in actions.arisen(work.session, work.rights, Ref("record", number), work.today):
            text = {
                actions.State.OPEN: N_("{number} {title}: open, due on {due}"),
                actions.State.CLOSED: N_("{number} {title}: done"),
                actions.State.CANCELLED: N_("{number} {title}: given up"),
            }[each.state]
            facts = {"number": each.number, "title": each.title, "due": str(each.due_on)}
            yield Line(text, facts, f"action:{each.number}")


def _objectives(work: Work, span: Span) -> Iterator[Line]:
    """How the objectives of the period stand, and each one that is missed or at risk by name."""
    by_record = {each.record: each for year in _years(span) for each in objectives.listing(work, year)}
    found = list(by_record.values())
    told = Counter(each.status for each in found if each.status is not None)
    texts = {
        Status.MET: N_("Objectives reached: {count}"),
        Status.ON_TRACK: N_("Objectives on track: {count}"),
        Status.AT_RISK: N_("Objectives at risk: {count}"),
        Status.MISSED: N_("Objectives not reached: {count}"),
        Status.MISSING: N_("Objectives without a result: {count}"),
        Status.WAITING: N_("Objectives under way: {count}"),
    }
    for status, text in texts.items():
        if told[status]:
            place = f"objectives:{span.last.year}:{status.value}"
            yield Line(text, {"count": told[status]}, place)
    for each in found:
        if each.status in {Status.AT_RISK, Status.MISSED}:
            actual = "—" if each.so_far.actual is None else chart.plain(round(each.so_far.actual, 2))
            facts = {"code": each.code, "name": each.name, "target": str(each.target), "actual": actual}
            text = N_("{code} {name}: {actual} against a target of {target}")
            yield Line(text, facts, f"objective:{each.record}")


def _limits(work: Work, span: Span) -> Iterator[Line]:
    """The time limits that fell due, kept and not kept."""
    kept = late = overdue = 0
    month = span.first.replace(day=1)
    while month <= span.last:
        totals = clocks.bulletin(work.session, work.rights, month, work.now).totals
        kept, late, overdue = kept + totals.kept, late + totals.late, overdue + totals.overdue
        month = (month + timedelta(days=_MONTH)).replace(day=1)
    if kept or late or overdue:
        decided = kept + late + overdue
        facts = {"kept": kept, "late": late, "overdue": overdue, "rate": kept * 100 // decided}
        text = N_("Time limits kept: {kept} ({rate} %); late: {late}; overdue: {overdue}")
        yield Line(text, facts, f"time-limits:{span.last:%Y-%m}")


def _corrected(work: Work, span: Span) -> Iterator[Line]:
    """Corrective actions filed and closed, what did not work, what is overdue."""
    told = nonconformities.figures(work, span.first, span.last)
    for text, count in (
        (N_("Corrective actions filed: {count}"), told.filed),
        (N_("Corrective actions closed: {count}"), told.closed),
        (N_("Corrective actions open: {count}"), told.open),
        (N_("Corrective actions overdue: {count}"), told.overdue),
        (N_("Corrective actions that did not work: {count}"), told.not_effective),
    ):
        if count:
            yield Line(text, {"count": count}, "corrective-actions")


def _checked(work: Work, span: Span) -> Iterator[Line]:
    """Control points with their last checks."""
    found = risks.points(work)
    if not found:
        return
    fresh = sum(each.last is not None and span.first <= each.last.on <= span.last for each in found)
    never = sum(each.last is None for each in found)
    facts = {"count": len(found), "fresh": fresh, "never": never}
    text = N_("Control points: {count}; checked in the period: {fresh}; never checked: {never}")
    yield Line(text, facts, "control-points")


def _warned(work: Work, span: Span) -> Iterator[Line]:
    """What control points warned of, and whether it was dealt with in time."""
    del span
    found = risks.points(work)
    open_ones, late = sum(each.warnings for each in found), sum(each.overdue for each in found)
    if open_ones:
        text = N_("Warnings under way: {count}; overdue: {late}")
        yield Line(text, {"count": open_ones, "late": late}, "control-points:warned")


def _heard(work: Work, span: Span) -> Iterator[Line]:
    """Complaints and suggestions received in the period, and those that are still open."""
    every = (each for year in _years(span) for each in feedback.counted(feedback.listing(work, year)))
    found = [each for each in every if span.first <= each.received_on <= span.last]
    if found:
        waiting = sum(each.closed_on is None for each in found)
        text = N_("Complaints and suggestions: {count}; open: {open}")
        yield Line(text, {"count": len(found), "open": waiting}, f"complaints:{span.last.year}")


def _audited(work: Work, span: Span) -> Iterator[Line]:
    """The audits and inspections of the period, and what they found by class."""
    held = [
        each for each in audits.listing(work, since=span.first, until=span.last) if each.stage not in _GONE
    ]
    if held:
        closed = sum(each.stage == "closed" for each in held)
        place = f"audits:{span.last.year}"
        text = N_("Audits and inspections: {count}; closed: {closed}")
        yield Line(text, {"count": len(held), "closed": closed}, place)
    found = [each for each in audits.findings(work) if span.first <= each.found_on <= span.last]
    told = Counter(each.grade for each in found if each.grade is not None)
    for grade, count in sorted(told.items()):
        still = sum(each.grade == grade and each.state == "open" for each in found)
        text = N_("Findings of the class {grade}: {count}; open: {open}")
        yield Line(text, {"grade": grade, "count": count, "open": still}, "")
    waiting = len(found) - told.total()
    if waiting:
        yield Line(N_("Findings without a class: {count}"), {"count": waiting}, "")


def _resources(work: Work, span: Span) -> Iterator[Line]:
    """What people lack of what their posts ask, and what is overdue on their desks."""
    del span
    matrix = competence.matrix(work.session, work.rights, work.today)
    nothing = competence.Standing.NOT_ASKED
    asked = [cell for row in matrix.rows for cell in row.cells if cell.standing is not nothing]
    gaps = sum(row.gaps for row in matrix.rows)
    if asked:
        text = N_("Requirements of posts: {count}; not met: {gaps}")
        yield Line(text, {"count": len(asked), "gaps": gaps}, "competence")
    late = sum(each.is_overdue for each in tasks.overseen(work.session, work.rights, work.today))
    if late:
        yield Line(N_("Tasks overdue: {count}"), {"count": late}, "tasks")


def _improving(work: Work, span: Span) -> Iterator[Line]:
    """Requests for change that wait."""
    del span
    found = changes.requests(work.session, work.rights, work.today)
    if found:
        approved = sum(each.is_approved for each in found)
        text = N_("Requests for change open: {count}; approved: {approved}")
        yield Line(text, {"count": len(found), "approved": approved}, "changes")


SOURCES: Final[Mapping[str, Callable[[Work, Span], Iterable[Line]]]] = {
    "c1": _heard,
    "c2": _objectives,
    "c3": _limits,
    "c4": _corrected,
    "c5": _checked,
    "c6": _audited,
    "d": _resources,
    "e": _warned,
    "f": _improving,
}
