"""The rows an act works on: found by what people call them, locked, refused where they are not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from qms import accounts, forms
from qms.documents import Kind
from qms.documents.models import Revision
from qms.kernel.refs import Ref
from qms.records import access
from qms.records.errors import AuthorMissing, RecordMissing
from qms.records.models import Record, RecordAct, RecordFile, RecordOpening, RecordStep

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from qms.forms import Definition
    from qms.kernel.ports import Rights
    from qms.kernel.work import Work

KIND: Final = "record"
DRAFT: Final = "record-draft"
OPENING: Final = "record-opening"
FILLED: Final = frozenset({Kind.FORM.value, Kind.SCORECARD.value})
"""The kinds of documents on which records are filed."""


def ref_of(record: Record) -> Ref:
    """`record:FM-02-03-2026-000042`, or `record-draft:7` while there is no number."""
    return Ref(DRAFT, str(record.id)) if record.number is None else Ref(KIND, record.number)


def name(record: Record) -> str:
    """What people call a record."""
    return record.number or f"{record.form} #{record.id}"


def definition_of(revision: Revision) -> Definition:
    """What the form's revision declares; an issued head never changes, so it is read once."""
    return forms.declared(revision.content_digest, revision.head)


def _found(session: Session, rights: Rights, day: date, ref: Ref) -> Record | None:
    query = (
        select(Record)
        .join(Record.revision)
        .options(contains_eager(Record.revision).joinedload(Revision.document))
        .where(access.visible(session, rights, day))
    )
    if ref.kind == KIND:
        return session.scalar(query.where(Record.number == ref.key))
    if ref.kind == DRAFT and ref.key.isdecimal() and ref.key.isascii():
        return session.scalar(query.where(Record.id == int(ref.key)))
    return None


def seen(session: Session, rights: Rights, day: date, ref: Ref) -> Record:
    """The record of this Ref; for those who may not see it there is none (SEC-06)."""
    found = _found(session, rights, day, ref)
    if found is None:
        raise RecordMissing(record=ref.key)
    return found


def lock(work: Work, ref: Ref) -> Record:
    """The record a person acts on: visible to them, locked and read afresh (SEC-28)."""
    return locked(work, seen(work.session, work.rights, work.today, ref).id)


def locked(work: Work, record_id: int) -> Record:
    """The record of an id, locked, whoever asks."""
    return work.session.execute(
        select(Record)
        .where(Record.id == record_id)
        .options(joinedload(Record.revision).joinedload(Revision.document))
        .with_for_update(of=Record)
        .execution_options(populate_existing=True)
    ).scalar_one()


def by_id(session: Session, record_id: int) -> Record:
    """The record of an id, whoever asks."""
    return session.execute(
        select(Record)
        .where(Record.id == record_id)
        .options(joinedload(Record.revision).joinedload(Revision.document))
    ).scalar_one()


def opening_of(session: Session, ref: Ref) -> RecordOpening | None:
    """What a record asked to be opened, where the Ref names such a thing."""
    if ref.kind != OPENING or not (ref.key.isascii() and ref.key.isdecimal()):
        return None
    return session.get(RecordOpening, int(ref.key))


def person_id(work: Work) -> int:
    """The person who acts; a service files no records (ALC-01)."""
    if work.actor.person_id is None:
        raise AuthorMissing
    return work.actor.person_id


def steps_of(work: Work, record: Record, person: int) -> frozenset[str]:
    """The steps of a record that a person did; its author did the first one, which may have no name."""
    done = work.session.scalars(
        select(RecordStep.step)
        .join(RecordAct, RecordAct.step_id == RecordStep.id)
        .where(RecordAct.record_id == record.id, RecordAct.person_id == person)
    ).all()
    steps = definition_of(record.revision).steps
    first = {steps[0].id if steps else ""} if person == record.author_id else set()
    return frozenset({*done, *first})


def login_of(session: Session, person: int) -> str:
    """The login by which answers name a person."""
    return accounts.person(session, person).login


def has_file(session: Session, record_id: int, field: str, digest: str) -> bool:
    """Whether a file of this digest is attached to the field of the record."""
    query = select(RecordFile.id).where(
        RecordFile.record_id == record_id, RecordFile.field == field, RecordFile.digest == digest
    )
    return session.scalar(query) is not None
