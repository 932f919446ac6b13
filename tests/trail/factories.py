"""Entries and damage for the tests of the trail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, text

from qms.kernel.ports import Actor
from qms.kernel.refs import Ref
from qms.trail import make_key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qms.kernel.settings import Settings
    from qms.kernel.work import Works

CLERK = Actor("person:7", "一位文控员", 7)


def entries(works: Works, count: int, *, start: int = 1, personal: bool = False) -> None:
    """Append `count` entries, each in a Work of its own, about three documents in turn."""
    for number in range(start, start + count):
        with works.writing(CLERK) as work:
            work.record(
                "document:revision:approve",
                Ref("document", f"CP-{number % 3:02d}"),
                before={"state": "in_review", "round": number},
                after={"state": "approved", "note": f"第{number}次", "open": None, "ok": True},
                why="审批通过",
                personal={"mail": f"clerk{number}@example.org"} if personal else None,
            )


def with_key(settings: Settings) -> None:
    """Give the workspace its signing key."""
    make_key(settings.at(settings.keys))


def tear_down_fence(connection: Connection) -> None:
    """What a malicious database administrator does first: take down triggers and constraints."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET session_replication_role = replica"))
        return
    connection.execute(text("PRAGMA defer_foreign_keys = ON"))
    names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
    for name in names:
        connection.execute(text(f"DROP TRIGGER {name}"))


class Tampering:
    """An open transaction without fences; everything done in it is rolled back at the end."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def __enter__(self) -> Connection:
        self.connection = self.engine.connect()
        self.transaction = self.connection.begin()
        tear_down_fence(self.connection)
        return self.connection

    def __exit__(self, *_: object) -> None:
        self.transaction.rollback()
        self.connection.close()


def columns(connection: Connection, table: str) -> Iterator[str]:
    """The names of a table's columns."""
    yield from connection.execute(text(f"SELECT * FROM {table} LIMIT 0")).keys()  # noqa: S608 - a constant
