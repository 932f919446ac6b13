"""The coverage map out of what is in force, what audits answered and what they found (9.2.2 a, AUD-01)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from qms import accounts, documents, risks
from qms.audits import coverage, errors, rules
from qms.audits.coverage import Cell, ClauseCovered, Covered, Ground, Look, Visit
from qms.audits.models import Audit, AuditAnswer, AuditCriterion, AuditDepartment, AuditFinding
from qms.documents import Kind
from qms.documents.models import Document, Revision, Validity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from qms.kernel.work import Work

PERMISSION: Final = "records:read"
KINDS: Final = (
    Kind.QUALITY_MANUAL,
    Kind.POLICY,
    Kind.CONTROL_PROCEDURE,
    Kind.WORK_INSTRUCTION,
    Kind.OPERATING_MANUAL,
)
"""What tells people how to work, and is therefore looked at where they do."""
_ALL: Final = "all"


@dataclass(frozen=True, slots=True)
class Asked:
    """Of what the map is asked: which kinds of document, one department, the day, the months that count."""

    kind: Kind | None = Kind.CONTROL_PROCEDURE
    department: str = ""
    day: date | None = None
    months: int = coverage.MONTHS
    edition: str = ""


@dataclass(frozen=True, slots=True)
class Map:
    """The coverage map on a day; departments and documents are those that appear in it."""

    day: date
    months: int
    edition: str
    departments: tuple[str, ...]
    documents: tuple[str, ...]
    cells: tuple[Covered, ...]
    clauses: tuple[ClauseCovered, ...]
    visits: tuple[Visit, ...]

    @property
    def counts(self) -> Mapping[str, int]:
        """How many cells stand how."""
        found = Counter(each.state for each in self.cells)
        return {state: found[state] for state in coverage.STATES}


def coverage_map(work: Work, asked: Asked, visits: int = 12) -> Map:
    """The map of the departments whose records who asks may read; nobody else has one (AUD-08).

    It counts every audit, also one whose record the reader may not see: what was looked at is no secret
    of the looking.
    """
    places = _places(work, asked.department)
    day, edition = asked.day or work.today, asked.edition or work.settings.standard
    cells = list(_cells(work, places, asked.kind, edition))
    found = coverage.cover(cells, _looks(work), day, asked.months)
    proposed = coverage.propose(
        found, _ground(work, {each.document for each in cells}), day, planned=_planned(work)
    )
    return Map(
        day=day,
        months=asked.months,
        edition=edition,
        departments=tuple(each for each in places if any(cell.department == each for cell in cells)),
        documents=tuple(sorted({each.document for each in cells})),
        cells=tuple(found),
        clauses=tuple(coverage.by_clause(found)),
        visits=tuple(coverage.programme(proposed, visits)),
    )


def _places(work: Work, department: str) -> list[str]:
    if not work.rights.may(PERMISSION):
        raise errors.CoverageNotAllowed
    every = [each.code for each in accounts.departments(work.session)]
    if department and department not in every:
        raise accounts.NoSuchDepartment(department=department)
    return [each for each in every if department in {"", each} and work.rights.may(PERMISSION, each)]


def _cells(work: Work, places: Sequence[str], kind: Kind | None, edition: str) -> Iterator[Cell]:
    """A document applies in the department that owns it, in those it is distributed to, and below these.

    One without a distribution is for every department.
    """
    every = accounts.tree(work.session)
    kinds = KINDS if kind is None else (kind,)
    heads = {number: head for number, known, head in _in_force(work) if known in kinds}
    for assigned in documents.assignments(work.session, work.rights, edition, work.today):
        number, head = assigned.document, heads.get(assigned.document)
        if head is None:
            continue
        named = head.get("distribution") or {"departments": _ALL}
        spread = named.get("departments") or []
        reached = None if spread == _ALL else every.subtrees([head["owner"], *spread])
        for place in places:
            if reached is None or place in reached:
                yield Cell(place, number, assigned.clauses)


def _in_force(work: Work) -> list[tuple[str, Kind, Mapping[str, Any]]]:
    query = (
        select(Document.number, Document.kind, Revision.head)
        .join(Revision, Revision.document_id == Document.id)
        .join(Validity, Validity.revision_id == Revision.id)
        .where(
            Validity.from_on <= work.today,
            Validity.until_on.is_(None) | (Validity.until_on > work.today),
        )
        .order_by(Document.number, Revision.id.desc())
    )
    return [(row.number, row.kind, row.head) for row in work.session.execute(query)]


def _looks(work: Work) -> list[Look]:
    """Each document an audit answered something about, in each department it came to."""
    found: Counter[tuple[str, str, str]] = Counter()
    heavy: Counter[tuple[str, str, str]] = Counter()
    query = select(AuditFinding).where(AuditFinding.audit.is_not(None), AuditFinding.state != "cancelled")
    for row in work.session.scalars(query):
        key = str(row.audit), row.department, str(row.document)
        found[key] += 1
        heavy[key] += row.weight or 0
    answered = (
        select(Audit.number, AuditDepartment.department, AuditAnswer.document, Audit.reported_on)
        .join(AuditDepartment, AuditDepartment.audit_id == Audit.id)
        .join(AuditAnswer, AuditAnswer.audit_id == Audit.id)
        .where(
            Audit.state != "cancelled",
            AuditAnswer.document.is_not(None),
            AuditAnswer.result != rules.NOT_CHECKED,
        )
        .distinct()
    )
    return [
        Look(audit, place, document, on, found[audit, place, document], heavy[audit, place, document])
        for audit, place, document, on in work.session.execute(answered)
        if document is not None and on is not None
    ]


def _planned(work: Work) -> set[tuple[str, str]]:
    """What an audit will look at that has not reported yet.

    One that comes unannounced is not told by what a head no longer finds proposed for their department.
    """
    query = (
        select(AuditDepartment.department, AuditCriterion.document, Audit.modes)
        .join(Audit, Audit.id == AuditDepartment.audit_id)
        .join(AuditCriterion, AuditCriterion.audit_id == Audit.id)
        .where(Audit.state == "open", Audit.reported_on.is_(None))
    )
    rows = work.session.execute(query)
    return {(row.department, row.document) for row in rows if not rules.HIDDEN & set(row.modes)}


def _ground(work: Work, numbers: set[str]) -> Ground:
    points = Counter(each.declared.document for each in risks.points(work))
    began: dict[str, list[date]] = {}
    query = (
        select(Document.number, Validity.from_on)
        .join(Revision, Revision.document_id == Document.id)
        .join(Validity, Validity.revision_id == Revision.id)
        .where(Document.number.in_(numbers))
        .distinct()
    )
    for number, day in work.session.execute(query):
        began.setdefault(number, []).append(day)
    return Ground(points, began)
