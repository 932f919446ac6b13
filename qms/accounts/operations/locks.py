"""Signing locked by wrong passwords, and how it opens again: by itself or by an administrator (P11-300d)."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError

from qms.accounts import attempts
from qms.accounts.errors import NothingToUnlock, SigningLocked
from qms.accounts.models import SecondFactor, SigningLock
from qms.accounts.operations._allow import active_person, require, require_other
from qms.kernel.clock import iso
from qms.kernel.errors import Invalid, Problem
from qms.kernel.labels import N_
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from qms.kernel.work import Work


def locked_until(session: Session, person_id: int, now: datetime) -> datetime | None:
    """Until when the person's signing is locked; None where it is open."""
    row = session.get(SigningLock, person_id)
    return row.until_at if row is not None and row.until_at is not None and row.until_at > now else None


def refuse_locked(session: Session, person_id: int, now: datetime) -> None:
    """Refuse to sign while signing is locked."""
    until = locked_until(session, person_id, now)
    if until is not None:
        raise SigningLocked(minutes=max(1, -int((now - until).total_seconds() // 60)))


def count_wrong_signing(work: Work, person_id: int) -> int:
    """Count one wrong password at signing, in the second Work; the fifth in a row locks, and says so.

    Only the person's own tries count, in whose proven session they were made: nobody else can lock
    a person's signing from outside. When a lock has run out the count begins anew.
    """
    if work.actor.person_id != person_id:
        return 0
    row = _counted(work, person_id)
    if row.until_at is not None and row.until_at <= work.now and row.failures >= attempts.FREE:
        row.failures = 0
    row.failures = attempts.counted(attempts.Tally(row.failures, row.failed_at), work.now)
    row.failed_at = work.now
    until = attempts.signing_lock(row.failures, work.now, work.settings.signing_lock_minutes)
    if until is not None:
        row.until_at = until
    work.session.flush()
    return row.failures


def _counted(work: Work, person_id: int) -> SigningLock:
    row = work.session.get(SigningLock, person_id, with_for_update=True, populate_existing=True)
    if row is None:
        # Two first ones at once: the primary key lets one in, the other reads it.
        with suppress(IntegrityError), work.session.begin_nested():
            work.session.add(SigningLock(person_id=person_id))
        row = work.session.get_one(SigningLock, person_id, with_for_update=True, populate_existing=True)
    return row


def record_lock(work: Work, person_id: int, failures: int) -> None:
    """Write down that so many wrong passwords have locked signing."""
    row = work.session.get_one(SigningLock, person_id)
    after = {"failures": failures, "until": None if row.until_at is None else iso(row.until_at)}
    work.record("person:signing:lock", Ref("person", str(person_id)), after=after)


def forget_wrong_signings(work: Work, person_id: int) -> None:
    """A signature made forgets the wrong passwords before it; a lock stays to be looked into."""
    row = work.session.get(SigningLock, person_id, with_for_update=True, populate_existing=True)
    if row is not None and row.failures:
        row.failures, row.failed_at = 0, None
        work.session.flush()


def unlock(work: Work, person_id: int, why: str) -> None:
    """Let a person sign and type codes again, after somebody has looked into it; never oneself.

    Also where the time has run out already: the reason then says what was found out.
    """
    require(work, "grants:manage")
    require_other(work, person_id)
    who = active_person(work, person_id)
    if not why.strip():
        raise Invalid([Problem(N_("Give a reason."), field="why")])
    lock = work.session.get(SigningLock, person_id, with_for_update=True)
    factor = work.session.get(SecondFactor, person_id, with_for_update=True)
    was_locked = lock is not None and lock.until_at is not None
    guessed = factor is not None and factor.failures >= attempts.FREE
    if not was_locked and not guessed:
        raise NothingToUnlock(person=who.name)
    if lock is not None:
        work.session.delete(lock)
    if factor is not None:
        factor.failures, factor.failed_at = 0, None
    work.session.flush()
    before = {"signing": was_locked, "codes": guessed}
    work.record("person:unlock", Ref("person", str(person_id)), before=before, why=why)
