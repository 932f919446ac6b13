"""Every move of a revision is legal or refused by a class of its own; nothing reaches issued around."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.documents import lifecycle
from qms.documents.errors import RecallIssued, ReleaseDraft, ReleaseInReview
from qms.documents.lifecycle import MOVES, REFUSALS, Event, Standing, State
from qms.documents.validity import Ending, Interval
from qms.kernel.errors import Conflict

DAY = date(2026, 11, 2)


@pytest.mark.parametrize("event", Event)
@pytest.mark.parametrize("state", State)
def test_each_pair_is_a_move_or_a_refusal(state: State, event: Event) -> None:
    """The table has no hole and no pair that is both."""
    if state in MOVES[event]:
        assert state not in REFUSALS[event]
        assert lifecycle.move(state, event, "CP-12 A/0") is MOVES[event][state]
        return
    with pytest.raises(REFUSALS[event][state]) as refused:
        lifecycle.move(state, event, "CP-12 A/0")
    assert "CP-12 A/0" in str(refused.value)


def test_each_illegal_move_is_its_own_error() -> None:
    """No class serves two facts; signing and approving are one act and share theirs."""
    classes = [REFUSALS[event][state] for event in Event for state in REFUSALS[event] if event != "approve"]
    assert len(set(classes)) == len(classes)
    assert all(issubclass(refusal, Conflict) for refusal in classes)


def test_some_moves_by_name() -> None:
    """The table says what the law says."""
    with pytest.raises(ReleaseDraft):
        lifecycle.move(State.DRAFT, Event.RELEASE, "CP-12 A/0")
    with pytest.raises(ReleaseInReview):
        lifecycle.move(State.IN_REVIEW, Event.RELEASE, "CP-12 A/0")
    with pytest.raises(RecallIssued):
        lifecycle.move(State.ISSUED, Event.RECALL, "CP-12 A/0")


@given(st.lists(st.sampled_from(Event), max_size=40))
def test_no_path_reaches_issued_without_its_steps(events: list[Event]) -> None:
    """DOC-02: on the way to issued, submit, approve, release and bind follow since the last draft."""
    state = State.DRAFT
    since_draft: list[Event] = []
    for event in events:
        if state not in MOVES[event]:
            continue
        state = lifecycle.move(state, event, "CP-12 A/0")
        since_draft = [] if state is State.DRAFT else [*since_draft, event]
        if state is State.ISSUED:
            steps = iter(since_draft)
            assert all(step in steps for step in (Event.SUBMIT, Event.APPROVE, Event.RELEASE, Event.BIND))


@pytest.mark.parametrize("state", [state for state in State if state is not State.ISSUED])
def test_unissued_revisions_stand_as_stored(state: State) -> None:
    """Validity says nothing of them."""
    assert lifecycle.standing(state, None, DAY).value == state.value


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        (None, Standing.PENDING),
        (Interval("A/0", date(2026, 11, 3)), Standing.PENDING),
        (Interval("A/0", DAY), Standing.IN_FORCE),
        (Interval("A/0", date(2026, 1, 1), date(2026, 11, 3), Ending.SUPERSEDED), Standing.IN_FORCE),
        (Interval("A/0", date(2026, 1, 1), DAY, Ending.SUPERSEDED), Standing.SUPERSEDED),
        (Interval("A/0", date(2026, 1, 1), DAY, Ending.WITHDRAWN), Standing.WITHDRAWN),
        (Interval("A/0", date(2026, 12, 1), date(2026, 12, 1), Ending.WITHDRAWN), Standing.WITHDRAWN),
    ],
)
def test_issued_revisions_stand_as_validity_says(interval: Interval | None, expected: Standing) -> None:
    """The last day is exclusive; what never enters is withdrawn from the start."""
    assert lifecycle.standing(State.ISSUED, interval, DAY) is expected
