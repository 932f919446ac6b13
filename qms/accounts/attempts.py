"""How long wrong passwords make one wait, so that nobody can lock out somebody else; pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

FREE: Final = 5
_FIRST: Final = timedelta(seconds=30)
_LONGEST: Final = timedelta(minutes=15)
_FORGOTTEN: Final = timedelta(hours=24)
WINDOW: Final = timedelta(hours=1)
CROWD: Final = 50
MINUTE: Final = timedelta(minutes=1)
SPREE: Final = 60


@dataclass(frozen=True, slots=True)
class Tally:
    """Wrong passwords for one account from one address, and the last right one from there."""

    failures: int = 0
    failed_at: datetime | None = None
    succeeded_at: datetime | None = None


def wait_after(failures: int) -> timedelta:
    """Nothing for the first four; from the fifth half a minute, doubled up to a quarter of an hour."""
    if failures < FREE:
        return timedelta(0)
    wait: timedelta = _FIRST * (1 << min(failures - FREE, 10))
    return min(_LONGEST, wait)


def counted(tally: Tally, now: datetime) -> int:
    """The number of failures after one more; a day without any forgets the old ones."""
    if tally.failed_at is None or now - tally.failed_at >= _FORGOTTEN:
        return 1
    return tally.failures + 1


def signing_lock(failures: int, now: datetime, minutes: int) -> datetime | None:
    """Until when so many wrong passwords lock signing: from the fifth on, and not for ever (P11-300d)."""
    return now + timedelta(minutes=minutes) if failures >= FREE else None


def blocked_until(tally: Tally, crowd: int, now: datetime, spree: int = 0) -> datetime | None:
    """Until when this address must wait for this account, or None (SEC-09, MLP-02).

    `crowd` are the failures of the account from all addresses within the last hour. When a crowd
    guesses, only addresses from which the account has been used before may still try: its owner
    is not locked out by strangers. `spree` are the failures from the address within the last minute,
    whatever the accounts: after sixty only those known there may still try.
    """
    if tally.failed_at is not None:
        until = tally.failed_at + wait_after(tally.failures)
        if until > now:
            return until
    if crowd >= CROWD and tally.succeeded_at is None:
        return now + _LONGEST
    if spree >= SPREE and tally.succeeded_at is None:
        return now + MINUTE
    return None
