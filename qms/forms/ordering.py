"""Pure rules: which answer waits for which: the order in which conditions and formulas are worked out."""

from __future__ import annotations

from functools import lru_cache
from graphlib import CycleError, TopologicalSorter
from typing import Final

from qms.forms.definition import Definition, Field, Type
from qms.forms.meaning import kind_of
from qms.forms.names import Kind, Name, name_of, names_of
from qms.formulas import Formula, parse

_KEPT: Final = 4096


@lru_cache(maxsize=_KEPT)
def formula(text: str) -> Formula:
    """A formula read once and kept, since every record of a form asks it again."""
    return parse(text)


def conditions(definition: Definition) -> dict[str, tuple[str, ...]]:
    """The conditions under which each field is shown: that of its group and its own."""
    return {
        entry.id: tuple(text for text in (section.show_when, entry.show_when) if text)
        for section in definition.sections
        for entry in section.fields
    }


def _needs(entry: Field, shown_when: tuple[str, ...]) -> set[str]:
    texts = [*shown_when, entry.formula] if entry.formula else [*shown_when]
    own = {column.id for column in entry.columns}
    needed = {name for text in texts for name in formula(text).names}
    for column in entry.columns:
        if column.formula:
            needed |= formula(column.formula).names - own
    return needed


def _sorter(definition: Definition) -> TopologicalSorter[str]:
    ids = {entry.id for entry in definition.fields}
    shown_when = conditions(definition)
    return TopologicalSorter(
        {entry.id: sorted(_needs(entry, shown_when[entry.id]) & ids) for entry in definition.fields}
    )


def in_order(definition: Definition) -> tuple[Field, ...]:
    """The fields so that each comes after those its condition and formula name."""
    by_id = {entry.id: entry for entry in definition.fields}
    return tuple(by_id[name] for name in _sorter(definition).static_order())


def circle(definition: Definition) -> tuple[str, ...]:
    """Fields that wait for each other in a circle, the first one again at the end; empty without one."""
    try:
        _sorter(definition).prepare()
    except CycleError as fault:
        return tuple(reversed(fault.args[1]))
    return ()


def columns_in_order(table: Field) -> tuple[Field, ...]:
    """The computed columns of a table so that each comes after those its formula names."""
    computed = {column.id: column for column in table.columns if column.type is Type.COMPUTED}
    sorter = TopologicalSorter(
        {name: sorted(formula(column.formula).names & set(computed)) for name, column in computed.items()}
    )
    return tuple(computed[name] for name in sorter.static_order())


def column_circle(table: Field) -> tuple[str, ...]:
    """Computed columns that wait for each other in a circle; empty without one."""
    try:
        columns_in_order(table)
    except CycleError as fault:
        return tuple(reversed(fault.args[1]))
    return ()


def computed_kinds(definition: Definition) -> dict[str, Kind]:
    """What each computed field gives, as far as its formula tells."""
    names = names_of(definition)
    found: dict[str, Kind] = {}
    for entry in in_order(definition):
        if entry.type is Type.COMPUTED:
            found[entry.id] = kind_of(entry.formula, names)
            names[entry.id] = Name(found[entry.id])
    return found


def row_kinds(definition: Definition, table: Field) -> dict[str, Kind]:
    """What each computed column of a table gives."""
    names = {**names_of(definition), **{column.id: name_of(column) for column in table.columns}}
    found: dict[str, Kind] = {}
    for column in columns_in_order(table):
        found[column.id] = kind_of(column.formula, names)
        names[column.id] = Name(found[column.id])
    return found
