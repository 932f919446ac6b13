"""Who may see which revision, as conditions inside the query, so that nothing is filtered after counting."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Boolean, Integer, String, and_, bindparam, exists, false, or_, select, true, tuple_

from qms import accounts
from qms.documents.lifecycle import State
from qms.documents.models import (
    Audience,
    Document,
    Member,
    Revision,
    RouteSeat,
    Withdrawal,
    WithdrawalState,
)
from qms.kernel.work import remembered

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from sqlalchemy import BindParameter, ColumnElement
    from sqlalchemy.orm import Session

    from qms.kernel.ports import Rights

_AT_WORK = ("documents:draft", "documents:review", "documents:approve", "documents:release")


@dataclass(frozen=True, slots=True)
class Seats:
    """The posts and roles a person may sign for on a day, their own and those they stand in for.

    A role counts where it was granted: each with its departments, None for all.
    """

    posts: frozenset[str]
    roles: Mapping[str, frozenset[str] | None]


def seats_of(session: Session, rights: Rights, day: date) -> Seats:
    """The seats of the person of these rights, including those of people they stand in for (R27)."""
    if rights.person_id is None:
        return Seats(rights.posts, {})
    posts = set(rights.posts)
    people = [rights.person_id, *accounts.acting_for(session, rights.person_id, day)]
    for other in people[1:]:
        posts |= accounts.rights_of(session, other, day).posts
    return Seats(frozenset(posts), accounts.reach_of_roles(session, people))


@dataclass(frozen=True, slots=True)
class Sight:
    """What decides which revisions exist for a person on a day: values, or the places they are put into."""

    secrecy: int | BindParameter[int]
    circles: Sequence[str] | BindParameter[Any]
    oversees: bool | BindParameter[bool]
    departments: Sequence[str] | BindParameter[Any]
    posts: Sequence[str] | BindParameter[Any]
    person: int | BindParameter[int] | None
    person_code: str | BindParameter[str]
    reads: bool | BindParameter[bool]
    works_everywhere: bool | BindParameter[bool]
    works_in: Sequence[str] | BindParameter[Any]
    seat_posts: Sequence[str] | BindParameter[Any]
    seat_roles: Sequence[str] | BindParameter[Any]
    seat_roles_in: Sequence[tuple[str, str]] | BindParameter[Any]


_PREFIX: Final = "sight_"
_ASKED: Final = Sight(
    secrecy=bindparam("sight_secrecy", type_=Integer),
    circles=bindparam("sight_circles", expanding=True),
    oversees=bindparam("sight_oversees", type_=Boolean),
    departments=bindparam("sight_departments", expanding=True),
    posts=bindparam("sight_posts", expanding=True),
    person=bindparam("sight_person", type_=Integer),
    person_code=bindparam("sight_person_code", type_=String),
    reads=bindparam("sight_reads", type_=Boolean),
    works_everywhere=bindparam("sight_works_everywhere", type_=Boolean),
    works_in=bindparam("sight_works_in", expanding=True),
    seat_posts=bindparam("sight_seat_posts", expanding=True),
    seat_roles=bindparam("sight_seat_roles", expanding=True),
    seat_roles_in=bindparam("sight_seat_roles_in", expanding=True),
)


def _sight(rights: Rights, seats: Seats | None = None) -> Sight:
    seats = seats or Seats(frozenset(), {})
    works = [rights.permissions[each] for each in _AT_WORK if each in rights.permissions]
    return Sight(
        secrecy=rights.secrecy,
        circles=sorted(rights.circles),
        oversees=rights.oversees,
        departments=sorted(rights.departments),
        posts=sorted(rights.posts),
        person=rights.person_id,
        person_code=str(rights.person_id),
        reads=rights.may("documents:read"),
        works_everywhere=None in works,
        works_in=sorted({code for covered in works if covered is not None for code in covered}),
        seat_posts=sorted(seats.posts),
        seat_roles=sorted(role for role, where in seats.roles.items() if where is None),
        seat_roles_in=sorted((role, code) for role, where in seats.roles.items() for code in where or ()),
    )


def _sight_of(session: Session, rights: Rights, day: date) -> Sight:
    def made() -> tuple[Rights, Sight]:
        return rights, _sight(rights, seats_of(session, rights, day))

    # The rights stand beside the answer, so that their id is not given to others meanwhile.
    return remembered(session, (Sight, id(rights), day), made)[1]


def given(session: Session, rights: Rights, day: date) -> dict[str, Any]:
    """What a statement built once with `VISIBLE` or `ISSUED` is given for a person on a day (D-0028)."""
    return _given(_sight_of(session, rights, day))


def given_rights(rights: Rights) -> dict[str, Any]:
    """What a statement built once with `ISSUED` is given, which asks for no seat on a route."""
    return _given(_sight(rights))


def _given(sight: Sight) -> dict[str, Any]:
    return {_PREFIX + each.name: getattr(sight, each.name) for each in fields(sight)}


def _truth(value: bool | BindParameter[bool]) -> ColumnElement[bool]:  # noqa: FBT001 - it is the value
    if isinstance(value, bool):
        return true() if value else false()
    return value


def _graded(sight: Sight) -> ColumnElement[bool]:
    circle = or_(Revision.circle.is_(None), Revision.circle.in_(sight.circles))
    return and_(Revision.secrecy <= sight.secrecy, circle)


def _reached(sight: Sight) -> ColumnElement[bool]:
    own = or_(
        and_(Audience.member == Member.DEPARTMENT, Audience.code.in_(sight.departments)),
        and_(Audience.member == Member.POST, Audience.code.in_(sight.posts)),
        and_(Audience.member == Member.PERSON, Audience.code == sight.person_code),
    )
    named = exists(select(Audience.id).where(Audience.revision_id == Revision.id, own))
    # What costs nothing to look at stands first.
    return or_(_truth(sight.oversees), Revision.for_everyone, Document.owner.in_(sight.departments), named)


def _at_work(sight: Sight) -> ColumnElement[bool]:
    return or_(
        false() if sight.person is None else Revision.author_id == sight.person,
        _truth(sight.works_everywhere),
        Document.owner.in_(sight.works_in),
        _seated(sight),
    )


def _seated(sight: Sight) -> ColumnElement[bool]:
    asked = or_(
        and_(RouteSeat.member == Member.POST, RouteSeat.code.in_(sight.seat_posts)),
        and_(RouteSeat.member == Member.ROLE, RouteSeat.code.in_(sight.seat_roles)),
        and_(
            RouteSeat.member == Member.ROLE,
            tuple_(RouteSeat.code, Document.owner).in_(sight.seat_roles_in),
        ),
    )
    return exists(
        select(RouteSeat.id).where(
            RouteSeat.revision_id == Revision.id, RouteSeat.round == Revision.round, asked
        )
    )


def _leaving(sight: Sight) -> ColumnElement[bool]:
    under_way = exists(
        select(Withdrawal.id).where(
            Withdrawal.revision_id == Revision.id,
            Withdrawal.state.in_((WithdrawalState.IN_REVIEW, WithdrawalState.APPROVED)),
        )
    )
    return and_(Revision.state == State.ISSUED, _graded(sight), under_way, _seated(sight))


def _issued(sight: Sight) -> ColumnElement[bool]:
    return and_(_truth(sight.reads), Revision.state == State.ISSUED, _graded(sight), _reached(sight))


def _visible(sight: Sight) -> ColumnElement[bool]:
    unissued = and_(
        Revision.state != State.ISSUED,
        Revision.discarded_at.is_(None),
        _graded(sight),
        _at_work(sight),
    )
    return or_(_issued(sight), unissued, _leaving(sight))


ISSUED: Final = _issued(_ASKED)
"""As `issued`, for statements that are built once and given `given` or `given_rights` each time."""
VISIBLE: Final = _visible(_ASKED)
"""As `visible`, for statements that are built once and given `given` each time."""


def graded(rights: Rights) -> ColumnElement[bool]:
    """Secrecy and closed circle, which bind everybody, whatever else they may (R16, R19)."""
    return _graded(_sight(rights))


def reached(rights: Rights) -> ColumnElement[bool]:
    """Distribution: everyone, a department, post or person named, or the owner's own department."""
    return _reached(_sight(rights))


def at_work(session: Session, rights: Rights, day: date) -> ColumnElement[bool]:
    """Those who work on an unissued revision: its author, the owner's people, and its route."""
    return _at_work(_sight_of(session, rights, day))


def issued(rights: Rights) -> ColumnElement[bool]:
    """Issued revisions the person may see, in force or not."""
    return _issued(_sight(rights))


def visible(session: Session, rights: Rights, day: date) -> ColumnElement[bool]:
    """Every revision that exists for the person; a query using it joins Document (law 11).

    Beside what is issued for them: what is on its way for those who work on it, and what is leaving
    for those with a seat on the route of its withdrawal, their own or as substitute.
    """

    def made() -> tuple[Rights, ColumnElement[bool]]:
        return rights, _visible(_sight_of(session, rights, day))

    return remembered(session, (visible, id(rights), day), made)[1]
