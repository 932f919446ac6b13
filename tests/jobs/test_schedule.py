"""When a job may run: pure rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from qms.jobs import LEASE, MAX_ATTEMPTS, State, back_off
from qms.jobs.schedule import FARTHEST, OPEN, after_failure, may_run, used_up

NOW = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("attempt", "seconds"), [(1, 15), (2, 30), (3, 60), (4, 120), (8, 1920), (9, 3600), (10**6, 3600)]
)
def test_back_off_doubles_up_to_an_hour(attempt: int, seconds: int) -> None:
    """At least the stated wait, at most a quarter more, the same for the same key."""
    wait = back_off(attempt, "CP-12")
    assert timedelta(seconds=seconds) <= wait < timedelta(seconds=seconds * 1.25)
    assert wait == back_off(attempt, "CP-12")


def test_back_off_spreads_by_key() -> None:
    """Jobs that failed together do not come back together."""
    assert len({back_off(3, f"CP-{number}") for number in range(50)}) > 40


def test_failure_leads_to_another_attempt_or_to_death() -> None:
    """The last attempt is the last."""
    assert after_failure(1, NOW, "k") == (State.QUEUED, NOW + back_off(1, "k"))
    assert after_failure(MAX_ATTEMPTS - 1, NOW)[0] is State.QUEUED
    assert after_failure(MAX_ATTEMPTS, NOW) == (State.DEAD, NOW)


@pytest.mark.parametrize(
    ("state", "not_before", "leased_until", "may"),
    [
        (State.QUEUED, NOW, None, True),
        (State.QUEUED, NOW + LEASE, None, False),
        (State.RUNNING, NOW, NOW + LEASE, False),
        (State.RUNNING, NOW, NOW, True),
        (State.RUNNING, NOW, NOW + FARTHEST, False),
        (State.RUNNING, NOW, NOW + FARTHEST + LEASE, True),
        (State.RUNNING, NOW, None, False),
        (State.DONE, NOW, None, False),
        (State.DEAD, NOW, NOW, False),
        (State.CANCELLED, NOW, None, False),
    ],
)
def test_what_may_run(
    state: State, not_before: datetime, leased_until: datetime | None, *, may: bool
) -> None:
    """Queued and due, or left behind by a worker that fell silent; nothing else."""
    assert may_run(state, not_before, leased_until, NOW) is may


def test_what_is_used_up() -> None:
    """Only a job left behind in its last attempt."""
    assert used_up(State.RUNNING, MAX_ATTEMPTS)
    assert not used_up(State.RUNNING, MAX_ATTEMPTS - 1)
    assert not used_up(State.QUEUED, MAX_ATTEMPTS)
    assert {State.QUEUED, State.RUNNING} == OPEN
