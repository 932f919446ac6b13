"""What those who watch over accounts look at: locks, second factors, and accounts nobody uses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from qms.accounts.attempts import FREE
from qms.accounts.models import Credential, LoginSession, Person, SecondFactor, SigningLock
from qms.accounts.operations.factor import codes_left, factor_on
from qms.accounts.operations.locks import locked_until
from qms.accounts.passwords import days_asleep, policy_in

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from qms.kernel.settings import Settings


@dataclass(frozen=True, slots=True)
class Guarded:
    """How an account is guarded: its second factor, and what wrong passwords have locked.

    `alarm` is set until a security administrator has looked into it.
    """

    factor_since: datetime | None
    codes_left: int
    locked_until: datetime | None
    alarm: bool


@dataclass(frozen=True, slots=True)
class Unused:
    """An account nobody has signed in to for some time; `asleep` where it cannot be used any more."""

    person_id: int
    login: str
    name: str
    seen_at: datetime
    days: int
    asleep: bool


def guarded(session: Session, person_id: int, now: datetime) -> Guarded:
    """How the account of a person is guarded now."""
    factor = factor_on(session, person_id)
    lock = session.get(SigningLock, person_id)
    guessed = factor is not None and factor.failures >= FREE
    return Guarded(
        None if factor is None else factor.on_at,
        0 if factor is None else codes_left(session, person_id),
        locked_until(session, person_id, now),
        guessed or (lock is not None and lock.until_at is not None),
    )


def unused(session: Session, settings: Settings, now: datetime, days: int) -> list[Unused]:
    """The active accounts unused for so many days, the longest first (MLP-04)."""
    last = (
        select(LoginSession.authenticated_at)
        .where(LoginSession.person_id == Person.id)
        .order_by(LoginSession.authenticated_at.desc())
        .limit(1)
        .correlate(Person)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Person, Credential.changed_at, last)
        .outerjoin(Credential, Credential.person_id == Person.id)
        .where(Person.active)
    )
    sleep_days = policy_in(settings).sleep_days
    found = []
    for person, changed_at, signed_in in rows:
        seen = max(each for each in (person.enrolled_at, changed_at, signed_in) if each is not None)
        count = (now - seen).days
        asleep = sleep_days is not None and days_asleep(sleep_days, seen, now) is not None
        if count >= days or asleep:
            found.append(Unused(person.id, person.login, person.name, seen, count, asleep))
    return sorted(found, key=lambda each: (each.seen_at, each.person_id))


def enrolled(session: Session) -> set[int]:
    """Everybody whose second factor is on."""
    return set(session.scalars(select(SecondFactor.person_id).where(SecondFactor.on_at.is_not(None))))
