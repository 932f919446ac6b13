"""What the revision of an objective must agree with before it is decided and filed (S29, R34 to R36)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select

from qms.objectives import errors, known, rules, splitting
from qms.objectives.models import ObjectiveTarget, State
from qms.objectives.rules import Kind

if TYPE_CHECKING:
    from qms.forms import Bound
    from qms.kernel.ports import Filed
    from qms.kernel.work import Work
    from qms.objectives.known import Version
    from qms.objectives.models import Objective


def refuse_wrong(work: Work, filed: Filed, bound: Bound) -> None:
    """Refuse a revision of what is not set, from another target, or to a split that is no season.

    An added objective is none yet: its own record follows.
    """
    number = bound.first(filed.values, "filing-number")
    if number is not None:
        _refuse_filing(work, filed, str(number))
    if bound.first(filed.values, "kind") == Kind.ADD:
        return
    row = known.objective(work.session, bound.first(filed.values, "objective"))
    if row is None or row.state is not State.SET:
        raise errors.ObjectiveNotSet(objective=bound.first(filed.values, "objective"), day=work.today)
    _refuse_place(filed, bound, row)
    told = known.versions(work.session, [row.id])[row.id]
    old = bound.number(filed.values, "old-target")
    if old != told[-1].target:
        raise errors.OldTargetWrong(objective=row.record, target=told[-1].target, given=old)
    _refuse_effective(filed, bound, row, told[-1])
    if bound.first(filed.values, "kind") == Kind.CHANGE:
        _refuse_split(filed, bound, row, told)


def _refuse_place(filed: Filed, bound: Bound, row: Objective) -> None:
    level, department = bound.first(filed.values, "level"), bound.first(filed.values, "department")
    if (level, department) != (row.level, row.department):
        raise errors.RevisionMisplaced(objective=row.record, level=row.level.value, department=row.department)


def _refuse_effective(filed: Filed, bound: Bound, row: Objective, last: Version) -> None:
    day = bound.day(filed.values, "effective")
    if day is not None and not (last.from_on < day <= row.until_on):
        raise errors.EffectiveOutside(objective=row.record, day=day, after=last.from_on)


def _refuse_split(filed: Filed, bound: Bound, row: Objective, told: list[Version]) -> None:
    split = splitting.parts(bound, filed.values)
    target = bound.number(filed.values, "new-target") or Decimal(0)
    splitting.refuse_split(split, target, row.from_on, row.until_on, adds_up=rules.adds_up(row.unit))
    before = len(known.spans(row, told))
    if split and len(split) != before:
        raise errors.SplitNotOfPeriod(parts=len(split), first=row.from_on, last=row.until_on)


def _refuse_filing(work: Work, filed: Filed, number: str) -> None:
    query = select(ObjectiveTarget.id).where(
        ObjectiveTarget.filing == number, ObjectiveTarget.record != filed.number
    )
    if work.session.scalar(query.limit(1)) is not None:
        raise errors.FilingNumberInUse(number=number)
