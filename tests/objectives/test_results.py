"""Reached, added up, missing, at risk: every branch of how an objective stands (R33)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.objectives import results, seasons
from qms.objectives.results import Result, Status
from qms.objectives.rules import Direction

LARGER, SMALLER = Direction.LARGER, Direction.SMALLER
MONTHS = seasons.months(date(2026, 1, 1), date(2026, 4, 30))
APRIL = date(2026, 4, 10)
LATER = date(2026, 5, 1)


def year(*actuals: int | None, target: int | None = 10) -> list[Result]:
    """Four months with these results."""
    return [
        Result(span, None if target is None else Decimal(target), None if value is None else Decimal(value))
        for span, value in zip(MONTHS, actuals, strict=True)
    ]


def test_what_is_reached_depends_on_the_direction() -> None:
    """The target itself is reached both ways."""
    assert results.reached(Decimal(10), Decimal(10), LARGER)
    assert results.reached(Decimal(10), Decimal(10), SMALLER)
    assert not results.reached(Decimal(9), Decimal(10), LARGER)
    assert not results.reached(Decimal(11), Decimal(10), SMALLER)


def test_attainment_is_a_share_of_the_target() -> None:
    """Half the target is 50 %; twice a limit is 50 % of what is allowed; nothing is divided by zero."""
    assert results.attainment(Decimal(5), Decimal(10), LARGER) == 50
    assert results.attainment(Decimal(20), Decimal(10), SMALLER) == 50
    assert results.attainment(Decimal(5), Decimal(0), LARGER) is None
    assert results.attainment(Decimal(0), Decimal(5), SMALLER) is None


def test_what_is_missing_is_no_zero() -> None:
    """Three months are over, one has no result: the others are held against their own targets."""
    found = results.total(year(8, None, 12, 99), APRIL, adds_up=True)
    assert (found.actual, found.target, found.missing, found.of) == (Decimal(20), Decimal(20), 1, 3)
    mean = results.total(year(8, None, 12, 99), APRIL, adds_up=False)
    assert (mean.actual, mean.target) == (Decimal(10), Decimal(10))
    assert results.total(year(None, None, None, 5), APRIL, adds_up=True).actual is None
    assert results.total(year(1, 2, 3, 4, target=None), APRIL, adds_up=True).target is None
    assert results.total(year(1, 2, 3, 4, target=None), APRIL, adds_up=False).target is None


@pytest.mark.parametrize(
    ("actual", "target", "today", "status"),
    [
        (10, 10, APRIL, Status.MET),
        (9, 10, APRIL, Status.MISSED),
        (9, None, APRIL, Status.WAITING),
        (None, 10, APRIL, Status.MISSING),
        (None, 10, date(2026, 1, 31), Status.WAITING),
    ],
)
def test_how_a_part_stands(actual: int | None, target: int | None, today: date, status: Status) -> None:
    """January, on the last day of it and long after it."""
    (first, *_) = year(actual, 1, 1, 1, target=target)
    assert results.of_part(first, LARGER, today) is status


@pytest.mark.parametrize(
    ("actuals", "today", "forecast", "status"),
    [
        ((None,) * 4, date(2026, 1, 31), None, Status.WAITING),
        ((None,) * 4, APRIL, None, Status.MISSING),
        ((10, 10, 10, 10), LATER, None, Status.MET),
        ((10, 10, 10, 9), LATER, None, Status.MISSED),
        ((10, 10, 10, None), LATER, None, Status.MISSING),
        ((10, 10, 10, None), APRIL, None, Status.ON_TRACK),
        ((10, 10, 10, None), APRIL, 40, Status.ON_TRACK),
        ((10, 10, 10, None), APRIL, 39, Status.AT_RISK),
        ((10, 10, 9, None), APRIL, 41, Status.AT_RISK),
        ((10, None, None, None), APRIL, None, Status.ON_TRACK),
    ],
)
def test_how_the_whole_stands(
    actuals: tuple[int | None, ...], today: date, forecast: int | None, status: Status
) -> None:
    """A target of 40 over four months of ten."""
    told = None if forecast is None else Decimal(forecast)
    found = results.of_whole(year(*actuals), Decimal(40), LARGER, today, adds_up=True, forecast=told)
    assert found is status


def test_without_targets_of_parts_only_the_forecast_warns() -> None:
    """There is nothing to be behind."""
    rows = year(1, 1, 1, None, target=None)
    for told, status in ((None, Status.ON_TRACK), (Decimal(39), Status.AT_RISK)):
        found = results.of_whole(rows, Decimal(40), LARGER, APRIL, adds_up=True, forecast=told)
        assert found is status


@pytest.mark.parametrize(
    ("statuses", "count"),
    [
        ([], 0),
        ([Status.MISSED, Status.MET], 0),
        ([Status.MET, Status.MISSED], 1),
        ([Status.MISSED, Status.MISSED], 2),
        ([Status.MISSED, Status.MISSING, Status.MISSED], 2),
    ],
)
def test_misses_in_a_row(statuses: list[Status], count: int) -> None:
    """What was met breaks the row, what is missing does not."""
    assert results.in_a_row(statuses) == count


@given(
    actuals=st.lists(st.one_of(st.none(), st.integers(0, 1000)), min_size=4, max_size=4),
    today=st.dates(date(2025, 12, 1), date(2026, 6, 1)),
    direction=st.sampled_from(Direction),
    adds_up=st.booleans(),
)
def test_an_end_needs_every_result(
    *, actuals: list[int | None], today: date, direction: Direction, adds_up: bool
) -> None:
    """Met and missed are told only when the period is over and nothing of it is missing."""
    found = results.of_whole(year(*actuals), Decimal(10), direction, today, adds_up=adds_up, forecast=None)
    if found in {Status.MET, Status.MISSED}:
        assert today > MONTHS[-1].last
        assert None not in actuals
