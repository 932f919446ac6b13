"""What the trail keeps: entries in a chain, its head, personal values apart, checkpoints."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Table, Text, UniqueConstraint, event
from sqlalchemy.orm import Mapped, mapped_column

from qms.kernel.database import Base, Id, Instant, Json
from qms.trail.ddl import statements

if TYPE_CHECKING:
    from sqlalchemy import Connection


class TrailEntry(Base):
    """One entry: what happened, as canonical text, and its link to the entry before (law 3).

    `actor`, `action`, `ref` and `at` repeat the body for asking; `verify` compares them with it.
    """

    __tablename__ = "trail_entry"
    __table_args__ = (
        CheckConstraint("seq >= 1", name="seq_from_one"),
        CheckConstraint("length(prev) = 64 AND length(hash) = 64", name="hash_length"),
        UniqueConstraint("prev"),
        UniqueConstraint("hash"),
        Index(None, "ref", "seq"),
        Index(None, "action", "seq"),
        Index(None, "actor", "seq"),
    )

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    tag: Mapped[str] = mapped_column(String(20))
    at: Mapped[datetime] = mapped_column(Instant, index=True)
    actor: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Text)
    ref: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    prev: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class TrailHead(Base):
    """The one row that says where the chain ends; locking it is what orders the writers (TRL-05)."""

    __tablename__ = "trail_head"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[Id]
    seq: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))


class TrailPersonal(Base):
    """A personal value outside the hashed body, with the salt of its commitment; erasable (TRL-12)."""

    __tablename__ = "trail_personal"
    __table_args__ = (
        UniqueConstraint("seq", "name"),
        CheckConstraint("(salt IS NULL) = (value IS NULL)", name="erased_whole"),
    )

    id: Mapped[Id]
    seq: Mapped[int] = mapped_column(ForeignKey("trail_entry.seq"))
    name: Mapped[str] = mapped_column(Text)
    salt: Mapped[str | None] = mapped_column(String(64))
    value: Mapped[str | None] = mapped_column(Text)


class TrailCheckpoint(Base):
    """A signed checkpoint: the note, and what a check since then starts from.

    `before` are the peaks of the tree of all entries but the last, `last` is the hash of that last
    entry; together they give the signed root, so they are bound by its signature.
    """

    __tablename__ = "trail_checkpoint"
    __table_args__ = (CheckConstraint("size >= 1", name="not_empty"), Index(None, "size"))

    id: Mapped[Id]
    size: Mapped[int]
    before: Mapped[list[str]] = mapped_column(Json)
    last: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Instant)


class TrailStamp(Base):
    """What a third party said of a checkpoint: that it existed at an instant (RFC 3161, TRL-11).

    `answer` is the authority's answer in base64, `until` the day its certificate ends; a checkpoint may
    have several.
    """

    __tablename__ = "trail_stamp"
    __table_args__ = (Index(None, "checkpoint_id"),)

    id: Mapped[Id]
    checkpoint_id: Mapped[int] = mapped_column(ForeignKey("trail_checkpoint.id"))
    at: Mapped[datetime] = mapped_column(Instant)
    received_at: Mapped[datetime] = mapped_column(Instant)
    authority: Mapped[str] = mapped_column(Text)
    serial: Mapped[str] = mapped_column(Text)
    until: Mapped[datetime] = mapped_column(Instant)
    answer: Mapped[str] = mapped_column(Text)


def _fence(table: Table, connection: Connection, **_: object) -> None:
    for text in statements(connection.dialect.name, table.name):
        # exec_driver_sql with no parameters leaves the percent signs of PL/pgSQL alone.
        connection.exec_driver_sql(text)


for _model in (TrailEntry, TrailHead, TrailPersonal, TrailCheckpoint, TrailStamp):
    event.listen(_model.__table__, "after_create", _fence)
