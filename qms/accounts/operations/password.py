"""Choosing one's own password: the policy, the history, and the signing key sealed anew (SEC-08, CN-03)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from qms.accounts import secrets
from qms.accounts.errors import PasswordTooWeak, SignInRefused
from qms.accounts.models import Credential, Person, SigningKey
from qms.accounts.operations._allow import acting_person
from qms.accounts.operations.counting import OWN_SESSION, account_of, count_success, refuse_blocked
from qms.accounts.operations.sessions import end_sessions
from qms.accounts.operations.sign_in import Ticket, new_session
from qms.accounts.passwords import faults, policy_in
from qms.kernel.errors import Problem
from qms.kernel.labels import N_
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from qms.kernel.work import Work

KEPT: Final = 5
"""How many earlier hashes are kept beside the present one."""


def change_password(work: Work, old: str, new: str) -> Ticket:
    """Choose one's own password: ends all sessions and starts a new one, re-seals the signing key.

    A first password, or one after a reset, has no key yet: a new pair is made. Any pair but the
    very first waits for a second administrator (P11-200, CN-03).
    """
    person = acting_person(work)
    account, address = account_of(person.login), OWN_SESSION
    refuse_blocked(work.session, account, address, work.now, person.id)
    credential = work.session.get_one(Credential, person.id, with_for_update=True)
    if not secrets.matches(old, credential.hashed):
        raise SignInRefused(account=account, address=address, person_id=person.id)
    _refuse_weak(work, person, credential, new)
    count_success(work, account, address)
    key = _sealed_anew(work, person.id, credential, old, new)
    credential.earlier = [credential.hashed, *credential.earlier][:KEPT]
    credential.hashed = secrets.hashed(new)
    credential.must_change, credential.changed_at, credential.reset_by = False, work.now, None
    ended = end_sessions(work, person.id, "password changed")
    ticket = new_session(work, credential)
    work.record(
        "person:password:change",
        Ref("person", str(person.id)),
        after={"key": secrets.fingerprint(key.public), "sessions_ended": ended},
    )
    return ticket


def _refuse_weak(work: Work, person: Person, credential: Credential, new: str) -> None:
    rules = policy_in(work.settings)
    problems = faults(new, rules, (person.login, person.name, work.settings.organisation))
    # The password somebody else has seen never counts as one's own (MLP-04), nor among the last ones.
    count = rules.history + 1 if credential.must_change else rules.history
    used = [credential.hashed, *credential.earlier][:count]
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
