"""The law of corrective actions over the records of every form that declares one (NCA-01 to NCA-05)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from qms import accounts, actions, changes, documents
from qms.nonconformities import errors, rules
from qms.nonconformities.models import CorrectiveAction

if TYPE_CHECKING:
    from qms.kernel.ports import Filed
    from qms.kernel.work import Work
    from qms.nonconformities.rules import Declared

_OPEN = "open"


class CorrectiveActionGuard:
    """Cause before action, effect after observation and by others, nothing open left behind."""

    forms: frozenset[str] | None = None

    def allow(self, work: Work, filed: Filed, event: str) -> None:
        """Refuse the decision, the judgement and the close that come too early, or from an owner."""
        declared = declared_by(work, filed) if event == "step" else None
        if declared is None:
            return
        if filed.step == declared.decide:
            _refuse_unknown(filed, declared)
        if filed.step == declared.verify:
            _refuse_owner(work, filed, declared)
            _refuse_observed(work, filed, declared)
        if filed.step == declared.close:
            _refuse_owner(work, filed, declared)
            _refuse_close(work, filed, declared)


class CorrectiveActionFollower:
    """Keeps the row of a corrective action as its record stands."""

    forms: frozenset[str] | None = None

    def follow(self, work: Work, filed: Filed) -> None:
        """Write down what it arose from, its days, its verdict and its state."""
        declared = declared_by(work, filed)
        if declared is None:
            return
        row = work.session.scalar(
            select(CorrectiveAction).where(CorrectiveAction.record_id == filed.record_id)
        )
        if row is None:
            row = CorrectiveAction(record_id=filed.record_id, number=filed.number)
            work.session.add(row)
        row.state, row.closed_on = filed.state, filed.closed_on
        if filed.state != "disposed":
            row.source = _first(filed, declared.source)
            row.due_on = _day(filed, declared.due)
            row.observe_until = _day(filed, declared.observe_until)
            row.effective = _first(filed, declared.effective)
        work.session.flush()


def declared_by(work: Work, filed: Filed) -> Declared | None:
    """What the revision of the form declares to which the record is pinned."""
    head = documents.known(work.session, filed.revision).head
    value = head.get(rules.SECTION)
    return None if value is None or rules.faults(value, head) else rules.read(value)


def _first(filed: Filed, name: str) -> Any:
    return next(iter(rules.given(filed.values, name)), None)


def _day(filed: Filed, name: str) -> date | None:
    found = _first(filed, name)
    return date.fromisoformat(found) if isinstance(found, str) else None


def _refuse_unknown(filed: Filed, declared: Declared) -> None:
    wanting = rules.missing(filed.values, (*declared.causes, *declared.known))
    if wanting:
        raise errors.CauseUnknown(record=filed.number, fields=", ".join(wanting))


def _refuse_owner(work: Work, filed: Filed, declared: Declared) -> None:
    """By the person who acts, whomever they stand in for."""
    person = work.actor.person_id
    if person is None:
        return
    if accounts.person(work.session, person).login in rules.owners(filed.values, declared):
        raise errors.OwnActionsJudged(record=filed.number)


def _refuse_observed(work: Work, filed: Filed, declared: Declared) -> None:
    until = _day(filed, declared.observe_until)
    if until is not None and work.today <= until:
        raise errors.StillObserved(record=filed.number, day=until)


def _refuse_close(work: Work, filed: Filed, declared: Declared) -> None:
    if _first(filed, declared.effective) is not True:
        raise errors.NotEffective(record=filed.number)
    wanting = rules.missing(filed.values, declared.closing)
    if wanting:
        raise errors.ClosingUnanswered(record=filed.number, fields=", ".join(wanting))
    left = actions.unfinished(work.session, filed.ref)
    if left:
        raise errors.ActionsUnfinished(record=filed.number, actions=", ".join(left))
    asked = [each for name in declared.requests for each in rules.given(filed.values, name)]
    waiting = [each for each in asked if not changes.is_in_force(work.session, str(each), work.today)]
    if waiting:
        raise errors.RevisionNotInForce(record=filed.number, requests=", ".join(waiting))
