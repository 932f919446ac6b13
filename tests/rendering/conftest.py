"""The samples, set once for all tests of this folder by a warm child."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qms.rendering import Pool, Rendered

from .factories import SHEETS, SOURCE

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def pool() -> Iterator[Pool]:
    """A pool with the limits of a real workspace."""
    with Pool() as pool:
        yield pool


@pytest.fixture(scope="session")
def originals(pool: Pool) -> dict[str, Rendered]:
    """Each sample as it is issued."""
    return {name: pool.render(make(), SOURCE, "CP-12.md") for name, make in SHEETS.items()}
