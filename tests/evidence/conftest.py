"""The house that most tests of evidence begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.evidence.factories import House, house, some_papers

if TYPE_CHECKING:
    from qms.kernel.work import Works


@pytest.fixture
def made(works: Works) -> House:
    """A workspace with people and papers, on both databases."""
    built = house(works)
    some_papers(built)
    return built
