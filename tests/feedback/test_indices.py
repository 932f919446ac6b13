"""Both indices of satisfaction, exact, on every branch and recomputed in another way (S84, SAT-02)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms import feedback
from qms.feedback import indices
from qms.feedback.indices import FIVE, NOTHING, Grade, Score

WEIGHTS: dict[Grade, Decimal] = dict(zip(FIVE, map(Decimal, (100, 80, 60, 30, 0)), strict=True))
VOTES = st.lists(st.sampled_from(list(Grade)), max_size=60)
SCORES = VOTES.map(lambda votes: indices.score(votes, WEIGHTS))


def test_the_worked_example_of_the_procedure() -> None:
    """Fifty votes, 20, 18, 7, 4 and 1: 90.0 % and 79.6 % (WI-14-02 4.6.2)."""
    votes = [grade for grade, count in zip(FIVE, (20, 18, 7, 4, 1), strict=True) for _ in range(count)]
    found = indices.score([*votes, Grade.UNUSED], WEIGHTS)
    assert (indices.shown(found.basic), indices.shown(found.index), found.n) == (
        Decimal("90.0"),
        Decimal("79.6"),
        50,
    )


@given(VOTES)
def test_a_score_is_the_mean_of_its_votes(votes: list[Grade]) -> None:
    """Recomputed by counting in whole numbers; without votes there is none, and never a zero."""
    found = indices.score(votes, WEIGHTS)
    counted = [votes.count(each) for each in FIVE]
    n = sum(counted)
    assert found.n == n
    if n == 0:
        assert found == NOTHING
        return
    points = sum(count * weight for count, weight in zip(counted, (100, 80, 60, 30, 0), strict=True))
    assert found.basic == Fraction(counted[0] + counted[1] + counted[2], n)
    assert found.index == Fraction(points, 100 * n)


@given(st.lists(VOTES, max_size=5))
def test_waves_together_are_one_vote(waves: list[list[Grade]]) -> None:
    """The year is what all its votes would have come to at once."""
    together = indices.score([each for wave in waves for each in wave], WEIGHTS)
    assert indices.of_waves([indices.score(each, WEIGHTS) for each in waves]) == together


@given(st.lists(SCORES, max_size=6))
def test_parts_are_a_plain_mean_of_those_that_were_voted_on(scores: list[Score]) -> None:
    """However many votes each had: a part is a part."""
    found = indices.of_parts(scores)
    told = [each.index for each in scores if each.index is not None]
    assert found.index == (sum(told, Fraction(0)) / len(told) if told else None)
    assert found.n == sum(each.n for each in scores)


def test_parts_go_by_the_weights_of_the_plan() -> None:
    """Three to one; what has no votes gives its weight to the others."""
    good, bad = Score(Fraction(1), Fraction(1), 4), Score(Fraction(0), Fraction(0), 4)
    assert indices.of_parts([good, bad], [Decimal(3), Decimal(1)]).index == Fraction(3, 4)
    assert indices.of_parts([good, NOTHING], [Decimal(3), Decimal(1)]).index == 1
    assert indices.of_parts([good], [Decimal(0)]) == NOTHING


def test_groups_go_by_their_weights_and_absent_ones_are_scaled_away() -> None:
    """50, 30 and 20; without the last the first two count 5 to 3 (S84)."""
    scores = {
        "student": Score(Fraction(9, 10), Fraction(4, 5), 20),
        "staff": Score(Fraction(1, 2), Fraction(2, 5), 10),
        "supervisor": NOTHING,
    }
    weights = {"student": Decimal(50), "staff": Decimal(30), "supervisor": Decimal(20)}
    found = indices.of_groups(scores, weights)
    assert found.basic == (Fraction(9, 10) * 5 + Fraction(1, 2) * 3) / 8
    assert found.index == (Fraction(4, 5) * 5 + Fraction(2, 5) * 3) / 8
    assert found.n == 30
    with pytest.raises(feedback.WeightsNotWhole):
        indices.of_groups(scores, {**weights, "staff": Decimal(31)})


@given(st.fractions(0, 1))
def test_what_is_shown_is_rounded_once(share: Fraction) -> None:
    """Half up, by another way of dividing; nothing stays nothing."""
    with localcontext() as context:
        context.prec = 400
        exact = Decimal(share.numerator * 100) / Decimal(share.denominator)
        assert indices.shown(share) == exact.quantize(Decimal("0.1"), ROUND_HALF_UP)
    assert indices.shown(None) is None


def test_ranks_compare_what_is_not_rounded() -> None:
    """Two that show the same are not the same; equal ones share a place, absent ones have none."""
    scores = {
        "a": Score(Fraction(1), Fraction(79604, 100000), 9),
        "b": Score(Fraction(1), Fraction(79601, 100000), 9),
        "c": Score(Fraction(1), Fraction(79601, 100000), 9),
        "d": NOTHING,
    }
    assert indices.shown(scores["a"].index) == indices.shown(scores["b"].index)
    assert indices.ranks(scores) == {"a": 1, "b": 2, "c": 2}
