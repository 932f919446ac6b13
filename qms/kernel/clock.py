"""Where 'now' comes from: UTC instants inside, the organisation's zone outside."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


class Clock(Protocol):
    """Tells the present instant, always aware and in UTC."""

    def now(self) -> datetime:
        """The present instant."""
        ...


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's clock, and the only one a real workspace accepts."""

    def now(self) -> datetime:
        """The present instant by the machine."""
        return datetime.now(tz=UTC)


@dataclass(slots=True)
class SimulatedClock:
    """A clock that moves only when told: for demonstrations and tests."""

    at: datetime
    tick: timedelta = field(default=timedelta(0))

    def now(self) -> datetime:
        """The set instant; each look advances it by `tick`."""
        seen = self.at
        self.at = seen + self.tick
        return seen

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
