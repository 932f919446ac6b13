"""The founding of an empty workspace: root department, roles, three administrators, once only."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from qms import trail
from qms.accounts import secrets
from qms.accounts.errors import AlreadyFounded
from qms.accounts.models import Credential, Department, Grant, Membership, Person, Role, RolePermission
from qms.accounts.names import is_login, normalised
from qms.accounts.passwords import random_password
from qms.accounts.permissions import ADMINISTRATORS, PERMISSIONS, ROLES, ShippedRole
from qms.kernel.errors import Invalid, Problem
from qms.kernel.labels import LANGUAGES, N_, say
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from qms.kernel.work import Work

_ALL: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Founded:
    """The three administrators by role: login and random first password, to be shown once."""

    logins: Mapping[str, str]
    passwords: Mapping[str, str] = field(repr=False)


def found(
    work: Work,
    code: str,
    names: Mapping[str, str],
    administrators: Mapping[str, tuple[str, str]] | None = None,
) -> Founded:
    """Make the root department, the shipped roles and one administrator of each kind (MLP-04).

    `administrators` gives login and name by role code. There is no default password: each gets a
    random one that must be changed. Refused as soon as anybody or anything is there.
    """
    session = work.session
    if session.scalar(select(Person.id).limit(1)) or session.scalar(select(Department.id).limit(1)):
        raise AlreadyFounded
    chosen = dict(
        administrators or {role: (role, say(ROLES[role].name, work.language)) for role in ADMINISTRATORS}
    )
    _check(chosen)
    root = Department(code=code, names=dict(names), is_root=True)
    session.add(root)
    roles = _write_roles(work)
    session.flush()
    work.record(
        "workspace:found", Ref("department", code), after={"names": dict(names), "roles": sorted(roles)}
    )
    passwords = {
        role: _administrator(work, roles[role], root, normalised(login), name)
        for role, (login, name) in chosen.items()
    }
    return Founded({role: normalised(login) for role, (login, _) in chosen.items()}, passwords)


def _check(chosen: Mapping[str, tuple[str, str]]) -> None:
    logins = [normalised(login) for login, _ in chosen.values()]
    problems = []
    if sorted(chosen) != sorted(ADMINISTRATORS):
        facts = {"roles": ", ".join(ADMINISTRATORS)}
        problems.append(Problem(N_("Name one person for each of {roles}."), facts=facts))
    if len(set(logins)) != len(logins) or not all(is_login(login) for login in logins):
        problems.append(Problem(N_("Each administrator needs a login of their own."), field="login"))
    if not all(name.strip() for _, name in chosen.values()):
        problems.append(Problem(N_("A name is needed."), field="name"))
    if problems:
        raise Invalid(problems)


def _write_roles(work: Work) -> dict[str, Role]:
    return {shipped.code: _write_role(work, shipped) for shipped in ROLES.values()}


def _write_role(work: Work, shipped: ShippedRole) -> Role:
    role = Role(
        code=shipped.code,
        names={language: say(shipped.name, language) for language in LANGUAGES},
        oversees=shipped.oversees,
        administrator=shipped.administrator,
    )
    work.session.add(role)
    work.session.flush()
    _allow(work, role, shipped.permissions)
    return role


def _allow(work: Work, role: Role, permissions: Iterable[str]) -> None:
    work.session.add_all(
        RolePermission(role_id=role.id, permission=PERMISSIONS[each].code) for each in permissions
    )


def renew_roles(work: Work) -> list[str]:
    """Give the shipped roles what a later version adds, for an upgrade; what stood there stays.

    New is a permission that no role holds and none ever lost: what an organisation took from all its
    roles does not come back. Says which are new; the upgrade's entry tells of them.
    """
    session = work.session
    taken = trail.browse(session, action="role:set", limit=_ALL)
    lost: set[str] = set()
    for row in taken:
        lost.update(set(row.before["permissions"]) - set(row.after["permissions"]))
    held = set(session.scalars(select(RolePermission.permission).distinct()))
    rows = {row.code: row for row in session.scalars(select(Role))}
    new = {each for shipped in ROLES.values() for each in shipped.permissions} - held - lost
    for shipped in ROLES.values():
        if shipped.code in rows:
            _allow(work, rows[shipped.code], [each for each in shipped.permissions if each in new])
        else:
            _write_role(work, shipped)
    session.flush()
    return sorted(new)


def _administrator(work: Work, role: Role, root: Department, login: str, name: str) -> str:
    person = Person(login=login, name=name.strip(), enrolled_by=work.actor.id, enrolled_at=work.now)
    work.session.add(person)
    work.session.flush()
    password = random_password()
    work.session.add_all(
        (
            Credential(
                person_id=person.id, hashed=secrets.hashed(password), must_change=True, changed_at=work.now
            ),
            Membership(person_id=person.id, department_id=root.id, from_on=work.today),
            Grant(
                person_id=person.id,
                role_id=role.id,
                administrator=True,
                granted_by=work.actor.id,
                granted_at=work.now,
            ),
        )
    )
    work.session.flush()
    personal = {"login": login, "name": name.strip()}
    work.record("person:add", Ref("person", str(person.id)), after={"role": role.code}, personal=personal)
    return password
