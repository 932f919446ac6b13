"""Works with the ports of the running house, for what arises on any floor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qms.kernel.vault import LocalVault
from qms.kernel.work import Works
from qms.runtime import append_to_trail
from qms.runtime.parts import ports

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from qms.kernel.clock import SimulatedClock
    from qms.kernel.settings import Settings


@pytest.fixture
def works(engine: Engine, settings: Settings, clock: SimulatedClock) -> Works:
    """Works over the test's own database and vault, with everything slices offer each other."""
    vault = LocalVault(settings.at(settings.records) / "vault")
    return Works(engine, vault, settings, clock, append_to_trail, ports())
