"""Which parties exist for whom, as conditions inside the query: nothing is filtered after counting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, false, or_, true

from qms.parties.models import Party

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from qms.kernel.ports import Rights

READ: Final = "parties:read"
MANAGE: Final = "parties:manage"


def visible(rights: Rights) -> ColumnElement[bool]:
    """Inside grade and circle: one's own department's and those above, those granted by name, one's own.

    A right to read that was given everywhere shows the parties of one's own departments; who manages
    everywhere, or oversees, sees all of them (R16, R19, SEC-06).
    """
    if not rights.may(READ):
        return false()
    circle = or_(Party.circle.is_(None), Party.circle.in_(sorted(rights.circles)))
    return and_(Party.secrecy <= rights.secrecy, circle, _reached(rights))


def _reached(rights: Rights) -> ColumnElement[bool]:
    covered = [rights.permissions[each] for each in (READ, MANAGE) if each in rights.permissions]
    manages_all = rights.may(MANAGE) and rights.permissions[MANAGE] is None
    if rights.oversees or manages_all:
        return true()
    codes = rights.departments.union(*(each for each in covered if each is not None))
    own = Party.department.in_(sorted(codes))
    return own if rights.person_id is None else or_(own, Party.owner_id == rights.person_id)


def within(rights: Rights, secrecy: int, circle: str | None) -> bool:
    """Whether somebody may give this grade and circle: only what they could look into themselves."""
    return secrecy <= rights.secrecy and (circle is None or circle in rights.circles)
