"""Whose competence somebody may see or manage: their own, their departments', everybody's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qms import accounts
from qms.competence import errors

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from qms.kernel.ports import Rights
    from qms.kernel.work import Work

READ: Final = "competence:read"
MANAGE: Final = "competence:manage"
DEFINE: Final = "competence:define"


def people(session: Session, rights: Rights, day: date, permission: str = READ) -> list[int]:
    """The active people whose competence one may see: a head their departments, everybody themselves."""
    found: set[int] = set()
    if rights.may(permission):
        found |= set(accounts.members(session, rights.permissions[permission], day))
    if permission == READ and rights.person_id is not None:
        found.add(rights.person_id)
    active = {each.id for each in accounts.people(session)}
    return sorted(found & active)


def require_manager(work: Work, person_id: int) -> None:
    """Refuse whoever does not manage the competence of the person's department."""
    if person_id not in people(work.session, work.rights, work.today, MANAGE):
        raise errors.NotTheirHead(person=accounts.person(work.session, person_id).name)
