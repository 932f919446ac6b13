"""Pure rules: the filled form in the look of its blank sheet, as safe HTML for page and PDF.

Answers stand in ink, choices are ticked, tables are as long as their rows. What may not be shown is said
to be withheld. Amendments stand beside the record, never inside it: the answers are those that were signed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from html import escape
from typing import Any, Final

from qms.forms.definition import Definition, Field, Section, Step, Type, Words, spoken
from qms.forms.display import Called, Changed, as_kept, display, number, unit_of
from qms.forms.paper import Paper
from qms.forms.settling import settle
from qms.kernel.labels import N_, say

_FEW: Final = 8  # more choices than these are not all printed, only what was chosen
_WITHHELD: Final = N_("Personal contents withheld")


@dataclass(frozen=True, slots=True)
class Passage:
    """Somebody's act in a step: who, under which post, with which meaning, when; and what they wrote.

    `meaning` and `post` are words for people; `instead_of` names whom a substitute acted for; `returned`
    says that the record was sent back with the opinion as its reason.
    """

    step: str
    name: str
    at: str
    meaning: Words
    post: Words = ""
    decision: str = ""
    opinion: str = ""
    instead_of: str = ""
    returned: bool = False


@dataclass(frozen=True, slots=True)
class Amendment:
    """A change made beside the record: who, when, why, and which answers it puts in place of others."""

    number: int
    name: str
    at: str
    reason: str
    changes: Sequence[Changed]


@dataclass(frozen=True, slots=True)
class Filling:
    """What belongs to a filled form beside its answers; `withheld` are fields that may not be shown."""

    passages: Sequence[Passage] = ()
    amendments: Sequence[Amendment] = ()
    withheld: Collection[str] = ()


def filled(
    definition: Definition,
    values: Mapping[str, Any],
    language: str,
    filling: Filling,
    *,
    zone: tzinfo,
    called: Called = as_kept,
    system: Mapping[str, Any] | None = None,
) -> str:
    """The filled form as safe HTML; `called` says how people, parties and documents are called."""
    sheet = _Filled(definition, values, language, filling, zone, called, system or {})
    return sheet.markup(sheet.parts(), " filled")


class _Filled(Paper):
    __slots__ = ("called", "filling", "shown", "values", "zone")
    asks = False

    def __init__(  # noqa: PLR0917 - everything a filled sheet is made of
        self,
        definition: Definition,
        values: Mapping[str, Any],
        language: str,
        filling: Filling,
        zone: tzinfo,
        called: Called,
        system: Mapping[str, Any],
    ) -> None:
        super().__init__(definition, language)
        self.values = values
        self.filling = filling
        self.zone = zone
        self.called = called
        self.shown = settle(definition, values, system).shown | set(values) | set(filling.withheld)

    def parts(self) -> Iterator[str]:
        """Everything on the sheet, from the top."""
        for section in self.definition.sections:
            fields = [field for field in section.fields if field.id in self.shown]
            if fields:
                yield self.section(section, fields)
        yield from self.signatures()
        for amendment in self.filling.amendments:
            yield self.amended(amendment)

    def section_notes(self, section: Section) -> Iterator[str]:  # noqa: ARG002 - a filled form needs none
        """What helps to fill in is not said again."""
        yield from ()

    def field_notes(self, field: Field) -> Iterator[str]:
        """What helps to fill in is not said again; that an answer was amended is, and in which amendment."""
        numbers = [
            each.number
            for each in self.filling.amendments
            if any(change.field.id == field.id for change in each.changes)
        ]
        if numbers:
            told = ", ".join(map(str, numbers))
            yield say(N_("Amended, see amendment {number}"), self.language, number=told)

    def answer(self, field: Field) -> str:
        """The answer in ink."""
        if field.id in self.filling.withheld:
            return self.withheld()
        return self.ink(field, self.values.get(field.id))

    def withheld(self) -> str:
        """The mark where something may not be shown."""
        return f'<span class="blank-unit filled-withheld">{self.say(_WITHHELD)}</span>'

    def ink(self, field: Field, value: Any) -> str:
        """A value as it stands in its cell."""
        if field.options and len(field.options) <= _FEW:
            return self.ticked(field, value)
        if field.type is Type.YES_NO and value is not None:
            words = [say(N_("Yes"), self.language), say(N_("No"), self.language)]
            return self.boxes(words, frozenset({0 if value else 1}))
        if value is None:
            return '<span class="blank-unit">—</span>'
        if field.type in (Type.FILE, Type.PHOTO):
            return "".join(self.attached(item) for item in value)
        if field.type is Type.SIGNATURE:
            return self.signed(value)
        return self.figure(field, value)

    def ticked(self, field: Field, value: Any) -> str:
        """The choices of the form, those taken ticked."""
        chosen = set(value) if isinstance(value, list) else {value}
        words = [spoken(option.label, self.language) for option in field.options]
        places = frozenset(place for place, option in enumerate(field.options) if option.value in chosen)
        return self.boxes(words, places)

    def figure(self, field: Field, value: Any) -> str:
        """A text or figure, its lines kept, its unit small beside it."""
        unit = unit_of(field, self.language)
        if unit and isinstance(value, str):
            figure = f'<span class="ink">{escape(number(value))}</span>'
            return f'{figure} <span class="blank-unit">{escape(unit)}</span>'
        text = display(field, value, self.language, zone=self.zone, called=self.called)
        return f'<span class="ink">{"<br/>".join(escape(line) for line in text.splitlines())}</span>'

    def attached(self, item: Mapping[str, Any]) -> str:
        """A file by its name and digest, by which the stored one is known."""
        return (
            f'<span class="ink">{escape(item["name"])}</span>'
            f'<small class="blank-help filled-digest">SHA-256 {escape(item["digest"])}</small>'
        )

    def signed(self, value: Mapping[str, Any]) -> str:
        """A signature in a field: name, meaning where it has one, time and zone."""
        meaning = [self.spoken(value["meaning"])] if "meaning" in value else []
        told = " · ".join([*meaning, escape(self.when(value["at"]))])
        return f'<span class="ink">{escape(value["name"])}</span><small class="blank-help">{told}</small>'

    def when(self, at: str) -> str:
        """An instant in the organisation's zone, and which zone that is."""
        local = datetime.fromisoformat(at).astimezone(self.zone)
        offset = f"UTC{local:%z}"
        return f"{local:%Y-%m-%d %H:%M} {offset[:6]}:{offset[6:]}"

    def table(self, field: Field) -> str:
        """As many rows as were filled in."""
        caption = f"<caption>{self.label(field)}</caption>"
        heads = self.heads(self.label(column) for column in field.columns)
        if field.id in self.filling.withheld:
            cells = f'<td class="blank-answer" colspan="{len(field.columns)}">{self.withheld()}</td>'
            return f'<table class="blank-table">{caption}{heads}<tbody><tr>{cells}</tr></tbody></table>'
        rows = "".join(
            '<tr class="blank-row">'
            + "".join(f'<td class="blank-answer">{self.cell(column, row)}</td>' for column in field.columns)
            + "</tr>"
            for row in self.values.get(field.id) or [{}]
        )
        return f'<table class="blank-table">{caption}{heads}<tbody>{rows}</tbody></table>'

    def cell(self, column: Field, row: Mapping[str, Any]) -> str:
        """A cell of a table, which names only what was chosen."""
        value = row.get(column.id)
        if column.options and value is not None:
            return self.figure(column, value)
        return "" if value is None else self.ink(column, value)

    def signatures(self) -> Iterator[str]:
        """Every act in every step: decision and opinion, name, post and meaning, time and zone."""
        steps = self.definition.steps
        if not steps:
            return
        titles = (N_("Step"), N_("Opinion"), N_("Signature"), N_("Time"))
        heads = self.heads(self.say(title) for title in titles)
        rows = "".join(self.signature(step) for step in steps)
        yield (
            f'<section class="blank-section"><h2>{self.say(N_("Signatures"))}</h2>'
            f'<table class="blank-table blank-sign">{heads}<tbody>{rows}</tbody></table></section>'
        )

    def signature(self, step: Step) -> str:
        """The acts of one step; an empty row where nobody has acted yet."""
        acts = [passage for passage in self.filling.passages if passage.step == step.id]
        cells = [self.act(step, passage) for passage in acts] or ['<td class="blank-answer"></td>' * 3]
        span = f' rowspan="{len(cells)}"' if len(cells) > 1 else ""
        head = f'<th scope="row" class="blank-label"{span}>{self.spoken(step.label)}</th>'
        more = "".join(f'<tr class="blank-row">{each}</tr>' for each in cells[1:])
        return f'<tr class="blank-row">{head}{cells[0]}</tr>{more}'

    def act(self, step: Step, passage: Passage) -> str:
        """What somebody decided, wrote and signed."""
        labels = {decision.value: spoken(decision.label, self.language) for decision in step.decisions}
        decided = labels.get(passage.decision, passage.decision)
        if passage.returned:
            decided = say(N_("Returned"), self.language)
        lines = [f"<strong>{escape(decided)}</strong>"] if decided else []
        lines += [escape(line) for line in passage.opinion.splitlines()]
        notes = [spoken(passage.post, self.language), spoken(passage.meaning, self.language)]
        if passage.instead_of:
            notes.append(say(N_("for {name}"), self.language, name=passage.instead_of))
        name = f'<span class="ink">{escape(passage.name)}</span>{self.small(notes)}'
        return (
            f'<td class="blank-answer"><span class="ink">{"<br/>".join(lines)}</span></td>'
            f'<td class="blank-answer">{name}</td>'
            f'<td class="blank-answer">{escape(self.when(passage.at))}</td>'
        )

    def amended(self, amendment: Amendment) -> str:
        """An amendment beside the record: what stood there, what takes its place, why, by whom and when."""
        titles = (N_("Field"), N_("As signed"), N_("As amended"))
        heads = self.heads(self.say(title) for title in titles)
        rows = "".join(self.change(change) for change in amendment.changes)
        title = self.say(N_("Amendment {number}"), number=amendment.number)
        told = f"{amendment.name} · {self.when(amendment.at)} · {amendment.reason}"
        return (
            f'<section class="blank-section filled-amendment"><h2>{title}</h2>'
            f'<table class="blank-table">{heads}<tbody>{rows}</tbody></table>'
            f'<p class="blank-note">{escape(told)}</p></section>'
        )

    def change(self, change: Changed) -> str:
        """One answer before and after."""
        hidden = change.field.id in self.filling.withheld
        cells = "".join(
            f'<td class="blank-answer">{self.withheld() if hidden else self.plain(change.field, value)}</td>'
            for value in (change.before, change.after)
        )
        label = self.spoken(change.field.label)
        return f'<tr class="blank-row"><th scope="row" class="blank-label">{label}</th>{cells}</tr>'

    def plain(self, field: Field, value: Any) -> str:
        """A value in words; what was not answered is a dash."""
        return "—" if value is None else self.figure(field, value)
