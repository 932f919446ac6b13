"""Pure rules: which days are working days and what day a span of time leads to."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import chinese_calendar

from qms.calendar.spans import Span, Unit
from qms.kernel.clock import local_day, start_of

_PUBLISHED: Final = frozenset(day.year for day in chinese_calendar.constants.holidays)
_SATURDAY: Final = 5
_DAY: Final = timedelta(days=1)
_MONTHS: Final = 12
_HOURS: Final = 24


@dataclass(frozen=True, slots=True)
class Due:
    """The day a span leads to; provisional where a year's holidays were not published when counted."""

    day: date
    provisional: bool = False


def is_published(day: date) -> bool:
    """Whether the State Council's holiday notice of the day's year is known here."""
    return day.year in _PUBLISHED


def is_working_day(day: date) -> bool:
    """Whether people work that day: statutory holidays and make-up days, else Monday to Friday."""
    if is_published(day):
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < _SATURDAY


def add_working_days(day: date, count: int) -> Due:
    """The `count`-th working day after a day; the day itself is not counted (T+n), T+0 is the day itself."""
    if count < 0:
        raise ValueError("working days are counted forward")
    provisional = False
    while count:
        day += _DAY
        provisional = provisional or not is_published(day)
        count -= is_working_day(day)
    return Due(day, provisional)


def after(day: date, length: Span) -> Due:
    """The day a span after a day; months and years keep the day of the month or end with the month.

    Hours count from the beginning of the day; where the hour itself matters, see `moment`.
    """
    match length.unit:
        case Unit.HOUR:
            return Due(day + timedelta(days=length.count // _HOURS))
        case Unit.WORKING_DAY:
            return add_working_days(day, length.count)
        case Unit.DAY:
            return Due(day + timedelta(days=length.count))
        case Unit.WEEK:
            return Due(day + timedelta(weeks=length.count))
        case Unit.MONTH:
            return Due(_add_months(day, length.count))
        case _:
            return Due(_add_months(day, length.count * _MONTHS))


def moment(instant: datetime, length: Span, zone: ZoneInfo) -> datetime:
    """The instant a span ends: hours by the clock, everything else with the last day it leads to."""
    if length.unit is Unit.HOUR:
        return instant + timedelta(hours=length.count)
    return start_of(after(local_day(instant, zone), length).day + _DAY, zone)


def _add_months(day: date, count: int) -> date:
    years, month = divmod(day.month - 1 + count, _MONTHS)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
