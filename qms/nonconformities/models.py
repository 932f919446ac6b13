"""Corrective actions beside their records: what they arose from, until when, whether they worked."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from qms.kernel.database import Base, Id


class CorrectiveAction(Base):
    """What lists and figures ask of a corrective action; all that was written stands in the record alone.

    `source` is the number of the record that made it necessary, `effective` empty until it was judged.
    """

    __tablename__ = "corrective_action"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'closed', 'cancelled', 'disposed')", name="state"),
        Index("ix_corrective_action_state_due_on", "state", "due_on"),
    )

    id: Mapped[Id]
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"), unique=True)
    number: Mapped[str] = mapped_column(String(80), unique=True)
    source: Mapped[str | None] = mapped_column(String(80), index=True)
    due_on: Mapped[date | None]
    observe_until: Mapped[date | None]
    effective: Mapped[bool | None]
    state: Mapped[str] = mapped_column(String(20), default="open")
    closed_on: Mapped[date | None]
