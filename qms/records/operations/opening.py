"""What a record opens by the declaration of its form: a form to fill, a task, an action, a change request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from qms import accounts, actions, forms, tasks
from qms.kernel.labels import N_, Phrase
from qms.kernel.refs import Ref
from qms.records import rows, seats
from qms.records.errors import OpeningMissing
from qms.records.models import RecordOpening, SeatKind
from qms.records.operations import _answers, drafting

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from qms.forms import Opening
    from qms.kernel.work import Work
    from qms.records.models import Record

FORM: Final = "form"
TASK: Final = "record:follow-up"
REQUEST: Final = "change-request"
_FILL: Final = N_("Fill in {form}, asked for by {record}")
_DO: Final = N_("{label} ({record})")
_REQUEST_FORM: Final = "FM-12-01"


def open_at(work: Work, record: Record, place: str, values: Mapping[str, Any]) -> None:
    """Open what the form declares for this step, or for the close; each place once a round."""
    definition = rows.definition_of(record.revision)
    for opened in forms.answers.openings_at(definition, place, values, _answers.system(work, record)):
        people = _people(work, record, opened.opening, values)
        _open(work, record, definition.opens.index(opened.opening), opened, people)


def _open(work: Work, record: Record, number: int, opened: forms.answers.Opened, people: list[int]) -> None:
    opening, first = opened.opening, opened.values
    row = RecordOpening(
        record_id=record.id,
        round=record.round,
        place=number,
        what=opening.what,
        target=opening.target or (_REQUEST_FORM if opening.what == REQUEST else ""),
        values=dict(first),
        at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    due, counted = (None, {}) if opening.within is None else tasks.due(work, work.today, opening.within)
    if opening.what == "action":
        _action(work, record, row, opening, people, due, counted)
    else:
        _owe(work, record, row, opening, people, due, counted)
    work.record(
        "record:open",
        rows.ref_of(record),
        after={"what": row.what, "target": row.target, "place": number, "due": due and str(due)},
    )


def _people(work: Work, record: Record, opening: Opening, values: Mapping[str, Any]) -> list[int]:
    """Who is asked; the author where nobody holds what is named."""
    asked = [(SeatKind.POST, code) for code in opening.to.posts]
    asked += [(SeatKind.ROLE, code) for code in opening.to.roles]
    place = values.get(opening.to_of) if opening.to_of else None
    found: set[int] = {record.author_id} if opening.to_author else set()
    for seat in asked:
        found |= seats.holders(work.session, seat, place or record.department, place, work.today)
    named = values.get(opening.to_field) if opening.to_field else None
    person = None if named is None else accounts.person_by_login(work.session, named)
    found |= set() if person is None else {person.id}
    cleared = accounts.cleared(work.session, record.secrecy, record.circle)
    return sorted(found & cleared) or [record.author_id]


def _owe(  # noqa: PLR0917 - the facts of one opening
    work: Work,
    record: Record,
    row: RecordOpening,
    opening: Opening,
    people: list[int],
    due: date | None,
    counted: Mapping[str, Any],
) -> None:
    fills = row.what in {FORM, REQUEST}
    subject, facts = (_FILL, {"form": row.target}) if fills else (_DO, {"label": opening.label})
    tasks.owe(
        work,
        kind=TASK,
        ref=ref_of(row),
        person_ids=people,
        subject=subject,
        facts={
            **facts,
            **counted,
            "record": record.number,
            "secrecy": record.secrecy,
            "circle": record.circle,
        },
        due_on=due,
    )


def _action(  # noqa: PLR0917 - the facts of one opening
    work: Work,
    record: Record,
    row: RecordOpening,
    opening: Opening,
    people: list[int],
    due: date | None,
    counted: Mapping[str, Any],
) -> None:
    made = actions.open(
        work,
        title=forms.spoken(opening.label, work.settings.language),
        owner_id=people[0],
        due_on=due or work.today,
        department=record.department,
        origin=rows.ref_of(record),
        secrecy=record.secrecy,
        circle=record.circle,
        declared=True,
        counted=counted,
    )
    row.answered = f"action:{made.number}"


def ref_of(row: RecordOpening) -> Ref:
    """`record-opening:7`: what a record asked to be opened."""
    return Ref(rows.OPENING, str(row.id))


def asked_for(work: Work, ref: Ref) -> RecordOpening | None:
    """The opening a Ref names, if it names one."""
    return rows.opening_of(work.session, ref)


def answer_origin(work: Work, record: Record) -> None:
    """A record filed for an opening answers it, and the task of whoever was asked is done."""
    row = None if record.origin is None else asked_for(work, Ref.parse(record.origin))
    if row is None or row.answered is not None or row.target != record.form:
        return
    row.answered = str(rows.ref_of(record))
    work.session.flush()
    tasks.settle(work, TASK, ref_of(row))


def told(row: RecordOpening, record: Record) -> Phrase:
    """What was asked, in a sentence."""
    if row.what in {FORM, REQUEST}:
        return Phrase(_FILL, form=row.target, record=record.number)
    return Phrase(_DO, label=rows.definition_of(record.revision).opens[row.place].label, record=record.number)


def answer(work: Work, opening_id: int) -> Record | None:
    """Do what a record asked: begin its form with the first answers, or say that the task is done."""
    row = work.session.get(RecordOpening, opening_id)
    if row is None:
        raise OpeningMissing
    record = rows.locked(work, row.record_id)
    person = rows.person_id(work)
    owing = {each.person_id for each in tasks.outstanding(work.session, TASK, ref_of(row), work.today)}
    if not owing & {person, *accounts.acting_for(work.session, person, work.today)}:
        raise OpeningMissing
    if row.target:
        return drafting.begin(work, row.target, values=row.values, origin=ref_of(row))
    row.answered = f"done:{work.actor.id}"
    work.session.flush()
    tasks.settle(work, TASK, ref_of(row))
    work.record("record:answer", rows.ref_of(record), after={"place": row.place})
    return None
