"""What anyone with the paper in hand may know: whether it still holds (DOC-11, DOC-04)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from qms import rendering
from qms.documents import errors, lifecycle
from qms.documents.lifecycle import Standing
from qms.documents.models import Revision, Validity
from qms.documents.queries.finding import covering
from qms.documents.validity import Interval
from qms.kernel.ports import Secrecy

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Verification:
    """The state of one issued revision: above *internal* only standing and days are told."""

    code: str
    standing: Standing
    effective_on: date
    until_on: date | None
    number: str | None
    language: str | None
    label: str | None
    title: Mapping[str, str] | None
    content_digest: str | None
    pdf_digest: str | None
    superseded_by: str | None

    @property
    def tells_all(self) -> bool:
        """Whether the grade lets a stranger know what document this is."""
        return self.number is not None


def verification(session: Session, code: str, day: date) -> Verification:
    """The state on the day of what was issued under a code, however it was typed."""
    written = rendering.parsed_code(code)
    found = None
    if written is not None:
        found = session.execute(
            select(Revision, Validity)
            .join(Revision.document)
            .join(Validity, Validity.revision_id == Revision.id)
            .options(contains_eager(Revision.document))
            .where(Revision.code == written)
        ).one_or_none()
    if found is None:
        raise errors.LinkMissing
    revision, row = found
    interval = Interval(revision.label, row.from_on, row.until_on, row.ended_by)
    standing = lifecycle.standing(revision.state, interval, day)
    is_open = revision.secrecy <= Secrecy.INTERNAL and revision.circle is None
    return Verification(
        code=written or "",
        standing=standing,
        effective_on=row.from_on,
        until_on=row.until_on,
        number=revision.document.number if is_open else None,
        language=revision.language if is_open else None,
        label=revision.label if is_open else None,
        title=revision.title if is_open else None,
        content_digest=revision.content_digest if is_open else None,
        pdf_digest=revision.pdf_digest if is_open else None,
        superseded_by=_successor(session, revision, day) if is_open else None,
    )


def _successor(session: Session, revision: Revision, day: date) -> str | None:
    """The label now in force in place of this one, where it may be told to a stranger."""
    return session.scalar(
        select(Revision.label)
        .join(Validity, Validity.revision_id == Revision.id)
        .where(
            Revision.document_id == revision.document_id,
            Revision.language == revision.language,
            Revision.id != revision.id,
            Revision.secrecy <= Secrecy.INTERNAL,
            Revision.circle.is_(None),
            covering(day),
        )
    )
