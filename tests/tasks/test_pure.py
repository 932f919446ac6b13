"""When a task is chased; pure."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.tasks.chasing import BEFORE, ESCALATE_AFTER, Step, back_off_minutes, is_overdue, next_steps

DUE = date(2026, 11, 20)
MADE = date(2026, 11, 2)


def _steps(after: int, **marks: bool) -> tuple[Step, ...]:
    given_marks = {"reminded": False, "overdue": False, "escalated": False} | marks
    return next_steps(DUE + timedelta(days=after), DUE, MADE, **given_marks)


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (-3, ()),
        (-2, (Step.REMIND,)),
        (0, (Step.REMIND,)),
        (1, (Step.OVERDUE,)),
        (3, (Step.OVERDUE,)),
        (4, (Step.OVERDUE, Step.ESCALATE)),
    ],
)
def test_what_is_said_on_which_day(after: int, expected: tuple[Step, ...]) -> None:
    """A reminder before the day, then overdue, then the head; a passed reminder is not made up for."""
    assert _steps(after) == expected


def test_nothing_is_said_twice() -> None:
    assert _steps(-1, reminded=True) == ()
    assert _steps(2, overdue=True) == ()
    assert _steps(4, overdue=True) == (Step.ESCALATE,)
    assert _steps(4, overdue=True, escalated=True) == ()
    assert _steps(4, escalated=True) == (Step.OVERDUE,)


def test_a_task_made_late_is_not_reminded_of_at_once() -> None:
    late = DUE - BEFORE
    assert next_steps(late, DUE, late, reminded=False, overdue=False, escalated=False) == ()


def test_a_task_without_a_day_is_never_chased() -> None:
    assert next_steps(DUE, None, MADE, reminded=False, overdue=False, escalated=False) == ()
    assert not is_overdue(DUE, None)
    assert not is_overdue(DUE, DUE)
    assert is_overdue(DUE + timedelta(days=1), DUE)


@given(st.lists(st.integers(min_value=0, max_value=30), min_size=1, max_size=12))
def test_each_step_comes_once_whenever_the_day_job_runs(gaps: list[int]) -> None:
    """However long the server is off between runs, nothing is said twice, and the head last."""
    said: list[Step] = []
    today = MADE
    for gap in gaps:
        today += timedelta(days=gap)
        said += next_steps(
            today,
            DUE,
            MADE,
            reminded=Step.REMIND in said or Step.OVERDUE in said,
            overdue=Step.OVERDUE in said,
            escalated=Step.ESCALATE in said,
        )
    assert len(said) == len(set(said))
    assert said == sorted(said, key=[Step.REMIND, Step.OVERDUE, Step.ESCALATE].index)
    if today > DUE + ESCALATE_AFTER:
        assert said[-1] is Step.ESCALATE


def test_undelivered_messages_rest_longer_and_longer() -> None:
    assert [back_off_minutes(failures) for failures in (0, 1, 2, 3, 9, 50)] == [1, 1, 2, 4, 256, 360]
