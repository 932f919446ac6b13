"""Pure rules: when a time limit ends: T+n, hours round the clock, pauses, and when to warn (S71, S72, S85).

T is the day something comes in. Where a limit counts working days, or a cut-off hour is set, what comes in
on a free day or after that hour counts as come in on the next working day. T+0 ends with T itself. Hours run
round the clock. A pause adds what it took: to hours its length, to working days those at whose end the clock
stood still, to other days all at whose end it did.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from qms.calendar.days import Calendar, Due, back
from qms.calendar.spans import Span, Unit
from qms.kernel.clock import local_day, start_of

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """A length, how long before its end it warns, and the hour after which receipts count as the next day."""

    length: Span
    warn: Span | None = None
    cut_off: time | None = None


@dataclass(frozen=True, slots=True)
class End:
    """When a limit ends: `at` is the first instant that is too late, `day` the last day in the zone.

    `since` is T; `warn_at` the instant from which it is near its end.
    """

    since: date
    at: datetime
    day: date
    provisional: bool
    warn_at: datetime | None


def end(limit: Limit, start: datetime, kept: Calendar, zone: ZoneInfo, lost: int = 0) -> End:
    """When a limit that runs from an instant ends, with what pauses took (seconds for hours, else days)."""
    since = received(limit, start, kept, zone)
    if limit.length.unit is Unit.HOUR:
        at = start + timedelta(hours=limit.length.count, seconds=lost)
        day = local_day(at, zone)
        return End(since.day, at, day, provisional=False, warn_at=_warn(limit, at, day, kept, zone))
    due = _due(limit.length, since.day, kept, lost)
    at = start_of(due.day + _DAY, zone)
    provisional = since.provisional or due.provisional
    return End(since.day, at, due.day, provisional, _warn(limit, at, due.day, kept, zone))


def received(limit: Limit, start: datetime, kept: Calendar, zone: ZoneInfo) -> Due:
    """T: the day the limit runs from."""
    day = local_day(start, zone)
    cut_off = limit.cut_off or kept.latest
    if limit.length.unit is Unit.HOUR or (limit.length.unit is not Unit.WORKING_DAY and cut_off is None):
        return Due(day)
    late = cut_off is not None and start.astimezone(zone).time() >= cut_off
    return kept.add(day, 1) if late else kept.from_working_day(day)


def lost(limit: Limit, start: datetime, until: datetime, kept: Calendar, zone: ZoneInfo) -> int:
    """What a pause takes: seconds of a limit in hours, working days of one in working days, else days."""
    if limit.length.unit is Unit.HOUR:
        return max(int((until - start).total_seconds()), 0)
    first, last = local_day(start, zone), local_day(until, zone)
    if limit.length.unit is Unit.WORKING_DAY:
        return kept.working_days(first, last)
    return max((last - first).days, 0)


def _due(length: Span, since: date, kept: Calendar, lost: int) -> Due:
    if length.unit is Unit.WORKING_DAY:
        return kept.add(since, length.count + lost)
    return Due(kept.after(since, length).day + timedelta(days=lost))


def _warn(limit: Limit, at: datetime, day: date, kept: Calendar, zone: ZoneInfo) -> datetime | None:
    if limit.warn is None:
        return None
    if limit.warn.unit is Unit.HOUR:
        return at - timedelta(hours=limit.warn.count)
    return start_of(back(day, limit.warn, kept), zone)
