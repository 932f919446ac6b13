"""What a change touches as it was when the change was submitted, and what was concluded of each thing."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qms.impact.lines import Kind, Verdict
from qms.kernel.database import Base, Id, Instant, choice


class ImpactLine(Base):
    """One thing a round of a revision touches: concluded once, or again while the round lasts."""

    __tablename__ = "impact_line"
    __table_args__ = (
        UniqueConstraint("revision_id", "round", "what"),
        CheckConstraint("(verdict IS NULL) = (concluded_at IS NULL)", name="concluded"),
        CheckConstraint("(verdict IS NULL) = (concluded_by_id IS NULL)", name="by"),
        CheckConstraint("verdict <> 'none' OR length(remark) > 0", name="reason"),
        CheckConstraint("(verdict = 'later') = (until_on IS NOT NULL)", name="later"),
    )

    id: Mapped[Id]
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    round: Mapped[int]
    kind: Mapped[Kind] = mapped_column(choice(Kind, "impact_kind"))
    what: Mapped[str] = mapped_column(String(120))
    detail: Mapped[str] = mapped_column(Text, default="")
    verdict: Mapped[Verdict | None] = mapped_column(choice(Verdict, "impact_verdict"))
    remark: Mapped[str] = mapped_column(Text, default="")
    until_on: Mapped[date | None]
    concluded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    concluded_at: Mapped[datetime | None] = mapped_column(Instant)
