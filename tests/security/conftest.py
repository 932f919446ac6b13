"""The house of the attacks: built once a process, given to each module on each database."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Engine, create_engine, delete, insert, select, text

from qms.app import create_app
from qms.kernel.clock import SimulatedClock
from qms.kernel.database import Base, build_engine
from qms.kernel.settings import Settings
from qms.kernel.vault import LocalVault
from qms.kernel.work import Works
from qms.runtime import Runtime, append_to_trail, ports, register
from qms.search import open_search
from tests.conftest import START, UNREACHABLE, Server, skip_or_fail
from tests.security.house import House, build

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask

    from qms.kernel.clock import Clock

SECRET = "7a" * 32  # the tests' own
BOX: dict[str, Any] = {"box_form": "FM-12-01", "box_post": "deputy-general-manager"}
PUBLIC = "https://qms.example.org"
_AFTER = """
DO $$ DECLARE one record; BEGIN
  FOR one IN
    SELECT table_name, column_name, pg_get_serial_sequence(quote_ident(table_name), column_name) AS seq
    FROM information_schema.columns WHERE table_schema = 'public' AND column_default LIKE 'nextval%%'
  LOOP
    EXECUTE format('SELECT setval(%%L, coalesce((SELECT max(%%I) FROM %%I), 0) + 1, false)',
      one.seq, one.column_name, one.table_name);
  END LOOP;
END $$
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All attacks run in one process, so that the house is built once."""
    for item in items:
        if "tests/security/" in item.nodeid:
            item.add_marker(pytest.mark.xdist_group("security"))


@dataclass(frozen=True, slots=True)
class Built:
    """The house as it was built: its folder, and what is known of it."""

    home: Path
    house: House


def _works(settings: Settings, clock: Clock) -> Works:
    vault = LocalVault(settings.at(settings.records) / "vault")
    return Works(build_engine(settings.database), vault, settings, clock, append_to_trail, ports())


@pytest.fixture(scope="session")
def built(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The house on SQLite, built by the real operations; everybody else gets a copy."""
    home = tmp_path_factory.mktemp("attacked") / "home"
    (home / "records").mkdir(parents=True)
    shutil.copy(sqlite_template, home / "records" / "qms.sqlite3")
    works = _works(Settings(home=home, public_url=PUBLIC, **BOX), SimulatedClock(START))
    house = build(works)
    (home / "records" / "keys" / "web.secret").write_text(SECRET)
    works.engine.dispose()
    return Built(home, house)


def copied(built: Built, home: Path, url: str = "") -> House:
    """A copy of the house in a folder of its own, and on another database where one is given."""
    shutil.copytree(built.home, home)
    settings = Settings(home=home, database_url=url, public_url=PUBLIC, **BOX)
    works = _works(settings, SimulatedClock(START))
    if url:
        source = build_engine(f"sqlite:///{built.home / 'records' / 'qms.sqlite3'}")
        _moved(source, works.engine)
        source.dispose()
    return replace(built.house, works=works, plans={})


def _moved(source: Engine, target: Engine) -> None:
    """Every row of one database into another that has the same tables."""
    with source.connect() as old, target.begin() as new:
        new.execute(text("SET LOCAL session_replication_role = replica"))
        for table in Base.metadata.sorted_tables:
            new.execute(delete(table))
            rows = [dict(row._mapping) for row in old.execute(select(table))]
            if rows:
                new.execute(insert(table), rows)
    owner = create_engine(target.url)
    with owner.begin() as connection:
        connection.exec_driver_sql(_AFTER)
    owner.dispose()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def house(
    request: pytest.FixtureRequest, built: Built, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """The house for a module whose tests change nothing for good."""
    home = tmp_path_factory.mktemp("house") / "home"
    if request.param == "sqlite":
        made = copied(built, home)
        yield made
        made.works.engine.dispose()
        return
    if UNREACHABLE:
        skip_or_fail(UNREACHABLE)
    server = Server()
    made = copied(built, home, server.url())
    yield made
    made.works.engine.dispose()
    server.drop()


@pytest.fixture
def own(built: Built, tmp_path: Path) -> Iterator[House]:
    """A house of the test's own, which it may change; what is asked here is the same on each database."""
    made = copied(built, tmp_path / "home")
    yield made
    made.works.engine.dispose()


def running(house: House) -> Runtime:
    """The running parts over a house."""
    settings = house.works.settings
    return Runtime(settings, house.works.engine, house.works, open_search(settings, register()), demo=False)


@pytest.fixture
def runtime(own: House) -> Runtime:
    """The running parts over the test's own house."""
    return running(own)


@pytest.fixture
def app(runtime: Runtime) -> Flask:
    """The application over the test's own house, answering faults as in operation."""
    made = create_app(runtime)
    made.testing = False
    return made
