"""Handed in without signing in, taken on by who is asked, answered by its receipt (R52, R53, CMP-01)."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from qms import feedback, records, tasks
from qms.feedback import Matter, Stage, box
from qms.feedback.models import HandedIn
from qms.kernel.errors import Invalid
from qms.kernel.ports import Actor
from tests.feedback import factories as made_of
from tests.records import factories

if TYPE_CHECKING:
    from qms.kernel.clock import SimulatedClock
    from qms.kernel.refs import Ref
    from qms.kernel.work import Works
    from tests.documents.factories import Organisation

STRANGER = Actor("service:web", "web")
WORDS = "The queue was long"


@pytest.fixture
def made(works: Works) -> Organisation:
    """The form in force, and the box open: those who hold the post of the quality manager are asked."""
    works.settings = dataclasses.replace(works.settings, box_form=made_of.NUMBER, box_post="quality-manager")
    return made_of.house(works)


def handed_in(made: Organisation, matter: str = "complaint", content: str = WORDS, demand: str = "") -> str:
    """The receipt of something that a stranger handed in."""
    with made.works.writing(STRANGER) as work:
        return box.hand_in(work, matter=matter, content=content, demand=demand)


def asked(made: Organisation, receipt: str) -> box.Answer:
    """What a stranger is told by a receipt."""
    with made.works.reading(STRANGER) as work:
        return box.answer(work, receipt)


def letters(made: Organisation, login: str = "manager") -> list[box.Letter]:
    """What waits for somebody."""
    with made.looking(login) as work:
        return box.waiting(work)


def taken(made: Organisation, login: str = "manager") -> Ref:
    """The first thing that waits, begun as a record."""
    (first, *_) = letters(made)
    with made.acting(login) as work:
        return records.ref_of(box.take(work, first.id))


def filed(made: Organisation) -> Ref:
    """The first thing that waits, filed by who took it on."""
    ref = taken(made)
    rest = {
        key: value for key, value in made_of.TAKEN.items() if key not in {"channel", "received", "matter"}
    }
    with made.acting("manager") as work:
        made_record = records.submit(work, ref, values={**rest, "first": "manager", "over_to": "author"})
        return records.ref_of(made_record)


def test_what_is_handed_in_waits_for_who_is_asked(made: Organisation) -> None:
    """With a task, and a receipt that is stored nowhere; nobody else reads it."""
    receipt = handed_in(made, demand="More counters")
    (letter,) = letters(made)
    assert (letter.matter, letter.content, letter.demand) == (Matter.COMPLAINT, WORDS, "More counters")
    assert letters(made, "author") == []
    with made.service() as work:
        row = work.session.scalar(select(HandedIn))
        assert row is not None
        assert receipt not in str(vars(row))
        owed = tasks.outstanding(work.session, box.TASK, "handed-in:" + str(letter.id))
        assert [each.person_id for each in owed] == [made.ids["manager"]]
    assert asked(made, receipt).stage is None


def test_whoever_takes_it_on_was_asked_first(made: Organisation) -> None:
    """It is filed as a record with what was known; the words are gone from beside it (one truth)."""
    receipt = handed_in(made, demand="More counters")
    ref = filed(made)
    values = factories.answers(made, ref, "manager")
    assert (values["words"], values["wish"], values["channel"], values["matter"], values["first"]) == (
        WORDS,
        "More counters",
        "site",
        "complaint",
        "manager",
    )
    with made.looking("manager") as work:
        (case,) = feedback.listing(work, 2026)
        row = work.session.scalar(select(HandedIn))
        assert row is not None
        assert (row.content, row.demand) == ("", "")
        assert tasks.outstanding(work.session, box.TASK, f"handed-in:{row.id}") == []
    assert (case.number, case.owner) == (ref.key, "Manager")
    assert letters(made) == []
    assert asked(made, receipt).stage is Stage.HANDING_OVER


def test_the_receipt_tells_the_reply_once_it_was_given(made: Organisation) -> None:
    """With the remedies, and not a word before (CMP-04); however it is typed."""
    receipt = handed_in(made)
    ref = filed(made)
    with made.acting("author") as work:
        records.accept(work, ref, "over")
    made_of.act(made, "author", ref, "over")
    made_of.act(made, "manager", ref, "grade", **made_of.GRADE)
    made_of.act(made, "risk-head", ref, "look", **made_of.LOOK)
    assert asked(made, receipt).replies == ()
    made_of.act(made, "risk-head", ref, "answer", **made_of.ANSWER)
    found = asked(made, receipt.lower().replace("-", " "))
    assert (found.stage, found.replies, found.remedies) == (
        Stage.CLOSING,
        ("We are sorry",),
        ("A review",),
    )


def test_it_is_taken_on_once_and_by_who_is_asked(made: Organisation) -> None:
    """A draft that is given up lets it wait again."""
    handed_in(made)
    (letter,) = letters(made)
    with made.acting("author") as work, pytest.raises(feedback.BoxNotYours):
        box.take(work, letter.id)
    ref = taken(made)
    assert letters(made) == []
    with made.acting("manager") as work, pytest.raises(feedback.TakenOnAlready):
        box.take(work, letter.id)
    with made.acting("manager") as work:
        records.discard(work, ref)
    assert [each.id for each in letters(made)] == [letter.id]
    filed(made)
    with made.acting("manager") as work, pytest.raises(feedback.TakenOnAlready):
        box.take(work, letter.id)
    with made.acting("manager") as work, pytest.raises(feedback.NothingHandedIn):
        box.take(work, 999)


def test_a_box_that_is_not_turned_on_takes_nothing(works: Works) -> None:
    """Form and post both; a receipt leads nowhere then."""
    made = made_of.house(works)
    with pytest.raises(feedback.BoxClosed):
        handed_in(made)
    with pytest.raises(feedback.NoSuchReceipt):
        asked(made, "0000-0000-0000-0000")
    assert letters(made) == []
    with made.acting("manager") as work, pytest.raises(feedback.BoxClosed):
        box.take(work, 1)


@pytest.mark.parametrize("receipt", ["0000-0000-0000-0000", "no receipt", ""])
def test_a_wrong_receipt_tells_nothing(made: Organisation, receipt: str) -> None:
    """Whether it is none at all or somebody's slip."""
    handed_in(made)
    with pytest.raises(feedback.NoSuchReceipt):
        asked(made, receipt)


