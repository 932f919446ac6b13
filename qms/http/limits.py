"""Limits on how often an address may ask for what can be guessed (SEC-09).

Counted in each process, so that N processes let N times as much through: they slow a flood down. What
is counted exactly, for each account and over all processes, lies in the database (`accounts`).
"""

from __future__ import annotations

from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, storage_uri="memory://", headers_enabled=False)
