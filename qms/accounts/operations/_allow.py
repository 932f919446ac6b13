"""What every operation asks first: may this be done, and by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qms.accounts.errors import GrantToOneself, NotAllowed, NotSignedIn, PersonInactive
from qms.accounts.permissions import PERMISSIONS
from qms.accounts.queries import person
from qms.kernel.labels import Phrase

if TYPE_CHECKING:
    from qms.accounts.models import Person
    from qms.kernel.work import Work


def require(work: Work, permission: str, department: str | None = None) -> None:
    """Refuse an act for which the permission is not held (P11-10g)."""
    if not work.rights.may(permission, department):
        raise NotAllowed(permission=Phrase(PERMISSIONS[permission].name))


def require_other(work: Work, person_id: int) -> None:
    """Refuse that somebody gives rights to themselves (MLP-04)."""
    if work.actor.person_id == person_id:
        raise GrantToOneself


def active_person(work: Work, person_id: int) -> Person:
    """The person, who must still be active."""
    found = person(work.session, person_id)
    if not found.active:
        raise PersonInactive(person=found.name)
    return found


def acting_person(work: Work) -> Person:
    """The signed-in person who acts; a service is none (ALC-01)."""
    if work.actor.person_id is None:
        raise NotSignedIn
    return active_person(work, work.actor.person_id)
