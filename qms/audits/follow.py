"""Rows beside audits and findings, kept as their records stand, in the records' own transactions (law 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from qms import accounts, actions, documents, records, tasks
from qms.audits import describe, finding_law, law, rules, team
from qms.audits.models import (
    Audit,
    AuditAnswer,
    AuditCriterion,
    AuditDelivery,
    AuditDepartment,
    AuditFinding,
    FindingSpread,
)
from qms.calendar import Span, Unit
from qms.documents.models import Document, Revision, Validity
from qms.kernel.labels import LANGUAGES, say

if TYPE_CHECKING:
    from datetime import date

    from qms.audits.rules import FindingLaw
    from qms.forms import Bound
    from qms.kernel.ports import Filed
    from qms.kernel.work import Work

REPORT = "audits:report"
_DISPOSED = "disposed"


class AuditFollower:
    """Keeps the row of an audit as its record stands, and delivers its report."""

    forms: frozenset[str] | None = None

    def follow(self, work: Work, filed: Filed) -> None:
        """Write down place, time, criteria, people, answers and how far the audit is."""
        bound = rules.AUDIT.read(filed.head)
        if bound is None:
            return
        row = law.row_of(work, filed)
        if filed.state == _DISPOSED:
            _forget(work, row)
            return
        row = row or Audit(record_id=filed.record_id, number=filed.number, revision=str(filed.revision))
        _write(work, row, filed, bound)
        started, reported, delivered = (
            _done(work, filed, bound.steps[each]) for each in ("start", "report", "deliver")
        )
        row.started_on = row.started_on or (work.today if started else None)
        if reported and row.reported_on is None:
            row.reported_on = work.today
            _answer(work, row, filed, bound)
        if delivered and row.delivered_on is None:
            row.delivered_on = work.today
            _deliver(work, row, filed, bound)
        work.session.flush()


def _done(work: Work, filed: Filed, step: str) -> bool:
    """Whether a step was done by everybody it asks, and not sent back since."""
    query = select(records.RecordStep.id).where(
        records.RecordStep.record_id == filed.record_id,
        records.RecordStep.step == step,
        records.RecordStep.state == records.StepState.DONE,
    )
    return work.session.scalar(query.limit(1)) is not None


def _write(work: Work, row: Audit, filed: Filed, bound: Bound) -> None:
    values = filed.values
    chosen = bound.first(values, "mode")
    row.programme = bound.first(values, "programme")
    row.modes = list(chosen) if isinstance(chosen, list) else [chosen] if chosen else []
    row.team = rules.team(values, bound)
    for name, part in (
        ("from_on", "from"),
        ("until_on", "until"),
        ("period_from", "period-from"),
        ("period_until", "period-until"),
    ):
        setattr(row, name, bound.day(values, part))
    row.state = filed.state
    work.session.add(row)
    work.session.flush()
    work.session.execute(delete(AuditDepartment).where(AuditDepartment.audit_id == row.id))
    work.session.execute(delete(AuditCriterion).where(AuditCriterion.audit_id == row.id))
    places = dict.fromkeys(str(each) for each in bound.every(values, "departments"))
    work.session.add_all(AuditDepartment(audit_id=row.id, department=each) for each in places)
    criteria = {
        (str(each["criterion"]), str(each.get("criterion-clause") or ""))
        for each in bound.rows(values, ("criterion", "criterion-clause"))
        if each.get("criterion")
    }
    work.session.add_all(
        AuditCriterion(audit_id=row.id, document=document, clause=clause)
        for document, clause in sorted(criteria)
    )
    work.session.flush()


def _answer(work: Work, row: Audit, filed: Filed, bound: Bound) -> None:
    """Each answer with the revision in force on the day it was given (AUD-04).

    A question that names no document is asked of the only criterion, where there is one only.
    """
    given = dict(rules.answers(filed.values, bound))
    criteria = {
        str(each["criterion"]) for each in bound.rows(filed.values, ("criterion",)) if each["criterion"]
    }
    only = next(iter(criteria)) if len(criteria) == 1 else None
    for place, asked in enumerate(rules.checklist(filed.values, bound), 1):
        document = asked.document or only
        revision = None if document is None else revision_on(work, document, work.today)
        work.session.add(
            AuditAnswer(
                audit_id=row.id,
                place=place,
                document=document,
                clause=asked.clause,
                revision=revision,
                result=given[asked.item],
            )
        )
    work.session.flush()
    work.record("audit:report", filed.ref, after={"answers": len(given)})


def revision_on(work: Work, number: str, day: date) -> str | None:
    """The Ref of the revision of a document in force on a day; that of its first language."""
    found = work.session.execute(
        select(Document.number, Revision.language, Revision.label)
        .join(Revision, Revision.document_id == Document.id)
        .join(Validity, Validity.revision_id == Revision.id)
        .where(
            Document.number == number,
            Validity.from_on <= day,
            Validity.until_on.is_(None) | (Validity.until_on > day),
        )
    ).all()
    first = min(found, key=lambda each: LANGUAGES.index(each.language), default=None)
    return None if first is None else str(documents.revision_ref(first.number, first.language, first.label))


def _deliver(work: Work, row: Audit, filed: Filed, bound: Bound) -> None:
    """Everybody named gets the report and owes to say that it arrived (AUD-07)."""
    receiving = {each.id for each in team.people(work, law.recipients(filed.values, bound))}
    work.session.add_all(
        AuditDelivery(audit_id=row.id, person_id=each, delivered_at=work.now) for each in sorted(receiving)
    )
    work.session.flush()
    due, counted = tasks.due(work, work.today, Span(rules.RECEIVE_DAYS, Unit.WORKING_DAY))
    tasks.owe(
        work,
        kind=REPORT,
        ref=filed.ref,
        person_ids=receiving,
        subject=describe.REPORT,
        facts={"audit": filed.number, **counted},
        due_on=due,
        personal=True,
    )
    work.record("audit:deliver", filed.ref, after={"people": sorted(receiving), "count": len(receiving)})


def _forget(work: Work, row: Audit | None) -> None:
    """A record that was disposed of leaves that there was an audit, when and where; not what it answered."""
    if row is None:
        return
    row.state, row.team = _DISPOSED, []
    work.session.execute(delete(AuditAnswer).where(AuditAnswer.audit_id == row.id))
    work.session.flush()


class FindingFollower:
    """Keeps the row of a finding as its record stands, and spreads what is common."""

    forms: frozenset[str] | None = None

    def follow(self, work: Work, filed: Filed) -> None:
        """Write down where it was found, its class, the view of the auditee and how far it is."""
        found = rules.finding_law(filed.head)
        if found is None:
            return
        row = finding_law.row_of(work, filed)
        if filed.state == _DISPOSED:
            if row is not None:
                row.state = _DISPOSED
                work.session.flush()
            return
        row = row or AuditFinding(
            record_id=filed.record_id,
            number=filed.number,
            revision=str(filed.revision),
            found_on=work.today,
        )
        _describe(work, row, filed, found)
        if row.delivered_on is None and row.classed_on and _done(work, filed, found.bound.steps["deliver"]):
            row.delivered_on = work.today
            _spread(work, row, filed, found)
        work.session.flush()


def _describe(work: Work, row: AuditFinding, filed: Filed, found: FindingLaw) -> None:
    bound, values = found.bound, filed.values
    row.audit = bound.first(values, "audit")
    row.department = str(bound.first(values, "department"))
    row.document, row.clause = bound.first(values, "document"), bound.first(values, "clause")
    row.standpoint = bound.first(values, "view")
    row.state = filed.state
    decided = _done(work, filed, bound.steps["deliberate"])
    chosen: Any = bound.first(values, "class") if decided else None
    row.classed_on = (row.classed_on or work.today) if decided else None
    row.grade = chosen
    row.weight = None if chosen is None else found.grades.get(str(chosen), rules.Grade(0)).weight
    row.common = bound.first(values, "common") if decided else None
    row.major = bound.first(values, "major") if decided else None
    work.session.add(row)
    work.session.flush()


def _spread(work: Work, row: AuditFinding, filed: Filed, found: FindingLaw) -> None:
    """Each department that the meeting named looks whether it has the problem too (S69, R48)."""
    if not row.common:
        return
    days = int(found.bound.numbers.get("spread-days", rules.SPREAD_DAYS))
    due, _ = tasks.due(work, work.today, Span(days, Unit.WORKING_DAY))
    for place in finding_law.spread_to(filed, found):
        made = actions.open(
            work,
            title=say(describe.SPREAD, work.settings.language, finding=row.number),
            owner_id=_head(work, place, filed),
            due_on=due,
            department=place,
            origin=filed.ref,
            secrecy=filed.secrecy,
            circle=filed.circle,
            declared=True,
        )
        work.session.add(FindingSpread(finding_id=row.id, department=place, action=made.number))
        work.session.flush()
        work.record("finding:spread", filed.ref, after={"department": place, "action": made.number})


def _head(work: Work, department: str, filed: Filed) -> int:
    """Who heads a department, one of its own before one above; who filed it where no head may see it."""
    inside = accounts.cleared(work.session, filed.secrecy, filed.circle)
    heads = accounts.role_holders(work.session, "department-head", work.today, department)
    seeing = [each for each in heads if each in inside]
    own = set(accounts.members(work.session, [department], work.today))
    return next(iter(sorted(seeing, key=lambda each: (each not in own, each))), filed.author_id)
