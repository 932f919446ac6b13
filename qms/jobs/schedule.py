"""When a job may run and what becomes of it: pure."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

MAX_ATTEMPTS: Final = 5
LEASE: Final = timedelta(minutes=5)
FARTHEST: Final = 4 * LEASE
"""No lease ends later than this from now; one that seems to was given before the clock stepped back."""
_FIRST: Final = timedelta(seconds=15)
_LONGEST: Final = timedelta(hours=1)


class State(StrEnum):
    """Where a job stands; `dead` waits for a person."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"
    CANCELLED = "cancelled"


OPEN: Final = frozenset({State.QUEUED, State.RUNNING})


def back_off(attempt: int, key: str = "") -> timedelta:
    """How long to wait after a failed attempt: doubling, at most an hour.

    Up to a quarter more, told by the key, keeps many jobs that failed together from coming back together.
    """
    wait = min(_FIRST * (1 << min(attempt - 1, 16)), _LONGEST)
    spread = int.from_bytes(hashlib.sha256(f"{key}#{attempt}".encode()).digest()[:2], "big") / 65536
    return wait + wait / 4 * spread


def after_failure(attempt: int, now: datetime, key: str = "") -> tuple[State, datetime]:
    """What a failed attempt leads to: another one later, or death after the last."""
    if attempt >= MAX_ATTEMPTS:
        return State.DEAD, now
    return State.QUEUED, now + back_off(attempt, key)


def may_run(state: State, not_before: datetime, leased_until: datetime | None, now: datetime) -> bool:
    """Whether a worker may take the job: queued and due, or left behind by one whose lease ran out.

    A lease from the future is nobody's: whoever still holds the job is refused when they end it (REL-06).
    """
    if state is State.QUEUED:
        return not_before <= now
    if state is not State.RUNNING or leased_until is None:
        return False
    return not now < leased_until <= now + FARTHEST


def used_up(state: State, attempts: int) -> bool:
    """Whether a job left behind by its worker has no attempt left: it may be what killed the worker."""
    return state is State.RUNNING and attempts >= MAX_ATTEMPTS
