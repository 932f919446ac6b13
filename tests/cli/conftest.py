"""Workspaces at each stage of a document's way, made once by the commands themselves and copied."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from sqlalchemy.engine import make_url

from tests.cli.databases import fresh_postgresql
from tests.cli.terminal import STAGES, Terminal, advance, copied, found

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

At = Callable[[str], Terminal]


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The workspace on SQLite at a stage; each grows out of the one before."""
    folder = tmp_path_factory.mktemp("stages")

    def at(stage: str) -> Path:
        home = folder / stage.replace(" ", "-")
        if home.exists():
            return home
        if stage == STAGES[0]:
            found(home)
        else:
            advance(copied(at(STAGES[STAGES.index(stage) - 1]), home), stage)
        return home

    return at


@pytest.fixture
def at(templates: Callable[[str], Path], tmp_path: Path) -> At:
    """A workspace of the test's own at a stage."""
    return lambda stage: copied(templates(stage), tmp_path / "workspace")


@pytest.fixture(scope="session")
def on_postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A founded workspace on PostgreSQL, and the name of its database."""
    home = tmp_path_factory.mktemp("postgresql") / "workspace"
    with fresh_postgresql() as url:
        found(home, url)
        yield home, str(make_url(url).database)


@pytest.fixture(params=["sqlite", "postgresql"])
def terminal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Terminal]:
    """A founded workspace of the test's own on each database."""
    if request.param == "sqlite":
        yield copied(request.getfixturevalue("templates")("founded"), tmp_path / "workspace")
        return
    home, name = request.getfixturevalue("on_postgresql")
    with fresh_postgresql(name) as url:
        yield copied(home, tmp_path / "workspace", url)
