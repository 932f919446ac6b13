"""What search keeps of records: one entry each; of confidential ones number and form alone (SEC-07)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import contains_eager

from qms import forms
from qms.kernel.labels import in_language, say
from qms.kernel.ports import Entry
from qms.kernel.refs import Ref
from qms.records import access, contents, rows
from qms.records.calling import Names
from qms.records.describe import STATES
from qms.records.models import Record, RecordContent
from qms.records.states import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from qms.kernel.work import Work


class RecordEntries:
    """The Entries of records: one group and one entry a filed record, none once it is disposed of."""

    kinds: frozenset[str] = frozenset({rows.KIND})

    def group_of(self, ref: Ref) -> Ref | None:
        """The record that a trail entry speaks of."""
        return ref if ref.kind == rows.KIND else None

    def groups(self, work: Work) -> Iterator[Ref]:
        """Every record that can be found."""
        query = select(Record.number).where(Record.state.not_in((State.DRAFT, State.DISPOSED)))
        for number in work.session.scalars(query.order_by(Record.id)).all():
            yield Ref(rows.KIND, str(number))

    def entries(self, work: Work, ref: Ref) -> Sequence[Entry]:
        """Its open words for those whom its department, seats, grade and circle let in (R16, R19)."""
        found = work.session.scalar(
            select(Record)
            .join(Record.revision)
            .options(contains_eager(Record.revision))
            .where(Record.number == ref.key, Record.state != State.DISPOSED)
        )
        if found is None or found.filed_on is None:
            return ()
        language = work.settings.language
        shut = contents.is_sealed(found.secrecy) or found.sealed
        form = in_language(found.revision.title, language)
        return (
            Entry(
                key=str(ref),
                group=str(ref),
                number=ref.key,
                title=form if shut else f"{form} {found.title}".strip(),
                kind=rows.KIND,
                language=language,
                revision="",
                heading=say(STATES[found.state], language) if found.state is State.CANCELLED else "",
                clause="",
                anchor="",
                text=found.form if shut else f"{found.form}\n{_words(work, found)}".strip(),
                secrecy=found.secrecy,
                circle=found.circle,
                departments=frozenset(),
                posts=frozenset(),
                people=access.locks(work.session, found),
                from_on=found.filed_on,
                until_on=None,
            ),
        )


def _words(work: Work, record: Record) -> str:
    """The open answers as people read them; what is personal lies sealed and is never among them."""
    kept = work.session.scalar(
        select(RecordContent.content).where(
            RecordContent.record_id == record.id, RecordContent.version == record.version
        )
    )
    values = json.loads(kept or "{}")
    language, zone = work.settings.language, work.settings.zone_info
    fields = rows.definition_of(record.revision).fields
    names = Names(work, language, with_parties=False)
    names.look_up(fields, values)
    shown = (
        forms.answers.display(field, values[field.id], language, zone=zone, called=names.called)
        for field in fields
        if field.id in values and field.type not in {forms.Type.FILE, forms.Type.PHOTO}
    )
    return "\n".join(each for each in shown if each)