def test_what_is_handed_in_says_something_and_not_too_much(made: Organisation) -> None:
    """Of a kind that is offered; a repair is called in, a denunciation goes another way (4.8)."""
    with pytest.raises(Invalid) as refused:
        handed_in(made, "report", " ", "x" * (box.LONGEST + 1))
    assert [each.field for each in refused.value.problems] == ["matter", "content", "demand"]


def test_nobody_buries_the_others(made: Organisation, clock: SimulatedClock) -> None:
    """So many an hour from everybody together, over all processes (SEC-09)."""
    for _ in range(box.AN_HOUR):
        handed_in(made)
    with pytest.raises(feedback.BoxBusy):
        handed_in(made)
    clock.advance(timedelta(hours=1, seconds=1))
    assert handed_in(made)


def test_a_form_that_declares_no_complaint_is_no_form_for_it(works: Works) -> None:
    """Said to who takes it on, who can have the setting mended."""
    works.settings = dataclasses.replace(works.settings, box_form="FM-13-03", box_post="quality-manager")
    made = made_of.house(works)
    handed_in(made)
    with pytest.raises(feedback.BoxFormUnfit):
        taken(made)


def test_nothing_is_taken_that_nobody_would_be_asked_for(works: Works) -> None:
    """A post that nobody holds today leaves the giver at the counter, not with a receipt for nothing."""
    works.settings = dataclasses.replace(works.settings, box_form=made_of.NUMBER, box_post="vacant")
    made = made_of.house(works)
    with pytest.raises(feedback.BoxUnattended):
        handed_in(made)
    with made.service() as work:
        assert work.session.scalar(select(HandedIn)) is None
