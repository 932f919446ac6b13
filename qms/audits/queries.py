"""What pages and commands ask of audits, inside the rights of who asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from qms import accounts, actions, documents, records
from qms.audits import calendar, errors, rules
from qms.audits.models import Audit, AuditAnswer, AuditDelivery, AuditFinding, FindingSpread
from qms.kernel.refs import Ref
from qms.nonconformities.models import CorrectiveAction

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from qms.forms import Bound
    from qms.kernel.work import Work


@dataclass(frozen=True, slots=True)
class Listed:
    """One audit in a list; `findings` are those that stand, `undecided` those without a class."""

    number: str
    form: str
    programme: str
    modes: tuple[str, ...]
    departments: tuple[str, ...]
    documents: tuple[str, ...]
    from_on: date
    until_on: date
    stage: str
    findings: int
    undecided: int


@dataclass(frozen=True, slots=True)
class Answer:
    """One question of the checklist with its result and the revision that was in force then."""

    item: str
    standard: Mapping[str, Any]
    document: str | None
    clause: str | None
    revision: Ref | None
    result: str | None


@dataclass(frozen=True, slots=True)
class Action:
    """A corrective action of a finding, or the action of a department to which it was spread."""

    number: str
    department: str
    state: str
    due_on: date | None
    effective: bool | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A finding with what follows from it; what it says stands in its record."""

    number: str
    audit: str | None
    department: str
    document: str | None
    clause: str | None
    grade: str | None
    standpoint: str | None
    common: bool
    major: bool
    state: str
    found_on: date
    delivered_on: date | None
    corrective: tuple[Action, ...]
    spread: tuple[Action, ...]
    statement: str = ""
    evidence: str = ""
    dissent: str = ""


@dataclass(frozen=True, slots=True)
class Delivered:
    """Whom a report was delivered to, and when it arrived."""

    person_id: int
    name: str
    delivered_at: datetime
    received_at: datetime | None


@dataclass(frozen=True, slots=True)
class Shown:
    """One audit with everything about it; `values` are the answers of its record, read by `bound`."""

    listed: Listed
    row: Audit
    bound: Bound
    values: Mapping[str, Any]
    team: tuple[str, ...]
    answers: tuple[Answer, ...]
    findings: tuple[Found, ...]
    deliveries: tuple[Delivered, ...]
    overlaps: tuple[str, ...]
    lacking: tuple[str, ...]
    revision: Ref


STAGES = ("planned", "under-way", "reported", "closed", "cancelled", "disposed")
"""How far an audit is: planned until it starts, under way until it is reported, then until it is closed."""


def stage(row: Audit) -> str:
    """How far an audit is, by its dates."""
    if row.state in {"cancelled", "disposed", "closed"}:
        return row.state
    if row.reported_on is not None:
        return "reported"
    return "planned" if row.started_on is None else "under-way"


def overlapping(session: Session, number: str) -> list[str]:
    """The numbers of the audits over which one lies; its plan names each with a reason (S62, R50)."""
    row = session.scalar(select(Audit).where(Audit.number == number))
    return [] if row is None else calendar.overlapping(session, row)


def listing(
    work: Work,
    *,
    since: date | None = None,
    until: date | None = None,
    department: str = "",
    at: str = "",
) -> list[Listed]:
    """The audits that exist for who asks and come on some day of the span, the earliest first."""
    query = select(Audit).order_by(Audit.from_on, Audit.number)
    if since is not None:
        query = query.where(Audit.until_on >= since)
    if until is not None:
        query = query.where(Audit.from_on <= until)
    found = seen(work, work.session.scalars(query).all())
    places = calendar.departments_of(work.session, [each.id for each in found])
    wanted = [each for each in found if department in {"", *places.get(each.id, ())}]
    listed = _listed(work, wanted)
    return [each for each in listed if at in {"", each.stage}]


def seen(work: Work, rows: Iterable[Audit]) -> list[Audit]:
    """Those audits whose records exist for who asks, or whose report was delivered to them (AUD-08)."""
    every = list(rows)
    secret = records.unseen(work, (each.number for each in every))
    person = work.actor.person_id
    mine = set(
        work.session.scalars(select(AuditDelivery.audit_id).where(AuditDelivery.person_id == person))
        if person is not None
        else ()
    )
    return [each for each in every if each.number not in secret or each.id in mine]


def _listed(work: Work, rows: Sequence[Audit]) -> list[Listed]:
    ids = [each.id for each in rows]
    places, criteria = calendar.departments_of(work.session, ids), calendar.criteria_of(work.session, ids)
    standing: dict[str, list[AuditFinding]] = {}
    query = select(AuditFinding).where(
        AuditFinding.audit.in_([each.number for each in rows]), AuditFinding.state != "cancelled"
    )
    for each in _seen_findings(work, work.session.scalars(query).all()):
        standing.setdefault(str(each.audit), []).append(each)
    return [
        Listed(
            number=row.number,
            form=Ref.parse(row.revision).key.partition("@")[0],
            programme=row.programme or "",
            modes=tuple(row.modes),
            departments=tuple(places.get(row.id, ())),
            documents=tuple(dict.fromkeys(each.document for each in criteria.get(row.id, ()))),
            from_on=row.from_on,
            until_on=row.until_on,
            stage=stage(row),
            findings=len(standing.get(row.number, ())),
            undecided=sum(each.delivered_on is None for each in standing.get(row.number, ())),
        )
        for row in rows
    ]


