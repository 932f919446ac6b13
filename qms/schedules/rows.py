"""Refs and rows of schedules and of what they ask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import String, and_, cast, literal, or_, select

from qms.accounts import acting_for
from qms.kernel.refs import Ref
from qms.schedules.errors import NoSuchOccurrence
from qms.schedules.models import Occurrence, Schedule
from qms.tasks import Task

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from qms.kernel.ports import Rights
    from qms.kernel.work import Work

TASK = "schedule:do"


def schedule_ref(row: Schedule) -> Ref:
    """`schedule:CP-10/monthly-visit`."""
    return Ref("schedule", f"{row.document}/{row.code}")


def ref_of(row: Occurrence) -> Ref:
    """`occurrence:17`."""
    return Ref("occurrence", str(row.id))


def visible(session: Session, rights: Rights, day: date) -> ColumnElement[bool]:
    """Inside grade and circle: one's own departments', those overseen, and whatever one is to do (SEC-06).

    Both circles count, that of the subject and that of the document which asks.
    """
    circles = sorted(rights.circles)
    circle = or_(Occurrence.circle.is_(None), Occurrence.circle.in_(circles))
    shut = select(Schedule.id).where(Schedule.circle.is_not(None), Schedule.circle.not_in(circles))
    inside = and_(Occurrence.secrecy <= rights.secrecy, circle, Occurrence.schedule_id.not_in(shut))
    if rights.oversees:
        return inside
    overseen = rights.permissions.get("tasks:oversee", frozenset())
    if rights.may("tasks:oversee") and overseen is None:
        return inside
    departments = Occurrence.department.in_(sorted(rights.departments | (overseen or frozenset())))
    if rights.person_id is None:
        return and_(inside, departments)
    people = [rights.person_id, *acting_for(session, rights.person_id, day)]
    owed = select(Task.ref).where(Task.kind == TASK, Task.person_id.in_(people))
    mine = (literal("occurrence:") + cast(Occurrence.id, String)).in_(owed)
    return and_(inside, or_(departments, mine))


def seen(session: Session, rights: Rights, day: date, ref: Ref | str) -> Occurrence:
    """The occurrence of this ref; for whom it does not exist there is none."""
    key = ref.key if isinstance(ref, Ref) else ref
    found = None
    if key.isascii() and key.isdecimal() and len(key) < 10:  # noqa: PLR2004 - what an id can be
        query = select(Occurrence).where(Occurrence.id == int(key), visible(session, rights, day))
        found = session.scalar(query)
    if found is None:
        raise NoSuchOccurrence(occurrence=key)
    return found


def locked(work: Work, occurrence_id: int) -> Occurrence:
    """The occurrence of this id, locked and read afresh."""
    return work.session.execute(
        select(Occurrence)
        .where(Occurrence.id == occurrence_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()
