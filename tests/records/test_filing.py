"""Drafts and filing: begin, save, attach, file; who may, when, and that nothing is half-filed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DatabaseError

from qms import accounts, forms, records, tasks
from qms.kernel.ports import Secrecy
from qms.kernel.refs import Ref
from qms.records import errors
from qms.records.models import Record, RecordContent
from qms.records.states import State
from tests.documents.factories import add
from tests.records import factories as sheets

if TYPE_CHECKING:
    from qms.kernel.clock import SimulatedClock
    from qms.kernel.work import Works


def test_a_record_is_begun_on_the_revision_in_force(works: Works) -> None:
    """A draft is pinned to the form's revision of today and belongs to its author alone."""
    made = sheets.house(works)
    ref = sheets.begun(made)
    found = sheets.look(made, ref)
    assert (found.form, found.state, found.number) == (sheets.NUMBER, records.State.DRAFT, None)
    with pytest.raises(errors.RecordMissing), made.looking("reader") as work:
        records.record_of(work.session, work.rights, ref, work.today)


def test_no_record_is_begun_on_what_is_not_in_force(works: Works) -> None:
    """A form that is not in force, or no form at all, is refused."""
    made = sheets.house(works)
    with pytest.raises(errors.FormNotInForce), made.acting("author") as work:
        records.begin(work, "FM-99-99")


def test_who_may_not_file_begins_nothing(works: Works) -> None:
    """The right to file is asked for the department (P11-10g)."""
    made = sheets.house(works)
    with made.service() as work:
        add(work, made, "nobody")
    with pytest.raises(errors.FormNotInForce), made.acting("nobody") as work:
        records.begin(work, sheets.NUMBER)


def test_a_draft_is_saved_as_typed_and_given_up(works: Works) -> None:
    """Nothing typed is lost; a draft given up leaves no number missing."""
    made = sheets.house(works)
    ref = sheets.begun(made)
    with made.acting("author") as work:
        records.save(work, ref, {"purpose": "车辆"})
    assert sheets.answers(made, ref) == {"purpose": "车辆"}
    with made.acting("author") as work:
        records.discard(work, ref)
    with pytest.raises(errors.RecordMissing), made.looking("author") as work:
        records.record_of(work.session, work.rights, ref, work.today)


def test_a_draft_takes_no_answer_of_another_step(works: Works) -> None:
    """The review's fields are the reviewer's."""
    made = sheets.house(works)
    ref = sheets.begun(made)
    with pytest.raises(errors.FieldNotHere), made.acting("author") as work:
        records.save(work, ref, {"remark": "可"})


def test_filing_takes_a_number_and_asks_the_next_step(works: Works) -> None:
    """The record is numbered, its content frozen, and the reviewer owes the review."""
    made = sheets.house(works)
    ref = sheets.filed(made)
    assert ref == Ref("record", "FM-07-01-2026-000001")
    found = sheets.look(made, ref)
    assert (found.state, found.version, found.department) == (records.State.OPEN, 1, "risk")
    with made.looking("risk-head") as work:
        owed = tasks.inbox(work.session, made.ids["risk-head"], work.today)
        assert [each.ref for each in owed if each.kind == "record:step"] == [ref]


def test_every_fault_is_told_and_nothing_is_filed(works: Works) -> None:
    """A refused filing keeps the draft, takes no number and leaves no frozen content (law 13)."""
    made = sheets.house(works)
    ref = sheets.begun(made, amount="-3")
    with made.acting("author") as work, pytest.raises(errors.RecordInvalid) as caught:
        records.submit(work, ref)
    assert {each.field for each in caught.value.problems} == {"purpose", "amount"}
    assert sheets.look(made, ref).number is None
    with made.acting("author") as work:
        records.save(work, ref, sheets.GOOD)
        assert records.submit(work, ref).number == "FM-07-01-2026-000001"


def test_a_table_that_is_none_is_refused_before_it_is_kept(works: Works) -> None:
    """Whoever comes past the page is told in a sentence; nothing of it is kept or filed."""
    table = "  - {id: things, label: Things, type: table, columns: [{id: what, label: What, type: text}]}"
    made = sheets.house(
        works, sheets.form(fields=f"{sheets.FIELDS.rstrip()}\n  - {{section: 件}}\n{table}\n")
    )
    ref = sheets.begun(made)
    for wrong in ("Press", ["Press"], [["Press"]]):
        answers = {**sheets.GOOD, "things": wrong}
        with made.acting("author") as work, pytest.raises(forms.answers.AnswersUnfit, match="a list of rows"):
            records.save(work, ref, answers)
        with made.acting("author") as work, pytest.raises(forms.answers.AnswersUnfit, match="a list of rows"):
            records.submit(work, ref, values=answers)
    assert sheets.look(made, ref).state is State.DRAFT
    with made.acting("author") as work:
        records.submit(work, ref, values={**sheets.GOOD, "things": [{"what": "Press"}]})


def test_what_is_filed_is_not_filed_again(works: Works) -> None:
    """Wrong state: a record on its way or closed is no draft."""
    made = sheets.house(works)
    ref = sheets.filed(made)
    with pytest.raises(errors.NotYourStep), made.acting("author") as work:
        records.submit(work, ref)
    closed = sheets.closed(made)
    with pytest.raises(errors.RecordClosed), made.acting("author") as work:
        records.submit(work, closed)
    with pytest.raises(errors.RecordOnItsWay), made.acting("author") as work:
        records.save(work, ref, sheets.GOOD)


