"""What actions keep: what is to be done by whom until when, and the evidence that it was."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qms.actions.lifecycle import State
from qms.kernel.database import Base, Id, Instant, choice
from qms.kernel.ports import Secrecy


class ActionCounter(Base):
    """The last number given in a year; numbers have no gaps (law 13)."""

    __tablename__ = "action_counter"
    __table_args__ = (CheckConstraint("last >= 0", name="last"),)

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class Action(Base):
    """One corrective or other action; `origin` names what made it necessary.

    `next_owner_id` is who was asked to take it over and has not answered yet.
    """

    __tablename__ = "action"
    __table_args__ = (
        UniqueConstraint("number"),
        UniqueConstraint("year", "seq"),
        Index("ix_action_state_due", "state", "due_on"),
        CheckConstraint(f"secrecy BETWEEN 0 AND {int(max(Secrecy))}", name="grade"),
        CheckConstraint(
            "(state = 'open') = (ended_at IS NULL) AND (ended_at IS NULL) = (ended_by_id IS NULL)",
            name="ended",
        ),
        CheckConstraint("state <> 'cancelled' OR length(outcome) > 0", name="reason"),
        CheckConstraint("next_owner_id IS NULL OR state = 'open'", name="hand_over"),
    )

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(String(20))
    year: Mapped[int]
    seq: Mapped[int]
    state: Mapped[State] = mapped_column(choice(State, "action_state"), default=State.OPEN)
    title: Mapped[str] = mapped_column(String(300))
    detail: Mapped[str] = mapped_column(Text, default="")
    origin: Mapped[str | None] = mapped_column(String(200), index=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    next_owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    department: Mapped[str] = mapped_column(String(60), index=True)
    secrecy: Mapped[int]
    circle: Mapped[str | None] = mapped_column(String(60))
    due_on: Mapped[date]
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    opened_by: Mapped[str] = mapped_column(String(200))
    opened_at: Mapped[datetime] = mapped_column(Instant)
    opened_on: Mapped[date]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    outcome: Mapped[str] = mapped_column(Text, default="")


class ActionEvidence(Base):
    """One piece of evidence: a text, a file in the vault, or both; never changed."""

    __tablename__ = "action_evidence"
    __table_args__ = (
        CheckConstraint("length(text) > 0 OR digest IS NOT NULL", name="something"),
        CheckConstraint(
            "(digest IS NULL) = (name IS NULL) AND (digest IS NULL) = (size IS NULL)"
            " AND (digest IS NULL) = (type IS NULL)",
            name="file_whole",
        ),
    )

    id: Mapped[Id]
    action_id: Mapped[int] = mapped_column(ForeignKey("action.id"), index=True)
    text: Mapped[str] = mapped_column(Text, default="")
    name: Mapped[str | None] = mapped_column(String(200))
    digest: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int | None]
    type: Mapped[str | None] = mapped_column(String(120))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Instant)
