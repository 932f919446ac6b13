"""The mark a person leaves in a step: opinion, decision, signature, over the frozen content (R25, P11-50)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from qms import accounts, forms
from qms.accounts import Meaning
from qms.documents import MEANINGS
from qms.kernel.clock import iso
from qms.kernel.labels import LANGUAGES, say
from qms.records import rows, seats
from qms.records.errors import DecisionMissing, DecisionUnknown, OpinionMissing, SignatureMissing
from qms.records.models import RecordAct

if TYPE_CHECKING:
    from qms.accounts import OpenKey
    from qms.forms import Step
    from qms.kernel.work import Work
    from qms.records.models import Record, RecordContent, RecordStep
    from qms.records.seats import Voice


def mark(
    work: Work,
    record: Record,
    row: RecordStep,
    step: Step | None,
    frozen: RecordContent,
    *,
    said: Voice | None = None,
    password: str | OpenKey | None = None,
    opinion: str = "",
    decision: str = "",
) -> RecordAct:
    """Write down what somebody did; refused where the step asks for more than was given."""
    said = said or seats.Voice(rows.person_id(work), None, "")
    opinion = opinion.strip()
    if step is not None:
        _refuse_lacking(step, opinion, decision, password)
    signature = None
    if password is not None:
        signature = accounts.sign(
            work,
            password=password,
            meaning=_meaning(step),
            ref=rows.ref_of(record),
            digest=frozen.digest,
            round=record.round,
            post=said.post or None,
            substitute_for=said.standing_for,
        )
    made = RecordAct(
        step_id=row.id,
        record_id=record.id,
        person_id=said.person,
        for_person_id=said.standing_for,
        voice_id=said.standing_for or said.person,
        name=work.actor.name,
        post=said.post,
        opinion=opinion,
        decision=decision,
        version=frozen.version,
        digest=frozen.digest,
        signature_id=None if signature is None else signature.id,
        at=work.now,
    )
    work.session.add(made)
    work.session.flush()
    return made


def _refuse_lacking(step: Step, opinion: str, decision: str, password: str | OpenKey | None) -> None:
    if step.opinion and not opinion:
        raise OpinionMissing(step=step.label)
    offered = [each.value for each in step.decisions]
    if offered and not decision:
        raise DecisionMissing(step=step.label, decisions=", ".join(offered))
    if decision and decision not in offered:
        raise DecisionUnknown(step=step.label, decision=decision)
    if step.signature and password is None:
        raise SignatureMissing(step=step.label)


def signed(work: Work, record: Record, step: str) -> dict[str, Any]:
    """What a tick puts into a field of the type signature: who, when, and what their name says in the step.

    A name in a field is no signature under the frozen content; the step asks for that one (P11-50).
    """
    steps = rows.definition_of(record.revision).steps
    said = MEANINGS[_meaning(next((each for each in steps if each.id == step), None))]
    return {
        "person": rows.login_of(work.session, rows.person_id(work)),
        "name": work.actor.name,
        "at": iso(work.now),
        "meaning": {language: say(said, language) for language in LANGUAGES},
    }


def _meaning(step: Step | None) -> Meaning:
    """Who files signs as author, who decides by authority approves, everybody else has reviewed."""
    if step is None or not (step.opinion or step.decisions or step.authority):
        return Meaning.AUTHOR
    return Meaning.APPROVED if step.authority or step.decisions else Meaning.REVIEWED


def decided(work: Work, row: RecordStep, step: Step, decision: str) -> str | None:
    """What a step comes to with one more decision: no later voice outweighs a less favourable one."""
    given = work.session.scalars(select(RecordAct.decision).where(RecordAct.step_id == row.id)).all()
    return forms.answers.outcome(step, {*given, decision})


def first_name(work: Work, row: RecordStep) -> str:
    """Who acted first in a step and thereby signed its answers."""
    query = select(RecordAct.name).where(RecordAct.step_id == row.id).order_by(RecordAct.id).limit(1)
    return work.session.scalars(query).one()


def acted(work: Work, row: RecordStep) -> int:
    """How many voices a step has so far."""
    count = select(func.count()).select_from(RecordAct).where(RecordAct.step_id == row.id)
    return work.session.scalar(count) or 0
