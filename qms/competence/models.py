"""What competence keeps: what is asked for and taught, what people have shown, and their needs."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from qms.competence.rules import Basis
from qms.kernel.database import Base, Id, Instant, Json, choice

_OPEN = text("met_on IS NULL AND dropped_on IS NULL")


class Requirement(Base):
    """One competence asked of the holders of posts, and of whoever signs a `stage` (TRN-01, TRN-03).

    An ended requirement is asked of nobody and stays for what was shown for it.
    """

    __tablename__ = "competence_requirement"
    __table_args__ = (CheckConstraint("length(code) > 0", name="code"),)

    id: Mapped[Id]
    code: Mapped[str] = mapped_column(String(60), unique=True)
    names: Mapped[dict[str, str]] = mapped_column(Json)
    basis: Mapped[Basis] = mapped_column(choice(Basis, "competence_requirement_basis"))
    stage: Mapped[str | None] = mapped_column(String(20))
    made_at: Mapped[datetime] = mapped_column(Instant)
    ended_on: Mapped[date | None]


class RequirementPost(Base):
    """A post whose holders a requirement is asked of."""

    __tablename__ = "competence_requirement_post"

    requirement_id: Mapped[int] = mapped_column(ForeignKey("competence_requirement.id"), primary_key=True)
    post: Mapped[str] = mapped_column(String(60), primary_key=True)


class TrainingDuty(Base):
    """What a revision in force teaches the holders of posts; `left_on` when it no longer is (TRN-02)."""

    __tablename__ = "training_duty"
    __table_args__ = (CheckConstraint("hours >= 0", name="hours"), UniqueConstraint("revision"))

    id: Mapped[Id]
    revision: Mapped[str] = mapped_column(String(200))
    number: Mapped[str] = mapped_column(String(60))
    label: Mapped[str] = mapped_column(String(20))
    title: Mapped[dict[str, str]] = mapped_column(Json)
    secrecy: Mapped[int]
    circle: Mapped[str | None] = mapped_column(String(60))
    posts: Mapped[list[str]] = mapped_column(Json)
    hours: Mapped[int]
    within: Mapped[str] = mapped_column(String(40))
    has_quiz: Mapped[bool]
    entered_on: Mapped[date]
    left_on: Mapped[date | None]


class Need(Base):
    """That a person lacks something asked of them: born once, ended by being met or no longer asked.

    `subject` is the Ref of a requirement or of a training duty's revision.
    """

    __tablename__ = "competence_need"
    __table_args__ = (
        Index("uq_competence_need_open", "person_id", "subject", unique=True,
              sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_competence_need_subject", "subject"),
        CheckConstraint("met_on IS NULL OR dropped_on IS NULL", name="one_end"),
    )  # fmt: skip

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    subject: Mapped[str] = mapped_column(String(200))
    born_on: Mapped[date]
    due_on: Mapped[date]
    met_on: Mapped[date | None]
    met_by: Mapped[str] = mapped_column(String(60), default="")
    dropped_on: Mapped[date | None]


class Evidence(Base):
    """What shows a person's competence; it counts from the day somebody else has verified it."""

    __tablename__ = "competence_evidence"
    __table_args__ = (
        Index("ix_competence_evidence_person", "person_id", "subject"),
        CheckConstraint("until_on IS NULL OR until_on >= from_on", name="days"),
        CheckConstraint("verified_by_id IS NULL OR verified_by_id <> person_id", name="verified_by_another"),
        CheckConstraint("(verified_by_id IS NULL) = (verified_at IS NULL)", name="verified"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)", name="withdrawn"),
        CheckConstraint("hours >= 0", name="hours"),
        CheckConstraint(
            "(digest IS NULL) = (name IS NULL) AND (digest IS NULL) = (size IS NULL)"
            " AND (digest IS NULL) = (type IS NULL)",
            name="file_whole",
        ),
    )

    id: Mapped[Id]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    subject: Mapped[str] = mapped_column(String(200))
    basis: Mapped[Basis] = mapped_column(choice(Basis, "competence_evidence_basis"))
    title: Mapped[str] = mapped_column(String(300))
    issuer: Mapped[str] = mapped_column(String(200), default="")
    from_on: Mapped[date]
    until_on: Mapped[date | None]
    hours: Mapped[int | None]
    effectiveness: Mapped[str] = mapped_column(Text, default="")
    name: Mapped[str | None] = mapped_column(String(200))
    digest: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int | None]
    type: Mapped[str | None] = mapped_column(String(120))
    entered_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    entered_at: Mapped[datetime] = mapped_column(Instant)
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    verified_at: Mapped[datetime | None] = mapped_column(Instant)
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(Instant)


class QuizAttempt(Base):
    """One attempt at the quiz of a revision: what was asked in which order, what was answered (R13)."""

    __tablename__ = "quiz_attempt"
    __table_args__ = (
        UniqueConstraint("revision", "person_id", "turn"),
        CheckConstraint("score BETWEEN 0 AND 100", name="score"),
        CheckConstraint("turn >= 1", name="turn"),
    )

    id: Mapped[Id]
    revision: Mapped[str] = mapped_column(String(200))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    turn: Mapped[int]
    asked: Mapped[list[Any]] = mapped_column(Json)
    answers: Mapped[dict[str, Any]] = mapped_column(Json)
    score: Mapped[int]
    passed: Mapped[bool]
    at: Mapped[datetime] = mapped_column("at_instant", Instant)
    on: Mapped[date] = mapped_column("on_day")


class QuizGrant(Base):
    """That somebody who leads a person lets them try a quiz again, with a reason."""

    __tablename__ = "quiz_grant"
    __table_args__ = (
        Index("ix_quiz_grant_revision", "revision", "person_id"),
        CheckConstraint("given_by_id <> person_id", name="by_another"),
    )

    id: Mapped[Id]
    revision: Mapped[str] = mapped_column(String(200))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    given_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    given_at: Mapped[datetime] = mapped_column(Instant)
    reason: Mapped[str] = mapped_column(Text)
