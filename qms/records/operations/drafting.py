"""Beginning a record, keeping what is typed, attaching files, giving a draft up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, select

from qms import accounts, documents, forms
from qms.kernel.errors import Missing
from qms.kernel.refs import Ref
from qms.records import contents, rows, seats
from qms.records.errors import (
    FileMissing,
    FilingNotAllowed,
    FormNotInForce,
    NotAForm,
    NotYourDraft,
    NotYourStep,
    RecordWouldBeHidden,
)
from qms.records.known import GRADES
from qms.records.models import Record, RecordDraft, RecordFile, RecordStep
from qms.records.operations import _answers
from qms.records.states import Event, State, StepState, refuse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qms.documents.models import Revision
    from qms.kernel.work import Work

_LANGUAGE: Final = "zh-Hans"


@dataclass(frozen=True, slots=True)
class Ready:
    """A file whose bytes lie in the vault already (law 9): sealed ones under the record's key."""

    name: str
    media_type: str
    size: int
    digest: str
    sealed: bool


def begin(
    work: Work, form: str, *, values: Mapping[str, Any] | None = None, origin: Ref | None = None
) -> Record:
    """Begin a record on a form in force, pinned to its revision; the draft is the person's alone."""
    person = rows.person_id(work)
    revision = form_in_force(work, form)
    definition = rows.definition_of(revision)
    department = _department(work, person, revision)
    if not _answers.may_file(work, department):
        raise FilingNotAllowed(department=department)
    kept = definition.kept
    secrecy = int(GRADES[kept.secrecy]) if kept.secrecy else revision.secrecy
    circle = kept.circle or revision.circle
    if secrecy > work.rights.secrecy or (circle is not None and circle not in work.rights.circles):
        raise RecordWouldBeHidden(form=form)
    needs_key = contents.needs_key(definition, secrecy)
    record = Record(
        form=revision.document.number,
        revision_id=revision.id,
        department=department,
        secrecy=secrecy,
        circle=circle,
        sealed=contents.is_sealed(secrecy),
        seal=contents.new_key(work) if needs_key else None,
        author_id=person,
        origin=None if origin is None else str(origin),
        created_at=work.now,
        changed_at=work.now,
    )
    record.revision = revision
    work.session.add(record)
    work.session.flush()
    told = _answers.system(work, record)
    first = forms.answers.defaults(definition, told, zone=work.settings.zone_info)
    contents.keep_draft(work, record, person, _answers.merged(first, values or {}))
    after = {"form": record.form, "revision": str(documents.ref_of(revision)), "origin": record.origin}
    work.record("record:begin", rows.ref_of(record), after=after)
    return record


def form_in_force(work: Work, form: str) -> Revision:
    """The revision on which records of a form are begun today."""
    revision = _in_force(work, form)
    if revision.document.kind not in rows.FILLED or not revision.head.get("fields"):
        raise NotAForm(form=form)
    return revision


def _in_force(work: Work, form: str) -> Revision:
    for language in (work.language, _LANGUAGE, "zh-Hant", "en"):
        try:
            return documents.in_force(work.session, work.rights, form, language, work.today)
        except Missing:
            continue
    raise FormNotInForce(form=form)


def _department(work: Work, person: int, revision: Revision) -> str:
    own = accounts.departments_of(work.session, person, work.today)
    return own[0] if own else revision.document.owner


def save(work: Work, ref: Ref, values: Mapping[str, Any]) -> Record:
    """Keep the whole of a draft as it was typed; faults are told when it is filed, nothing is lost."""
    record = mine(work, ref)
    refuse(record.state, Event.SAVE, rows.name(record))
    _answers.refuse_others(record, _answers.first_step(record), values)
    contents.keep_draft(work, record, record.author_id, _answers.merged({}, values))
    record.changed_at = work.now
    return record


def save_step(work: Work, ref: Ref, step: str, values: Mapping[str, Any]) -> Record:
    """Keep what somebody whom the open step asks has typed for it until they act; None empties an answer."""
    record = rows.lock(work, ref)
    refuse(record.state, Event.ACT, rows.name(record))
    _refuse_unasked(work, record, open_step(work, record, step))
    _answers.refuse_others(record, step, values)
    contents.keep_draft(work, record, rows.person_id(work), values)
    return record


