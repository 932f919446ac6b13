"""The law of objectives over the records of every form that declares them (6.2, S16, S27 to S29)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import select

from qms import forms
from qms.objectives import checking, errors, known, revising, rules, splitting
from qms.objectives.models import Objective, State
from qms.objectives.rules import Grade, Unit

if TYPE_CHECKING:
    from datetime import date

    from qms.forms import Bound
    from qms.kernel.ports import Filed
    from qms.kernel.work import Work

_WRITTEN = ("submit", "amend")


class ObjectiveGuard:
    """Objectives are measurable, arise from the level above, and are changed by revision alone."""

    forms: frozenset[str] | None = None

    def allow(self, work: Work, filed: Filed, event: str) -> None:
        """Refuse what does not fit the objective it is about, by whatever form it comes."""
        head = filed.head
        for binding in rules.BINDINGS:
            if (bound := binding.read(head)) is not None:
                if filed.sealed or filed.circle:
                    raise errors.ObjectiveSealed
                if event in _WRITTEN:
                    forms.refuse_unanswered(work, filed, binding, bound)
        if (bound := rules.OBJECTIVE.read(head)) is not None:
            _objective(work, filed, bound, event)
        if (bound := rules.CHECK.read(head)) is not None:
            if event in _WRITTEN:
                checking.refuse_wrong(work, filed, bound)
            elif event == "step" and filed.step == bound.steps["conclude"]:
                checking.refuse_without_action(work, filed, bound)
        if (bound := rules.REVISION.read(head)) is not None and event in {*_WRITTEN, "step"}:
            revising.refuse_wrong(work, filed, bound)


def _objective(work: Work, filed: Filed, bound: Bound, event: str) -> None:
    if event == "amend" and filed.state == "closed":
        raise errors.TargetsByRevisionOnly(record=filed.number)
    if event not in _WRITTEN:
        return
    first, last = bound.on(filed.values, "from"), bound.on(filed.values, "until")
    _refuse_parent(work, filed, bound, first)
    _refuse_code(work, filed, bound, first, last)
    _refuse_source(work, filed, bound)
    unit = Unit(bound.first(filed.values, "unit"))
    target = bound.number(filed.values, "target") or Decimal(0)
    splitting.refuse_split(
        splitting.parts(bound, filed.values), target, first, last, adds_up=rules.adds_up(unit)
    )


def _refuse_parent(work: Work, filed: Filed, bound: Bound, first: date) -> None:
    level = Grade(bound.first(filed.values, "level"))
    named = bound.first(filed.values, "parent")
    above = None if named is None else known.objective(work.session, named)
    fits = rules.may_arise_from(level, None if above is None else above.level)
    if above is not None and fits:
        same = level is Grade.DEPARTMENT or above.department == bound.first(filed.values, "department")
        fits = above.state is State.SET and above.from_on <= first <= above.until_on and same
    if not fits or (named is not None and above is None):
        raise errors.ParentNotFitting(parent=named or "-")


def _refuse_code(work: Work, filed: Filed, bound: Bound, first: date, last: date) -> None:
    code = str(bound.first(filed.values, "number"))
    query = select(Objective.id).where(
        Objective.code == code,
        Objective.record_id != filed.record_id,
        Objective.state.in_((State.PROPOSED, State.SET)),
        Objective.from_on <= last,
        Objective.until_on >= first,
    )
    if work.session.scalar(query.limit(1)) is not None:
        raise errors.CodeInUse(code=code)


def _refuse_source(work: Work, filed: Filed, bound: Bound) -> None:
    indicator = str(bound.first(filed.values, "indicator"))
    source = str(bound.first(filed.values, "source"))
    query = select(Objective.source).where(
        Objective.indicator == indicator,
        Objective.source != source,
        Objective.record_id != filed.record_id,
        Objective.state.in_((State.PROPOSED, State.SET)),
        Objective.until_on >= work.today,
    )
    other = work.session.scalar(query.limit(1))
    if other is not None:
        raise errors.IndicatorElsewhere(indicator=indicator, source=other)
