"""Signing in and out, passwords, sessions, and the count of wrong passwords."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, or_, select
from sqlalchemy.exc import IntegrityError

from qms.accounts import attempts, secrets
from qms.accounts.errors import PasswordTooWeak, SignInRefused, TooManyAttempts
from qms.accounts.models import Attempt, Credential, LoginSession, Person, SigningKey
from qms.accounts.names import normalised
from qms.accounts.operations._allow import acting_person
from qms.accounts.passwords import Policy, faults, is_too_old, policy
from qms.accounts.queries import actor_of
from qms.kernel.errors import Problem
from qms.kernel.labels import N_
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from qms.kernel.work import Work


@dataclass(frozen=True, slots=True)
class Ticket:
    """A new session: the token goes into the cookie and is kept nowhere else."""

    person_id: int
    session_id: int
    token: str = field(repr=False)
    ends_at: datetime
    must_change: bool


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a token proves: whose live session it is; with `must_change` only that may be done."""

    session_id: int
    person_id: int
    authenticated_at: datetime
    ends_at: datetime
    must_change: bool


@dataclass(frozen=True, slots=True)
class Checked:
    """A password compared outside the writing Work: with which stored hash, and the outcome."""

    account: str
    person_id: int | None
    stored: str | None
    right: bool


def account_of(login: str) -> str:
    """The login as it is counted: a hash, because people type passwords into the wrong box."""
    return hashlib.sha256(normalised(login).encode()).hexdigest()


def check_password(session: Session, login: str, password: str, *, address: str, now: datetime) -> Checked:
    """Compare a password without writing, so that no guesser holds the write lock (law 2).

    An unknown login costs the same time as a known one; a blocked one costs none.
    """
    account = account_of(login)
    found = session.execute(
        select(Person.id, Credential.hashed)
        .join(Credential, Credential.person_id == Person.id)
        .where(Person.login == normalised(login), Person.active)
    ).one_or_none()
    person_id = None if found is None else found.id
    refuse_blocked(session, account, address, now, person_id)
    stored = None if found is None else found.hashed
    return Checked(account, person_id, stored, secrets.matches(password, stored))


def refuse_blocked(
    session: Session, account: str, address: str, now: datetime, person_id: int | None
) -> None:
    """Refuse while too many wrong passwords came for this account from this address (SEC-09)."""
    row = session.get(Attempt, (account, address[:64]))
    tally = attempts.Tally() if row is None else attempts.Tally(row.failures, row.failed_at, row.succeeded_at)
    crowd = session.scalar(
        select(func.coalesce(func.sum(Attempt.failures), 0)).where(
            Attempt.account == account, Attempt.failed_at > now - attempts.WINDOW
        )
    )
    until = attempts.blocked_until(tally, int(crowd or 0), now)
    if until is not None:
        seconds = max(1, int((until - now).total_seconds() + 0.999))
        raise TooManyAttempts(until=until, seconds=seconds, account=account, person_id=person_id)


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


def sign_in(
    work: Work, login: str, password: str, *, address: str = "", checked: Checked | None = None
) -> Ticket:
    """Start a session for whoever knows the password; the Work then acts in that person's name.

    `checked` brings the comparison made before the writing Work was opened; it counts only while
    the stored hash is still the same. A refusal is counted by `journal_refusal`.
    """
    session = work.session
    now_stored = None if checked is None or checked.person_id is None else _stored(work, checked.person_id)
    if checked is None or checked.account != account_of(login) or checked.stored != now_stored:
        checked = check_password(session, login, password, address=address, now=work.now)
    if not checked.right or checked.person_id is None:
        raise SignInRefused(account=checked.account, address=address, person_id=checked.person_id)
    count_success(work, checked.account, address)
    credential = session.get_one(Credential, checked.person_id)
    if secrets.is_outdated(credential.hashed):
        credential.hashed = secrets.hashed(password)
    if is_too_old(_policy(work), credential.changed_at, work.now):
        credential.must_change = True
    work.actor = actor_of(session, checked.person_id)
    ticket = _new_session(work, credential)
    work.record(
        "person:sign-in",
        Ref("person", str(checked.person_id)),
        after={"session": ticket.session_id},
        personal={"address": address} if address else None,
    )
    return ticket


def _stored(work: Work, person_id: int) -> str | None:
    return work.session.scalar(
        select(Credential.hashed).join(Person).where(Credential.person_id == person_id, Person.active)
    )


def _policy(work: Work) -> Policy:
    return policy(work.settings.password_profile, work.settings.password_minimum)


def _new_session(work: Work, credential: Credential) -> Ticket:
    token = secrets.new_token()
    row = LoginSession(
        person_id=credential.person_id,
        token_hash=secrets.token_hash(token),
        authenticated_at=work.now,
        ends_at=work.now + timedelta(hours=work.settings.session_hours),
    )
    work.session.add(row)
    work.session.flush()
    return Ticket(credential.person_id, row.id, token, row.ends_at, credential.must_change)


def session_of(session: Session, token: str, now: datetime) -> SignedIn | None:
    """Whose session the token opens now, or None; nothing is written (SEC-02).

    The idle time-out is the edge's, which keeps the last use in a signed stamp.
    """
    row = session.execute(
        select(
            LoginSession.id,
            LoginSession.person_id,
            LoginSession.authenticated_at,
            LoginSession.ends_at,
            Credential.must_change,
        )
        .join(Person, Person.id == LoginSession.person_id)
        .join(Credential, Credential.person_id == LoginSession.person_id)
        .where(
            LoginSession.token_hash == secrets.token_hash(token),
            LoginSession.ended_at.is_(None),
            LoginSession.ends_at > now,
            Person.active,
        )
    ).one_or_none()
    if row is None:
        return None
    return SignedIn(row.id, row.person_id, row.authenticated_at, row.ends_at, row.must_change)


