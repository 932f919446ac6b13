"""Who may see which rows, as conditions inside the query (R16, R19, law 11); the rule is that of records."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import and_, exists, false, or_, true

from qms import accounts, records
from qms.kernel.ports import Secrecy
from qms.records.models import Record
from qms.registers.models import ROWS

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from qms.kernel.ports import Rights

FILE: Final = "records:file"
READ: Final = "records:read"


def own(session: Session, rights: Rights, day: date) -> frozenset[str]:
    """The departments whose records the person sees because they belong to them."""
    if rights.person_id is None or not rights.may(FILE):
        return frozenset()
    return frozenset(accounts.departments_of(session, rights.person_id, day))


def seat(session: Session, rights: Rights, day: date) -> ColumnElement[bool]:
    """The rows of records on which the person has or had a seat, their own or as substitute (R27)."""
    return exists().where(Record.id == ROWS.c.record_id, records.seated(session, rights, day))


class Sight(NamedTuple):
    """What decides which rows a person sees, their seats apart: who has the same sight sees the same rows.

    `near` are the departments whose records they see, None for every department.
    """

    grade: int
    circles: tuple[str, ...]
    person_id: int | None
    near: tuple[str, ...] | None


def sight(rights: Rights, departments: Collection[str]) -> Sight:
    """How far a person sees, who belongs to these departments.

    Who oversees, and who may read all records, sees every department; others their own and those of
    which they may read all records.
    """
    near: tuple[str, ...] | None = None
    covered = rights.permissions.get(READ, frozenset())
    if not rights.oversees and (covered is not None or rights.person_id is None):
        near = tuple(sorted({*departments, *(covered or ())}))
    return Sight(rights.secrecy, tuple(sorted(rights.circles)), rights.person_id, near)


def visible(seen: Sight, seated: ColumnElement[bool] | None) -> ColumnElement[bool]:
    """The rows of records that exist for the person.

    Grade and circle bind everybody; within them one sees one's own records, those one has a seat on,
    and those of the departments one sees.
    """
    circle = or_(ROWS.c.circle.is_(None), ROWS.c.circle.in_(seen.circles))
    return and_(ROWS.c.secrecy <= seen.grade, circle, _reached(seen, seated))


def _reached(seen: Sight, seated: ColumnElement[bool] | None) -> ColumnElement[bool]:
    if seen.near is None:
        return true()
    if seen.person_id is None:
        return false()
    there = or_(ROWS.c.author_id == seen.person_id, ROWS.c.department.in_(seen.near))
    return there if seated is None else or_(there, seated)


def as_published(rights: Rights) -> Rights:
    """What is published shows the same to everybody: internal, outside any circle, of every department."""
    return replace(rights, secrecy=Secrecy.INTERNAL, circles=frozenset(), oversees=True)
