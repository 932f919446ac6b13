"""Pure rules: the names formulas may use, and what stands behind each: fields and the system's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from qms.forms.definition import Definition, Field, Type


class Kind(StrEnum):
    """What a formula sees behind a name."""

    NUMBER = "number"
    TEXT = "text"
    TEXTS = "texts"
    DATE = "date"
    INSTANT = "instant"
    TRUTH = "truth"
    ROWS = "rows"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Name:
    """What stands behind one name: its kind, the choices it may have, the columns of its rows."""

    kind: Kind
    options: frozenset[str] | None = None
    columns: Mapping[str, Name] = field(default_factory=dict)


_KINDS: Final = {
    Type.NUMBER: Kind.NUMBER,
    Type.MONEY: Kind.NUMBER,
    Type.DATE: Kind.DATE,
    Type.INSTANT: Kind.INSTANT,
    Type.YES_NO: Kind.TRUTH,
    Type.MULTIPLE_CHOICE: Kind.TEXTS,
    Type.FILE: Kind.TEXTS,
    Type.PHOTO: Kind.TEXTS,
    Type.TABLE: Kind.ROWS,
    Type.COMPUTED: Kind.UNKNOWN,
}
SYSTEM: Final[Mapping[str, Name]] = {
    "today": Name(Kind.DATE),
    "now": Name(Kind.INSTANT),
    "author": Name(Kind.TEXT),
    "department": Name(Kind.TEXT),
    "record": Name(Kind.TEXT),
    "filed_on": Name(Kind.DATE),
    "closed_on": Name(Kind.DATE),
    "state": Name(Kind.TEXT, frozenset({"open", "closed", "cancelled"})),
    "decision": Name(Kind.TEXT),
}
"""The names the system fills in; a field of the same id and kind takes the place of all but the day."""
CLOCK_FACTS: Final = ("due", "done", "on_time")
"""What a column of a register may take from a clock: `clocks.review.due`."""
_AT_START: Final = frozenset({"today", "now", "author", "department"})
AT_START: Final[Mapping[str, Name]] = {name: SYSTEM[name] for name in SYSTEM if name in _AT_START}
"""What is known before anything is filled in: what defaults may use."""
_LASTING: Final = frozenset({"today", "now", "clocks", "true", "false"})
_MAY_BE: Final[Mapping[str, frozenset[Type]]] = {
    "author": frozenset({Type.PERSON}),
    "department": frozenset({Type.DEPARTMENT}),
    "record": frozenset({Type.RECORD}),
    "filed_on": frozenset({Type.DATE}),
    "closed_on": frozenset({Type.DATE}),
    "state": frozenset({Type.CHOICE, Type.TEXT}),
    "decision": frozenset({Type.CHOICE}),
}


def clashes(name: str, kind: Type) -> bool:
    """Whether an id would hide a name of the system that means something else."""
    return name in _LASTING or kind not in _MAY_BE.get(name, frozenset(Type))


def name_of(entry: Field) -> Name:
    """What a formula sees behind a field or column."""
    return Name(
        kind=_KINDS.get(entry.type, Kind.TEXT),
        options=frozenset(option.value for option in entry.options) if entry.options else None,
        columns={column.id: name_of(column) for column in entry.columns},
    )


def names_of(definition: Definition) -> dict[str, Name]:
    """Every name the formulas of a form may use once all is filled in."""
    return {**SYSTEM, **{entry.id: name_of(entry) for entry in definition.fields}}


def names_until(definition: Definition, step: str) -> dict[str, Name]:
    """The names known while a step is filled in: its own fields, those of earlier steps, the system's."""
    order = [entry.id for entry in definition.steps]
    last = order.index(step) if step in order else 0
    known = {entry.id: name_of(entry) for entry in definition.fields if place(definition, entry) <= last}
    return {**SYSTEM, **known}


def place(definition: Definition, entry: Field) -> int:
    """The position of the step that fills a field; fields of no step belong to the first."""
    order = [each.id for each in definition.steps]
    return order.index(entry.step) if entry.step in order else 0
