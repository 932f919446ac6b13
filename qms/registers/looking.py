"""One page of a register: as many rows as asked, after a cursor, with the cells that are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from sqlalchemy import DateTime, String, and_, bindparam, or_, select, tuple_, type_coerce

from qms.kernel.database import in_utc
from qms.registers import access, cells, seeking, views
from qms.registers.columns import Column
from qms.registers.models import CELLS, ROWS, Mark
from qms.registers.views import Cursor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from qms.kernel.ports import Rights
    from qms.registers.declared import Register
    from qms.registers.seeking import Sought
    from qms.registers.views import View

SIZE: Final = 50
COUNTED: Final = 10_000
"""How far rows are counted: beyond, a page says "more than 10 000"."""
_BATCH: Final = 400


Shown = tuple[Any, ...] | Mark
"""What one cell shows: its values as they are written, or why there is none."""
NO_CELL: Final[Shown] = ()


class Line(NamedTuple):
    """One record in a register; a column without a value has no cell."""

    id: int
    record_id: int
    number: str
    form: str
    state: str
    filed_on: date
    closed_on: date | None
    department: str
    author_id: int
    cells: Mapping[str, Shown]


_Row = tuple[Any, ...]
_ROW: Final = tuple(ROWS.c[name] for name in Line._fields[:-1])
"""What a line shows of its row, in the order of its own parts."""
_NEWEST: Final = (
    select(*_ROW)
    .order_by(ROWS.c.filed_on.desc(), ROWS.c.id.desc())
    .limit(bindparam("most", type_=ROWS.c.id.type))
)
_AFTER: Final = tuple_(ROWS.c.filed_on, ROWS.c.id) < tuple_(
    bindparam("day", type_=ROWS.c.filed_on.type), bindparam("row", type_=ROWS.c.id.type)
)
_BY_CELL: Final = select(*_ROW, CELLS.c.sort_key).join(CELLS, CELLS.c.row_id == ROWS.c.id)
_SHOWN: Final = (
    select(
        CELLS.c.row_id,
        CELLS.c.column_id,
        type_coerce(CELLS.c.mark, String),
        *(CELLS.c[name] for name in ("text", "number", "on_day")),
        type_coerce(CELLS.c.at_instant, DateTime(timezone=True)),
        CELLS.c.ref,
    )
    .where(
        CELLS.c.row_id.in_(bindparam("rows", expanding=True, literal_execute=True)),
        CELLS.c.column_id.in_(bindparam("columns", expanding=True)),
        or_(CELLS.c.sort_key.is_not(None), CELLS.c.mark.is_not(None)),
    )
    .order_by(CELLS.c.row_id, CELLS.c.column_id, CELLS.c.place)
)
"""What cells show: where, why empty, and the parts of a value in their order; what shows nothing stays away.

Instants and marks come as the driver gives them and are made what they are where there is one.
"""


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and the cursor after which there are more."""

    lines: tuple[Line, ...]
    after: str | None


def page(
    session: Session,
    rights: Rights,
    register: Register,
    view: View,
    zone: ZoneInfo,
    *,
    after: str = "",
    size: int = SIZE,
    shown: Sequence[Column] | None = None,
) -> Page:
    """The next rows of a view; a page costs what it shows, however many rows there are.

    Without an order of its own the newest come first. Sorted by a column, rows without a value come
    last in either direction.
    """
    cursor = views.cursor(after) if after else None
    if view.sort:
        found = seeking.sought(session, rights, register, view, zone)
        rows, last = _sorted(session, register, view, found, cursor=cursor, size=size)
    else:
        rows, last = _newest(session, rights, register, view, zone, cursor=cursor, size=size)
    columns = views.shown(view, register.columns) if shown is None else shown
    known = cells_of(session, [row[0] for row in rows], columns)
    lines = tuple(Line._make((*row, known.get(row[0], {}))) for row in rows)
    return Page(lines, None if last is None else views.written(last))


def _newest(
    session: Session,
    rights: Rights,
    register: Register,
    view: View,
    zone: ZoneInfo,
    *,
    cursor: Cursor | None,
    size: int,
) -> tuple[list[_Row], Cursor | None]:
    after = _place(cursor)
    seen = access.sight(rights, register.near)
    if views.is_whole(view) and (seen.near is None or register.seated is None):
        query = _whole(seen, further=after is not None)
    else:
        query = _NEWEST.where(seeking.sought(session, rights, register, view, zone).where)
        query = query if after is None else query.where(_AFTER)
    day, row = after or (None, None)
    asked = {"register": register.id, "day": day, "row": row, "most": size + 1}
    rows = session.execute(query, asked).all()
    if len(rows) <= size:
        return [tuple(row) for row in rows], None
    last = rows[size - 1]
    return [tuple(row) for row in rows[:size]], Cursor(last.filed_on.isoformat(), last.id)


