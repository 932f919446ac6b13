"""Complaints are acknowledged, handed over, graded, looked into, answered and closed (CMP-01 to CMP-05)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from qms import accounts, feedback, records, trail
from qms.documents.errors import SourceInvalid
from qms.feedback.models import Complaint
from qms.kernel.errors import Forbidden
from qms.kernel.ports import Secrecy
from qms.records import State
from tests.feedback import factories as made_of
from tests.nonconformities import test_law as corrected
from tests.records import factories

if TYPE_CHECKING:
    from qms.kernel.refs import Ref
    from qms.kernel.work import Works
    from tests.documents.factories import Organisation

TODAY = date(2026, 11, 2)


@pytest.fixture
def made(works: Works) -> Organisation:
    """The form of complaints in force, and that of corrective actions."""
    return made_of.house(works)


def row(made: Organisation, ref: Ref) -> Complaint:
    """What lists are made of."""
    with made.service() as work:
        found = work.session.scalar(select(Complaint).where(Complaint.number == ref.key))
        assert found is not None
        work.session.expunge(found)
        return found


def test_it_is_numbered_and_acknowledged_at_once(made: Organisation) -> None:
    """CMP-01: a number, when it came by which channel, when that was said back; the day is ours, at UTC+8."""
    ref = made_of.taken(made)
    found = row(made, ref)
    assert (found.number, found.form) == (ref.key, made_of.NUMBER)
    assert found.received_at == datetime(2026, 11, 1, 20, tzinfo=UTC)
    assert found.received_on == TODAY
    with made.service() as work:
        (told,) = trail.browse(work.session, action="complaint:acknowledge", limit=9)
    assert told.ref == ref
    assert told.at == found.acknowledged_at
    assert (found.channel, found.matter, found.department) == ("phone", "complaint", "risk")
    assert (found.state, found.opinion, found.weight) == ("open", None, None)


def test_whoever_was_asked_first_owns_it_until_it_is_accepted(made: Organisation) -> None:
    """R53: naming somebody hands nothing over; their acceptance does."""
    ref = made_of.taken(made)
    assert row(made, ref).owner == "author"
    with made.acting("manager") as work:
        records.accept(work, ref, "over")
    found = row(made, ref)
    assert (found.owner, found.accepted_at is not None) == ("manager", True)


def test_what_is_sent_back_stays_with_who_was_asked_first(made: Organisation) -> None:
    """R53: a hand-over that is not accepted is none."""
    ref = made_of.taken(made)
    with made.acting("manager") as work:
        records.give_back(work, ref, "over", "Whose is it?")
    found = row(made, ref)
    assert (found.owner, found.accepted_at) == ("author", None)


def test_it_closes_when_everything_is_as_it_should_be(made: Organisation) -> None:
    """And the row tells how far it came, by when, and what was said."""
    ref = made_of.answered(made)
    found = row(made, ref)
    assert None not in (found.graded_at, found.investigated_at, found.replied_at)
    assert (found.weight, found.level, found.repeated, found.handler) == (
        "ordinary",
        "low",
        False,
        "risk-head",
    )
    assert (found.finding, found.action_needed, found.opinion) == ("justified", False, "satisfied")
    made_of.act(made, "manager", ref, "end")
    found = row(made, ref)
    assert (found.state, found.closed_on) == ("closed", TODAY)
    assert factories.look(made, ref).state is State.CLOSED


def test_who_is_not_asked_does_not_act(made: Organisation) -> None:
    """Each step asks its own people."""
    with pytest.raises(Forbidden):
        made_of.act(made, "author", made_of.accepted(made), "grade", **made_of.GRADE)


def test_nobody_decides_about_a_complaint_against_themselves(made: Organisation) -> None:
    """CMP-02: neither who grades nor who closes, also where the form itself forgets to say so."""
    ref = made_of.accepted(made, over_to="manager", about="risk-head")
    grade = {**made_of.GRADE, "handler": "author"}
    made_of.act(made, "manager", ref, "grade", **grade)
    with pytest.raises(feedback.AssignedToConcerned):
        made_of.act(made, "manager", made_of.accepted(made, about="risk-head"), "grade", **made_of.GRADE)
    once = made_of.taken(made, about="manager", **made_of.AT_ONCE)
    with pytest.raises(feedback.OwnComplaint):
        made_of.act(made, "manager", once, "grade", weight="ordinary", again=False)
    with pytest.raises(feedback.AssignedToConcerned):
        made_of.taken(made, about="manager")


def test_a_complaint_about_oneself_is_taken_and_handed_over(made: Organisation) -> None:
    """R53 and CMP-02: registered like any other, never settled by oneself on the spot."""
    assert row(made, made_of.taken(made, about="author")).concerned == "author"
    with pytest.raises(feedback.OwnComplaint):
        made_of.taken(made, about="author", **made_of.AT_ONCE)


def test_whom_it_is_about_changes_nothing_in_it(made: Organisation) -> None:
    """CMP-02: an amendment that takes one's own name out would be a decision."""
    ref = made_of.taken(made, about="author")
    with made.acting("author") as work, pytest.raises(Forbidden):
        records.amend(work, ref, {"about": None}, "Not me", password=made.keys["author"])
    other = made_of.taken(made, about="risk-head")
    with made.acting("manager") as work:
        records.amend(work, other, {"about": None}, "Name was wrong", password=made.keys["manager"])
    assert row(made, other).concerned == "risk-head"


