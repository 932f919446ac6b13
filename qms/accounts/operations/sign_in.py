"""Signing in by password and code, signing out, and the password again before what matters."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, select

from qms.accounts import secrets
from qms.accounts.errors import AccountAsleep, Passed, SecondFactorAsked, SignInOver, SignInRefused
from qms.accounts.models import Credential, LoginSession, Person
from qms.accounts.names import normalised
from qms.accounts.operations._allow import acting_person
from qms.accounts.operations.counting import OWN_SESSION, account_of, count_success, refuse_blocked
from qms.accounts.operations.factor import factor_on, take_code
from qms.accounts.passwords import days_asleep, is_too_old, policy_in
from qms.accounts.queries import actor_of
from qms.kernel.refs import Ref
from qms.kernel.work import ask

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from qms.kernel.work import Work


BETWEEN: Final = timedelta(minutes=5)
"""How long a right password waits for its code."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A new session: the token goes into the cookie and is kept nowhere else."""

    person_id: int
    session_id: int
    token: str = field(repr=False)
    ends_at: datetime
    must_change: bool
    codes_left: int | None = None
    """How many recovery codes are left, where one was used."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a token proves: whose live session it is; with `must_change` only that may be done."""

    session_id: int
    person_id: int
    name: str
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


def sign_in(
    work: Work,
    login: str,
    password: str,
    *,
    address: str = "",
    checked: Checked | None = None,
    code: str | None = None,
) -> Ticket:
    """Start a session for whoever knows the password; the Work then acts in that person's name.

    `checked` brings the comparison made before the writing Work was opened; it counts only while
    the stored hash is still the same. Where a second factor is on, its code is asked for as well.
    A refusal is counted by `journal_refusal`.
    """
    session = work.session
    now_stored = None if checked is None or checked.person_id is None else _stored(work, checked.person_id)
    if checked is None or checked.account != account_of(login) or checked.stored != now_stored:
        checked = check_password(session, login, password, address=address, now=work.now)
    if not checked.right or checked.person_id is None:
        raise SignInRefused(account=checked.account, address=address, person_id=checked.person_id)
    credential = session.get_one(Credential, checked.person_id)
    left = None
    if factor_on(session, checked.person_id) is not None:
        if code is None:
            proof = secrets.proof(credential.hashed)
            raise SecondFactorAsked(Passed(checked.person_id, checked.account, proof, work.now))
        left = take_code(work, checked.person_id, code, address=address)
    if secrets.is_outdated(credential.hashed):
        credential.hashed = secrets.hashed(password)
    return _entered(work, credential, checked.account, address, left)


def sign_in_by_code(work: Work, passed: Passed, code: str, *, address: str = "") -> Ticket:
    """Go on where `SecondFactorAsked` stopped, while the password is the same and little time passed."""
    stored = _stored(work, passed.person_id)
    if stored is None or secrets.proof(stored) != passed.proof or work.now - passed.at > BETWEEN:
        raise SignInOver
    left = take_code(work, passed.person_id, code, address=address)
    credential = work.session.get_one(Credential, passed.person_id)
    return _entered(work, credential, passed.account, address, left)


def _entered(work: Work, credential: Credential, account: str, address: str, left: int | None) -> Ticket:
    _refuse_asleep(work, credential.person_id)
    count_success(work, account, address)
    if is_too_old(policy_in(work.settings), credential.changed_at, work.now):
        credential.must_change = True
    work.actor = actor_of(work.session, credential.person_id)
    ticket = new_session(work, credential, left)
    work.record(
        "person:sign-in",
        Ref("person", str(credential.person_id)),
        after={"session": ticket.session_id},
        personal={"address": address} if address else None,
    )
    return ticket


def _refuse_asleep(work: Work, person_id: int) -> None:
    days = policy_in(work.settings).sleep_days
    if days is not None and days_asleep(days, last_seen(work.session, person_id), work.now) is not None:
        raise AccountAsleep(days=days)


def last_seen(session: Session, person_id: int) -> datetime:
    """When the account was last used or given: the latest of sign-in, password and enrolment (MLP-04)."""
    signed_in = session.scalar(
        select(LoginSession.authenticated_at)
        .where(LoginSession.person_id == person_id)
        .order_by(LoginSession.authenticated_at.desc())
        .limit(1)
    )
    enrolled = session.get_one(Person, person_id).enrolled_at
    credential = session.get(Credential, person_id)
    known = [signed_in, enrolled, None if credential is None else credential.changed_at]
    return max(each for each in known if each is not None)


def _stored(work: Work, person_id: int) -> str | None:
    return work.session.scalar(
        select(Credential.hashed).join(Person).where(Credential.person_id == person_id, Person.active)
    )


def new_session(work: Work, credential: Credential, codes_left: int | None = None) -> Ticket:
    """A session of its own under a new random token (SEC-01)."""
    token = secrets.new_token()
    row = LoginSession(
        person_id=credential.person_id,
        token_hash=secrets.token_hash(token),
        authenticated_at=work.now,
        ends_at=work.now + timedelta(hours=work.settings.session_hours),
    )
    work.session.add(row)
    work.session.flush()
    return Ticket(credential.person_id, row.id, token, row.ends_at, credential.must_change, codes_left)


_LIVE: Final = (
    select(
        LoginSession.id,
        LoginSession.person_id,
        Person.name,
        LoginSession.authenticated_at,
        LoginSession.ends_at,
        Credential.must_change,
    )
    .join(Person, Person.id == LoginSession.person_id)
    .join(Credential, Credential.person_id == LoginSession.person_id)
    .where(
        LoginSession.token_hash == bindparam("token"),
        LoginSession.ended_at.is_(None),
        LoginSession.ends_at > bindparam("now"),
        Person.active,
    )
)


def session_of(session: Session, token: str, now: datetime) -> SignedIn | None:
    """Whose session the token opens now, or None; nothing is written (SEC-02).

    The idle time-out is the edge's, which keeps the last use in a signed stamp.
    """
    row = ask(session, _LIVE, token=secrets.token_hash(token), now=now).one_or_none()
    if row is None:
        return None
    return SignedIn(row.id, row.person_id, row.name, row.authenticated_at, row.ends_at, row.must_change)


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


def reauthenticate(work: Work, token: str, password: str) -> Ticket:
    """Prove the password again before something sensitive: a new token replaces the old (SEC-01, -12)."""
    person = acting_person(work)
    account = account_of(person.login)
    held = session_of(work.session, token, work.now)
    address = OWN_SESSION
    refuse_blocked(work.session, account, address, work.now, person.id)
    credential = work.session.get_one(Credential, person.id)
    if held is None or held.person_id != person.id or not secrets.matches(password, credential.hashed):
        raise SignInRefused(account=account, address=address, person_id=person.id)
    count_success(work, account, address)
    old = work.session.get_one(LoginSession, held.session_id)
    old.ended_at, old.ended_why = work.now, "renewed"
    ticket = new_session(work, credential)
    work.record(
        "person:reauthenticate",
        Ref("person", str(person.id)),
        before={"session": held.session_id},
        after={"session": ticket.session_id},
    )
    return ticket
