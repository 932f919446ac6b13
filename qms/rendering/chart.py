"""Pure: a small chart of results against targets as SVG, the same picture on the page and on paper.

Everything is an attribute of its element: no style sheet and no script, so that neither the policy of the
pages nor the typesetter has anything to refuse. The figures themselves stand in a table beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WIDTH: Final = 720
HEIGHT: Final = 260
_LEFT, _RIGHT, _TOP, _BOTTOM = 56, 12, 14, 44
_INK, _SOFT, _LINE = "#44514f", "#6b7775", "#d5dbdb"
_GOOD, _BAD, _TARGET = "#0b7a75", "#b3261e", "#8a5300"
_STEPS: Final = (Decimal(1), Decimal(2), Decimal(5), Decimal(10))
_LINES: Final = 4


@dataclass(frozen=True, slots=True)
class Bar:
    """One part of the period: its name, its result, its target, and whether the result is a good one."""

    label: str
    actual: Decimal | None
    target: Decimal | None
    good: bool


@dataclass(frozen=True, slots=True)
class Words:
    """What the chart says: its title for who cannot see it, and the names of its marks."""

    title: str
    good: str
    bad: str
    target: str


def bars(given: Sequence[Bar], words: Words) -> str:
    """Bars of results with the marks of their targets; a part without a result has no bar."""
    scale = _Scale(given)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
        f' aria-label="{escape(words.title)}" class="chart" font-size="12">'
    )
    made = [head, *scale.lines()]
    for at, bar in enumerate(given):
        made += _bar(scale, at, bar, len(given))
    made += _legend(words)
    return "".join(made) + "</svg>"


def ticks(most: Decimal) -> list[Decimal]:
    """Round numbers from zero to at least `most`: steps of 1, 2 or 5 times a power of ten."""
    if most <= 0:
        return [Decimal(0), Decimal(1)]
    power = Decimal(10) ** (most / _LINES).adjusted()
    step = next(each * power for each in _STEPS if each * power * _LINES >= most)
    found = [Decimal(0)]
    while found[-1] < most:
        found.append(found[-1] + step)
    return found


class _Scale:
    """Where a value lies on the picture; the axis begins at zero, or below where a value does."""

    def __init__(self, given: Sequence[Bar]) -> None:
        values = [each for bar in given for each in (bar.actual, bar.target) if each is not None]
        self.ticks = ticks(max(values, default=Decimal(0)))
        lowest = min(values, default=Decimal(0))
        if lowest < 0:
            self.ticks = [-each for each in reversed(ticks(-lowest))] + self.ticks[1:]

    def y(self, value: Decimal) -> Decimal:
        low, high = self.ticks[0], self.ticks[-1]
        room = HEIGHT - _TOP - _BOTTOM
        return (Decimal(_TOP) + room - (value - low) / (high - low) * room).quantize(Decimal("0.1"))

    def lines(self) -> Iterator[str]:
        for each in self.ticks:
            y = self.y(each)
            yield (
                f'<line x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y}" y2="{y}" stroke="{_LINE}"/>'
                f'<text x="{_LEFT - 6}" y="{y + 4}" text-anchor="end" fill="{_SOFT}">{plain(each)}</text>'
            )


def plain(value: Decimal) -> str:
    """A figure without needless noughts and without an exponent."""
    return f"{value.normalize():f}" if value else "0"


def _bar(scale: _Scale, at: int, bar: Bar, count: int) -> Iterator[str]:
    slot = Decimal(WIDTH - _LEFT - _RIGHT) / count
    left = (_LEFT + slot * at).quantize(Decimal("0.1"))
    width = (slot * Decimal("0.56")).quantize(Decimal("0.1"))
    inner = (left + (slot - width) / 2).quantize(Decimal("0.1"))
    middle = (left + slot / 2).quantize(Decimal("0.1"))
    if bar.actual is not None:
        top, foot = sorted((scale.y(bar.actual), scale.y(Decimal(0))))
        fill = _GOOD if bar.good else _BAD
        tall = max(foot - top, Decimal(1))
        yield f'<rect x="{inner}" y="{top}" width="{width}" height="{tall}" fill="{fill}"/>'
    if bar.target is not None:
        y = scale.y(bar.target)
        yield (
            f'<line x1="{left + 3}" x2="{left + slot.quantize(Decimal("0.1")) - 3}" y1="{y}" y2="{y}"'
            f' stroke="{_TARGET}" stroke-width="2.5"/>'
        )
    yield (
        f'<text x="{middle}" y="{HEIGHT - _BOTTOM + 16}" text-anchor="middle" fill="{_INK}"'
        f' font-size="11">{escape(bar.label)}</text>'
    )


def _legend(words: Words) -> Iterator[str]:
    y = HEIGHT - 8
    marks = (
        (f'<rect x="{{x}}" y="{y - 9}" width="10" height="10" fill="{_GOOD}"/>', words.good),
        (f'<rect x="{{x}}" y="{y - 9}" width="10" height="10" fill="{_BAD}"/>', words.bad),
        (
            f'<line x1="{{x}}" x2="{{end}}" y1="{y - 4}" y2="{y - 4}" stroke="{_TARGET}" stroke-width="3"/>',
            words.target,
        ),
    )
    for at, (mark, word) in enumerate(marks):
        x = _LEFT + at * 160
        yield mark.format(x=x, end=x + 12)
        yield f'<text x="{x + 18}" y="{y}" fill="{_INK}">{escape(word)}</text>'
