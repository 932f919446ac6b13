"""Working days as the State Council published them, and where a span leads."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.calendar import (
    STATUTORY,
    Due,
    Span,
    Unit,
    after,
    is_working_day,
    span,
)

DAYS = st.dates(date(2004, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 1, 1), False),  # New Year's Day, a Thursday
        (date(2026, 1, 4), True),  # a Sunday worked to make up for the bridge day
        (date(2026, 2, 17), False),  # Spring Festival, a Tuesday
        (date(2026, 11, 2), True),  # an ordinary Monday
        (date(2026, 11, 7), False),  # an ordinary Saturday
    ],
)
def test_statutory_days_count(day: date, works: bool) -> None:  # noqa: FBT001 - a table of facts
    """Holidays and make-up days of a published year are those of the notice."""
    assert is_working_day(day) is works


def test_unpublished_years_are_provisional() -> None:
    """A year without a notice counts Monday to Friday, and says that this is provisional."""
    assert STATUTORY.is_published(date(2026, 12, 31))
    assert not STATUTORY.is_published(date(2050, 1, 1))
    assert is_working_day(date(2050, 1, 3))
    assert not is_working_day(date(2050, 1, 1))
    assert STATUTORY.add(date(2026, 12, 30), 1) == Due(date(2026, 12, 31))
    assert STATUTORY.add(date(2050, 5, 2), 1) == Due(date(2050, 5, 3), provisional=True)


def test_the_day_itself_does_not_count() -> None:
    """T+3 from a Friday is the next Wednesday; T+0 is the day itself."""
    assert STATUTORY.add(date(2026, 11, 6), 3) == Due(date(2026, 11, 11))
    assert STATUTORY.add(date(2026, 11, 7), 0) == Due(date(2026, 11, 7))


def test_working_days_do_not_run_backwards() -> None:
    """A negative count is a fault of the program."""
    with pytest.raises(ValueError, match="forward"):
        STATUTORY.add(date(2026, 11, 6), -1)


@given(DAYS, st.integers(1, 60))
def test_working_days_are_counted_one_by_one(day: date, count: int) -> None:
    """The result is a working day, and exactly `count` working days lie after the start up to it."""
    due = STATUTORY.add(day, count).day
    between = [day + timedelta(days=step) for step in range(1, (due - day).days + 1)]
    assert is_working_day(due)
    assert sum(map(is_working_day, between)) == count


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2 working days", date(2026, 2, 3)),
        ("5 days", date(2026, 2, 5)),
        ("2 weeks", date(2026, 2, 14)),
        ("1 month", date(2026, 2, 28)),
        ("12 months", date(2027, 1, 31)),
        ("1 year", date(2027, 1, 31)),
        ("2 hours", date(2026, 1, 31)),
        ("48 hours", date(2026, 2, 2)),
    ],
)
def test_spans_lead_to_a_day(text: str, expected: date) -> None:
    """Months end with the month where it has no such day."""
    assert after(date(2026, 1, 31), span(text)) == Due(expected, provisional=False)


def test_what_stands_in_settles_nothing() -> None:
    """While the organisation's own calendar cannot be read, every day counted by another is provisional."""
    there = replace(STATUTORY, stands_in=True)
    assert not there.is_published(date(2026, 1, 1))
    assert there.add(date(2026, 1, 5), 2) == Due(date(2026, 1, 7), provisional=True)
    assert STATUTORY.is_published(date(2026, 1, 1))


@given(DAYS, st.integers(0, 240))
def test_months_keep_or_clamp_the_day(day: date, months: int) -> None:
    """After months the day of the month is the same, or the last one of a shorter month."""
    due = after(day, Span(months, Unit.MONTH)).day
    assert (due.year * 12 + due.month) - (day.year * 12 + day.month) == months
    assert due.day == day.day or (due.day < day.day and (due + timedelta(days=1)).day == 1)
