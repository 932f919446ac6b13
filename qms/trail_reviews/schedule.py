"""Pure: when the trail is to be reviewed, and when that is overdue."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import Final

LEAD: Final = timedelta(days=7)
"""How long before its last day a review is asked for."""


class State(StrEnum):
    """Where a review stands."""

    OPEN = "open"
    SIGNED = "signed"


def due_on(last: date, every: int, today: date) -> date | None:
    """The last day of the review that is to be asked for today, None where none is yet.

    `last` is the day of the review before, or of the first entry; `every` is the interval in days, 0
    asks for none. Whoever gets the task has a week for it, also after a long time without the day job.
    """
    if every <= 0:
        return None
    due = last + timedelta(days=every)
    if today < due - LEAD:
        return None
    return max(due, today + min(LEAD, timedelta(days=every)))


def is_overdue(state: State, due: date | None, today: date) -> bool:
    """Whether the last day of an open review has passed."""
    return state is State.OPEN and due is not None and today > due
