"""Roles, grants, clearance and closed circles (the security administrator)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from qms.accounts import secrets
from qms.accounts.errors import (
    AdministratorEverywhere,
    AdministratorRoleFixed,
    AdministratorsExclude,
    AlreadyGranted,
    CodeTaken,
    ConfirmedByResetter,
    LastAdministrator,
    NoSuchCircle,
    NoSuchGrant,
    NoSuchRole,
    NotHeld,
    NothingToConfirm,
)
from qms.accounts.models import Circle, CircleMember, Clearance, Grant, Person, Role, RolePermission
from qms.accounts.names import is_code
from qms.accounts.operations._allow import active_person, require, require_other
from qms.accounts.operations.password import present_key
from qms.accounts.permissions import PERMISSIONS, RESERVED
from qms.accounts.queries import clearance_of, department, person
from qms.kernel.errors import Invalid, Problem
from qms.kernel.labels import N_, Phrase
from qms.kernel.ports import Secrecy
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from qms.kernel.work import Work


def grant(work: Work, person_id: int, role_code: str, department_code: str | None = None) -> Grant:
    """Give a role for a department and all below it, or everywhere; never to oneself (MLP-04).

    It holds from the next request on. The three administrator roles exclude each other.
    """
    require(work, "grants:manage")
    require_other(work, person_id)
    who, role = active_person(work, person_id), _role(work, role_code)
    if role.administrator and department_code is not None:
        raise AdministratorEverywhere(role=role.names)
    where = None if department_code is None else department(work.session, department_code).id
    _refuse_second(work, who, role, where)
    row = Grant(
        person_id=person_id,
        role_id=role.id,
        department_id=where,
        administrator=role.administrator,
        granted_by=work.actor.id,
        granted_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    after = {"role": role_code, "department": department_code}
    work.record("person:role:grant", Ref("person", str(person_id)), after=after)
    return row


def _refuse_second(work: Work, who: Person, role: Role, where: int | None) -> None:
    # The row of the person is locked, so that two grants at once meet each other here.
    work.session.get(Person, who.id, with_for_update=True, populate_existing=True)
    held = work.session.execute(
        select(Grant.role_id, Grant.department_id, Role.administrator, Role.names)
        .join(Role, Role.id == Grant.role_id)
        .where(Grant.person_id == who.id, Grant.withdrawn_at.is_(None))
    ).all()
    for other in held:
        if (other.role_id, other.department_id) == (role.id, where):
            raise AlreadyGranted(person=who.name, role=role.names)
        if other.administrator and role.administrator:
            raise AdministratorsExclude(person=who.name, held=other.names)


def withdraw_grant(work: Work, person_id: int, role_code: str, department_code: str | None = None) -> None:
    """Take a role back; it ends with the next request (SEC-06)."""
    require(work, "grants:manage")
    who, role = person(work.session, person_id), _role(work, role_code)
    where = None if department_code is None else department(work.session, department_code).id
    row = work.session.scalar(
        select(Grant).where(
            Grant.person_id == person_id,
            Grant.role_id == role.id,
            Grant.department_id.is_(None) if where is None else Grant.department_id == where,
            Grant.withdrawn_at.is_(None),
        )
    )
    if row is None:
        raise NoSuchGrant(person=who.name, role=role.names)
    if role.administrator:
        refuse_last_administrator(work, who)
    row.withdrawn_at, row.withdrawn_by = work.now, work.actor.id
    work.session.flush()
    before = {"role": role_code, "department": department_code}
    work.record("person:role:withdraw", Ref("person", str(person_id)), before=before)


def refuse_last_administrator(work: Work, who: Person) -> None:
    """Refuse to lose the last active holder of an administrator role."""
    for role in work.session.scalars(
        select(Role)
        .join(Grant, Grant.role_id == Role.id)
        .where(Grant.person_id == who.id, Grant.withdrawn_at.is_(None), Role.administrator)
        .with_for_update(of=Role)
    ):
        others = work.session.scalar(
            select(Grant.id)
            .join(Person, Person.id == Grant.person_id)
            .where(
                Grant.role_id == role.id,
                Grant.person_id != who.id,
                Grant.withdrawn_at.is_(None),
                Person.active,
            )
            .limit(1)
        )
        if others is None:
            raise LastAdministrator(person=who.name, role=role.names)


def withdraw_all(work: Work, who: Person) -> None:
    """Take every role back from somebody who leaves."""
    for row in work.session.scalars(
        select(Grant).where(Grant.person_id == who.id, Grant.withdrawn_at.is_(None))
    ):
        row.withdrawn_at, row.withdrawn_by = work.now, work.actor.id


def _role(work: Work, code: str) -> Role:
    found = work.session.scalar(select(Role).where(Role.code == code))
    if found is None:
        raise NoSuchRole(role=code)
    return found


def set_role(work: Work, code: str, names: Mapping[str, str], permissions: Iterable[str]) -> Role:
    """Make a role, or change what it allows; the three administrator roles stay as shipped.

    What only an administrator may is given to no other role: else the three would exclude each
    other in name alone (MLP-04).
    """
    require(work, "grants:manage")
    wanted = sorted(set(permissions))
    _refuse_fixed(work, code)
    problems = [
        Problem(N_("There is no right {permission}."), field="permissions", facts={"permission": each})
        for each in wanted
        if each not in PERMISSIONS
    ]
    problems += [
        Problem(
            N_("The right {permission} stays with its administrator."),
            field="permissions",
            facts={"permission": Phrase(PERMISSIONS[each].name)},
        )
        for each in wanted
        if each in RESERVED
    ]
    if not is_code(code):
        problems.append(
            Problem(N_("A code is lower-case words of letters and digits joined by hyphens."), field="code")
        )
    if problems:
        raise Invalid(problems)
    row = work.session.scalar(select(Role).where(Role.code == code).with_for_update())
    if row is None:
        row = Role(code=code, names=dict(names))
        work.session.add(row)
        work.session.flush()
    _refuse_own_role(work, row)
    before = sorted(
        work.session.scalars(select(RolePermission.permission).where(RolePermission.role_id == row.id))
    )
    renamed = {} if row.names == dict(names) else {"names": dict(row.names)}
    row.names = dict(names)
    work.session.execute(delete(RolePermission).where(RolePermission.role_id == row.id))
    work.session.add_all(RolePermission(role_id=row.id, permission=each) for each in wanted)
    work.session.flush()
    work.record(
        "role:set",
        Ref("role", code),
        before={"permissions": before, **renamed},
        after={"permissions": wanted, **({"names": dict(names)} if renamed else {})},
    )
    return row


def _refuse_fixed(work: Work, code: str) -> None:
    row = work.session.scalar(select(Role).where(Role.code == code, Role.administrator))
    if row is not None:
        raise AdministratorRoleFixed(role=row.names)


def _refuse_own_role(work: Work, role: Role) -> None:
    # Widening a role one holds is giving rights to oneself.
    holds = work.session.scalar(
        select(Grant.id).where(
            Grant.role_id == role.id, Grant.person_id == work.actor.person_id, Grant.withdrawn_at.is_(None)
        )
    )
    if holds is not None and work.actor.person_id is not None:
        require_other(work, work.actor.person_id)


def clear(work: Work, person_id: int, grade: Secrecy) -> None:
    """Set the highest grade of secrecy a person may see; never one's own (R16)."""
    require(work, "grants:manage")
    require_other(work, person_id)
    active_person(work, person_id)
    before = clearance_of(work.session, person_id)
    row = work.session.get(Clearance, person_id)
    if row is None:
        row = Clearance(person_id=person_id)
        work.session.add(row)
    row.grade, row.given_by, row.given_at = int(grade), work.actor.id, work.now
    work.session.flush()
    work.record(
        "person:clear",
        Ref("person", str(person_id)),
        before={"grade": Secrecy(before).name.lower()},
        after={"grade": grade.name.lower()},
    )


