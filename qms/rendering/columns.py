"""Pure rules: widths of table columns from what stands in them, in whole percents."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_ROOM: Final = 46.0
_GAP: Final = 1.6
_LATIN: Final = re.compile(r"[!-~]+")


def measure(text: str) -> float:
    """The width of a text in ems: a Chinese character is one, a Latin one a little over a half."""
    return sum(1.0 if unicodedata.east_asian_width(char) in {"W", "F", "A"} else 0.56 for char in text)


def widths(rows: Sequence[Sequence[str]]) -> list[int]:
    """Percents for the columns of a table, 100 together.

    No column is narrower than its longest unbreakable word; what is left goes to the columns by
    the root of their need, so that a column of sentences does not starve the short ones.
    """
    count = max((len(row) for row in rows), default=0)
    if count == 0:
        return []
    columns = [[row[index] for row in rows if index < len(row)] for index in range(count)]
    least = [_least(cells) for cells in columns]
    want = [max(_want(cells), floor) for cells, floor in zip(columns, least, strict=True)]
    if sum(want) <= _ROOM:
        return _percents(want)
    spare = max(_ROOM - sum(least), 0.0)
    over = [math.sqrt(wanted - floor) for wanted, floor in zip(want, least, strict=True)]
    whole = sum(over)
    if whole == 0:
        return _percents(least)
    return _percents([floor + spare * part / whole for floor, part in zip(least, over, strict=True)])


def _least(cells: Sequence[str]) -> float:
    """Room for the longest number or word, and for four Chinese characters of any heading."""
    words = [measure(word) for cell in cells for word in _LATIN.findall(cell)]
    head = min(measure(cells[0]), 4.0) if cells else 0.0
    return min(max([head, *words]), _ROOM / 3) + _GAP


def _want(cells: Sequence[str]) -> float:
    """The longest cell counts most, the usual one a little; beyond a line's length nothing is gained."""
    lengths = [measure(cell) for cell in cells]
    usual = sum(lengths) / len(lengths)
    return min(0.7 * max(lengths) + 0.3 * usual, _ROOM) + _GAP


def _percents(parts: Sequence[float]) -> list[int]:
    """Whole percents that give 100 by largest remainder."""
    total = sum(parts)
    exact = [100 * part / total for part in parts]
    made = [max(int(value), 1) for value in exact]
    order = sorted(range(len(made)), key=lambda index: (made[index] - exact[index], index))
    for step in range(max(100 - sum(made), 0)):
        made[order[step % len(order)]] += 1
    return made
