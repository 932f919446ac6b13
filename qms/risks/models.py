"""What is kept of control points: the checks that records made, and the warnings that followed."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from qms.kernel.database import Base, Id, Instant, Json, choice
from qms.kernel.ports import Secrecy


class State(StrEnum):
    """Warning, treatment, report (R57); void where the record that caused it was cancelled."""

    OPEN = "open"
    TREATED = "treated"
    REPORTED = "reported"
    VOID = "void"


class ControlCheck(Base):
    """One check of a control point: the record that made it, and its verdict where that is not sealed."""

    __tablename__ = "control_check"
    __table_args__ = (Index("ix_control_check_document_code", "document", "code"),)

    id: Mapped[Id]
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"), unique=True)
    document: Mapped[str] = mapped_column(String(60))
    code: Mapped[str] = mapped_column(String(60))
    record: Mapped[str] = mapped_column(String(80))
    on_day: Mapped[date]
    verdict: Mapped[str | None] = mapped_column(String(200))
    stands: Mapped[bool] = mapped_column(default=True)


class ControlWarning(Base):
    """One warning by threshold, treated with a measure and reported to the head (R57)."""

    __tablename__ = "control_warning"
    __table_args__ = (
        Index("ix_control_warning_document_code", "document", "code"),
        Index("ix_control_warning_state_due_on", "state", "due_on"),
        CheckConstraint("state NOT IN ('treated', 'reported') OR length(measure) > 0", name="treated"),
        CheckConstraint("(state = 'reported') = (reported_at IS NOT NULL)", name="reported"),
        CheckConstraint(f"secrecy BETWEEN 0 AND {int(max(Secrecy))}", name="secrecy"),
    )

    id: Mapped[Id]
    check_id: Mapped[int] = mapped_column(ForeignKey("control_check.id"), unique=True)
    document: Mapped[str] = mapped_column(String(60))
    code: Mapped[str] = mapped_column(String(60))
    words: Mapped[dict[str, str]] = mapped_column(Json)
    posts: Mapped[list[str]] = mapped_column(Json)
    secrecy: Mapped[int]
    circle: Mapped[str | None] = mapped_column(String(60))
    state: Mapped[State] = mapped_column(choice(State, "control_warning_state"), default=State.OPEN)
    due_on: Mapped[date]
    opened_at: Mapped[datetime] = mapped_column(Instant)
    measure: Mapped[str] = mapped_column(Text, default="")
    treated_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    treated_at: Mapped[datetime | None] = mapped_column(Instant)
    remark: Mapped[str] = mapped_column(Text, default="")
    reported_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reported_at: Mapped[datetime | None] = mapped_column(Instant)
