"""The verbs of audits: a plan begun with its questions, a report that has arrived (AUD-04, AUD-07)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from qms import accounts, documents, records, risks, standards, tasks
from qms.audits import errors, planning, rules
from qms.audits.follow import REPORT
from qms.audits.models import Audit, AuditDelivery
from qms.audits.planning import Question
from qms.kernel.labels import N_, in_language, say
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from qms.kernel.work import Work
    from qms.records import Record

_CLAUSE = N_("{clause} {title}: is it done as {document} says?")
_WHOLE = N_("Is it done as {document} says?")


def forms_of(work: Work) -> list[str]:
    """The forms in force that one may fill in and that declare an audit."""
    every = records.fillable(work.session, work.rights, work.today)
    heads = {each.number: records.form_in_force(work, each.number).head for each in every}
    return [number for number, head in heads.items() if rules.AUDIT.read(head) is not None]


def plan(work: Work, form: str, departments: Sequence[str], numbers: Sequence[str]) -> Record:
    """Begin a plan of these places and documents, with the questions they give; it is a draft like any other.

    Asked are the control points in force, and each clause of the organisation's standard that a document
    answers. What is proposed may be changed until the plan is approved.
    """
    bound = rules.AUDIT.read(records.form_in_force(work, form).head)
    if bound is None:
        raise errors.NotAnAuditForm(form=form)
    questions = planning.distinct(each for number in numbers for each in questions_of(work, number))
    return records.begin(work, form, values=planning.first_answers(bound, departments, questions))


def questions_of(work: Work, number: str) -> Iterator[Question]:
    """What a document in force gives to ask."""
    places = _places(work, number)
    for each in risks.points(work, document=number):
        point = each.declared.point
        told = in_language(dict(point.standard), work.language)
        clause = places.get(point.clause, "")
        yield Question(told, number, f"{number} §{clause}" if clause else "", told)
    edition = work.settings.standard
    loaded = edition in {each.code for each in standards.editions(work.session)}
    clauses = standards.clauses(work.session, edition) if loaded else []
    titles = {each.number: each.title for each in clauses}
    every = documents.assignments(work.session, work.rights, edition, work.today)
    named = next((each.clauses for each in every if each.document == number), ())
    for clause in named or ("",):
        title = in_language(dict(titles.get(clause, {})), work.language)
        text = _CLAUSE if clause else _WHOLE
        yield Question(say(text, work.language, clause=clause, title=title, document=number), number)


def _places(work: Work, number: str) -> dict[str, str]:
    """The numbers of the clauses of a document by their anchors."""
    found = documents.clauses(work.session, work.rights, _revision(work, number), work.today)
    return {each.anchor: each.number for each in found}


def _revision(work: Work, number: str) -> Ref:
    """The revision in force that the reader sees, of the first language there is."""
    for listed in documents.library(work.session, work.rights, work.today):
        if listed.number == number:
            return listed.ref
    raise documents.DocumentMissing(number=number)


def receive(work: Work, audit: str) -> AuditDelivery:
    """Confirm that the report of an audit has arrived; each recipient for themselves, once."""
    person = accounts.acting_person(work).id
    found = work.session.scalar(
        select(AuditDelivery)
        .join(Audit, Audit.id == AuditDelivery.audit_id)
        .where(Audit.number == audit, AuditDelivery.person_id == person)
        .with_for_update()
    )
    if found is None:
        raise errors.NotARecipient(audit=audit)
    if found.received_at is not None:
        raise errors.ReportReceived(audit=audit)
    found.received_at = work.now
    work.session.flush()
    ref = Ref("record", audit)
    tasks.settle(work, REPORT, ref, person)
    work.record("audit:receive", ref, after={"person": person})
    return found
