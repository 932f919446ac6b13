"""The full check's question: is every frozen revision still what was signed and issued (law 7, P11-10a)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from qms import trail
from qms.documents import rows
from qms.documents.lifecycle import State
from qms.documents.models import Revision
from qms.documents.operations import checks, filling
from qms.kernel.errors import QmsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qms.kernel.work import Work

_BATCH: Final = 100
ISSUE: Final = "document:revision:issue"


def altered(work: Work) -> Iterator[str | None]:
    """The name of each frozen revision that is not what was signed and issued; None for each that is.

    Its bytes and rows give the signed digest, its columns are what its head says, and its PDF is the one
    its entry of the trail names. Bytes that are lost or damaged are told of by others.
    """
    after = 0
    while True:
        found = work.session.scalars(
            select(Revision)
            .where(Revision.content_digest.is_not(None), Revision.id > after)
            .options(joinedload(Revision.document))
            .order_by(Revision.id)
            .limit(_BATCH)
        ).all()
        for revision in found:
            after = revision.id
            yield None if _sound(work, revision) else rows.name(revision)
        work.session.expunge_all()
        if len(found) < _BATCH:
            return


def _sound(work: Work, revision: Revision) -> bool:
    try:
        source = checks.stored(work, revision)
    except (QmsError, ValueError, KeyError):
        return not _is_there(work, revision)
    said = filling.columns(source.source.head)
    return (
        checks.digest_of(revision, source) == revision.content_digest
        and all(getattr(revision, name) == value for name, value in said.items())
        and (revision.state is not State.ISSUED or _issued_so(work, revision))
    )


def _is_there(work: Work, revision: Revision) -> bool:
    """Whether the bytes the row names are there and sound, so that it is the row that is wrong."""
    return work.vault.has(revision.source_digest) and work.vault.sound(revision.source_digest)


def _issued_so(work: Work, revision: Revision) -> bool:
    told = [row for row in trail.history(work.session, rows.ref_of(revision), 1000) if row.action == ISSUE]
    return any(row.after.get("pdf") == revision.pdf_digest for row in told)