def test_somebody_without_a_seat_on_the_first_step_files_nothing(works: Works) -> None:
    """Who is not asked by the first step may not do it (P11-10g)."""
    steps = sheets.STEPS.replace("by: {roles: [author, reader]}", "by: {posts: [risk-head]}")
    made = sheets.house(works, sheets.form(steps=steps))
    ref = sheets.begun(made)
    with pytest.raises(errors.NotYourStep), made.acting("author") as work:
        records.submit(work, ref)


def test_numbers_have_no_gap_and_no_double_under_many_writers(works: Works) -> None:
    """Law 13: twelve people file at once on one form."""
    made = sheets.house(works)
    refs = [sheets.begun(made) for _ in range(12)]

    def file(ref: Ref) -> str | None:
        with made.acting("author") as work:
            return records.submit(work, ref).number

    with ThreadPoolExecutor(6) as pool:
        numbers = sorted(str(each) for each in pool.map(file, refs))
    assert numbers == [f"FM-07-01-2026-{place:06d}" for place in range(1, 13)]


def test_a_number_begins_anew_with_the_year(works: Works, clock: SimulatedClock) -> None:
    """The series is the template with its year."""
    made = sheets.house(works)
    sheets.filed(made)
    clock.advance(timedelta(days=60))
    assert sheets.filed(made).key == "FM-07-01-2027-000001"


def test_a_form_without_steps_is_closed_when_it_is_filed(works: Works) -> None:
    """One person fills it and it is a record."""
    fields = "  - {id: purpose, label: 用途, type: text, required: true}"
    made = sheets.house(works, sheets.form(fields=fields, steps=""))
    found = sheets.look(made, sheets.filed(made, purpose="检查"))
    assert (found.state, str(found.closed_on)) == (records.State.CLOSED, "2026-11-02")


def test_the_content_is_frozen_in_the_schema(works: Works) -> None:
    """REC-01: a frozen content has no update path, not even past the program."""
    made = sheets.house(works)
    sheets.filed(made)
    with made.looking("manager") as work:
        row = work.session.scalars(select(RecordContent)).one()
    with pytest.raises(DatabaseError, match="frozen"), made.service() as work:
        work.session.execute(update(RecordContent).where(RecordContent.id == row.id).values(content="{}"))


def test_personal_answers_are_sealed_and_read_back(works: Works) -> None:
    """R17: a personal answer stands nowhere in clear; who may see the record reads it."""
    fields = "\n  - {id: phone, label: 电话, type: text, personal: true}" + sheets.FIELDS
    made = sheets.house(works, sheets.form(fields=fields))
    ref = sheets.filed(made, **sheets.GOOD, phone="13800000000")
    with made.looking("risk-head") as work:
        found = records.record_of(work.session, work.rights, ref, work.today)
        assert records.values(work, found)["phone"] == "13800000000"
        row = work.session.scalars(select(RecordContent)).one()
        assert "13800000000" not in row.content
        assert b"13800000000" not in (row.sealed or b"")


def test_a_confidential_record_is_sealed_whole(works: Works) -> None:
    """R17: the grade seals every answer, and the list has no title of it."""
    made = sheets.house(works, sheets.form(more="records: {secrecy: confidential}"))
    with made.service() as work:
        for login in ("author", "risk-head", "deputy"):
            accounts.clear(work, made.ids[login], Secrecy.CONFIDENTIAL)
    ref = sheets.filed(made)
    with made.looking("author") as work:
        found = records.record_of(work.session, work.rights, ref, work.today)
        assert found.title == ""
        assert records.values(work, found)["purpose"] == "设备"
        assert work.session.scalars(select(RecordContent)).one().content == "{}"
    with pytest.raises(errors.RecordMissing), made.looking("reader") as work:
        records.record_of(work.session, work.rights, ref, work.today)


def test_drafts_are_in_no_list(works: Works) -> None:
    """What is not filed is counted nowhere."""
    made = sheets.house(works)
    sheets.begun(made)
    ref = sheets.filed(made)
    with made.looking("manager") as work:
        rows = records.listing(work.session, work.rights, work.today)
        assert [row.number for row in rows] == [ref.key]
        assert work.session.scalar(select(func.count()).select_from(Record)) == 2


def test_attached_files_lie_in_the_vault(works: Works) -> None:
    """A file is put there first and named by its field; the author reads it back."""
    fields = "\n  - {id: proof, label: 附件, type: file}" + sheets.FIELDS
    made = sheets.house(works, sheets.form(fields=fields))
    ref = sheets.begun(made)
    with made.looking("author") as look:
        ready = records.ready_file(
            look, ref, "proof", name="证明.txt", media_type="text/plain", content=b"proof"
        )
    with made.acting("author") as work:
        kept = records.add_file(work, ref, "proof", ready)
    told = [{"name": "证明.txt", "digest": ready.digest, "size": "5", "type": "text/plain"}]
    with made.acting("author") as work:
        filed = records.ref_of(records.submit(work, ref, values={**sheets.GOOD, "proof": told}))
    with made.looking("risk-head") as work:
        assert records.file(work, filed, kept.id)[1] == b"proof"
    with pytest.raises(errors.RecordOnItsWay), made.acting("author") as work:
        records.remove_file(work, filed, "proof", ready.digest)
