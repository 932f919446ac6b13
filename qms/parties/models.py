"""Who the organisation deals with: parties, what identifies them, whom one speaks to there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from qms.kernel.database import Base, Id, Instant, choice
from qms.kernel.ports import Secrecy
from qms.parties.kinds import Kind, State

LONGEST_FOLDED = 300
"""How many characters of name and short name are compared."""


class PartyCounter(Base):
    """The last number given to a kind; locked by whoever takes the next, so that there is no gap (law 13)."""

    __tablename__ = "party_counter"
    __table_args__ = (CheckConstraint("last >= 0", name="last"),)

    kind: Mapped[Kind] = mapped_column(choice(Kind, "party_counter_kind"), primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


class Party(Base):
    """A client, member, partner, supplier or outside person, with one lasting number (R59).

    `stage` is how far its data has been collected. `seal` names the key of its personal data, which
    is destroyed once `erased_at` is set (D-0022). `version` counts changes, so that none is lost.
    """

    __tablename__ = "party"
    __table_args__ = (
        CheckConstraint("length(name) > 0", name="name"),
        CheckConstraint(f"secrecy BETWEEN 0 AND {int(max(Secrecy))}", name="secrecy"),
        CheckConstraint("(state = 'merged') = (merged_into_id IS NOT NULL)", name="merged"),
        CheckConstraint("merged_into_id <> id", name="not_into_itself"),
        Index("ix_party_kind_state_number", "kind", "state", "number"),
    )

    id: Mapped[Id]
    number: Mapped[str] = mapped_column(String(12), unique=True)
    kind: Mapped[Kind] = mapped_column(choice(Kind, "party_kind"))
    state: Mapped[State] = mapped_column(choice(State, "party_state"), default=State.ACTIVE)
    name: Mapped[str] = mapped_column(String(200))
    short_name: Mapped[str] = mapped_column(String(60), default="")
    folded: Mapped[str] = mapped_column(String(LONGEST_FOLDED), index=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    department: Mapped[str] = mapped_column(String(60), index=True)
    tier: Mapped[str | None] = mapped_column(String(60), index=True)
    stage: Mapped[str | None] = mapped_column(String(60))
    secrecy: Mapped[int] = mapped_column(default=int(Secrecy.INTERNAL))
    circle: Mapped[str | None] = mapped_column(String(60))
    note: Mapped[str] = mapped_column(Text, default="")
    seal: Mapped[str | None] = mapped_column(String(32))
    version: Mapped[int] = mapped_column(default=1)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("party.id"))
    added_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)
    erased_at: Mapped[datetime | None] = mapped_column(Instant)


class PartyIdentifier(Base):
    """A licence or register number; the same one never identifies two parties."""

    __tablename__ = "party_identifier"
    __table_args__ = (UniqueConstraint("scheme", "folded"), Index("ix_party_identifier_party_id", "party_id"))

    id: Mapped[Id]
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    scheme: Mapped[str] = mapped_column(String(60))
    value: Mapped[str] = mapped_column(String(120))
    folded: Mapped[str] = mapped_column(String(120))


class PartyContact(Base):
    """Somebody one speaks to; name, post, telephone and mail are sealed under the key of the party (R17)."""

    __tablename__ = "party_contact"
    __table_args__ = (UniqueConstraint("party_id", "position"),)

    id: Mapped[Id]
    party_id: Mapped[int] = mapped_column(ForeignKey("party.id"))
    position: Mapped[int]
    sealed: Mapped[str] = mapped_column(Text)


class PartyLists(Base):
    """The organisation's own lists of tiers, stages, identifiers and what is expected of a file; one row."""

    __tablename__ = "party_lists"
    __table_args__ = (CheckConstraint("id = 1", name="one"),)

    id: Mapped[Id]
    text: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(Instant)