@pytest.mark.parametrize("left", ["weight", "level", "again", "handler"])
def test_the_grade_is_whole(made: Organisation, left: str) -> None:
    """CMP-02: weight, level, whether it came before, and who handles it."""
    ref = made_of.accepted(made)
    with pytest.raises(feedback.NotGraded, match=left.capitalize()):
        made_of.act(made, "manager", ref, "grade", **{**made_of.GRADE, left: None})


def test_what_was_settled_on_the_spot_is_checked_and_closed(made: Organisation) -> None:
    """S52: with what was said and how it was taken, without handler and level."""
    ref = made_of.taken(made, **made_of.AT_ONCE)
    made_of.act(made, "manager", ref, "grade", weight="ordinary", again=False)
    made_of.act(made, "manager", ref, "end")
    found = row(made, ref)
    assert (found.state, found.at_once, found.opinion, found.owner) == ("closed", True, "satisfied", "author")


@pytest.mark.parametrize(
    "grade", [{"weight": "major", "again": False}, {"weight": "ordinary", "again": True}]
)
def test_what_is_grave_or_comes_again_is_not_settled_on_the_spot(
    made: Organisation, grade: dict[str, Any]
) -> None:
    """R52: it is investigated."""
    ref = made_of.taken(made, **made_of.AT_ONCE)
    with pytest.raises(feedback.NotAtOnce):
        made_of.act(made, "manager", ref, "grade", **grade)


@pytest.mark.parametrize("left", ["facts", "finding"])
def test_facts_come_before_the_reply(made: Organisation, left: str) -> None:
    """CMP-04."""
    ref = made_of.looked_at(made, **{left: None})
    with pytest.raises(feedback.NotInvestigated, match=left.capitalize()):
        made_of.act(made, "risk-head", ref, "answer", **made_of.ANSWER)


def test_a_reply_names_the_remedies(made: Organisation) -> None:
    """CMP-04: where to go with it when it does not satisfy."""
    ref = made_of.looked_at(made)
    with pytest.raises(feedback.RemedyMissing, match="Ways"):
        made_of.act(made, "risk-head", ref, "answer", **{**made_of.ANSWER, "ways": None})


@pytest.mark.parametrize(
    ("answer", "refusal"),
    [
        ({"reply": None}, feedback.ReplyMissing),
        ({"said": None}, feedback.ViewNotAsked),
        ({"said": "dissatisfied"}, feedback.NotReviewed),
    ],
)
def test_nothing_closes_by_a_shortcut(
    made: Organisation, answer: dict[str, Any], refusal: type[Exception]
) -> None:
    """CMP-04: a reply, the view of its giver, and a review where they are not satisfied."""
    ref = made_of.answered(made, **answer)
    with pytest.raises(refusal):
        made_of.act(made, "manager", ref, "end")


