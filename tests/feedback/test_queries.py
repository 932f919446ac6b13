"""The cases of a year as those see them who see their records, with what is due (CMP-05)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from qms import feedback, records
from qms.feedback import Matter, Stage, View
from tests.feedback import factories as made_of

if TYPE_CHECKING:
    from qms.feedback import Case
    from qms.kernel.clock import SimulatedClock
    from qms.kernel.refs import Ref
    from qms.kernel.work import Works
    from tests.documents.factories import Organisation


@pytest.fixture
def made(works: Works) -> Organisation:
    """The form of complaints in force."""
    return made_of.house(works)


def seen(made: Organisation, ref: Ref, login: str = "author") -> Case:
    """One case as somebody sees it."""
    with made.looking(login) as work:
        (found,) = [each for each in feedback.listing(work, 2026) if each.number == ref.key]
        return found


def test_a_case_says_who_owns_it_and_what_is_due(made: Organisation, clock: SimulatedClock) -> None:
    """By its limits: from the instant it was received, never from the day somebody looked."""
    ref = made_of.taken(made)
    found = seen(made, ref)
    assert (found.stage, found.owner, found.due_at, found.in_time) == (
        Stage.HANDING_OVER,
        "Author",
        None,
        None,
    )
    ref = made_of.graded(made)
    found = seen(made, ref)
    assert (found.stage, found.owner, found.handler) == (Stage.INVESTIGATING, "Manager", "Risk-Head")
    assert found.due_at is not None
    assert (found.due_at > datetime(2026, 11, 2, tzinfo=UTC), found.in_time) == (True, True)
    clock.advance(timedelta(days=9))
    assert seen(made, ref).in_time is False


def test_an_answered_case_says_how_it_was_taken(made: Organisation) -> None:
    """And nothing is due any more."""
    found = seen(made, made_of.answered(made, said="dissatisfied"))
    assert (found.stage, found.opinion, found.due_at) == (Stage.CLOSING, View.DISSATISFIED, None)


def test_a_list_is_narrowed(made: Organisation) -> None:
    """By year, department, kind and whether it is open."""
    made_of.taken(made, matter="suggestion")
    other = made_of.taken(made)
    with made.acting("manager") as work:
        records.cancel(work, other, "Twice")
    with made.looking("author") as work:
        assert len(feedback.listing(work, 2026)) == 2
        assert feedback.listing(work, 2025) == []
        assert [each.matter for each in feedback.listing(work, 2026, only_open=True)] == [Matter.SUGGESTION]
        assert len(feedback.listing(work, 2026, matter="complaint")) == 1
        assert feedback.listing(work, 2026, department="nowhere") == []
        assert feedback.years(work) == [2026]


def test_who_does_not_see_the_record_does_not_see_the_case(made: Organisation) -> None:
    """Nor is it counted for them (SEC-09)."""
    made_of.taken(made)
    with made.looking("outsider") as work:
        assert feedback.listing(work, 2026) == []


def test_words_are_those_of_the_form(made: Organisation) -> None:
    """Channels and levels are the organisation's own."""
    made_of.taken(made)
    with made.looking("author") as work:
        told = feedback.words(work)
    assert set(told["channel"]) == {"phone", "counter", "site"}
    assert set(told["level"]) == {"high", "low"}
    assert told["cause"] == {}
