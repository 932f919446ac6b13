"""Erasing and disposing: what was sealed opens no more, what is disposed of leaves a stub (R17, REC-05)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from qms import tasks
from qms.kernel import sealing
from qms.records import rows, telling
from qms.records.errors import ErasedAlready, ErasingNotAllowed, NothingToErase, RecordReasonMissing
from qms.records.models import (
    Record,
    RecordAct,
    RecordAmendment,
    RecordContent,
    RecordDraft,
    RecordFile,
    RecordOpening,
    RecordSeat,
    RecordStep,
)
from qms.records.operations import advancing, timing
from qms.records.states import Event, State, refuse

if TYPE_CHECKING:
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work

ERASE = "records:erase"


def erase(work: Work, ref: Ref, reason: str) -> Record:
    """Erase what is sealed of a record on request: its key is destroyed once this act is committed.

    Number, open answers, digests and trail stay. See `destroy_erased`.
    """
    record = rows.lock(work, ref)
    if not work.rights.may(ERASE, record.department):
        raise ErasingNotAllowed(department=record.department)
    refuse(record.state, Event.ERASE, rows.name(record))
    if record.seal is None:
        raise NothingToErase(record=rows.name(record))
    if record.erased_at is not None:
        raise ErasedAlready(record=rows.name(record))
    if not reason.strip():
        raise RecordReasonMissing
    telling.allow(work, record, "erase")
    work.session.execute(delete(RecordDraft).where(RecordDraft.record_id == record.id))
    record.erased_at = record.changed_at = work.now
    work.session.flush()
    work.record("record:erase", rows.ref_of(record), after={"version": record.version}, why=reason.strip())
    telling.tell(work, record, "erase")
    return record


def dispose(work: Work, record_id: int, authority: str) -> Record:
    """Take everything of a record away but its stub; what retention has decided, and nobody else (REC-05).

    The blobs of its files are then named by nothing and are swept, its key is destroyed after the act.
    """
    record = rows.locked(work, record_id)
    record.state, record.title, record.changed_at = State.DISPOSED, "", work.now
    if record.seal is not None and record.erased_at is None:
        record.erased_at = work.now
    work.session.flush()
    for model in (RecordAmendment, RecordAct, RecordSeat, RecordStep, RecordOpening, RecordDraft):
        work.session.execute(delete(model).where(model.record_id == record.id))
    work.session.execute(delete(RecordFile).where(RecordFile.record_id == record.id))
    work.session.execute(delete(RecordContent).where(RecordContent.record_id == record.id))
    tasks.cancel(work, advancing.TASK, rows.ref_of(record))
    timing.cancel_all(work, record)
    work.record("record:dispose", rows.ref_of(record), after={"authority": authority})
    telling.tell(work, record, "erase", values={})
    return record


def destroy_erased(work: Work) -> int:
    """Destroy the keys of what was erased or disposed of, outside any act that could be undone.

    Called after the act, and by the day job for whoever fell in between (D-0022). Says how many there were.
    """
    keys = work.settings.at(work.settings.keys)
    found = select(Record.seal).where(Record.erased_at.is_not(None), Record.seal.is_not(None))
    return sum(sealing.destroy(keys, name) for name in work.session.scalars(found).all() if name)
