"""Scores beside their records: of whom, for which days, and every line that made them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qms.kernel.database import Base, Id

_NUMBER = 80
_FIGURE = 60
_UNIT = 100


class Score(Base):
    """One unit scored by one scorecard; `unit` is a code, a party's number or a login, as `unit_kind` says.

    Figures are decimals as text, exact. `total` is NULL while an indicator has no value.
    """

    __tablename__ = "score"
    __table_args__ = (
        CheckConstraint("until_on >= from_on", name="period"),
        CheckConstraint("unit_kind IN ('department', 'party', 'person')", name="unit_kind"),
        CheckConstraint("state IN ('open', 'closed', 'cancelled', 'disposed')", name="state"),
        Index("ix_score_card_from_on", "card", "from_on"),
        Index("ix_score_unit_card", "unit", "card"),
    )

    id: Mapped[Id]
    record_id: Mapped[int] = mapped_column(ForeignKey("record.id"), unique=True)
    record: Mapped[str] = mapped_column(String(_NUMBER), unique=True)
    card: Mapped[str] = mapped_column(String(_NUMBER))
    revision: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(_UNIT))
    unit_kind: Mapped[str] = mapped_column(String(20))
    from_on: Mapped[date]
    until_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(20))
    total: Mapped[str | None] = mapped_column(String(_FIGURE))
    vetoed: Mapped[bool]
    size: Mapped[str | None] = mapped_column(String(_FIGURE))


class ScoreLine(Base):
    """One indicator of a score as it was worked out; `source` is the record a linked rate was taken from."""

    __tablename__ = "score_line"
    __table_args__ = (UniqueConstraint("score_id", "place"),)

    id: Mapped[Id]
    score_id: Mapped[int] = mapped_column(ForeignKey("score.id"))
    place: Mapped[int]
    indicator: Mapped[str] = mapped_column(String(_NUMBER))
    rate: Mapped[str | None] = mapped_column(String(_FIGURE))
    events: Mapped[int]
    off: Mapped[str] = mapped_column(String(_FIGURE))
    vetoed: Mapped[bool]
    value: Mapped[str | None] = mapped_column(String(_FIGURE))
    adds: Mapped[str | None] = mapped_column(String(_FIGURE))
    source: Mapped[str | None] = mapped_column(String(_NUMBER))
