"""What the tests of one process need not pay for again and again, without asking one thing less.

None of it reaches the product: its processes know nothing of this module, those that tests start neither.
"""

from __future__ import annotations

import os
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from argon2 import PasswordHasher
from argon2.low_level import Type
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import Engine
from sqlalchemy.util import LRUCache

from qms.accounts import secrets

if TYPE_CHECKING:
    import pytest

MEMORY: Final = Path("/dev/shm")  # noqa: S108 - the folder, not a name in it
_ROOM: Final = 4 << 30
OPERATION: Final = (secrets._TIME, secrets._MEMORY_KB)
"""Rounds and memory of Argon2 as the product has them, read before anything is made lighter."""
LIGHT: Final = (1, 8)
_STATEMENTS: Final[dict[str, LRUCache[Any, Any]]] = defaultdict(lambda: LRUCache(5_000))


def folders_in_memory() -> None:
    """Let the folders of tests lie in memory where there is room: a test syncs dozens of files.

    That each is synced, and in its order, is asked of the calls themselves (`tests/runtime/test_fsync.py`).
    """
    if not MEMORY.is_dir():
        return
    found = os.statvfs(MEMORY)
    if found.f_bavail * found.f_frsize > _ROOM and not found.f_flag & os.ST_NOEXEC:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def hash_with(patch: pytest.MonkeyPatch, rounds: int, memory: int) -> None:
    """Hash passwords of this process with so many rounds and so much memory."""
    hasher = PasswordHasher(rounds, memory, secrets._LANES, type=Type.ID)
    patch.setattr(secrets, "_TIME", rounds)
    patch.setattr(secrets, "_MEMORY_KB", memory)
    patch.setattr(secrets, "_HASHER", hasher)
    patch.setattr(secrets, "_NOBODY", hasher.hash("nobody"))


def statements_once(patch: pytest.MonkeyPatch) -> None:
    """Keep compiled statements for all engines of one kind, as the one engine of the product does.

    SQLAlchemy keeps them by dialect and engine, and each test opens engines of its own: it would compile
    every statement anew, which is half of what the tests of operations take.
    """
    kept = property(lambda self: _STATEMENTS[self.dialect.name], lambda self, own: None)  # noqa: ARG005
    patch.setattr(Engine, "_compiled_cache", kept, raising=False)
    for kind in (SQLiteDialect_pysqlite, PGDialect_psycopg):
        patch.setattr(kind, "__eq__", lambda self, other: type(self) is type(other))
        patch.setattr(kind, "__hash__", lambda self: hash(type(self)))
