"""What the keepers of the house ask: every stored digest, what is declared in vain, originals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from qms.documents import errors, prepared, rows
from qms.documents.models import Document, Revision, Validity
from qms.documents.queries.finding import covering
from qms.documents.source import declared

if TYPE_CHECKING:
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work


def not_enacted(work: Work) -> dict[str, list[str]]:
    """What documents in force declare and no Section enacts yet, by key: the numbers that declare it."""
    enacted = {section.key for section in work.ports.get("sections", ())}
    enacted |= {key for body in work.ports.get("bodies", ()) for key in body.keys}
    found: dict[str, list[str]] = {}
    query = (
        select(Revision)
        .join(Validity, Validity.revision_id == Revision.id)
        .join(Revision.document)
        .options(contains_eager(Revision.document))
        .where(covering(work.today))
        .order_by(Revision.id)
    )
    for revision in work.session.scalars(query):
        for key in declared(revision.head, enacted):
            found.setdefault(key, []).append(revision.document.number)
    return {key: sorted(set(numbers)) for key, numbers in found.items()}


@dataclass(frozen=True, slots=True)
class StoredSource:
    """The stored source of a document that has entered into force: its file name, and its digest."""

    file: str
    digest: str
    is_in_force: bool


def entered(work: Work) -> list[StoredSource]:
    """The sources of all that is or was in force by today, whoever may read them; for keepers alone."""
    query = (
        select(Revision, covering(work.today).label("now"))
        .join(Validity, Validity.revision_id == Revision.id)
        .join(Revision.document)
        .options(contains_eager(Revision.document))
        .where(Validity.from_on <= work.today)
        .order_by(Document.number, Revision.language, Revision.id)
    )
    return [
        StoredSource(prepared.file_of(work.settings, row.Revision), row.Revision.source_digest, bool(row.now))
        for row in work.session.execute(query)
    ]


def original(work: Work, ref: Ref) -> bytes:
    """The stored, unstamped PDF of an issued revision, for document controllers alone (law 8)."""
    revision = rows.seen(work.session, work.rights, work.today, ref)
    rows.allow(work, "documents:control", revision.document.owner)
    if revision.pdf_digest is None:
        raise errors.RevisionMissing(revision=rows.name(revision))
    return work.vault.read(revision.pdf_digest)
