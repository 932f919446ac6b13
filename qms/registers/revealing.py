"""Sealed cells are read from their records for the rows that are shown, and for nothing else (R17)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from qms.registers import cells, declared, filling
from qms.registers.models import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from qms.forms import Definition
    from qms.kernel.work import Work
    from qms.registers.columns import Column
    from qms.registers.looking import Line, Shown


class Opener(Protocol):
    """Records, asked for the answers of some of them in clear; what was erased is left out."""

    def values_of(self, work: Work, record_ids: Iterable[int]) -> Mapping[int, Mapping[str, Any]]:
        """The answers by the id of the record."""
        ...


def reveal(work: Work, lines: Sequence[Line], columns: Sequence[Column]) -> tuple[Line, ...]:
    """The lines with what is sealed in the shown columns, for who sees these records anyway.

    What was erased, or comes of a form that is no longer in force, stays sealed.
    """
    closed = {line.record_id for line in lines if any(_is_closed(line, column) for column in columns)}
    if not closed:
        return tuple(lines)
    known: dict[int, Mapping[str, Any]] = {}
    for opener in work.ports.get("openers", ()):
        known.update(opener.values_of(work, sorted(closed)))
    forms = declared.in_force(work.session, work.today)
    return tuple(
        _opened(work, line, columns, forms[line.form].definition, known[line.record_id])
        if line.record_id in known and line.form in forms
        else line
        for line in lines
    )


def _is_closed(line: Line, column: Column) -> bool:
    return line.cells.get(column.id) is Mark.SEALED


def _opened(
    work: Work, line: Line, columns: Sequence[Column], form: Definition, values: Mapping[str, Any]
) -> Line:
    facts = {"record": line.number, "state": line.state, "filed_on": line.filed_on,
             "closed_on": line.closed_on, "department": line.department}  # fmt: skip
    asked = tuple(column for column in columns if _is_closed(line, column))
    answers = filling.Answers(form, values, facts, work.settings.zone_info)
    made = filling.fill(asked, answers, reveal=True)
    return line._replace(cells={**line.cells, **{each.column.id: _shown(each) for each in made}})


def _shown(each: filling.Filled) -> Shown:
    if each.mark is not None:
        return each.mark
    return tuple(cells.read(each.column.type, value) for value in each.values if value.key is not None)
