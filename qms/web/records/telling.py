"""The answers of a record, its corrections and what it opened, as a page shows them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from flask import url_for

from qms import documents, forms, records, risks, schedules
from qms.forms import Type
from qms.kernel.errors import Missing
from qms.kernel.labels import N_, in_language, say
from qms.kernel.refs import Ref
from qms.web.links import link

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qms.forms import Definition, Field
    from qms.kernel.work import Work
    from qms.records import Record, Source

_CLASSES: Final = {
    Type.NUMBER: "num nr",
    Type.MONEY: "num nr",
    Type.COMPUTED: "nr",
    Type.DATE: "nr",
    Type.INSTANT: "nr",
}
_FILES: Final = (Type.FILE, Type.PHOTO)
_NOTHING: Final = N_("nothing")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: its label and words, the page it leads to, its files; a table has heads and rows.

    `amended` is the place of the last amendment of it, 0 where it stands as it was signed.

    Each head is a label and the classes of its column: figures stand at the right, days never break.
    """

    label: str
    text: str = ""
    url: str | None = None
    files: tuple[tuple[str, str], ...] = ()
    heads: tuple[tuple[str, str], ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    amended: int = 0


@dataclass(frozen=True, slots=True)
class Corrected:
    """One amendment: what stood in which field, what stands there now, who says so and why."""

    lines: tuple[tuple[str, str, str], ...]
    reason: str
    name: str
    at: str


@dataclass(frozen=True, slots=True)
class Opened:
    """What a record asked for: in words, with the page that answered it once it is done."""

    text: str
    number: str = ""
    url: str | None = None
    is_done: bool = False


@dataclass(slots=True)
class Teller:
    """Says what stands in one record, to one reader."""

    work: Work
    record: Record
    definition: Definition
    names: records.Names = field(init=False)

    def __post_init__(self) -> None:
        """People, departments and parties are told by their names."""
        self.names = records.Names(self.work, self.work.language)

    def answered(self, values: Mapping[str, Any]) -> list[tuple[str, list[Answer]]]:
        """The answers under their headings."""
        self.names.look_up(self.definition.fields, values)
        corrected = records.amendments(self.work.session, self.record)
        amended = {name: place for place, each in enumerate(corrected, 1) for name in each.fields}
        taken = amended.keys() if self.record.erased_at is None else ()
        found = []
        for section in self.definition.sections:
            lines = [
                replace(self.answer(entry, values.get(entry.id)), amended=amended.get(entry.id, 0))
                for entry in section.fields
                if entry.id in values or entry.id in taken
            ]
            if lines:
                found.append((forms.spoken(section.title, self.work.language), lines))
        return found

    def answer(self, entry: Field, value: Any) -> Answer:
        """One answer; one that an amendment took away is there without words."""
        label = forms.spoken(entry.label, self.work.language)
        if entry.type is Type.TABLE:
            heads = tuple(
                (forms.spoken(column.label, self.work.language), _CLASSES.get(column.type, ""))
                for column in entry.columns
            )
            rows = tuple(
                tuple(self.said(column, row.get(column.id)) for column in entry.columns)
                for row in value or ()
            )
            return Answer(label, heads=heads, rows=rows)
        if entry.type in _FILES:
            return Answer(label, files=tuple(self.files(value)))
        return Answer(label, self.said(entry, value), self.leads(entry, value))

    def said(self, entry: Field, value: Any) -> str:
        """The words of one value."""
        zone = self.work.settings.zone_info
        return forms.answers.display(entry, value, self.work.language, zone=zone, called=self.names.called)

    def leads(self, entry: Field, value: Any) -> str | None:
        """The page of the party or record of an answer, where the reader sees it (SEC-07)."""
        if entry.type is Type.RECORD and value is not None:
            work, ref = self.work, Ref(records.KIND, value)
            return None if records.hidden(work.session, work.rights, [ref], work.today) else link(ref)
        is_told = entry.type is Type.PARTY and self.names.is_known(Type.PARTY, value)
        return link(Ref("party", value)) if is_told else None

    def files(self, value: Any) -> Iterator[tuple[str, str]]:
        """The attached files by name and address."""
        ids = {each.digest: each.id for each in records.files(self.work.session, self.record)}
        for each in value or ():
            found = ids.get(each["digest"])
            number = self.record.number
            url = "" if found is None else url_for("records.file", number=number, file_id=found)
            yield each["name"], url

    def corrections(self) -> list[Corrected]:
        """The amendments, each with what stood there before it (REC-02)."""
        return [
            Corrected(
                lines=tuple(self.changed(each.fields, each.version)),
                reason=each.reason,
                name=each.name,
                at=documents.local(self.work, each.at),
            )
            for each in records.amendments(self.work.session, self.record)
        ]

    def changed(self, names: list[str], version: int) -> Iterator[tuple[str, str, str]]:
        """Label, before and after of the fields an amendment names; the label alone once they are erased."""
        erased = self.record.erased_at is not None
        before, after = ({}, {}) if erased else records.around(self.work, self.record, version)
        for entry in self.definition.fields:
            if entry.id in names:
                label = forms.spoken(entry.label, self.work.language)
                nothing = "" if erased else say(_NOTHING, self.work.language)
                old, new = (self.said(entry, each.get(entry.id)) or nothing for each in (before, after))
                yield label, old, new

    def origin(self) -> tuple[str, str | None] | None:
        """What the record came from: in words and with its page, as far as the reader sees it."""
        if self.record.origin is None:
            return None
        source = records.source(self.work, self.record)
        if source is not None:
            return named(source, self.work.language)
        ref = Ref.parse(self.record.origin)
        if self.work.hidden([ref]):
            return "–", None
        try:
            return self._told(ref), link(ref)
        except Missing:
            return "–", None

    def _told(self, ref: Ref) -> str:
        if ref.kind == "control-point":
            return forms.spoken(risks.point(self.work, ref.key).point.standard, self.work.language)
        if ref.kind == "occurrence":
            found = schedules.occurrence(self.work, ref.key)
            return f"{in_language(found.label, self.work.language)} · {found.name} · {found.period}"
        return ref.key

    def opened(self) -> list[Opened]:
        """Forms, tasks, actions and requests the record asked for."""
        opened = records.openings(self.work.session, self.record)
        asked = documents.Filters(numbers=frozenset(each.target for each in opened if each.target))
        known = documents.library(self.work.session, self.work.rights, self.work.today, asked)
        titles = {each.number: each.title for each in known}
        found = []
        for each in opened:
            label = self.definition.opens[each.place].label
            title = titles.get(each.target)
            text = forms.spoken(title if each.target and title else label, self.work.language)
            done = Ref.parse(each.answered) if each.answered else None
            key = done.key if done is not None and done.kind != "done" else each.target
            found.append(Opened(text, key, None if done is None else link(done), done is not None))
        return found


def named(source: Source, language: str) -> tuple[str, str | None]:
    """A record that asked for another one: number, form and title, and its page for who sees it."""
    if not source.number:
        return say(N_("a record you may not see"), language), None
    said = " ".join(filter(None, (source.number, in_language(source.form_title, language), source.title)))
    return said, link(Ref(records.KIND, source.number)) if source.is_seen else None
