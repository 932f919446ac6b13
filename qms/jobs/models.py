"""What the jobs keep: one row a job, written in the transaction of the act that causes it (law 2)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from qms.jobs.schedule import State
from qms.kernel.database import Base, Id, Instant, Json, choice

_OPEN = text("state IN ('queued', 'running')")


class Job(Base):
    """Work to be done outside any transaction; at most one open job for a kind and key."""

    __tablename__ = "job"
    __table_args__ = (
        CheckConstraint("(state = 'running') = (token IS NOT NULL)", name="running_is_leased"),
        CheckConstraint("(token IS NULL) = (leased_until IS NULL)", name="lease_is_whole"),
        CheckConstraint("attempts >= 0 AND done >= 0 AND total >= 0", name="counts"),
        Index("uq_job_open_kind_key", "kind", "key", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index(None, "state", "not_before"),
    )

    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(100))
    key: Mapped[str] = mapped_column(Text)
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    state: Mapped[State] = mapped_column(choice(State, "job_state"), default=State.QUEUED)
    not_before: Mapped[datetime] = mapped_column(Instant)
    attempts: Mapped[int] = mapped_column(default=0)
    token: Mapped[str | None] = mapped_column(String(64))
    worker: Mapped[str | None] = mapped_column(Text)
    leased_until: Mapped[datetime | None] = mapped_column(Instant)
    progress: Mapped[str] = mapped_column(Text, default="")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Text)
    result: Mapped[dict[str, Any] | None] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str] = mapped_column(Text)
    started_at: Mapped[datetime | None] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
