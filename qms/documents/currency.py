"""Looks at external documents: whether each is still the present edition (DOC-09)."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from qms.documents.models import Revision
from qms.kernel.database import Base, Id, Instant, choice


class Currency(enum.StrEnum):
    """What looking an external document up at its source has shown (DOC-09)."""

    CURRENT = "current"
    REPLACED = "replaced"
    GONE = "gone"


class ExternalCheck(Base):
    """The look at planned intervals whether an external document is still the present edition (DOC-09)."""

    __tablename__ = "external_check"
    __table_args__ = (
        UniqueConstraint("revision_id", "due_on"),
        CheckConstraint("(done_at IS NULL) = (outcome IS NULL)", name="done"),
        CheckConstraint("outcome <> 'replaced' OR edition <> ''", name="edition"),
    )

    id: Mapped[Id]
    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"))
    due_on: Mapped[date]
    done_at: Mapped[datetime | None] = mapped_column(Instant)
    done_on: Mapped[date | None]
    outcome: Mapped[Currency | None] = mapped_column(choice(Currency, "external_check_outcome"))
    edition: Mapped[str] = mapped_column(String(200), default="")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str] = mapped_column(Text, default="")

    revision: Mapped[Revision] = relationship(lazy="raise")
