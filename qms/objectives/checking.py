"""What a check of an objective must agree with: its part, its target, its figures (S27, S28, R32, R33)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select

from qms import nonconformities
from qms.objectives import errors, known, results
from qms.objectives.models import Objective, ObjectiveCheck, State
from qms.objectives.results import Result, Status
from qms.objectives.rules import CheckLevel
from qms.objectives.seasons import Span

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from qms.forms import Bound
    from qms.kernel.ports import Filed
    from qms.kernel.work import Work

_TENTH = Decimal("0.1")


def refuse_wrong(work: Work, filed: Filed, bound: Bound) -> None:
    """Refuse a check of nothing, outside the period, twice, against another target, or judged wrongly."""
    row, span = _checked(work, filed, bound)
    if not (row.from_on <= span.first <= span.last <= row.until_on):
        raise errors.OutsidePeriod(objective=row.record, first=span.first, last=span.last)
    target, actual = bound.number(filed.values, "target"), bound.number(filed.values, "actual")
    if bound.first(filed.values, "level") == CheckLevel.MONTH and not bound.first(filed.values, "self"):
        _refuse_part(work, filed, row, span, target)
    achieved = bound.first(filed.values, "achieved")
    if target is None or actual is None or achieved is None:
        return
    if achieved is not results.reached(actual, target, row.direction):
        raise errors.VerdictWrong(actual=actual, target=target)


def refuse_without_action(work: Work, filed: Filed, bound: Bound) -> None:
    """What the form calls missed too often, or by too much, has a corrective action (CP-08, 5.8).

    The check names it, or it names the check as its source.
    """
    target, actual = bound.number(filed.values, "target"), bound.number(filed.values, "actual")
    if bound.first(filed.values, "achieved") is not False or target is None or actual is None:
        return
    named = bound.first(filed.values, "corrective-action")
    if named is not None or nonconformities.arisen_from(work.session, filed.number):
        return
    row, span = _checked(work, filed, bound)
    times = results.in_a_row(_statuses(work.session, row, until=span.last))
    attained = results.attainment(actual, target, row.direction)
    often = bound.numbers.get("missed-in-a-row")
    least = bound.numbers.get("attained-below")
    too_often = often is not None and times >= often
    too_little = least is not None and attained is not None and attained < least
    if too_often or too_little:
        shown = Decimal(0) if attained is None else attained.quantize(_TENTH)
        raise errors.CorrectiveActionWanted(objective=row.record, times=times, attained=shown)


def monthly(session: Session, ids: Sequence[int]) -> dict[int, list[ObjectiveCheck]]:
    """The monthly results that stand, by objective, in the order of their parts; self-checks are none."""
    query = select(ObjectiveCheck).where(
        ObjectiveCheck.objective_id.in_(sorted(ids)),
        ObjectiveCheck.level == CheckLevel.MONTH,
        ObjectiveCheck.by_self.is_(False),
        ObjectiveCheck.stands.is_(True),
    )
    found: dict[int, list[ObjectiveCheck]] = {}
    for each in session.scalars(query.order_by(ObjectiveCheck.from_on, ObjectiveCheck.id)):
        found.setdefault(each.objective_id, []).append(each)
    return found


def _checked(work: Work, filed: Filed, bound: Bound) -> tuple[Objective, Span]:
    first, last = bound.day(filed.values, "from"), bound.day(filed.values, "until")
    named = bound.first(filed.values, "objective")
    row = known.objective(work.session, named)
    if row is None or first is None or last is None or not stands(row, first):
        raise errors.ObjectiveNotSet(objective=named, day=first)
    return row, Span(first, last)


def stands(row: Objective, day: date) -> bool:
    """Whether the objective is in force on a day of its period."""
    return row.state is State.SET or (row.state is State.ENDED and day < (row.ended_on or day))


def _refuse_part(work: Work, filed: Filed, row: Objective, span: Span, target: Decimal | None) -> None:
    told = known.versions(work.session, [row.id])[row.id]
    parts = known.spans(row, told)
    if span not in parts:
        raise errors.PartNotFitting(objective=row.record, first=span.first, last=span.last)
    other = next(
        (
            each.record
            for each in monthly(work.session, [row.id]).get(row.id, [])
            if each.from_on == span.first and each.record_id != filed.record_id
        ),
        None,
    )
    if other is not None:
        raise errors.CheckedTwice(objective=row.record, first=span.first, last=span.last, record=other)
    wanted = known.targets(row, told, parts)[parts.index(span)]
    if wanted is not None and target != wanted:
        raise errors.TargetNotInForce(
            objective=row.record, first=span.first, last=span.last, target=wanted, given=target
        )


def _statuses(session: Session, row: Objective, until: date) -> list[Status]:
    """How the parts stand that have a result up to a day, in their order."""
    return [
        results.of_part(
            Result(Span(each.from_on, each.until_on), Decimal(each.target or 0), Decimal(each.actual or 0)),
            row.direction,
            each.until_on,
        )
        for each in monthly(session, [row.id]).get(row.id, [])
        if each.until_on <= until and each.actual is not None and each.target is not None
    ]
