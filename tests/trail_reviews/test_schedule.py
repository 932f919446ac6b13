"""When the trail is to be reviewed (TRL-15)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from qms.trail_reviews.schedule import State, due_on, is_overdue

LAST = date(2026, 11, 2)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("every", "after", "due"),
    [
        (0, 400, None),
        (30, 22, None),
        (30, 23, 30),
        (30, 30, 37),
        (30, 400, 407),
        (3, 0, 3),
        (3, 9, 12),
    ],
)
def test_asked_for_a_week_ahead(every: int, after: int, due: int | None) -> None:
    """Not before; with a week for it however late; never where no interval is set."""
    found = due_on(LAST, every, LAST + after * DAY)
    assert found == (None if due is None else LAST + due * DAY)


@pytest.mark.parametrize(
    ("state", "due", "overdue"),
    [
        (State.OPEN, LAST - DAY, True),
        (State.OPEN, LAST, False),
        (State.OPEN, None, False),
        (State.SIGNED, LAST - DAY, False),
    ],
)
def test_overdue_after_its_last_day(state: State, due: date | None, overdue: bool) -> None:  # noqa: FBT001 - a column
    """Only what is open can be late."""
    assert is_overdue(state, due, LAST) is overdue
