"""Rows of parties as operations need them: found for whom they exist, locked, written for the trail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from qms.kernel import database
from qms.kernel.refs import Ref
from qms.parties import access, choices
from qms.parties.errors import NoSuchParty, PartyNotActive, PartyNotYours, ReasonNeeded
from qms.parties.kinds import Kind, State, number
from qms.parties.models import Party, PartyCounter, PartyLists

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from qms.kernel.ports import Rights
    from qms.kernel.work import Work
    from qms.parties.choices import Lists

OWN_LISTS = 1


def ref_of(row: Party) -> Ref:
    """`party:C-000001`."""
    return Ref("party", row.number)


def seen(session: Session, rights: Rights, party: str) -> Party:
    """The party of this number; for whom it does not exist there is none (SEC-06)."""
    row = session.scalar(select(Party).where(Party.number == party.strip().upper(), access.visible(rights)))
    if row is None:
        raise NoSuchParty(party=party)
    return row


def locked(work: Work, party: str) -> Party:
    """The party somebody acts on: visible to them, theirs to manage, locked and read afresh."""
    row = seen(work.session, work.rights, party)
    allow(work, row.department)
    return work.session.execute(
        select(Party).where(Party.id == row.id).with_for_update().execution_options(populate_existing=True)
    ).scalar_one()


def active(work: Work, party: str) -> Party:
    """The same, still dealt with."""
    row = locked(work, party)
    if row.state is not State.ACTIVE:
        raise PartyNotActive(party=row.number)
    return row


def allow(work: Work, department: str) -> None:
    """Refuse an act on parties of a department the right is not held for."""
    if not work.rights.may(access.MANAGE, department):
        raise PartyNotYours(department=department)


def next_number(work: Work, kind: Kind) -> str:
    """The next number of the kind; whoever rolls back leaves no gap (law 13)."""
    return number(kind, database.next_number(work.session, PartyCounter, kind.value))


def present_lists(session: Session) -> Lists:
    """The organisation's own lists, else the shipped ones."""
    return choices.read(lists_text(session), "lists.yaml")


def lists_text(session: Session) -> str:
    """The lists as they are written."""
    row = session.get(PartyLists, OWN_LISTS)
    return choices.SHIPPED.read_text("utf-8") if row is None else row.text


def reason(why: str) -> str:
    """A reason, refused where there is none."""
    why = " ".join(why.split())
    if not why:
        raise ReasonNeeded
    return why
