"""A workspace made as a real one is, migrated and founded, and the application over it."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.engine import make_url

from qms import runtime
from qms.kernel.clock import SimulatedClock
from qms.kernel.settings import load
from tests.cli.databases import fresh_postgresql
from tests.cli.terminal import copied, found
from tests.conftest import START

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from qms.runtime import Runtime

    Made = Callable[..., Runtime]


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A founded workspace on SQLite, to be copied."""
    home = tmp_path_factory.mktemp("operate") / "workspace"
    found(home)
    return home


@pytest.fixture(scope="session")
def on_postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """The same on PostgreSQL, and the name of its database."""
    home = tmp_path_factory.mktemp("operate-postgresql") / "workspace"
    with fresh_postgresql() as url:
        found(home, url)
        yield home, str(make_url(url).database)


@pytest.fixture(params=["sqlite", "postgresql"])
def home(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A founded workspace of the test's own on each database."""
    if request.param == "sqlite":
        yield copied(request.getfixturevalue("founded"), tmp_path / "workspace").home
        return
    template, name = request.getfixturevalue("on_postgresql")
    with fresh_postgresql(name) as url:
        yield copied(template, tmp_path / "workspace", url).home


@pytest.fixture
def clock() -> SimulatedClock:
    """A clock that stands until a test moves it."""
    return SimulatedClock(START)


@pytest.fixture
def opened(clock: SimulatedClock) -> Iterator[Made]:
    """Opens the parts of a workspace with settings of the test's own: `opened(home, log="json")`."""
    parts: list[Runtime] = []

    def made(home: Path, **settings: object) -> Runtime:
        for name, value in settings.items():
            with (home / "qms.toml").open("a", encoding="utf-8") as file:
                file.write(f"{name} = {json.dumps(value)}\n")
        opened = runtime.build(home)
        opened.works.clock = clock
        assert load(home) == opened.settings
        parts.append(opened)
        return opened

    yield made
    for each in parts:
        each.close()


@pytest.fixture
def logging_as_before() -> Iterator[None]:
    """What a test sets up for a whole process is taken back."""
    names = ("", "qms", "gunicorn.error", "gunicorn.access")
    kept = {name: logging.getLogger(name) for name in names}
    before = {name: (list(each.handlers), each.level, each.propagate) for name, each in kept.items()}
    yield
    for name, (handlers, level, propagate) in before.items():
        kept[name].handlers[:], kept[name].propagate = handlers, propagate
        kept[name].setLevel(level)
