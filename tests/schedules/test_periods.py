"""Periods never overlap and leave no gap; each opens on one day of its own (Hypothesis)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.calendar import is_working_day, span
from qms.schedules.periods import Every, On, Period, drawn, due_on, following, openings, opens_on, period_of

DAYS = st.dates(date(2005, 1, 1), date(2035, 12, 31))
EVERIES = st.sampled_from(list(Every))
ONS = st.builds(On, st.integers(1, 31), st.integers(1, 12), st.integers(0, 6))
ONE = timedelta(days=1)


@given(EVERIES, DAYS)
def test_every_day_lies_in_one_period(every: Every, day: date) -> None:
    """A day that is no working day belongs to the one before it."""
    period = period_of(every, day)
    assert period.first <= day
    assert day <= period.last or (every is Every.WORKING_DAY and not is_working_day(day))
    assert period_of(every, period.first) == period_of(every, period.last) == period


@given(EVERIES, DAYS)
def test_periods_follow_without_gap_and_overlap(every: Every, day: date) -> None:
    period = period_of(every, day)
    after = following(every, period)
    assert after.first > period.last
    assert after.key > period.key
    between = (after.first - period.last).days - 1
    skipped = [period.last + ONE * (1 + step) for step in range(between)]
    assert all(every is Every.WORKING_DAY and not is_working_day(each) for each in skipped)


@given(EVERIES, ONS, DAYS)
def test_a_period_opens_inside_itself(every: Every, on: On, day: date) -> None:
    period = period_of(every, day)
    assert period.first <= opens_on(every, on, period) <= period.last


@given(EVERIES, ONS, DAYS, st.integers(0, 400))
def test_openings_are_each_once_in_order_and_cut_nowhere(
    every: Every, on: On, day: date, length: int
) -> None:
    """However often the run is interrupted, the parts together are the whole."""
    end = day + timedelta(days=length)
    whole = list(openings(every, on, day, end))
    days = [opened for _, opened in whole]
    assert days == sorted(set(days))
    assert all(day <= opened <= end for opened in days)
    middle = day + timedelta(days=length // 2)
    parts = [*openings(every, on, day, middle), *openings(every, on, middle + ONE, end)]
    assert parts == whole


@pytest.mark.parametrize(
    ("every", "on", "day", "key", "days"),
    [
        (Every.DAY, On(), date(2026, 11, 28), "2026-11-28", (date(2026, 11, 28), date(2026, 11, 28))),
        (Every.WORKING_DAY, On(), date(2026, 11, 28), "2026-11-27", (date(2026, 11, 27), date(2026, 11, 27))),
        (Every.WEEK, On(week_day=1), date(2026, 1, 1), "2026-W01", (date(2025, 12, 30), date(2026, 1, 4))),
        (Every.MONTH, On(day=31), date(2026, 2, 3), "2026-02", (date(2026, 2, 28), date(2026, 2, 28))),
        (Every.QUARTER, On(5, 2), date(2026, 11, 28), "2026-Q4", (date(2026, 11, 5), date(2026, 12, 31))),
        (Every.QUARTER, On(1, 9), date(2026, 11, 28), "2026-Q4", (date(2026, 12, 1), date(2026, 12, 31))),
        (Every.HALF_YEAR, On(), date(2026, 11, 28), "2026-H2", (date(2026, 7, 1), date(2026, 12, 31))),
        (Every.YEAR, On(29, 2), date(2026, 11, 28), "2026", (date(2026, 2, 28), date(2026, 12, 31))),
    ],
)
def test_cases(every: Every, on: On, day: date, key: str, days: tuple[date, date]) -> None:
    period = period_of(every, day)
    assert (period.key, (opens_on(every, on, period), period.last)) == (key, days)


def test_what_is_due_is_due_by_a_span_or_by_the_end() -> None:
    period = Period("2026-11", date(2026, 11, 1), date(2026, 11, 30))
    assert due_on(period, date(2026, 11, 2), None).day == date(2026, 11, 30)
    assert due_on(period, date(2026, 11, 2), span("10 working days")).day == date(2026, 11, 16)


REFS = st.lists(st.text("abcdef0123456789", min_size=1, max_size=6), unique=True, max_size=40)


@given(REFS, st.text(min_size=1), st.integers(1, 100))
def test_a_draw_can_be_done_again(refs: list[str], seed: str, number: int) -> None:
    """Seed and list give the same whatever their order was; nobody is drawn twice."""
    again = list(reversed(refs))
    by_count = drawn(refs, seed, share=None, count=number)
    assert by_count == drawn(again, seed, share=None, count=number)
    assert len(set(by_count)) == len(by_count) == min(number, len(refs))
    by_share = drawn(refs, seed, share=number, count=None)
    assert len(by_share) == -(-len(refs) * number // 100)
    assert set(by_share) <= set(refs)


def test_other_seeds_draw_others() -> None:
    refs = [f"party:C-{place:06d}" for place in range(50)]
    assert len({drawn(refs, str(seed), share=None, count=3) for seed in range(20)}) > 15
