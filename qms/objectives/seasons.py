"""Pure rules of a target's split by season: whole months, weights of 100, never even by habit (S16)."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

YEAR: Final = 12
WHOLE: Final = Decimal(100)
_STEP: Final = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Span:
    """A part of an objective's period: whole months, its first and last day inside."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Part:
    """One row of the split as it was written."""

    label: str
    weight: Decimal | None
    target: Decimal | None
    reason: str = ""


def months(first: date, last: date) -> list[Span]:
    """The whole months from a first of a month to an end of a month; none where it is not so."""
    if first.day != 1 or last < first or last.day != monthrange(last.year, last.month)[1]:
        return []
    found, day = [], first
    while day <= last:
        end = day.replace(day=monthrange(day.year, day.month)[1])
        found.append(Span(day, end))
        day = end + timedelta(days=1)
    return found


def spans(first: date, last: date, count: int) -> list[Span]:
    """The period in `count` parts of as many whole months each, in order; none where it cannot be."""
    every = months(first, last)
    if count < 1 or not every or len(every) % count:
        return []
    size = len(every) // count
    return [Span(every[at].first, every[at + size - 1].last) for at in range(0, len(every), size)]


def is_even(parts: Sequence[Part]) -> bool:
    """Whether all parts weigh the same and nobody says why: an average, not a season (S16)."""
    weights = [each.weight for each in parts]
    return len(parts) > 1 and len(set(weights)) == 1 and not any(each.reason.strip() for each in parts)


def is_whole(target: Decimal, parts: Sequence[Part]) -> bool:
    """Whether the targets of the parts come to the target; those not written count by their weight."""
    return sum(targets(target, parts), Decimal(0)) == target


def targets(target: Decimal, parts: Sequence[Part]) -> list[Decimal]:
    """The target of each part: as written, else its share of the whole by weight."""
    return [
        each.target if each.target is not None else target * (each.weight or Decimal(0)) / WHOLE
        for each in parts
    ]


def proposal(years: Sequence[Sequence[Decimal]]) -> list[Decimal]:
    """Weights of 100 in tenths from the results of earlier years: the mean of each part's share (S16).

    Years that came to nothing, or are not split alike, say nothing. Without any there is no proposal.
    """
    told = [year for year in years if year and sum(year) > 0 and len(year) == len(years[0])]
    if not told:
        return []
    each_share = [[value / sum(year) * WHOLE for value in year] for year in told]
    means = [sum(share) / len(told) for share in zip(*each_share, strict=True)]
    floors = [(mean / _STEP).to_integral_value(ROUND_FLOOR) * _STEP for mean in means]
    left = int((WHOLE - sum(floors)) / _STEP)
    order = sorted(range(len(means)), key=lambda at: (floors[at] - means[at], at))
    for at in order[:left]:
        floors[at] += _STEP
    return floors
