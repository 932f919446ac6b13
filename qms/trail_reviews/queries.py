"""What pages and the command line show of reviews."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from qms import accounts, trail
from qms.accounts import Signature
from qms.trail_reviews.errors import NoSuchReview
from qms.trail_reviews.models import TrailReview
from qms.trail_reviews.operations import statement_digest
from qms.trail_reviews.schedule import State, is_overdue

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Review:
    """A review as readers get it; `valid` says that its signature fits what the row says now."""

    id: int
    state: State
    due_on: date | None
    overdue: bool
    first: int
    last: int | None
    opened_at: datetime
    signed_at: datetime | None
    by: str
    found: str
    clean: bool | None
    valid: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """What a reviewer begins with: how many entries of which act lie in the range."""

    entries: int
    refused: int
    acts: tuple[tuple[str, int], ...]


def reviews(session: Session, today: date, limit: int = 100) -> list[Review]:
    """The reviews, the newest first."""
    query = select(TrailReview).order_by(TrailReview.id.desc()).limit(limit)
    return [_value(session, row, today) for row in session.scalars(query)]


def review(session: Session, review_id: int, today: date) -> Review:
    """One review."""
    row = session.get(TrailReview, review_id)
    if row is None:
        raise NoSuchReview(id=review_id)
    return _value(session, row, today)


def open_review(session: Session, today: date) -> Review | None:
    """The review to be done, if there is one."""
    row = session.scalar(select(TrailReview).where(TrailReview.state == State.OPEN))
    return None if row is None else _value(session, row, today)


def summary(session: Session, first: int, last: int) -> Summary:
    """How many entries of which act lie from one number to another, the most frequent first."""
    entry = trail.TrailEntry
    counted = func.count()
    query = select(entry.action, counted).where(entry.seq >= first, entry.seq <= last)
    found = session.execute(query.group_by(entry.action).order_by(counted.desc(), entry.action)).all()
    acts = tuple((str(action), int(count)) for action, count in found)
    refused = sum(count for action, count in acts if action in trail.REFUSALS)
    return Summary(sum(count for _, count in acts), refused, acts)


def _value(session: Session, row: TrailReview, today: date) -> Review:
    signature = session.get(Signature, row.signature_id) if row.signature_id else None
    return Review(
        id=row.id,
        state=row.state,
        due_on=row.due_on,
        overdue=is_overdue(row.state, row.due_on, today),
        first=row.first,
        last=row.last,
        opened_at=row.opened_at,
        signed_at=row.signed_at,
        by=signature.name if signature else "",
        found=row.found or "",
        clean=row.clean,
        valid=signature is not None and _fits(session, row, signature),
    )


def _fits(session: Session, row: TrailReview, signature: Signature) -> bool:
    """Whether the signature is one over what the row says now (P11-70)."""
    if row.last is None:
        return False
    digest = statement_digest(
        row, last=row.last, entry_hash=row.hash or "", found=row.found or "", clean=bool(row.clean)
    )
    return (
        digest == row.digest
        and signature.meaning is accounts.Meaning.REVIEWED
        and accounts.verify_signature(session, signature, ref=f"trail-review:{row.id}", digest=digest)
    )
