"""A record on paper: the filled form as filed, who acted in it, and what was amended beside it (REC-03)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qms import accounts, documents, forms, rendering
from qms.accounts import Meaning
from qms.documents import GRADES, MEANINGS
from qms.forms import Amendment, Filling, Passage
from qms.kernel.clock import iso
from qms.kernel.labels import N_, in_language, say
from qms.kernel.ports import Secrecy
from qms.records import contents, rows
from qms.records.calling import Names
from qms.records.describe import STATES
from qms.records.queries import Act, Walked, amendments, ending, sent_back, signatures, steps
from qms.records.states import State, StepState
from qms.rendering import Detail, Layout, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qms.forms import Definition
    from qms.kernel.work import Work
    from qms.records.models import Record


@dataclass(frozen=True, slots=True)
class Printed:
    """What the typesetter needs for a record: its sheet, and its answers as JSON to lie in the file."""

    sheet: Sheet
    source: bytes
    source_name: str


def printed(work: Work, record: Record) -> Printed:
    """The record as it would be printed; `record` was found with the rights of who asks (SEC-06).

    Contents whose key was destroyed are said to be withheld, never guessed (R17).
    """
    definition = rows.definition_of(record.revision)
    values = contents.values(work, record)
    setting = _Setting(work, record, definition)
    name = rows.name(record)
    told = {"record": record.number, "form": record.form, "revision": record.revision.label, "values": values}
    source = json.dumps(told, ensure_ascii=False, sort_keys=True, indent=1).encode()
    return Printed(setting.sheet(values), source, f"{name.replace(' #', '-')}.json")


class _Setting:
    """One record being set, in the language of its form."""

    def __init__(self, work: Work, record: Record, definition: Definition) -> None:
        self.work = work
        self.record = record
        self.definition = definition
        self.language = record.revision.language
        self.departments = {
            each.code: in_language(each.names, self.language) for each in accounts.departments(work.session)
        }
        self.names = Names(work, self.language)
        self.posts = {each.code: each.names for each in accounts.posts(work.session)}

    def say(self, text: str, **facts: object) -> str:
        return say(text, self.language, **facts)

    def sheet(self, values: dict[str, Any]) -> Sheet:
        """The sheet: head band, filled form, acts, amendments."""
        work, record = self.work, self.record
        state = self.say(STATES[record.state])
        return Sheet(
            organisation=work.settings.organisation,
            kind=self.say(N_("Record")),
            number=rows.name(record),
            title=in_language(record.revision.title, self.language),
            revision=f"{record.form} {record.revision.label}",
            language=self.language,
            owner=self.departments.get(record.department, record.department),
            secrecy=self.say(GRADES[Secrecy(record.secrecy)]),
            body=self.body(values),
            at=record.changed_at,
            layout=Layout.RECORD,
            landscape=self.definition.landscape,
            keywords=(record.form,),
            demo=work.demo,
            fonts=rendering.own_fonts(work.settings.at(work.settings.fonts)),
            state=f"{state} · {documents.local(work, record.changed_at)}",
            void=self.void(),
            details=tuple(self.details(state)),
        )

    def void(self) -> str:
        """Why a record counts no more, in the words of its band."""
        record = self.record
        ended = ending(self.work.session, record)
        if ended is None:
            return ""
        at = documents.local(self.work, ended.at)
        if ended.authority:
            return self.say(N_("Disposed of on {at} by the list {number}"), at=at, number=ended.authority)
        return self.say(N_("Cancelled on {at} by {person}: {why}"), at=at, person=ended.name, why=ended.why)

    def details(self, state: str) -> Iterator[Detail]:
        """The head band: form and number, department and day, secrecy and state."""
        record = self.record
        yield Detail(self.say(N_("Record number")), rows.name(record))
        yield Detail(self.say(N_("Form")), f"{record.form} {record.revision.label}")
        author = accounts.names_of(self.work.session, [record.author_id]).get(record.author_id, "")
        filed = record.filed_on.isoformat() if record.filed_on else "—"
        yield Detail(self.say(N_("Filed on")), filed)
        yield Detail(self.say(N_("Filed by")), author)
        yield Detail(self.say(N_("Department")), self.departments.get(record.department, record.department))
        yield Detail(self.say(N_("Secrecy")), self.say(GRADES[Secrecy(record.secrecy)]))
        closed = f" · {record.closed_on.isoformat()}" if record.closed_on else ""
        yield Detail(self.say(N_("State")), f"{state}{closed}")

    def body(self, values: dict[str, Any]) -> str:
        """The filled form as it was filed, the answers amended since beside it; nothing once it is gone."""
        work, record = self.work, self.record
        if record.state is State.DISPOSED:
            return ""
        made = list(self.amended())
        filled = dict(values)
        for each in reversed(made):
            filled |= {change.field.id: change.before for change in each.changes}
        filed = {name: value for name, value in filled.items() if value is not None}
        filling = Filling(
            passages=tuple(self.passages()),
            amendments=tuple(made),
            withheld=self.withheld(),
        )
        system = {"today": record.filed_on or work.today, "department": record.department}
        return forms.filled(
            self.definition,
            filed,
            self.language,
            filling,
            zone=work.settings.zone_info,
            called=self.names.called,
            system=system,
        )

    def withheld(self) -> frozenset[str]:
        """What is gone with its key."""
        if self.record.erased_at is None:
            return frozenset()
        if self.record.sealed:
            return frozenset(each.id for each in self.definition.fields)
        return frozenset(forms.answers.personal_fields(self.definition))

    def passages(self) -> Iterator[Passage]:
        """Every act, the earliest first; what was sent back with its reason."""
        meanings = {each.id: each.meaning for each in signatures(self.work.session, self.record)}
        returns = sent_back(self.work.session, self.record)
        for walked in steps(self.work.session, self.record):
            for act in walked.acts:
                yield self.passage(walked, act, meanings)
            back = returns.get(walked.round)
            if walked.state is StepState.RETURNED and walked.reason and back is not None:
                yield Passage(walked.step, back.name, iso(back.at), "", opinion=walked.reason, returned=True)

    def passage(self, walked: Walked, act: Act, meanings: dict[int, Meaning]) -> Passage:
        """One act with the meaning of its signature, where it is signed."""
        meaning = meanings.get(act.signature_id or 0)
        return Passage(
            step=walked.step,
            name=act.name,
            at=iso(act.at),
            meaning="" if meaning is None else self.say(MEANINGS[meaning]),
            post=self.posts.get(act.post, act.post),
            decision=act.decision,
            opinion=act.opinion,
            instead_of=act.for_name,
        )

    def amended(self) -> Iterator[Amendment]:
        """Each correction with what stood there before it."""
        for place, row in enumerate(amendments(self.work.session, self.record), 1):
            before = contents.at_version(self.work, self.record, row.version - 1)
            after = contents.at_version(self.work, self.record, row.version)
            changes = forms.answers.compare(self.definition, before, after)
            yield Amendment(place, row.name, iso(row.at), row.reason, changes)
