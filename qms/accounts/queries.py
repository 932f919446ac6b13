"""Who is where, who may what, and who stands in for whom, on a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Date, Integer, bindparam, func, literal, or_, select, union_all

from qms.accounts.errors import NoSuchDepartment, NoSuchPerson
from qms.accounts.models import (
    Circle,
    CircleMember,
    Clearance,
    Department,
    Grant,
    Membership,
    Person,
    Post,
    PostHolding,
    Role,
    RolePermission,
    Signature,
    Substitution,
)
from qms.accounts.names import normalised
from qms.accounts.permissions import combined, joined
from qms.accounts.tree import Tree
from qms.kernel.ports import Actor, Rights, Secrecy
from qms.kernel.work import ask, remembered

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from sqlalchemy import BindParameter, ColumnElement
    from sqlalchemy.orm import Session

    from qms.kernel.refs import Ref

DEFAULT_CLEARANCE = int(Secrecy.INTERNAL)


def on(
    table: type[Membership | PostHolding | Substitution], day: date | BindParameter[Any]
) -> ColumnElement[bool]:
    """The rows whose span holds the day; the last day of a span is exclusive."""
    return (table.from_on <= day) & or_(table.until_on.is_(None), table.until_on > day)


_PERSON: Final = bindparam("person", type_=Integer)
_PEOPLE: Final[BindParameter[Any]] = bindparam("people", expanding=True)
_DAY: Final = bindparam("day", type_=Date)
_TREE: Final = select(Department.id, Department.code, Department.parent_id)
_DEPARTMENT_NAMES: Final = select(Department.code, Department.names).order_by(Department.code)
_NAMES: Final = select(Person.id, Person.name).where(Person.id.in_(_PEOPLE))
_ACTIVE: Final = (
    select(Clearance.grade)
    .select_from(Person)
    .outerjoin(Clearance, Clearance.person_id == Person.id)
    .where(Person.id == _PERSON, Person.active)
)
_GRANTED: Final = (
    select(Role.code, Role.oversees, Department.code.label("department"), RolePermission.permission)
    .join(Grant, Grant.role_id == Role.id)
    .outerjoin(Department, Department.id == Grant.department_id)
    .outerjoin(RolePermission, RolePermission.role_id == Role.id)
    .where(Grant.person_id == _PERSON, Grant.withdrawn_at.is_(None))
)
_ROLES: Final = (
    select(Role.code, Department.code.label("department"))
    .join(Grant, Grant.role_id == Role.id)
    .outerjoin(Department, Department.id == Grant.department_id)
    .where(Grant.person_id.in_(_PEOPLE), Grant.withdrawn_at.is_(None))
)
_PLACES: Final = union_all(
    select(literal("department").label("kind"), Department.code)
    .join(Membership, Membership.department_id == Department.id)
    .where(Membership.person_id == _PERSON, on(Membership, _DAY)),
    select(literal("post"), Post.code)
    .join(PostHolding, PostHolding.post_id == Post.id)
    .where(PostHolding.person_id == _PERSON, on(PostHolding, _DAY)),
    select(literal("circle"), Circle.code)
    .join(CircleMember, CircleMember.circle_id == Circle.id)
    .where(CircleMember.person_id == _PERSON, CircleMember.left_at.is_(None)),
)
_STANDING_IN: Final = (
    select(Substitution.person_id)
    .join(Person, Person.id == Substitution.person_id)
    .where(Substitution.substitute_id == _PERSON, on(Substitution, _DAY), Person.active)
    .order_by(Substitution.person_id)
    .distinct()
)


def tree(session: Session) -> Tree:
    """All departments as plain values."""
    rows = ask(session, _TREE).all()
    codes = {row.id: row.code for row in rows}
    return Tree({row.code: codes.get(row.parent_id) for row in rows})


def department(session: Session, code: str) -> Department:
    """The department of this code."""
    found = session.scalar(select(Department).where(Department.code == code))
    if found is None:
        raise NoSuchDepartment(department=code)
    return found


def departments(session: Session) -> list[Department]:
    """All departments by code."""
    return list(session.scalars(select(Department).order_by(Department.code)))


def department_names(session: Session) -> dict[str, Mapping[str, str]]:
    """The names of every department by its code, in the order of the codes."""
    return {row.code: row.names for row in ask(session, _DEPARTMENT_NAMES)}


def posts(session: Session) -> list[Post]:
    """All posts by code."""
    return list(session.scalars(select(Post).order_by(Post.code)))


def person(session: Session, person_id: int) -> Person:
    """The person of this id, active or not."""
    found = session.get(Person, person_id)
    if found is None:
        raise NoSuchPerson(person=person_id)
    return found


def person_by_login(session: Session, login: str) -> Person | None:
    """The person of this login however it is typed, active or not."""
    return session.scalar(select(Person).where(Person.login == normalised(login)))


def people(session: Session, *, active: bool | None = True) -> list[Person]:
    """All people by login; `active=None` gives those who have left too."""
    query = select(Person).order_by(Person.login)
    if active is not None:
        query = query.where(Person.active == active)
    return list(session.scalars(query))


def names_of(session: Session, person_ids: Iterable[int]) -> dict[int, str]:
    """The names of these people by id, in one query."""
    wanted = set(person_ids)
    return {row.id: row.name for row in ask(session, _NAMES, people=sorted(wanted))} if wanted else {}


def actor_of(session: Session, person_id: int) -> Actor:
    """The person as who acts, by lasting id (ALC-01)."""
    return actor_named(person_id, person(session, person_id).name)


def actor_named(person_id: int, name: str) -> Actor:
    """The person of this id as who acts, where the name has just been read."""
    return Actor(f"person:{person_id}", name, person_id)


def rights_of(session: Session, person_id: int, day: date) -> Rights:
    """What the person may do and see on the day, from what is granted now (law 11).

    Grants cover their department and all below it; belonging to a department is belonging to all
    above it. Somebody no longer active has no rights at all.
    """
    return remembered(session, (rights_of, person_id, day), lambda: _rights(session, person_id, day))


def _rights(session: Session, person_id: int, day: date) -> Rights:
    known = ask(session, _ACTIVE, person=person_id).one_or_none()
    if known is None:
        return Rights()
    every = tree(session)
    roles, permissions, oversees = _granted(session, person_id, every)
    places: dict[str, set[str]] = {}
    for kind, code in ask(session, _PLACES, person=person_id, day=day):
        places.setdefault(kind, set()).add(code)
    return Rights(
        person_id=person_id,
        permissions=permissions,
        departments=every.lines(places.get("department", ())),
        posts=frozenset(places.get("post", ())),
        roles=roles,
        secrecy=DEFAULT_CLEARANCE if known.grade is None else known.grade,
        circles=frozenset(places.get("circle", ())),
        oversees=oversees,
    )


def _granted(
    session: Session, person_id: int, every: Tree
) -> tuple[frozenset[str], Mapping[str, frozenset[str] | None], bool]:
    rows = ask(session, _GRANTED, person=person_id).all()
    held: dict[tuple[str, str | None], list[str]] = {}
    for row in rows:
        given = held.setdefault((row.code, row.department), [])
        if row.permission is not None:
            given.append(row.permission)
    grants = [
        (tuple(given), None if where is None else every.subtree(where)) for (_, where), given in held.items()
    ]
    # Seeing every department is as indivisible as the trail: a grant for one does not give it.
    oversees = any(row.oversees and row.department is None for row in rows)
    return frozenset(code for code, _ in held), combined(grants), oversees


def reach_of_roles(session: Session, person_ids: Iterable[int]) -> dict[str, frozenset[str] | None]:
    """The roles these people hold together, each with the departments it was granted for (None: all)."""
    rows = ask(session, _ROLES, people=sorted(set(person_ids))).all()
    every = tree(session) if any(row.department for row in rows) else None
    found: dict[str, frozenset[str] | None] = {}
    for row in rows:
        where = None if row.department is None or every is None else every.subtree(row.department)
        found[row.code] = joined(found.get(row.code, frozenset()), where)
    return found


def departments_of(session: Session, person_id: int, day: date) -> list[str]:
    """The codes of the departments the person belongs to on the day, without those above."""
    return list(
        session.scalars(
            select(Department.code)
            .join(Membership, Membership.department_id == Department.id)
            .where(Membership.person_id == person_id, on(Membership, day))
            .order_by(Membership.from_on, Department.code)
        )
    )


def departments_between(session: Session, person_id: int, since: date, until: date) -> frozenset[str]:
    """The departments a person belonged to on any day of a span, by membership or by a post they held."""
    member = (
        select(Department.code)
        .join(Membership, Membership.department_id == Department.id)
        .where(Membership.person_id == person_id, *_within(Membership, since, until))
    )
    held = (
        select(Department.code)
        .join(Post, Post.department_id == Department.id)
        .join(PostHolding, PostHolding.post_id == Post.id)
        .where(PostHolding.person_id == person_id, *_within(PostHolding, since, until))
    )
    return frozenset(session.scalars(member)) | frozenset(session.scalars(held))


def _within(
    table: type[Membership | PostHolding], since: date, until: date
) -> tuple[ColumnElement[bool], ...]:
    """The rows that held on some day of the span; what ended on the day it began held on none."""
    lasts = or_(table.until_on.is_(None), (table.until_on > since) & (table.until_on > table.from_on))
    return table.from_on <= until, lasts


def posts_of(session: Session, person_id: int, day: date) -> list[str]:
    """The codes of the posts the person holds on the day."""
    return list(
        session.scalars(
            select(Post.code)
            .join(PostHolding, PostHolding.post_id == Post.id)
            .where(PostHolding.person_id == person_id, on(PostHolding, day))
            .order_by(Post.code)
        )
    )


def clearance_of(session: Session, person_id: int) -> int:
    """The highest grade of secrecy the person may see (R16)."""
    row = session.get(Clearance, person_id)
    return DEFAULT_CLEARANCE if row is None else row.grade


def cleared(session: Session, grade: int, circle: str | None) -> set[int]:
    """The active people who may see this grade of secrecy and are in the closed circle, if there is one."""
    held = func.coalesce(Clearance.grade, DEFAULT_CLEARANCE)
    query = (
        select(Person.id)
        .outerjoin(Clearance, Clearance.person_id == Person.id)
        .where(Person.active, held >= grade)
    )
    if circle is not None:
        inside = (
            select(CircleMember.person_id)
            .join(Circle, Circle.id == CircleMember.circle_id)
            .where(Circle.code == circle, CircleMember.left_at.is_(None))
        )
        query = query.where(Person.id.in_(inside))
    return set(session.scalars(query))


def allowed(session: Session, permission: str) -> set[int]:
    """The active people who hold a role with this permission, in whichever department."""
    query = (
        select(Grant.person_id)
        .join(RolePermission, RolePermission.role_id == Grant.role_id)
        .join(Person, Person.id == Grant.person_id)
        .where(RolePermission.permission == permission, Grant.withdrawn_at.is_(None), Person.active)
    )
    return set(session.scalars(query))


def circles_of(session: Session, person_id: int) -> frozenset[str]:
    """The codes of the closed circles the person is in (R19)."""
    return frozenset(
        session.scalars(
            select(Circle.code)
            .join(CircleMember, CircleMember.circle_id == Circle.id)
            .where(CircleMember.person_id == person_id, CircleMember.left_at.is_(None))
        )
    )


def post_holders(session: Session, post: str, day: date) -> list[int]:
    """The active people who hold the post on the day, in order of their ids."""
    return list(
        session.scalars(
            select(PostHolding.person_id)
            .join(Post, Post.id == PostHolding.post_id)
            .join(Person, Person.id == PostHolding.person_id)
            .where(Post.code == post, on(PostHolding, day), Person.active)
            .order_by(PostHolding.person_id)
            .distinct()
        )
    )


def role_holders(session: Session, role: str, day: date, department: str | None = None) -> list[int]:  # noqa: ARG001 - grants hold from now, the day keeps the shape of its sisters
    """The active people who hold the role now, for a department where one is named."""
    rows = session.execute(
        select(Grant.person_id, Department.code)
        .join(Role, Role.id == Grant.role_id)
        .join(Person, Person.id == Grant.person_id)
        .outerjoin(Department, Department.id == Grant.department_id)
        .where(Role.code == role, Grant.withdrawn_at.is_(None), Person.active)
    ).all()
    line = None if department is None else tree(session).line(department)
    return sorted({row.person_id for row in rows if line is None or row.code is None or row.code in line})


def members(session: Session, departments: Iterable[str] | None, day: date) -> list[int]:
    """Everybody who belongs to one of the departments, or to one below it, on the day.

    `None` means every department. A leaver drops out because leaving ends the membership, so
    days before it still show them.
    """
    query = select(Membership.person_id).where(on(Membership, day))
    if departments is not None:
        codes = tree(session).subtrees(departments)
        query = query.join(Department, Department.id == Membership.department_id).where(
            Department.code.in_(codes)
        )
    return list(session.scalars(query.distinct().order_by(Membership.person_id)))


def substitutes_of(session: Session, person_id: int, day: date) -> list[int]:
    """The active people who may stand in for the person on the day (R27)."""
    return list(
        session.scalars(
            select(Substitution.substitute_id)
            .join(Person, Person.id == Substitution.substitute_id)
            .where(Substitution.person_id == person_id, on(Substitution, day), Person.active)
            .order_by(Substitution.substitute_id)
            .distinct()
        )
    )


def substitutes_by(session: Session, person_ids: Iterable[int], day: date) -> dict[int, frozenset[int]]:
    """The active people who may stand in for each of several on the day, in one query (R27)."""
    wanted = set(person_ids)
    rows = session.execute(
        select(Substitution.person_id, Substitution.substitute_id)
        .join(Person, Person.id == Substitution.substitute_id)
        .where(Substitution.person_id.in_(wanted), on(Substitution, day), Person.active)
    )
    found: dict[int, set[int]] = {each: set() for each in wanted}
    for row in rows:
        found[row.person_id].add(row.substitute_id)
    return {each: frozenset(others) for each, others in found.items()}


def acting_for(session: Session, person_id: int, day: date) -> list[int]:
    """The active people whom the person may stand in for on the day (R27)."""

    def asked() -> tuple[int, ...]:
        return tuple(ask(session, _STANDING_IN, person=person_id, day=day).scalars())

    return list(remembered(session, (acting_for, person_id, day), asked))


def heads_of(session: Session, person_id: int, day: date) -> list[int]:
    """Who leads the person: the nearest head above them in the tree who is somebody else."""
    every = tree(session)
    for own in departments_of(session, person_id, day):
        for code in every.line(own):
            found = session.scalars(
                select(PostHolding.person_id)
                .join(Post, Post.id == PostHolding.post_id)
                .join(Department, Department.id == Post.department_id)
                .join(Person, Person.id == PostHolding.person_id)
                .where(Department.code == code, Post.is_head, on(PostHolding, day), Person.active)
                .order_by(PostHolding.person_id)
            ).all()
            others = [each for each in found if each != person_id]
            if others:
                return others
    return []


def signatures_on(session: Session, ref: Ref | str) -> Sequence[Signature]:
    """All signatures on the ref, the earliest first."""
    return session.scalars(
        select(Signature).where(Signature.ref == str(ref)).order_by(Signature.at, Signature.id)
    ).all()
