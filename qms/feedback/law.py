"""The law of complaints over the records of every form that declares them (CMP-01 to CMP-05, R52, R53)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qms import accounts, forms, nonconformities
from qms.feedback import errors, known, rules
from qms.feedback.rules import View

if TYPE_CHECKING:
    from qms.forms import Bound
    from qms.kernel.ports import Filed
    from qms.kernel.work import Work

_WRITTEN = frozenset({"submit", "step", "amend"})


class ComplaintGuard:
    """Grade before work, facts before reply, reply before close; never by whom it is about.

    Numbers, clocks, recusal of stand-ins and the accepted hand-over are the record's own.
    """

    forms: frozenset[str] | None = None

    def allow(self, work: Work, filed: Filed, event: str) -> None:
        """Refuse what comes too early, from whom it is about, or by a shortcut."""
        bound = rules.BINDING.read(filed.head)
        if bound is None:
            return
        if filed.sealed:
            raise errors.ComplaintSealed
        if event != "submit":
            _refuse_concerned(work, filed, bound)
        if event in _WRITTEN:
            forms.refuse_unanswered(work, filed, rules.BINDING, bound)
            _refuse_assigned(work, filed, bound, event)
            if rules.lacks_action(filed.values, bound):
                raise errors.ActionNeeded(record=filed.number)
        if event == "step":
            _step(work, filed, bound)
        if event == "cancel":
            _refuse_cancel(work, filed)


def _step(work: Work, filed: Filed, bound: Bound) -> None:
    if filed.step == bound.steps["grade"]:
        _refuse_ungraded(work, filed, bound)
    if filed.step == bound.steps["reply"]:
        _refuse_early(work, filed, bound)
    if filed.step == bound.steps["close"]:
        _refuse_unanswered(filed, bound)
        _refuse_causeless(work, filed, bound)


def _concerned(work: Work, filed: Filed, bound: Bound) -> set[str]:
    """Whom it is about: as it was filed, and as it is told now."""
    row = known.complaint(work.session, filed.record_id)
    kept = row.concerned if row is not None else None
    return {str(each) for each in (kept, bound.first(filed.values, "concerned")) if each}


def _refuse_concerned(work: Work, filed: Filed, bound: Bound) -> None:
    """By the person who acts, whomever they stand in for."""
    person = work.actor.person_id
    if person is not None and accounts.person(work.session, person).login in _concerned(work, filed, bound):
        raise errors.OwnComplaint(record=filed.number)


def _refuse_assigned(work: Work, filed: Filed, bound: Bound, event: str) -> None:
    """Whoever takes a complaint about themselves registers it and hands it over."""
    concerned = _concerned(work, filed, bound)
    wrong = rules.assigned(filed.values, bound) & concerned
    if wrong:
        raise errors.AssignedToConcerned(record=filed.number or filed.form, person=", ".join(sorted(wrong)))
    first = bound.first(filed.values, "first-asked")
    if event == "submit" and rules.at_once(filed.values, bound) and first in concerned:
        raise errors.OwnComplaint(record=filed.number or filed.form)


def _refuse_ungraded(work: Work, filed: Filed, bound: Bound) -> None:
    wanting = rules.ungraded(filed.values, bound)
    if wanting:
        raise errors.NotGraded(record=filed.number, fields=forms.named(work, filed, wanting))
    if rules.at_once(filed.values, bound) and rules.is_weighty(filed.values, bound):
        raise errors.NotAtOnce(record=filed.number)


def _refuse_early(work: Work, filed: Filed, bound: Bound) -> None:
    wanting = bound.missing(filed.values, "investigation")
    if wanting:
        raise errors.NotInvestigated(record=filed.number, fields=forms.named(work, filed, wanting))
    if not bound.every(filed.values, "remedies"):
        raise errors.RemedyMissing(
            record=filed.number, fields=forms.named(work, filed, bound.several["remedies"])
        )


def _refuse_unanswered(filed: Filed, bound: Bound) -> None:
    if not bound.every(filed.values, "replies"):
        raise errors.ReplyMissing(record=filed.number)
    said = rules.view(filed.values, bound)
    if said is None:
        raise errors.ViewNotAsked(record=filed.number)
    if said == View.DISSATISFIED and not bound.every(filed.values, "reviews"):
        raise errors.NotReviewed(record=filed.number)


def _refuse_causeless(work: Work, filed: Filed, bound: Bound) -> None:
    if not rules.at_once(filed.values, bound):
        wanting = bound.missing(filed.values, "causes")
        if wanting:
            raise errors.ComplaintCauseUnknown(record=filed.number, fields=forms.named(work, filed, wanting))
    needed = bound.first(filed.values, "action-needed") is True
    if needed and not nonconformities.arisen_from(work.session, filed.number):
        raise errors.ActionNotFiled(record=filed.number)


def _refuse_cancel(work: Work, filed: Filed) -> None:
    row = known.complaint(work.session, filed.record_id)
    if row is not None and (row.accepted_at is not None or row.graded_at is not None):
        raise errors.ComplaintNotCancelled(record=filed.number)
