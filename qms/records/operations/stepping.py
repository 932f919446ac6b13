"""Acting in the open step of a record: accept the hand-over, decide, or send back (R25, S68)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from qms import tasks
from qms.records import contents, rows, seats, telling, witnessed
from qms.records.errors import (
    AnswerSigned,
    HandedOver,
    NothingGoesBack,
    NothingHeld,
    NothingToAccept,
    NothingToHold,
    RecordReasonMissing,
    StepAccepted,
    StepNotAccepted,
)
from qms.records.models import RecordStep
from qms.records.operations import _answers, advancing, drafting, marking, timing
from qms.records.states import Event, StepState, refuse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qms.accounts import OpenKey
    from qms.forms import Step
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work
    from qms.records.models import Record
    from qms.records.seats import Voice


def act(
    work: Work,
    ref: Ref,
    step: str,
    *,
    values: Mapping[str, Any] | None = None,
    opinion: str = "",
    decision: str = "",
    password: str | OpenKey | None = None,
    standing_for: int | None = None,
) -> Record:
    """Do one's part of the open step; the last one asked for closes it (R25, R27, R60)."""
    record, row, asked = _open(work, ref, step)
    said = _admitted(work, record, row, asked, standing_for)
    if asked.accept and row.accepted_at is None:
        raise StepNotAccepted(record=rows.name(record), step=asked.label)
    _answers.refuse_others(record, step, values or {})
    changed = _typed(work, record, row, asked, said.person, values)
    record.decision = marking.decided(work, row, asked, decision) or record.decision
    found = _answers.completed(work, record, changed)
    _answers.refuse_faults(work, record, step, found)
    telling.allow(work, record, "step", found, step=step)
    frozen = contents.freeze(work, record, found, "step")
    made = marking.mark(
        work, record, row, asked, frozen, said=said, password=password, opinion=opinion, decision=decision
    )
    contents.drop_draft(work, record, said.person)
    record.changed_at = work.now
    after = {
        "step": step,
        "round": record.round,
        "digest": frozen.digest,
        "said": witnessed.said(made.digest, made.decision, made.opinion),
        "decision": decision,
        "standing_for": standing_for,
    }
    work.record("record:act", rows.ref_of(record), after=after)
    tasks.settle(work, advancing.TASK, rows.ref_of(record), made.voice_id)
    if marking.acted(work, row) >= row.needed:
        advancing.close_step(work, record, row, asked, found)
    telling.tell(work, record, "step", step=step, values=found)
    return record


def _open(work: Work, ref: Ref, step: str) -> tuple[Record, RecordStep, Step]:
    record = rows.lock(work, ref)
    refuse(record.state, Event.ACT, rows.name(record))
    row = drafting.open_step(work, record, step)
    return record, row, rows.definition_of(record.revision).step(step)


def _typed(  # noqa: PLR0917 - what a person has typed for one step
    work: Work, record: Record, row: RecordStep, step: Step, person: int, values: Mapping[str, Any] | None
) -> dict[str, Any]:
    """The answers with what a person gives; what another one has signed in the step they do not change."""
    if not marking.acted(work, row):
        return _answers.typed(work, record, step.id, person, values)
    before = contents.values(work, record)
    own = {each.id for each in rows.definition_of(record.revision).fields_of(step.id)}
    kept = contents.draft(work, record, person) or {}
    # What they kept before the other one signed gives way without a word; what they send now does not.
    changes = {**{name: kept[name] for name in kept if name in own and name not in before}, **(values or {})}
    for name, value in changes.items():
        if name in before and value != before[name]:
            signer = marking.first_name(work, row)
            field = rows.definition_of(record.revision).field(name).label
            raise AnswerSigned(person=signer, field=field, step=step.label, record=rows.name(record))
    return _answers.merged(before, changes)


def _admitted(work: Work, record: Record, row: RecordStep, step: Step, standing_for: int | None) -> Voice:
    said = seats.voice(work, record, row, step, standing_for)
    seats.refuse_concerned(work, record, step, said, contents.values(work, record))
    return said


def accept(work: Work, ref: Ref, step: str, *, standing_for: int | None = None) -> Record:
    """Accept what is handed over: complete as it is, and from now on it does not go back (S68, R53)."""
    record, row, asked = _open(work, ref, step)
    said = _admitted(work, record, row, asked, standing_for)
    if not asked.accept:
        raise NothingToAccept(record=rows.name(record), step=asked.label)
    if row.accepted_at is not None:
        raise StepAccepted(record=rows.name(record), step=asked.label)
    row.accepted_at, row.accepted_by = work.now, said.person
    record.handed_over = True
    record.changed_at = work.now
    work.session.flush()
    work.record("record:accept", rows.ref_of(record), after={"step": step, "person": said.person})
    telling.tell(work, record, "accept", step=step)
    return record


def give_back(work: Work, ref: Ref, step: str, reason: str, *, standing_for: int | None = None) -> Record:
    """Send a record back to its author with the reason; what was done in the round lapses and is kept."""
    record, row, asked = _open(work, ref, step)
    _admitted(work, record, row, asked, standing_for)
    if record.handed_over:
        raise HandedOver(record=rows.name(record))
    first = rows.definition_of(record.revision).steps[0]
    if not asked.returnable or asked.id == first.id:
        raise NothingGoesBack(record=rows.name(record), step=asked.label)
    if not reason.strip():
        raise RecordReasonMissing
    telling.allow(work, record, "return")
    _lapse(work, record, row, reason.strip())
    record.round += 1
    record.decision = None
    record.changed_at = work.now
    values = contents.values(work, record)
    advancing.open_row(work, record, first, values)
    advancing.owe_author(work, record, first)
    work.record(
        "record:return", rows.ref_of(record), after={"step": step, "round": record.round}, why=reason.strip()
    )
    telling.tell(work, record, "return", step=step, values=values)
    return record


def _lapse(work: Work, record: Record, row: RecordStep, reason: str) -> None:
    ref = rows.ref_of(record)
    tasks.cancel(work, advancing.TASK, ref)
    timing.cancel_step(work, record, row.step)
    row.reason = reason
    going = work.session.scalars(
        select(RecordStep).where(RecordStep.record_id == record.id, RecordStep.round == record.round)
    ).all()
    for each in going:
        each.state = StepState.RETURNED
    work.session.flush()


def hold(work: Work, ref: Ref, step: str, reason: str, *, standing_for: int | None = None) -> Record:
    """Let the limits of a record stand still while something is waited for, with the reason (S71)."""
    record, row, asked = _open(work, ref, step)
    _admitted(work, record, row, asked, standing_for)
    if not reason.strip():
        raise RecordReasonMissing
    if not timing.pause(work, record, reason.strip()):
        raise NothingToHold(record=rows.name(record))
    return record


def go_on(work: Work, ref: Ref, step: str, *, standing_for: int | None = None) -> Record:
    """What was waited for has come: the limits of the record run on, longer by the time they stood."""
    record, row, asked = _open(work, ref, step)
    _admitted(work, record, row, asked, standing_for)
    if not timing.resume(work, record):
        raise NothingHeld(record=rows.name(record))
    return record
