"""Pure rules: answers as people read them on pages, in exports and in print, and what changed between two."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from qms.forms.definition import CHOICES, NUMBERS, Definition, Field, Type, spoken
from qms.kernel.labels import N_, listed, say

Called = Callable[[Field, str], str]
"""How a person, department, party, document or record is called, by what is kept of it."""
_NAMED: Final = frozenset({Type.PERSON, Type.DEPARTMENT, Type.PARTY, Type.DOCUMENT, Type.RECORD})


def as_kept(field: Field, value: str) -> str:  # noqa: ARG001 - one of several ways of calling
    """What is kept is what is shown."""
    return value


def display(field: Field, value: Any, language: str, *, zone: tzinfo, called: Called = as_kept) -> str:
    """One answer in the reader's language and the organisation's zone; nothing where nothing was answered."""
    if value is None:
        return ""
    shower = _Shower(language, zone, called)
    if field.type is Type.TABLE:
        return "\n".join(shower.row(field, row) for row in value)
    return shower.one(field, value)


def unit_of(field: Field, language: str) -> str:
    """The unit or currency beside a number."""
    return field.currency or spoken(field.unit, language)


@dataclass(frozen=True, slots=True)
class _Shower:
    language: str
    zone: tzinfo
    called: Called

    def row(self, table: Field, row: Mapping[str, Any]) -> str:
        cells = (
            f"{spoken(column.label, self.language)}: {self.one(column, row[column.id])}"
            for column in table.columns
            if column.id in row
        )
        return " · ".join(cells)

    def one(self, field: Field, value: Any) -> str:
        if isinstance(value, bool):
            return say(N_("Yes") if value else N_("No"), self.language)
        if field.type in CHOICES or (field.options and isinstance(value, str)):
            return self.choices(field, [value] if isinstance(value, str) else value)
        if field.type in NUMBERS:
            return number(value, unit_of(field, self.language))
        return self.called(field, value) if field.type in _NAMED else self.given(field, value)

    def given(self, field: Field, value: Any) -> str:
        match field.type:
            case Type.INSTANT:
                return self.instant(value)
            case Type.FILE | Type.PHOTO:
                return ", ".join(item["name"] for item in value)
            case Type.SIGNATURE:
                return f"{value['name']} · {self.instant(value['at'])}"
        return str(value)

    def choices(self, field: Field, values: list[str]) -> str:
        labels = {option.value: spoken(option.label, self.language) for option in field.options}
        return listed((labels.get(value, value) for value in values), self.language)

    def instant(self, value: str) -> str:
        return f"{datetime.fromisoformat(value).astimezone(self.zone):%Y-%m-%d %H:%M}"


def number(value: str, unit: str = "") -> str:
    """A kept number with thousands apart and its unit; a computed text as it is."""
    try:
        figure = f"{Decimal(value):,f}"
    except InvalidOperation:
        return value
    return f"{figure} {unit}" if unit else figure


@dataclass(frozen=True, slots=True)
class Changed:
    """One field whose answer is not what it was; None where there is or was no answer."""

    field: Field
    before: Any
    after: Any


def compare(definition: Definition, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Changed]:
    """The fields whose answers differ, in the order of the form."""
    return [
        Changed(entry, old.get(entry.id), new.get(entry.id))
        for entry in definition.fields
        if old.get(entry.id) != new.get(entry.id)
    ]
