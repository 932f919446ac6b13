"""Ending sessions: all of a person, or all others of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from qms.accounts.models import LoginSession
from qms.accounts.operations._allow import acting_person
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from qms.kernel.work import Work


def end_sessions(work: Work, person_id: int, why: str) -> int:
    """End every session of a person at once; says how many there were (SEC-02)."""
    rows = work.session.scalars(
        select(LoginSession).where(LoginSession.person_id == person_id, LoginSession.ended_at.is_(None))
    ).all()
    for row in rows:
        row.ended_at, row.ended_why = work.now, why
    return len(rows)


def end_other_sessions(work: Work, kept: int) -> int:
    """End every session of the acting person but the one named; says how many there were (SEC-02)."""
    person = acting_person(work)
    rows = work.session.scalars(
        select(LoginSession).where(
            LoginSession.person_id == person.id, LoginSession.ended_at.is_(None), LoginSession.id != kept
        )
    ).all()
    for row in rows:
        row.ended_at, row.ended_why = work.now, "ended elsewhere"
    if rows:
        after = {"sessions_ended": len(rows)}
        work.record("person:sessions:end", Ref("person", str(person.id)), after=after)
    return len(rows)
