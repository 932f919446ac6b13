"""Pure rules of the heat map: of a department's objectives in a month, how many were reached (R40)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from qms.objectives.results import Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qms.objectives.queries import Point

MONTHS: Final = tuple(range(1, 13))


@dataclass(frozen=True, slots=True)
class Cell:
    """The results of one department that ended in one month."""

    met: int = 0
    missed: int = 0
    missing: int = 0

    @property
    def told(self) -> int:
        """How many results there are."""
        return self.met + self.missed

    @property
    def share(self) -> int | None:
        """How many of a hundred results were reached, rounded down; None without any."""
        return None if self.told == 0 else self.met * 100 // self.told


def cells(points: Iterable[tuple[str, Point]], year: int) -> dict[str, list[Cell]]:
    """Twelve cells a department, for the parts that ended in the months of the year."""
    found: dict[str, list[Cell]] = {}
    for department, point in points:
        row = found.setdefault(department, [Cell() for _ in MONTHS])
        if point.span.last.year != year:
            continue
        at = point.span.last.month - 1
        cell = row[at]
        row[at] = Cell(
            cell.met + (point.status is Status.MET),
            cell.missed + (point.status is Status.MISSED),
            cell.missing + (point.status is Status.MISSING),
        )
    return found
