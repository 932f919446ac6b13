"""Registers follow records: each change writes the cells in the record's own transaction (law 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, insert, select, update

from qms.registers import declared, facts, filling
from qms.registers.cells import Value
from qms.registers.models import CELLS, RegisterCell, RegisterRow
from qms.registers.views import month_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qms.kernel.ports import Filed
    from qms.kernel.work import Work
    from qms.registers.declared import Declared
    from qms.registers.filling import Filled

DISPOSED: Final = "disposed"
_Key = tuple[str, int]


class RegisterFollower:
    """Writes a record into every register in force that takes its form."""

    forms: frozenset[str] | None = None

    def follow(self, work: Work, filed: Filed) -> None:
        """Bring the rows and cells of the record to how it stands now.

        Only what is in force is written to; a row in a register that has ended stays as it is, but for
        what decides who sees it. What was disposed of leaves its number and nothing else (REC-06).
        """
        found = declared.in_force(work.session, work.today)
        takers = declared.takers(found, filed.form)
        _sight(work, filed)
        if filed.state == DISPOSED:
            _forget(work, filed)
        elif takers:
            write(work, filed, takers)


def write(work: Work, filed: Filed, takers: Iterable[Declared]) -> None:
    """Write the cells of a record in these registers."""
    answers = filling.Answers(
        form=declared.of_revision(work.session, filed.revision).definition,
        values=filed.values,
        facts=facts.of(work, filed),
        zone=work.settings.zone_info,
        personal=filed.personal,
        sealed=filed.sealed,
    )
    for taker in takers:
        row_id = _row(work, filed, taker.document_id)
        _cells(work, taker.document_id, row_id, filling.fill(taker.columns, answers))


def _facts(filed: Filed) -> dict[str, Any]:
    return {
        "number": filed.number,
        "form": filed.form,
        "state": filed.state,
        "filed_on": filed.filed_on,
        "closed_on": filed.closed_on,
        "month": month_of(filed.filed_on),
        "department": filed.department,
        "secrecy": filed.secrecy,
        "circle": filed.circle,
        "author_id": filed.author_id,
    }


def _sight(work: Work, filed: Filed) -> None:
    """Grade, circle, department and state of every row of the record, wherever it stands."""
    changed = update(RegisterRow).where(RegisterRow.record_id == filed.record_id)
    work.session.execute(changed.values(_facts(filed)))


def _row(work: Work, filed: Filed, register_id: int) -> int:
    asked = select(RegisterRow.id).where(
        RegisterRow.record_id == filed.record_id, RegisterRow.register_id == register_id
    )
    found = work.session.scalar(asked)
    if found is not None:
        return found
    row = RegisterRow(register_id=register_id, record_id=filed.record_id, **_facts(filed))
    work.session.add(row)
    work.session.flush()
    return row.id


def _cells(work: Work, register_id: int, row_id: int, filled: Iterable[Filled]) -> None:
    """Write what is new, change what changed, take away what is gone; the rest stays untouched.

    A cell of a column the register no longer has stays as evidence of its time.
    """
    filled = list(filled)
    stored = {
        (row.column_id, row.place): row._mapping  # noqa: SLF001 - SQLAlchemy's public name
        for row in work.session.execute(select(CELLS).where(CELLS.c.row_id == row_id))
    }
    wanted = {
        (each.column.id, place): _values(register_id, row_id, each, place, value)
        for each in filled
        for place, value in enumerate(each.values)
    }
    fresh = [values for key, values in wanted.items() if key not in stored]
    if fresh:
        work.session.execute(insert(CELLS), fresh)
    for key, values in wanted.items():
        if key in stored and any(stored[key][CELLS.c[name]] != value for name, value in values.items()):
            work.session.execute(update(CELLS).where(*_at(row_id, key)).values(values))
    shown = {each.column.id for each in filled}
    for key in stored:
        if key not in wanted and key[0] in shown:
            work.session.execute(delete(CELLS).where(*_at(row_id, key)))


def _at(row_id: int, key: _Key) -> tuple[Any, ...]:
    return CELLS.c.row_id == row_id, CELLS.c.column_id == key[0], CELLS.c.place == key[1]


def _values(register_id: int, row_id: int, each: Filled, place: int, value: Value) -> dict[str, Any]:
    return {
        "row_id": row_id,
        "column_id": each.column.id,
        "place": place,
        "register_id": register_id,
        "code": each.column.code or None,
        "text": value.text,
        "number": value.number,
        "on_day": value.day,
        "at_instant": value.instant,
        "ref": value.ref,
        "sort_key": value.key,
        "mark": each.mark,
    }


def _forget(work: Work, filed: Filed) -> None:
    rows = select(RegisterRow.id).where(RegisterRow.record_id == filed.record_id)
    work.session.execute(delete(RegisterCell).where(RegisterCell.row_id.in_(rows)))
