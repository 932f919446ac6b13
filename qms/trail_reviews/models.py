"""What reviews of the trail keep: one row each, signed when it is done."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from qms.kernel.database import Base, Id, Instant, choice
from qms.trail_reviews.schedule import State

_OPEN = text("state = 'open'")


class TrailReview(Base):
    """One review: from entry `first` to entry `last`, whose hash binds all before it; one open at a time.

    `due_on` is None for a review that nobody asked for. What was `found`, and whether the trail was
    `clean`, stand in the signed statement whose digest is kept.
    """

    __tablename__ = "trail_review"
    __table_args__ = (
        Index("uq_trail_review_open", "state", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        CheckConstraint(
            "(state = 'signed') = (last IS NOT NULL) AND (last IS NULL) = (hash IS NULL)"
            " AND (last IS NULL) = (found IS NULL) AND (last IS NULL) = (clean IS NULL)"
            " AND (last IS NULL) = (digest IS NULL) AND (last IS NULL) = (signature_id IS NULL)"
            " AND (last IS NULL) = (signed_at IS NULL)",
            name="signed_whole",
        ),
        CheckConstraint("last >= first", name="range"),
    )

    id: Mapped[Id]
    state: Mapped[State] = mapped_column(choice(State, "trail_review_state"), default=State.OPEN)
    due_on: Mapped[date | None]
    first: Mapped[int]
    opened_at: Mapped[datetime] = mapped_column(Instant)
    last: Mapped[int | None]
    hash: Mapped[str | None] = mapped_column(String(64))
    found: Mapped[str | None] = mapped_column(Text)
    clean: Mapped[bool | None]
    digest: Mapped[str | None] = mapped_column(String(64))
    signature_id: Mapped[int | None] = mapped_column(ForeignKey("signature.id"))
    signed_at: Mapped[datetime | None] = mapped_column(Instant)
