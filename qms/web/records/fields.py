"""The fields of a form as a page shows them: what stands in each, what is offered, what is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from flask import request

from qms import accounts, forms, parties, uploads
from qms.forms import Field, Type
from qms.kernel.labels import N_, in_language, say

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from zoneinfo import ZoneInfo

    from qms.forms import Definition
    from qms.http.forms import Form
    from qms.kernel.work import Work

_BLANK_ROWS: Final = 3
_MOST_ROWS: Final = 200
_INPUTS: Final = {
    Type.DATE: "date",
    Type.INSTANT: "datetime-local",
    Type.NUMBER: "decimal",
    Type.MONEY: "decimal",
    Type.PERSON: "pick",
    Type.PARTY: "pick",
    Type.DOCUMENT: "pick",
    Type.RECORD: "pick",
    Type.LONG_TEXT: "area",
    Type.CHOICE: "choice",
    Type.MULTIPLE_CHOICE: "choices",
    Type.YES_NO: "truth",
    Type.DEPARTMENT: "choice",
    Type.FILE: "file",
    Type.PHOTO: "photo",
    Type.TABLE: "table",
    Type.COMPUTED: "computed",
    Type.SIGNATURE: "tick",
}
_SHORT: Final = frozenset({"date", "datetime-local", "decimal", "choice", "truth", "computed"})
_HINTS: Final = {
    Type.PERSON: N_("Type part of a name and choose."),
    Type.PARTY: N_("Type part of a name or a number and choose."),
    Type.DOCUMENT: N_("Type part of a title or a number and choose."),
    Type.RECORD: N_("Type the beginning of a number and choose."),
    Type.CLAUSE: N_("A document and a clause, as CP-12 §5.8."),
    Type.FILE: N_("At most {most} MB: PDF, picture, Word, Excel or text."),
    Type.PHOTO: N_("A JPEG or PNG picture of at most {most} MB."),
}
"""What to type into a box that offers what fits."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One field, or one cell, on the page."""

    name: str
    entry: Field
    label: str
    kind: str
    value: str = ""
    values: tuple[str, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    required: bool = False
    help: str = ""
    unit: str = ""
    files: tuple[Mapping[str, Any], ...] = ()
    rows: tuple[tuple[Shown, ...], ...] = ()
    heads: tuple[str, ...] = ()
    named: str = ""

    @property
    def is_short(self) -> bool:
        """Whether it stands beside another one where there is room: a number, a day, one of a few words."""
        return self.kind in _SHORT


@dataclass(frozen=True, slots=True)
class Group:
    """The fields under one heading."""

    title: str
    fields: tuple[Shown, ...] = field(default_factory=tuple)


class Sheet:
    """Makes the groups of the fields a step fills, from what was sent or what is kept."""

    def __init__(  # noqa: PLR0917 - what a page knows of a step
        self,
        work: Work,
        definition: Definition,
        step: str,
        values: Mapping[str, Any],
        form: Form,
        system: Mapping[str, Any],
    ) -> None:
        """`values` are the answers as kept; after a POST what was sent is shown instead."""
        self.work = work
        self.definition = definition
        self.step = step
        self.values = values
        self.form = form
        self.asked = forms.answers.shown(definition, values, system)
        self.needed = forms.answers.required(definition, values, system)
        self._departments = tuple(
            (each.code, in_language(each.names, work.language)) for each in accounts.departments(work.session)
        )

    def groups(self, only: Collection[str] | None = None) -> list[Group]:
        """The sections with fields of the step that are asked; `only` these where some are signed already."""
        own = {each.id for each in self.definition.fields_of(self.step)} & set(self.asked)
        own = own if only is None else own & set(only)
        found = []
        for section in self.definition.sections:
            fields = tuple(self.shown(entry) for entry in section.fields if entry.id in own)
            if fields:
                found.append(Group(forms.spoken(section.title, self.work.language), fields))
        return found

    def shown(self, entry: Field) -> Shown:
        """One field with what stands in it."""
        if entry.type is Type.TABLE:
            return self.table(entry)
        return self.cell(entry, entry.id, self.values.get(entry.id))

    def cell(self, entry: Field, name: str, value: Any) -> Shown:
        """A field or a cell of a table."""
        tongue = self.work.language
        sent = request.method == "POST" and not name.startswith("~")
        is_computed = entry.type is Type.COMPUTED
        texts = (
            tuple(request.form.getlist(name)) if sent else _texts(entry, value, self.work.settings.zone_info)
        )
        return Shown(
            name=name,
            entry=entry,
            label=forms.spoken(entry.label, tongue),
            kind=_INPUTS.get(entry.type, "text"),
            value=self.worked_out(entry, value) if is_computed else texts[0] if texts else "",
            values=texts,
            choices=self.choices(entry),
            required=entry.id in self.needed,
            help=forms.spoken(entry.help, tongue) or ("" if texts else self.hint(entry)),
            unit="" if is_computed else entry.currency or forms.spoken(entry.unit, tongue),
            files=tuple(value or ()) if entry.type in {Type.FILE, Type.PHOTO} else (),
            named=self.named(entry, texts[0]) if texts else "",
        )

    def worked_out(self, entry: Field, value: Any) -> str:
        """What a formula gave, as people read it: a choice by its label, a truth as yes or no."""
        zone = self.work.settings.zone_info
        return forms.answers.display(entry, value, self.work.language, zone=zone)

    def hint(self, entry: Field) -> str:
        """What may stand in a box, where the form says nothing of it."""
        text = _HINTS.get(entry.type)
        return say(text, self.work.language, most=uploads.MOST_BYTES >> 20) if text else ""

    def named(self, entry: Field, value: str) -> str:
        """Whom a login or a number means, as far as the reader may see it (SEC-07)."""
        if entry.type is Type.PERSON:
            found = accounts.person_by_login(self.work.session, value)
            return "" if found is None else found.name
        if entry.type is Type.PARTY:
            return parties.names(self.work.session, self.work.rights, [value]).get(value, "")
        return ""

    def choices(self, entry: Field) -> tuple[tuple[str, str], ...]:
        """What is offered."""
        if entry.type is Type.DEPARTMENT:
            return self._departments
        return tuple((each.value, forms.spoken(each.label, self.work.language)) for each in entry.options)

    def table(self, entry: Field) -> Shown:
        """A table with its rows and a few blank ones."""
        kept: Sequence[Mapping[str, Any]] = self.values.get(entry.id) or ()
        count = max(len(kept), _sent_rows(entry.id)) + (0 if request.method == "POST" else 1)
        count = max(count, min(entry.rows, _BLANK_ROWS))
        rows = tuple(
            tuple(
                self.cell(
                    column,
                    f"{entry.id}.{place}.{column.id}",
                    kept[place].get(column.id) if place < len(kept) else None,
                )
                for column in entry.columns
            )
            for place in range(count)
        )
        return Shown(
            name=entry.id,
            entry=entry,
            label=forms.spoken(entry.label, self.work.language),
            kind="table",
            required=entry.id in self.needed,
            help=forms.spoken(entry.help, self.work.language),
            rows=rows,
            heads=tuple(forms.spoken(column.label, self.work.language) for column in entry.columns),
        )


def _sent_rows(table: str) -> int:
    places = [
        int(name.split(".")[1])
        for name in request.form
        if name.startswith(f"{table}.") and name.split(".")[1].isdecimal()
    ]
    return min(max(places, default=-1) + 1, _MOST_ROWS)


def _texts(entry: Field, value: Any, zone: ZoneInfo) -> tuple[str, ...]:
    """A kept answer as the box of the page takes it."""
    if value is None:
        return ()
    if entry.type is Type.INSTANT:
        return (datetime.fromisoformat(value).astimezone(zone).strftime("%Y-%m-%dT%H:%M"),)
    if entry.type is Type.YES_NO:
        return ("yes" if value else "no",)
    if entry.type is Type.MULTIPLE_CHOICE:
        return tuple(value)
    if entry.type in {Type.FILE, Type.PHOTO}:
        return tuple(each["digest"] for each in value)
    return (str(value),)
