"""Pure rules: the shape an answer must have before anything is worked out from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final

from qms.forms.definition import Definition, Field, Type
from qms.kernel.errors import Invalid, Problem
from qms.kernel.labels import N_


class AnswersUnfit(Invalid):
    """Answers came in another shape than their fields have, past the page that would have read them."""

    message = "These answers do not have the shape of their fields; nothing was kept."


def refuse_unfit(definition: Definition, values: Mapping[str, Any]) -> None:
    """Refuse answers that are no values of their fields at all: a table that is a text, no day for a date."""
    problems = [problem for entry in definition.fields for problem in _unfit(entry, entry.id, values)]
    if problems:
        raise AnswersUnfit(problems)


def _unfit(entry: Field, name: str, values: Mapping[str, Any]) -> Iterator[Problem]:
    value = values.get(entry.id)
    if value is None:
        return
    if entry.type is Type.TABLE:
        yield from _rows(entry, value)
    elif not _FITS.get(entry.type, _is_text)(value):
        yield Problem(N_("This is no answer to “{label}”."), field=name, facts={"label": entry.label})


def _rows(table: Field, rows: Any) -> Iterator[Problem]:
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        text = N_("The table “{label}” is a list of rows, each with its columns by name.")
        yield Problem(text, field=table.id, facts={"label": table.label})
        return
    for place, row in enumerate(rows):
        for column in table.columns:
            yield from _unfit(column, f"{table.id}.{place}.{column.id}", row)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _is_readable(read: Callable[[str], Any]) -> Callable[[Any], bool]:
    def fits(value: Any) -> bool:
        try:
            read(value)
        except (ValueError, TypeError):
            return False
        return True

    return fits


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)


def _are_files(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(each, Mapping) and {"name", "digest"} <= each.keys() for each in value
    )


def _is_signature(value: Any) -> bool:
    return isinstance(value, Mapping) and {"person", "name", "at"} <= value.keys()


def _is_anything(value: Any) -> bool:  # noqa: ARG001 - what a formula gives is worked out anew
    return True


_FITS: Final[Mapping[Type, Callable[[Any], bool]]] = {
    Type.NUMBER: _is_number,
    Type.MONEY: _is_number,
    Type.DATE: _is_readable(date.fromisoformat),
    Type.INSTANT: _is_readable(datetime.fromisoformat),
    Type.YES_NO: lambda value: isinstance(value, bool),
    Type.MULTIPLE_CHOICE: _are_texts,
    Type.FILE: _are_files,
    Type.PHOTO: _are_files,
    Type.SIGNATURE: _is_signature,
    Type.COMPUTED: _is_anything,
}
