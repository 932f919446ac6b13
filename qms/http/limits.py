"""Limits on how often an address may ask for what can be guessed (SEC-09).

Wrong passwords are counted in the database, for each account and each address and over all processes
(`accounts`). What a GET may be asked for is counted in the memory of each process, since no GET writes
(law 1): each of the web processes counts its share of the bound (D-0040).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

if TYPE_CHECKING:
    from collections.abc import Callable

PROCESSES: Final = "QMS_WEB_PROCESSES"
"""Where `qms serve` says how many web processes there are."""
limiter = Limiter(get_remote_address, storage_uri="memory://", headers_enabled=False)


def a_minute(count: int) -> Callable[[], str]:
    """So often a minute an address may ask all web processes together."""
    return lambda: f"{max(1, count // int(os.environ.get(PROCESSES) or 1))} per minute"