def sign_out(work: Work, token: str, *, why: str = "sign-out") -> None:
    """End the session of this token; a token that opens nothing is left alone (SEC-02).

    `why` is `sign-out`, or `idle` where the edge found the session unused for too long.
    """
    row = work.session.scalar(
        select(LoginSession).where(
            LoginSession.token_hash == secrets.token_hash(token), LoginSession.ended_at.is_(None)
        )
    )
    if row is None:
        return
    row.ended_at, row.ended_why = work.now, why
    work.record("person:sign-out", Ref("person", str(row.person_id)), after={"session": row.id, "why": why})


def end_sessions(work: Work, person_id: int, why: str) -> int:
    """End every session of a person at once; says how many there were (SEC-02)."""
    rows = work.session.scalars(
        select(LoginSession).where(LoginSession.person_id == person_id, LoginSession.ended_at.is_(None))
    ).all()
    for row in rows:
        row.ended_at, row.ended_why = work.now, why
    return len(rows)


def reauthenticate(work: Work, token: str, password: str) -> Ticket:
    """Prove the password again before something sensitive: a new token replaces the old (SEC-01, -12)."""
    person = acting_person(work)
    account = account_of(person.login)
    held = session_of(work.session, token, work.now)
    address = "session"
    refuse_blocked(work.session, account, address, work.now, person.id)
    credential = work.session.get_one(Credential, person.id)
    if held is None or held.person_id != person.id or not secrets.matches(password, credential.hashed):
        raise SignInRefused(account=account, address=address, person_id=person.id)
    count_success(work, account, address)
    old = work.session.get_one(LoginSession, held.session_id)
    old.ended_at, old.ended_why = work.now, "renewed"
    ticket = _new_session(work, credential)
    work.record(
        "person:reauthenticate",
        Ref("person", str(person.id)),
        before={"session": held.session_id},
        after={"session": ticket.session_id},
    )
    return ticket


def change_password(work: Work, old: str, new: str) -> Ticket:
    """Choose one's own password: ends all sessions and starts a new one, re-seals the signing key.

    A first password, or one after a reset, has no key yet: a new pair is made. Any pair but the
    very first waits for a second administrator (P11-200, CN-03).
    """
    person = acting_person(work)
    account, address = account_of(person.login), "session"
    refuse_blocked(work.session, account, address, work.now, person.id)
    credential = work.session.get_one(Credential, person.id, with_for_update=True)
    if not secrets.matches(old, credential.hashed):
        raise SignInRefused(account=account, address=address, person_id=person.id)
    _refuse_weak(work, person, credential, new)
    count_success(work, account, address)
    key = _sealed_anew(work, person.id, credential, old, new)
    rules = _policy(work)
    credential.earlier = [credential.hashed, *credential.earlier][: max(0, rules.history - 1)]
    credential.hashed = secrets.hashed(new)
    credential.must_change, credential.changed_at, credential.reset_by = False, work.now, None
    ended = end_sessions(work, person.id, "password changed")
    ticket = _new_session(work, credential)
    work.record(
        "person:password:change",
        Ref("person", str(person.id)),
        after={"key": secrets.fingerprint(key.public), "sessions_ended": ended},
    )
    return ticket


def _refuse_weak(work: Work, person: Person, credential: Credential, new: str) -> None:
    rules = _policy(work)
    problems = faults(new, rules, (person.login, person.name, work.settings.organisation))
    used = [credential.hashed, *credential.earlier][: rules.history]
    # The first password somebody else has seen never counts as one's own (MLP-04).
    if any(secrets.matches(new, each) for each in used):
        problems.append(Problem(N_("It has been used before.")))
    if problems:
        raise PasswordTooWeak(problems)


def _sealed_anew(work: Work, person_id: int, credential: Credential, old: str, new: str) -> SigningKey:
    key = present_key(work.session, person_id)
    private = None
    if key is not None and key.sealed is not None:
        private = secrets.opened(key.sealed, person_id, key.public, old)
    if key is not None and private is not None:
        key.sealed = secrets.resealed(private, person_id, key.public, new)
        return key
    if key is not None:
        key.retired_at, key.sealed = work.now, None
        work.session.flush()
    # Only the very first key needs nobody else: whoever had one before may not be who asks now.
    earlier = work.session.scalar(select(SigningKey.id).where(SigningKey.person_id == person_id).limit(1))
    public, sealed = secrets.new_key(person_id, new)
    key = SigningKey(
        person_id=person_id,
        public=public,
        sealed=sealed,
        made_at=work.now,
        needs_confirmation=earlier is not None,
        reset_by=credential.reset_by,
    )
    work.session.add(key)
    work.session.flush()
    work.record(
        "person:key:make",
        Ref("person", str(person_id)),
        after={"key": secrets.fingerprint(public), "needs_confirmation": key.needs_confirmation},
    )
    return key


def present_key(session: Session, person_id: int) -> SigningKey | None:
    """The key with which the person signs now."""
    return session.scalar(
        select(SigningKey).where(SigningKey.person_id == person_id, SigningKey.retired_at.is_(None))
    )
