"""Pure rules: which days are working days and what day a span of time leads to."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Final

import chinese_calendar

from qms.calendar.spans import Span, Unit

_PUBLISHED: Final = frozenset(day.year for day in chinese_calendar.constants.holidays)
_SATURDAY: Final = 5
_DAY: Final = timedelta(days=1)
_MONTHS: Final = 12
_HOURS: Final = 24
_DECEMBER: Final = 12
LONGEST_CLOSED: Final = 366
"""How many days on end may be free; a calendar that never works again is a fault, not a long wait."""


@dataclass(frozen=True, slots=True)
class Due:
    """The day a span leads to; provisional where a year's holidays were not published when counted."""

    day: date
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days people work: the statutory calendar, or weekdays of one's own, and single days besides.

    Without `weekdays` the notice of the State Council counts, in years it is published for, else Monday to
    Friday, provisionally. `holidays` and `working` are days of the organisation's own and go before it.
    `complete` are years an organisation has written out itself. What comes in after `cut_off` counts as the
    next working day; where none is set, after `closes`. One that stands in for a calendar that cannot be
    read settles nothing: all that is counted by it is provisional.
    """

    name: str = "statutory"
    weekdays: frozenset[int] | None = None
    holidays: frozenset[date] = frozenset()
    working: frozenset[date] = frozenset()
    complete: frozenset[int] = frozenset()
    opens: time | None = None
    closes: time | None = None
    cut_off: time | None = None
    stands_in: bool = False

    @property
    def latest(self) -> time | None:
        """The hour after which what comes in counts as the next working day."""
        return self.cut_off or self.closes

    def is_published(self, day: date) -> bool:
        """Whether the day is settled: by the notice of its year, by weekdays of one's own, or written out."""
        if self.stands_in:
            return False
        if self.weekdays is not None or day in self.holidays or day in self.working:
            return True
        return day.year in self.complete or day.year in _PUBLISHED

    def is_working_day(self, day: date) -> bool:
        """Whether people work that day: days of one's own first, then the statutory ones, then the week."""
        if day in self.working or day in self.holidays:
            return day in self.working
        if self.weekdays is not None:
            return day.weekday() in self.weekdays
        if day.year in _PUBLISHED:
            return bool(chinese_calendar.is_workday(day))
        return day.weekday() < _SATURDAY

    def from_working_day(self, day: date) -> Due:
        """The day itself where people work, else the next one on which they do."""
        return Due(day) if self.is_working_day(day) else self.add(day, 1)

    def add(self, day: date, count: int) -> Due:
        """The `count`-th working day after a day; the day itself is not counted (T+n), T+0 is the day."""
        if count < 0:
            raise ValueError("working days are counted forward")
        return self._walk(day, count, _DAY)

    def before(self, day: date, count: int) -> date:
        """The `count`-th working day before a day."""
        return self._walk(day, count, -_DAY).day

    def _walk(self, day: date, count: int, step: timedelta) -> Due:
        provisional = False
        free = 0
        while count:
            day += step
            provisional = provisional or not self.is_published(day)
            works = self.is_working_day(day)
            count -= works
            free = 0 if works else free + 1
            if free > LONGEST_CLOSED:
                raise ValueError(f"the calendar {self.name} has no working day near {day}")
        return Due(day, provisional)

    def working_days(self, first: date, last: date) -> int:
        """How many working days lie from the first day on, before the last."""
        span = range(max((last - first).days, 0))
        return sum(self.is_working_day(first + timedelta(days=step)) for step in span)

    def after(self, day: date, length: Span) -> Due:
        """The day a span after a day; months and years keep the day of the month or end with the month.

        Hours count from the beginning of the day; where the hour itself matters, see `end`.
        """
        match length.unit:
            case Unit.HOUR:
                return Due(day + timedelta(days=length.count // _HOURS))
            case Unit.WORKING_DAY:
                return self.add(day, length.count)
            case Unit.DAY:
                return Due(day + timedelta(days=length.count))
            case Unit.WEEK:
                return Due(day + timedelta(weeks=length.count))
            case Unit.MONTH:
                return Due(_add_months(day, length.count))
            case _:
                return Due(_add_months(day, length.count * _MONTHS))


STATUTORY: Final = Calendar()
STAND_IN: Final = Calendar(stands_in=True)


def is_working_day(day: date) -> bool:
    """Whether people work that day: statutory holidays and make-up days, else Monday to Friday."""
    return STATUTORY.is_working_day(day)


def after(day: date, length: Span) -> Due:
    """The day a span after a day by the statutory calendar."""
    return STATUTORY.after(day, length)


def week_of(day: date) -> tuple[str, date]:
    """The week of a day by its year and number, as ISO 8601 counts them, and its Monday."""
    year, week, place = day.isocalendar()
    return f"{year}-W{week:02d}", day - timedelta(days=place - 1)


def unpublished_year(today: date, kept: Calendar = STATUTORY) -> int | None:
    """The coming year where December has come and its holidays are not known yet."""
    following = today.year + 1
    known = kept.is_published(date(following, 1, 1))
    return following if today.month == _DECEMBER and not known else None


def _add_months(day: date, count: int) -> date:
    years, month = divmod(day.month - 1 + count, _MONTHS)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def back(day: date, length: Span, kept: Calendar) -> date:
    """The day a span before a day, for warnings; hours are no matter of days."""
    match length.unit:
        case Unit.WORKING_DAY:
            return kept.before(day, length.count)
        case Unit.DAY:
            return day - timedelta(days=length.count)
        case Unit.WEEK:
            return day - timedelta(weeks=length.count)
        case Unit.MONTH:
            return _add_months(day, -length.count)
        case Unit.YEAR:
            return _add_months(day, -length.count * _MONTHS)
        case _:
            raise ValueError("hours are no days")
