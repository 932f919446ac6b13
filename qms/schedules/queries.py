"""What is due when for whom, what was missed, and which schedules run; inside the rights of who asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from qms import accounts, tasks
from qms.accounts import Signature
from qms.kernel.clock import local_day
from qms.kernel.refs import Ref
from qms.schedules import rows, subjects
from qms.schedules.definition import read_one
from qms.schedules.models import Occurrence, Schedule, ScheduleRun, State
from qms.schedules.operations.closing import statement_digest
from qms.schedules.rows import TASK, ref_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from qms.kernel.ports import Rights
    from qms.kernel.work import Work

PAGE: Final = 200
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Due:
    """One thing to be done, as readers get it; `late` says that it was done after its day."""

    ref: Ref
    document: str
    code: str
    label: Mapping[str, str]
    subject: str
    name: str
    period: str
    form: str | None
    opens_on: date
    due_on: date
    state: State
    overdue: bool
    late: bool
    people: tuple[str, ...]
    record: str | None
    remark: str | None
    done_at: datetime | None
    ended_why: str | None
    signed_by: str = ""
    valid: bool = False


@dataclass(frozen=True, slots=True)
class Running:
    """A schedule in force."""

    document: str
    code: str
    label: Mapping[str, str]
    every: str
    form: str | None
    from_on: date
    last_period: str | None


def due(
    work: Work,
    *,
    since: date | None = None,
    until: date | None = None,
    states: Sequence[State] = (),
    first: int = 0,
    limit: int = PAGE,
) -> list[Due]:
    """What exists for who asks, by day, of these days and states; `first` of them stand on pages before."""
    wanted = _wanted(work, since, until, states)
    query = select(Occurrence).where(*wanted).order_by(Occurrence.due_on, Occurrence.id)
    return _told(work, work.session.scalars(query.offset(first).limit(limit)).all())


def count(
    work: Work, *, since: date | None = None, until: date | None = None, states: Sequence[State] = ()
) -> int:
    """How many there are of them."""
    query = select(func.count()).select_from(Occurrence).where(*_wanted(work, since, until, states))
    return work.session.scalar(query) or 0


def _wanted(
    work: Work, since: date | None, until: date | None, states: Sequence[State]
) -> list[ColumnElement[bool]]:
    wanted = [rows.visible(work.session, work.rights, work.today)]
    if since is not None:
        wanted.append(Occurrence.due_on >= since)
    if until is not None:
        wanted.append(Occurrence.due_on <= until)
    if states:
        wanted.append(Occurrence.state.in_(states))
    return wanted


def overdue(work: Work, first: int = 0, limit: int = PAGE) -> list[Due]:
    """What is open though its day has passed, the oldest first."""
    return due(work, until=work.today - _DAY, states=(State.OPEN,), first=first, limit=limit)


def overdue_count(work: Work) -> int:
    """How much is open though its day has passed."""
    return count(work, until=work.today - _DAY, states=(State.OPEN,))


def occurrence(work: Work, key: str) -> Due:
    """One thing to be done."""
    row = rows.seen(work.session, work.rights, work.today, key)
    return _told(work, [row])[0]


def may_do(work: Work, found: Due) -> bool:
    """Whether who asks owes it, or stands in for somebody who does (R27)."""
    me = work.rights.person_id
    if me is None or found.state is not State.OPEN:
        return False
    people = {me, *accounts.acting_for(work.session, me, work.today)}
    owed = tasks.outstanding(work.session, TASK, found.ref)
    return not people.isdisjoint(each.person_id for each in owed)


def asked_by(session: Session, occurrence: Ref) -> tuple[str, str] | None:
    """The document and the id of the schedule that asks for an occurrence, for whoever follows records."""
    row = session.get(Occurrence, int(occurrence.key)) if occurrence.key.isdecimal() else None
    return None if row is None else (row.document, row.code)


def open_of(work: Work, document: str, code: str) -> list[Due]:
    """What is open of one schedule, the oldest first, as far as it exists for who asks."""
    query = select(Occurrence).where(
        rows.visible(work.session, work.rights, work.today),
        Occurrence.document == document,
        Occurrence.code == code,
        Occurrence.state == State.OPEN,
    )
    return _told(work, work.session.scalars(query.order_by(Occurrence.due_on, Occurrence.id)).all())


def of_subject(work: Work, subject: Ref, limit: int = PAGE) -> list[Due]:
    """What was and is to be done about one subject, the newest first."""
    query = select(Occurrence).where(
        rows.visible(work.session, work.rights, work.today), Occurrence.subject == str(subject)
    )
    found = work.session.scalars(query.order_by(Occurrence.due_on.desc(), Occurrence.id.desc()).limit(limit))
    return _told(work, found.all())


def running(session: Session, rights: Rights) -> list[Running]:
    """The schedules in force that exist for who asks, with the period opened last."""
    inside = Schedule.circle.is_(None) | Schedule.circle.in_(sorted(rights.circles))
    query = select(Schedule).where(Schedule.until_on.is_(None), Schedule.secrecy <= rights.secrecy, inside)
    found = session.scalars(query.order_by(Schedule.document, Schedule.code, Schedule.id)).all()
    once = {(row.document, row.code): row for row in found}
    last = _last_periods(session, {row.document for row in found})
    return [_running(row, last.get(key)) for key, row in once.items()]


def _last_periods(session: Session, documents: Collection[str]) -> dict[tuple[str, str], str]:
    """The period opened last of each schedule of these documents, in one query."""
    place = func.row_number().over(
        partition_by=(ScheduleRun.document, ScheduleRun.code), order_by=ScheduleRun.opens_on.desc()
    )
    runs = (
        select(ScheduleRun.document, ScheduleRun.code, ScheduleRun.period, place.label("place"))
        .where(ScheduleRun.document.in_(sorted(documents)))
        .subquery()
    )
    newest = select(runs.c.document, runs.c.code, runs.c.period).where(runs.c.place == 1)
    return {(row.document, row.code): row.period for row in session.execute(newest)}


def _running(row: Schedule, last: str | None) -> Running:
    definition = read_one(row.definition)
    return Running(
        row.document, row.code, definition.words, definition.every, definition.form, row.from_on, last
    )


def hidden(session: Session, rights: Rights, refs: Iterable[Ref], day: date) -> frozenset[Ref]:
    """Those of the refs about occurrences that do not exist for who looks (SEC-07)."""
    asked = {int(ref.key): ref for ref in refs if ref.kind == "occurrence" and ref.key.isdecimal()}
    if not asked:
        return frozenset()
    query = select(Occurrence.id).where(Occurrence.id.in_(sorted(asked)), rows.visible(session, rights, day))
    seen = set(session.scalars(query))
    return frozenset(ref for key, ref in asked.items() if key not in seen)


def _told(work: Work, found: Sequence[Occurrence]) -> list[Due]:
    session = work.session
    names = subjects.names(session, {row.subject for row in found}, work.language)
    query = (
        select(tasks.Task.ref, accounts.Person.name)
        .join(accounts.Person, accounts.Person.id == tasks.Task.person_id)
        .where(tasks.Task.kind == TASK, tasks.Task.ref.in_([str(ref_of(row)) for row in found]))
        .order_by(accounts.Person.name)
    )
    people: dict[str, list[str]] = {}
    for ref, name in session.execute(query):
        people.setdefault(ref, []).append(name)
    return [_one(work, row, names[row.subject], people.get(str(ref_of(row)), [])) for row in found]


def _one(work: Work, row: Occurrence, name: str, people: Sequence[str]) -> Due:
    done_on = None if row.done_at is None else local_day(row.done_at, work.settings.zone_info)
    signature = work.session.get(Signature, row.signature_id) if row.signature_id else None
    return Due(
        ref=ref_of(row),
        document=row.document,
        code=row.code,
        label=row.label,
        subject=row.subject,
        name=name,
        period=row.period,
        form=row.form,
        opens_on=row.opens_on,
        due_on=row.due_on,
        state=row.state,
        overdue=row.state is State.OPEN and row.due_on < work.today,
        late=done_on is not None and done_on > row.due_on,
        people=tuple(dict.fromkeys(people)),
        record=row.record,
        remark=row.remark,
        done_at=row.done_at,
        ended_why=row.ended_why,
        signed_by=signature.name if signature else "",
        valid=signature is not None and _fits(work, row, signature),
    )


def _fits(work: Work, row: Occurrence, signature: Signature) -> bool:
    """Whether the signature is one over what the row says now (P11-70)."""
    digest = statement_digest(row, row.remark or "")
    return digest == row.digest and accounts.verify_signature(
        work.session, signature, ref=str(ref_of(row)), digest=digest
    )
