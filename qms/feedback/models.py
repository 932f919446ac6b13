"""Complaints beside their records: who answers for them, what they weigh, when they came how far."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from qms.feedback.rules import Matter, Verdict, View, Weight
from qms.kernel.database import Base, Id, Instant, choice

_CODE = 80
_LOGIN = 100


class Complaint(Base):
    """What lists and figures ask of a complaint; all that was written stands in the record alone.

    Nothing of who gave it is kept here, so that counts outlive their data (CMP-05). `concerned`, `owner`
    and `handler` are logins of the house and are forgotten with the record. `received_on` is the day of
    the organisation on which it came.
    """

    __tablename__ = "complaint"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'closed', 'cancelled', 'disposed')", name="state"),
        Index("ix_complaint_received_on", "received_on"),
        Index("ix_complaint_state_received_on", "state", "received_on"),
    )

    id: Mapped[Id]
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"), unique=True)
    number: Mapped[str] = mapped_column(String(_CODE), unique=True)
    form: Mapped[str] = mapped_column(String(_CODE))
    revision: Mapped[str] = mapped_column(String(200))
    received_at: Mapped[datetime] = mapped_column(Instant)
    received_on: Mapped[date]
    acknowledged_at: Mapped[datetime] = mapped_column(Instant)
    channel: Mapped[str] = mapped_column(String(_CODE))
    matter: Mapped[Matter] = mapped_column(choice(Matter, "complaint_matter"))
    department: Mapped[str] = mapped_column(String(60))
    lead: Mapped[str | None] = mapped_column(String(60))
    concerned: Mapped[str | None] = mapped_column(String(_LOGIN))
    first_asked: Mapped[str] = mapped_column(String(_LOGIN))
    owner: Mapped[str] = mapped_column(String(_LOGIN))
    handler: Mapped[str | None] = mapped_column(String(_LOGIN))
    at_once: Mapped[bool]
    accepted_at: Mapped[datetime | None] = mapped_column(Instant)
    graded_at: Mapped[datetime | None] = mapped_column(Instant)
    weight: Mapped[Weight | None] = mapped_column(choice(Weight, "complaint_weight"))
    level: Mapped[str | None] = mapped_column(String(_CODE))
    repeated: Mapped[bool | None]
    investigated_at: Mapped[datetime | None] = mapped_column(Instant)
    finding: Mapped[Verdict | None] = mapped_column(choice(Verdict, "complaint_finding"))
    cause: Mapped[str | None] = mapped_column(String(_CODE))
    action_needed: Mapped[bool | None]
    replied_at: Mapped[datetime | None] = mapped_column(Instant)
    opinion: Mapped[View | None] = mapped_column(choice(View, "complaint_opinion"))
    reviewed: Mapped[bool]
    state: Mapped[str] = mapped_column(String(20), default="open")
    closed_on: Mapped[date | None]


class HandedIn(Base):
    """What was handed in without signing in; its words are gone once it is filed as a record.

    `receipt` is the digest of the code by which its giver asks; the record names this row as its origin.
    """

    __tablename__ = "handed_in"

    id: Mapped[Id]
    receipt: Mapped[str] = mapped_column(String(64), unique=True)
    received_at: Mapped[datetime] = mapped_column(Instant, index=True)
    matter: Mapped[Matter] = mapped_column(choice(Matter, "handed_in_matter"))
    content: Mapped[str] = mapped_column(Text)
    demand: Mapped[str] = mapped_column(Text)
