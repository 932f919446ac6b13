"""Answers of a step made whole: computed, hidden ones cleared, every fault named by its field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qms import accounts, forms
from qms.kernel.refs import Ref
from qms.records import contents, rows
from qms.records.errors import FieldNotHere, RecordInvalid
from qms.records.known import Known

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qms.kernel.work import Work
    from qms.records.models import Record


def system(work: Work, record: Record) -> dict[str, Any]:
    """What formulas know beside the answers: the day, the author, the department, the record itself."""
    return {
        "today": work.today,
        "now": work.now,
        "author": rows.login_of(work.session, record.author_id),
        "department": record.department,
        "record": record.number,
        "filed_on": record.filed_on,
        "decision": record.decision,
    }


def completed(work: Work, record_: Record, values: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """The answers with what is computed from them, without those that are not asked."""
    definition = rows.definition_of(record_.revision)
    return forms.answers.computed(definition, values, {**system(work, record_), **more})


def refuse_faults(work: Work, record: Record, step: str, values: Mapping[str, Any]) -> None:
    """Refuse answers of a step that do not hold, all faults at once."""
    definition = rows.definition_of(record.revision)
    known = Known(work, _given(work, record))
    problems = forms.answers.faults(definition, (step,), values, known, system(work, record))
    if problems:
        raise RecordInvalid(problems)


def _given(work: Work, record: Record) -> Mapping[str, Any]:
    """What the record that asked for this one wrote into it by the declaration of its form."""
    origin = None if record.origin is None else Ref.parse(record.origin)
    row = None if origin is None else rows.opening_of(work.session, origin)
    return {} if row is None else row.values


def refuse_others(record: Record, step: str, changes: Mapping[str, Any]) -> None:
    """Refuse an answer to a field of another step."""
    definition = rows.definition_of(record.revision)
    own = {each.id for each in definition.fields_of(step)}
    for name in changes:
        if name not in own:
            raise FieldNotHere(field=name)


def first_step(record: Record) -> str:
    """The id of the step that files the record; a form without steps has one without a name."""
    steps = rows.definition_of(record.revision).steps
    return steps[0].id if steps else ""


def merged(before: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The answers with the changes; None takes an answer away."""
    found = {**before, **changes}
    return {key: value for key, value in found.items() if value is not None}


def typed(
    work: Work, record: Record, step: str, person: int, changes: Mapping[str, Any] | None
) -> dict[str, Any]:
    """The answers as filed, with what a person has kept and changes for one step.

    What they kept for another step, which somebody else did, never undoes an answer of it.
    """
    own = {each.id for each in rows.definition_of(record.revision).fields_of(step)}
    kept = contents.draft(work, record, person) or {}
    before = contents.values(work, record)
    return merged({**before, **{key: kept[key] for key in kept if key in own}}, changes or {})


def title_of(record: Record, values: Mapping[str, Any], work: Work) -> str:
    """A short name for lists: the first plain answer of a few words; none of sealed contents."""
    definition = rows.definition_of(record.revision)
    personal = forms.answers.personal_fields(definition)
    if record.sealed:
        return ""
    wanted = (forms.Type.TEXT, forms.Type.PARTY, forms.Type.DOCUMENT, forms.Type.CHOICE)
    for kind in wanted:
        for field in definition.fields:
            if field.type is kind and field.id not in personal and values.get(field.id):
                return forms.answers.display(
                    field, values[field.id], work.settings.language, zone=work.settings.zone_info
                )[:200]
    return ""


def may_file(work: Work, department: str) -> bool:
    """Whether the person may file records for a department: one of their own, or one they are granted."""
    granted = work.rights.permissions.get("records:file", frozenset())
    if granted is not None and department in granted:
        return True
    if work.rights.person_id is None or not work.rights.may("records:file"):
        return False
    own = accounts.departments_of(work.session, work.rights.person_id, work.today)
    return department in own or granted is None
