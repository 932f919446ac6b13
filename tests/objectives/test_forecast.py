"""Forecasts, worked out again by other means: floats, the library's own regression, plain sums (R38)."""

from __future__ import annotations

import math
import statistics
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from qms.objectives.forecast import Forecast, Method, by_line, by_season

T80 = {1: 3.078, 2: 1.886, 3: 1.638, 4: 1.533}


def values(*given: float | None) -> list[Decimal | None]:
    """Results of months."""
    return [None if each is None else Decimal(str(each)) for each in given]


def hundredths(count: int) -> Decimal:
    """A figure of two places."""
    return Decimal(count) / 100


def close(found: Decimal, wanted: float) -> bool:
    """Whether they agree to nine places."""
    return math.isclose(float(found), wanted, rel_tol=1e-9, abs_tol=1e-9)


def test_a_line_is_drawn_on() -> None:
    """Results on a straight line have no scatter: the year is what the line says, for certain."""
    found = by_line(values(10, 20, 30, None), adds_up=True)
    assert found == Forecast(Method.LINE, Decimal(100), Decimal(100), Decimal(100), 3, 4)
    mean = by_line(values(10, 20, 30, None), adds_up=False)
    assert mean is not None
    assert mean.middle == 25


def test_the_interval_of_a_line_is_that_of_a_prediction() -> None:
    """Against the library's regression and the textbook's variance of one predicted value."""
    told = [12.0, 9.5, 14.0, 13.0, 17.5]
    found = by_line(values(*told, None), adds_up=True)
    assert found is not None
    slope, intercept = statistics.linear_regression(range(5), told)
    expected = intercept + slope * 5
    rest = [value - intercept - slope * at for at, value in enumerate(told)]
    scatter = sum(each**2 for each in rest) / 3
    spread = sum((at - 2) ** 2 for at in range(5))
    half = T80[3] * math.sqrt(scatter * (1 + 1 / 5 + (5 - 2) ** 2 / spread))
    assert close(found.middle, sum(told) + expected)
    assert close(found.low, sum(told) + expected - half)
    assert close(found.high, sum(told) + expected + half)


def test_a_gap_is_forecast_and_not_zero() -> None:
    """A missing month in between lies on the line like those to come."""
    found = by_line(values(10, None, 30, 40, None), adds_up=True)
    assert found is not None
    assert found.middle == 150


def test_a_season_raises_what_is_known() -> None:
    """A third of the year's weight came to 60, evenly by weight: the year comes to 180, for certain."""
    weights = [Decimal(10), Decimal(20), Decimal(30), Decimal(30)]
    found = by_season(values(20, 40, None, None), weights, adds_up=True)
    assert found == Forecast(Method.SEASON, Decimal(180), Decimal(180), Decimal(180), 2, 4)


def test_the_interval_of_a_season_is_that_of_a_ratio() -> None:
    """The residuals weighed by their share; what is left doubts in the same measure, and the ratio too."""
    weights = [10.0, 20.0, 30.0, 40.0]
    told = [13.0, 19.0, 33.0]
    found = by_season(values(*told, None), [Decimal(str(each)) for each in weights], adds_up=True)
    assert found is not None
    ratio = sum(told) / 60
    scatter = sum((v - ratio * w) ** 2 / w for v, w in zip(told, weights, strict=False)) / 2
    half = T80[2] * math.sqrt(scatter * 40 + 40**2 * scatter / 60)
    assert close(found.middle, sum(told) + ratio * 40)
    assert close(found.high - found.middle, half)
    assert close(found.middle - found.low, half)
    mean = by_season(values(*told, None), [Decimal(str(each)) for each in weights], adds_up=False)
    assert mean is not None
    assert close(mean.middle, (sum(told) + ratio * 40) / 4)


@pytest.mark.parametrize("told", [(), (None, None, None), (1, None, 2)])
def test_too_little_is_no_line(told: tuple[float | None, ...]) -> None:
    """Two points lie on any line."""
    assert by_line(values(*told), adds_up=True) is None


def test_too_little_is_no_season() -> None:
    """One part says nothing of scatter; weights that do not fit, or are nothing, say nothing at all."""
    assert by_season(values(1, None), [Decimal(50), Decimal(50)], adds_up=True) is None
    assert by_season(values(1, 2, None), [Decimal(50), Decimal(50)], adds_up=True) is None
    assert by_season(values(1, 2, None), [Decimal(50), Decimal(50), Decimal(0)], adds_up=True) is None


def test_many_parts_are_as_good_as_normal() -> None:
    """Beyond thirty degrees of freedom the quantile is the normal one."""
    told = [float(at % 2) for at in range(40)]
    found = by_line(values(*told, None), adds_up=True)
    assert found is not None
    slope, intercept = statistics.linear_regression(range(40), told)
    scatter = sum((v - intercept - slope * at) ** 2 for at, v in enumerate(told)) / 38
    spread = sum((at - 19.5) ** 2 for at in range(40))
    assert close(found.high - found.middle, 1.282 * math.sqrt(scatter * (1 + 1 / 40 + 20.5**2 / spread)))


known = st.lists(st.integers(-100_000, 100_000).map(hundredths), min_size=3, max_size=11)


@given(told=known, adds_up=st.booleans())
def test_the_middle_lies_inside_and_a_full_year_is_certain(*, told: list[Decimal], adds_up: bool) -> None:
    """Whatever the results; with none left to come there is nothing to doubt."""
    found = by_line([*told, None], adds_up=adds_up)
    assert found is not None
    assert found.low <= found.middle <= found.high
    whole = by_line(list(told), adds_up=True)
    assert whole is not None
    assert whole.low == whole.middle == whole.high == sum(told)


@given(known, st.integers(1, 10_000).map(hundredths))
def test_a_season_scales_with_its_results(told: list[Decimal], by: Decimal) -> None:
    """Results twice as large make a year twice as large: the unit does not matter."""
    assume(any(told))
    weights = [Decimal(at + 1) for at in range(len(told) + 1)]
    one = by_season([*told, None], weights, adds_up=True)
    other = by_season([*(each * by for each in told), None], weights, adds_up=True)
    assert one is not None
    assert other is not None
    assert math.isclose(other.middle, one.middle * by, rel_tol=1e-9, abs_tol=1e-6)
