"""Pure indices of satisfaction: basic rate and weighted index, exact until they are shown (S84, SAT-02).

Nothing is rounded on the way: shares are fractions, ranks compare them unrounded, and only what is shown
is a Decimal of one place, half up. What nobody voted on has no score; it is never a zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from qms.feedback.errors import WeightsNotWhole

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_WHOLE: Final = 100


class Grade(StrEnum):
    """The five grades of a vote, the best first (S84); `unused` is no vote."""

    VERY_SATISFIED = "very-satisfied"
    SATISFIED = "satisfied"
    BASICALLY_SATISFIED = "basically-satisfied"
    DISSATISFIED = "dissatisfied"
    VERY_DISSATISFIED = "very-dissatisfied"
    UNUSED = "unused"


FIVE: Final = tuple(each for each in Grade if each is not Grade.UNUSED)
GOOD: Final = FIVE[:3]


@dataclass(frozen=True, slots=True)
class Score:
    """Both indices as shares of one, and the votes they stand on; None where there are none."""

    basic: Fraction | None
    index: Fraction | None
    n: int


NOTHING: Final = Score(None, None, 0)


def score(votes: Iterable[Grade], weights: Mapping[Grade, Decimal]) -> Score:
    """Of the votes on one question: the share of the upper three grades, and the mean of their weights.

    The weights of the grades are percent, 100 for the best; the organisation sets them (S84).
    """
    told = [each for each in votes if each is not Grade.UNUSED]
    if not told:
        return NOTHING
    weighed = sum((Fraction(weights[each]) / _WHOLE for each in told), Fraction(0))
    good = sum(each in GOOD for each in told)
    return Score(Fraction(good, len(told)), weighed / len(told), len(told))


def of_parts(scores: Sequence[Score], weights: Sequence[Decimal] | None = None) -> Score:
    """Sub-items to an item, items to a unit: the plain mean, or by the weights of the plan.

    Parts without votes take no part, and the weights of the others are scaled up to the whole.
    """
    given = weights if weights is not None else [Decimal(1)] * len(scores)
    told = [(each, Fraction(weight)) for each, weight in zip(scores, given, strict=True) if each.n]
    return _mean(told)


def of_groups(scores: Mapping[str, Score], weights: Mapping[str, Decimal]) -> Score:
    """User groups to an item: by the weights of the plan, which come to 100 % (S84, R54).

    Groups that did not judge take no part, and the weights of the others are scaled up to the whole.
    """
    total = sum(weights.values(), Decimal(0))
    if total != _WHOLE:
        raise WeightsNotWhole(sum=total)
    return _mean([(each, Fraction(weights[group])) for group, each in scores.items() if each.n])


def of_waves(scores: Sequence[Score]) -> Score:
    """Waves to a year: by the votes of each, as if all had voted at once (S84)."""
    return _mean([(each, Fraction(each.n)) for each in scores if each.n])


def _mean(told: Sequence[tuple[Score, Fraction]]) -> Score:
    whole = sum((weight for _, weight in told), Fraction(0))
    if whole == 0:
        return NOTHING
    basic = sum(((each.basic or Fraction(0)) * weight for each, weight in told), Fraction(0))
    index = sum(((each.index or Fraction(0)) * weight for each, weight in told), Fraction(0))
    return Score(basic / whole, index / whole, sum(each.n for each, _ in told))


def shown(share: Fraction | None) -> Decimal | None:
    """As percent of one place, half up, from the exact share."""
    if share is None:
        return None
    tenths = share * _WHOLE * 10
    return Decimal((2 * tenths.numerator + tenths.denominator) // (2 * tenths.denominator)) / 10


def ranks(scores: Mapping[str, Score]) -> dict[str, int]:
    """The place of each by its unrounded index; equal ones share it, and who has no votes has no place."""
    told = {name: each.index for name, each in scores.items() if each.index is not None}
    return {name: 1 + sum(other > index for other in told.values()) for name, index in told.items()}
