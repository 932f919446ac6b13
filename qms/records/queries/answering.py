"""Which answers of a record somebody may give or amend; looks that change nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from qms import forms
from qms.records import contents, rows
from qms.records.models import RecordAct, RecordStep
from qms.records.states import State, StepState

if TYPE_CHECKING:
    from qms.kernel.work import Work
    from qms.records.models import Record


def givable(work: Work, record: Record, step: str) -> frozenset[str]:
    """The fields of the open step that are still to be given: what another one has signed in it is not."""
    own = frozenset(each.id for each in rows.definition_of(record.revision).fields_of(step))
    signed = work.session.scalar(
        select(RecordAct.id)
        .join(RecordStep, RecordStep.id == RecordAct.step_id)
        .where(RecordStep.record_id == record.id, RecordStep.state == StepState.OPEN, RecordStep.step == step)
        .limit(1)
    )
    return own if signed is None else own - contents.values(work, record).keys()


def amendable(work: Work, record: Record) -> frozenset[str]:
    """The fields whose answers the acting person may amend: of steps they did, else of all (REC-02)."""
    person = work.actor.person_id
    if person is None or record.state not in {State.OPEN, State.CLOSED}:
        return frozenset()
    definition = rows.definition_of(record.revision)
    fields = [each for each in definition.fields if each.type is not forms.Type.COMPUTED]
    if not work.rights.may("records:amend", record.department):
        first = definition.steps[0].id if definition.steps else ""
        own = rows.steps_of(work, record, person)
        fields = [each for each in fields if (each.step or first) in own]
    return frozenset(each.id for each in fields)
