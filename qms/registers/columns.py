"""Pure rules: the columns a register declares, and where the value of each comes from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from qms.forms import Definition, Field, Option, Type
from qms.kernel.ports import Secrecy

Words = str | Mapping[str, str]

FACT: Final = re.compile(r"[a-z_]+(\.[a-z_0-9]+)*", re.ASCII)
ORDINAL: Final = "seq"
"""A printed register numbers its lines; a stored one has the number of the record instead."""
FIRST: Final = 6
"""How many declared columns are shown at first, beside the record and its day: eight in all."""
_GRADES: Final = {grade.name.lower(): int(grade) for grade in Secrecy}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it is called, what it holds, who may see it, and where its value comes from.

    `secrecy` is the grade a person needs to see the column at all; `value` a formula, or the name of
    what the system knows of a record; empty for the field of the same id.
    """

    id: str
    label: Words
    type: Type
    secrecy: int = 0
    code: str = ""
    options: tuple[Option, ...] = ()
    unit: Words = ""
    currency: str = ""
    places: int | None = None
    value: str = ""
    total: str = ""

    @property
    def is_figure(self) -> bool:
        """Whether its values are added up."""
        return self.type in {Type.NUMBER, Type.MONEY, Type.COMPUTED, Type.YES_NO}


@dataclass(frozen=True, slots=True)
class Source:
    """Where one cell comes from: `kind` is `field`, `fact`, `formula` or `nothing`."""

    kind: str
    name: str = ""


def columns(definition: Definition) -> tuple[Column, ...]:
    """The columns of a register in their declared order; its line numbers are none."""
    return tuple(_column(field) for field in definition.columns if field.id != ORDINAL)


def _column(field: Field) -> Column:
    return Column(
        id=field.id,
        label=field.label,
        type=field.type,
        secrecy=_GRADES.get(field.secrecy, 0),
        code=field.code,
        options=field.options,
        unit=field.unit,
        currency=field.currency,
        places=field.places,
        value=field.value or field.formula,
        total=field.total,
    )


def visible(found: tuple[Column, ...], secrecy: int) -> tuple[Column, ...]:
    """The columns a clearance may see; another one does not exist, in filters and totals as well."""
    return tuple(column for column in found if column.secrecy <= secrecy)


def source(column: Column, form: Definition, facts: Mapping[str, Any]) -> Source:
    """Where the value comes from: its formula or fact, the form's field of its id, a fact of its id."""
    if column.value:
        known = FACT.fullmatch(column.value) and (column.value in facts or "." in column.value)
        return Source("fact" if known else "formula", column.value)
    if column.id in {field.id for field in form.fields}:
        return Source("field", column.id)
    return Source("fact", column.id) if column.id in facts else Source("nothing")
