"""One record: what was filed, the steps it went, what somebody may do now, what lies beside it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from flask import redirect, request, url_for

from qms import accounts, clocks, documents, forms, records, retention, trail
from qms.accounts import Meaning
from qms.http.edge import NothingToSee, act, look, page, tell
from qms.http.forms import Form
from qms.kernel.labels import N_, in_language
from qms.kernel.refs import Ref
from qms.records import State
from qms.web import signing
from qms.web.records import attached
from qms.web.records._pages import pages
from qms.web.records.fields import Sheet
from qms.web.records.filling import decisions, fields_anew, read, read_one
from qms.web.records.listing import CLASSES, STATES, reader
from qms.web.records.stages import came_to, outcome, stages
from qms.web.records.telling import Teller
from qms.web.revisions import page_of, shared

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from qms.kernel.work import Work
    from qms.records import Record, Standing


_BESIDE: Final = frozenset({"hold", "go-on"})
"""What is done beside an open step, which stays open."""
_ALONE: Final = frozenset({"csrf_token", "do", "reason"})
"""What is sent where nothing of the step itself comes along."""


_DONE: Final = {
    State.OPEN: N_("Done. The record goes on."),
    State.CLOSED: N_("Done. With this step the record is closed."),
}


def ref_at(number: str) -> Ref:
    """The Ref of a filed record."""
    return Ref("record", number)


@pages.get("/records/<number>")
def one(number: str) -> ResponseReturnValue:
    """A filed record."""
    return _shown(ref_at(number), Form())


def _shown(ref: Ref, form: Form, at: str = "") -> ResponseReturnValue:
    work = reader()
    record = records.record_of(work.session, work.rights, ref, work.today)
    if record.number is None:
        raise NothingToSee
    definition = records.definition_of(record.revision)
    values = records.values(work, record)
    standing = records.may(work, record)
    walked = records.steps(work.session, record)
    may_amend = records.amendable(work, record)
    returns = records.sent_back(work.session, record)
    teller, holds = Teller(work, record, definition), retention.holds(work.session, record)
    body = page(
        "records/one.html",
        form=form,
        at=at,
        record=record,
        values=values,
        answered=teller.answered(values),
        standing=standing,
        walked=walked,
        has_said=any(act.opinion or act.decision for each in walked for act in each.acts),
        labels={each.id: forms.spoken(each.label, work.language) for each in definition.steps},
        step=definition.step(standing.step) if standing.step else None,
        typed_at=records.draft_at(work, record, work.actor.person_id or 0),
        groups=_groups(work, record, standing, values, form) if standing.step else [],
        decisions=decisions(work, definition, standing.step),
        decided={
            (each.id, one.value): forms.spoken(one.label, work.language)
            for each in definition.steps
            for one in each.decisions
        },
        stages=list(stages(record, definition, walked, returns, work.language)),
        back=returns.get(record.round - 1),
        came_to=came_to(definition, walked, work.language),
        outcome=outcome(definition, walked, record.decision, work.language),
        clocks=[(each, clocks.standing(each, work.now)) for each in clocks.of(work.session, ref)],
        amendments=teller.corrections(),
        openings=teller.opened(),
        ended=records.ending(work.session, record),
        origin=teller.origin(),
        amendable=[
            (each.id, forms.spoken(each.label, work.language))
            for each in definition.fields
            if each.id in may_amend and each.type not in {forms.Type.TABLE, forms.Type.FILE, forms.Type.PHOTO}
        ],
        author=accounts.person(work.session, record.author_id).name,
        substitutes=accounts.names_of(work.session, [standing.standing_for] if standing.standing_for else []),
        seat_names=_seat_names(work),
        last_day=lambda instant: instant - timedelta(microseconds=1),
        states=STATES,
        classes=CLASSES,
        kept=retention.kept(work, record),
        holds=holds,
        holders=accounts.names_of(work.session, [each.set_by for each in holds]),
        holds_records=work.rights.may(retention.MANAGE, record.department),
        erases=record.seal is not None
        and record.erased_at is None
        and work.rights.may("records:erase", record.department),
        copies=retention.copies(work, record) if record.erased_at is not None else (),
        erased=next(iter(trail.history(work.session, ref, 1, actions={"record:erase"})), None)
        if record.erased_at is not None
        else None,
        form_page=page_of(documents.ref_of(record.revision)),
        local=lambda instant: documents.local(work, instant),
        **shared(work),
    )
    return body, form.status


def _groups(work: Work, record: Record, standing: Standing, values: dict[str, Any], form: Form) -> list[Any]:
    given = records.givable(work, record, standing.step)
    typed = records.draft_values(work, record, work.actor.person_id or 0) or {}
    kept = {name: typed[name] for name in typed if name in given}
    definition = records.definition_of(record.revision)
    system = records.system(work, record)
    settled = forms.answers.computed(definition, {**values, **kept}, system)
    sheet = Sheet(work, definition, standing.step, {**values, **kept, **settled}, form, system)
    return sheet.groups(given)


def _seat_names(work: Work) -> dict[tuple[str, str], str]:
    """Posts and roles as people call them; a person by the name."""
    posts = {
        ("post", each.code): in_language(each.names, work.language) for each in accounts.posts(work.session)
    }
    roles = {
        ("role", each.code): in_language(each.names, work.language) for each in accounts.roles(work.session)
    }
    people = {("person", str(each.id)): each.name for each in accounts.people(work.session)}
    return {**posts, **roles, **people}


@pages.post("/records/<number>/step/<step>")
def step(number: str, step: str) -> ResponseReturnValue:
    """Act in the open step: keep what is typed, accept, send back, or do it."""
    form, ref = Form(), ref_at(number)
    with signing.trying(form, "opinion"):
        _done(form, ref, step)
        if form.get("do") in _BESIDE and request.form.keys() - _ALONE:
            # The step is not done by it: what was typed into it came along and is shown again.
            return _shown(ref, form)
        return redirect(url_for(".one", number=number), 303)
    return _shown(ref, form, "step")


def _done(form: Form, ref: Ref, step: str) -> None:
    work = reader()
    record = records.record_of(work.session, work.rights, ref, work.today)
    standing = records.may(work, record)
    stood = standing.standing_for
    do = form.get("do")
    if do == "accept":
        with act() as work:
            records.accept(work, ref, step, standing_for=stood)
        return tell(N_("The hand-over is accepted. From now on it does not go back."))
    if do == "return":
        reason = form.text("reason")
        form.check()
        with act() as work:
            records.give_back(work, ref, step, reason, standing_for=stood)
        return tell(N_("Sent back to its author, with your reason."))
    if do in _BESIDE:
        return _held(form, ref, step, stood)
    definition = records.definition_of(record.revision)
    attached.receive(work, ref, definition.fields_of(step))
    work = look()
    values = read(work, records.record_of(work.session, work.rights, ref, work.today), step)
    with act() as work:
        records.save_step(work, ref, step, values)
    if do == "keep":
        return tell(N_("Kept. It counts when you finish the step."))
    return _finish(form, ref, step, values, stood)


def _held(form: Form, ref: Ref, step: str, stood: int | None) -> None:
    """Let the time limits stand still, with the reason, or run on."""
    if form.get("do") == "go-on":
        with act() as work:
            records.go_on(work, ref, step, standing_for=stood)
        return tell(N_("The time limits run on."))
    reason = form.text("reason")
    form.check()
    with act() as work:
        records.hold(work, ref, step, reason, standing_for=stood)
    return tell(N_("The time limits stand still, with your reason."))


def _finish(form: Form, ref: Ref, step: str, values: dict[str, Any], stood: int | None) -> None:
    work = reader()
    record = records.record_of(work.session, work.rights, ref, work.today)
    definition = records.definition_of(record.revision)
    asked = definition.step(step)
    first = step == definition.steps[0].id
    meaning = Meaning.AUTHOR if first else Meaning.REVIEWED
    key = signing.key(form, ref, meaning) if asked.signature or form.get(signing.PASSWORD) else None
    with act() as work:
        if first:
            done = records.submit(
                work,
                ref,
                values=values,
                password=key,
                opinion=form.get("opinion"),
                decision=form.get("decision"),
            )
        else:
            done = records.act(
                work,
                ref,
                step,
                values=values,
                opinion=form.get("opinion"),
                decision=form.get("decision"),
                password=key,
                standing_for=stood,
            )
        state = done.state
    tell(_DONE[state])


@pages.post("/records/<number>/step/<step>/settle")
def settle_step(number: str, step: str) -> ResponseReturnValue:
    """The fields of a step anew for what was typed; nothing is kept by it."""
    work = reader()
    record = records.record_of(work.session, work.rights, ref_at(number), work.today)
    if records.may(work, record).step != step:
        raise NothingToSee
    return fields_anew(work, record, step, records.values(work, record))


@pages.route("/records/<number>/amend", methods=["GET", "POST"])
def amend(number: str) -> ResponseReturnValue:
    """Correct one answer beside the record, signed and with the reason (REC-02)."""
    form, ref = Form(field=request.args.get("field", "")), ref_at(number)
    work = reader()
    record = records.record_of(work.session, work.rights, ref, work.today)
    definition = records.definition_of(record.revision)
    name = form.get("field")
    may_amend = records.amendable(work, record)
    entry = next((each for each in definition.fields if each.id == name and name in may_amend), None)
    if entry is None:
        raise NothingToSee
    if request.method == "POST":
        with signing.trying(form, "reason"):
            reason = form.text("reason")
            form.check()
            changes = {name: read_one(work, record, entry).get(name)}
            key = signing.key(form, ref, Meaning.AUTHOR)
            with act() as work:
                records.amend(work, ref, changes, reason, password=key)
            tell(N_("Amended beside the record."))
            return redirect(url_for(".one", number=number), 303)
        work = reader()
        record = records.record_of(work.session, work.rights, ref, work.today)
    values = records.values(work, record)
    sheet = Sheet(work, definition, "", values, form, records.system(work, record))
    body = page(
        "records/amend.html",
        form=form,
        record=record,
        field=sheet.shown(entry),
        **shared(work),
    )
    return body, form.status


@pages.route("/records/<number>/cancel", methods=["GET", "POST"])
def cancel(number: str) -> ResponseReturnValue:
    """Cancel a record with the reason; its number stays."""
    form, ref = Form(), ref_at(number)
    if request.method == "POST":
        with signing.trying(form, "reason"):
            reason = form.text("reason")
            form.check()
            with act() as work:
                records.cancel(work, ref, reason)
            tell(N_("Cancelled. The record keeps its number and stays readable."))
            return redirect(url_for(".one", number=number), 303)
    work = reader()
    record = records.record_of(work.session, work.rights, ref, work.today)
    if not records.may(work, record).cancel:
        raise NothingToSee
    return page("records/cancel.html", form=form, record=record, **shared(work)), form.status
