"""The split of a target as a record writes it, and what it must be (S16, R37)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qms.objectives import errors, known, seasons

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal

    from qms.forms import Bound
    from qms.objectives.seasons import Part


def refuse_split(split: Sequence[Part], target: Decimal, first: date, last: date, *, adds_up: bool) -> None:
    """Whole months, by season, and of what adds up the whole of the target (S16, R37)."""
    if adds_up and not split:
        raise errors.SplitMissing
    if split and not seasons.spans(first, last, len(split)):
        raise errors.SplitNotOfPeriod(parts=len(split), first=first, last=last)
    if adds_up and seasons.is_even(split):
        raise errors.SplitEven
    if adds_up and not seasons.is_whole(target, split):
        raise errors.SplitNotWhole(sum=sum(seasons.targets(target, split)), target=target)


def parts(bound: Bound, values: Any) -> list[Part]:
    """The rows of the split in which anything stands."""
    rows = bound.rows(values, ("period", "weight", "period-target", "reason"))
    return [
        known.part({**row, "label": row.get("period"), "target": row.get("period-target")}) for row in rows
    ]
