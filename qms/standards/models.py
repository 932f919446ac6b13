"""What is kept of a standard: editions, clause numbers with our own titles, and how editions map."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qms.kernel.database import Base, Id, Instant, Json, choice


class Status(StrEnum):
    """Whether the clause numbers are known to be those of the edition (law 15)."""

    CONFIRMED = "confirmed"
    NOT_CONFIRMED = "not-confirmed"


class Edition(Base):
    """One edition of a standard, as data (E26-01)."""

    __tablename__ = "standard_edition"
    __table_args__ = (CheckConstraint("length(digest) = 64", name="digest"),)

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(60), unique=True)
    title: Mapped[dict[str, str]] = mapped_column(Json)
    status: Mapped[Status] = mapped_column(choice(Status, "standard_status"))
    digest: Mapped[str] = mapped_column(String(64))
    loaded_at: Mapped[datetime] = mapped_column(Instant)
    loaded_by: Mapped[str]


class Clause(Base):
    """A clause of an edition: its number and our own short title, never the standard's text (DOC-17)."""

    __tablename__ = "standard_clause"
    __table_args__ = (
        UniqueConstraint("edition_id", "number"),
        CheckConstraint("position >= 1", name="position"),
    )

    id: Mapped[Id]
    edition_id: Mapped[int] = mapped_column(ForeignKey("standard_edition.id"))
    number: Mapped[str] = mapped_column(String(20))
    position: Mapped[int]
    title: Mapped[dict[str, str]] = mapped_column(Json)
    requirement: Mapped[bool]


class ClauseLink(Base):
    """Says that a clause of another edition became a clause of this one (E26-01).

    `drawn_by` is who drew the link here; empty for one that the edition's own file brought.
    """

    __tablename__ = "standard_clause_link"
    __table_args__ = (UniqueConstraint("edition_id", "other", "old_number", "new_number"),)

    id: Mapped[Id]
    edition_id: Mapped[int] = mapped_column(ForeignKey("standard_edition.id"))
    other: Mapped[str] = mapped_column(String(60))
    old_number: Mapped[str] = mapped_column(String(20))
    new_number: Mapped[str] = mapped_column(String(20))
    drawn_by: Mapped[str | None] = mapped_column(String(200))
