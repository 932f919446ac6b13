"""Who owes what: one's own inbox, what is outstanding on a ref, and messages that did not leave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Integer, and_, bindparam, func, or_, select

from qms.accounts import acting_for, members, names_of, rights_of
from qms.kernel.labels import say
from qms.kernel.ports import Rights
from qms.kernel.refs import Ref
from qms.kernel.work import ask
from qms.tasks.chasing import is_overdue
from qms.tasks.errors import NoSuchTask
from qms.tasks.models import Notice, Task
from qms.tasks.telling import may_be_told

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session


MAYBE_TWICE: Final = "It may arrive twice: how an earlier attempt ended is not known."
NO_LONGER: Final = "Its receiver has left, or may no longer be told of it."
"""What a message's row says while it is handed over, and for ever where nobody said how that ended."""


def _open() -> tuple[Any, ...]:
    return Task.settled_at.is_(None), Task.cancelled_at.is_(None)


_SHOWN: Final = select(Task.facts).where(
    *_open(),
    Task.person_id.in_(bindparam("people", expanding=True)),  # the column with the index
    or_(Task.person_id == bindparam("person"), Task.personal.is_(False)),
)
_ON: Final = select(Task).where(
    *_open(),
    Task.kind == bindparam("kind"),
    Task.ref == bindparam("ref"),
    or_(bindparam("person", type_=Integer).is_(None), Task.person_id == bindparam("person", type_=Integer)),
)


@dataclass(frozen=True, slots=True)
class Owed:
    """One open task as a person sees it; `for_name` names whom they stand in for, if anybody."""

    id: int
    kind: str
    ref: Ref
    key: str
    subject: str
    facts: Mapping[str, Any]
    due_on: date | None
    created_at: datetime
    person_id: int
    person: str
    is_overdue: bool
    for_name: str | None = None

    def text(self, language: str) -> str:
        """What is owed, in words of the asked language."""
        return say(self.subject, language, **self.facts)


def inbox(session: Session, person_id: int, day: date | None = None) -> list[Owed]:
    """The person's open tasks, most urgent first.

    With a `day` also those of the people they stand in for on it, marked so, but not what
    somebody owes personally, such as reading (R27). What the person may no longer see is not shown.
    """
    others = [] if day is None else acting_for(session, person_id, day)
    found = _open_of(session, [person_id, *others])
    # Without any task nobody needs to know what the person may see: this is asked on every page.
    rights = rights_of(session, person_id, day or date.min) if found else Rights()
    told = _told(found, rights)
    own = [task for task in told if task.person_id == person_id]
    theirs = [task for task in told if task.person_id != person_id and not task.personal]
    names = names_of(session, [person_id, *others])
    rows = [_owed(task, names, day, None) for task in own]
    rows += [_owed(task, names, day, names[task.person_id]) for task in theirs]
    return sorted(rows, key=_urgency)


def task_of(session: Session, person_id: int, task_id: int, day: date | None = None) -> Owed:
    """One task out of the person's inbox; somebody else's does not exist for them (SEC-06)."""
    for owed in inbox(session, person_id, day):
        if owed.id == task_id:
            return owed
    raise NoSuchTask(task=task_id)


def task_count(session: Session, person_id: int, day: date | None = None) -> int:
    """How many tasks the inbox shows; what is not shown is not counted either (SEC-07)."""
    others = [] if day is None else acting_for(session, person_id, day)
    found = ask(session, _SHOWN, person=person_id, people=[person_id, *others]).scalars().all()
    rights = rights_of(session, person_id, day or date.min) if found else Rights()
    return sum(may_be_told(facts, rights) for facts in found)


def outstanding(
    session: Session, kind: str, ref: Ref | str, day: date | None = None, *, person_id: int | None = None
) -> list[Owed]:
    """Everybody's open tasks of a kind on a ref, or those of one person."""
    tasks = session.scalars(_ON, {"kind": kind, "ref": str(ref), "person": person_id}).all()
    names = names_of(session, [task.person_id for task in tasks])
    return sorted((_owed(task, names, day, None) for task in tasks), key=_urgency)


def owing(session: Session, kind: str) -> dict[Ref, set[int]]:
    """Who owes something of a kind, by what it is about."""
    found: dict[Ref, set[int]] = {}
    for row in session.execute(select(Task.ref, Task.person_id).where(*_open(), Task.kind == kind)):
        found.setdefault(Ref.parse(row.ref), set()).add(row.person_id)
    return found


def overseen(session: Session, rights: Rights, day: date) -> list[Owed]:
    """The open tasks of everybody in the departments the reader oversees, as far as they may be told."""
    if not rights.may("tasks:oversee"):
        return []
    people = members(session, rights.permissions["tasks:oversee"], day)
    tasks = _told(_open_of(session, people), rights)
    names = names_of(session, people)
    return sorted((_owed(task, names, day, None) for task in tasks), key=_urgency)


def _open_of(session: Session, person_ids: Sequence[int]) -> Sequence[Task]:
    return session.scalars(select(Task).where(*_open(), Task.person_id.in_(person_ids))).all()


def _told(found: Sequence[Task], rights: Rights) -> list[Task]:
    return [task for task in found if may_be_told(task.facts, rights)]


def _owed(task: Task, names: Mapping[int, str], day: date | None, for_name: str | None) -> Owed:
    return Owed(
        id=task.id,
        kind=task.kind,
        ref=Ref.parse(task.ref),
        key=task.key,
        subject=task.subject,
        facts=task.facts,
        due_on=task.due_on,
        created_at=task.created_at,
        person_id=task.person_id,
        person=names.get(task.person_id, ""),
        is_overdue=day is not None and is_overdue(day, task.due_on),
        for_name=for_name,
    )


def _urgency(owed: Owed) -> tuple[date, int]:
    return owed.due_on or date.max, owed.id


def waiting(session: Session) -> int:
    """How many messages have not been handed over yet."""
    found = session.scalar(select(func.count()).select_from(Notice).where(Notice.claimed_at.is_(None)))
    return int(found or 0)


def doubtful(session: Session, before: datetime) -> Sequence[Notice]:
    """Messages handed over before an instant of which nobody knows how often they arrived.

    Those not sent are tried again when their time comes, until they may have gone often enough.
    """
    told = Notice.error.startswith(MAYBE_TWICE, autoescape=True)
    taken_up = func.coalesce(Notice.claimed_at, Notice.not_before)
    given_up = and_(Notice.claimed_at.is_not(None), Notice.sent_at.is_(None), Notice.error != NO_LONGER)
    return session.scalars(
        select(Notice).where(or_(told, given_up), taken_up < before).order_by(Notice.id)
    ).all()
