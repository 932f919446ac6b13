"""The count of wrong passwords for an account from an address (SEC-09, MLP-02)."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import case, delete, func, or_, select
from sqlalchemy.exc import IntegrityError

from qms.accounts import attempts
from qms.accounts.errors import TooManyAttempts
from qms.accounts.models import Attempt
from qms.accounts.names import normalised

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from qms.kernel.work import Work

OWN_SESSION: Final = "session"
"""The address of passwords typed within a session that a token has proven."""


def account_of(login: str) -> str:
    """The login as it is counted: a hash, because people type passwords into the wrong box."""
    return hashlib.sha256(normalised(login).encode()).hexdigest()


def refuse_blocked(
    session: Session, account: str, address: str, now: datetime, person_id: int | None
) -> None:
    """Refuse while too many wrong passwords came for this account from this address (SEC-09).

    Within a session that is proven to be the person's, a crowd of strangers guessing elsewhere
    does not count: nobody locks somebody else out of their own work.
    """
    row = session.get(Attempt, (account, address[:64]))
    tally = attempts.Tally() if row is None else attempts.Tally(row.failures, row.failed_at, row.succeeded_at)
    own = address == OWN_SESSION
    crowd = 0 if own else _crowd(session, account, now)
    spree = 0 if own or not address else _spree(session, address, now)
    until = attempts.blocked_until(tally, crowd, now, spree)
    if until is not None:
        seconds = max(1, int((until - now).total_seconds() + 0.999))
        raise TooManyAttempts(until=until, seconds=seconds, account=account, person_id=person_id)


def _crowd(session: Session, account: str, now: datetime) -> int:
    """The failures of an account from all addresses within the last hour."""
    lately = Attempt.failed_at > now - attempts.WINDOW
    found = select(func.sum(Attempt.failures)).where(Attempt.account == account, lately)
    return int(session.scalar(found) or 0)


def _spree(session: Session, address: str, now: datetime) -> int:
    """The failures from an address within the last minute, in all processes; of one account five at most."""
    lately = Attempt.failed_at > now - attempts.MINUTE
    counted = case((Attempt.failures < attempts.FREE, Attempt.failures), else_=attempts.FREE)
    found = select(func.sum(counted)).where(Attempt.address == address[:64], lately)
    return int(session.scalar(found) or 0)


def count_failure(work: Work, account: str, address: str) -> int:
    """Count one wrong password; called in the second Work, after the first was rolled back."""
    row = _attempt(work, account, address)
    row.failures = attempts.counted(attempts.Tally(row.failures, row.failed_at), work.now)
    row.failed_at = work.now
    work.session.flush()
    return row.failures


def count_success(work: Work, account: str, address: str) -> None:
    """A right password forgets the wrong ones from the same address and makes it a known one."""
    row = _attempt(work, account, address)
    row.failures, row.failed_at, row.succeeded_at = 0, None, work.now
    work.session.flush()


def _attempt(work: Work, account: str, address: str) -> Attempt:
    key = (account, address[:64])
    row = work.session.get(Attempt, key, with_for_update=True, populate_existing=True)
    if row is None:
        # Two first failures at once: the primary key lets one in, the other reads it.
        with suppress(IntegrityError), work.session.begin_nested():
            work.session.add(Attempt(account=key[0], address=key[1]))
        row = work.session.get_one(Attempt, key, with_for_update=True, populate_existing=True)
    return row


def forget_attempts(work: Work) -> None:
    """Drop counts that no longer matter, for the day job; known addresses are kept for a quarter."""
    old = work.now - timedelta(days=2)
    work.session.execute(
        delete(Attempt).where(
            or_(Attempt.failed_at.is_(None), Attempt.failed_at < old),
            or_(Attempt.succeeded_at.is_(None), Attempt.succeeded_at < work.now - timedelta(days=90)),
        )
    )
