"""A shelf, an engine in a temporary folder, and search over both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qms import trail
from qms.kernel.ports import Rights
from qms.search import Register, Search
from qms.search.listed import ListedAliases
from qms.search.whoosh_engine import WhooshEngine
from tests.search.factories import Shelf, library

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def shelf() -> Shelf:
    """An empty shelf of documents."""
    return Shelf()


@pytest.fixture
def index(tmp_path: Path) -> WhooshEngine:
    """An engine over an empty folder."""
    return WhooshEngine(tmp_path / "search_index", timeout=5)


@pytest.fixture
def filled(index: WhooshEngine) -> WhooshEngine:
    """An engine with the little library in it."""
    index.apply(library(), 1)
    return index


@pytest.fixture
def search(index: WhooshEngine, shelf: Shelf) -> Search:
    """Search over engine, shelf and the real trail."""
    return Search(index, Register([shelf], trail.since, trail.head), ListedAliases())


@pytest.fixture
def reader() -> Rights:
    """A reader of internal documents."""
    return Rights(person_id=7, secrecy=1)
