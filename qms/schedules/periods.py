"""Pure: the periods of a schedule, the day each opens and is due, and who is drawn at random."""

from __future__ import annotations

import calendar
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from qms.calendar import STATUTORY, Calendar, Due, Span, is_working_day, week_of

_DAY: Final = timedelta(days=1)
_WEEK: Final = 7
_YEAR: Final = 12
_WHOLE: Final = 100


class Every(StrEnum):
    """How often something is to be done."""

    DAY = "day"
    WORKING_DAY = "working day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half-year"
    YEAR = "year"


MONTHS: Final = {Every.MONTH: 1, Every.QUARTER: 3, Every.HALF_YEAR: 6, Every.YEAR: _YEAR}
"""How many months a period has, where it is made of months."""


@dataclass(frozen=True, slots=True)
class On:
    """The day inside a period; what is not said is the first. `week_day` counts from Monday as 0.

    `month` is the month inside a quarter, half-year or year, counting from 1.
    """

    day: int = 1
    month: int = 1
    week_day: int = 0


@dataclass(frozen=True, slots=True)
class Period:
    """One stretch of time, both days inclusive; `key` names it for ever."""

    key: str
    first: date
    last: date


def period_of(every: Every, day: date) -> Period:
    """The period a day lies in; a day that is none of its own lies in the one before."""
    if every is Every.WORKING_DAY:
        while not is_working_day(day):
            day -= _DAY
    if every in {Every.DAY, Every.WORKING_DAY}:
        return Period(day.isoformat(), day, day)
    if every is Every.WEEK:
        name, first = week_of(day)
        return Period(name, first, first + timedelta(days=_WEEK - 1))
    months = MONTHS[every]
    place = (day.month - 1) // months
    first = date(day.year, place * months + 1, 1)
    end = place * months + months
    last = date(day.year, end, calendar.monthrange(day.year, end)[1])
    return Period(_key(every, day.year, place + 1), first, last)


def _key(every: Every, year: int, place: int) -> str:
    match every:
        case Every.MONTH:
            return f"{year}-{place:02d}"
        case Every.QUARTER:
            return f"{year}-Q{place}"
        case Every.HALF_YEAR:
            return f"{year}-H{place}"
        case _:
            return str(year)


def following(every: Every, period: Period) -> Period:
    """The period after one."""
    day = period.last + _DAY
    while every is Every.WORKING_DAY and not is_working_day(day):
        day += _DAY
    return period_of(every, day)


def opens_on(every: Every, on: On, period: Period) -> date:
    """The day a period opens; a day its month does not have is the last one of the month."""
    if every is Every.WEEK:
        return period.first + timedelta(days=on.week_day)
    if every not in MONTHS:
        return period.first
    month = period.first.month - 1 + min(on.month, MONTHS[every])
    days = calendar.monthrange(period.first.year, month)[1]
    return date(period.first.year, month, min(on.day, days))


def due_on(period: Period, opened: date, due: Span | None, kept: Calendar = STATUTORY) -> Due:
    """The last day to do it: a span after the opening, or the end of the period where nothing is said."""
    return Due(period.last) if due is None else kept.after(opened, due)


def openings(every: Every, on: On, since: date, until: date) -> Iterator[tuple[Period, date]]:
    """The periods that open from one day to another, both inclusive, in order, each with its day."""
    period = period_of(every, since)
    while period.first <= until:
        opened = opens_on(every, on, period)
        if since <= opened <= until:
            yield period, opened
        period = following(every, period)


def drawn(subjects: Sequence[str], seed: str, *, share: int | None, count: int | None) -> tuple[str, ...]:
    """Who is drawn, by a seed that is kept: whoever has seed and list draws the same again.

    A share in percent is rounded up, so that somebody is always drawn where there is anybody.
    """
    wanted = count if count is not None else -(-len(subjects) * (share or 0) // _WHOLE)
    order = sorted(subjects, key=lambda each: hashlib.sha256(f"{seed}|{each}".encode()).hexdigest())
    return tuple(sorted(order[:wanted]))
