"""What is kept of retention: holds, disposal lists and what became of each record (REC-04, REC-05)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qms.kernel.database import Base, Id, Instant, Json, choice

_DIGEST = 64


class State(StrEnum):
    """Where a disposal list stands."""

    PROPOSED = "proposed"
    REJECTED = "rejected"
    APPROVED = "approved"
    DONE = "done"


class Result(StrEnum):
    """What became of one record on a list."""

    WAITING = "waiting"
    DISPOSED = "disposed"
    HELD = "held"
    CHANGED = "changed"


class RetentionHold(Base):
    """A legal hold on one record: nothing of it goes while the hold stands."""

    __tablename__ = "retention_hold"
    __table_args__ = (
        CheckConstraint("length(reason) > 0", name="reason"),
        CheckConstraint("(lifted_at IS NULL) = (lifted_by IS NULL)", name="lifted"),
        Index("ix_retention_hold_record_id", "record_id"),
    )

    id: Mapped[Id]
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    reason: Mapped[str] = mapped_column(Text)
    set_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[datetime] = mapped_column(Instant)
    lifted_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    lifted_at: Mapped[datetime | None] = mapped_column(Instant)
    lift_reason: Mapped[str] = mapped_column(Text, default="")


class DisposalCounter(Base):
    """The last number given in a year; its row is locked to give the next, so there is no gap (law 13)."""

    __tablename__ = "disposal_counter"
    __table_args__ = (CheckConstraint("last >= 0", name="last"),)

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class DisposalList(Base):
    """A list of records whose time is over: proposed by one, approved by the signature of another.

    `digest` is what the approval signs; `certificate_digest` the stored certificate of what was done.
    """

    __tablename__ = "disposal_list"
    __table_args__ = (
        CheckConstraint("approved_by <> proposed_by", name="two_persons"),
        CheckConstraint("(state IN ('approved', 'done')) = (approved_by IS NOT NULL)", name="approved"),
        CheckConstraint("(approved_by IS NULL) = (signature_id IS NULL)", name="signed"),
        CheckConstraint("(state = 'done') = (certificate_digest IS NOT NULL)", name="certified"),
        CheckConstraint("(state = 'rejected') = (rejected_by IS NOT NULL)", name="rejected"),
        CheckConstraint(f"length(digest) = {_DIGEST}", name="digest"),
    )

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(String(20), unique=True)
    state: Mapped[State] = mapped_column(choice(State, "disposal_state"), default=State.PROPOSED)
    reason: Mapped[str] = mapped_column(Text, default="")
    digest: Mapped[str] = mapped_column(String(_DIGEST))
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime] = mapped_column(Instant)
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    approved_at: Mapped[datetime | None] = mapped_column(Instant)
    signature_id: Mapped[int | None] = mapped_column(ForeignKey("signature.id"), unique=True)
    rejected_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    certificate_digest: Mapped[str | None] = mapped_column(String(_DIGEST))


class DisposalLine(Base):
    """One record on a list: its class and dates frozen, the digests of what went, and what became of it."""

    __tablename__ = "disposal_line"
    __table_args__ = (
        UniqueConstraint("list_id", "record_id"),
        Index("ix_disposal_line_record_id", "record_id"),
        CheckConstraint("(result = 'waiting') = (done_at IS NULL)", name="done"),
    )

    id: Mapped[Id]
    list_id: Mapped[int] = mapped_column(ForeignKey("disposal_list.id"))
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"))
    number: Mapped[str] = mapped_column(String(80))
    form: Mapped[str] = mapped_column(String(60))
    class_name: Mapped[str] = mapped_column(String(200))
    keep: Mapped[str] = mapped_column(String(40))
    event: Mapped[str] = mapped_column(String(20))
    event_on: Mapped[date]
    due_on: Mapped[date]
    result: Mapped[Result] = mapped_column(choice(Result, "disposal_result"), default=Result.WAITING)
    digests: Mapped[list[Any]] = mapped_column(Json, default=list)
    copies: Mapped[list[Any]] = mapped_column(Json, default=list)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
