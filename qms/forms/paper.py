"""Pure rules: how a form lies on paper, empty or filled: sections of labelled cells, tables, signatures.

Classes for the style sheet: `blank`, `blank-section`, `blank-row`, `blank-label`, `blank-answer`,
`blank-table`, `blank-sign`; small parts are `blank-help`, `blank-unit`, `blank-code`,
`blank-note`, `blank-choice`; `blank-cells` has columns of fixed width.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import groupby
from typing import Any, Final

from qms.calendar import phrase
from qms.forms.definition import CHOICES, Definition, Field, Limit, Section, Step, Type, spoken
from qms.forms.wording import in_words
from qms.kernel.labels import N_, say

BOX: Final = "□"
FROM: Final = N_("from the register {number}")
_SHORT: Final = frozenset(
    {
        Type.NUMBER,
        Type.MONEY,
        Type.DATE,
        Type.INSTANT,
        Type.PERSON,
        Type.DEPARTMENT,
        Type.DOCUMENT,
        Type.CLAUSE,
        Type.RECORD,
        Type.YES_NO,
        Type.COMPUTED,
        Type.SIGNATURE,
    }
)
_TALL: Final = frozenset({Type.LONG_TEXT, Type.FILE, Type.PHOTO})
_COLUMNS: Final = (
    "<colgroup>" + '<col class="blank-label-column"/><col class="blank-answer-column"/>' * 2 + "</colgroup>"
)
_NARROW: Final = 16


class Paper(ABC):
    """The layout of a form in one language; what stands in the cells is said by those who inherit it."""

    __slots__ = ("definition", "language")
    asks = True
    """Whether the sheet is still to be filled in, so that what must be answered is marked."""

    def __init__(self, definition: Definition, language: str) -> None:
        """Lay out a definition."""
        self.definition = definition
        self.language = language

    def say(self, text: str, **facts: object) -> str:
        """A text of the catalogue, safe."""
        return escape(say(text, self.language, **facts))

    def spoken(self, words: Any) -> str:
        """A text of the form, safe."""
        return escape(spoken(words, self.language))

    @abstractmethod
    def answer(self, field: Field) -> str:
        """What stands in the cell of a field, as safe HTML."""

    @abstractmethod
    def table(self, field: Field) -> str:
        """A table with its rows, as safe HTML."""

    def markup(self, parts: Iterable[str], more: str = "") -> str:
        """The whole sheet around its parts."""
        side = "landscape" if self.definition.landscape else "portrait"
        inner = "".join(parts)
        return f'<div class="blank blank-{side}{more}" lang="{escape(self.language)}">{inner}</div>'

    def number(self, written: str) -> str:
        """The cell with the number of the record."""
        label = f'<th scope="row" class="blank-label">{self.say(N_("Record number"))}</th>'
        return (
            f'<table class="blank-number"><tbody><tr class="blank-row">{label}'
            f'<td class="blank-answer">{escape(written)}</td></tr></tbody></table>'
        )

    def section(self, section: Section, fields: Sequence[Field]) -> str:
        """A group: its title, who fills it in, and its cells and tables."""
        notes = self.small(self.section_notes(section)) if section.title else ""
        title = f"<h2>{self.spoken(section.title)}{notes}</h2>" if section.title else ""
        inner = "".join(
            "".join(self.table(field) for field in part) if tables else self.cells(list(part))
            for tables, part in groupby(fields, lambda field: field.type is Type.TABLE)
        )
        return f'<section class="blank-section">{title}{inner}</section>'

    def section_notes(self, section: Section) -> Iterator[str]:
        """The step a group belongs to, where it is not the first, and when it is filled in at all."""
        first = self.definition.steps[0].id if self.definition.steps else ""
        if section.step and section.step != first:
            yield say(N_("step: {step}"), self.language, step=self.definition.step(section.step).label)
        if section.show_when:
            yield self.only(section.show_when)

    def only(self, condition: str) -> str:
        """When something is filled in at all."""
        said = in_words(self.definition, condition, self.language)
        return say(N_("only where {condition}"), self.language, condition=said)

    def small(self, notes: Iterable[str]) -> str:
        """Notes beneath a label, each safe and on its own line."""
        return "".join(f'<small class="blank-help">{escape(note)}</small>' for note in notes if note)

    def cells(self, fields: Sequence[Field]) -> str:
        """Labelled answer cells; two short ones share a row."""
        rows = []
        waiting: Field | None = None
        for field in fields:
            short = self.is_short(field)
            if waiting is not None and short:
                rows.append(self.row(waiting, field))
                waiting = None
                continue
            if waiting is not None:
                rows.append(self.row(waiting))
            waiting = field if short else None
            if not short:
                rows.append(self.row(field))
        if waiting is not None:
            rows.append(self.row(waiting))
        return f'<table class="blank-cells">{_COLUMNS}<tbody>{"".join(rows)}</tbody></table>'

    def row(self, *fields: Field) -> str:
        """One row of one or two fields."""
        tall = " blank-tall" if fields[0].type in _TALL else ""
        span = ' colspan="3"' if len(fields) == 1 else ""
        inner = "".join(
            f'<th scope="row" class="blank-label">{self.label(field)}</th>'
            f'<td class="blank-answer"{span}>{self.answer(field)}</td>'
            for field in fields
        )
        return f'<tr class="blank-row{tall}">{inner}</tr>'

    def is_short(self, field: Field) -> bool:
        """Whether a field needs half a row only."""
        if field.type in CHOICES or field.options:
            words = [spoken(option.label, self.language) for option in field.options]
            return bool(words) and sum(map(len, words)) + len(words) <= _NARROW
        return field.type in _SHORT

    def label(self, field: Field) -> str:
        """The label with its mark, code and help."""
        parts = [self.spoken(field.label)]
        if field.required and self.asks:
            parts.append('<span class="blank-required">*</span>')
        if field.code:
            parts.append(f' <small class="blank-code">{escape(field.code)}</small>')
        return "".join(parts) + self.small(self.field_notes(field))

    def field_notes(self, field: Field) -> Iterator[str]:
        """The help of a field, and when it is asked or must be answered."""
        yield spoken(field.help, self.language)
        if field.show_when:
            yield self.only(field.show_when)
        if field.required_when and field in self.definition.fields:
            said = in_words(self.definition, field.required_when, self.language)
            yield say(N_("* where {condition}"), self.language, condition=said)

    def boxes(self, words: Sequence[str], ticked: frozenset[int] = frozenset()) -> str:
        """Choices, each with its box, those ticked with a tick."""
        return " ".join(
            f'<span class="blank-choice blank-ticked">✓ {escape(word)}</span>'
            if place in ticked
            else f'<span class="blank-choice">{BOX} {escape(word)}</span>'
            for place, word in enumerate(words)
        )

    def heads(self, columns: Iterable[str]) -> str:
        """The head of a table."""
        cells = "".join(f'<th scope="col">{column}</th>' for column in columns)
        return f"<thead><tr>{cells}</tr></thead>"

    def step_notes(self, step: Step) -> Iterator[str]:
        """Beneath the name of a step: its limit, when it is left out, and what it takes over."""
        if step.within:
            yield limit_words(step.within, self.definition, self.language)
        if step.when:
            yield self.only(step.when)
        if step.authority is not None:
            yield say(
                N_("authority by {field}"), self.language, field=label_of(self.definition, step.authority.by)
            )
        if step.accept:
            yield say(N_("accepts the hand-over; nothing goes back afterwards"), self.language)


def label_of(definition: Definition, name: str) -> Any:
    """The label of a field or column, or its id where there is none."""
    entries = (*definition.fields, *definition.columns)
    return next((entry.label for entry in entries if entry.id == name), name)


def limit_words(limit: Limit, definition: Definition, language: str) -> str:
    """A time limit in words."""
    if limit.span is not None:
        return say(N_("within {span}"), language, span=phrase(limit.span))
    return say(N_("time limit by {field}"), language, field=spoken(label_of(definition, limit.by), language))
