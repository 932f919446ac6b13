"""The clause matrix, pure: edition, clause, documents, records, and the gaps both ways (DOC-15)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from qms.kernel.labels import N_, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


@dataclass(frozen=True, slots=True)
class ClauseRow:
    """A clause as the matrix needs it; `requirement=False` marks front matter nobody must answer."""

    number: str
    title: Mapping[str, str] = field(default_factory=dict)
    requirement: bool = True


@dataclass(frozen=True, slots=True)
class Assignment:
    """A document that answers clauses, and the record types it brings about.

    `clauses` is empty for a document that names none.
    """

    document: str
    clauses: tuple[str, ...] = ()
    records: tuple[str, ...] = ()


class GapKind(StrEnum):
    """Which way a gap of the matrix points."""

    CLAUSE_WITHOUT_DOCUMENT = "clause-without-document"
    CLAUSE_WITHOUT_RECORD = "clause-without-record"
    DOCUMENT_WITHOUT_CLAUSE = "document-without-clause"
    UNKNOWN_CLAUSE = "unknown-clause"
    EXCLUDED_YET_ASSIGNED = "excluded-yet-assigned"
    EXCLUSION_WITHOUT_REASON = "exclusion-without-reason"
    UNKNOWN_EXCLUSION = "unknown-exclusion"


GAPS: Mapping[GapKind, str] = {
    GapKind.CLAUSE_WITHOUT_DOCUMENT: N_("No document answers clause {clause}."),
    GapKind.CLAUSE_WITHOUT_RECORD: N_("No document that answers clause {clause} brings about a record."),
    GapKind.DOCUMENT_WITHOUT_CLAUSE: N_("{document} answers no clause."),
    GapKind.UNKNOWN_CLAUSE: N_("{document} names clause {clause}, which this edition does not have."),
    GapKind.EXCLUDED_YET_ASSIGNED: N_("{document} answers clause {clause}, which is excluded."),
    GapKind.EXCLUSION_WITHOUT_REASON: N_("Clause {clause} is excluded without a reason."),
    GapKind.UNKNOWN_EXCLUSION: N_("Clause {clause} is excluded, but this edition does not have it."),
}


@dataclass(frozen=True, slots=True)
class Gap:
    """A hole in the matrix."""

    kind: GapKind
    clause: str = ""
    document: str = ""

    def sentence(self, language: str = "en") -> str:
        """The hole in one sentence."""
        return say(GAPS[self.kind], language, clause=self.clause, document=self.document)


@dataclass(frozen=True, slots=True)
class Row:
    """One clause with what answers it: named itself, by a clause above it, or by those below it."""

    clause: ClauseRow
    documents: tuple[str, ...]
    inherited: tuple[str, ...]
    records: tuple[str, ...]
    excluded: str | None


@dataclass(frozen=True, slots=True)
class Matrix:
    """Rows in the order of the edition, and the gaps both ways."""

    rows: tuple[Row, ...]
    gaps: tuple[Gap, ...]


def parent_of(number: str) -> str | None:
    """The number of the clause above, `7.5` for `7.5.3`."""
    above, dot, _ = number.rpartition(".")
    return above if dot else None


def above(number: str) -> Iterator[str]:
    """The numbers of all clauses above, the nearest first."""
    parent = parent_of(number)
    while parent is not None:
        yield parent
        parent = parent_of(parent)


def matrix(
    clauses: Sequence[ClauseRow],
    assignments: Iterable[Assignment],
    exclusions: Mapping[str, str] | None = None,
) -> Matrix:
    """Which documents answer which clause, and every gap (DOC-15, ISO 9001 4.3 and 7.5.1 a).

    A document that names a clause answers those below it too. Only clauses without others below
    them can be gaps, so that naming all parts answers the whole. `exclusions` give the reason by
    clause number; an excluded clause takes those below it with it, and needs its reason.
    """
    excluded = dict(exclusions or {})
    given = sorted(assignments, key=lambda one: one.document)
    numbers = {clause.number for clause in clauses}
    parents = {parent for number in numbers if (parent := parent_of(number))}
    direct: dict[str, list[Assignment]] = {}
    for one in given:
        for number in one.clauses:
            direct.setdefault(number, []).append(one)
    rows = tuple(_row(clause, direct, excluded) for clause in clauses)
    gaps = [gap for row in rows if row.clause.number not in parents for gap in _row_gaps(row)]
    gaps += [gap for one in given for gap in _document_gaps(one, numbers, excluded)]
    gaps += _exclusion_gaps(excluded, numbers)
    return Matrix(rows, tuple(gaps))


def _row(clause: ClauseRow, direct: Mapping[str, Sequence[Assignment]], excluded: Mapping[str, str]) -> Row:
    lineage = (clause.number, *above(clause.number))
    own = direct.get(clause.number, ())
    higher = [one for number in lineage[1:] for one in direct.get(number, ())]
    named = {one.document for one in own}
    return Row(
        clause=clause,
        documents=tuple(sorted(named)),
        inherited=tuple(sorted({one.document for one in higher} - named)),
        records=tuple(sorted({record for one in (*own, *higher) for record in one.records})),
        excluded=next((excluded[number] for number in lineage if number in excluded), None),
    )


def _row_gaps(row: Row) -> Iterator[Gap]:
    if row.excluded is not None or not row.clause.requirement:
        return
    if not row.documents and not row.inherited:
        yield Gap(GapKind.CLAUSE_WITHOUT_DOCUMENT, clause=row.clause.number)
    elif not row.records:
        yield Gap(GapKind.CLAUSE_WITHOUT_RECORD, clause=row.clause.number)


def _document_gaps(one: Assignment, numbers: set[str], excluded: Mapping[str, str]) -> Iterator[Gap]:
    if not one.clauses:
        yield Gap(GapKind.DOCUMENT_WITHOUT_CLAUSE, document=one.document)
    for number in one.clauses:
        if number not in numbers:
            yield Gap(GapKind.UNKNOWN_CLAUSE, clause=number, document=one.document)
        elif any(higher in excluded for higher in (number, *above(number))):
            yield Gap(GapKind.EXCLUDED_YET_ASSIGNED, clause=number, document=one.document)


def _exclusion_gaps(excluded: Mapping[str, str], numbers: set[str]) -> Iterator[Gap]:
    for number, reason in excluded.items():
        if number not in numbers:
            yield Gap(GapKind.UNKNOWN_EXCLUSION, clause=number)
        if not reason.strip():
            yield Gap(GapKind.EXCLUSION_WITHOUT_REASON, clause=number)


@dataclass(frozen=True, slots=True)
class Carried:
    """Assignments in the numbers of another edition, and the links that have no counterpart there."""

    assignments: tuple[Assignment, ...]
    unmapped: tuple[tuple[str, str], ...]


def carry(assignments: Iterable[Assignment], links: Mapping[str, Sequence[str]]) -> Carried:
    """Take assignments over to another edition; every mapped link survives, unmapped are listed (E26-01).

    `links` gives for a clause of the old edition those of the new one.
    """
    carried: list[Assignment] = []
    unmapped: list[tuple[str, str]] = []
    for one in assignments:
        new = dict.fromkeys(number for old in one.clauses for number in links.get(old, ()))
        unmapped += [(one.document, old) for old in one.clauses if not links.get(old)]
        carried.append(Assignment(one.document, tuple(new), one.records))
    return Carried(tuple(carried), tuple(unmapped))
