"""Whole months, weights of 100, proposals from earlier years, on every branch (S16)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.objectives import seasons
from qms.objectives.rules import Grade, Unit, adds_up, may_arise_from
from qms.objectives.seasons import Part, Span

JANUARY, DECEMBER = date(2026, 1, 1), date(2026, 12, 31)


def part(weight: str | None, target: str | None = None, reason: str = "") -> Part:
    """One row of a split."""
    return Part("x", weight and Decimal(weight), target and Decimal(target), reason)  # type: ignore[arg-type]


def test_a_year_has_its_months_quarters_and_halves() -> None:
    """Each from its first to its last day, a leap year's February too."""
    assert seasons.spans(JANUARY, DECEMBER, 12)[1] == Span(date(2026, 2, 1), date(2026, 2, 28))
    assert seasons.spans(date(2028, 1, 1), date(2028, 3, 31), 3)[1].last == date(2028, 2, 29)
    assert seasons.spans(JANUARY, DECEMBER, 4)[3] == Span(date(2026, 10, 1), DECEMBER)
    assert seasons.spans(JANUARY, DECEMBER, 1) == [Span(JANUARY, DECEMBER)]
    assert seasons.spans(date(2026, 7, 1), date(2027, 6, 30), 2)[1].first == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [
        (JANUARY, DECEMBER, 5),
        (JANUARY, DECEMBER, 0),
        (date(2026, 1, 2), DECEMBER, 12),
        (JANUARY, date(2026, 12, 30), 12),
        (DECEMBER.replace(day=1), date(2026, 11, 30), 1),
    ],
)
def test_what_is_no_whole_months_is_not_split(first: date, last: date, count: int) -> None:
    """A period that begins or ends inside a month, runs backwards, or does not divide."""
    assert seasons.spans(first, last, count) == []


def test_an_even_split_needs_its_reason() -> None:
    """One part is none; different weights are a season; an even one with a reason is one as well."""
    assert seasons.is_even([part("50"), part("50")])
    assert not seasons.is_even([part("50"), part("50", reason="No season in this trade")])
    assert not seasons.is_even([part("40"), part("60")])
    assert not seasons.is_even([part("100")])


def test_the_parts_come_to_the_target() -> None:
    """What is written counts, else the share by weight; a row without either is worth nothing."""
    assert seasons.is_whole(Decimal(120), [part("25"), part("75", "90")])
    assert not seasons.is_whole(Decimal(120), [part("25"), part("75", "80")])
    assert seasons.targets(Decimal(120), [part("25"), part(None)]) == [Decimal(30), Decimal(0)]


def test_a_proposal_is_the_mean_of_shares_not_of_results() -> None:
    """A big year does not drown a small one, and the tenths come to a hundred."""
    small = [Decimal(10), Decimal(30)]
    big = [Decimal(3000), Decimal(1000)]
    assert seasons.proposal([small, big]) == [Decimal(50), Decimal(50)]
    thirds = seasons.proposal([[Decimal(1)] * 3])
    assert thirds == [Decimal("33.4"), Decimal("33.3"), Decimal("33.3")]


@pytest.mark.parametrize("years", [[], [[]], [[Decimal(0), Decimal(0)]]])
def test_years_that_say_nothing_propose_nothing(years: list[list[Decimal]]) -> None:
    """None known, or none that came to anything."""
    assert seasons.proposal(years) == []


def test_a_year_split_otherwise_is_left_out() -> None:
    """Quarters say nothing of halves."""
    assert seasons.proposal([[Decimal(1), Decimal(3)], [Decimal(1)] * 4]) == [Decimal(25), Decimal(75)]


@given(
    st.integers(1, 24).flatmap(
        lambda size: st.lists(
            st.lists(
                st.integers(1, 10**8).map(lambda count: Decimal(count) / 100), min_size=size, max_size=size
            ),
            min_size=1,
            max_size=4,
        )
    )
)
def test_a_proposal_always_comes_to_a_hundred(years: list[list[Decimal]]) -> None:
    """And no part of it lies a tenth or more from the mean share."""
    found = seasons.proposal(years)
    assert sum(found) == 100
    for at, each in enumerate(found):
        mean = sum((year[at] / sum(year) * 100 for year in years), Decimal(0)) / len(years)
        assert abs(each - mean) < Decimal("0.1") + Decimal("1e-20")


def test_only_counts_and_money_add_up() -> None:
    """A year's rate is no sum of rates."""
    assert [unit for unit in Unit if adds_up(unit)] == [Unit.COUNT, Unit.MONEY]


def test_an_objective_arises_from_the_level_above() -> None:
    """The centre's from none, a department's from the centre's, a person's from the department's (R30)."""
    allowed = {(level, above) for level in Grade for above in (None, *Grade) if may_arise_from(level, above)}
    assert allowed == {
        (Grade.CENTRE, None),
        (Grade.DEPARTMENT, Grade.CENTRE),
        (Grade.PERSON, Grade.DEPARTMENT),
    }
