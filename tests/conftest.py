"""Fixtures shared by all tests: both databases, a workspace in a temporary folder, a moving clock."""

from __future__ import annotations

import os
import shutil
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
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
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine

SERVER = os.environ.get("QMS_TEST_POSTGRESQL", "postgresql+psycopg://127.0.0.1:5432/postgres")
START = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)


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


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database with all tables, copied for each test."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite3"
    engine = build_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    engine.dispose()  # the last connection folds the write-ahead log into the file
    return path


@pytest.fixture(scope="session")
def postgresql_template() -> Iterator[str]:
    """The name of an empty PostgreSQL database with all tables, the template of each test's own."""
    if UNREACHABLE:
        pytest.skip(UNREACHABLE)
    name = f"qms_template_{uuid.uuid4().hex[:12]}"
    server = _server()
    with server.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine = build_engine(_url(name))
    Base.metadata.create_all(engine)
    engine.dispose()
    yield name
    with server.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    server.dispose()


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
    template = request.getfixturevalue("postgresql_template")
    name = f"qms_test_{uuid.uuid4().hex[:16]}"
    server = _server()
    with server.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    yield _url(name)
    with server.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    server.dispose()


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