def open_step(work: Work, record: Record, step: str) -> RecordStep:
    """The open step of a record, of this name."""
    found = work.session.scalar(
        select(RecordStep)
        .where(
            RecordStep.record_id == record.id,
            RecordStep.step == step,
            RecordStep.state == StepState.OPEN,
        )
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotYourStep(step=step, record=rows.name(record), seats="-")
    return found


def _refuse_unasked(work: Work, record: Record, row: RecordStep) -> None:
    """Only whom the open step asks keeps anything for it."""
    seats.refuse_unasked(work, record, row, rows.definition_of(record.revision).step(row.step))


def _going(work: Work, record: Record) -> RecordStep:
    """The step that is open; a record under way has one."""
    found = select(RecordStep).where(RecordStep.record_id == record.id, RecordStep.state == StepState.OPEN)
    return work.session.scalars(found).one()


def mine(work: Work, ref: Ref) -> Record:
    """A draft of the acting person, locked; somebody else's does not exist (SEC-06)."""
    record = rows.lock(work, ref)
    if record.state is State.DRAFT and record.author_id != work.actor.person_id:
        raise NotYourDraft(record=ref.key)
    return record


def ready_file(work: Work, ref: Ref, field: str, *, name: str, media_type: str, content: bytes) -> Ready:
    """Put the bytes of a file into the vault, sealed where the field asks; outside any act (law 2)."""
    record = rows.seen(work.session, work.rights, work.today, ref)
    definition = rows.definition_of(record.revision)
    sealed = record.sealed or field.partition(".")[0] in forms.answers.personal_fields(definition)
    stored = contents.sealed(work, record, content) if sealed else content
    return Ready(name, media_type, len(content), work.vault.put(stored), sealed)


def add_file(work: Work, ref: Ref, field: str, ready: Ready) -> RecordFile:
    """Attach a file to a field of a draft, or of the step that is open for the person."""
    record = rows.lock(work, ref)
    if record.state is State.DRAFT:
        mine(work, ref)
    else:
        refuse(record.state, Event.ACT, rows.name(record))
        _refuse_unasked(work, record, _going(work, record))
    present = work.session.scalar(
        select(RecordFile).where(
            RecordFile.record_id == record.id, RecordFile.digest == ready.digest, RecordFile.field == field
        )
    )
    if present is not None:
        return present
    made = RecordFile(
        record_id=record.id,
        field=field,
        name=ready.name,
        media_type=ready.media_type,
        size=ready.size,
        digest=ready.digest,
        sealed=ready.sealed,
        added_by=rows.person_id(work),
        added_at=work.now,
    )
    work.session.add(made)
    work.session.flush()
    work.record(
        "record:attach",
        rows.ref_of(record),
        after={"field": field, "digest": ready.digest, "size": ready.size},
    )
    return made


def remove_file(work: Work, ref: Ref, field: str, digest: str) -> None:
    """Take a file off a draft; what was filed keeps its files."""
    record = mine(work, ref)
    refuse(record.state, Event.SAVE, rows.name(record))
    if not rows.has_file(work.session, record.id, field, digest):
        raise FileMissing(record=rows.name(record))
    work.session.execute(
        delete(RecordFile).where(
            RecordFile.record_id == record.id, RecordFile.field == field, RecordFile.digest == digest
        )
    )
    work.record("record:detach", rows.ref_of(record), before={"field": field, "digest": digest})


def discard(work: Work, ref: Ref) -> None:
    """Give a draft up; it never had a number, so none is missing."""
    record = mine(work, ref)
    refuse(record.state, Event.DISCARD, rows.name(record))
    work.record("record:discard", rows.ref_of(record), before={"form": record.form})
    for table in (RecordDraft, RecordFile):
        work.session.execute(delete(table).where(table.record_id == record.id))
    work.session.delete(record)
    work.session.flush()
