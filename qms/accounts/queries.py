"""Who is where, who may what, and who stands in for whom, on a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select

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

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from qms.kernel.refs import Ref

DEFAULT_CLEARANCE = int(Secrecy.INTERNAL)


def on(table: type[Membership | PostHolding | Substitution], day: date) -> ColumnElement[bool]:
    """The rows whose span holds the day; the last day of a span is exclusive."""
    return (table.from_on <= day) & or_(table.until_on.is_(None), table.until_on > day)


def tree(session: Session) -> Tree:
    """All departments as plain values."""
    rows = session.execute(select(Department.id, Department.code, Department.parent_id)).all()
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
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(set(person_ids))))
    return {row.id: row.name for row in rows}


def actor_of(session: Session, person_id: int) -> Actor:
    """The person as who acts, by lasting id (ALC-01)."""
    return Actor(f"person:{person_id}", person(session, person_id).name, person_id)


def rights_of(session: Session, person_id: int, day: date) -> Rights:
    """What the person may do and see on the day, from what is granted now (law 11).

    Grants cover their department and all below it; belonging to a department is belonging to all
    above it. Somebody no longer active has no rights at all.
    """
    known = session.get(Person, person_id)
    if known is None or not known.active:
        return Rights()
    every = tree(session)
    roles, permissions, oversees = _granted(session, person_id, every)
    return Rights(
        person_id=person_id,
        permissions=permissions,
        departments=every.lines(departments_of(session, person_id, day)),
        posts=frozenset(posts_of(session, person_id, day)),
        roles=roles,
        secrecy=clearance_of(session, person_id),
        circles=circles_of(session, person_id),
        oversees=oversees,
    )


def _granted(
    session: Session, person_id: int, every: Tree
) -> tuple[frozenset[str], Mapping[str, frozenset[str] | None], bool]:
    rows = session.execute(
        select(Role.id, Role.code, Role.oversees, Department.code.label("department"))
        .join(Grant, Grant.role_id == Role.id)
        .outerjoin(Department, Department.id == Grant.department_id)
        .where(Grant.person_id == person_id, Grant.withdrawn_at.is_(None))
    ).all()
    held: dict[int, list[str]] = {row.id: [] for row in rows}
    for role_id, permission in session.execute(
        select(RolePermission.role_id, RolePermission.permission).where(RolePermission.role_id.in_(held))
    ):
        held[role_id].append(permission)
    grants = [
        (tuple(held[row.id]), None if row.department is None else every.subtree(row.department))
        for row in rows
    ]
    # Seeing every department is as indivisible as the trail: a grant for one does not give it.
    oversees = any(row.oversees and row.department is None for row in rows)
    return frozenset(row.code for row in rows), combined(grants), oversees


def reach_of_roles(session: Session, person_ids: Iterable[int]) -> dict[str, frozenset[str] | None]:
    """The roles these people hold together, each with the departments it was granted for (None: all)."""
    rows = session.execute(
        select(Role.code, Department.code.label("department"))
        .join(Grant, Grant.role_id == Role.id)
        .outerjoin(Department, Department.id == Grant.department_id)
        .where(Grant.person_id.in_(set(person_ids)), Grant.withdrawn_at.is_(None))
    ).all()
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
    return list(
        session.scalars(
            select(Substitution.person_id)
            .join(Person, Person.id == Substitution.person_id)
            .where(Substitution.substitute_id == person_id, on(Substitution, day), Person.active)
            .order_by(Substitution.person_id)
            .distinct()
        )
    )


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
