"""Clocks that are moved: the step is an entry, order stays by number, the chain stays valid (TRL-07)."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from qms import trail
from qms.kernel.clock import SystemClock
from qms.kernel.refs import Ref
from qms.trail.clocks import CLOCK, STEP, TOLERANCE, ClockStep, clock_step, step_change
from tests.trail.factories import CLERK, entries, with_key

if TYPE_CHECKING:
    from qms.kernel.clock import SimulatedClock
    from qms.kernel.settings import Settings
    from qms.kernel.work import Works

NOW = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)


def told(works: Works) -> list[trail.TrailRow]:
    with works.reading(CLERK) as work:
        return trail.browse(work.session, action=STEP)


def test_a_step_back_is_an_entry_with_both_instants(
    works: Works, settings: Settings, clock: SimulatedClock
) -> None:
    """It stands ahead of the act that met it, in the name of the clock, once; numbers go on by one."""
    with_key(settings)
    entries(works, 2)
    clock.advance(-HOUR)
    entries(works, 2)
    (row,) = told(works)
    assert (row.seq, row.actor, str(row.ref)) == (3, CLOCK.id, "trail:clock")
    assert row.before == {"at": "2026-11-02T01:00:00.000000Z"}
    assert row.after == {"at": "2026-11-02T00:00:00.000000Z", "seconds": -3600}
    report = trail.check(works, CLERK)
    assert (report.ok, report.last) == (True, 5)
    assert report.clock_steps == (ClockStep(3, str(row.before["at"]), str(row.after["at"])),)


def test_acts_that_overlap_are_no_step(works: Works, settings: Settings, clock: SimulatedClock) -> None:
    """Within the tolerance nothing is told."""
    with_key(settings)
    entries(works, 1)
    clock.advance(-TOLERANCE)
    entries(works, 1)
    assert told(works) == []
    assert trail.check(works, CLERK).clock_steps == ()


def test_a_step_behind_the_last_checkpoint_is_seen(
    works: Works, settings: Settings, clock: SimulatedClock
) -> None:
    """The cheap check tells of it too."""
    with_key(settings)
    entries(works, 1)
    trail.checkpoint(works, CLERK, "issue")
    clock.advance(-HOUR)
    entries(works, 1)
    assert [step.seq for step in trail.check(works, CLERK, whole=False).clock_steps] == [3]


def test_a_leap_ahead_is_told_by_the_steady_clock(works: Works, clock: SimulatedClock) -> None:
    """A day more on the wall than on the clock nobody can set is a step; a night off is none."""
    clock.steady = 100.0
    entries(works, 1)
    clock.advance(12 * HOUR)
    clock.steady += 12 * 3600
    entries(works, 1)
    assert told(works) == []
    clock.advance(24 * HOUR)
    clock.steady += 60
    entries(works, 2)
    (row,) = told(works)
    assert row.after["seconds"] == 24 * 3600 - 60
    assert row.before["at"] == "2026-11-02T13:01:00.000000Z"


def test_a_step_that_was_rolled_back_is_told_by_the_next_act(works: Works, clock: SimulatedClock) -> None:
    """What was not committed told nobody."""
    clock.steady = 0.0
    entries(works, 1)
    clock.advance(24 * HOUR)
    with suppress(InterruptedError), works.writing(CLERK) as work:
        work.record("document:touch", Ref("document", "CP-12"))
        raise InterruptedError
    assert told(works) == []
    entries(works, 1)
    assert len(told(works)) == 1


def test_the_clock_nobody_can_set() -> None:
    """It only goes on, beside the wall's."""
    clock = SystemClock()
    first, second = clock.ticks(), clock.ticks()
    assert second >= first > 0


@pytest.mark.parametrize(
    ("last", "leap", "seconds"),
    [
        (None, None, None),
        (NOW - HOUR, None, None),
        (NOW + HOUR, None, -3600),
        (NOW + TOLERANCE, None, None),
        (NOW + TOLERANCE + SECOND, None, -121),
        (NOW - 3 * HOUR, TOLERANCE, None),
        (NOW - 3 * HOUR, 2 * HOUR, 7200),
        (None, 2 * HOUR, 7200),
        (NOW - 3 * HOUR, -HOUR, -3600),
        # Another process wrote behind the leap, so it has told of it.
        (NOW - SECOND, 2 * HOUR, None),
    ],
)
def test_what_counts_as_a_step(last: datetime | None, leap: timedelta | None, seconds: int | None) -> None:
    """Back by the entry before, either way by the steady clock; never within the tolerance, never twice."""
    change = step_change(last, NOW, leap)
    assert (change and change.after and change.after["seconds"]) == seconds


@pytest.mark.parametrize(
    ("before", "at", "found"),
    [
        ("2026-11-02T01:00:00.000000Z", "2026-11-02T00:57:59.000000Z", True),
        ("2026-11-02T01:00:00.000000Z", "2026-11-02T00:58:00.000000Z", False),
        ("2026-11-02T01:00:00.000000Z", "no instant", False),
        ("2026-11-02T01:00:00.000000Z", "2026-11-02", False),
    ],
)
def test_steps_of_old_entries(before: str, at: str, found: bool) -> None:  # noqa: FBT001 - a column of the table
    """Written instants are compared alike; what is none is for the walk to name, not for this."""
    assert (clock_step(5, before, at) is not None) is found
