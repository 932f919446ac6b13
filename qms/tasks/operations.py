"""Owing, settling, cancelling, chasing; everything in the transaction that causes it (law 4)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError

from qms.accounts import Person, heads_of, names_of, rights_of
from qms.kernel.clock import local_day
from qms.kernel.labels import N_
from qms.kernel.refs import Ref
from qms.tasks.chasing import BEFORE, Step, next_steps
from qms.tasks.models import Notice, Task
from qms.tasks.telling import may_be_told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from qms.kernel.work import Work

MAIL: Final = "mail"
_SUBJECTS: Final = {
    Step.REMIND: N_("Reminder: {task}"),
    Step.OVERDUE: N_("Overdue: {task}"),
    Step.ESCALATE: N_("Overdue with {person}: {task}"),
}
_NEW: Final = N_("New task: {task}")
_BODY: Final = N_("{task}\nDue on: {due}\n{link}")
_BODY_UNDATED: Final = N_("{task}\n{link}")


def owe(
    work: Work,
    *,
    kind: str,
    ref: Ref | str,
    person_ids: Iterable[int],
    subject: str,
    facts: Mapping[str, Any],
    due_on: date | None = None,
    key: str | None = None,
    personal: bool = False,
    quiet: bool = False,
) -> list[Task]:
    """Let people owe something on a ref; who owes it already (same kind, ref and key) owes it once.

    `subject` is an English text of the catalogue with `facts`. A `personal` task is not shown to
    substitutes; a `quiet` one sends no message when it is made. Gives the tasks newly made.
    """
    task = partial(
        Task,
        kind=kind,
        ref=str(ref),
        key=key or "",
        subject=subject,
        facts=dict(facts),
        due_on=due_on,
        personal=personal,
        created_at=work.now,
    )
    wanted = set(person_ids)
    try:
        with work.session.begin_nested():
            made = _made(work, task, wanted)
    except IntegrityError:  # somebody else made one of them at the same moment, and now it is seen
        made = _made(work, task, wanted)
    if not quiet:
        _tell_all(work, made)
    if made:
        after = {"kind": kind, "people": [task.person_id for task in made], "due": due_on and str(due_on)}
        work.record("task:owe", _ref(ref), after=after)
    return made


def _made(work: Work, task: Callable[..., Task], wanted: set[int]) -> list[Task]:
    sample = task()
    already = set(
        work.session.scalars(
            select(Task.person_id).where(
                *_open(), Task.kind == sample.kind, Task.ref == sample.ref, Task.key == sample.key
            )
        )
    )
    made = [task(person_id=each) for each in sorted(wanted - already)]
    work.session.add_all(made)
    work.session.flush()
    return made


def _tell_all(work: Work, made: Sequence[Task]) -> None:
    wanted = [task.person_id for task in made]
    # Held in a name, the receivers stay loaded and cost one query.
    receivers = work.session.scalars(select(Person).where(Person.id.in_(wanted))).all()
    for task in made if receivers else ():
        _tell(work, task, task.person_id, step="new", subject=_NEW, more={})


def move(work: Work, kind: str, ref: Ref | str, due_on: date) -> int:
    """What is owed is due on another day, and is reminded of again; the act that moves it has its entry."""
    rows = _owed(work, kind, ref, None)
    for row in rows:
        row.due_on, row.reminded_at = due_on, None
    work.session.flush()
    return len(rows)


def settle(work: Work, kind: str, ref: Ref | str, person_id: int | None = None) -> int:
    """The owed thing is done, by this person or by everybody; says how many tasks that closed."""
    rows = _owed(work, kind, ref, person_id)
    for row in rows:
        row.settled_at = work.now
    _ended(work, "task:settle", kind, ref, rows)
    return len(rows)


def cancel(work: Work, kind: str, ref: Ref | str, person_id: int | None = None) -> int:
    """The thing is no longer owed; says how many tasks that closed."""
    rows = _owed(work, kind, ref, person_id)
    for row in rows:
        row.cancelled_at = work.now
    _ended(work, "task:cancel", kind, ref, rows)
    return len(rows)


def _owed(work: Work, kind: str, ref: Ref | str, person_id: int | None) -> Sequence[Task]:
    query = select(Task).where(*_open(), Task.kind == kind, Task.ref == str(ref)).with_for_update()
    if person_id is not None:
        query = query.where(Task.person_id == person_id)
    return work.session.scalars(query.order_by(Task.id)).all()


def _ended(work: Work, action: str, kind: str, ref: Ref | str, rows: Sequence[Task]) -> None:
    work.session.flush()
    if rows:
        after = {"kind": kind, "people": [row.person_id for row in rows]}
        work.record(action, _ref(ref), after=after)


def _open() -> tuple[Any, ...]:
    return Task.settled_at.is_(None), Task.cancelled_at.is_(None)


def _ref(ref: Ref | str) -> Ref:
    return ref if isinstance(ref, Ref) else Ref.parse(ref)


def remind(work: Work) -> int:
    """Chase what is due, for the day job: before the day, after it, then the head, once each.

    Says how many messages that made; running again the same day makes none.
    """
    rows = work.session.scalars(
        select(Task)
        .where(
            *_open(),
            Task.due_on.is_not(None),
            Task.due_on <= work.today + BEFORE,
            or_(Task.reminded_at.is_(None), Task.overdue_at.is_(None), Task.escalated_at.is_(None)),
        )
        .order_by(Task.id)
        .with_for_update()
    ).all()
    return sum(_chase(work, row, step) for row in rows for step in _steps(work, row))


def _steps(work: Work, row: Task) -> tuple[Step, ...]:
    return next_steps(
        work.today,
        row.due_on,
        local_day(row.created_at, work.settings.zone_info),
        reminded=row.reminded_at is not None,
        overdue=row.overdue_at is not None,
        escalated=row.escalated_at is not None,
    )


def _chase(work: Work, row: Task, step: Step) -> int:
    receivers = [row.person_id]
    more: dict[str, Any] = {}
    if step is Step.REMIND:
        row.reminded_at = work.now
    elif step is Step.OVERDUE:
        row.reminded_at, row.overdue_at = row.reminded_at or work.now, work.now
    else:
        receivers = heads_of(work.session, row.person_id, work.today)
        row.escalated_at, row.escalated_to = work.now, receivers[0] if receivers else None
        more = {"person": names_of(work.session, [row.person_id]).get(row.person_id, "")}
    work.session.flush()
    told = sum(
        _tell(work, row, each, step=step.value, subject=_SUBJECTS[step], more=more) for each in receivers
    )
    after = {"task": row.id, "step": step.value, "to": receivers}
    work.record("task:chase", Ref.parse(row.ref), after=after)
    return told


def _tell(work: Work, row: Task, receiver: int, *, step: str, subject: str, more: Mapping[str, Any]) -> bool:
    if not may_be_told(row.facts, rights_of(work.session, receiver, work.today)):
        return False
    link = f"{work.settings.public_url.rstrip('/')}/tasks" if work.settings.public_url else ""
    facts = {"task": [row.subject, row.facts], "due": row.due_on and str(row.due_on), "link": link, **more}
    body = _BODY if row.due_on else _BODY_UNDATED
    return notify(work, receiver, source=f"task:{row.id}:{step}", subject=subject, text=body, facts=facts)


def notify(
    work: Work, person_id: int, *, source: str, subject: str, text: str, facts: Mapping[str, Any]
) -> bool:
    """Queue one message to one person about one source; a second for the same is refused (law 4).

    `source` names a trail entry (`trail:55`) or a step of a task. Subject and text are English
    texts of the catalogue, said in the receiver's language when sent; a fact that is a pair of text
    and facts is said too. Whoever has no address, or has left, gets none. Says whether it was queued.
    """
    receiver = work.session.get(Person, person_id)
    if receiver is None or not receiver.active or not receiver.email:
        return False
    row = Notice(
        source=source,
        person_id=person_id,
        channel=MAIL,
        subject=subject,
        text=text,
        facts=dict(facts),
        created_at=work.now,
        not_before=work.now,
    )
    try:
        with work.session.begin_nested():
            work.session.add(row)
    except IntegrityError:
        return False
    return True
