"""Pure rules: what a form, register, scorecard or objective sheet declares, read into plain values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from qms.calendar import Span, span
from qms.kernel.labels import in_language

Words = str | Mapping[str, str]


class Type(StrEnum):
    """What kind of answer a field takes."""

    TEXT = "text"
    LONG_TEXT = "long-text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    INSTANT = "instant"
    CHOICE = "choice"
    MULTIPLE_CHOICE = "multiple-choice"
    YES_NO = "yes-no"
    PERSON = "person"
    DEPARTMENT = "department"
    PARTY = "party"
    DOCUMENT = "document"
    CLAUSE = "clause"
    RECORD = "record"
    TABLE = "table"
    FILE = "file"
    PHOTO = "photo"
    SIGNATURE = "signature"
    COMPUTED = "computed"


CHOICES: Final = frozenset({Type.CHOICE, Type.MULTIPLE_CHOICE})
"""The types that need options."""
ROWS: Final = 3
"""How many empty rows a table has on paper where nothing is said."""


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: the value that is kept and the words people read."""

    value: str
    label: Words


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form or one column of a table or register.

    `options_from` names the register that gives the choices, `code` the information code of three
    levels (S12), `columns` and `rows` belong to tables.
    """

    id: str
    label: Words
    type: Type
    required: bool = False
    options: tuple[Option, ...] = ()
    options_from: str | None = None
    unit: Words = ""
    currency: str = ""
    formula: str = ""
    code: str = ""
    help: Words = ""
    rows: int = ROWS
    columns: tuple[Field, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A titled group of fields; the fields before the first title have an empty one."""

    title: Words
    fields: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a step may take: one span, or a span for each value of a field."""

    span: Span | None = None
    by: str = ""
    spans: Mapping[str, Span] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """Who fills and signs what, and by when."""

    id: str
    label: Words
    posts: tuple[str, ...]
    roles: tuple[str, ...]
    quorum: str | int | None
    opinion: bool
    within: Limit | None


@dataclass(frozen=True, slots=True)
class Definition:
    """The whole declaration of a form, register, scorecard or objective sheet."""

    record_number: str
    landscape: bool
    sections: tuple[Section, ...]
    columns: tuple[Field, ...]
    steps: tuple[Step, ...]
    register: str | None
    sources: tuple[str, ...]

    @property
    def fields(self) -> tuple[Field, ...]:
        """All fields of all sections."""
        return tuple(entry for section in self.sections for entry in section.fields)

    def field(self, name: str) -> Field:
        """The field of an id."""
        return next(entry for entry in self.fields if entry.id == name)


def spoken(words: Words, language: str) -> str:
    """A text or language map in the asked language."""
    return words if isinstance(words, str) else in_language(words, language)


def build(head: Mapping[str, Any]) -> Definition:
    """The declaration of a head whose shape has been checked."""
    return Definition(
        record_number=head.get("record-number", ""),
        landscape=head.get("orientation") == "landscape" or "columns" in head,
        sections=tuple(_sections(head.get("fields", ()))),
        columns=tuple(_field(item) for item in head.get("columns", ())),
        steps=tuple(_step(item) for item in head.get("steps", ())),
        register=head.get("register"),
        sources=tuple(head.get("from", ())),
    )


def _sections(items: list[Mapping[str, Any]]) -> Iterator[Section]:
    title: Words = ""
    fields: list[Field] = []
    for item in items:
        if "section" in item:
            if title or fields:
                yield Section(title, tuple(fields))
            title, fields = item["section"], []
        else:
            fields.append(_field(item))
    if title or fields:
        yield Section(title, tuple(fields))


def _field(item: Mapping[str, Any]) -> Field:
    options = item.get("options", ())
    return Field(
        id=item["id"],
        label=item["label"],
        type=Type(item["type"]),
        required=item.get("required", False),
        options=() if isinstance(options, Mapping) else tuple(_option(option) for option in options),
        options_from=options["register"] if isinstance(options, Mapping) else None,
        unit=item.get("unit", ""),
        currency=item.get("currency", ""),
        formula=item.get("formula", ""),
        code=item.get("code", ""),
        help=item.get("help", ""),
        rows=item.get("rows", ROWS),
        columns=tuple(_field(column) for column in item.get("columns", ())),
    )


def _option(option: str | Mapping[str, Any]) -> Option:
    if isinstance(option, str):
        return Option(option, option)
    return Option(option["value"], option["label"])


def _step(item: Mapping[str, Any]) -> Step:
    by = item["by"]
    return Step(
        id=item["id"],
        label=item["label"],
        posts=tuple(by.get("posts", ())),
        roles=tuple(by.get("roles", ())),
        quorum=by.get("quorum"),
        opinion=item.get("opinion") == "required",
        within=_limit(item["within"]) if "within" in item else None,
    )


def _limit(within: str | Mapping[str, str]) -> Limit:
    if isinstance(within, str):
        return Limit(span(within))
    spans = {value: span(text) for value, text in within.items() if value != "by"}
    return Limit(None, within["by"], spans)
