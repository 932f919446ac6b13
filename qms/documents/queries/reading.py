"""Outstanding readings: whom the revision in force reaches on a day, minus who signed for it (DOC-07)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, select

from qms import accounts, tasks
from qms.documents import rows
from qms.documents.models import Acknowledgement
from qms.documents.operations import reading
from qms.kernel.work import ask

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from qms.kernel.ports import Rights
    from qms.kernel.refs import Ref


@dataclass(frozen=True, slots=True)
class Reader:
    """One person's reading of a revision: acknowledged on a day, or still owed until a day."""

    person_id: int
    name: str
    acknowledged_on: date | None
    due_on: date | None
    is_overdue: bool


def outstanding(session: Session, rights: Rights, ref: Ref, day: date) -> list[Reader]:
    """Who still owes the reading of a revision on the day, by due day (DOC-07).

    Those who control documents or oversee a department see everybody they oversee; others
    themselves alone.
    """
    revision = rows.seen(session, rights, day, ref)
    owing = reading.readers(session, revision, day)
    owing -= reading.acknowledged(session, revision, day)
    owing &= _overseen(session, rights, day)
    due = {owed.person_id: owed for owed in tasks.outstanding(session, reading.KIND, ref, day)}
    names = accounts.names_of(session, owing)
    found = [
        Reader(
            person_id=person,
            name=names.get(person, ""),
            acknowledged_on=None,
            due_on=due[person].due_on if person in due else None,
            is_overdue=person in due and due[person].is_overdue,
        )
        for person in owing
    ]
    return sorted(found, key=lambda each: (each.due_on is None, each.due_on, each.person_id))


def _overseen(session: Session, rights: Rights, day: date) -> set[int]:
    all_of_them = rights.may("documents:control") and rights.permissions["documents:control"] is None
    if all_of_them or rights.oversees:
        return {person.id for person in accounts.people(session, active=None)}
    seen = set() if rights.person_id is None else {rights.person_id}
    if rights.may("tasks:oversee"):
        seen |= set(accounts.members(session, rights.permissions["tasks:oversee"], day))
    return seen


def acknowledgements(session: Session, rights: Rights, ref: Ref, day: date) -> list[Reader]:
    """Who has signed for a revision, the earliest first, as far as the person oversees them."""
    revision = rows.seen(session, rights, day, ref)
    found: Sequence[Acknowledgement] = session.scalars(
        select(Acknowledgement)
        .where(Acknowledgement.revision_id == revision.id)
        .order_by(Acknowledgement.at, Acknowledgement.id)
    ).all()
    seen = _overseen(session, rights, day)
    names = accounts.names_of(session, [each.person_id for each in found])
    return [
        Reader(each.person_id, names[each.person_id], each.on, None, is_overdue=False)
        for each in found
        if each.person_id in seen
    ]


def acknowledged_on(session: Session, rights: Rights, ref: Ref, day: date) -> date | None:
    """The day on which the person of these rights signed for a revision; None where they have not."""
    revision = rows.seen(session, rights, day, ref)
    return ask(session, _SIGNED, revision=revision.id, person=rights.person_id).scalar()


_SIGNED: Final = (
    select(Acknowledgement.on)
    .where(
        Acknowledgement.revision_id == bindparam("revision"),
        Acknowledgement.person_id == bindparam("person"),
    )
    .order_by(Acknowledgement.at, Acknowledgement.id)
    .limit(1)
)


def confirmed(session: Session, ref: Ref) -> set[int]:
    """Everybody who signed for exactly the contents of a revision; for slices that count on it."""
    return reading.acknowledged(session, rows.known(session, ref))


def has_acknowledged(session: Session, rights: Rights, ref: Ref, day: date) -> bool:
    """Whether the person of these rights has signed for exactly these contents."""
    revision = rows.seen(session, rights, day, ref)
    return rights.person_id in reading.acknowledged(session, revision, day)
