"""Pure rules of a year's forecast from its results so far: by a line, and by a preset distribution (R38).

Both tell the middle and an interval in which the year ends with about 80 % certainty, if the
rest of it goes like what is known. Parts without a result are forecast too, never taken as zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LINE_NEEDS: Final = 3
SEASON_NEEDS: Final = 2
_T = (
    "3.078 1.886 1.638 1.533 1.476 1.440 1.415 1.397 1.383 1.372 1.363 1.356 1.350 1.345 1.341 1.337 1.333"
    " 1.330 1.328 1.325 1.323 1.321 1.319 1.318 1.316 1.315 1.314 1.313 1.311 1.310"
)
_QUANTILES: Final = tuple(Decimal(each) for each in _T.split())
_NORMAL: Final = Decimal("1.282")
"""The 90 % quantiles of Student's t for 1 to 30 degrees of freedom, and of the normal beyond."""


class Method(StrEnum):
    """How a year is forecast."""

    LINE = "line"
    SEASON = "season"


@dataclass(frozen=True, slots=True)
class Forecast:
    """What the whole period is expected to come to, from `known` of its `of` parts."""

    method: Method
    middle: Decimal
    low: Decimal
    high: Decimal
    known: int
    of: int


def by_line(actuals: Sequence[Decimal | None], *, adds_up: bool) -> Forecast | None:
    """The least-squares line through the known parts, drawn on; None with fewer than three of them.

    The interval is that of a prediction: scatter about the line and doubt about the line itself.
    """
    known = [(Decimal(at), value) for at, value in enumerate(actuals) if value is not None]
    count, of = len(known), len(actuals)
    if count < LINE_NEEDS:
        return None
    mean_at = _sum(at for at, _ in known) / count
    mean = _sum(value for _, value in known) / count
    spread = _sum(_squared(at - mean_at) for at, _ in known)
    slope = _sum((at - mean_at) * (value - mean) for at, value in known) / spread
    scatter = _sum(_squared(value - mean - slope * (at - mean_at)) for at, value in known) / (count - 2)
    ahead = [Decimal(at) for at, value in enumerate(actuals) if value is None]
    expected = _sum(mean + slope * (at - mean_at) for at in ahead)
    lever = _sum(at - mean_at for at in ahead)
    doubt = scatter * (len(ahead) + _squared(Decimal(len(ahead))) / count + _squared(lever) / spread)
    middle = _sum(value for _, value in known) + expected
    return _told(Method.LINE, middle, _quantile(count - 2) * doubt.sqrt(), count, of, adds_up=adds_up)


def by_season(
    actuals: Sequence[Decimal | None], weights: Sequence[Decimal], *, adds_up: bool
) -> Forecast | None:
    """The known parts raised by the share of the year they stand for; None with fewer than two of them.

    The weights are the preset distribution: how the year falls on its parts. The interval is that of the
    ratio: how far the known parts lie from their shares, in the measure of those shares.
    """
    if len(weights) != len(actuals) or any(each <= 0 for each in weights):
        return None
    known = [(weight, value) for weight, value in zip(weights, actuals, strict=True) if value is not None]
    count, of = len(known), len(actuals)
    if count < SEASON_NEEDS:
        return None
    shares = _sum(weight for weight, _ in known)
    so_far = _sum(value for _, value in known)
    ratio = so_far / shares
    scatter = _sum(_squared(value - ratio * weight) / weight for weight, value in known) / (count - 1)
    left = _sum(weights) - shares
    doubt = scatter * left * (1 + left / shares)
    half = _quantile(count - 1) * doubt.sqrt()
    return _told(Method.SEASON, so_far + ratio * left, half, count, of, adds_up=adds_up)


def _sum(values: Iterable[Decimal]) -> Decimal:
    return sum(values, Decimal(0))


def _squared(value: Decimal) -> Decimal:
    return value * value


def _quantile(freedom: int) -> Decimal:
    return _QUANTILES[freedom - 1] if freedom <= len(_QUANTILES) else _NORMAL


def _told(method: Method, middle: Decimal, half: Decimal, known: int, of: int, *, adds_up: bool) -> Forecast:
    share = 1 if adds_up else of
    return Forecast(method, middle / share, (middle - half) / share, (middle + half) / share, known, of)
