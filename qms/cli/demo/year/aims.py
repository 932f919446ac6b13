"""Objectives of the year: set from the centre down, checked month by month, revised once (CP-08)."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from qms import objectives
from qms.cli.demo.year.drawing import NotThereYet
from qms.objectives import Direction, State, Status

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

    from qms.kernel.work import Work
    from qms.objectives import Point, Standing

CENTRE, ROOT = "general-affairs", "centre"
FORM, CHECKS, REVISIONS = "FM-08-01", "FM-08-02", "FM-08-03"
_MONTH: Final = "month"
_WHOLE: Final = 100


@dataclass(slots=True)
class Aims:
    """What each department aims at, and how its months turn out; `given` counts the numbers."""

    random: Random
    told: Mapping[str, Any]
    given: int = 0
    filed: int = 0

    def departments(self) -> list[str]:
        """Those that have an aim of their own, the centre's first."""
        return [CENTRE, *(each for each in self.told["own"] if each != CENTRE)]

    def setting(self, work: Work, department: str, first: date) -> dict[str, Any]:
        """The answers of an objective from a first of a month to the end of that year."""
        aim = {**self.told["always"], **self.told["own"].get(department, {})}
        pattern = aim.pop("pattern", [])[first.month - 1 :]
        centre = department == CENTRE
        found: dict[str, Any] = {
            **aim,
            "objective_number": f"MB-{self.given + 1:02}",
            "level": "centre" if centre else "department",
            "parent_objective": None if centre else self._centres(work, first),
            "department": ROOT if centre else department,
            "period_from": first.isoformat(),
            "period_until": first.replace(month=12, day=31).isoformat(),
        }
        if pattern:
            found |= {"target": str(sum(pattern)), "split": _split(pattern, first.month)}
        self.given += 1
        return found

    def checking(self, work: Work, department: str, level: str) -> dict[str, Any]:
        """The answers of a check: the month that is over without a result, or the days just gone."""
        found = self._set(work, department)
        if level == _MONTH:
            point = next((each for each in found.points if each.status is Status.MISSING), None)
            if point is None:
                raise NotThereYet(CHECKS)
            return self._result(found, point)
        last = work.today - timedelta(days=1)
        first = max(found.from_on, last - timedelta(days=6 if level == "week" else 0))
        if first > last:
            raise NotThereYet(CHECKS)
        target = Decimal(95)
        return {
            "objective": found.record,
            "period_from": first.isoformat(),
            "period_until": last.isoformat(),
            **_figures(target, target + self.random.choice((0, 1, 2, 3, -2)), Direction.LARGER),
        }

    def revising(self, work: Work) -> dict[str, Any]:
        """The answers of a revision of the centre's objective: what went well is asked a little higher."""
        found = self._set(work, CENTRE)
        target = found.target or Decimal(0)
        self.filed += 1
        return {
            "objective": found.record,
            "department": found.department,
            "objective_name": found.name,
            "old_content": f"全年 {target:f}%",
            "new_content": f"全年 {target + 1:f}%",
            "old_target": f"{target:f}",
            "new_target": f"{min(target + 1, Decimal(_WHOLE)):f}",
            "filing_number": f"备-{work.today.year}-{self.filed:03}",
        }

    def _result(self, found: Standing, point: Point) -> dict[str, Any]:
        target = point.target or Decimal(0)
        step = Decimal(1) if found.adds_up else Decimal("0.5")
        actual = target + step * self.random.choice((-3, -1, 0, 0, 1, 1, 2, 2, 3, 4))
        if not found.adds_up:
            actual = min(actual, Decimal(_WHOLE))
        return {
            "objective": found.record,
            "period_from": point.span.first.isoformat(),
            "period_until": point.span.last.isoformat(),
            "self_check": False,
            **_figures(target, max(actual, Decimal(0)), found.direction),
        }

    def _centres(self, work: Work, first: date) -> str:
        for each in objectives.listing(work, first.year, level="centre"):
            if each.state is State.SET and each.from_on <= first <= each.until_on:
                return each.record
        raise NotThereYet(FORM)

    def _set(self, work: Work, department: str) -> Standing:
        """The objective of a department that has begun and is in force."""
        asked = {"level": "centre"} if department == CENTRE else {"department": department}
        for each in objectives.listing(work, work.today.year, **asked):
            if each.state is State.SET and each.from_on < work.today:
                return each
        raise NotThereYet(FORM)


def next_month(day: date) -> date:
    """The first day of the month after this one."""
    return day.replace(day=monthrange(day.year, day.month)[1]) + timedelta(days=1)


def _split(pattern: list[int], first: int) -> list[dict[str, Any]]:
    """A row a month: its share of the past, which is its weight as well, and its whole target."""
    weights = objectives.proposal([[Decimal(each) for each in pattern]])
    return [
        {
            "period": f"{first + at} 月",
            "history_share": f"{weight:f}",
            "weight": f"{weight:f}",
            "period_target": str(target),
            "reason": "",
        }
        for at, (weight, target) in enumerate(zip(weights, pattern, strict=True))
    ]


def _figures(target: Decimal, actual: Decimal, direction: Direction) -> dict[str, Any]:
    good = actual >= target if direction is Direction.LARGER else actual <= target
    return {"period_target": f"{target:f}", "actual": f"{actual:f}", "achieved": good}
