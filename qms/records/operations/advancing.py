"""From one step to the next: who is asked, what is owed by when, and the close of the record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from qms import forms, tasks
from qms.kernel.labels import N_
from qms.records import attached, rows, seats
from qms.records.models import RecordSeat, RecordStep, SeatKind
from qms.records.operations import _answers, opening, timing
from qms.records.states import State, StepState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from qms.forms import Step
    from qms.kernel.work import Work
    from qms.records.models import Record
    from qms.records.seats import Asked

TASK: Final = "record:step"
CLOSE: Final = "close"
_OWED: Final = N_("{record} · {form}: {step}")


def close_step(
    work: Work, record: Record, row: RecordStep, step: Step | None, values: Mapping[str, Any]
) -> None:
    """A step is done: its clock stops, what it opens is opened, the next one begins."""
    row.state, row.done_at = StepState.DONE, work.now
    work.session.flush()
    tasks.settle(work, TASK, rows.ref_of(record))
    attached.let_go(work, record, row.step)
    definition = rows.definition_of(record.revision)
    if step is not None:
        timing.stop_step(work, record, step.id)
        opening.open_at(work, record, step.id, values)
    following = None if _ends(record, step) else _next(work, record, row, values)
    if following is None:
        close(work, record, values)
        return
    open_row(work, record, definition.step(following.id), values, from_step=row)


def _ends(record: Record, step: Step | None) -> bool:
    return step is None or forms.answers.ends(step, record.decision)


def _next(work: Work, record: Record, row: RecordStep, values: Mapping[str, Any]) -> Step | None:
    definition = rows.definition_of(record.revision)
    done = work.session.scalars(
        select(RecordStep.step).where(
            RecordStep.record_id == record.id,
            RecordStep.round == record.round,
            RecordStep.state == StepState.DONE,
        )
    ).all()
    return forms.answers.next_step(definition, values, {*done, row.step}, _answers.system(work, record))


def open_row(
    work: Work,
    record: Record,
    step: Step,
    values: Mapping[str, Any],
    *,
    from_step: RecordStep | None = None,
) -> RecordStep:
    """Open a step: freeze whom it asks, start its clock, and let them owe it; refused where nobody can."""
    found = seats.asked(work.session, step, values, record, work.today)
    if from_step is None:
        # Whoever could have filed it sees no more of it for that (SEC-06): the author alone has the seat.
        own = (SeatKind.PERSON, str(record.author_id))
        found = seats.Asked((own,), 1, None, frozenset({record.author_id}))
    seats.refuse_nobody(step, found, record.form)
    row = RecordStep(
        record_id=record.id,
        round=record.round,
        step=step.id,
        state=StepState.OPEN,
        needed=found.needed,
        department=found.department or "",
        opened_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    work.session.add_all(
        RecordSeat(step_id=row.id, record_id=record.id, member=member, code=code)
        for member, code in dict.fromkeys(found.seats)
    )
    work.session.flush()
    if from_step is not None:
        due = timing.start_step(work, record, step, values, owners=sorted(found.people))
        owe(work, record, step, found, due)
        work.record("record:open-step", rows.ref_of(record), after={"step": step.id, "due": due and str(due)})
    return row


def owe(work: Work, record: Record, step: Step, found: Asked, due: date | None) -> None:
    """Everybody the step asks has it in their inbox."""
    document = record.revision.document
    tasks.owe(
        work,
        kind=TASK,
        ref=rows.ref_of(record),
        person_ids=found.people,
        subject=_OWED,
        facts={
            "record": record.number,
            "form": record.revision.title,
            "step": step.label,
            "secrecy": record.secrecy,
            "circle": record.circle,
            "number": document.number,
        },
        due_on=due,
        key=step.id,
    )


def close(work: Work, record: Record, values: Mapping[str, Any]) -> None:
    """Every step is done: the record is closed and its retention begins to count."""
    record.state, record.closed_on = State.CLOSED, work.today
    timing.stop_all(work, record)
    opening.open_at(work, record, CLOSE, values)
    work.record(
        "record:close", rows.ref_of(record), after={"on": str(work.today), "decision": record.decision}
    )


def owe_author(work: Work, record: Record, step: Step) -> None:
    """The author has the record back, whoever else could file one."""
    own = (SeatKind.PERSON, str(record.author_id))
    owe(work, record, step, seats.Asked((own,), 1, None, frozenset({record.author_id})), None)
