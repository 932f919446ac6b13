"""Where 'now' comes from: UTC instants inside, the organisation's zone outside."""

from __future__ import annotations

import time as clocks
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Tells the present instant, always aware and in UTC."""

    def now(self) -> datetime:
        """The present instant."""
        ...

    def ticks(self) -> float | None:
        """Seconds by a clock that nobody can set; None where time is simulated."""
        ...


_STEADY: Final = getattr(clocks, "CLOCK_BOOTTIME", clocks.CLOCK_MONOTONIC)
"""Goes on while the machine sleeps, where there is such a clock."""


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's clock, and the only one a real workspace accepts."""

    def now(self) -> datetime:
        """The present instant by the machine."""
        return datetime.now(tz=UTC)

    def ticks(self) -> float:
        """Seconds since the machine was started."""
        return clocks.clock_gettime(_STEADY)


@dataclass(slots=True)
class SimulatedClock:
    """A clock that moves only when told: for demonstrations and tests.

    `steady` plays the clock that nobody can set; without one no step of the clock is told by it.
    """

    at: datetime
    tick: timedelta = field(default=timedelta(0))
    steady: float | None = None

    def now(self) -> datetime:
        """The set instant; each look advances it by `tick`."""
        seen = self.at
        self.at = seen + self.tick
        return seen

    def ticks(self) -> float | None:
        """The steady clock, where one is played."""
        return self.steady

    def advance(self, by: timedelta) -> None:
        """Move the clock; a negative span plays a clock that stepped back."""
        self.at += by


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """The calendar day of an instant in the organisation's zone."""
    return instant.astimezone(zone).date()


def start_of(day: date, zone: ZoneInfo) -> datetime:
    """The UTC instant at which a day of the organisation's zone begins."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def iso(instant: datetime) -> str:
    """An instant as `2026-11-22T08:15:30.123456Z`, the one written form inside trail and bundles."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
