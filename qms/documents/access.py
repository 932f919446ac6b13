"""Who may see which revision, as conditions inside the query, so that nothing is filtered after counting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import and_, exists, false, or_, select, true

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
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy import ColumnElement
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


def graded(rights: Rights) -> ColumnElement[bool]:
    """Secrecy and closed circle, which bind everybody, whatever else they may (R16, R19)."""
    circle = or_(Revision.circle.is_(None), Revision.circle.in_(sorted(rights.circles)))
    return and_(Revision.secrecy <= rights.secrecy, circle)


def reached(rights: Rights) -> ColumnElement[bool]:
    """Distribution: everyone, a department, post or person named, or the owner's own department."""
    if rights.oversees:
        return true()
    own = [
        and_(Audience.member == Member.DEPARTMENT, Audience.code.in_(sorted(rights.departments))),
        and_(Audience.member == Member.POST, Audience.code.in_(sorted(rights.posts))),
        and_(Audience.member == Member.PERSON, Audience.code == str(rights.person_id)),
    ]
    named = exists(select(Audience.id).where(Audience.revision_id == Revision.id, or_(*own)))
    return or_(Revision.for_everyone, named, Document.owner.in_(sorted(rights.departments)))


def at_work(rights: Rights, seat: ColumnElement[bool]) -> ColumnElement[bool]:
    """Those who work on an unissued revision: its author, the owner's people, and its route."""
    conditions: list[ColumnElement[bool]] = []
    if rights.person_id is not None:
        conditions.append(Revision.author_id == rights.person_id)
    for permission in _AT_WORK:
        if permission in rights.permissions:
            covered = rights.permissions[permission]
            conditions.append(true() if covered is None else Document.owner.in_(sorted(covered)))
    return or_(*conditions, seat)


def seated(session: Session, rights: Rights, day: date) -> ColumnElement[bool]:
    """Those with a seat on the route of a revision, by post or role, their own or as substitute."""
    seats = seats_of(session, rights, day)
    asked = or_(
        and_(RouteSeat.member == Member.POST, RouteSeat.code.in_(sorted(seats.posts))),
        *(
            and_(
                RouteSeat.member == Member.ROLE,
                RouteSeat.code == role,
                true() if where is None else Document.owner.in_(sorted(where)),
            )
            for role, where in sorted(seats.roles.items())
        ),
    )
    return exists(
        select(RouteSeat.id).where(
            RouteSeat.revision_id == Revision.id, RouteSeat.round == Revision.round, asked
        )
    )


def leaving(rights: Rights, seat: ColumnElement[bool]) -> ColumnElement[bool]:
    """Issued revisions whose withdrawal is on its way, for those with a seat on the route it walks."""
    under_way = exists(
        select(Withdrawal.id).where(
            Withdrawal.revision_id == Revision.id,
            Withdrawal.state.in_((WithdrawalState.IN_REVIEW, WithdrawalState.APPROVED)),
        )
    )
    return and_(Revision.state == State.ISSUED, graded(rights), under_way, seat)


def issued(rights: Rights) -> ColumnElement[bool]:
    """Issued revisions the person may see, in force or not."""
    if not rights.may("documents:read"):
        return false()
    return and_(Revision.state == State.ISSUED, graded(rights), reached(rights))


def visible(session: Session, rights: Rights, day: date) -> ColumnElement[bool]:
    """Every revision that exists for the person; a query using it joins Document (law 11)."""

    def made() -> tuple[Rights, ColumnElement[bool]]:
        seat = seated(session, rights, day)
        unissued = and_(
            Revision.state != State.ISSUED,
            Revision.discarded_at.is_(None),
            graded(rights),
            at_work(rights, seat),
        )
        return rights, or_(issued(rights), unissued, leaving(rights, seat))

    # The rights stand beside the answer, so that their id is not given to others meanwhile.
    return remembered(session, (visible, id(rights), day), made)[1]