def add_circle(work: Work, code: str, names: Mapping[str, str]) -> Circle:
    """Make a closed circle, empty at first (R19)."""
    require(work, "grants:manage")
    if not is_code(code):
        raise Invalid(
            [Problem(N_("A code is lower-case words of letters and digits joined by hyphens."), field="code")]
        )
    if work.session.scalar(select(Circle.id).where(Circle.code == code)) is not None:
        raise CodeTaken(code=code)
    row = Circle(code=code, names=dict(names))
    work.session.add(row)
    work.session.flush()
    work.record("circle:add", Ref("circle", code), after={"names": dict(names)})
    return row


def enter_circle(work: Work, person_id: int, code: str) -> None:
    """Let a person into a closed circle; nobody lets themselves in (R19)."""
    require(work, "grants:manage")
    require_other(work, person_id)
    who, circle = active_person(work, person_id), _circle(work, code)
    if _place(work, circle, person_id) is not None:
        raise AlreadyGranted(person=who.name, role=circle.names)
    work.session.add(
        CircleMember(circle_id=circle.id, person_id=person_id, entered_at=work.now, entered_by=work.actor.id)
    )
    work.session.flush()
    work.record("circle:enter", Ref("circle", code), after={"person": person_id})


def leave_circle(work: Work, person_id: int, code: str) -> None:
    """Take a person out of a closed circle, with the next request."""
    require(work, "grants:manage")
    circle = _circle(work, code)
    row = _place(work, circle, person_id)
    if row is None:
        raise NotHeld(person=person(work.session, person_id).name, place=circle.names)
    row.left_at = work.now
    work.session.flush()
    work.record("circle:leave", Ref("circle", code), before={"person": person_id})


def _circle(work: Work, code: str) -> Circle:
    found = work.session.scalar(select(Circle).where(Circle.code == code))
    if found is None:
        raise NoSuchCircle(circle=code)
    return found


def _place(work: Work, circle: Circle, person_id: int) -> CircleMember | None:
    return work.session.scalar(
        select(CircleMember).where(
            CircleMember.circle_id == circle.id,
            CircleMember.person_id == person_id,
            CircleMember.left_at.is_(None),
        )
    )


def confirm_key(work: Work, person_id: int, verified: str) -> None:
    """Confirm, after a reset, that the new signing key is really this person's (P11-200, CN-03).

    Neither the person nor whoever reset the password can do it; `verified` says how it was checked.
    """
    require(work, "grants:manage")
    require_other(work, person_id)
    who = active_person(work, person_id)
    key = present_key(work.session, person_id)
    if key is None or not key.needs_confirmation or key.confirmed_by is not None:
        raise NothingToConfirm(person=who.name)
    if key.reset_by == work.actor.id:
        raise ConfirmedByResetter
    key.confirmed_by = work.actor.id
    work.session.flush()
    work.record(
        "person:key:confirm",
        Ref("person", str(person_id)),
        after={"key": secrets.fingerprint(key.public), "verified": verified},
    )
