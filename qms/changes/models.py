"""Requests for changes, kept beside their records: which document they concern, what they led to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qms.kernel.database import Base, Id, Instant

_NUMBER = 80


class ChangeRequest(Base):
    """What is asked of which document; all that was written stands in the record alone (one truth)."""

    __tablename__ = "change_request"
    __table_args__ = (CheckConstraint("state IN ('open', 'closed', 'cancelled', 'disposed')", name="state"),)

    id: Mapped[Id]
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"), unique=True)
    number: Mapped[str] = mapped_column(String(_NUMBER), unique=True)
    document: Mapped[str | None] = mapped_column(String(60), index=True)
    asked: Mapped[str] = mapped_column(String(60), default="")
    state: Mapped[str] = mapped_column(String(20), default="open")


class ChangeRevision(Base):
    """A revision begun from a request: the request is not closed before it is in force or given up."""

    __tablename__ = "change_revision"
    __table_args__ = (UniqueConstraint("request_id", "revision"),)

    id: Mapped[Id]
    request_id: Mapped[int] = mapped_column(ForeignKey("change_request.id"))
    revision: Mapped[str] = mapped_column(String(200), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column("at_instant", Instant)
