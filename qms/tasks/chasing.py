"""When a task is reminded of, is overdue, and goes to the head; pure."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum
from typing import Final

BEFORE: Final = timedelta(days=2)
ESCALATE_AFTER: Final = timedelta(days=3)


class Step(StrEnum):
    """What the day job says about an open task, each once."""

    REMIND = "remind"
    OVERDUE = "overdue"
    ESCALATE = "escalate"


def next_steps(
    today: date,
    due_on: date | None,
    created_on: date,
    *,
    reminded: bool,
    overdue: bool,
    escalated: bool,
) -> tuple[Step, ...]:
    """What is to be said today, in order.

    Before the day one reminder, unless the task was only made that late; after it, once, that it
    is overdue; three days later the head. After a time without the day job a passed reminder is
    not made up for, the other two are.
    """
    if due_on is None:
        return ()
    if today <= due_on:
        is_late = created_on >= due_on - BEFORE
        return (Step.REMIND,) if not reminded and not is_late and today >= due_on - BEFORE else ()
    steps = []
    if not overdue:
        steps.append(Step.OVERDUE)
    if not escalated and today > due_on + ESCALATE_AFTER:
        steps.append(Step.ESCALATE)
    return tuple(steps)


def is_overdue(today: date, due_on: date | None) -> bool:
    """Whether the last day has passed."""
    return due_on is not None and today > due_on


def back_off_minutes(failures: int) -> int:
    """How long a message that could not be delivered rests: 1, 2, 4 ... at most 360 minutes."""
    return min(360, 1 << min(max(failures - 1, 0), 9))
