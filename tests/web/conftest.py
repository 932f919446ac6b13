"""A founded workspace on both databases, the application over it, and a browser for each login."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from qms import trail
from qms.app import create_app
from qms.kernel.clock import SimulatedClock
from qms.kernel.database import build_engine
from qms.kernel.settings import Settings
from qms.kernel.vault import LocalVault
from qms.kernel.work import Works
from qms.runtime import Runtime, append_to_trail, register
from qms.search import open_search
from tests.conftest import START, UNREACHABLE, Server, skip_or_fail
from tests.web.house import Browser, found

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime
    from pathlib import Path

    from flask import Flask

SECRET = "5e" * 32  # the tests' own


def _found_in(url: str, home: Path, start: datetime) -> None:
    engine = build_engine(url)
    settings = Settings(home=home, database_url=url)
    found(Works(engine, LocalVault(home / "vault"), settings, SimulatedClock(start), append_to_trail))
    engine.dispose()


@pytest.fixture(scope="session")
def start() -> datetime:
    """The instant at which the clock of each test stands first."""
    return START


@pytest.fixture(scope="session")
def sqlite_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, start: datetime) -> Path:
    """An SQLite database with the organisation in it, copied for each test."""
    path = tmp_path_factory.mktemp("house") / "house.sqlite3"
    shutil.copy(sqlite_template, path)
    _found_in(f"sqlite:///{path}", path.parent, start)
    return path


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory: pytest.TempPathFactory, start: datetime) -> Iterator[Server]:
    """The PostgreSQL database of this test process with the organisation in it."""
    if UNREACHABLE:
        skip_or_fail(UNREACHABLE)
    server = Server(lambda url: _found_in(url, tmp_path_factory.mktemp("house"), start))
    yield server
    server.drop()


@pytest.fixture
def runtime(works: Works, settings: Settings) -> Runtime:
    """The running parts over the founded workspace, with its own keys and cookie secret."""
    keys = settings.at(settings.keys)
    keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    (keys / "web.secret").write_text(SECRET)
    trail.make_key(keys)
    return Runtime(settings, works.engine, works, open_search(settings, register()), demo=False)


@pytest.fixture
def app(runtime: Runtime) -> Flask:
    """The application with every blueprint there is."""
    made = create_app(runtime)
    made.testing = False  # faults are answered as in operation
    return made


@pytest.fixture
def stranger(app: Flask) -> Browser:
    """A browser that has not signed in."""
    return Browser(app)


@pytest.fixture
def browser(app: Flask) -> Callable[..., Browser]:
    """A signed-in browser for a login: `browser("author")`."""

    def opened(login: str, language: str = "en") -> Browser:
        made = Browser(app, language)
        assert made.sign_in(login).status_code == 303
        return made

    return opened
