"""Where an action stands."""

from __future__ import annotations

from datetime import date

from qms.actions.lifecycle import State, is_overdue, number


def test_numbers_and_overdue() -> None:
    """A number tells year and place; only an open action is overdue, from the day after its last one."""
    day = date(2026, 11, 2)
    assert number(2026, 42) == "CA-2026-000042"
    assert [is_overdue(State.OPEN, day, date(2026, 11, each)) for each in (2, 3)] == [False, True]
    assert not is_overdue(State.CLOSED, day, date(2026, 12, 1))
