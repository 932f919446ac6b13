"""Pure rules of scorecards: rates, deductions, vetoes in that order, weights, bands (S38, R44, R45).

Figures are decimals and are not rounded on the way. What has no rate has no value; it is never a zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from qms.forms import Binding
from qms.kernel.labels import N_

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qms.forms import Bound, Words

WHOLE: Final = Decimal(100)
NOTHING: Final = Decimal(0)
NUMBERS: Final = ("number", "computed")
INDICATORS: Final = "indicators"
VETO: Final = "veto"
BANDS: Final = "bands"

SCORING: Final = Binding(
    key="scoring",
    begins=N_("Its records are scores from now on: worked out from what they say, compared by period."),
    ends=N_("Its records are no scores any longer."),
    one={
        "unit": ("department", "party", "person"),
        "from": ("date",),
        "until": ("date",),
        "size": NUMBERS,
    },
    needed=("unit", "from", "until"),
    answered=("unit", "from", "until"),
    steps=("conclude",),
    beside=(INDICATORS, VETO, BANDS),
)


class Take(StrEnum):
    """What another scorecard gives: the score of the unit, its place, or the score of those below (S70)."""

    SCORE = "score"
    PLACE = "place"
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class Veto:
    """Once an event of the field has happened, the value is `to`, whatever came before (R45)."""

    events: str
    to: Decimal


@dataclass(frozen=True, slots=True)
class Indicator:
    """One line of a scorecard: where its rate comes from, what an event takes off, what it weighs.

    Either `rate` names a field of the form, or `card` the scorecard of which `take` says what is taken.
    `each` is what each of the `events` takes off, in points of the rate; `weight` is in per cent.
    """

    id: str
    label: Words
    weight: Decimal
    rate: str = ""
    card: str = ""
    take: Take = Take.SCORE
    events: str = ""
    each: Decimal = NOTHING
    veto: Veto | None = None


@dataclass(frozen=True, slots=True)
class Band:
    """What a score is called from a figure on."""

    least: Decimal
    label: Words


@dataclass(frozen=True, slots=True)
class Card:
    """All a scorecard declares; the bands from the highest down."""

    bound: Bound
    indicators: tuple[Indicator, ...]
    veto: Veto | None
    bands: tuple[Band, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator worked out: its rate, what events took off, the value, and what it adds to the score.

    `source` is the record another scorecard's rate was taken from, where it is one and may be seen.
    """

    indicator: Indicator
    rate: Decimal | None
    events: int
    off: Decimal
    vetoed: bool
    value: Decimal | None
    adds: Decimal | None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """A score with its lines; `total` is None where a line has no value, `missing` names which."""

    lines: tuple[Line, ...]
    total: Decimal | None
    vetoed: bool

    @property
    def missing(self) -> tuple[Indicator, ...]:
        """The indicators without a value, for which there is no score."""
        return tuple(each.indicator for each in self.lines if each.value is None)


def work_out(card: Card, rates: Mapping[str, Decimal | None], counts: Mapping[str, int]) -> Result:
    """The score: each rate, less its deduction, not below 0, then its veto; weighed; then the card's veto.

    `rates` are per cent by indicator, `counts` events by field.
    """
    lines = tuple(_line(each, rates.get(each.id), counts) for each in card.indicators)
    adds = [each.adds for each in lines if each.adds is not None]
    total = sum(adds, NOTHING) if len(adds) == len(lines) else None
    vetoed = total is not None and card.veto is not None and counts.get(card.veto.events, 0) > 0
    if vetoed and card.veto is not None:
        total = card.veto.to
    return Result(lines, total, vetoed)


def _line(indicator: Indicator, rate: Decimal | None, counts: Mapping[str, int]) -> Line:
    events = counts.get(indicator.events, 0)
    off = indicator.each * events
    veto = indicator.veto
    vetoed = veto is not None and counts.get(veto.events, 0) > 0
    value = None if rate is None else max(rate - off, NOTHING)
    if veto is not None and vetoed:
        value = veto.to
    adds = None if value is None else value * indicator.weight / WHOLE
    return Line(indicator, rate, events, off, vetoed, value, adds)


def band(card: Card, total: Decimal | None) -> Band | None:
    """What a score is called; None without one, and below the lowest band."""
    if total is None:
        return None
    return next((each for each in card.bands if total >= each.least), None)


def places(totals: Mapping[int, Decimal]) -> dict[int, int]:
    """The place of each, the highest first; equal ones share theirs, and the next place is left out (R40)."""
    ordered = sorted(totals.values(), reverse=True)
    return {key: ordered.index(total) + 1 for key, total in totals.items()}


def of_place(place: int, count: int) -> Decimal:
    """A place as a rate: the first of `count` has 100, the last the smallest share that is not nothing."""
    return WHOLE * (count - place + 1) / count


def together(scores: Sequence[tuple[Decimal, Decimal | None]]) -> Decimal | None:
    """The score of all from those of each, weighed by size; plainly where one has no size, None of none."""
    if not scores:
        return None
    sizes = [size for _, size in scores]
    known = [size for size in sizes if size is not None]
    if len(known) < len(sizes) or sum(known, NOTHING) == NOTHING:
        return sum((total for total, _ in scores), NOTHING) / len(scores)
    weighed = sum((total * (size or NOTHING) for total, size in scores), NOTHING)
    return weighed / sum(known, NOTHING)


def counted(values: Mapping[str, Any], field: str) -> Decimal:
    """How many events a field tells of: its number, the rows of its table, one for yes; nothing is none."""
    told = values.get(field)
    if isinstance(told, list):
        return Decimal(len(told))
    if isinstance(told, bool):
        return Decimal(told)
    return NOTHING if told in {None, ""} else Decimal(str(told))


def counters(card: Card) -> list[str]:
    """The fields that count events, each once."""
    told = [each.events for each in card.indicators]
    told += [
        veto.events for veto in (card.veto, *(each.veto for each in card.indicators)) if veto is not None
    ]
    return list(dict.fromkeys(field for field in told if field))


def counts(card: Card, values: Mapping[str, Any]) -> dict[str, int]:
    """How many events each counting field tells of."""
    return {field: int(counted(values, field)) for field in counters(card)}


def rates(card: Card, values: Mapping[str, Any]) -> dict[str, Decimal | None]:
    """The rates the form itself asks, by indicator."""
    told = {each.id: values.get(each.rate) for each in card.indicators if each.rate}
    return {key: None if rate in {None, ""} else Decimal(str(rate)) for key, rate in told.items()}
