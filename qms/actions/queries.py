"""What pages, bundles and the command line show of actions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import Select, func, select

from qms import accounts
from qms.actions.access import managed, visible
from qms.actions.errors import NoSuchAction
from qms.actions.lifecycle import State, is_overdue
from qms.actions.models import Action, ActionEvidence
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

    from qms.kernel.ports import Rights


class Which(StrEnum):
    """The lists people ask for."""

    MINE = "mine"
    DEPARTMENT = "department"
    OVERDUE = "overdue"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Shown:
    """An action as lists and pages show it."""

    number: str
    state: State
    title: str
    detail: str
    origin: Ref | None
    owner_id: int
    owner: str
    next_owner_id: int | None
    next_owner: str
    department: str
    secrecy: int
    circle: str | None
    due_on: date
    is_overdue: bool
    opened_by: str
    opened_on: date
    ended_by: str
    ended_at: datetime | None
    outcome: str
    evidence: int

    @property
    def ref(self) -> Ref:
        """The action as a Ref."""
        return Ref("action", self.number)


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of evidence."""

    id: int
    text: str
    name: str | None
    digest: str | None
    size: int | None
    type: str | None
    person: str
    at: datetime


def listing(
    session: Session,
    rights: Rights,
    day: date,
    which: Which = Which.MINE,
    *,
    first: int = 0,
    size: int = 100,
) -> tuple[list[Shown], int]:
    """Some of the actions of a list the person may see, the most urgent first, and how many there are."""
    query = select(Action).where(visible(rights))
    if which is Which.ENDED:
        query = query.where(Action.state != State.OPEN).order_by(Action.ended_at.desc(), Action.id.desc())
    else:
        query = query.where(Action.state == State.OPEN).order_by(Action.due_on, Action.id)
    if which is Which.MINE:
        query = query.where(Action.owner_id == (rights.person_id or 0))
    if which is Which.OVERDUE:
        query = query.where(Action.due_on < day)
    count = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    return _shown(session, query.limit(size).offset(first), day), count


def action(session: Session, rights: Rights, number: str, day: date) -> Shown:
    """One action; for those who may not see it there is none (law 11)."""
    found = _shown(session, select(Action).where(Action.number == number, visible(rights)), day)
    if not found:
        raise NoSuchAction(number=number)
    return found[0]


def arisen(session: Session, rights: Rights, origin: Ref, day: date) -> list[Shown]:
    """The visible actions that a thing made necessary: its back-link."""
    query = select(Action).where(Action.origin == str(origin), visible(rights)).order_by(Action.id)
    return _shown(session, query, day)


def unfinished(session: Session, origin: Ref) -> list[str]:
    """The numbers of what is still open of everything a thing made necessary, whoever asks."""
    query = select(Action.number).where(Action.origin == str(origin), Action.ended_at.is_(None))
    return list(session.scalars(query.order_by(Action.id)))


def pieces(session: Session, rights: Rights, number: str) -> list[Piece]:
    """The evidence of an action, the earliest first."""
    found = session.scalars(
        select(ActionEvidence)
        .join(Action, Action.id == ActionEvidence.action_id)
        .where(Action.number == number, visible(rights))
        .order_by(ActionEvidence.id)
    ).all()
    names = accounts.names_of(session, {each.person_id for each in found})
    return [
        Piece(
            id=each.id,
            text=each.text,
            name=each.name,
            digest=each.digest,
            size=each.size,
            type=each.type,
            person=names.get(each.person_id, ""),
            at=each.at,
        )
        for each in found
    ]


def manages(session: Session, rights: Rights, number: str) -> bool:
    """Whether the person manages the actions of the department this one belongs to."""
    query = select(Action.id).where(Action.number == number, visible(rights), managed(rights))
    return session.scalar(query) is not None


def hidden(session: Session, rights: Rights, refs: Iterable[Ref]) -> frozenset[Ref]:
    """Those of the refs about actions that do not exist for the person."""
    asked = {ref for ref in refs if ref.kind == "action"}
    if not asked:
        return frozenset()
    query = select(Action.number).where(Action.number.in_([ref.key for ref in asked]), visible(rights))
    seen = set(session.scalars(query))
    return frozenset(ref for ref in asked if ref.key not in seen)


def brought(session: Session, person_id: int, since: datetime) -> int:
    """How many bytes of files a person has brought as evidence since an instant (SEC-13)."""
    mine = (ActionEvidence.person_id == person_id, ActionEvidence.at >= since)
    return session.scalar(select(func.coalesce(func.sum(ActionEvidence.size), 0)).where(*mine)) or 0


def _shown(session: Session, query: Select[Action], day: date) -> list[Shown]:
    found = session.scalars(query).all()
    people = {each for row in found for each in (row.owner_id, row.next_owner_id, row.ended_by_id) if each}
    names = accounts.names_of(session, people)
    counts = _counts(session, found)
    return [
        Shown(
            number=row.number,
            state=row.state,
            title=row.title,
            detail=row.detail,
            origin=None if row.origin is None else Ref.parse(row.origin),
            owner_id=row.owner_id,
            owner=names.get(row.owner_id, ""),
            next_owner_id=row.next_owner_id,
            next_owner=names.get(row.next_owner_id or 0, ""),
            department=row.department,
            secrecy=row.secrecy,
            circle=row.circle,
            due_on=row.due_on,
            is_overdue=is_overdue(row.state, row.due_on, day),
            opened_by=row.opened_by,
            opened_on=row.opened_on,
            ended_by=names.get(row.ended_by_id or 0, ""),
            ended_at=row.ended_at,
            outcome=row.outcome,
            evidence=counts.get(row.id, 0),
        )
        for row in found
    ]


def _counts(session: Session, found: Sequence[Action]) -> dict[int, int]:
    query = select(ActionEvidence.action_id, func.count()).group_by(ActionEvidence.action_id)
    rows = session.execute(query.where(ActionEvidence.action_id.in_([each.id for each in found])))
    return {int(action_id): int(count) for action_id, count in rows}