def test_the_dissatisfied_are_reviewed_once(made: Organisation) -> None:
    """Then it may be closed, and the row says so."""
    ref = made_of.answered(made, said="dissatisfied")
    made_of.act(made, "manager", ref, "end", review="Nothing new")
    found = row(made, ref)
    assert (found.opinion, found.reviewed, found.state) == ("dissatisfied", True, "closed")


def test_it_does_not_close_without_its_cause(made: Organisation) -> None:
    """CMP-05: each one that was investigated."""
    ref = made_of.looked_at(made, why=None)
    made_of.act(made, "risk-head", ref, "answer", **made_of.ANSWER)
    with pytest.raises(feedback.ComplaintCauseUnknown, match="Why"):
        made_of.act(made, "manager", ref, "end")


@pytest.mark.parametrize("grade", [{"weight": "major"}, {"again": True}])
def test_what_is_grave_or_comes_again_has_its_cause_removed(
    made: Organisation, grade: dict[str, Any]
) -> None:
    """R52: by a corrective action, which is filed before the complaint is closed (CMP-04)."""
    ref = made_of.graded(made, grade)
    with pytest.raises(feedback.ActionNeeded):
        made_of.act(made, "risk-head", ref, "look", **made_of.LOOK)
    made_of.act(made, "risk-head", ref, "look", **{**made_of.LOOK, "act": True})
    made_of.act(made, "risk-head", ref, "answer", **made_of.ANSWER)
    with pytest.raises(feedback.ActionNotFiled):
        made_of.act(made, "manager", ref, "end")
    corrected.filed(made, source=ref.key)
    made_of.act(made, "manager", ref, "end")
    assert row(made, ref).state == "closed"


def test_what_was_found_wrong_needs_no_action(made: Organisation) -> None:
    """R52: grave as it was said to be, it was not so."""
    ref = made_of.graded(made, {"weight": "major"})
    made_of.act(made, "risk-head", ref, "look", **{**made_of.LOOK, "finding": "unjustified"})
    assert row(made, ref).finding == "unjustified"


def test_what_was_taken_on_is_not_cancelled(made: Organisation) -> None:
    """R52: it ends with a reply; what was registered in error may still be cancelled."""
    wrong = made_of.taken(made)
    with made.acting("manager") as work:
        records.cancel(work, wrong, "Registered twice")
    assert row(made, wrong).state == "cancelled"
    ref = made_of.accepted(made)
    with made.acting("manager") as work, pytest.raises(feedback.ComplaintNotCancelled):
        records.cancel(work, ref, "No time")


def test_a_form_that_seals_its_answers_holds_no_complaints(made: Organisation) -> None:
    """CMP-05: who gave it is protected by field, so that counts outlive it."""
    more = made_of.LAW.replace("records: {", "records: {secrecy: confidential, ")
    other = factories.form("FM-14-09", fields=made_of.fields(), steps=made_of.STEPS, more=more)
    factories.issue(made, other)
    with made.service() as work:
        accounts.clear(work, made.ids["author"], Secrecy.CONFIDENTIAL)
    with pytest.raises(feedback.ComplaintSealed):
        factories.filed(made, "author", "FM-14-09", **made_of.TAKEN)


def test_nothing_of_who_gave_it_lies_beside_the_record(made: Organisation) -> None:
    """CMP-05: what is counted knows no name, no number and no words of theirs."""
    assert "13800000000" not in str(vars(row(made, made_of.taken(made))))


def test_the_key_names_fields_that_are_there(works: Works) -> None:
    """A personal field plays no part; a step that is not there is no step."""
    with pytest.raises(SourceInvalid, match="contact"):
        made_of.house(works, law=made_of.LAW.replace("channel: channel", "channel: contact"))


def test_names_go_with_the_record_and_counts_stay(made: Organisation) -> None:
    """CMP-05: what was disposed of is still one complaint of its month."""
    ref = made_of.taken(made, about="risk-head")
    with made.service() as work:
        found = records.record_of(work.session, work.rights, ref, work.today)
        records.dispose(work, found.id, "list")
    left = row(made, ref)
    assert (left.state, left.concerned, left.owner, left.first_asked) == ("disposed", None, "", "")
    assert (left.received_on, left.channel, left.matter) == (TODAY, "phone", "complaint")
