"""Pure: what counts as a step of the clock, and the entry that tells of it (TRL-07, REL-06)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from qms.kernel.clock import iso
from qms.kernel.ports import Actor, Change
from qms.kernel.refs import Ref

STEP: Final = "trail:clock-step"
CLOCK: Final = Actor("service:clock", "clock")
TOLERANCE: Final = timedelta(minutes=2)
"""An act takes its instant when it begins and its number when it ends, so that acts which overlap stand a
little out of order of time; a clock that is put right gradually moves as slowly. Neither is a step."""


@dataclass(frozen=True, slots=True)
class ClockStep:
    """An entry before which the clock was moved: what it should have shown, and what it showed."""

    seq: int
    expected: str
    found: str


def clock_step(seq: int, before: str, at: str) -> ClockStep | None:
    """The step back from one written instant to another, None within the tolerance or where none is told."""
    try:
        back = datetime.fromisoformat(before) - datetime.fromisoformat(at)
    except (ValueError, TypeError):
        return None
    return ClockStep(seq, before, at) if back > TOLERANCE else None


def step_change(last: datetime | None, now: datetime, leap: timedelta | None) -> Change | None:
    """The entry that goes ahead of an act whose clock was moved, None where it was not.

    Back is seen by the entry before (`last`) in whatever process it was made. A leap, how far the clock
    moved away from one that nobody can set, also shows a step ahead; it is told once, by the first
    process to write behind it, since after that the entry before is younger than the leap.
    """
    if last is not None and last - now > TOLERANCE:
        return _told(last, now)
    if leap is None or abs(leap) <= TOLERANCE:
        return None
    known = last is not None and leap > timedelta(0) and now - last < leap - TOLERANCE
    return None if known else _told(now - leap, now)


def _told(expected: datetime, now: datetime) -> Change:
    after = {"at": iso(now), "seconds": round((now - expected).total_seconds())}
    return Change(STEP, Ref("trail", "clock"), before={"at": iso(expected)}, after=after)
