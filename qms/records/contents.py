"""The contents of records: open answers as canonical JSON, personal and confidential ones sealed (R17)."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

import rfc8785
from sqlalchemy import select

from qms import forms
from qms.kernel import sealing
from qms.kernel.ports import Secrecy
from qms.records import rows
from qms.records.errors import ContentErased
from qms.records.models import Record, RecordContent, RecordDraft
from qms.records.states import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    from qms.forms import Definition
    from qms.kernel.work import Work

Values = dict[str, Any]
_SEALED_FROM: Final = Secrecy.CONFIDENTIAL


def needs_key(definition: Definition, secrecy: int) -> bool:
    """Whether anything of the record is kept sealed: a personal field, or its grade (R17)."""
    return is_sealed(secrecy) or bool(forms.answers.personal_fields(definition))


def is_sealed(secrecy: int) -> bool:
    """Whether all of a record's content is kept sealed, by its grade."""
    return secrecy >= _SEALED_FROM


def _split(record: Record, values: Mapping[str, Any]) -> tuple[Values, Values]:
    personal = forms.answers.personal_fields(rows.definition_of(record.revision))
    hidden = {key: value for key, value in values.items() if record.sealed or key in personal}
    return {key: value for key, value in values.items() if key not in hidden}, hidden


def sealed(work: Work, record: Record, content: bytes) -> bytes:
    """Bytes sealed under the record's own key; refused once that key was destroyed."""
    if record.seal is None or record.erased_at is not None:
        raise ContentErased(record=rows.name(record))
    return sealing.seal(_keys(work), record.seal, _about(record), content)


def opened(work: Work, record: Record, content: bytes) -> bytes | None:
    """Sealed bytes of the record in clear, None once its key was destroyed on purpose."""
    if record.seal is None or record.erased_at is not None:
        return None
    return sealing.unseal(_keys(work), record.seal, _about(record), content)


def _keys(work: Work) -> Path:
    return work.settings.at(work.settings.keys)


def _about(record: Record) -> str:
    return f"record {record.id}"


def new_key(work: Work) -> str:
    """A key for one record, durable before its row is written (law 9)."""
    return sealing.new_key(_keys(work))


def _packed(work: Work, record: Record, values: Mapping[str, Any]) -> tuple[str, bytes | None]:
    shown, hidden = _split(record, values)
    content = rfc8785.dumps(shown).decode()
    return content, sealed(work, record, rfc8785.dumps(hidden)) if hidden else None


def unpacked(work: Work, record: Record, row: RecordContent | RecordDraft) -> Values:
    """The answers in a row, without the sealed ones once their key was destroyed."""
    found: Values = json.loads(row.content)
    if row.sealed is not None:
        clear = opened(work, record, row.sealed)
        if clear is not None:
            found |= json.loads(clear)
    return found


def digest_of(record: Record, content: str, hidden: bytes | None, version: int) -> str:
    """What a signature covers: form, version, the open answers, and the sealed bytes by their digest."""
    told: dict[str, Any] = {
        "form": f"{record.form}@{record.revision.language}@{record.revision.label}",
        "record": record.id,
        "version": version,
        "content": content,
        "sealed": None if hidden is None else hashlib.sha256(hidden).hexdigest(),
    }
    return hashlib.sha256(rfc8785.dumps(told)).hexdigest()


def freeze(work: Work, record: Record, values: Mapping[str, Any], event: str) -> RecordContent:
    """The next frozen content of the record; earlier ones stay as they are (REC-01)."""
    record.version += 1
    content, hidden = _packed(work, record, values)
    made = RecordContent(
        record_id=record.id,
        version=record.version,
        event=event,
        content=content,
        sealed=hidden,
        digest=digest_of(record, content, hidden, record.version),
        person_id=rows.person_id(work),
        at=work.now,
    )
    work.session.add(made)
    work.session.flush()
    return made


def at_version(work: Work, record: Record, version: int) -> Values:
    """The answers as they were frozen under a version."""
    row = work.session.execute(
        select(RecordContent).where(RecordContent.record_id == record.id, RecordContent.version == version)
    ).scalar_one()
    return unpacked(work, record, row)


def around(work: Work, record: Record, version: int) -> tuple[Values, Values]:
    """The answers before and after an amendment, by the version it made (REC-02)."""
    return at_version(work, record, version - 1), at_version(work, record, version)


def values(work: Work, record: Record) -> Values:
    """The answers as they stand: the last frozen ones, or the author's draft."""
    if record.state is State.DISPOSED:
        return {}
    if record.version:
        return at_version(work, record, record.version)
    return draft(work, record, record.author_id) or {}


def values_of(work: Work, record_ids: Iterable[int]) -> dict[int, Values]:
    """The answers of several filed records in one look; what was erased is left out."""
    found = work.session.execute(
        select(Record, RecordContent)
        .join(RecordContent, RecordContent.record_id == Record.id)
        .where(Record.id.in_(set(record_ids)), RecordContent.version == Record.version)
    ).all()
    return {record.id: unpacked(work, record, row) for record, row in found}


def draft(work: Work, record: Record, person: int) -> Values | None:
    """What a person has typed and not filed yet."""
    row = _draft_row(work, record, person)
    return None if row is None else unpacked(work, record, row)


def keep_draft(work: Work, record: Record, person: int, answers: Mapping[str, Any]) -> None:
    """Keep what a person has typed until they file it; what is no answer at all is refused."""
    forms.answers.refuse_unfit(rows.definition_of(record.revision), answers)
    content, hidden = _packed(work, record, answers)
    row = _draft_row(work, record, person)
    if row is None:
        row = RecordDraft(record_id=record.id, person_id=person)
        work.session.add(row)
    row.content, row.sealed, row.changed_at = content, hidden, work.now
    work.session.flush()


def draft_at(work: Work, record: Record, person: int) -> datetime | None:
    """When a person last kept what they typed; None where they have kept nothing."""
    row = _draft_row(work, record, person)
    return None if row is None else row.changed_at


def drop_draft(work: Work, record: Record, person: int) -> None:
    """What was typed is filed."""
    row = _draft_row(work, record, person)
    if row is not None:
        work.session.delete(row)
        work.session.flush()


def _draft_row(work: Work, record: Record, person: int) -> RecordDraft | None:
    return work.session.scalar(
        select(RecordDraft).where(RecordDraft.record_id == record.id, RecordDraft.person_id == person)
    )
