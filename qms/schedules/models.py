"""What schedules keep: the declarations in force, the periods opened, and what is to be done in each."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qms.kernel.database import Base, Id, Instant, Json, choice
from qms.kernel.ports import Secrecy


class State(StrEnum):
    """Where an occurrence stands; overdue is computed, missed is kept for ever."""

    OPEN = "open"
    DONE = "done"
    MISSED = "missed"
    ENDED = "ended"


class Schedule(Base):
    """One schedule as a revision declares it, from the day that enters force, until (exclusive) it leaves."""

    __tablename__ = "schedule"
    __table_args__ = (
        UniqueConstraint("revision", "code"),
        Index("ix_schedule_document_code", "document", "code"),
        CheckConstraint("until_on >= from_on", name="span"),
        CheckConstraint(f"secrecy BETWEEN 0 AND {int(max(Secrecy))}", name="secrecy"),
    )

    id: Mapped[Id]
    document: Mapped[str] = mapped_column(String(60))
    code: Mapped[str] = mapped_column(String(60))
    revision: Mapped[str] = mapped_column(String(200))
    definition: Mapped[dict[str, Any]] = mapped_column(Json)
    owner: Mapped[str] = mapped_column(String(60))
    secrecy: Mapped[int]
    circle: Mapped[str | None] = mapped_column(String(60))
    from_on: Mapped[date]
    until_on: Mapped[date | None]


class ScheduleRun(Base):
    """A period that was opened, once for ever: with whom there was, and by which seed some were drawn."""

    __tablename__ = "schedule_run"
    __table_args__ = (UniqueConstraint("document", "code", "period"),)

    id: Mapped[Id]
    document: Mapped[str] = mapped_column(String(60))
    code: Mapped[str] = mapped_column(String(60))
    period: Mapped[str] = mapped_column(String(20))
    opens_on: Mapped[date]
    ran_at: Mapped[datetime] = mapped_column(Instant)
    population: Mapped[list[str]] = mapped_column(Json)
    seed: Mapped[str | None] = mapped_column(String(32))


class Occurrence(Base):
    """What is to be done once about one subject in one period; the schema refuses a second (law 5)."""

    __tablename__ = "occurrence"
    __table_args__ = (
        UniqueConstraint("document", "code", "subject", "period"),
        Index("ix_occurrence_state_due_on", "state", "due_on"),
        Index("ix_occurrence_department_due_on", "department", "due_on"),
        Index("ix_occurrence_subject", "subject"),
        CheckConstraint("due_on >= opens_on AND ends_on >= due_on", name="days"),
        CheckConstraint("state <> 'done' OR done_at IS NOT NULL", name="done"),
        CheckConstraint("(state = 'ended') = (ended_why IS NOT NULL)", name="ended"),
        CheckConstraint(f"secrecy BETWEEN 0 AND {int(max(Secrecy))}", name="secrecy"),
    )

    id: Mapped[Id]
    schedule_id: Mapped[int] = mapped_column(ForeignKey("schedule.id"))
    document: Mapped[str] = mapped_column(String(60))
    code: Mapped[str] = mapped_column(String(60))
    subject: Mapped[str] = mapped_column(String(120))
    period: Mapped[str] = mapped_column(String(20))
    label: Mapped[dict[str, str]] = mapped_column(Json)
    form: Mapped[str | None] = mapped_column(String(60))
    opens_on: Mapped[date]
    due_on: Mapped[date]
    ends_on: Mapped[date]
    state: Mapped[State] = mapped_column(choice(State, "occurrence_state"), default=State.OPEN)
    department: Mapped[str] = mapped_column(String(60))
    secrecy: Mapped[int]
    circle: Mapped[str | None] = mapped_column(String(60))
    record: Mapped[str | None] = mapped_column(String(200))
    remark: Mapped[str | None] = mapped_column(Text)
    digest: Mapped[str | None] = mapped_column(String(64))
    signature_id: Mapped[int | None] = mapped_column(ForeignKey("signature.id"))
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_why: Mapped[str | None] = mapped_column(String(60))
    provisional: Mapped[bool] = mapped_column(default=False)
