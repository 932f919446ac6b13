"""Pure rules of coverage: what was looked at where and when, and what the next programme should look at.

Stated rule of the proposal (9.2.2 a, AUD-01): the weight of a department and a document is its importance
times the months since it was last looked at there, plus 6 for each revision that entered force since, plus 3
times the weight of what was found then. Importance is 1 and one more for each control point of the document,
at most 5. Nothing counts for more than 36 months, and what was never looked at counts for all of them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from qms.kernel.labels import N_

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date

LONGEST: Final = 36
MONTHS: Final = 12
_CHANGE: Final = 6
_FOUND: Final = 3
_MOST_IMPORTANT: Final = 5
NEVER: Final = "never"
OVERDUE: Final = "overdue"
COVERED: Final = "covered"
STATES: Final[Mapping[str, str]] = {
    NEVER: N_("never looked at"),
    OVERDUE: N_("too long ago"),
    COVERED: N_("looked at"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A document where it applies, with the clauses of the standard that it answers."""

    department: str
    document: str
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """An audit that looked at a document in a department, and what was found: how much, and how heavy."""

    audit: str
    department: str
    document: str
    on: date
    findings: int = 0
    weight: int = 0


@dataclass(frozen=True, slots=True)
class Covered:
    """How a cell stands on a day; `last` is the last look at it."""

    cell: Cell
    state: str
    last: Look | None
    months: int


@dataclass(frozen=True, slots=True)
class ClauseCovered:
    """How a clause of the standard stands in a department, over all documents that answer it there."""

    clause: str
    department: str
    state: str
    last: Look | None
    documents: tuple[str, ...]
    never: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """What weighs beside the looks: control points of each document, and the days its revisions began."""

    points: Mapping[str, int]
    began: Mapping[str, Sequence[date]]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A cell that the next programme should look at, and why."""

    covered: Covered
    importance: int
    changes: int
    weight: int


@dataclass(frozen=True, slots=True)
class Visit:
    """An audit the next programme should hold: a department and the documents to look at there."""

    department: str
    proposals: tuple[Proposal, ...]

    @property
    def weight(self) -> int:
        """The weight of everything it looks at."""
        return sum(each.weight for each in self.proposals)


def months_between(first: date, last: date) -> int:
    """Whole months from one day to another, at most as many as count; none backwards."""
    whole = (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)
    return max(0, min(whole, LONGEST))


def cover(cells: Iterable[Cell], looks: Iterable[Look], day: date, months: int = MONTHS) -> list[Covered]:
    """How each cell stands on a day: never looked at, more than so many months ago, or within them."""
    last: dict[tuple[str, str], Look] = {}
    for look in looks:
        key = look.department, look.document
        if look.on <= day and (key not in last or (last[key].on, last[key].audit) < (look.on, look.audit)):
            last[key] = look
    return [_covered(cell, last.get((cell.department, cell.document)), day, months) for cell in cells]


def _covered(cell: Cell, last: Look | None, day: date, months: int) -> Covered:
    if last is None:
        return Covered(cell, NEVER, None, LONGEST)
    since = months_between(last.on, day)
    return Covered(cell, OVERDUE if since >= months else COVERED, last, since)


def by_clause(found: Sequence[Covered]) -> list[ClauseCovered]:
    """How each clause stands in each department: as the document that stands worst there."""
    grouped: dict[tuple[str, str], list[Covered]] = defaultdict(list)
    for each in found:
        for clause in each.cell.clauses:
            grouped[clause, each.cell.department].append(each)
    return [
        ClauseCovered(
            clause=clause,
            department=department,
            state=min((each.state for each in mine), key=list(STATES).index),
            last=max((each.last for each in mine if each.last is not None), key=_when, default=None),
            documents=tuple(sorted({each.cell.document for each in mine})),
            never=tuple(sorted({each.cell.document for each in mine if each.last is None})),
        )
        for (clause, department), mine in grouped.items()
    ]


def _when(look: Look) -> tuple[date, str]:
    return look.on, look.audit


def proposal(found: Covered, ground: Ground, day: date) -> Proposal:
    """The weight of a cell by the stated rule."""
    document = found.cell.document
    importance = min(1 + ground.points.get(document, 0), _MOST_IMPORTANT)
    began = [each for each in ground.began.get(document, ()) if each <= day]
    since = [each for each in began if found.last is None or each > found.last.on]
    changes = sum(months_between(each, day) < LONGEST for each in since)
    before = 0 if found.last is None else found.last.weight
    return Proposal(
        found, importance, changes, importance * found.months + _CHANGE * changes + _FOUND * before
    )


def propose(
    found: Iterable[Covered], ground: Ground, day: date, *, planned: Collection[tuple[str, str]] = ()
) -> list[Proposal]:
    """The cells by falling weight; what an open audit will look at already is left out (R50)."""
    every = [
        proposal(each, ground, day)
        for each in found
        if (each.cell.department, each.cell.document) not in planned
    ]
    return sorted(
        every, key=lambda each: (-each.weight, each.covered.cell.department, each.covered.cell.document)
    )


def programme(proposals: Sequence[Proposal], visits: int, documents: int = 3) -> list[Visit]:
    """The heaviest visits: the heaviest documents of each department, the departments by falling weight."""
    mine: dict[str, list[Proposal]] = defaultdict(list)
    for each in proposals:
        if len(mine[each.covered.cell.department]) < documents:
            mine[each.covered.cell.department].append(each)
    every = [Visit(department, tuple(held)) for department, held in mine.items()]
    return sorted(every, key=lambda each: (-each.weight, each.department))[:visits]
