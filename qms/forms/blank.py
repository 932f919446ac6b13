"""Pure rules: the printed blank sheet of a declared document, as safe HTML and as plain words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from qms.forms.building import build
from qms.forms.definition import Definition, Field, Step, Type, spoken
from qms.forms.paper import FROM, Paper, limit_words
from qms.forms.source import problems
from qms.kernel.errors import Problem
from qms.kernel.labels import N_, listed, say

_MOST_CHOICES: Final = 6  # more would make the head of a column taller than its rows
_SHEET_COLUMNS: Final = 10
_SHEET_ROWS: Final = 14
_SEQUENCE: Final = Field("seq", "", Type.NUMBER)


@dataclass(frozen=True, slots=True)
class Blank:
    """The `Body` of declared kinds: checks the declaration, prints it empty, tells its words."""

    kinds: frozenset[str] = frozenset({"form", "register", "scorecard", "objective-sheet"})
    keys: frozenset[str] = frozenset(
        {
            "record-number",
            "orientation",
            "fields",
            "columns",
            "steps",
            "register",
            "from",
            "clocks",
            "opens",
            "records",
            "part-of",
        }
    )

    def check(self, head: Mapping[str, Any], file: str) -> Sequence[Problem]:
        """The faults of the declared content, by file and field."""
        return [replace(problem, file=file) for problem in problems(head)]

    def markup(self, head: Mapping[str, Any], language: str) -> str:
        """The blank sheet as safe HTML: sections of labelled cells, tables with empty rows, signatures."""
        sheet = _Sheet(build(head), language)
        return sheet.markup(sheet.parts())

    def text(self, head: Mapping[str, Any], language: str) -> str:
        """The words of the declaration, one thing a line, for search and comparison."""
        return "\n".join(_words(build(head), language))


class _Sheet(Paper):
    __slots__ = ()

    def parts(self) -> Iterator[str]:
        """Everything on the sheet, from the top."""
        definition = self.definition
        if definition.record_number:
            yield self.number("")
        for section in definition.sections:
            yield self.section(section, section.fields)
        if definition.columns:
            yield from self.sheet(definition.columns)
        if definition.steps:
            yield self.signatures(definition.steps)
        yield from self.notes()

    def answer(self, field: Field) -> str:
        """Boxes to tick, lines for dates, the unit beside the figure."""
        if field.options:
            return self.boxes([spoken(option.label, self.language) for option in field.options])
        if field.options_from:
            return self.small([say(FROM, self.language, number=field.options_from)])
        match field.type:
            case Type.YES_NO:
                return self.boxes([say(N_("Yes"), self.language), say(N_("No"), self.language)])
            case Type.DATE:
                return f'<span class="blank-unit">{self.say(N_("____-__-__"))}</span>'
            case Type.INSTANT:
                return f'<span class="blank-unit">{self.say(N_("____-__-__ __:__"))}</span>'
        unit = field.currency or self.spoken(field.unit)
        return f'<span class="blank-unit">{unit}</span>' if unit else ""

    def table(self, field: Field) -> str:
        """Empty rows to write into."""
        caption = f"<caption>{self.label(field)}</caption>"
        body = (
            '<tr class="blank-row">' + '<td class="blank-answer"></td>' * len(field.columns) + "</tr>"
        ) * (field.rows)
        heads = self.heads(self.column(column) for column in field.columns)
        return f'<table class="blank-table">{caption}{heads}<tbody>{body}</tbody></table>'

    def column(self, column: Field) -> str:
        """The head of a column; choices stand in it, since the cells are filled by hand."""
        if column is _SEQUENCE:
            return self.say(N_("No."))
        few = len(column.options) <= _MOST_CHOICES
        choices = " / ".join(spoken(option.label, self.language) for option in column.options) if few else ""
        return self.label(column) + self.small(
            [column.currency or spoken(column.unit, self.language), choices]
        )

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
            heads = self.heads(self.column(column) for column in [first, *piece])
            yield f'<table class="blank-table blank-sheet">{caption}{heads}<tbody>{rows}</tbody></table>'

    def signatures(self, steps: Sequence[Step]) -> str:
        titles = (N_("Step"), N_("Opinion"), N_("Signature"), N_("Date"))
        heads = self.heads(self.say(title) for title in titles)
        rows = "".join(self.signature(step) for step in steps)
        return (
            f'<section class="blank-section"><h2>{self.say(N_("Signatures"))}</h2>'
            f'<table class="blank-table blank-sign">{heads}<tbody>{rows}</tbody></table></section>'
        )

    def signature(self, step: Step) -> str:
        """One row for each who signs; decisions are ticked above the opinion."""
        opinion = "" if step.opinion or step.opinion_optional else "—"
        if step.decisions:
            opinion = self.boxes([spoken(decision.label, self.language) for decision in step.decisions])
        cells = (
            f'<td class="blank-answer">{opinion}</td><td class="blank-answer"></td>'
            f'<td class="blank-answer"><span class="blank-unit">{self.say(N_("____-__-__"))}</span></td>'
        )
        count = _signers(step)
        span = f' rowspan="{count}"' if count > 1 else ""
        notes = self.small(self.step_notes(step))
        head = f'<th scope="row" class="blank-label"{span}>{self.spoken(step.label)}{notes}</th>'
        more = f'<tr class="blank-row">{cells}</tr>' * (count - 1)
        return f'<tr class="blank-row">{head}{cells}</tr>{more}'

    def notes(self) -> Iterator[str]:
        definition = self.definition
        fields = definition.fields
        notes = []
        if any(field.required or field.required_when for field in (*fields, *definition.columns)):
            notes.append(self.say(N_("* must be filled in.")))
        for clock in definition.clocks:
            limit = limit_words(clock.within, definition, self.language)
            notes.append(self.say(N_("{clock}: {limit}."), clock=clock.label, limit=limit))
        personal = [spoken(field.label, self.language) for field in fields if field.personal]
        if personal:
            named = listed(personal, self.language)
            notes.append(self.say(N_("Kept sealed as personal data: {fields}."), fields=named))
        if definition.register:
            notes.append(self.say(N_("Its rows go to the register {number}."), number=definition.register))
        if definition.sources:
            notes.append(self.say(N_("Fed by {numbers}."), numbers=", ".join(definition.sources)))
        if definition.part_of:
            notes.append(self.say(N_("A part of the register {number}."), number=definition.part_of))
        if notes:
            yield f'<p class="blank-note">{" ".join(notes)}</p>'


def _pieces(columns: Sequence[Field]) -> Iterator[Sequence[Field]]:
    parts = -(-len(columns) // _SHEET_COLUMNS)
    for part in range(parts):
        yield columns[part * len(columns) // parts : (part + 1) * len(columns) // parts]


def _signers(step: Step) -> int:
    if isinstance(step.quorum, int):
        return step.quorum
    named = len(step.posts) + len(step.roles) + bool(step.by_field) + step.by_author
    return 1 if step.quorum == "any" else max(named, 1)


def _words(definition: Definition, language: str) -> Iterator[str]:
    for section in definition.sections:
        if section.title:
            yield spoken(section.title, language)
        for field in section.fields:
            yield from _field_words(field, language)
    for column in definition.columns:
        yield from _field_words(column, language)
    for step in definition.steps:
        limit = limit_words(step.within, definition, language) if step.within else ""
        decisions = ", ".join(spoken(decision.label, language) for decision in step.decisions)
        yield " · ".join(part for part in (spoken(step.label, language), decisions, limit) if part)
    for clock in definition.clocks:
        yield f"{spoken(clock.label, language)} · {limit_words(clock.within, definition, language)}"


def _field_words(field: Field, language: str) -> Iterator[str]:
    options = ", ".join(spoken(option.label, language) for option in field.options)
    chosen_from = say(FROM, language, number=field.options_from) if field.options_from else ""
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
