"""Audits and findings beside their records: what lists, the calendar and the coverage map ask."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qms.kernel.database import Base, Id, Instant, Json

_STATES = "state IN ('open', 'closed', 'cancelled', 'disposed')"


class Audit(Base):
    """One audit or inspection; all that was written stands in its record alone.

    `revision` is that of its form, which says which of its fields mean what.
    `started_on` is the day its plan was approved and its checklist frozen, `reported_on` that of its
    results, `delivered_on` that of its report.
    """

    __tablename__ = "audit"
    __table_args__ = (
        CheckConstraint(_STATES, name="state"),
        CheckConstraint("until_on >= from_on", name="days"),
        CheckConstraint("period_until >= period_from", name="period"),
        CheckConstraint("reported_on IS NULL OR started_on IS NOT NULL", name="reported"),
        CheckConstraint("delivered_on IS NULL OR reported_on IS NOT NULL", name="delivered"),
        Index("ix_audit_state_from_on", "state", "from_on"),
    )

    id: Mapped[Id]
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"), unique=True)
    number: Mapped[str] = mapped_column(String(80), unique=True)
    revision: Mapped[str] = mapped_column(String(200))
    programme: Mapped[str | None] = mapped_column(String(200))
    modes: Mapped[list[str]] = mapped_column(Json)
    team: Mapped[list[str]] = mapped_column(Json)
    from_on: Mapped[date]
    until_on: Mapped[date]
    period_from: Mapped[date]
    period_until: Mapped[date]
    state: Mapped[str] = mapped_column(String(20))
    started_on: Mapped[date | None]
    reported_on: Mapped[date | None]
    delivered_on: Mapped[date | None]


class AuditDepartment(Base):
    """A department that an audit comes to."""

    __tablename__ = "audit_department"

    audit_id: Mapped[int] = mapped_column(ForeignKey("audit.id"), primary_key=True)
    department: Mapped[str] = mapped_column(String(60), primary_key=True)


class AuditCriterion(Base):
    """A document an audit is held against; the clause is empty where it is the whole."""

    __tablename__ = "audit_criterion"

    audit_id: Mapped[int] = mapped_column(ForeignKey("audit.id"), primary_key=True)
    document: Mapped[str] = mapped_column(String(60), primary_key=True)
    clause: Mapped[str] = mapped_column(String(80), primary_key=True, default="")


class AuditAnswer(Base):
    """One answer of a checklist, with the revision that was in force when it was given (AUD-04)."""

    __tablename__ = "audit_answer"
    __table_args__ = (
        UniqueConstraint("audit_id", "place"),
        CheckConstraint("result IN ('conforming', 'finding', 'not-checked')", name="result"),
    )

    id: Mapped[Id]
    audit_id: Mapped[int] = mapped_column(ForeignKey("audit.id"))
    place: Mapped[int]
    document: Mapped[str | None] = mapped_column(String(60), index=True)
    clause: Mapped[str | None] = mapped_column(String(80))
    revision: Mapped[str | None] = mapped_column(String(200))
    result: Mapped[str] = mapped_column(String(20))


class AuditDelivery(Base):
    """To whom the report of an audit was delivered, and when they said it arrived (AUD-07)."""

    __tablename__ = "audit_delivery"
    __table_args__ = (CheckConstraint("received_at >= delivered_at", name="received"),)

    audit_id: Mapped[int] = mapped_column(ForeignKey("audit.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    delivered_at: Mapped[datetime] = mapped_column(Instant)
    received_at: Mapped[datetime | None] = mapped_column(Instant)


class AuditFinding(Base):
    """What lists and figures ask of a finding; `audit` is empty for one that came another way.

    `weight` is that of its class, as the revision of its form had it when the class was agreed.
    """

    __tablename__ = "audit_finding"
    __table_args__ = (
        CheckConstraint(_STATES, name="state"),
        CheckConstraint("weight >= 0", name="weight"),
        CheckConstraint("delivered_on IS NULL OR classed_on IS NOT NULL", name="delivered"),
        Index("ix_audit_finding_department_document", "department", "document"),
    )

    id: Mapped[Id]
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"), unique=True)
    number: Mapped[str] = mapped_column(String(80), unique=True)
    revision: Mapped[str] = mapped_column(String(200))
    audit: Mapped[str | None] = mapped_column(String(80), index=True)
    department: Mapped[str] = mapped_column(String(60))
    document: Mapped[str | None] = mapped_column(String(60))
    clause: Mapped[str | None] = mapped_column(String(80))
    grade: Mapped[str | None] = mapped_column(String(200))
    weight: Mapped[int | None]
    standpoint: Mapped[str | None] = mapped_column(String(200))
    common: Mapped[bool | None]
    major: Mapped[bool | None]
    state: Mapped[str] = mapped_column(String(20))
    found_on: Mapped[date]
    classed_on: Mapped[date | None]
    delivered_on: Mapped[date | None]


class FindingSpread(Base):
    """A department that looks whether a common problem is there too, and the action it was given (S69)."""

    __tablename__ = "audit_finding_spread"

    finding_id: Mapped[int] = mapped_column(ForeignKey("audit_finding.id"), primary_key=True)
    department: Mapped[str] = mapped_column(String(60), primary_key=True)
    action: Mapped[str] = mapped_column(String(80), unique=True)
