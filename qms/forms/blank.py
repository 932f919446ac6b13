"""Pure rules: the printed blank sheet of a declared document, as safe HTML and as plain words.

Classes for the style sheet: `blank`, `blank-section`, `blank-row`, `blank-label`, `blank-answer`,
`blank-table`, `blank-sign`; small parts are `blank-help`, `blank-unit`, `blank-code`,
`blank-note`, `blank-choice`; `blank-cells` has columns of fixed width.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import groupby
from typing import Any, Final

from qms.calendar import phrase
from qms.forms.definition import CHOICES, Definition, Field, Limit, Section, Step, Type, build, spoken
from qms.forms.source import problems
from qms.kernel.errors import Problem
from qms.kernel.labels import N_, say

_BOX: Final = "□"
_MOST_CHOICES: Final = 6  # more would make the head of a column taller than its rows
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
_SHEET_COLUMNS: Final = 10
_SHEET_ROWS: Final = 14
_SEQUENCE: Final = Field("seq", "", Type.NUMBER)


@dataclass(frozen=True, slots=True)
class Blank:
    """The `Body` of declared kinds: checks the declaration, prints it empty, tells its words."""

    kinds: frozenset[str] = frozenset({"form", "register", "scorecard", "objective-sheet"})
    keys: frozenset[str] = frozenset(
        {"record-number", "orientation", "fields", "columns", "steps", "register", "from"}
    )

    def check(self, head: Mapping[str, Any], file: str) -> Sequence[Problem]:
        """The faults of the declared content, by file and field."""
        return [replace(problem, file=file) for problem in problems(head)]

    def markup(self, head: Mapping[str, Any], language: str) -> str:
        """The blank sheet as safe HTML: sections of labelled cells, tables with empty rows, signatures."""
        definition = build(head)
        side = "landscape" if definition.landscape else "portrait"
        parts = "".join(_Sheet(definition, language).parts())
        return f'<div class="blank blank-{side}" lang="{escape(language)}">{parts}</div>'

    def text(self, head: Mapping[str, Any], language: str) -> str:
        """The words of the declaration, one thing a line, for search and comparison."""
        return "\n".join(_words(build(head), language))


@dataclass(frozen=True, slots=True)
class _Sheet:
    definition: Definition
    language: str

    def say(self, text: str, **facts: object) -> str:
        return escape(say(text, self.language, **facts))

    def spoken(self, words: Any) -> str:
        return escape(spoken(words, self.language))

    def parts(self) -> Iterator[str]:
        definition = self.definition
        if definition.record_number:
            label = f'<th scope="row" class="blank-label">{self.say(N_("Record number"))}</th>'
            yield (
                f'<table class="blank-number"><tbody><tr class="blank-row">{label}'
                '<td class="blank-answer"></td></tr></tbody></table>'
            )
        for section in definition.sections:
            yield self.section(section)
        if definition.columns:
            yield from self.sheet(definition.columns)
        if definition.steps:
            yield self.signatures(definition.steps)
        yield from self.notes()

    def section(self, section: Section) -> str:
        title = f"<h2>{self.spoken(section.title)}</h2>" if section.title else ""
        inner = "".join(
            "".join(self.table(field) for field in fields) if tables else self.cells(list(fields))
            for tables, fields in groupby(section.fields, lambda field: field.type is Type.TABLE)
        )
        return f'<section class="blank-section">{title}{inner}</section>'

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
        tall = " blank-tall" if fields[0].type in _TALL else ""
        span = ' colspan="3"' if len(fields) == 1 else ""
        inner = "".join(
            f'<th scope="row" class="blank-label">{self.label(field)}</th>'
            f'<td class="blank-answer"{span}>{self.answer(field)}</td>'
            for field in fields
        )
        return f'<tr class="blank-row{tall}">{inner}</tr>'

    def is_short(self, field: Field) -> bool:
        if field.type in CHOICES:
            words = [spoken(option.label, self.language) for option in field.options]
            return bool(words) and sum(map(len, words)) + len(words) <= _NARROW
        return field.type in _SHORT

    def label(self, field: Field) -> str:
        parts = [self.spoken(field.label)]
        if field.required:
            parts.append('<span class="blank-required">*</span>')
        if field.code:
            parts.append(f' <small class="blank-code">{escape(field.code)}</small>')
        if field.help:
            parts.append(f'<small class="blank-help">{self.spoken(field.help)}</small>')
        return "".join(parts)

    def answer(self, field: Field) -> str:
        if field.options:
            return self.boxes([spoken(option.label, self.language) for option in field.options])
        if field.options_from:
            return f'<small class="blank-help">{self.say(_FROM, number=field.options_from)}</small>'
        match field.type:
            case Type.YES_NO:
                return self.boxes([say(N_("Yes"), self.language), say(N_("No"), self.language)])
            case Type.DATE:
                return f'<span class="blank-unit">{self.say(N_("____-__-__"))}</span>'
            case Type.INSTANT:
                return f'<span class="blank-unit">{self.say(N_("____-__-__ __:__"))}</span>'
        unit = field.currency or self.spoken(field.unit)
        return f'<span class="blank-unit">{unit}</span>' if unit else ""

    def boxes(self, words: Sequence[str]) -> str:
        return " ".join(f'<span class="blank-choice">{_BOX} {escape(word)}</span>' for word in words)

    def table(self, field: Field) -> str:
        caption = f"<caption>{self.label(field)}</caption>"
        body = (
            '<tr class="blank-row">' + '<td class="blank-answer"></td>' * len(field.columns) + "</tr>"
        ) * (field.rows)
        return f'<table class="blank-table">{caption}{self.heads(field.columns)}<tbody>{body}</tbody></table>'

    def heads(self, columns: Sequence[Field]) -> str:
        cells = "".join(f'<th scope="col">{self.column(column)}</th>' for column in columns)
        return f"<thead><tr>{cells}</tr></thead>"

    def column(self, column: Field) -> str:
        """The head of a column; choices stand in it, since the cells are filled by hand."""
        if column is _SEQUENCE:
            return self.say(N_("No."))
        few = len(column.options) <= _MOST_CHOICES
        choices = " / ".join(spoken(option.label, self.language) for option in column.options) if few else ""
        unit = column.currency or spoken(column.unit, self.language)
        small = "".join(
            f'<small class="blank-help">{escape(text)}</small>' for text in (unit, choices) if text
        )
        return self.label(column) + small

    def sheet(self, columns: Sequence[Field]) -> Iterator[str]:
        """A register: empty numbered rows; a wide one in several tables whose rows match by number."""
        numbered = columns[0].id == _SEQUENCE.id
        first, others = (columns[0], columns[1:]) if numbered else (_SEQUENCE, columns)
        pieces = list(_pieces(others))
        for place, piece in enumerate(pieces, 1):
            caption = ""
            if len(pieces) > 1:
                part = self.say(N_("Part {part} of {parts}"), part=place, parts=len(pieces))
                caption = f"<caption>{part}</caption>"
            rows = "".join(
                f'<tr class="blank-row"><th scope="row">{number}</th>'
                + '<td class="blank-answer"></td>' * len(piece)
                + "</tr>"
                for number in range(1, _SHEET_ROWS + 1)
            )
            heads = self.heads([first, *piece])
            yield f'<table class="blank-table blank-sheet">{caption}{heads}<tbody>{rows}</tbody></table>'

    def signatures(self, steps: Sequence[Step]) -> str:
        titles = (N_("Step"), N_("Opinion"), N_("Signature"), N_("Date"))
        heads = "".join(f'<th scope="col">{self.say(title)}</th>' for title in titles)
        rows = "".join(self.signature(step) for step in steps)
        return (
            f'<section class="blank-section"><h2>{self.say(N_("Signatures"))}</h2>'
            f'<table class="blank-table blank-sign"><thead><tr>{heads}</tr></thead>'
            f"<tbody>{rows}</tbody></table></section>"
        )

    def signature(self, step: Step) -> str:
        limit = escape(_limit(step.within, self.definition, self.language)) if step.within else ""
        small = f'<small class="blank-help">{limit}</small>' if limit else ""
        opinion = "" if step.opinion else "—"
        cells = (
            f'<td class="blank-answer">{opinion}</td><td class="blank-answer"></td>'
            f'<td class="blank-answer"><span class="blank-unit">{self.say(N_("____-__-__"))}</span></td>'
        )
        count = _signers(step)
        span = f' rowspan="{count}"' if count > 1 else ""
        head = f'<th scope="row" class="blank-label"{span}>{self.spoken(step.label)}{small}</th>'
        more = f'<tr class="blank-row">{cells}</tr>' * (count - 1)
        return f'<tr class="blank-row">{head}{cells}</tr>{more}'

    def notes(self) -> Iterator[str]:
        definition = self.definition
        required = any(field.required for field in (*definition.fields, *definition.columns))
        notes = []
        if required:
            notes.append(self.say(N_("* must be filled in.")))
        if definition.register:
            notes.append(self.say(N_("Its rows go to the register {number}."), number=definition.register))
        if definition.sources:
            notes.append(self.say(N_("Fed by {numbers}."), numbers=", ".join(definition.sources)))
        if notes:
            yield f'<p class="blank-note">{" ".join(notes)}</p>'


_FROM: Final = N_("from the register {number}")


def _pieces(columns: Sequence[Field]) -> Iterator[Sequence[Field]]:
    parts = -(-len(columns) // _SHEET_COLUMNS)
    for part in range(parts):
        yield columns[part * len(columns) // parts : (part + 1) * len(columns) // parts]


def _signers(step: Step) -> int:
    if isinstance(step.quorum, int):
        return step.quorum
    return 1 if step.quorum == "any" else len(step.posts) + len(step.roles)


def _limit(limit: Limit, definition: Definition, language: str) -> str:
    if limit.span is not None:
        return say(N_("within {span}"), language, span=phrase(limit.span))
    label = next(
        (entry.label for entry in (*definition.fields, *definition.columns) if entry.id == limit.by), limit.by
    )
    return say(N_("time limit by {field}"), language, field=spoken(label, language))


def _words(definition: Definition, language: str) -> Iterator[str]:
    for section in definition.sections:
        if section.title:
            yield spoken(section.title, language)
        for field in section.fields:
            yield from _field_words(field, language)
    for column in definition.columns:
        yield from _field_words(column, language)
    for step in definition.steps:
        limit = _limit(step.within, definition, language) if step.within else ""
        yield " · ".join(part for part in (spoken(step.label, language), limit) if part)


def _field_words(field: Field, language: str) -> Iterator[str]:
    options = ", ".join(spoken(option.label, language) for option in field.options)
    chosen_from = say(_FROM, language, number=field.options_from) if field.options_from else ""
    unit = field.currency or spoken(field.unit, language)
    parts = (
        spoken(field.label, language),
        field.code,
        unit,
        options,
        chosen_from,
        spoken(field.help, language),
    )
    yield " · ".join(part for part in parts if part)
    for column in field.columns:
        yield from _field_words(column, language)
