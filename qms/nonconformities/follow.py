"""The law of corrective actions over the records of every form that declares one (NCA-01 to NCA-05)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from qms import accounts, actions, changes, forms
from qms.nonconformities import errors, rules
from qms.nonconformities.models import CorrectiveAction

if TYPE_CHECKING:
    from qms.forms import Bound
    from qms.kernel.ports import Filed
    from qms.kernel.work import Work

_OPEN = "open"


class CorrectiveActionGuard:
    """Cause before action, effect after observation and by others, nothing open left behind."""

    forms: frozenset[str] | None = None

    def allow(self, work: Work, filed: Filed, event: str) -> None:
        """Refuse the decision, the judgement and the close that come too early, or from an owner."""
        bound = rules.BINDING.read(filed.head) if event == "step" else None
        if bound is None:
            return
        if filed.step == bound.steps["decide"]:
            _refuse_unknown(work, filed, bound)
        if filed.step == bound.steps["verify"]:
            _refuse_owner(work, filed, bound)
            _refuse_observed(work, filed, bound)
        if filed.step == bound.steps["close"]:
            _refuse_owner(work, filed, bound)
            _refuse_close(work, filed, bound)


class CorrectiveActionFollower:
    """Keeps the row of a corrective action as its record stands."""

    forms: frozenset[str] | None = None

    def follow(self, work: Work, filed: Filed) -> None:
        """Write down what it arose from, its days, its verdict and its state."""
        bound = rules.BINDING.read(filed.head)
        if bound is None:
            return
        row = work.session.scalar(
            select(CorrectiveAction).where(CorrectiveAction.record_id == filed.record_id)
        )
        if row is None:
            row = CorrectiveAction(record_id=filed.record_id, number=filed.number)
            work.session.add(row)
        row.state, row.closed_on = filed.state, filed.closed_on
        if filed.state != "disposed":
            row.source = bound.first(filed.values, "source")
            row.due_on = bound.day(filed.values, "due")
            row.observe_until = bound.day(filed.values, "observe-until")
            row.effective = bound.first(filed.values, "effective")
        work.session.flush()


def _refuse_unknown(work: Work, filed: Filed, bound: Bound) -> None:
    wanting = bound.missing(filed.values, "causes", "known")
    if wanting:
        raise errors.CauseUnknown(record=filed.number, fields=forms.named(work, filed, wanting))


def _refuse_owner(work: Work, filed: Filed, bound: Bound) -> None:
    """By the person who acts, whomever they stand in for."""
    person = work.actor.person_id
    if person is None:
        return
    if accounts.person(work.session, person).login in rules.owners(filed.values, bound):
        raise errors.OwnActionsJudged(record=filed.number)


def _refuse_observed(work: Work, filed: Filed, bound: Bound) -> None:
    until = bound.day(filed.values, "observe-until")
    if until is not None and work.today <= until:
        raise errors.StillObserved(record=filed.number, day=until)


def _refuse_close(work: Work, filed: Filed, bound: Bound) -> None:
    if bound.first(filed.values, "effective") is not True:
        raise errors.NotEffective(record=filed.number)
    wanting = bound.missing(filed.values, "closing")
    if wanting:
        raise errors.ClosingUnanswered(record=filed.number, fields=forms.named(work, filed, wanting))
    left = actions.unfinished(work.session, filed.ref)
    if left:
        raise errors.ActionsUnfinished(record=filed.number, actions=", ".join(left))
    asked = bound.every(filed.values, "requests")
    waiting = [each for each in asked if not changes.is_in_force(work.session, str(each), work.today)]
    if waiting:
        raise errors.RevisionNotInForce(record=filed.number, requests=", ".join(waiting))
