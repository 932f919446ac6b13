"""What is kept of objectives, found by record number, with the targets in force for each part."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from qms.objectives import seasons
from qms.objectives.models import Objective, ObjectiveTarget
from qms.objectives.rules import adds_up
from qms.objectives.seasons import Part, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the targets: of the whole, and of its parts as written."""

    version: int
    record: str
    filing: str
    from_on: date
    target: Decimal
    parts: tuple[Part, ...]
    reason: str


def objective(session: Session, record: object) -> Objective | None:
    """The objective of a record, in whatever state."""
    return session.scalar(select(Objective).where(Objective.record == str(record)))


def versions(session: Session, ids: Iterable[int]) -> dict[int, list[Version]]:
    """All versions of the targets of these objectives, the first one first."""
    query = select(ObjectiveTarget).where(ObjectiveTarget.objective_id.in_(sorted(ids)))
    found: dict[int, list[Version]] = {}
    for row in session.scalars(query.order_by(ObjectiveTarget.objective_id, ObjectiveTarget.version)):
        told = Version(
            row.version,
            row.record,
            row.filing,
            row.from_on,
            Decimal(row.target),
            tuple(map(part, row.parts)),
            row.reason,
        )
        found.setdefault(row.objective_id, []).append(told)
    return found


def part(row: Mapping[str, Any]) -> Part:
    """A row of a split as it is kept."""
    weight, target = row.get("weight"), row.get("target")
    return Part(
        label=str(row.get("label") or ""),
        weight=None if weight is None else Decimal(str(weight)),
        target=None if target is None else Decimal(str(target)),
        reason=str(row.get("reason") or ""),
    )


def spans(row: Objective, told: Sequence[Version]) -> list[Span]:
    """The parts of an objective's period: those of its first split, else its months, else the whole."""
    count = next((len(each.parts) for each in told if each.parts), 0)
    found = seasons.spans(row.from_on, row.until_on, count) or seasons.months(row.from_on, row.until_on)
    return found or [Span(row.from_on, row.until_on)]


def targets(row: Objective, told: Sequence[Version], parts: Sequence[Span]) -> list[Decimal | None]:
    """The target of each part by the version in force on its first day: what went before stays (5.7.4).

    Where there is no split, a rate holds in every part, and what adds up has a target for the whole only.
    """
    return [_target(row, told, parts, at) for at in range(len(parts))]


def in_force(told: Sequence[Version], day: date) -> Version:
    """The version that holds on a day; the first one before all."""
    return next((each for each in reversed(told) if each.from_on <= day), told[0])


def _target(row: Objective, told: Sequence[Version], parts: Sequence[Span], at: int) -> Decimal | None:
    version = in_force(told, parts[at].first)
    if len(version.parts) == len(parts):
        if adds_up(row.unit):
            return seasons.targets(version.target, version.parts)[at]
        own = version.parts[at].target
        return version.target if own is None else own
    return version.target if not adds_up(row.unit) or len(parts) == 1 else None
