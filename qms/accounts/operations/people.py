"""People: enrolment, names, standing in, lost passwords, leaving (the system administrator)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select

from qms.accounts import secrets
from qms.accounts.errors import (
    LoginTaken,
    NoSuchSubstitution,
    StillActive,
    SubstituteIsSelf,
)
from qms.accounts.models import (
    CircleMember,
    Credential,
    Membership,
    Person,
    PostHolding,
    SigningKey,
    Substitution,
)
from qms.accounts.names import is_login, normalised
from qms.accounts.operations._allow import active_person, require
from qms.accounts.operations.factor import forget_factor
from qms.accounts.operations.password import present_key
from qms.accounts.operations.places import check_span
from qms.accounts.operations.rights import refuse_last_administrator, withdraw_all
from qms.accounts.operations.sessions import end_sessions
from qms.accounts.passwords import random_password
from qms.accounts.queries import person, person_by_login
from qms.kernel.errors import Invalid, Problem
from qms.kernel.labels import N_
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from sqlalchemy import ColumnElement

    from qms.kernel.work import Work


def add_person(
    work: Work,
    login: str,
    name: str,
    *,
    email: str | None = None,
    language: str | None = None,
    verified: str = "",
) -> tuple[Person, str]:
    """Enrol a person and give the random first password, shown once and changed at first sign-in.

    `verified` says how identity was checked before (P11-100). A login that anybody has, or has
    had, is refused in any case, width or spacing (P11-300a-c).
    """
    require(work, "people:manage")
    login, name = normalised(login), name.strip()
    problems = []
    if not is_login(login):
        problems.append(Problem(N_("A login is visible characters without spaces."), field="login"))
    if not name:
        problems.append(Problem(N_("A name is needed."), field="name"))
    if problems:
        raise Invalid(problems)
    if person_by_login(work.session, login) is not None:
        raise LoginTaken(login=login)
    row = Person(
        login=login,
        name=name,
        email=email,
        language=language,
        verified=verified,
        enrolled_by=work.actor.id,
        enrolled_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    password = random_password()
    work.session.add(
        Credential(person_id=row.id, hashed=secrets.hashed(password), must_change=True, changed_at=work.now)
    )
    work.session.flush()
    work.record(
        "person:add",
        Ref("person", str(row.id)),
        after={"verified": verified},
        personal={"login": login, "name": name} | ({"email": email} if email else {}),
    )
    return row, password


def rename_person(work: Work, person_id: int, name: str, why: str) -> None:
    """Change a person's name; signatures keep the name they were made under (P11-50)."""
    require(work, "people:manage")
    row = active_person(work, person_id)
    if not name.strip():
        raise Invalid([Problem(N_("A name is needed."), field="name")])
    before, row.name = row.name, name.strip()
    work.record(
        "person:rename",
        Ref("person", str(person_id)),
        why=why,
        personal={"name_before": before, "name": row.name},
    )


def substitute(
    work: Work, person_id: int, substitute_id: int, *, from_on: date, until_on: date
) -> Substitution:
    """Let another stand in on these days: said by the person, or by who manages people (R27)."""
    if work.actor.person_id != person_id:
        require(work, "people:manage")
    if person_id == substitute_id:
        raise SubstituteIsSelf
    active_person(work, person_id)
    active_person(work, substitute_id)
    check_span(from_on, until_on)
    row = Substitution(
        person_id=person_id,
        substitute_id=substitute_id,
        from_on=from_on,
        until_on=until_on,
        given_by=work.actor.id,
    )
    work.session.add(row)
    work.session.flush()
    after = {"substitute": substitute_id, "from": from_on.isoformat(), "until": until_on.isoformat()}
    work.record("person:substitute", Ref("person", str(person_id)), after=after)
    return row


def end_substitution(work: Work, substitution_id: int) -> None:
    """Take a substitution back from today on; what was signed under it stays."""
    row = work.session.get(Substitution, substitution_id)
    if row is None or row.until_on <= work.today:
        raise NoSuchSubstitution
    if work.actor.person_id != row.person_id:
        require(work, "people:manage")
    row.until_on = max(row.from_on, work.today)
    work.record(
        "person:substitute:end",
        Ref("person", str(row.person_id)),
        after={"substitute": row.substitute_id, "until": row.until_on.isoformat()},
    )


def deactivate(work: Work, person_id: int, why: str) -> None:
    """Let a person go: sessions, rights, key, places and standing in end now; the id stays theirs."""
    require(work, "people:manage")
    row = active_person(work, person_id)
    refuse_last_administrator(work, row)
    row.active, row.deactivated_at = False, work.now
    ended = end_sessions(work, person_id, "deactivated")
    withdraw_all(work, row)
    key = present_key(work.session, person_id)
    if key is not None:
        key.retired_at, key.sealed = work.now, None
    forget_factor(work, person_id)
    for table in (Membership, PostHolding):
        _end_all(work, table, table.person_id == person_id)
    _end_all(
        work,
        Substitution,
        or_(Substitution.person_id == person_id, Substitution.substitute_id == person_id),
    )
    for place in work.session.scalars(
        select(CircleMember).where(CircleMember.person_id == person_id, CircleMember.left_at.is_(None))
    ):
        place.left_at = work.now
    work.record("person:deactivate", Ref("person", str(person_id)), after={"sessions_ended": ended}, why=why)


def _end_all(
    work: Work, table: type[Membership | PostHolding | Substitution], whose: ColumnElement[bool]
) -> None:
    rows: Iterable[Any] = work.session.scalars(
        select(table).where(whose, or_(table.until_on.is_(None), table.until_on > work.today))
    )
    for row in rows:
        row.until_on = max(row.from_on, work.today)


def reset_password(work: Work, person_id: int, why: str) -> str:
    """Give a random password to who lost theirs: ends sessions, and retires the key for ever.

    The old public key stays to verify; the new key waits for a second administrator, so that
    nobody alone can sign for somebody else (P11-200, CN-03). The second factor stays (SEC-10).
    """
    require(work, "people:manage")
    active_person(work, person_id)
    return give_password(work, person_id, why)


def give_password(work: Work, person_id: int, why: str, witnessed: Mapping[str, Any] | None = None) -> str:
    """The reset itself, for whoever has asked by what right it is done; `witnessed` goes into the trail."""
    credential = work.session.get_one(Credential, person_id)
    password = random_password()
    credential.earlier = [credential.hashed, *credential.earlier][:5]
    credential.hashed, credential.must_change = secrets.hashed(password), True
    credential.changed_at = work.now
    key = present_key(work.session, person_id)
    if key is not None:
        key.retired_at, key.sealed = work.now, None
    ever = work.session.scalar(select(SigningKey.id).where(SigningKey.person_id == person_id).limit(1))
    credential.reset_by = None if ever is None else work.actor.id
    ended = end_sessions(work, person_id, "password reset")
    work.record(
        "person:password:reset",
        Ref("person", str(person_id)),
        after={
            "sessions_ended": ended,
            "key": None if key is None else secrets.fingerprint(key.public),
            **(witnessed or {}),
        },
        why=why,
    )
    return password


def reactivate(work: Work, person_id: int, why: str) -> str:
    """Take back the same person under the same id, with a random password and no rights (P11-100)."""
    require(work, "people:manage")
    row = person(work.session, person_id)
    if row.active:
        raise StillActive(person=row.name)
    row.active, row.deactivated_at = True, None
    work.session.flush()
    work.record("person:reactivate", Ref("person", str(person_id)), why=why)
    return reset_password(work, person_id, why)
