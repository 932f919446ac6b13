"""What people owe by a day, and the messages that tell them so."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from qms.kernel.database import Base, Id, Instant, Json

_OPEN = "settled_at IS NULL AND cancelled_at IS NULL"


class Task(Base):
    """One thing one person owes on a ref; open until settled or cancelled, never twice at once.

    `subject` is an English text of the catalogue with `facts`; a `personal` task (reading) is not
    shown to substitutes. The three instants of chasing are set once each.
    """

    __tablename__ = "task"
    __table_args__ = (
        Index("uq_task_open", "kind", "ref", "person_id", "key", unique=True,
              sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)),
        Index("ix_task_open_person", "person_id",
              sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)),
        Index("ix_task_open_due", "due_on",
              sqlite_where=text(_OPEN), postgresql_where=text(_OPEN)),
        Index("ix_task_ref_kind", "ref", "kind"),
        CheckConstraint("settled_at IS NULL OR cancelled_at IS NULL", name="one_end"),
        CheckConstraint("escalated_to IS NULL OR escalated_at IS NOT NULL", name="escalated"),
    )  # fmt: skip

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(60))
    ref: Mapped[str] = mapped_column(String(200))
    key: Mapped[str] = mapped_column(String(120), default="")
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    subject: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(Json)
    personal: Mapped[bool] = mapped_column(default=False)
    due_on: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(Instant)
    settled_at: Mapped[datetime | None] = mapped_column(Instant)
    cancelled_at: Mapped[datetime | None] = mapped_column(Instant)
    reminded_at: Mapped[datetime | None] = mapped_column(Instant)
    overdue_at: Mapped[datetime | None] = mapped_column(Instant)
    escalated_at: Mapped[datetime | None] = mapped_column(Instant)
    escalated_to: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Notice(Base):
    """One message to one person by one channel about one source; the schema refuses a second (law 4).

    Whoever takes it up moves `not_before` to the end of a lease, and `error` says that it may arrive
    twice until the end is marked. `claimed_at` without `sent_at`: given up, since it may have left often
    or its receiver may no longer be told.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("source", "person_id", "channel"),
        Index("ix_notice_waiting", "not_before",
              sqlite_where=text("claimed_at IS NULL"), postgresql_where=text("claimed_at IS NULL")),
        CheckConstraint("sent_at IS NULL OR claimed_at IS NOT NULL", name="claimed_first"),
    )  # fmt: skip

    id: Mapped[Id]
    source: Mapped[str] = mapped_column(String(200))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    channel: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str]
    text: Mapped[str]
    facts: Mapped[dict[str, Any]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(Instant)
    not_before: Mapped[datetime] = mapped_column(Instant)
    claimed_at: Mapped[datetime | None] = mapped_column(Instant)
    sent_at: Mapped[datetime | None] = mapped_column(Instant)
    failures: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]
