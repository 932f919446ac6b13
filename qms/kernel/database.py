"""The database: declarative base, column types, engines; SQLite embedded, PostgreSQL by URL."""

from __future__ import annotations

import enum
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Final, cast

from sqlalchemy import DateTime, Enum, MetaData, Text, create_engine, event, text
from sqlalchemy.exc import DataError
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeDecorator

from qms.kernel.errors import Damaged

if TYPE_CHECKING:
    from sqlalchemy import Dialect, Engine, Table
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.orm import Session
    from sqlalchemy.pool import ConnectionPoolEntry

NotStorable = DataError
"""What a database says of a value it cannot hold: NUL in a text, a number out of its range."""

READING: Final = "reading"
WRITING: Final = "writing"
_MODE: Final = "qms_mode"
_BUSY_MS: Final = 15_000


class DatabaseUnsafe(Damaged):
    """The database does not keep the promises the house needs."""

    message = "The database setting {name} is {value}, not {wanted}; nothing may be written."


class Base(DeclarativeBase):
    """The one declarative base; every constraint gets its name by convention (law 12)."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Instant(TypeDecorator[datetime]):
    """An aware UTC instant on both databases; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store UTC; SQLite keeps it without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = "an instant needs a time zone"
            raise ValueError(message)
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give UTC back."""
        return None if value is None else in_utc(value)


def in_utc(value: datetime) -> datetime:
    """An instant as a driver gives it: without a zone it is UTC already."""
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Json(TypeDecorator[Any]):
    """JSON kept as text with sorted keys, so that both databases hold the same characters."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Write compact JSON."""
        if value is None:
            return None
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """Read it back."""
        return None if value is None else json.loads(value)


def choice(values: type[enum.StrEnum], name: str) -> Enum:
    """A column of an enumeration, stored by value with a CHECK on both databases."""
    return Enum(
        values,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=40,
        values_callable=lambda kind: [member.value for member in kind],
    )


Id = Annotated[int, mapped_column(primary_key=True)]


def build_engine(url: str, *, echo: bool = False) -> Engine:
    """An engine for the URL with the house's guarantees switched on and asserted.

    A fault names its statement and never the values, which may be secrets (SEC-25).
    """
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    if url.startswith("sqlite"):
        engine = create_engine(
            url,
            echo=echo,
            hide_parameters=True,
            connect_args={"check_same_thread": False, "timeout": _BUSY_MS / 1000},
        )
        event.listen(engine, "connect", _sqlite_connect)
        event.listen(engine, "begin", _sqlite_begin)
    else:
        engine = create_engine(
            url, echo=echo, hide_parameters=True, pool_pre_ping=True, isolation_level="READ COMMITTED"
        )
        event.listen(engine, "connect", _postgresql_connect)
    return engine


def _sqlite_connect(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    # The driver must not open transactions by itself: BEGIN is ours (compliance TRL-04).
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout={_BUSY_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "trusted_schema=OFF",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _postgresql_connect(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    # Our questions are short: to start a second process for one costs ten times its answer. Said outside
    # any transaction, since what is said within one is forgotten when it is rolled back.
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute("SET max_parallel_workers_per_gather = 0")
    cursor.close()
    connection.autocommit = False


def _sqlite_begin(connection: Any) -> None:
    mode = connection.get_execution_options().get(_MODE, WRITING)
    connection.exec_driver_sql(f"PRAGMA query_only={'ON' if mode == READING else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if mode == READING else "BEGIN IMMEDIATE")


def options(engine: Engine, mode: str) -> dict[str, Any]:
    """Execution options of a connection for a reading or a writing Work (law 1)."""
    if engine.dialect.name == "sqlite":
        return {_MODE: mode}
    if mode == READING:
        return {_MODE: mode, "isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    return {_MODE: mode, "isolation_level": "READ COMMITTED", "postgresql_readonly": False}


_WANTED: Final = {
    "sqlite": {"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"},
    "postgresql": {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"},
}


def assert_safe(engine: Engine) -> None:
    """Refuse to start on a database that would not keep what it acknowledged (REL-03)."""
    name = engine.dialect.name
    ask = "PRAGMA {}" if name == "sqlite" else "SHOW {}"
    with engine.connect().execution_options(**options(engine, READING)) as connection:
        for setting, wanted in _WANTED[name].items():
            value = str(connection.execute(text(ask.format(setting))).scalar())
            if value != wanted:
                raise DatabaseUnsafe(name=setting, value=value, wanted=wanted)


_FULL: Final = frozenset({"SQLITE_FULL", "SQLITE_IOERR_SHMSIZE", "53100"})
"""SQLite's and PostgreSQL's names for a disk that takes no more."""


def is_full(fault: BaseException | None) -> bool:
    """Whether the database, or its driver, could not write for want of room (REL-04)."""
    orig = getattr(fault, "orig", fault)
    told = (getattr(orig, name, None) for name in ("sqlite_errorname", "sqlstate"))
    return not _FULL.isdisjoint(told)


_COLLIDED: Final = frozenset({"SQLITE_BUSY", "40P01", "40001"})
"""What SQLite says after its patience, and PostgreSQL of a deadlock or of acts that exclude each other."""


def is_collision(fault: BaseException | None) -> bool:
    """Whether another act at the same moment was the reason, so that repeating is right (REL-05)."""
    orig = getattr(fault, "orig", fault)
    told = (getattr(orig, name, None) for name in ("sqlite_errorname", "sqlstate"))
    return not _COLLIDED.isdisjoint(told)


def next_number(session: Session, series: type[Base], key: str | int) -> int:
    """The next number of a series, whose row is locked by being counted, so that there is no gap (law 13).

    `series` is a table of two columns, its key and the `last` number given; a key nobody has counted yet
    begins at one. With the act that is rolled back the number is gone again.
    """
    table = cast("Table", series.__table__)
    (column,) = table.primary_key.columns
    made = f"INSERT INTO {table.name} ({column.name}, last) VALUES (:key, 0) ON CONFLICT DO NOTHING"  # noqa: S608 - our own names
    taken = f"UPDATE {table.name} SET last = last + 1 WHERE {column.name} = :key RETURNING last"  # noqa: S608 - our own names
    session.execute(text(made), {"key": key})
    return int(session.execute(text(taken), {"key": key}).scalar_one())
