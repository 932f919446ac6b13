"""Who may see which record, as conditions inside the query (law 11, SEC-06, R16, R19)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, false, func, or_, select, true

from qms import accounts
from qms.kernel.work import remembered
from qms.records.models import Record, RecordSeat, RecordStep, SeatKind
from qms.records.states import State

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from qms.kernel.ports import Rights
    from qms.kernel.work import Work

FILE = "records:file"
READ = "records:read"


def may_read(rights: Rights) -> bool:
    """Whether somebody reads records at all; which ones, each query decides."""
    return rights.may(FILE) or rights.may(READ)


def require_reader(work: Work) -> None:
    """Refuse who reads no records."""
    if not may_read(work.rights):
        accounts.require(work, FILE)


def graded(rights: Rights) -> ColumnElement[bool]:
    """Secrecy and closed circle, which bind everybody, whatever else they may (R16, R19)."""
    circle = or_(Record.circle.is_(None), Record.circle.in_(sorted(rights.circles)))
    return and_(Record.secrecy <= rights.secrecy, circle)


def reached(session: Session, rights: Rights, day: date) -> ColumnElement[bool]:
    """The author, who has or had a seat, the own department, and the departments somebody oversees."""
    if rights.person_id is None:
        return true() if rights.oversees else false()
    if rights.oversees:
        return true()
    conditions = [Record.author_id == rights.person_id, seated(session, rights, day)]
    own = accounts.departments_of(session, rights.person_id, day)
    if own and rights.may(FILE):
        conditions.append(Record.department.in_(sorted(own)))
    if rights.may(READ):
        covered = rights.permissions[READ]
        conditions.append(true() if covered is None else Record.department.in_(sorted(covered)))
    return or_(*conditions)


def seated(session: Session, rights: Rights, day: date) -> ColumnElement[bool]:
    """Those with a seat on any step the record came to, their own or as substitute (R27)."""
    if rights.person_id is None:
        return false()
    people = [rights.person_id, *accounts.acting_for(session, rights.person_id, day)]
    posts = {post for each in people for post in accounts.posts_of(session, each, day)}
    asked = [
        and_(RecordSeat.member == SeatKind.POST, RecordSeat.code.in_(sorted(posts))),
        and_(RecordSeat.member == SeatKind.PERSON, RecordSeat.code.in_([str(each) for each in people])),
    ]
    # A step may ask the holders of a role of another department than the record's.
    place = func.coalesce(func.nullif(RecordStep.department, ""), Record.department)
    for role, where in sorted(accounts.reach_of_roles(session, people).items()):
        here = true() if where is None else place.in_(sorted(where))
        asked.append(and_(RecordSeat.member == SeatKind.ROLE, RecordSeat.code == role, here))
    sits = select(RecordSeat.id).join(RecordStep, RecordStep.id == RecordSeat.step_id)
    return exists(sits.where(RecordSeat.record_id == Record.id, or_(*asked)))


def visible(session: Session, rights: Rights, day: date) -> ColumnElement[bool]:
    """Every filed record that exists for the person; drafts are their author's alone."""

    def made() -> tuple[Rights, ColumnElement[bool]]:
        mine = and_(Record.state == State.DRAFT, Record.author_id == rights.person_id)
        filed = and_(Record.state != State.DRAFT, reached(session, rights, day))
        return rights, and_(graded(rights), or_(mine, filed))

    # The rights stand beside the answer, so that their id is not given to others meanwhile.
    return remembered(session, (visible, id(rights), day), made)[1]


def keys(work: Work) -> frozenset[str]:
    """What lets the person in to found records, just as `reached` does (SEC-07)."""
    session, rights, day = work.session, work.rights, work.today
    if rights.person_id is None:
        return frozenset()
    people = [rights.person_id, *accounts.acting_for(session, rights.person_id, day)]
    found = {_seat(SeatKind.PERSON, str(each)) for each in people}
    found |= {_seat(SeatKind.POST, post) for each in people for post in accounts.posts_of(session, each, day)}
    for role, where in accounts.reach_of_roles(session, people).items():
        found |= {_seat(SeatKind.ROLE, f"{role}@{each}") for each in (where if where is not None else "*")}
    if rights.may(FILE):
        found |= {_place(each) for each in accounts.departments_of(session, rights.person_id, day)}
    if rights.may(READ):
        covered = rights.permissions[READ]
        found |= {_place(each) for each in (covered if covered is not None else "*")}
    return frozenset(found)


def locks(session: Session, record: Record) -> frozenset[str]:
    """The keys that let somebody in to a record: its author, its department, its seats."""
    found = {str(record.author_id), _place(record.department), _place("*")}
    rows = session.execute(
        select(RecordSeat.member, RecordSeat.code, RecordStep.department)
        .join(RecordStep, RecordStep.id == RecordSeat.step_id)
        .where(RecordSeat.record_id == record.id)
    )
    for row in rows:
        member = SeatKind(row.member)
        if member is SeatKind.ROLE:
            places = ("*", row.department or record.department)
            found |= {_seat(member, f"{row.code}@{each}") for each in places}
        else:
            found.add(_seat(member, row.code))
    return frozenset(found)


def _place(department: str) -> str:
    return f"records@{department}"


def _seat(member: SeatKind, code: str) -> str:
    return f"seat:{member.value}:{code}"
