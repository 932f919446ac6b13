"""Fixtures shared by all tests: both databases, a workspace in a temporary folder, a moving clock."""

from __future__ import annotations

import os
import shutil
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

import pytest
from playwright.sync_api import sync_playwright
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from qms.kernel.clock import SimulatedClock
from qms.kernel.database import Base, build_engine
from qms.kernel.ports import Actor, Rights
from qms.kernel.settings import Settings
from qms.kernel.vault import LocalVault
from qms.kernel.work import Work, Works
from qms.runtime import append_to_trail, every_permission

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser
    from sqlalchemy import Engine

SERVER = os.environ.get("QMS_TEST_POSTGRESQL", "postgresql+psycopg://127.0.0.1:5432/postgres")
START = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
CHROMIUM: Final = Path("/usr/bin/chromium")
ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


RULES: Final = frozenset(
    [
        "kernel",
        "calendar",
        "trail",
        "trail_reviews",
        "jobs",
        "tasks",
        "accounts",
        "standards",
        "documents",
        "forms",
        "search",
        "evidence",
        "rendering",
    ]
)
"""The folders of the slices: what they try without a database tries their rules."""
_NO_RULES: Final = ("sqlite", "postgresql", "conformance", "pool", "fetching", "pictures")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of rules, which run under coverage; to watch all others costs half as much again."""
    for item in items:
        folder = Path(item.nodeid).parts[1]
        if folder in RULES and not any(word in item.nodeid for word in _NO_RULES):
            item.add_marker(pytest.mark.rules)


def _server() -> Engine:
    return create_engine(SERVER, isolation_level="AUTOCOMMIT")


def _reachable() -> str:
    server = _server()
    try:
        with server.connect() as connection:
            connection.execute(text("SELECT 1"))
    except OperationalError as fault:
        return f"no PostgreSQL at {SERVER}: {fault.orig}"
    finally:
        server.dispose()
    return ""


UNREACHABLE = _reachable()


def skip_or_fail(reason: str) -> NoReturn:
    """Skip where a tool is missing, but never in continuous integration, which has them all."""
    if os.environ.get("QMS_CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database with all tables, copied for each test."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite3"
    engine = build_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    engine.dispose()  # the last connection folds the write-ahead log into the file
    return path


_SCHEMA = """
SELECT string_agg(what, ',' ORDER BY what) FROM (
  SELECT 't' || c.relname || c.relkind::text AS what FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'public'
  UNION ALL SELECT 'g' || tgname || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
  UNION ALL SELECT 'c' || conname FROM pg_constraint) AS everything
"""
_EMPTY = """
DO $$ DECLARE name text; place text; BEGIN
  SET LOCAL session_replication_role = replica;
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('DELETE FROM public.%I', name);
    EXECUTE format('INSERT INTO public.%I SELECT * FROM kept.%I', name, name);
  END LOOP;
  FOR name, place IN SELECT sequencename, coalesce(last_value, 0)::text FROM kept.places LOOP
    PERFORM setval(format('public.%I', name)::regclass, greatest(place::bigint, 1), place <> '0');
  END LOOP;
END $$
"""
_KEEP = """
DO $$ DECLARE name text; BEGIN
  CREATE SCHEMA kept;
  FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('CREATE TABLE kept.%I AS TABLE public.%I', name, name);
  END LOOP;
  CREATE TABLE kept.places AS SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public';
END $$
"""


class Server:
    """One PostgreSQL database of this test process, brought back to its first content before each test.

    Making and dropping a database for each test costs a checkpoint of the whole server every time.
    A test that changed the schema itself (took a trigger down) gets the next one a new database.
    """

    def __init__(self, fill: Callable[[str], None] | None = None) -> None:
        """Nothing is made before the first test asks; `fill` writes the first content by the URL."""
        self.fill = fill
        self.name = ""
        self.schema: str | None = None

    def url(self) -> str:
        """The URL of a database with all tables and the first content alone."""
        if self.name:
            self._end_connections()
            if self._schema() == self.schema:
                self._run(_EMPTY)
                return _url(self.name)
            self.drop()
        self.name = f"qms_test_{uuid.uuid4().hex[:16]}"
        self._on_server(f'CREATE DATABASE "{self.name}"')
        engine = build_engine(_url(self.name))
        Base.metadata.create_all(engine)
        engine.dispose()
        if self.fill is not None:
            self.fill(_url(self.name))
        self._run(_KEEP)
        self.schema = self._schema()
        return _url(self.name)

    def drop(self) -> None:
        """Drop the database, if there is one."""
        if self.name:
            self._on_server(f'DROP DATABASE "{self.name}" WITH (FORCE)')
            self.name = ""

    def _on_server(self, statement: str) -> None:
        server = _server()
        with server.connect() as connection:
            connection.execute(text(statement))
        server.dispose()

    def _end_connections(self) -> None:
        self._on_server(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self.name}'"  # noqa: S608 - ours
        )

    def _schema(self) -> str | None:
        engine = create_engine(_url(self.name))
        with engine.connect() as connection:
            found: str | None = connection.execute(text(_SCHEMA)).scalar()
        engine.dispose()
        return found

    def _run(self, statement: str) -> None:
        engine = create_engine(_url(self.name))
        with engine.begin() as connection:
            connection.execute(text(statement))
        engine.dispose()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    """The PostgreSQL database of this test process."""
    if UNREACHABLE:
        skip_or_fail(UNREACHABLE)
    server = Server()
    yield server
    server.drop()


def _url(name: str) -> str:
    return make_url(SERVER).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh database with all tables; each test runs on both."""
    if request.param == "sqlite":
        template = request.getfixturevalue("sqlite_template")
        target = tmp_path / "records" / "qms.sqlite3"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(template, target)
        yield f"sqlite:///{target}"
        return
    yield request.getfixturevalue("postgresql_server").url()


@pytest.fixture
def settings(tmp_path: Path, database: str) -> Settings:
    """Settings of a workspace in a temporary folder."""
    return Settings(home=tmp_path, database_url=database, public_url="https://qms.example.org")


@pytest.fixture
def clock() -> SimulatedClock:
    """A clock that stands at the start of a Monday morning until a test moves it."""
    return SimulatedClock(START)


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    """An engine over the test's own database."""
    engine = build_engine(settings.database)
    yield engine
    engine.dispose()


@pytest.fixture
def works(engine: Engine, settings: Settings, clock: SimulatedClock) -> Works:
    """Works over the test's own database and vault, writing the real trail."""
    vault = LocalVault(settings.at(settings.records) / "vault")
    return Works(engine, vault, settings, clock, append_to_trail)


@pytest.fixture
def service() -> Actor:
    """The named service in whose name set-up steps act."""
    return Actor("service:test", "test service")


@pytest.fixture
def every_right() -> Rights:
    """Rights that allow and show everything."""
    return every_permission()


class _RolledBack(Exception):  # noqa: N818 - it is no error
    pass


@pytest.fixture
def work(works: Works, service: Actor, every_right: Rights) -> Iterator[Work]:
    """An open writing Work with every permission; all of it is rolled back."""
    try:
        with works.writing(service, every_right) as opened:
            yield opened
            raise _RolledBack  # noqa: TRY301 - leaving by an exception is what rolls back
    except _RolledBack:
        pass


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; where it is missing the stories are skipped, but never in CI."""
    if not CHROMIUM.is_file():
        skip_or_fail(f"there is no {CHROMIUM}; install it with: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield browser
        browser.close()
