"""The law of findings over the records of every form that declares one (AUD-05, AUD-07, S69)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from qms import accounts, records
from qms.audits import errors, rules, team
from qms.audits.models import Audit, AuditFinding
from qms.kernel.errors import Problem
from qms.kernel.labels import N_

if TYPE_CHECKING:
    from qms.audits.rules import FindingLaw
    from qms.kernel.ports import Filed
    from qms.kernel.work import Work


class FindingGuard:
    """Criterion, evidence and statement; a class agreed jointly; nothing taken back by one person."""

    forms: frozenset[str] | None = None

    def allow(self, work: Work, filed: Filed, event: str) -> None:
        """Refuse what is no finding, a class that was not agreed, a close by a short way."""
        law = rules.finding_law(filed.head)
        if law is None:
            return
        if event == "submit":
            _refuse_incomplete(filed, law)
            _refuse_idle(work, filed, law)
        elif event == "step":
            _at_step(work, filed, law)
        elif event in {"amend", "cancel"}:
            _refuse_fixed(work, filed, law, event)


def row_of(work: Work, filed: Filed) -> AuditFinding | None:
    """The row beside a record."""
    return work.session.scalar(select(AuditFinding).where(AuditFinding.record_id == filed.record_id))


def _at_step(work: Work, filed: Filed, law: FindingLaw) -> None:
    _refuse_incomplete(filed, law)
    if filed.step == law.bound.steps["deliberate"]:
        _refuse_concerned(work, filed, law)
    if filed.step in {law.bound.steps["deliberate"], law.bound.steps["deliver"]}:
        _refuse_unagreed(filed, law)


def _refuse_incomplete(filed: Filed, law: FindingLaw) -> None:
    wanting = law.bound.missing(filed.values, "criterion", "evidence", "statement")
    if wanting:
        raise errors.FindingIncomplete([Problem(N_("Fill this in."), field=each) for each in wanting])


def _refuse_idle(work: Work, filed: Filed, law: FindingLaw) -> None:
    """A finding of an audit comes from one under way, by somebody who does not belong to the department."""
    number = law.bound.first(filed.values, "audit")
    if number is None:
        return
    row = work.session.scalar(select(Audit).where(Audit.number == str(number)))
    if row is None:
        return  # its form declared no audit when it was filed
    if row.started_on is None or row.state != "open":
        raise errors.AuditNotStarted(audit=row.number)
    inspector = law.bound.first(filed.values, "inspector")
    logins = [] if inspector is None else [str(inspector)]
    place = {str(law.bound.first(filed.values, "department"))}
    team.refuse_own(work, filed.number or row.number, logins, place, (row.period_from, row.until_on))


def _refuse_concerned(work: Work, filed: Filed, law: FindingLaw) -> None:
    """Members of the department do not speak on its findings, nor does who found them (S69)."""
    speaking = [each.person for each in rules.votes(filed.values, law.bound) if not each.recused]
    place = str(law.bound.first(filed.values, "department"))
    inspector = law.bound.first(filed.values, "inspector")
    concerned = [
        each.name
        for each in team.people(work, speaking)
        if each.login == inspector
        or place in accounts.departments_between(work.session, each.id, work.today, work.today)
    ]
    if concerned:
        raise errors.ConcernedVoter(record=filed.number, people=", ".join(concerned))


def _refuse_unagreed(filed: Filed, law: FindingLaw) -> None:
    chosen = law.bound.first(filed.values, "class")
    given = [] if chosen is None else [str(chosen)]
    if "vote" in law.bound.one:
        given = rules.agreed(rules.votes(filed.values, law.bound))
    if chosen is None or chosen not in given:
        raise errors.ClassNotAgreed(record=filed.number, chosen=chosen or "-", agreed=", ".join(given) or "-")
    grade = law.grades.get(str(chosen), rules.Grade(0))
    if grade.action and law.bound.first(filed.values, "action") is not True:
        raise errors.ActionNeeded(record=filed.number, chosen=chosen)
    if law.bound.first(filed.values, "common") is True and not spread_to(filed, law):
        raise errors.SpreadMissing(record=filed.number)


def spread_to(filed: Filed, law: FindingLaw) -> list[str]:
    """The other departments that look whether they have the problem too."""
    place = law.bound.first(filed.values, "department")
    found = dict.fromkeys(str(each) for each in law.bound.every(filed.values, "spread"))
    return [each for each in found if each != place]


def _refuse_fixed(work: Work, filed: Filed, law: FindingLaw, event: str) -> None:
    row = row_of(work, filed)
    if row is None or row.classed_on is None:
        return
    if event == "cancel":
        raise errors.ClassFixed(record=filed.number)
    before = records.values_of(work, [filed.record_id]).get(filed.record_id, {})
    kept = ("class", "common", "action", "audit", "department")
    if any(law.bound.first(before, each) != law.bound.first(filed.values, each) for each in kept):
        raise errors.ClassFixed(record=filed.number)
    _refuse_incomplete(filed, law)
