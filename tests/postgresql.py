"""One PostgreSQL database a test process, brought back to its first content before each test."""

from __future__ import annotations

import os
import uuid
from typing import TYPE_CHECKING, Final

from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from qms.kernel.database import Base, build_engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import Connection, Engine

SERVER: Final = os.environ.get("QMS_TEST_POSTGRESQL", "postgresql+psycopg://127.0.0.1:5432/postgres")


def server() -> Engine:
    """The server itself, to make and drop databases."""
    return create_engine(SERVER, isolation_level="AUTOCOMMIT")


def _reachable() -> str:
    line = server()
    try:
        with line.connect() as connection:
            connection.execute(text("SELECT 1"))
    except OperationalError as fault:
        return f"no PostgreSQL at {SERVER}: {fault.orig}"
    finally:
        line.dispose()
    return ""


UNREACHABLE = _reachable()


def url_of(name: str) -> str:
    """The URL of a database of the server."""
    return make_url(SERVER).set(database=name).render_as_string(hide_password=False)


_SCHEMA = """
SELECT md5(string_agg(what, ',' ORDER BY what)) FROM (
  SELECT 't' || c.relname || c.relkind::text AS what FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public'
  UNION ALL SELECT 'g' || tgname || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT 'c' || conname FROM pg_constraint) AS everything
"""
_ALONE = """
SELECT pg_terminate_backend(pid, 9000) FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_PLACE = "SELECT sequencename, coalesce(last_value, 0) FROM pg_sequences WHERE schemaname = 'public'"
_KEEP = """
DO $$ DECLARE name text; BEGIN
  CREATE SCHEMA kept;
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('CREATE TABLE kept.%I AS TABLE public.%I', name, name);
  END LOOP;
END $$
"""


class Server:
    """One PostgreSQL database of this test process, brought back to its first content before each test.

    Making and dropping a database for each test costs a checkpoint of the whole server every time, and
    emptying tables that are empty already costs as much as the shorter tests themselves.
    A test that changed the schema itself (took a trigger down) gets the next one a new database.
    """

    def __init__(self, fill: Callable[[str], None] | None = None) -> None:
        """Nothing is made before the first test asks; `fill` writes the first content by the URL."""
        self.fill = fill
        self.name = ""
        self.schema: str | None = None
        self.kept: dict[str, bool] = {}
        self.places: dict[str, int] = {}
        self.engine: Engine | None = None

    def url(self) -> str:
        """The URL of a database with all tables and the first content alone."""
        if self.engine is not None:
            with self.engine.connect() as connection:
                connection.execute(text(_ALONE))
                if connection.execute(text(_SCHEMA)).scalar() == self.schema:
                    self._restore(connection)
                    connection.commit()
                    return url_of(self.name)
            self.drop()
        self._make()
        return url_of(self.name)

    def drop(self) -> None:
        """Drop the database, if there is one."""
        if self.engine is not None:
            self.engine.dispose()
            self.engine = None
            self._on_server(f'DROP DATABASE "{self.name}" WITH (FORCE)')

    def _make(self) -> None:
        self.name = f"qms_test_{uuid.uuid4().hex[:16]}"
        self._on_server(f'CREATE DATABASE "{self.name}"')
        engine = build_engine(url_of(self.name))
        Base.metadata.create_all(engine)
        engine.dispose()
        if self.fill is not None:
            self.fill(url_of(self.name))
        self.engine = create_engine(url_of(self.name), pool_size=1, pool_pre_ping=True)
        with self.engine.begin() as connection:
            connection.execute(text(_KEEP))
            self.schema = connection.execute(text(_SCHEMA)).scalar()
            self.places = {str(row[0]): int(row[1]) for row in connection.execute(text(_PLACE))}
            names = connection.scalars(
                text("SELECT tablename FROM pg_tables WHERE schemaname = 'kept'")
            ).all()
            self.kept = {name: name in _filled(connection, "kept", names) for name in names}

    def _restore(self, connection: Connection) -> None:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        filled = _filled(connection, "public", self.kept)
        todo = [f'DELETE FROM public."{name}"' for name in filled]  # noqa: S608 - ours
        todo += [
            f'INSERT INTO public."{name}" TABLE kept."{name}"' for name, full in self.kept.items() if full
        ]
        todo += [
            f"SELECT setval('public.\"{name}\"', {max(self.places[name], 1)}, {self.places[name] > 0})"
            for name, place in connection.execute(text(_PLACE))
            if place != self.places[name]
        ]
        for statement in todo:
            connection.execute(text(statement))

    def _on_server(self, statement: str) -> None:
        line = server()
        with line.connect() as connection:
            connection.execute(text(statement))
        line.dispose()


def _filled(connection: Connection, schema: str, names: Iterable[str]) -> set[str]:
    """Which of the tables have rows."""
    asked = (f"SELECT '{name}' WHERE EXISTS (SELECT FROM {schema}.\"{name}\")" for name in names)  # noqa: S608 - ours
    return set(connection.scalars(text(" UNION ALL ".join(asked))))
