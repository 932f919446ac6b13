"""Opening what is due, each period once for ever, also when killed half-way and after down-time (law 5)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from qms import calendar, tasks
from qms.schedules import describe, subjects
from qms.schedules.definition import read_one
from qms.schedules.models import Occurrence, Schedule, ScheduleRun, State
from qms.schedules.periods import drawn, due_on, openings, period_of
from qms.schedules.rows import TASK, ref_of, schedule_ref

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from qms.calendar import Calendar
    from qms.kernel.work import Work
    from qms.schedules.definition import Definition
    from qms.schedules.periods import Period
    from qms.schedules.subjects import Subject


@dataclass(frozen=True, slots=True)
class _Opening:
    row: Schedule
    definition: Definition
    period: Period
    opened: date


def waiting(work: Work) -> list[int]:
    """The schedules with a period that is due by today and was not opened yet, by id.

    The day job takes each in an act of its own; on most days that is none, and a look tells.
    """
    rows = work.session.scalars(
        select(Schedule).where(Schedule.until_on.is_(None)).order_by(Schedule.id)
    ).all()
    runs: dict[tuple[str, str], set[str]] = {}
    for document, code, period in work.session.execute(
        select(ScheduleRun.document, ScheduleRun.code, ScheduleRun.period)
    ):
        runs.setdefault((document, code), set()).add(period)
    return [row.id for row in rows if _due(row, runs.get((row.document, row.code), set()), work.today)]


def open_due(work: Work, schedule_id: int) -> int:
    """Open every period of a schedule that is due by today and was not opened yet; gives how many.

    All of it is one act: whoever is killed leaves nothing, and the next one does the whole. A period
    that is over already is opened as missed, so that nothing is forgotten.
    """
    row = work.session.execute(
        select(Schedule)
        .where(Schedule.id == schedule_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()
    if row.until_on is not None:
        return 0
    already = work.session.scalars(
        select(ScheduleRun.period).where(ScheduleRun.document == row.document, ScheduleRun.code == row.code)
    )
    due = _due(row, set(already), work.today)
    for each in due:
        _open(work, each)
    return len(due)


def _due(row: Schedule, already: Collection[str], today: date) -> list[_Opening]:
    definition = read_one(row.definition)
    since = max(row.from_on, definition.since or row.from_on)
    return [
        _Opening(row, definition, period, opened)
        for period, opened in openings(definition.every, definition.on, since, today)
        if period.key not in already
    ]


def recount(work: Work) -> int:
    """Count open provisional days again once their holidays are known; what is past never. Gives how many.

    While the organisation's calendar cannot be read, they wait.
    """
    kept = calendar.kept(work.settings.home)
    if kept.stands_in:
        return 0
    query = select(Occurrence).where(
        Occurrence.state == State.OPEN, Occurrence.provisional.is_(True), Occurrence.due_on >= work.today
    )
    found = work.session.scalars(query.order_by(Occurrence.id).with_for_update()).all()
    return sum(_recounted(work, row, kept) for row in found)


def _recounted(work: Work, row: Occurrence, now: Calendar) -> bool:
    definition = read_one(work.session.get_one(Schedule, row.schedule_id).definition)
    period = period_of(definition.every, row.opens_on)
    due = due_on(period, row.opens_on, definition.due, now)
    day = max(due.day, row.opens_on)
    if (day, due.provisional) == (row.due_on, True):
        return False
    before = {"due": row.due_on.isoformat()}
    row.due_on, row.ends_on, row.provisional = day, max(day, period.last), due.provisional
    work.session.flush()
    tasks.move(work, TASK, ref_of(row), day)
    work.record("occurrence:recount", ref_of(row), before=before, after={"due": day.isoformat()})
    return True


def _open(work: Work, opening: _Opening) -> None:
    row, period = opening.row, opening.period
    population = subjects.of(work.session, row, opening.definition, work.today)
    chosen, seed = _drawn(opening.definition, population)
    run = ScheduleRun(
        document=row.document,
        code=row.code,
        period=period.key,
        opens_on=opening.opened,
        ran_at=work.now,
        population=[each.ref for each in population],
        seed=seed,
    )
    work.session.add(run)
    work.session.flush()  # another worker that was quicker is met here, before anything is made
    names = subjects.names(work.session, [each.ref for each in chosen], work.settings.language)
    made = [_made(work, opening, each, names[each.ref]) for each in chosen]
    missed = sum(each.state is State.MISSED for each in made)
    after = {"period": period.key, "opened": len(made) - missed, "missed": missed}
    work.record("schedule:open", schedule_ref(row), after=after)
    if seed is not None:
        told = {"period": period.key, "seed": seed, "count": len(chosen), "among": len(population)}
        work.record("schedule:draw", schedule_ref(row), after=told)


def _drawn(definition: Definition, population: Sequence[Subject]) -> tuple[Sequence[Subject], str | None]:
    if definition.share is None and definition.count is None:
        return population, None
    seed = secrets.token_hex(16)
    refs = drawn([each.ref for each in population], seed, share=definition.share, count=definition.count)
    return [each for each in population if each.ref in refs], seed


def _made(work: Work, opening: _Opening, subject: Subject, name: str) -> Occurrence:
    row, period, definition = opening.row, opening.period, opening.definition
    found = due_on(period, opening.opened, definition.due, calendar.kept(work.settings.home))
    due = max(found.day, opening.opened)
    ends = max(due, period.last)
    made = Occurrence(
        schedule_id=row.id,
        document=row.document,
        code=row.code,
        subject=subject.ref,
        period=period.key,
        label=definition.words,
        form=definition.form,
        opens_on=opening.opened,
        due_on=due,
        ends_on=ends,
        state=State.MISSED if ends < work.today else State.OPEN,
        provisional=found.provisional,
        department=subject.department,
        secrecy=subject.secrecy,
        circle=subject.circle,
    )
    work.session.add(made)
    work.session.flush()
    if made.state is State.MISSED:
        work.record("occurrence:miss", ref_of(made), after={"due": due.isoformat()})
    else:
        _owe(work, row, made, definition, subject, name)
    return made


def _owe(  # noqa: PLR0917 - what is owed, by which schedule, about whom
    work: Work, row: Schedule, made: Occurrence, definition: Definition, subject: Subject, name: str
) -> None:
    circles = sorted({each for each in (made.circle, row.circle) if each is not None})
    facts = {
        "label": made.label,
        "subject": name,
        "period": made.period,
        "document": made.document,
        tasks.SECRECY: made.secrecy,
        tasks.CIRCLE: circles,
    }
    people = subjects.doers(work.session, definition.to, subject, row.circle, work.today)
    tasks.owe(
        work,
        kind=TASK,
        ref=ref_of(made),
        person_ids=people,
        subject=describe.TASK,
        facts=facts,
        due_on=made.due_on,
    )


def owe_again(work: Work, made: Occurrence) -> None:
    """Whoever does it owes it again, since the record that did it was cancelled."""
    row = work.session.get_one(Schedule, made.schedule_id)
    definition = read_one(row.definition)
    there = subjects.of(work.session, row, definition, work.today)
    gone = subjects.Subject(made.subject, made.department, made.secrecy, made.circle, ())
    about = next((each for each in there if each.ref == made.subject), gone)
    name = subjects.names(work.session, [made.subject], work.settings.language)[made.subject]
    _owe(work, row, made, definition, about, name)
