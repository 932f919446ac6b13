"""Amending: a signed correction beside the record, never inside what was filed (REC-01, REC-02)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qms import accounts, forms
from qms.accounts import Meaning
from qms.records import contents, rows, telling
from qms.records.errors import (
    AmendingNotAllowed,
    AnswerOfOthers,
    FieldNotHere,
    NothingAmended,
    RecordReasonMissing,
    SignatureMissing,
)
from qms.records.models import RecordAmendment
from qms.records.operations import _answers
from qms.records.queries.answering import amendable
from qms.records.states import Event, refuse

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qms.accounts import OpenKey
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work
    from qms.records.models import Record


def amend(
    work: Work, ref: Ref, changes: Mapping[str, Any], reason: str, *, password: str | OpenKey
) -> RecordAmendment:
    """Correct answers of a filed record: the earlier ones stay readable, signature and reason beside them."""
    record = rows.lock(work, ref)
    refuse(record.state, Event.AMEND, rows.name(record))
    person = rows.person_id(work)
    allowed = amendable(work, record)
    if not allowed:
        raise AmendingNotAllowed(department=record.department)
    if not reason.strip():
        raise RecordReasonMissing
    if not password:
        raise SignatureMissing(step="")
    before = contents.values(work, record)
    found, changed = _changed(work, record, before, changes)
    _refuse_others(record, allowed, changed)
    _refuse_faults(work, record, found, changed)
    telling.allow(work, record, "amend", found)
    frozen = contents.freeze(work, record, found, "amend")
    signature = accounts.sign(
        work,
        password=password,
        meaning=Meaning.AUTHOR,
        ref=rows.ref_of(record),
        digest=frozen.digest,
        round=frozen.version,
    )
    made = RecordAmendment(
        record_id=record.id,
        place=frozen.version,
        fields=sorted(changed),
        version=frozen.version,
        reason=reason.strip(),
        person_id=person,
        name=work.actor.name,
        signature_id=signature.id,
        at=work.now,
    )
    work.session.add(made)
    record.changed_at = work.now
    record.title = _answers.title_of(record, found, work)
    work.session.flush()
    work.record(
        "record:amend",
        rows.ref_of(record),
        after={"amendment": made.place, "fields": made.fields, "digest": frozen.digest},
        why=made.reason,
    )
    telling.tell(work, record, "amend", values=found)
    return made


def _changed(
    work: Work, record: Record, before: Mapping[str, Any], changes: Mapping[str, Any]
) -> tuple[dict[str, Any], set[str]]:
    known = {each.id for each in rows.definition_of(record.revision).fields}
    for name in changes:
        if name not in known:
            raise FieldNotHere(field=name)
    found = _answers.completed(work, record, _answers.merged(before, changes))
    changed = {name for name in {*before, *found} if before.get(name) != found.get(name)}
    if not changed:
        raise NothingAmended
    return found, changed


def _refuse_others(record: Record, allowed: frozenset[str], changed: set[str]) -> None:
    """Refuse to change an answer of a step that somebody else did, be it only by what is then not asked."""
    definition = rows.definition_of(record.revision)
    for field in definition.fields:
        if field.id in changed - allowed and field.type is not forms.Type.COMPUTED:
            raise AnswerOfOthers(
                field=field.label,
                step=definition.step(field.step or _answers.first_step(record)).label,
                record=rows.name(record),
                department=record.department,
            )


def _refuse_faults(work: Work, record: Record, found: Mapping[str, Any], changed: set[str]) -> None:
    """Hold the steps whose answers changed against the rules of the form."""
    definition = rows.definition_of(record.revision)
    first = _answers.first_step(record)
    touched = {each.step or first for each in definition.fields if each.id in changed}
    for step in sorted(touched):
        _answers.refuse_faults(work, record, step, found)