def one(work: Work, number: str) -> Shown:
    """One audit for who may see it."""
    row = work.session.scalar(select(Audit).where(Audit.number == number))
    if row is None or not seen(work, [row]):
        raise errors.NoSuchAudit(audit=number)
    revision = Ref.parse(row.revision)
    bound = rules.AUDIT.read(documents.known(work.session, revision).head)
    if bound is None:  # the row is there because the form declared it
        raise errors.NoSuchAudit(audit=number)
    values = records.values_of(work, [row.record_id]).get(row.record_id, {})
    people = accounts.called(work.session, row.team)
    return Shown(
        listed=_listed(work, [row])[0],
        row=row,
        bound=bound,
        values=values,
        team=tuple(people.get(each, each) for each in row.team),
        answers=tuple(_answers(work.session, row, values, bound)),
        findings=tuple(findings(work, audit=number)),
        deliveries=tuple(_deliveries(work.session, row)),
        overlaps=tuple(calendar.overlapping(work.session, row)),
        lacking=tuple(rules.lacking(values, bound)),
        revision=revision,
    )


def _answers(session: Session, row: Audit, values: Mapping[str, Any], bound: Bound) -> Iterable[Answer]:
    kept = {
        each.place: each
        for each in session.scalars(select(AuditAnswer).where(AuditAnswer.audit_id == row.id))
    }
    given = dict(rules.answers(values, bound))
    table = bound.one["item"].partition(".")[0]
    rows = [each for each in values.get(table) or () if isinstance(each, dict)]
    for place, asked in enumerate(rules.checklist(values, bound), 1):
        known = kept.get(place)
        yield Answer(
            item=asked.item,
            standard=rows[place - 1] if place <= len(rows) else {},
            document=asked.document,
            clause=asked.clause,
            revision=None if known is None or known.revision is None else Ref.parse(known.revision),
            result=given.get(asked.item),
        )


def _deliveries(session: Session, row: Audit) -> Iterable[Delivered]:
    found = session.scalars(
        select(AuditDelivery).where(AuditDelivery.audit_id == row.id).order_by(AuditDelivery.person_id)
    ).all()
    names = accounts.names_of(session, [each.person_id for each in found])
    for each in found:
        yield Delivered(each.person_id, names.get(each.person_id, ""), each.delivered_at, each.received_at)


def findings(work: Work, *, audit: str | None = None) -> list[Found]:
    """The findings of an audit, or all that exist for who asks, each with the actions that follow."""
    query = select(AuditFinding).where(AuditFinding.state != "cancelled").order_by(AuditFinding.number)
    if audit is not None:
        query = query.where(AuditFinding.audit == audit)
    rows = _seen_findings(work, work.session.scalars(query).all())
    told = _told(work, rows)
    corrective = _corrective(work.session, rows)
    spread = _spread(work.session, rows)
    return [
        Found(
            number=row.number,
            audit=row.audit,
            department=row.department,
            document=row.document,
            clause=row.clause,
            grade=row.grade,
            standpoint=row.standpoint,
            common=bool(row.common),
            major=bool(row.major),
            state=row.state,
            found_on=row.found_on,
            delivered_on=row.delivered_on,
            corrective=tuple(corrective.get(row.number, ())),
            spread=tuple(spread.get(row.id, ())),
            **told.get(row.record_id, {}),
        )
        for row in rows
    ]


def _seen_findings(work: Work, rows: Sequence[AuditFinding]) -> list[AuditFinding]:
    """Those whose records exist for who asks, and all of an audit whose report they were given (AUD-08)."""
    hidden = records.unseen(work, (each.number for each in rows))
    asked = {str(each.audit) for each in rows if each.number in hidden}
    given = select(Audit.number).join(AuditDelivery, AuditDelivery.audit_id == Audit.id)
    given = given.where(Audit.number.in_(asked), AuditDelivery.person_id == work.actor.person_id)
    mine = set(work.session.scalars(given)) if asked else set()
    return [each for each in rows if each.number not in hidden or each.audit in mine]


def _told(work: Work, rows: Sequence[AuditFinding]) -> dict[int, dict[str, str]]:
    """The statement of each finding, what proves it, and what the unit holds against it."""
    found = {}
    revisions = {each.record_id: Ref.parse(each.revision) for each in rows}
    laws = {
        each: rules.finding_law(documents.known(work.session, each).head) for each in set(revisions.values())
    }
    for record_id, values in records.values_of(work, revisions).items():
        law = laws[revisions[record_id]]
        if law is not None:
            found[record_id] = {
                "statement": " ".join(str(each) for each in law.bound.every(values, "statement")),
                "evidence": ", ".join(rules.proofs(values, law.bound)),
                "dissent": str(law.bound.first(values, "dissent") or ""),
            }
    return found


def _corrective(session: Session, rows: Sequence[AuditFinding]) -> dict[str, list[Action]]:
    departments = {each.number: each.department for each in rows}
    query = select(CorrectiveAction).where(CorrectiveAction.source.in_(departments))
    found: dict[str, list[Action]] = {}
    for row in session.scalars(query.order_by(CorrectiveAction.number)):
        source = str(row.source)
        made = Action(row.number, departments[source], row.state, row.due_on, row.effective)
        found.setdefault(source, []).append(made)
    return found


def _spread(session: Session, rows: Sequence[AuditFinding]) -> dict[int, list[Action]]:
    query = (
        select(FindingSpread, actions.Action)
        .join(actions.Action, actions.Action.number == FindingSpread.action)
        .where(FindingSpread.finding_id.in_([each.id for each in rows]))
        .order_by(FindingSpread.department)
    )
    found: dict[int, list[Action]] = {}
    for row, action in session.execute(query):
        made = Action(row.action, row.department, action.state.value, action.due_on)
        found.setdefault(row.finding_id, []).append(made)
    return found
