"""What stands in the cells of one row: from the answers, from formulas, from what the system knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import tzinfo
from decimal import InvalidOperation
from typing import Any

from qms import forms, formulas
from qms.forms import Definition
from qms.registers import cells
from qms.registers.cells import Value
from qms.registers.columns import Column, source
from qms.registers.models import Mark


@dataclass(frozen=True, slots=True)
class Filled:
    """The cells of one column: its values, or why it has none."""

    column: Column
    values: tuple[Value, ...]
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Answers:
    """What is known of a record: the answers as JSON, what of them is sealed, and what the system knows."""

    form: Definition
    values: Mapping[str, Any]
    facts: Mapping[str, Any]
    zone: tzinfo
    personal: frozenset[str] = frozenset()
    sealed: bool = False


def fill(columns: tuple[Column, ...], answers: Answers, *, reveal: bool = False) -> list[Filled]:
    """The cells of every column; what is sealed stays out of them unless it is only shown (R17)."""
    named = _Named(answers)
    return [_fill(column, answers, named, reveal=reveal) for column in columns]


def _fill(column: Column, answers: Answers, named: _Named, *, reveal: bool) -> Filled:
    found = source(column, answers.form, answers.facts)
    formula = formulas.parse(found.name) if found.kind == "formula" else None
    if found.kind == "nothing" or (formula is not None and not named.has(formula.names)):
        return Filled(column, (cells.EMPTY,))  # the column is for another form of the register
    if found.kind == "fact":
        return _cells(column, answers.facts.get(found.name), answers.zone)
    used = formula.names if formula else frozenset({found.name})
    if not reveal and _is_sealed(used, answers):
        return Filled(column, (cells.EMPTY,), Mark.SEALED)
    if formula is None:
        return _cells(column, answers.values.get(found.name), answers.zone)
    try:
        return _cells(column, formula.value(named.values), answers.zone)
    except (formulas.FormulaFailed, ValueError):
        return Filled(column, (cells.EMPTY,), Mark.FAULTY)


def _is_sealed(used: frozenset[str], answers: Answers) -> bool:
    if answers.sealed:
        return not used.issubset(answers.facts)
    return not answers.personal.isdisjoint(used)


def _cells(column: Column, answer: Any, zone: tzinfo) -> Filled:
    """An answer that does not fit the type of its column is a fault of the declaration, told as such."""
    try:
        return Filled(column, cells.values(column.type, answer, zone))
    except (ValueError, InvalidOperation, AttributeError):
        return Filled(column, (cells.EMPTY,), Mark.FAULTY)


class _Named:
    """The names formulas may use: the answers as typed values, and the facts; made when first asked."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._made: dict[str, Any] | None = None

    def has(self, names: frozenset[str]) -> bool:
        """Whether the form, or the system, knows all these names."""
        fields = {field.id for field in self._answers.form.fields}
        return {name.partition(".")[0] for name in names} <= fields | set(self._answers.facts)

    @property
    def values(self) -> Mapping[str, Any]:
        if self._made is None:
            facts = self._answers.facts
            known = {name: facts[name] for name in facts if "." not in name}
            self._made = known | forms.answers.typed(self._answers.form, self._answers.values)
        return self._made
