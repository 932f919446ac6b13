"""Pure rules: whether the fields and columns of a declared content fit together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Final

from qms.forms import meaning, ordering
from qms.forms.building import is_section
from qms.forms.definition import NUMBERS, Field, Type
from qms.forms.names import AT_START, CLOCK_FACTS, SYSTEM, Kind, Name, clashes, name_of, names_until
from qms.forms.reading import Unreadable, read_one
from qms.forms.source.declared import Declared
from qms.forms.source.flows import flow_faults
from qms.formulas import FormulaUnreadable, parse
from qms.kernel.errors import Problem
from qms.kernel.labels import N_

_CLOCK: Final = re.compile(rf"clocks\.[a-z][a-z0-9_-]*\.({'|'.join(CLOCK_FACTS)})", re.ASCII)
_COUNTED: Final = frozenset({"sum", "mean"})
_CLASH: Final = N_("The system itself uses the name {name}; choose another id.")
_DEFAULTS: Final[Mapping[Type, Kind]] = {
    Type.DATE: Kind.DATE,
    Type.INSTANT: Kind.INSTANT,
    Type.NUMBER: Kind.NUMBER,
    Type.MONEY: Kind.NUMBER,
    Type.YES_NO: Kind.TRUTH,
}


def faults(declared: Declared) -> Iterator[Problem]:
    """Every fault between parts that are right by themselves."""
    found = [*_fields(declared), *_columns(declared)]
    yield from found
    yield from _codes(declared)
    yield from flow_faults(declared)
    if all(_readable(text) for entry in declared.definition.fields for text in _formulas(entry)):
        yield from _circles(declared)


def _fields(declared: Declared) -> Iterator[Problem]:
    definition = declared.definition
    first = definition.steps[0].id if definition.steps else ""
    for where, item in declared.places.get("fields", ()):
        if is_section(item):
            yield from _section(declared, f"fields.{where}", item)
    for path, entry in zip(declared.paths("fields"), definition.fields, strict=True):
        if clashes(entry.id, entry.type):
            yield Problem(_CLASH, field=f"{path}.id", facts={"name": entry.id})
        step = entry.step or first
        names = names_until(definition, step)
        yield from declared.condition(f"{path}.show-when", entry.show_when, step)
        yield from declared.condition(f"{path}.required-when", entry.required_when, step)
        yield from _formula(declared, f"{path}.formula", entry, names)
        yield from _default(declared, path, entry)
        for place, check in enumerate(entry.checks, 1):
            yield from declared.condition(f"{path}.check.{place}.that", check.that, step)
        yield from _table(declared, path, entry, names)


def _section(declared: Declared, path: str, item: Mapping[str, str]) -> Iterator[Problem]:
    step = item.get("step", "")
    if step and step not in declared.steps:
        text = N_("There is no step {name} in this document.")
        yield Problem(text, field=f"{path}.step", facts={"name": step})
    yield from declared.condition(f"{path}.show-when", item.get("show-when", ""), step)


def _formula(declared: Declared, path: str, entry: Field, names: Mapping[str, Name]) -> Iterator[Problem]:
    found = list(declared.formula(path, entry.formula, names))
    yield from found
    if entry.formula and not found:
        kind = meaning.kind_of(entry.formula, declared.known(names))
        if kind in (Kind.ROWS, Kind.TEXTS):
            yield Problem(N_("This formula gives a list; a field holds one value."), field=path)
        elif kind not in (Kind.NUMBER, Kind.UNKNOWN) and (entry.places is not None or entry.unit):
            yield Problem(N_("This formula does not give a number."), field=path)
        yield from _outcomes(path, entry, kind)


def _outcomes(path: str, entry: Field, kind: Kind) -> Iterator[Problem]:
    """What is computed for a field with options is one of them, so that it is told by its label."""
    if not entry.options:
        return
    if kind not in (Kind.TEXT, Kind.UNKNOWN):
        yield Problem(N_("This formula gives none of the options, which are texts."), field=path)
    known = [option.value for option in entry.options]
    for value in meaning.outcomes(entry.formula):
        if value not in known:
            text = N_("There is no option {value}; the options are {options}.")
            yield Problem(text, field=path, facts={"value": value, "options": ", ".join(known)})


def _default(declared: Declared, path: str, entry: Field) -> Iterator[Problem]:
    wanted = _DEFAULTS.get(entry.type, Kind.TEXT)
    if entry.type is not Type.MULTIPLE_CHOICE:
        yield from declared.formula(f"{path}.default.formula", entry.default_formula, AT_START, wanted)
    elif entry.default_formula:
        text = N_("Several choices are given as one text, such as: one; two.")
        yield Problem(text, field=f"{path}.default")
    if entry.default:
        try:
            read_one(entry, entry.default, UTC)
        except Unreadable as fault:
            yield Problem(fault.phrase.text, field=f"{path}.default", facts=fault.phrase.facts)


def _table(declared: Declared, path: str, table: Field, names: Mapping[str, Name]) -> Iterator[Problem]:
    inside = {**names, **{column.id: name_of(column) for column in table.columns}}
    for where, column in enumerate(table.columns, 1):
        place = f"{path}.columns.{where}"
        if clashes(column.id, column.type):
            yield Problem(_CLASH, field=f"{place}.id", facts={"name": column.id})
        yield from _formula(declared, f"{place}.formula", column, inside)
        yield from declared.formula(f"{place}.required-when", column.required_when, inside, Kind.TRUTH)
        for number, check in enumerate(column.checks, 1):
            yield from declared.formula(f"{place}.check.{number}.that", check.that, inside, Kind.TRUTH)


def _columns(declared: Declared) -> Iterator[Problem]:
    """Columns of a register: their formulas name fields of other documents, which are checked with these."""
    columns = declared.definition.columns
    names = {**SYSTEM, **{column.id: name_of(column) for column in columns}}
    for path, column in zip(declared.paths("columns"), columns, strict=True):
        if column.formula:
            yield from declared.formula(f"{path}.formula", column.formula, names)
        if column.value and _CLOCK.fullmatch(column.value) is None:
            yield from _unreadable(f"{path}.value", column.value)
        if column.total in _COUNTED and column.type not in NUMBERS:
            yield Problem(N_("Only numbers have a sum or a mean."), field=f"{path}.total")


def _unreadable(path: str, text: str) -> Iterator[Problem]:
    try:
        parse(text)
    except FormulaUnreadable as fault:
        yield Problem(fault.message, field=path, facts=fault.facts)


def _readable(text: str) -> bool:
    return not list(_unreadable("", text))


def _formulas(entry: Field) -> Iterator[str]:
    yield from (text for text in (entry.formula, entry.show_when) if text)
    yield from (column.formula for column in entry.columns if column.formula)


def _codes(declared: Declared) -> Iterator[Problem]:
    """An information code stands for one thing (S12, R64)."""
    seen: dict[str, str] = {}
    for path, entry in _coded(declared):
        if not entry.code:
            continue
        if entry.code in seen:
            facts = {"code": entry.code, "name": seen[entry.code]}
            yield Problem(N_("The code {code} belongs to {name} already."), field=f"{path}.code", facts=facts)
        else:
            seen[entry.code] = entry.id


def _coded(declared: Declared) -> Iterator[tuple[str, Field]]:
    for path, entry in zip(declared.paths("fields"), declared.definition.fields, strict=True):
        yield path, entry
        for where, column in enumerate(entry.columns, 1):
            yield f"{path}.columns.{where}", column
    yield from zip(declared.paths("columns"), declared.definition.columns, strict=True)


def _circles(declared: Declared) -> Iterator[Problem]:
    definition = declared.definition
    if not all(_readable(section.show_when) for section in definition.sections if section.show_when):
        return
    text = N_("These wait for each other in a circle: {names}.")
    paths = dict(zip((entry.id for entry in definition.fields), declared.paths("fields"), strict=True))
    names = ordering.circle(definition)
    if names:
        yield Problem(text, field=paths[names[0]], facts={"names": " → ".join(names)})
    for entry in definition.fields:
        inner = ordering.column_circle(entry)
        if inner:
            yield Problem(text, field=f"{paths[entry.id]}.columns", facts={"names": " → ".join(inner)})
