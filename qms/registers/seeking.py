"""A view as conditions of a query: which rows, found by which index."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from sqlalchemy import and_, exists, func, select, true

from qms.registers import access, views
from qms.registers.models import CELLS, ROWS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from qms.kernel.ports import Rights
    from qms.registers.columns import Column
    from qms.registers.declared import Register
    from qms.registers.views import Bounds, Filter, Range, View

FEW: Final = 500
"""Up to so many cells a filter is answered from its index; above, rows are tried in their order."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What must hold of a row, and the few rows it can be where an index has named them."""

    conditions: tuple[ColumnElement[bool], ...]
    among: tuple[int, ...] | None

    @property
    def where(self) -> ColumnElement[bool]:
        """Everything that must hold, the register or the named rows included."""
        return and_(true(), *self.conditions)


def sought(session: Session, rights: Rights, register: Register, view: View, zone: ZoneInfo) -> Sought:
    """The conditions of a view for one person.

    Where an index names few rows for one of the filters, the register itself is not asked for any
    more: the rows of its cells are its rows, and the planner has no other index to go astray on.
    """
    known = {column.id: column for column in register.columns}
    asked = [(each, _bounds(known[each.column], each, zone)) for each in view.filters]
    among = _fewest(session, register.id, asked)
    seen = access.visible(access.sight(rights, register.near), register.seated)
    rows: list[ColumnElement[bool]] = [seen, *_plain(view)]
    if among is None:
        rows.insert(0, ROWS.c.register_id == register.id)
    else:
        rows.insert(0, ROWS.c.id.in_(among))
    rows += [_fits(each.column, bounds) for each, bounds in asked]
    return Sought(tuple(rows), among)


def _bounds(column: Column, asked: Filter, zone: ZoneInfo) -> Bounds:
    return views.bounds(column, asked, zone)


def _plain(view: View) -> list[ColumnElement[bool]]:
    """What stands on the row itself."""
    found: list[ColumnElement[bool]] = []
    if view.since is not None:
        found.append(ROWS.c.filed_on >= view.since)
    if view.until is not None:
        found.append(ROWS.c.filed_on <= view.until)
    for column, value in (
        (ROWS.c.state, view.state),
        (ROWS.c.department, view.department),
        (ROWS.c.form, view.form),
    ):
        if value:
            found.append(column == value)
    return found


def _within(key: ColumnElement[str | None], asked: Range) -> list[ColumnElement[bool]]:
    if asked.least == asked.most:
        return [key == asked.least]
    found: list[ColumnElement[bool]] = []
    if asked.least is not None:
        found.append(key >= asked.least)
    if asked.most is not None:
        found.append(key <= asked.most)
    return found


def _fits(column_id: str, bounds: Bounds) -> ColumnElement[bool]:
    """That the row has a cell of the column that fits, tried by the row's own cells."""
    cell = CELLS.alias().c
    if bounds.range is None:
        fits = [cell.text.icontains(bounds.words, autoescape=True)]
    else:
        fits = _within(cell.sort_key, bounds.range)
    return exists().where(cell.row_id == ROWS.c.id, cell.column_id == column_id, *fits)


def _fewest(
    session: Session, register_id: int, asked: Sequence[tuple[Filter, Bounds]]
) -> tuple[int, ...] | None:
    """The rows of the filter that fits fewest, where they are few; asked of the index alone."""
    best: tuple[int, ...] | None = None
    for each, bounds in asked:
        if bounds.range is None:
            continue
        found = session.scalars(
            select(CELLS.c.row_id)
            .where(
                CELLS.c.register_id == register_id,
                CELLS.c.column_id == each.column,
                *_within(CELLS.c.sort_key, bounds.range),
            )
            .order_by(CELLS.c.sort_key, CELLS.c.row_id)  # so that no planner reads anything but the index
            .limit(FEW + 1)
        ).all()
        if len(found) <= FEW and (best is None or len(found) < len(best)):
            best = tuple(dict.fromkeys(found))
    return best


def bounded(session: Session, condition: ColumnElement[bool], most: int) -> int | None:
    """How many rows fit, counted no farther than `most`; None where there are more."""
    inner = select(ROWS.c.id).where(condition).limit(most + 1).subquery()
    found = session.scalar(select(func.count()).select_from(inner)) or 0
    return None if found > most else found
