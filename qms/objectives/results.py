"""Pure rules of results: what is reached, how months make a year, how an objective stands (R33)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING

from qms.objectives.rules import Direction

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from qms.objectives.seasons import Span


class Status(StrEnum):
    """How an objective, or one part of its period, stands on a day."""

    MET = "met"
    ON_TRACK = "on-track"
    AT_RISK = "at-risk"
    MISSED = "missed"
    MISSING = "missing"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Result:
    """One part of the period: its target where there is one, its result where one was checked."""

    span: Span
    target: Decimal | None
    actual: Decimal | None


@dataclass(frozen=True, slots=True)
class Total:
    """What the parts that are over come to; `missing` of the `of` have no result and count as nothing.

    `target` is that of the parts with a result alone, so that like is held against like.
    """

    actual: Decimal | None
    target: Decimal | None
    missing: int
    of: int


def reached(actual: Decimal, target: Decimal, direction: Direction) -> bool:
    """Whether a result is as good as its target."""
    return actual >= target if direction is Direction.LARGER else actual <= target


def attainment(actual: Decimal, target: Decimal, direction: Direction) -> Decimal | None:
    """How much of its target a result is, in per cent; the other way round where smaller is better."""
    upper, lower = (actual, target) if direction is Direction.LARGER else (target, actual)
    return None if lower == 0 else upper / lower * 100


def total(results: Sequence[Result], today: date, *, adds_up: bool) -> Total:
    """The parts that are over: added up, or their plain mean where results do not add up."""
    over = [each for each in results if each.span.last < today]
    known = [each for each in over if each.actual is not None]
    if not known:
        return Total(None, None, len(over), len(over))
    actual = sum((each.actual for each in known if each.actual is not None), Decimal(0))
    targets = [each.target for each in known if each.target is not None]
    target = sum(targets, Decimal(0)) if len(targets) == len(known) else None
    share = Decimal(1) if adds_up else Decimal(len(known))
    return Total(
        actual / share, None if target is None else target / share, len(over) - len(known), len(over)
    )


def of_part(result: Result, direction: Direction, today: date) -> Status:
    """How one part stands: met or missed once it has a result, missing when it is over without one."""
    if result.actual is None:
        return Status.MISSING if result.span.last < today else Status.WAITING
    if result.target is None:
        return Status.WAITING
    return Status.MET if reached(result.actual, result.target, direction) else Status.MISSED


def of_whole(
    results: Sequence[Result],
    target: Decimal,
    direction: Direction,
    today: date,
    *,
    adds_up: bool,
    forecast: Decimal | None,
) -> Status:
    """How the objective stands.

    Over: met or missed by what all parts come to, missing while one has no result. Running: missing
    when nothing that is over has a result, waiting while nothing is over; at risk when the results so far
    stay behind their targets, or the forecast stays behind the target of the whole; else on track.
    """
    so_far = total(results, today, adds_up=adds_up)
    if so_far.of == 0:
        return Status.WAITING
    if so_far.actual is None:
        return Status.MISSING
    if so_far.of == len(results):
        if so_far.missing:
            return Status.MISSING
        return Status.MET if reached(so_far.actual, target, direction) else Status.MISSED
    behind = so_far.target is not None and not reached(so_far.actual, so_far.target, direction)
    short = forecast is not None and not reached(forecast, target, direction)
    return Status.AT_RISK if behind or short else Status.ON_TRACK


def in_a_row(statuses: Sequence[Status]) -> int:
    """How many parts up to the last one were missed one after the other; what is missing breaks no row."""
    found = 0
    for each in reversed(statuses):
        if each is Status.MISSED:
            found += 1
        elif each is Status.MET:
            break
    return found
