"""Cancelling: the record keeps its number, its contents and its reason (REC-03)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from qms import tasks
from qms.records import attached, rows, telling
from qms.records.errors import CancellingNotAllowed, RecordReasonMissing
from qms.records.models import RecordStep
from qms.records.operations import advancing, timing
from qms.records.states import Event, State, StepState, refuse

if TYPE_CHECKING:
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work
    from qms.records.models import Record


def cancel(work: Work, ref: Ref, reason: str) -> Record:
    """Cancel a filed record with a reason: its author while it is open, else who may for its department."""
    record = rows.lock(work, ref)
    refuse(record.state, Event.CANCEL, rows.name(record))
    own = record.author_id == rows.person_id(work) and record.state is State.OPEN
    if not own and not work.rights.may("records:cancel", record.department):
        raise CancellingNotAllowed(department=record.department)
    if not reason.strip():
        raise RecordReasonMissing
    telling.allow(work, record, "cancel")
    before = record.state
    record.state, record.cancelled_at, record.changed_at = State.CANCELLED, work.now, work.now
    for row in work.session.scalars(
        select(RecordStep).where(RecordStep.record_id == record.id, RecordStep.state == StepState.OPEN)
    ):
        row.state = StepState.CANCELLED
    tasks.cancel(work, advancing.TASK, rows.ref_of(record))
    timing.cancel_all(work, record)
    attached.let_go(work, record)
    work.session.flush()
    work.record(
        "record:cancel",
        rows.ref_of(record),
        before={"state": before.value},
        after={"state": record.state.value},
        why=reason.strip(),
    )
    telling.tell(work, record, "cancel")
    return record
