"""Departments, posts, and who belongs to which from when until when (the system administrator)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select

from qms.accounts.errors import CodeTaken, NoSuchPost, NotHeld, SpanOverlaps, TreeCircle
from qms.accounts.models import Department, Membership, Person, Post, PostHolding
from qms.accounts.names import is_code
from qms.accounts.operations._allow import active_person, require
from qms.accounts.queries import department, person, tree
from qms.kernel.errors import Invalid, Problem
from qms.kernel.labels import N_
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy.orm import InstrumentedAttribute

    from qms.kernel.work import Work


def add_department(work: Work, code: str, names: Mapping[str, str], parent: str | None) -> Department:
    """Add a department under another; only the very first has none above it."""
    require(work, "people:manage")
    _check_code(code, names)
    if work.session.scalar(select(Department.id).where(Department.code == code)):
        raise CodeTaken(code=code)
    if parent is None and work.session.scalar(select(Department.id).where(Department.is_root)):
        raise TreeCircle(department=code)
    row = Department(code=code, names=dict(names), is_root=parent is None)
    row.parent_id = None if parent is None else department(work.session, parent).id
    work.session.add(row)
    work.session.flush()
    work.record("department:add", Ref("department", code), after={"names": dict(names), "parent": parent})
    return row


def move_department(work: Work, code: str, parent: str) -> None:
    """Put a department under another one, never below itself; the root stays the root."""
    require(work, "people:manage")
    row, above = department(work.session, code), department(work.session, parent)
    every = tree(work.session)
    if row.parent_id is None or every.would_circle(code, parent):
        raise TreeCircle(department=code)
    before = every.above[code]
    row.parent_id = above.id
    work.session.flush()
    work.record(
        "department:move", Ref("department", code), before={"parent": before}, after={"parent": parent}
    )


def add_post(
    work: Work,
    code: str,
    names: Mapping[str, str],
    *,
    department_code: str | None = None,
    is_head: bool = False,
) -> Post:
    """Add a post, in a department where it belongs to one; `is_head` leads that department."""
    require(work, "people:manage")
    _check_code(code, names)
    if work.session.scalar(select(Post.id).where(Post.code == code)):
        raise CodeTaken(code=code)
    if is_head and department_code is None:
        raise Invalid([Problem(N_("A head leads a department; name it."), field="department")])
    home = None if department_code is None else department(work.session, department_code)
    row = Post(code=code, names=dict(names), department_id=home and home.id, is_head=is_head)
    work.session.add(row)
    work.session.flush()
    after = {"names": dict(names), "department": department_code, "head": is_head}
    work.record("post:add", Ref("post", code), after=after)
    return row


def _check_code(code: str, names: Mapping[str, str]) -> None:
    problems = []
    if not is_code(code):
        problems.append(
            Problem(N_("A code is lower-case words of letters and digits joined by hyphens."), field="code")
        )
    if not any(text.strip() for text in names.values()):
        problems.append(Problem(N_("A name is needed."), field="names"))
    if problems:
        raise Invalid(problems)


@dataclass(frozen=True, slots=True)
class _Place:
    table: type[Membership | PostHolding]
    column: InstrumentedAttribute[int]
    id: int
    code: str
    names: Mapping[str, str]


def _department_place(work: Work, code: str) -> _Place:
    row = department(work.session, code)
    return _Place(Membership, Membership.department_id, row.id, code, row.names)


def _post_place(work: Work, code: str) -> _Place:
    row = work.session.scalar(select(Post).where(Post.code == code))
    if row is None:
        raise NoSuchPost(post=code)
    return _Place(PostHolding, PostHolding.post_id, row.id, code, row.names)


def join(
    work: Work, person_id: int, department_code: str, from_on: date, until_on: date | None = None
) -> None:
    """Let a person belong to a department from a day, until (exclusive) another."""
    require(work, "people:manage")
    who, place = active_person(work, person_id), _department_place(work, department_code)
    _refuse_overlap(work, place, who, from_on, until_on)
    work.session.add(
        Membership(person_id=person_id, department_id=place.id, from_on=from_on, until_on=until_on)
    )
    _record_span(work, "person:department:join", who, place, {"from": from_on, "until": until_on})


def leave(work: Work, person_id: int, department_code: str, until_on: date) -> None:
    """End a person's belonging to a department; `until_on` is the first day without it."""
    require(work, "people:manage")
    who, place = person(work.session, person_id), _department_place(work, department_code)
    _end(work, place, who, until_on)
    _record_span(work, "person:department:leave", who, place, {"until": until_on})


def hold_post(
    work: Work, person_id: int, post_code: str, from_on: date, until_on: date | None = None
) -> None:
    """Let a person hold a post from a day, until (exclusive) another."""
    require(work, "people:manage")
    who, place = active_person(work, person_id), _post_place(work, post_code)
    _refuse_overlap(work, place, who, from_on, until_on)
    work.session.add(PostHolding(person_id=person_id, post_id=place.id, from_on=from_on, until_on=until_on))
    _record_span(work, "person:post:hold", who, place, {"from": from_on, "until": until_on})


def leave_post(work: Work, person_id: int, post_code: str, until_on: date) -> None:
    """End the holding of a post; `until_on` is the first day without it."""
    require(work, "people:manage")
    who, place = person(work.session, person_id), _post_place(work, post_code)
    _end(work, place, who, until_on)
    _record_span(work, "person:post:leave", who, place, {"until": until_on})


def check_span(from_on: date, until_on: date | None) -> None:
    """Refuse a span that ends before it has lasted a day."""
    if until_on is not None and until_on <= from_on:
        raise Invalid([Problem(N_("The end must lie after the beginning."), field="until")])


def _refuse_overlap(work: Work, place: _Place, who: Person, from_on: date, until_on: date | None) -> None:
    check_span(from_on, until_on)
    table = place.table
    query = select(table.id).where(
        table.person_id == who.id,
        place.column == place.id,
        or_(table.until_on.is_(None), table.until_on > from_on),
    )
    if until_on is not None:
        query = query.where(table.from_on < until_on)
    if work.session.scalar(query.limit(1)) is not None:
        raise SpanOverlaps(person=who.name, place=place.names)


def _end(work: Work, place: _Place, who: Person, until_on: date) -> None:
    table = place.table
    row: Any = work.session.scalar(
        select(table).where(
            table.person_id == who.id,
            place.column == place.id,
            table.from_on <= until_on,
            or_(table.until_on.is_(None), table.until_on > until_on),
        )
    )
    if row is None:
        raise NotHeld(person=who.name, place=place.names)
    row.until_on = until_on


def _record_span(
    work: Work, action: str, who: Person, place: _Place, days: Mapping[str, date | None]
) -> None:
    work.session.flush()
    span = {key: None if day is None else day.isoformat() for key, day in days.items()}
    work.record(action, Ref("person", str(who.id)), after={"in": place.code, **span})
