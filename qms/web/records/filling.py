"""The first step: a draft is typed, kept, looked at again and filed; nothing typed is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import redirect, request, url_for

from qms import documents, forms, records
from qms.accounts import Meaning
from qms.http.edge import NothingToSee, act, look, page, tell
from qms.http.forms import Form
from qms.kernel.errors import Invalid
from qms.kernel.labels import N_
from qms.kernel.refs import Ref
from qms.records import State
from qms.web import signing
from qms.web.records import attached
from qms.web.records._pages import pages
from qms.web.records.fields import Sheet
from qms.web.records.listing import reader
from qms.web.records.telling import Teller
from qms.web.revisions import shared

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from flask.typing import ResponseReturnValue

    from qms.forms import Definition, Field
    from qms.kernel.errors import Problem
    from qms.kernel.work import Work
    from qms.records import Record


def draft_ref(record_id: int) -> Ref:
    """The Ref of a draft."""
    return Ref("record-draft", str(record_id))


@pages.route("/records/draft/<int:record_id>", methods=["GET", "POST"])
def draft(record_id: int) -> ResponseReturnValue:
    """Fill in the first step: keep it, or file it."""
    form = Form()
    ref = draft_ref(record_id)
    if request.method == "POST":
        with signing.trying(form):
            return _done(form, ref)
    work = reader()
    record = mine(work, ref)
    body = shown(work, record, form, values=_typed(work, record))
    return body, form.status


def mine(work: Work, ref: Ref) -> Record:
    """One's own draft, or a record that came back to its author."""
    record = records.record_of(work.session, work.rights, ref, work.today)
    if record.author_id != work.actor.person_id or not records.may(work, record).edit:
        raise NothingToSee
    return record


def first_step(definition: Definition) -> str:
    """The id of the step that files."""
    return definition.steps[0].id if definition.steps else ""


def read(work: Work, record: Record, step: str) -> dict[str, Any]:
    """What was sent for the fields of a step, as answers; refused with every fault.

    The page shows all of them, so that one without an answer was emptied: None takes away what stood there.
    """
    names = records.givable(work, record, step)
    values, problems = _sent(work, record, step, names)
    if problems:
        raise Invalid(problems)
    definition = records.definition_of(record.revision)
    asked = [each.id for each in definition.fields_of(step) if each.type is not forms.Type.COMPUTED]
    return {name: values.get(name) for name in asked if name in names}


def read_one(work: Work, record: Record, field: Field) -> dict[str, Any]:
    """What was sent for one field, whoever answered it before; refused with its faults."""
    step = field.step or first_step(records.definition_of(record.revision))
    values, problems = _sent(work, record, step, {field.id})
    if problems:
        raise Invalid(problems)
    return values


def _sent(
    work: Work, record: Record, step: str, names: Collection[str]
) -> tuple[dict[str, Any], list[Problem]]:
    return forms.answers.read(
        records.definition_of(record.revision),
        attached.sent(),
        names,
        zone=work.settings.zone_info,
        files=attached.told(work, record),
        signed=records.signed(work, record, step),
    )


def _done(form: Form, ref: Ref) -> ResponseReturnValue:
    work = reader()
    record = mine(work, ref)
    definition = records.definition_of(record.revision)
    step = first_step(definition)
    attached.receive(work, ref, definition.fields_of(step))
    work = look()
    record = mine(work, ref)
    values = read(work, record, step)
    with act() as work:
        records.save(work, ref, values) if record.state is State.DRAFT else records.save_step(
            work, ref, step, values
        )
    if form.get("do") != "file":
        tell(N_("Kept. Nobody else sees it until you file it."))
        return redirect(request.path, 303)
    asked = definition.steps[0] if definition.steps else None
    key = signing.key(form, ref, Meaning.AUTHOR) if asked is not None and asked.signature else None
    with act() as work:
        filed = records.submit(
            work, ref, password=key, opinion=form.get("opinion"), decision=form.get("decision")
        )
        number = filed.number or ""
    tell(N_("Filed as {number}."), number=number)
    return redirect(url_for(".one", number=number), 303)


def shown(work: Work, record: Record, form: Form, *, values: Mapping[str, Any]) -> str:
    """The page of a draft."""
    definition = records.definition_of(record.revision)
    step = first_step(definition)
    system = records.system(work, record)
    settled = forms.answers.computed(definition, values, system)
    sheet = Sheet(work, definition, step, {**values, **settled}, form, system)
    return page(
        "records/draft.html",
        form=form,
        record=record,
        back=records.sent_back(work.session, record).get(record.round - 1) if record.number else None,
        local=lambda instant: documents.local(work, instant),
        title=record.revision.title,
        origin=Teller(work, record, definition).origin(),
        groups=sheet.groups(),
        step=definition.steps[0] if definition.steps else None,
        decisions=decisions(work, definition, step),
        label=record.revision.label,
        address=url_for(".draft", record_id=record.id),
        settle=url_for(".settle", record_id=record.id),
        **shared(work),
    )


def decisions(work: Work, definition: Definition, step: str) -> list[tuple[str, str]]:
    """What can be decided in a step, by value and in words."""
    taken = definition.step(step).decisions if step else ()
    return [(each.value, forms.spoken(each.label, work.language)) for each in taken]


@pages.post("/records/draft/<int:record_id>/settle")
def settle(record_id: int) -> ResponseReturnValue:
    """The fields anew for what was typed: conditions and computed answers; nothing is kept by it."""
    work = reader()
    record = mine(work, draft_ref(record_id))
    definition = records.definition_of(record.revision)
    step = first_step(definition)
    return fields_anew(work, record, step, _typed(work, record))


def _typed(work: Work, record: Record) -> dict[str, Any]:
    """What was filed of a record that came back, with what its author has typed since; else the draft."""
    return {
        **records.values(work, record),
        **(records.draft_values(work, record, record.author_id) or {}),
    }


def fields_anew(work: Work, record: Record, step: str, kept: Mapping[str, Any]) -> str:
    """The fields of a step for what was just typed, faults of reading left aside."""
    definition = records.definition_of(record.revision)
    own = records.givable(work, record, step)
    values, _ = _sent(work, record, step, own)
    before = {name: value for name, value in kept.items() if name not in own}
    system = records.system(work, record)
    settled = forms.answers.computed(definition, {**before, **values}, system)
    sheet = Sheet(work, definition, step, {**before, **values, **settled}, Form(), system)
    return page("records/_fields.html", form=Form(), groups=sheet.groups(own), **shared(work))


@pages.post("/records/draft/<int:record_id>/discard")
def discard(record_id: int) -> ResponseReturnValue:
    """Give a draft up."""
    with act() as work:
        records.discard(work, draft_ref(record_id))
    tell(N_("The draft is given up."))
    return redirect(url_for(".listing"), 303)
