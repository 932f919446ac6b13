"""Pure rules: what is asked, what must be answered and what is computed, given the answers so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from qms.forms.definition import Definition, Field, Type
from qms.forms.names import Kind
from qms.forms.ordering import columns_in_order, conditions, formula, in_order
from qms.forms.reading import decimal, read_one
from qms.forms.shapes import refuse_unfit
from qms.forms.values import typed_one
from qms.formulas import FormulaFailed
from qms.kernel.labels import Phrase

PLACES: Final = 2
"""How exact a computed number is kept where nothing is said; zeros at its end are dropped then."""
_NOTHING: Final[Mapping[str, Any]] = {}


@dataclass(frozen=True, slots=True)
class Settled:
    """The answers with all conditions and formulas worked out.

    `values` holds the answers of shown fields and what was computed, in the order of the form; `scope` is
    what formulas see; `failed` tells which computations came to nothing, by the name of field or cell.
    """

    values: Mapping[str, Any]
    shown: frozenset[str]
    scope: Mapping[str, Any]
    failed: Mapping[str, Phrase] = field(default_factory=dict)


def settle(
    definition: Definition, values: Mapping[str, Any], system: Mapping[str, Any] = _NOTHING
) -> Settled:
    """Work out which fields are shown and what is computed; a hidden field has no answer for the others.

    Rounds in the order of dependence, so that one pass is enough. A condition that fails shows its field.
    Answers of another shape than their fields are refused.
    """
    refuse_unfit(definition, values)
    worker = _Worker(definition, values, system)
    for entry in in_order(definition):
        worker.take(entry)
    kept = {entry.id: worker.kept[entry.id] for entry in definition.fields if entry.id in worker.kept}
    return Settled(kept, frozenset(worker.shown), worker.scope, worker.failed)


def computed(
    definition: Definition, values: Mapping[str, Any], system: Mapping[str, Any] = _NOTHING
) -> dict[str, Any]:
    """The answers with computed fields filled in and those of hidden fields cleared."""
    return dict(settle(definition, values, system).values)


def shown(
    definition: Definition, values: Mapping[str, Any], system: Mapping[str, Any] = _NOTHING
) -> frozenset[str]:
    """The fields that are asked, given the answers so far."""
    return settle(definition, values, system).shown


def required(
    definition: Definition, values: Mapping[str, Any], system: Mapping[str, Any] = _NOTHING
) -> frozenset[str]:
    """The shown fields that must be answered, given the answers so far."""
    settled = settle(definition, values, system)
    return frozenset(
        entry.id
        for entry in definition.fields
        if entry.id in settled.shown and is_required(entry, settled.scope)
    )


def is_required(entry: Field, scope: Mapping[str, Any]) -> bool:
    """Whether a field or cell must be answered; what is computed answers itself."""
    if entry.type is Type.COMPUTED:
        return False
    return entry.required or (bool(entry.required_when) and holds(entry.required_when, scope))


def holds(condition: str, scope: Mapping[str, Any]) -> bool:
    """Whether a condition holds; one that cannot be worked out raises `FormulaFailed`."""
    return formula(condition).holds(scope)


def defaults(definition: Definition, system: Mapping[str, Any], *, zone: tzinfo) -> dict[str, Any]:
    """The answers a new record begins with, as the form declares them."""
    found = {}
    for entry in definition.fields:
        value = read_one(entry, entry.default, zone) if entry.default else None
        if entry.default_formula:
            value = stored(entry, formula(entry.default_formula).value(system))
        if value is not None:
            found[entry.id] = value
    return found


def stored(entry: Field, value: Any) -> Any:
    """What a formula gave, as the JSON value that is kept for a field."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | Decimal):
        return _number(entry, Decimal(value))
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _number(entry: Field, value: Decimal) -> str:
    if entry.places is not None:
        return decimal(value, entry.places)
    rounded = value.quantize(Decimal(1).scaleb(-PLACES), ROUND_HALF_UP)
    return decimal(rounded.normalize(), None)


class _Worker:
    def __init__(self, definition: Definition, values: Mapping[str, Any], system: Mapping[str, Any]) -> None:
        self.values = values
        self.conditions = conditions(definition)
        empty: dict[str, Any] = {
            entry.id: [] if entry.type is Type.TABLE else None for entry in definition.fields
        }
        self.scope: dict[str, Any] = {**system, **empty}
        self.kept: dict[str, Any] = {}
        self.shown: set[str] = set()
        self.failed: dict[str, Phrase] = {}

    def take(self, entry: Field) -> None:
        if not all(self.asked(entry, condition) for condition in self.conditions[entry.id]):
            return
        self.shown.add(entry.id)
        if entry.type is Type.TABLE:
            self.rows(entry)
            return
        if entry.type is Type.COMPUTED:
            seen = self.reckon(entry, entry.id, self.scope)
            value = stored(entry, seen)
            seen = typed_one(entry, value, _kind(seen))
        else:
            value = self.values.get(entry.id)
            seen = typed_one(entry, value)
        self.scope[entry.id] = seen
        if value is not None:
            self.kept[entry.id] = value

    def asked(self, entry: Field, condition: str) -> bool:
        try:
            return holds(condition, self.scope)
        except FormulaFailed as fault:
            self.failed[entry.id] = Phrase(fault.message, **fault.facts)
            return True

    def reckon(self, entry: Field, name: str, scope: Mapping[str, Any]) -> Any:
        try:
            return formula(entry.formula).value(scope)
        except FormulaFailed as fault:
            self.failed[name] = Phrase(fault.message, **fault.facts)
            return None

    def rows(self, table: Field) -> None:
        order = columns_in_order(table)
        kept, seen = [], []
        for place, sent in enumerate(self.values.get(table.id) or ()):
            row = dict(sent)
            cells = {column.id: typed_one(column, row.get(column.id)) for column in table.columns}
            for column in order:
                result = self.reckon(column, f"{table.id}.{place}.{column.id}", {**self.scope, **cells})
                row[column.id] = stored(column, result)
                cells[column.id] = typed_one(column, row[column.id], _kind(result))
            kept.append({name: value for name, value in row.items() if value is not None})
            seen.append(cells)
        self.scope[table.id] = seen
        if kept:
            self.kept[table.id] = kept


def _kind(value: Any) -> Kind:
    if isinstance(value, datetime):
        return Kind.INSTANT
    if isinstance(value, date):
        return Kind.DATE
    return Kind.TEXT if isinstance(value, str) else Kind.UNKNOWN
