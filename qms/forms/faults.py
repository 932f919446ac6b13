"""Pure rules: what is still wrong with the answers of a step before it may be signed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from decimal import Decimal
from typing import Any, Final, Protocol

from qms.forms.definition import NUMBERS, Definition, Field, Type
from qms.forms.ordering import formula
from qms.forms.patterns import fits
from qms.forms.settling import is_required, settle
from qms.forms.values import typed_one
from qms.formulas import FormulaFailed
from qms.kernel.errors import Problem
from qms.kernel.labels import N_

_NOTHING: Final[Mapping[str, Any]] = {}
_MISSING: Final = N_("This must be filled in.")
_UNKNOWN: Final[Mapping[Type, str]] = {
    Type.PERSON: N_("There is nobody of this name here."),
    Type.DEPARTMENT: N_("There is no such department."),
    Type.PARTY: N_("There is no such party here."),
    Type.DOCUMENT: N_("There is no such document here."),
    Type.CLAUSE: N_("There is no such clause here."),
    Type.RECORD: N_("There is no such record here."),
}


class Known(Protocol):
    """Whether what an answer names exists and may be named by the person who fills in."""

    def exists(self, field: Field, value: str) -> bool:
        """Whether the person, department, party, document, clause or record of the field exists."""
        ...

    def offers(self, register: str, value: str) -> bool:
        """Whether a register offers a choice."""
        ...


def faults(
    definition: Definition,
    steps: Collection[str],
    values: Mapping[str, Any],
    known: Known,
    system: Mapping[str, Any] = _NOTHING,
) -> list[Problem]:
    """Everything that stands against signing these steps, each with the name of its answer and its label.

    Fields of other steps are not looked at; hidden fields and their answers count for nothing. A form
    that declares no steps has one without a name: "".
    """
    settled = settle(definition, values, system)
    found: list[Problem] = []
    for step in steps:
        for entry in definition.fields_of(step):
            if entry.id not in settled.shown:
                continue
            if entry.id in settled.failed:
                found.append(
                    _problem(entry, entry.id, settled.failed[entry.id].text, settled.failed[entry.id].facts)
                )
            found += _cell(entry, entry.id, settled.values.get(entry.id), settled.scope, known)
            if entry.type is Type.TABLE:
                found += _rows(entry, settled.values, settled.scope, known)
                found += _failed_cells(entry, settled.failed)
    return found


def _problem(entry: Field, name: str, text: str, facts: Mapping[str, object] = _NOTHING) -> Problem:
    return Problem(text, field=name, facts={"label": entry.label, **facts})


def _failed_cells(table: Field, failed: Mapping[str, Any]) -> Iterator[Problem]:
    columns = {column.id: column for column in table.columns}
    for name, phrase in failed.items():
        head, _, rest = name.partition(".")
        if head == table.id and rest:
            yield _problem(columns[rest.partition(".")[2]], name, phrase.text, phrase.facts)


def _rows(
    table: Field, values: Mapping[str, Any], scope: Mapping[str, Any], known: Known
) -> Iterator[Problem]:
    for place, row in enumerate(values.get(table.id, ())):
        inside = {**scope, **scope[table.id][place]}
        for column in table.columns:
            yield from _cell(column, f"{table.id}.{place}.{column.id}", row.get(column.id), inside, known)


def _cell(entry: Field, name: str, value: Any, scope: Mapping[str, Any], known: Known) -> Iterator[Problem]:
    if value is None:
        try:
            if is_required(entry, scope):
                yield _problem(entry, name, _MISSING)
        except FormulaFailed as fault:
            yield _problem(entry, name, fault.message, fault.facts)
        return
    for rule in _RULES:
        yield from rule(entry, name, value, known)
    for check in entry.checks:
        yield from _check(entry, name, check.that, check.say, scope)


def _check(entry: Field, name: str, that: str, say: Any, scope: Mapping[str, Any]) -> Iterator[Problem]:
    """A check waits until everything it names is answered, unless it asks itself what is missing."""
    read = formula(that)
    if "is_missing" not in that and any(scope.get(each) is None for each in read.names):
        return
    try:
        if not read.holds(scope):
            yield _problem(entry, name, N_("{said}"), {"said": say})
    except FormulaFailed as fault:
        yield _problem(entry, name, fault.message, fault.facts)


def _within(entry: Field, name: str, value: Any, known: Known) -> Iterator[Problem]:  # noqa: ARG001 - rules take the same
    seen = typed_one(entry, value) if entry.type in NUMBERS else None
    if not isinstance(seen, Decimal):
        return
    if entry.least is not None and seen < entry.least:
        yield _problem(entry, name, N_("At least {least} is asked for here."), {"least": entry.least})
    if entry.most is not None and seen > entry.most:
        yield _problem(entry, name, N_("At most {most} may stand here."), {"most": entry.most})


def _fits(entry: Field, name: str, value: Any, known: Known) -> Iterator[Problem]:  # noqa: ARG001 - rules take the same
    if entry.pattern and not fits(entry.pattern, value):
        text = N_("This does not have the form that is asked for: {pattern}.")
        yield _problem(entry, name, text, {"pattern": entry.pattern})


def _chosen(entry: Field, name: str, value: Any, known: Known) -> Iterator[Problem]:
    """A choice is one the form or its register offers today."""
    if entry.type not in (Type.CHOICE, Type.MULTIPLE_CHOICE):
        return
    offered = {option.value for option in entry.options}
    for each in [value] if isinstance(value, str) else value:
        register = entry.options_from
        if each not in offered if register is None else not known.offers(register, each):
            yield _problem(entry, name, N_("“{written}” is none of the choices."), {"written": each})


def _exists(entry: Field, name: str, value: Any, known: Known) -> Iterator[Problem]:
    if entry.type in _UNKNOWN and not known.exists(entry, value):
        yield _problem(entry, name, _UNKNOWN[entry.type])


_RULES: Final[tuple[Callable[[Field, str, Any, Known], Iterator[Problem]], ...]] = (
    _within,
    _fits,
    _chosen,
    _exists,
)
