"""Filing: the first step done, the number taken, the content frozen, the record sent on its way."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from qms.kernel.database import next_number
from qms.records import contents, numbering, rows, seats, telling, witnessed
from qms.records.errors import FilingNotAllowed
from qms.records.models import RecordSeries, RecordStep
from qms.records.operations import _answers, advancing, drafting, marking, opening, timing
from qms.records.states import Event, State, StepState, refuse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qms.accounts import OpenKey
    from qms.forms import Definition, Step
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work
    from qms.records.models import Record


def submit(
    work: Work,
    ref: Ref,
    *,
    values: Mapping[str, Any] | None = None,
    password: str | OpenKey | None = None,
    opinion: str = "",
    decision: str = "",
) -> Record:
    """File a draft, or file again what was sent back: all faults are told and nothing is half-filed.

    The number is the last thing taken, so that a refused filing leaves no gap (law 13). A record sent
    back keeps its number and begins a new round.
    """
    record = drafting.mine(work, ref)
    again = record.state is State.OPEN
    if not again:
        refuse(record.state, Event.SUBMIT, rows.name(record))
    definition = rows.definition_of(record.revision)
    step = definition.steps[0] if definition.steps else None
    name = step.id if step else ""
    row = drafting.open_step(work, record, name) if again else None
    typed = _typed(work, record, values, again=again)
    _answers.refuse_others(record, name, {key: typed[key] for key in typed if key in (values or {})})
    record.decision = decision or None
    found = _answers.completed(work, record, typed)
    _answers.refuse_faults(work, record, name, found)
    telling.allow(work, record, "submit", found)
    if not again:
        _place(work, record, definition, found)
    number = record.number or _next_number(work, record, definition)
    found = _answers.completed(work, record, found, record=number, filed_on=record.filed_on or work.today)
    record.title = _answers.title_of(record, found, work)
    if not again:
        # No query in between: number, state and first content reach the schema together.
        record.number, record.state = number, State.OPEN
        record.filed_on, record.filed_at = work.today, work.now
    frozen = contents.freeze(work, record, found, "submit")
    if row is None:
        if step is not None:
            seats.refuse_stranger(work, record, step, found)
        row = _first_step(work, record, step, found)
    made = marking.mark(
        work, record, row, step, frozen, password=password, opinion=opinion, decision=decision
    )
    contents.drop_draft(work, record, record.author_id)
    after = {
        "form": record.form,
        "round": record.round,
        "version": record.version,
        "digest": frozen.digest,
        "said": witnessed.said(made.digest, made.decision, made.opinion),
        "decision": decision,
        "department": record.department,
        "on": str(record.filed_on),
    }
    work.record("record:file", rows.ref_of(record), after=after)
    if not again:
        timing.begin(work, record, definition, found)
    opening.answer_origin(work, record)
    advancing.close_step(work, record, row, step, found)
    telling.tell(work, record, "submit", step=name or None, values=found)
    return record


def _typed(work: Work, record: Record, values: Mapping[str, Any] | None, *, again: bool) -> dict[str, Any]:
    if again:
        return _answers.typed(work, record, _answers.first_step(record), record.author_id, values)
    return _answers.merged(contents.draft(work, record, record.author_id) or {}, values or {})


def _place(work: Work, record: Record, definition: Definition, values: Mapping[str, Any]) -> None:
    """The department and business day the record belongs to, by the fields the form names."""
    kept = definition.kept
    if kept.department and values.get(kept.department):
        record.department = values[kept.department]
    if not _answers.may_file(work, record.department) and not kept.department:
        raise FilingNotAllowed(department=record.department)
    record.business_on = _day(values.get(kept.on)) or work.today


def _day(value: str | None) -> date | None:
    """The day of a date or an instant, as it is written."""
    return None if not value else date.fromisoformat(value[:10])


def _next_number(work: Work, record: Record, definition: Definition) -> str:
    series = numbering.series(definition.record_number, record.form, work.today)
    place = next_number(work.session, RecordSeries, series)
    number = numbering.number(series, place)
    work.record("record:number", rows.ref_of(record), after={"number": number})
    return number


def _first_step(work: Work, record: Record, step: Step | None, values: Mapping[str, Any]) -> RecordStep:
    if step is None:
        row = RecordStep(
            record_id=record.id,
            round=record.round,
            step="",
            state=StepState.OPEN,
            department="",
            opened_at=record.created_at,
        )
        work.session.add(row)
        work.session.flush()
        return row
    return advancing.open_row(work, record, step, values)
