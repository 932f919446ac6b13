"""One document, one revision, and what is in force on a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from qms.documents import access, errors, numbering, rows
from qms.documents.models import Document, Revision, Validity

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from sqlalchemy import BindParameter, ColumnElement
    from sqlalchemy.orm import Session

    from qms.kernel.ports import Rights
    from qms.kernel.refs import Ref


def document(session: Session, rights: Rights, number: str, day: date) -> Document:
    """The document people mean by this number; without a visible revision there is none for the person."""
    found = session.scalar(
        select(Document)
        .join(Revision, Revision.document_id == Document.id)
        .where(Document.folded == numbering.key(number), access.visible(session, rights, day))
        .limit(1)
    )
    if found is None:
        raise errors.DocumentMissing(number=number)
    return found


def revision(session: Session, rights: Rights, ref: Ref, day: date) -> Revision:
    """The revision of this Ref with its document; not visible is not there."""
    return rows.seen(session, rights, day, ref)


def in_force(session: Session, rights: Rights, number: str, language: str, day: date) -> Revision:
    """The revision of a document and language in force on a day (DOC-03, 7.5.3)."""
    found = session.scalar(
        select(Revision)
        .join(Revision.document)
        .join(Validity, Validity.revision_id == Revision.id)
        .options(contains_eager(Revision.document))
        .where(
            Document.folded == numbering.key(number),
            Revision.language == language,
            covering(day),
            access.issued(rights),
        )
    )
    if found is None:
        document(session, rights, number, day)
        raise errors.NothingIssued(number=number, day=day)
    return found


def in_library(session: Session, rights: Rights, numbers: Collection[str], day: date) -> dict[str, bool]:
    """Those of the numbers that stand in the library, each with whether it is in force on a day.

    Distribution says who reads a document, not whether there is one; secrecy and circle do.
    """
    folded = {number: numbering.key(number) for number in numbers}
    query = (
        select(Document.folded)
        .join(Revision, Revision.document_id == Document.id)
        .where(Document.folded.in_(folded.values()), Revision.discarded_at.is_(None), access.graded(rights))
    )
    there = set(session.scalars(query))
    current = session.scalars(query.join(Validity, Validity.revision_id == Revision.id).where(covering(day)))
    used = set(current)
    return {number: key in used for number, key in folded.items() if key in there}


def covering(day: date | BindParameter[date]) -> ColumnElement[bool]:
    """The validity rows whose span holds the day; the last day is exclusive (law 6)."""
    return (Validity.from_on <= day) & (Validity.until_on.is_(None) | (Validity.until_on > day))
