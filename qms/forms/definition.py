"""Pure rules: what a form, register, scorecard or objective sheet declares, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from decimal import Decimal
from enum import StrEnum
from typing import Final

from qms.calendar import Span
from qms.kernel.labels import in_language, traditional

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
NUMBERS: Final = frozenset({Type.NUMBER, Type.MONEY, Type.COMPUTED})
"""The types that may be numbers."""
ROWS: Final = 3
"""How many empty rows a table has on paper where nothing is said."""


@dataclass(frozen=True, slots=True)
class Check:
    """A formula that must hold for a field, and the sentence where it does not."""

    that: str
    say: Words


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: the value that is kept and the words people read."""

    value: str
    label: Words


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form or one column of a table or register.

    `options_from` names the register that gives the choices, `code` the information code of three
    levels (S12), `columns` and `rows` belong to tables. `step` is the step that fills the field, empty
    for the first one; `show_when` and `required_when` are formulas; a `personal` answer is kept sealed
    and can be erased (R17). `forms` are the forms a record may be of, `kinds` the kinds of a party.
    `value` and `total` belong to columns of registers: the formula that fills it, and what is totalled.
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
    step: str = ""
    required_when: str = ""
    show_when: str = ""
    default: str = ""
    default_formula: str = ""
    least: Decimal | None = None
    most: Decimal | None = None
    longest: int | None = None
    pattern: str = ""
    places: int | None = None
    checks: tuple[Check, ...] = ()
    personal: bool = False
    forms: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    value: str = ""
    secrecy: str = ""
    total: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A titled group of fields; the fields before the first title have an empty one."""

    title: Words
    fields: tuple[Field, ...]
    show_when: str = ""
    step: str = ""


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a step may take: one span, or a span for each value of a field."""

    span: Span | None = None
    by: str = ""
    spans: Mapping[str, Span] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Seats:
    """Who is asked: posts and roles, and how many of them (`any`, `all` or a number)."""

    posts: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    quorum: str | int | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """Who decides up to an amount, or at one value of a field; `most` None is without limit (R60)."""

    seats: Seats
    most: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Authority:
    """Who decides by the value of a field: levels by rising amount, or seats by value (R60)."""

    by: str
    levels: tuple[Level, ...] = ()
    values: Mapping[str, Seats] = field(default_factory=dict)
    default: Seats | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """One outcome a step may have; one that `ends` closes the record there."""

    value: str
    label: Words
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """Who fills and signs what, and by when.

    `by_field` names the person field whose person acts, `of` the department field the holders must
    belong to. `accept` asks the receiver to accept the hand-over, after which nothing goes back (S68).
    `not_by` are steps whose signers may not act here, `recuse` fields whose person or department may
    not (R27). `since` is the field the limit runs from, empty for the opening of the step.
    """

    id: str
    label: Words
    posts: tuple[str, ...]
    roles: tuple[str, ...]
    quorum: str | int | None
    opinion: bool
    within: Limit | None
    by_author: bool = False
    by_field: str = ""
    of: str = ""
    signature: bool = False
    accept: bool = False
    returnable: bool = True
    when: str = ""
    not_by: tuple[str, ...] = ()
    recuse: tuple[str, ...] = ()
    authority: Authority | None = None
    decisions: tuple[Decision, ...] = ()
    since: str = ""
    warn: Span | None = None
    opinion_optional: bool = False


@dataclass(frozen=True, slots=True)
class Clock:
    """A time limit over the whole process: from a field or the filing until a step or the close (S71)."""

    id: str
    label: Words
    since: str
    until: str
    within: Limit
    warn: Span | None = None
    cut_off: time | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """What a record opens when its formula holds at a step or at the close.

    `what` is `form`, `task`, `action` or `change-request`; `target` the form's number, `label` the words
    of the others; it goes to posts, roles, the author, or the person of a field; `to_of` is the
    department field the holders must belong to; `values` are formulas for the first answers of the
    new record.
    """

    what: str
    when: str = ""
    at: str = ""
    target: str = ""
    label: Words = ""
    to: Seats = field(default_factory=Seats)
    to_author: bool = False
    to_field: str = ""
    to_of: str = ""
    within: Span | None = None
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Kept:
    """How the records of a form are kept: grade, circle, and the fields of department and business day."""

    secrecy: str = ""
    circle: str | None = None
    department: str = ""
    on: str = ""


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
    clocks: tuple[Clock, ...] = ()
    opens: tuple[Opening, ...] = ()
    kept: Kept = field(default_factory=Kept)
    part_of: str | None = None

    @property
    def fields(self) -> tuple[Field, ...]:
        """All fields of all sections."""
        return tuple(entry for section in self.sections for entry in section.fields)

    def field(self, name: str) -> Field:
        """The field of an id."""
        return next(entry for entry in self.fields if entry.id == name)

    def step(self, name: str) -> Step:
        """The step of an id."""
        return next(entry for entry in self.steps if entry.id == name)

    def fields_of(self, step: str) -> tuple[Field, ...]:
        """The fields a step fills; those that name no step belong to the first."""
        first = self.steps[0].id if self.steps else ""
        return tuple(entry for entry in self.fields if (entry.step or first) == step)


def spoken(words: Words, language: str) -> str:
    """A text or language map in the asked language; what is declared in one script is shown in the other."""
    if isinstance(words, str):
        return traditional(words) if language == "zh-Hant" else words
    return in_language(words, language)
