"""What clocks keep: one row for each limit that runs or ran, who answers for it, and its pauses."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from qms.kernel.database import Base, Id, Instant, Json

_OPEN = "stopped_at IS NULL AND cancelled_at IS NULL"
_NEAR = f"{_OPEN} AND warned_at IS NULL AND overdue_at IS NULL AND warn_at IS NOT NULL"
_LATE = f"{_OPEN} AND overdue_at IS NULL"


class Clock(Base):
    """One limit on a subject under a name; open until stopped or cancelled, never twice at once.

    `length`, `warn` and `cut_off` are as they were declared; `since` is T; `due_at` the first instant that
    is too late, `due_on` the last day and `day_at` its beginning, so that how it stands can be told from
    the row and the time alone. `lost` is what pauses took: seconds of a limit in hours, else days. A due
    day in a year without published holidays is `provisional`. Who sees it: grade, circle, department.
    """

    __tablename__ = "clock"
    __table_args__ = (
        Index("uq_clock_open", "subject", "name", unique=True,
              sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)),
        Index("ix_clock_subject", "subject"),
        Index("ix_clock_open_due", "due_on", sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)),
        Index("ix_clock_near", "warn_at", sqlite_where=text(_NEAR), postgresql_where=text(_NEAR)),
        Index("ix_clock_late", "due_at", sqlite_where=text(_LATE), postgresql_where=text(_LATE)),
        Index("ix_clock_due", "due_on"),
        Index("ix_clock_stopped", "stopped_at"),
        CheckConstraint("stopped_at IS NULL OR cancelled_at IS NULL", name="one_end"),
        CheckConstraint("lost >= 0", name="lost"),
        CheckConstraint("due_at >= started_at", name="due"),
    )  # fmt: skip

    id: Mapped[Id]
    subject: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(50))
    label: Mapped[Any] = mapped_column(Json)
    length: Mapped[str] = mapped_column(String(40))
    warn: Mapped[str | None] = mapped_column(String(40))
    cut_off: Mapped[str | None] = mapped_column(String(5))
    calendar: Mapped[str | None] = mapped_column(String(40))
    started_at: Mapped[datetime] = mapped_column(Instant)
    since: Mapped[date]
    due_at: Mapped[datetime] = mapped_column(Instant)
    due_on: Mapped[date]
    day_at: Mapped[datetime] = mapped_column(Instant)
    provisional: Mapped[bool]
    warn_at: Mapped[datetime | None] = mapped_column(Instant)
    lost: Mapped[int] = mapped_column(default=0)
    paused_at: Mapped[datetime | None] = mapped_column(Instant)
    stopped_at: Mapped[datetime | None] = mapped_column(Instant)
    cancelled_at: Mapped[datetime | None] = mapped_column(Instant)
    warned_at: Mapped[datetime | None] = mapped_column(Instant)
    overdue_at: Mapped[datetime | None] = mapped_column(Instant)
    department: Mapped[str | None] = mapped_column(String(60))
    secrecy: Mapped[int]
    circle: Mapped[str | None] = mapped_column(String(60))


class ClockOwner(Base):
    """A person who answers for a limit: is told before its end and after it."""

    __tablename__ = "clock_owner"

    clock_id: Mapped[int] = mapped_column(ForeignKey("clock.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


class ClockPause(Base):
    """One time a limit stood still, with the reason; open while `until_at` is empty."""

    __tablename__ = "clock_pause"

    id: Mapped[Id]
    clock_id: Mapped[int] = mapped_column(ForeignKey("clock.id"), index=True)
    from_at: Mapped[datetime] = mapped_column(Instant)
    until_at: Mapped[datetime | None] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(Text)
