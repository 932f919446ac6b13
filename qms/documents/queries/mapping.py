"""Which document answers which clause of a standard, and what leans on what (DOC-14, DOC-15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from qms import standards
from qms.documents import access, tree
from qms.documents.models import ClauseMap, Document, Link, ReferenceTo, Revision, Validity
from qms.documents.queries.finding import covering
from qms.standards import Assignment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy.orm import Session

    from qms.kernel.ports import Rights
    from qms.standards import Matrix

_RECORDS = (Link.FORM, Link.REGISTER)


def assignments(session: Session, rights: Rights, edition: str, day: date) -> list[Assignment]:
    """What each visible document in force answers of an edition, and the forms that record it.

    A document that names no clause of the edition answers those which its clauses of another edition became
    (E26-01): to change the edition changes the numbers and no document.
    """
    return _carried(session, rights, edition, day)[0]


def unmapped(session: Session, rights: Rights, edition: str, day: date) -> list[tuple[str, str, str]]:
    """What documents name of other editions and became nothing in this one: number, edition, clause."""
    return _carried(session, rights, edition, day)[1]


def _carried(
    session: Session, rights: Rights, edition: str, day: date
) -> tuple[list[Assignment], list[tuple[str, str, str]]]:
    base = (
        select(Document.number)
        .join(Revision, Revision.document_id == Document.id)
        .join(Validity, Validity.revision_id == Revision.id)
        .where(access.issued(rights), covering(day))
    )
    records: dict[str, set[str]] = {}
    used = base.join(ReferenceTo, ReferenceTo.revision_id == Revision.id).add_columns(ReferenceTo.target)
    for number, target in session.execute(used.where(ReferenceTo.link.in_(_RECORDS))):
        records.setdefault(number, set()).add(target)
    named: dict[str, dict[str, set[str]]] = {number: {} for number in session.scalars(base)}
    told = base.join(ClauseMap, ClauseMap.revision_id == Revision.id)
    for number, of, clause in session.execute(told.add_columns(ClauseMap.edition, ClauseMap.clause)):
        named[number].setdefault(of, set()).add(clause)
    loaded = edition in {each.code for each in standards.editions(session)}
    links_of = {
        other: standards.links(session, other, edition)
        for other in (standards.mapped_from(session, edition) if loaded else ())
    }
    found, without = [], []
    for number, by_edition in sorted(named.items()):
        clauses = set(by_edition.get(edition, ()))
        for other in links_of if not clauses else ():
            one = Assignment(number, tuple(sorted(by_edition.get(other, ()))))
            made = standards.carry([one], links_of[other])
            clauses |= set(made.assignments[0].clauses)
            without += [(document, other, clause) for document, clause in made.unmapped]
        found.append(Assignment(number, tuple(sorted(clauses)), tuple(sorted(records.get(number, ())))))
    return found, without


def clause_matrix(
    session: Session,
    rights: Rights,
    edition: str,
    day: date,
    exclusions: Mapping[str, str] | None = None,
) -> Matrix:
    """The matrix of an edition on a day with its gaps both ways (DOC-15)."""
    known = standards.clauses(session, edition)
    return standards.matrix(known, assignments(session, rights, edition, day), exclusions)


def links(session: Session, rights: Rights, day: date) -> list[tree.Link]:
    """How the visible documents in force lean on each other."""
    found = session.execute(
        select(Document.number, ReferenceTo.target, ReferenceTo.link, ReferenceTo.clause)
        .join(Revision, Revision.document_id == Document.id)
        .join(Validity, Validity.revision_id == Revision.id)
        .join(ReferenceTo, ReferenceTo.revision_id == Revision.id)
        .where(access.issued(rights), covering(day))
    )
    return sorted({tree.Link(row.number, row.target, row.link.value, row.clause) for row in found})


def parents(session: Session, rights: Rights, day: date) -> dict[str, str | None]:
    """The tree of the visible documents in force: each with the number above it."""
    above = {link.source: link.target for link in links(session, rights, day) if link.way == Link.PARENT}
    numbers = session.scalars(
        select(Document.number)
        .join(Revision, Revision.document_id == Document.id)
        .join(Validity, Validity.revision_id == Revision.id)
        .where(access.issued(rights), covering(day))
        .distinct()
    )
    return {number: above.get(number) for number in sorted(numbers)}
