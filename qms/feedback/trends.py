"""Pure figures of complaints: counts by month and kind, shares with their n (CMP-05, SAT-02)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

MONTHS: Final = tuple(range(1, 13))
_TENTH: Final = Decimal("0.1")
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Line:
    """How many there were of one kind, month by month."""

    key: str
    months: tuple[int, ...]

    @property
    def total(self) -> int:
        """Of the year."""
        return sum(self.months)


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many; never a rate without what it stands on (SAT-02)."""

    of: int
    n: int

    @property
    def percent(self) -> Decimal | None:
        """To one place, half up; None where there is nothing to share."""
        if self.n == 0:
            return None
        return (Decimal(100) * self.of / self.n).quantize(_TENTH, ROUND_HALF_UP)


def lines(rows: Iterable[Row], key: Callable[[Row], str], on: Callable[[Row], date]) -> list[Line]:
    """One line a key, the largest first; keys of one size by name. The rows are of one year."""
    found: dict[str, list[int]] = {}
    for row in rows:
        months = found.setdefault(key(row), [0] * len(MONTHS))
        months[on(row).month - 1] += 1
    told = [Line(name, tuple(months)) for name, months in found.items()]
    return sorted(told, key=lambda each: (-each.total, each.key))


def share(rows: Sequence[Row], good: Callable[[Row], bool | None]) -> Share:
    """How many are good of those of which it can be told; None leaves one out, and it counts neither way."""
    told = [said for said in map(good, rows) if said is not None]
    return Share(sum(told), len(told))
