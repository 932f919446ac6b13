"""Who may see which action, as a condition inside the query, so that nothing is filtered after counting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, false, or_, true

from qms.actions.models import Action

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from qms.kernel.ports import Rights

READ: Final = "actions:read"
OPEN: Final = "actions:open"
MANAGE: Final = "actions:manage"


def visible(rights: Rights) -> ColumnElement[bool]:
    """Inside grade and circle: one's own, what one opened or is asked to take over, and one's department's.

    Who oversees every department, or manages the actions of some, sees theirs.
    """
    if not rights.may(READ):
        return false()
    circle = or_(Action.circle.is_(None), Action.circle.in_(sorted(rights.circles)))
    reach: list[ColumnElement[bool]] = [Action.department.in_(sorted(rights.departments))]
    if rights.person_id is not None:
        me = rights.person_id
        reach += [Action.owner_id == me, Action.next_owner_id == me, Action.opened_by_id == me]
    if rights.oversees:
        reach.append(true())
    if rights.may(MANAGE):
        reach.append(managed(rights))
    return and_(Action.secrecy <= rights.secrecy, circle, or_(*reach))


def managed(rights: Rights) -> ColumnElement[bool]:
    """The actions of the departments the person manages actions of."""
    if not rights.may(MANAGE):
        return false()
    covered = rights.permissions[MANAGE]
    return true() if covered is None else Action.department.in_(sorted(covered))
