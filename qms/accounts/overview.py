"""What pages show of people, rights and places: whole values in few questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from qms.accounts import secrets
from qms.accounts.models import (
    Circle,
    Credential,
    Department,
    Grant,
    LoginSession,
    Membership,
    Person,
    Post,
    PostHolding,
    Role,
    RolePermission,
    SigningKey,
    Substitution,
)
from qms.accounts.queries import circles_of, clearance_of, on, person

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Held:
    """A department or post somebody has on a day or later; `until_on` is the first day without it."""

    code: str
    names: Mapping[str, str]
    from_on: date
    until_on: date | None


@dataclass(frozen=True, slots=True)
class Granted:
    """A role somebody holds, for a department and all below it or everywhere."""

    role: str
    names: Mapping[str, str]
    department: str | None
    department_names: Mapping[str, str] | None
    granted_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """One person standing in for another; `until_on` is the first day without it (R27)."""

    id: int
    person_id: int
    person: str
    substitute_id: int
    substitute: str
    from_on: date
    until_on: date


@dataclass(frozen=True, slots=True)
class Key:
    """The key somebody signs with; `waits` until a second administrator confirms it (P11-200)."""

    fingerprint: str
    made_at: datetime
    waits: bool


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything a page about one person shows, as of a day."""

    person: Person
    departments: tuple[Held, ...]
    posts: tuple[Held, ...]
    grants: tuple[Granted, ...]
    clearance: int
    circles: frozenset[str]
    substitutes: tuple[Standing, ...]
    stands_in: tuple[Standing, ...]
    key: Key | None
    must_change: bool


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session that has not ended: since when, until when at the latest."""

    id: int
    since: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class Listed:
    """A person in the list of people, with departments and posts of the day."""

    id: int
    login: str
    name: str
    active: bool
    departments: tuple[Mapping[str, str], ...]
    posts: tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True)
class Seat:
    """A post with who holds it on a day."""

    code: str
    names: Mapping[str, str]
    is_head: bool
    holders: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """A department in the tree, `depth` below the root, with its posts and number of members."""

    depth: int
    code: str
    names: Mapping[str, str]
    parent: str | None
    members: int
    posts: tuple[Seat, ...]


def profile(session: Session, person_id: int, day: date) -> Profile:
    """The person with places, rights, key and substitutes; past places are left out."""
    row = person(session, person_id)
    key = session.scalar(
        select(SigningKey).where(SigningKey.person_id == person_id, SigningKey.retired_at.is_(None))
    )
    credential = session.get(Credential, person_id)
    return Profile(
        person=row,
        departments=_held(session, Membership, Department, person_id, day),
        posts=_held(session, PostHolding, Post, person_id, day),
        grants=tuple(granted(session, person_id)),
        clearance=clearance_of(session, person_id),
        circles=circles_of(session, person_id),
        substitutes=_standing(session, day, person_id=person_id),
        stands_in=_standing(session, day, substitute_id=person_id),
        key=None if key is None else _key(key),
        must_change=credential is not None and credential.must_change,
    )


def _key(row: SigningKey) -> Key:
    waits = row.needs_confirmation and row.confirmed_by is None
    return Key(secrets.fingerprint(row.public), row.made_at, waits)


def _held(
    session: Session,
    span: type[Membership | PostHolding],
    place: type[Department | Post],
    person_id: int,
    day: date,
) -> tuple[Held, ...]:
    column = Membership.department_id if span is Membership else PostHolding.post_id
    rows = session.execute(
        select(place.code, place.names, span.from_on, span.until_on)
        .join(place, place.id == column)
        .where(span.person_id == person_id, span.until_on.is_(None) | (span.until_on > day))
        .order_by(span.from_on, place.code)
    )
    return tuple(Held(row.code, row.names, row.from_on, row.until_on) for row in rows)


def granted(session: Session, person_id: int) -> list[Granted]:
    """The roles somebody holds now."""
    rows = session.execute(
        select(Role.code, Role.names, Department.code.label("unit"), Department.names.label("unit_names"),
               Grant.granted_at)
        .join(Role, Role.id == Grant.role_id)
        .outerjoin(Department, Department.id == Grant.department_id)
        .where(Grant.person_id == person_id, Grant.withdrawn_at.is_(None))
        .order_by(Grant.granted_at, Grant.id)
    )  # fmt: skip
    return [Granted(row.code, row.names, row.unit, row.unit_names, row.granted_at) for row in rows]


def _standing(
    session: Session, day: date, *, person_id: int | None = None, substitute_id: int | None = None
) -> tuple[Standing, ...]:
    who, other = aliased(Person), aliased(Person)
    rows = session.execute(
        select(Substitution, who.name.label("person"), other.name.label("substitute"))
        .join(who, who.id == Substitution.person_id)
        .join(other, other.id == Substitution.substitute_id)
        .where(
            Substitution.until_on > day,
            Substitution.person_id == person_id
            if person_id is not None
            else Substitution.substitute_id == substitute_id,
        )
        .order_by(Substitution.from_on, Substitution.id)
    )
    return tuple(
        Standing(
            row.Substitution.id,
            row.Substitution.person_id,
            row.person,
            row.Substitution.substitute_id,
            row.substitute,
            row.Substitution.from_on,
            row.Substitution.until_on,
        )
        for row in rows
    )


def sessions(session: Session, person_id: int, now: datetime) -> list[OpenSession]:
    """The sessions of somebody that have not ended, the newest first."""
    rows = session.scalars(
        select(LoginSession)
        .where(
            LoginSession.person_id == person_id,
            LoginSession.ended_at.is_(None),
            LoginSession.ends_at > now,
        )
        .order_by(LoginSession.authenticated_at.desc(), LoginSession.id.desc())
    )
    return [OpenSession(row.id, row.authenticated_at, row.ends_at) for row in rows]


def roles(session: Session) -> Sequence[Role]:
    """All roles in the order they were made."""
    return session.scalars(select(Role).order_by(Role.id)).all()


def permissions_of(session: Session, role: str) -> list[str]:
    """What a role allows, as codes."""
    return list(
        session.scalars(
            select(RolePermission.permission)
            .join(Role, Role.id == RolePermission.role_id)
            .where(Role.code == role)
            .order_by(RolePermission.permission)
        )
    )


def circles(session: Session) -> Sequence[Circle]:
    """All closed circles by code."""
    return session.scalars(select(Circle).order_by(Circle.code)).all()


def directory(session: Session, day: date, *, active: bool | None = True, words: str = "") -> list[Listed]:
    """The people by name, those whose login or name holds the words, with their places of the day."""
    query = select(Person).order_by(Person.name, Person.login)
    if active is not None:
        query = query.where(Person.active == active)
    if words:
        query = query.where(
            Person.name.icontains(words, autoescape=True) | Person.login.icontains(words, autoescape=True)
        )
    rows = session.scalars(query).all()
    units = _names_by_person(session, Membership, Department, day)
    posts = _names_by_person(session, PostHolding, Post, day)
    return [
        Listed(
            row.id,
            row.login,
            row.name,
            row.active,
            tuple(units.get(row.id, ())),
            tuple(posts.get(row.id, ())),
        )
        for row in rows
    ]


def _names_by_person(
    session: Session, span: type[Membership | PostHolding], place: type[Department | Post], day: date
) -> dict[int, list[Mapping[str, str]]]:
    column = Membership.department_id if span is Membership else PostHolding.post_id
    found: dict[int, list[Mapping[str, str]]] = {}
    for person_id, names in session.execute(
        select(span.person_id, place.names)
        .join(place, place.id == column)
        .where(on(span, day))
        .order_by(span.from_on, place.code)
    ):
        found.setdefault(person_id, []).append(names)
    return found


def organisation(session: Session, day: date) -> tuple[list[Branch], list[Seat]]:
    """The tree of departments from the root down with posts and members, and the posts outside it."""
    units = session.scalars(select(Department).order_by(Department.code)).all()
    codes = {unit.id: unit.code for unit in units}
    seats = _seats(session, day)
    counted = _member_counts(session, day)
    branches: list[Branch] = []

    def grow(parent: int | None, depth: int) -> None:
        for unit in units:
            if unit.parent_id == parent:
                above = None if parent is None else codes[parent]
                own = tuple(seats.get(unit.id, ()))
                branches.append(Branch(depth, unit.code, unit.names, above, counted.get(unit.id, 0), own))
                grow(unit.id, depth + 1)

    grow(None, 0)
    return branches, list(seats.get(None, ()))


def _member_counts(session: Session, day: date) -> dict[int, int]:
    rows = session.execute(
        select(Membership.department_id, func.count(Membership.person_id.distinct()))
        .join(Person, Person.id == Membership.person_id)
        .where(on(Membership, day), Person.active)
        .group_by(Membership.department_id)
    )
    return {department_id: int(count) for department_id, count in rows}


def _seats(session: Session, day: date) -> dict[int | None, list[Seat]]:
    holders: dict[int, list[tuple[int, str]]] = {}
    for post_id, person_id, name in session.execute(
        select(PostHolding.post_id, Person.id, Person.name)
        .join(Person, Person.id == PostHolding.person_id)
        .where(on(PostHolding, day), Person.active)
        .order_by(Person.name)
    ):
        holders.setdefault(post_id, []).append((person_id, name))
    seats: dict[int | None, list[Seat]] = {}
    for post in session.scalars(select(Post).order_by(Post.is_head.desc(), Post.code)):
        seat = Seat(post.code, post.names, post.is_head, tuple(holders.get(post.id, ())))
        seats.setdefault(post.department_id, []).append(seat)
    return seats
