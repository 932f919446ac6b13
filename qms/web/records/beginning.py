"""Choosing a form in force and beginning a record on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import redirect, request, url_for

from qms import records, schedules, tasks
from qms.forms import Type
from qms.http.edge import act, page
from qms.kernel.refs import Ref
from qms.web.records._pages import pages
from qms.web.records.listing import reader
from qms.web.records.telling import named
from qms.web.revisions import shared, titles

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from qms.kernel.work import Work


_SUBJECTS: Final = {"party": Type.PARTY, "department": Type.DEPARTMENT}


@pages.get("/records/new")
def new() -> str:
    """The forms in force one may fill in."""
    work = reader()
    words = request.args.get("q", "").strip().casefold()
    found = records.fillable(work.session, work.rights, work.today)
    shown = [
        each
        for each in found
        if not words or words in f"{each.number} {' '.join(each.title.values())}".casefold()
    ]
    return page("records/new.html", found=shown, words=request.args.get("q", ""), **shared(work))


@pages.post("/records/new/<form>")
def begin(form: str) -> ResponseReturnValue:
    """Begin a record; what asked for it is remembered, so that it is answered by the filing."""
    origin = request.form.get("origin", "")
    with act() as work:
        asked = _origin(origin)
        record = records.begin(work, form, values=_known(work, form, asked), origin=asked)
        first = record.id
    return redirect(url_for(".draft", record_id=first), 303)


def _known(work: Work, form: str, origin: Ref | None) -> dict[str, str]:
    """What a schedule knows already: its party or its department, for the first field that takes it."""
    if origin is None or origin.kind != "occurrence":
        return {}
    subject = Ref.parse(schedules.occurrence(work, origin.key).subject)
    wanted = _SUBJECTS.get(subject.kind)
    fields = records.definition_of(records.form_in_force(work, form)).fields
    name = next((each.id for each in fields if wanted is not None and each.type is wanted), "")
    return {name: subject.key} if name else {}


def _origin(text: str) -> Ref | None:
    try:
        return Ref.parse(text) if text else None
    except ValueError:
        return None


@pages.get("/records/opening/<int:opening_id>")
def opening(opening_id: int) -> ResponseReturnValue:
    """What a record asked somebody to do: fill in a form, or a task to settle."""
    work = reader()
    asked, told = records.opening(work, opening_id)
    owed = tasks.outstanding(work.session, records.FOLLOW_UP, Ref("record-opening", str(opening_id)))
    due_on = next((each.due_on for each in owed if each.due_on is not None), None)
    return page(
        "records/opening.html",
        asked=asked,
        told=told,
        origin=named(records.asking(work, asked), work.language),
        due_on=due_on,
        titles=titles(work),
        **shared(work),
    )


@pages.post("/records/opening/<int:opening_id>")
def answer(opening_id: int) -> ResponseReturnValue:
    """Begin the form that was asked for, or say that the task is done."""
    with act() as work:
        target = records.answer(work, opening_id)
        address = url_for(".draft", record_id=target.id) if target is not None else url_for("tasks.inbox")
    return redirect(address, 303)
