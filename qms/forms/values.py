"""Pure rules: the answers of a form: read from what is sent, seen by formulas, kept in one canonical form."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import rfc8785

from qms.forms.definition import NUMBERS, Definition, Field, Type
from qms.forms.names import Kind
from qms.forms.ordering import computed_kinds, row_kinds
from qms.forms.reading import READ, Unreadable, read_one
from qms.kernel.errors import Problem
from qms.kernel.labels import N_

ROWS: Final = 200
"""The most rows a table may be filled with."""
FILES: Final = 20
"""The most files one field may hold."""
SIZE: Final = 1_000_000
"""The most signs all answers of a form may have together (SEC-13)."""
_DIGITS: Final = 6
_GIVEN: Final = frozenset({Type.FILE, Type.PHOTO})

Sent = str | Sequence[str]


def read(
    definition: Definition,
    raw: Mapping[str, Sent],
    fields: Collection[str] | None = None,
    *,
    zone: tzinfo,
    files: Mapping[str, Mapping[str, Any]] | None = None,
    signed: Mapping[str, Any] | None = None,
) -> tuple[dict[str, Any], list[Problem]]:
    """The JSON values of what was sent for these fields, and what cannot be read.

    A cell of a table is sent as `table.0.column`; rows without any answer are left out. A file is sent
    as the digest of one of `files`; a tick in a signature field puts `signed` there. Each problem has
    as its field the name under which the answer was sent, and `label` among its facts.
    """
    if sum(len(part) for sent in raw.values() for part in ([sent] if isinstance(sent, str) else sent)) > SIZE:
        return {}, [Problem(N_("The answers are too long: at most {most} signs."), facts={"most": SIZE})]
    reader = _Reader(raw, zone, files or {}, signed)
    values: dict[str, Any] = {}
    for entry in definition.fields:
        if fields is not None and entry.id not in fields:
            continue
        value = reader.rows(entry) if entry.type is Type.TABLE else reader.cell(entry, entry.id)
        if value is not None:
            values[entry.id] = value
    return values, reader.problems


class _Reader:
    def __init__(
        self,
        raw: Mapping[str, Sent],
        zone: tzinfo,
        files: Mapping[str, Mapping[str, Any]],
        signed: Mapping[str, Any] | None,
    ) -> None:
        self.raw = raw
        self.zone = zone
        self.files = files
        self.signed = signed
        self.problems: list[Problem] = []

    def fault(self, entry: Field, name: str, text: str, **facts: object) -> None:
        self.problems.append(Problem(text, field=name, facts={"label": entry.label, **facts}))

    def cell(self, entry: Field, name: str) -> Any:
        sent = self.raw.get(name)
        if sent is None:
            return None
        if entry.type in READ:
            try:
                return read_one(entry, sent, self.zone)
            except Unreadable as fault:
                self.fault(entry, name, fault.phrase.text, **fault.phrase.facts)
                return None
        if entry.type in _GIVEN:
            return self.attached(entry, name, [sent] if isinstance(sent, str) else sent)
        if entry.type is Type.SIGNATURE and self.signed is not None and any(sent):
            return dict(self.signed)
        return None

    def attached(self, entry: Field, name: str, digests: Sequence[str]) -> list[dict[str, Any]] | None:
        wanted = list(dict.fromkeys(digest for digest in digests if digest))
        if len(wanted) > FILES:
            self.fault(entry, name, N_("At most {most} files may stand here."), most=FILES)
            return None
        if not all(digest in self.files for digest in wanted):
            self.fault(entry, name, N_("This file has not been received; add it again."))
            return None
        return [dict(self.files[digest]) for digest in wanted] or None

    def rows(self, table: Field) -> list[dict[str, Any]] | None:
        places = sorted(set(self._places(table)))
        if len(places) > ROWS:
            self.fault(table, table.id, N_("A table has at most {most} rows."), most=ROWS)
            return None
        found = []
        for place in places:
            cells = {
                column.id: self.cell(column, f"{table.id}.{place}.{column.id}") for column in table.columns
            }
            row = {name: value for name, value in cells.items() if value is not None}
            if row:
                found.append(row)
        return found or None

    def _places(self, table: Field) -> Iterator[int]:
        columns = {column.id for column in table.columns}
        for name in self.raw:
            head, _, rest = name.partition(".")
            place, _, column = rest.partition(".")
            if (
                head == table.id
                and column in columns
                and place.isascii()
                and place.isdigit()
                and len(place) < _DIGITS
            ):
                yield int(place)


def typed(definition: Definition, values: Mapping[str, Any]) -> dict[str, Any]:
    """The answers as formulas see them: every field has a name, None where nothing was answered."""
    kinds = computed_kinds(definition)
    return {
        entry.id: typed_rows(definition, entry, values.get(entry.id))
        if entry.type is Type.TABLE
        else typed_one(entry, values.get(entry.id), kinds.get(entry.id, Kind.UNKNOWN))
        for entry in definition.fields
    }


def typed_rows(
    definition: Definition, table: Field, rows: Sequence[Mapping[str, Any]] | None
) -> list[dict[str, Any]]:
    """The rows of a table as formulas see them; a table without an answer has none."""
    kinds = row_kinds(definition, table)
    return [
        {
            column.id: typed_one(column, row.get(column.id), kinds.get(column.id, Kind.UNKNOWN))
            for column in table.columns
        }
        for row in rows or ()
    ]


def typed_one(entry: Field, value: Any, kind: Kind = Kind.UNKNOWN) -> Any:
    """One answer as formulas see it; `kind` is what a computed field gives."""
    if value is None:
        return None
    if entry.type in NUMBERS:
        return _figure(value) if kind in _FIGURES else _TYPED.get(kind, _same)(value)
    return _TYPED.get(entry.type, _same)(value)


def _same(value: Any) -> Any:
    return value


def _figure(value: Any) -> Any:
    """A number; a computed text or truth whose formula does not tell its kind stays what it is."""
    try:
        return Decimal(value) if isinstance(value, str) else value
    except InvalidOperation:
        return value


_FIGURES: Final = frozenset({Kind.NUMBER, Kind.UNKNOWN})
_TYPED: Final[Mapping[str, Callable[[Any], Any]]] = {
    Type.DATE: date.fromisoformat,
    Type.INSTANT: datetime.fromisoformat,
    Type.FILE: lambda value: [item["name"] for item in value],
    Type.PHOTO: lambda value: [item["name"] for item in value],
    Type.SIGNATURE: lambda value: value["person"],
}
"""By type of field, and by kind of a computed one: both call a date a date and an instant an instant."""


def canonical(values: Mapping[str, Any]) -> bytes:
    """The one byte form of answers that is stored, hashed and signed (RFC 8785)."""
    return rfc8785.dumps(dict(values))


def digest(values: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical form."""
    return hashlib.sha256(canonical(values)).hexdigest()


def attached(definition: Definition, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every file that answers name: the field, or the table whose cell it fills, and the digest."""
    for entry in definition.fields:
        rows = values.get(entry.id) or () if entry.type is Type.TABLE else (values,)
        for column in entry.columns if entry.type is Type.TABLE else (entry,):
            if column.type in _GIVEN:
                yield from ((entry.id, file["digest"]) for row in rows for file in row.get(column.id) or ())


def personal_fields(definition: Definition) -> frozenset[str]:
    """The fields whose answers are kept sealed and can be erased (R17)."""
    return frozenset(entry.id for entry in definition.fields if entry.personal)