@lru_cache(maxsize=256)
def _whole(seen: access.Sight, *, further: bool) -> Select[Any]:
    """The statement of a whole register, kept for each sight: to make it costs as much as to run it.

    No right is kept with it (D-0020): the sight is worked out anew for each look.
    """
    query = _NEWEST.where(ROWS.c.register_id == bindparam("register"), access.visible(seen, None))
    return query.where(_AFTER) if further else query


def _place(cursor: Cursor | None) -> tuple[date, int] | None:
    """The day and row after which the newest go on; a cursor of another order begins at the beginning."""
    if cursor is None or not cursor.key:
        return None
    try:
        return date.fromisoformat(cursor.key), cursor.row
    except ValueError:
        return None


def _sorted(
    session: Session, register: Register, view: View, found: Sought, *, cursor: Cursor | None, size: int
) -> tuple[list[_Row], Cursor | None]:
    """First the rows with a value in their order, then those without one; each with its key behind it."""
    rows: list[_Row] = []
    if cursor is None or cursor.key is not None:
        rows = _valued(session, register, view, found, cursor=cursor, size=size + 1)
        cursor = None
    if len(rows) <= size:
        rows += _unvalued(session, register, view, found, cursor=cursor, size=size + 1 - len(rows))
    shown = [row[:-1] for row in rows[:size]]
    if len(rows) <= size:
        return shown, None
    return shown, Cursor(rows[size - 1][-1], rows[size - 1][0])


def _valued(
    session: Session, register: Register, view: View, found: Sought, *, cursor: Cursor | None, size: int
) -> list[_Row]:
    query = _cells_of(register, view, found).where(CELLS.c.sort_key.is_not(None), CELLS.c.place == 0)
    place = tuple_(CELLS.c.sort_key, CELLS.c.row_id)
    if cursor is not None:
        here = tuple_(cursor.key, cursor.row)
        query = query.where(place < here if view.descending else place > here)
    order = (CELLS.c.sort_key, CELLS.c.row_id)
    query = query.order_by(*(each.desc() if view.descending else each for each in order))
    return [tuple(row) for row in session.execute(query.limit(size)).all()]


def _unvalued(
    session: Session, register: Register, view: View, found: Sought, *, cursor: Cursor | None, size: int
) -> list[_Row]:
    query = _cells_of(register, view, found).where(CELLS.c.sort_key.is_(None), CELLS.c.place == 0)
    if cursor is not None:
        query = query.where(CELLS.c.row_id > cursor.row)
    rows = session.execute(query.order_by(CELLS.c.row_id).limit(size)).all()
    return [tuple(row) for row in rows]


def _cells_of(register: Register, view: View, found: Sought) -> Any:
    """The rows of a view by way of the cells of the column it is sorted by."""
    conditions: list[ColumnElement[bool]] = [CELLS.c.column_id == view.sort]
    if found.among is None:
        conditions.append(CELLS.c.register_id == register.id)
    return _BY_CELL.where(and_(*conditions), found.where)


def cells_of(
    session: Session, row_ids: Sequence[int], columns: Sequence[Column]
) -> dict[int, dict[str, Shown]]:
    """The shown cells of these rows, by row and column, in one query."""
    readers = {column.id: cells.reader(column.type) for column in columns}
    if not row_ids or not readers:
        return {}
    asked = {"rows": row_ids, "columns": list(readers)}
    found: dict[int, dict[str, Shown]] = {row_id: {} for row_id in row_ids}
    for row_id, column_id, mark, text, number, day, instant, ref in session.execute(_SHOWN, asked).all():
        line = found[row_id]
        if mark is not None:
            line[column_id] = Mark(mark)
        elif text is not None:
            line[column_id] = (*line.get(column_id, ()), text)
        else:
            at = None if instant is None else in_utc(instant)
            value = readers[column_id](text, number, day, at, ref)
            line[column_id] = (*line.get(column_id, ()), value)
    return found


def count(session: Session, rights: Rights, register: Register, view: View, zone: ZoneInfo) -> int | None:
    """How many rows a view has; None where there are more than 10 000 or no index serves to count them.

    What no index serves is counted only where the rows to try are no more than that.
    """
    found = seeking.sought(session, rights, register, view, zone)
    if found.among is None and not views.is_plain(view):
        every = seeking.bounded(session, ROWS.c.register_id == register.id, COUNTED)
        if every is None:
            return None
    return seeking.bounded(session, found.where, COUNTED)


def every_page(
    session: Session,
    rights: Rights,
    register: Register,
    view: View,
    zone: ZoneInfo,
    *,
    shown: Sequence[Column] | None = None,
) -> Iterator[Page]:
    """All rows of a view in its order, some hundreds at a time, so that none are held together."""
    after = ""
    while True:
        found = page(session, rights, register, view, zone, after=after, size=_BATCH, shown=shown)
        yield found
        if found.after is None:
            return
        after = found.after
