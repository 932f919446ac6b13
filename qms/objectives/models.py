"""Objectives beside their records: where they stand, every version of their targets, every check."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qms.kernel.database import Base, Id, Json, choice
from qms.objectives.rules import CheckLevel, Direction, Grade, Unit

_NUMBER = 80
_FIGURE = 60


class State(StrEnum):
    """How far an objective is; `ended` was deleted by a revision, `void` cancelled or disposed of."""

    PROPOSED = "proposed"
    SET = "set"
    ENDED = "ended"
    VOID = "void"


class Objective(Base):
    """One objective of a period; `parent` is the number of the record it arises from, `owner` a login."""

    __tablename__ = "objective"
    __table_args__ = (
        CheckConstraint("until_on >= from_on", name="period"),
        CheckConstraint("(state = 'ended') = (ended_on IS NOT NULL)", name="ended"),
        Index("ix_objective_department_from_on", "department", "from_on"),
        Index("ix_objective_until_on_from_on", "until_on", "from_on"),
    )

    id: Mapped[Id]
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"), unique=True)
    record: Mapped[str] = mapped_column(String(_NUMBER), unique=True)
    code: Mapped[str] = mapped_column(String(_NUMBER), index=True)
    name: Mapped[str] = mapped_column(Text)
    family: Mapped[str] = mapped_column(String(_NUMBER), default="")
    level: Mapped[Grade] = mapped_column(choice(Grade, "objective_level"))
    parent: Mapped[str | None] = mapped_column(String(_NUMBER), index=True)
    department: Mapped[str] = mapped_column(String(60))
    owner: Mapped[str] = mapped_column(String(100))
    indicator: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(Text)
    unit: Mapped[Unit] = mapped_column(choice(Unit, "objective_unit"))
    direction: Mapped[Direction] = mapped_column(choice(Direction, "objective_direction"))
    from_on: Mapped[date]
    until_on: Mapped[date]
    state: Mapped[State] = mapped_column(choice(State, "objective_state"))
    ended_on: Mapped[date | None]


class ObjectiveTarget(Base):
    """One version of an objective's targets: the record that set or revised it, and from which day.

    `parts` are the rows of the split as written: label, weight, target, reason.
    """

    __tablename__ = "objective_target"
    __table_args__ = (UniqueConstraint("objective_id", "version"),)

    id: Mapped[Id]
    objective_id: Mapped[int] = mapped_column(ForeignKey("objective.id"))
    version: Mapped[int]
    record: Mapped[str] = mapped_column(String(_NUMBER), unique=True)
    filing: Mapped[str] = mapped_column(String(_NUMBER), default="")
    from_on: Mapped[date]
    target: Mapped[str] = mapped_column(String(_FIGURE))
    parts: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    reason: Mapped[str] = mapped_column(Text, default="")


class ObjectiveCheck(Base):
    """One check of an objective; `stands` until its record is cancelled or disposed of."""

    __tablename__ = "objective_check"
    __table_args__ = (Index("ix_objective_check_objective_id_from_on", "objective_id", "from_on"),)

    id: Mapped[Id]
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"), unique=True)
    record: Mapped[str] = mapped_column(String(_NUMBER), unique=True)
    objective_id: Mapped[int] = mapped_column(ForeignKey("objective.id"))
    level: Mapped[CheckLevel] = mapped_column(choice(CheckLevel, "objective_check_level"))
    by_self: Mapped[bool]
    from_on: Mapped[date]
    until_on: Mapped[date]
    target: Mapped[str | None] = mapped_column(String(_FIGURE))
    actual: Mapped[str | None] = mapped_column(String(_FIGURE))
    achieved: Mapped[bool | None]
    planned: Mapped[str | None] = mapped_column(String(_FIGURE))
    done: Mapped[str | None] = mapped_column(String(_FIGURE))
    score: Mapped[str | None] = mapped_column(String(_FIGURE))
    corrective_action: Mapped[str | None] = mapped_column(String(_NUMBER))
    stands: Mapped[bool] = mapped_column(default=True)
