"""The law of audits over the records of every form that declares one (AUD-01 to AUD-07)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from qms import accounts, forms, records
from qms.audits import calendar, errors, rules, team
from qms.audits.models import Audit, AuditFinding
from qms.kernel.labels import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from qms.forms import Bound
    from qms.kernel.ports import Filed
    from qms.kernel.work import Work

_BASICS = ("from", "until", "period-from", "period-until", "leader", "criterion", "item")


class AuditGuard:
    """Impartial and able people, nothing looked at twice unseen, a frozen checklist, a whole report."""

    forms: frozenset[str] | None = None

    def allow(self, work: Work, filed: Filed, event: str) -> None:
        """Refuse what comes too early, from the wrong people, or past the law."""
        bound = rules.AUDIT.read(filed.head)
        if bound is None:
            return
        if event in {"return", "cancel"}:
            _refuse_started(work, filed, event)
        elif event == "amend":
            _refuse_changed(work, filed, bound)
        elif event == "submit":
            _refuse_unplanned(work, filed, bound, early=True)
            _refuse_team(work, filed, bound)
        elif event == "step":
            _at_step(work, filed, bound)


def _at_step(work: Work, filed: Filed, bound: Bound) -> None:
    if filed.step in {bound.steps["overlap"], bound.steps["start"]}:
        _refuse_overlap(work, filed, bound)
    if filed.step == bound.steps["start"]:
        _refuse_unplanned(work, filed, bound, early=False)
        _refuse_own_plan(work, filed, bound)
    if filed.step in {bound.steps["start"], bound.steps["report"]}:
        _refuse_team(work, filed, bound)
    if filed.step == bound.steps["report"]:
        _refuse_checklist(filed, bound)
    if filed.step == bound.steps["deliver"]:
        _refuse_findings(work, filed, bound)
        _refuse_report(work, filed, bound)


def row_of(work: Work, filed: Filed) -> Audit | None:
    """The row beside a record."""
    return work.session.scalar(select(Audit).where(Audit.record_id == filed.record_id))


def _refuse_started(work: Work, filed: Filed, event: str) -> None:
    row = row_of(work, filed)
    if row is None or row.started_on is None:
        return
    found = work.session.scalar(
        select(AuditFinding.id).where(AuditFinding.audit == filed.number, AuditFinding.state != "cancelled")
    )
    if event == "return" or found is not None:
        raise errors.AuditStarted(record=filed.number or filed.form)


def _refuse_changed(work: Work, filed: Filed, bound: Bound) -> None:
    """What was approved and frozen is not amended: question, place, criterion, people (AUD-04)."""
    row = row_of(work, filed)
    if row is None or row.started_on is None:
        return
    before = records.values_of(work, [filed.record_id]).get(filed.record_id, {})
    if _frozen(before, bound) != _frozen(filed.values, bound):
        raise errors.AuditStarted(record=filed.number or filed.form)


def _frozen(values: Mapping[str, Any], bound: Bound) -> tuple[Any, ...]:
    return (
        rules.checklist(values, bound),
        bound.every(values, "departments"),
        bound.rows(values, ("criterion", "criterion-clause")),
        rules.team(values, bound),
        bound.day(values, "period-from"),
        bound.day(values, "period-until"),
    )


def _refuse_unplanned(work: Work, filed: Filed, bound: Bound, *, early: bool) -> None:
    wanting = [bound.one[name] for name in _BASICS if bound.first(filed.values, name) is None]
    wanting += bound.missing(filed.values, "departments") if early else bound.missing(filed.values, "planned")
    if wanting:
        raise errors.AuditUnplanned(
            record=filed.number or filed.form, fields=forms.named(work, filed, wanting)
        )
    for first, last in (("from", "until"), ("period-from", "period-until")):
        if _day(work, filed, bound, last) < _day(work, filed, bound, first):
            raise errors.DaysBackwards(record=filed.number or filed.form)


def _day(work: Work, filed: Filed, bound: Bound, part: str) -> date:
    found = bound.day(filed.values, part)
    if found is None:  # asked for before anything else
        raise errors.AuditUnplanned(
            record=filed.number or filed.form, fields=forms.named(work, filed, [bound.one[part]])
        )
    return found


def _refuse_team(work: Work, filed: Filed, bound: Bound) -> None:
    """Own work is let pass for a written reason alone, which whoever approves the plan has read (AUD-03)."""
    logins = rules.team(filed.values, bound)
    team.refuse_unqualified(work, filed.number or filed.form, logins)
    if bound.first(filed.values, "exception") is not None:
        return
    last = max(_day(work, filed, bound, "period-until"), _day(work, filed, bound, "until"))
    places = {str(each) for each in bound.every(filed.values, "departments")}
    team.refuse_own(
        work, filed.number or filed.form, logins, places, (_day(work, filed, bound, "period-from"), last)
    )


def _refuse_own_plan(work: Work, filed: Filed, bound: Bound) -> None:
    """By the person who acts, whomever they stand in for."""
    person = work.actor.person_id
    logins = rules.team(filed.values, bound)
    if person is not None and accounts.person(work.session, person).login in logins:
        raise errors.OwnPlanApproved(record=filed.number or filed.form)


def _refuse_overlap(work: Work, filed: Filed, bound: Bound) -> None:
    row = row_of(work, filed)
    others = [] if row is None else calendar.overlapping(work.session, row)
    left = rules.unexplained(others, filed.values, bound)
    if left:
        raise errors.AuditsOverlap(record=filed.number or filed.form, others=", ".join(left))


def _refuse_checklist(filed: Filed, bound: Bound) -> None:
    asked, given = rules.checklist(filed.values, bound), rules.answers(filed.values, bound)
    beside = rules.unasked(asked, given)
    if beside:
        raise errors.NotOnChecklist(record=filed.number or filed.form, items=", ".join(beside))
    left = rules.unanswered(asked, given)
    if left:
        raise errors.ChecklistUnanswered(record=filed.number or filed.form, items=", ".join(left))


def _refuse_findings(work: Work, filed: Filed, bound: Bound) -> None:
    rows = work.session.scalars(
        select(AuditFinding)
        .where(AuditFinding.audit == filed.number, AuditFinding.state != "cancelled")
        .order_by(AuditFinding.number)
    ).all()
    seen = sum(result == rules.FINDING_SEEN for _, result in rules.answers(filed.values, bound))
    if len(rows) < seen:
        raise errors.FindingsUnwritten(record=filed.number or filed.form, seen=seen, written=len(rows))
    undecided = [each.number for each in rows if each.delivered_on is None]
    if undecided:
        raise errors.FindingsUndecided(record=filed.number or filed.form, findings=", ".join(undecided))


def _refuse_report(work: Work, filed: Filed, bound: Bound) -> None:
    gone = rules.lacking(filed.values, bound)
    if gone:
        told = ", ".join(say(rules.ELEMENTS[name], work.language) for name in gone)
        raise errors.ReportIncomplete(record=filed.number or filed.form, elements=told)
    receiving = team.people(work, recipients(filed.values, bound))
    known = {
        code
        for each in receiving
        for code in accounts.departments_between(work.session, each.id, work.today, work.today)
    }
    places = dict.fromkeys(str(each) for each in bound.every(filed.values, "departments"))
    without = [each for each in places if each not in known]
    if without:
        raise errors.ReportUndelivered(record=filed.number or filed.form, departments=", ".join(without))


def recipients(values: Mapping[str, Any], bound: Bound) -> list[str]:
    """Whom the report is delivered to, by login."""
    return [str(row["recipient"]) for row in bound.rows(values, ("recipient",)) if row.get("recipient")]
