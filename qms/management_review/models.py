"""The frozen pack of a management review beside its record."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from qms.kernel.database import Base, Id, Instant

_DIGEST = 64


class ReviewPack(Base):
    """One management review; `digest` names the pack in the vault once it is frozen, never changed after."""

    __tablename__ = "review_pack"
    __table_args__ = (
        CheckConstraint(
            "(digest IS NULL) = (frozen_at IS NULL) AND (digest IS NULL) = (frozen_by IS NULL)", name="frozen"
        ),
        CheckConstraint("state IN ('open', 'closed', 'cancelled', 'disposed')", name="state"),
        CheckConstraint(f"digest IS NULL OR length(digest) = {_DIGEST}", name="digest"),
    )

    id: Mapped[Id]
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"), unique=True)
    record: Mapped[str] = mapped_column(String(80), unique=True)
    from_on: Mapped[date]
    until_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(20))
    digest: Mapped[str | None] = mapped_column(String(_DIGEST), index=True)
    frozen_at: Mapped[datetime | None] = mapped_column(Instant)
    frozen_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
