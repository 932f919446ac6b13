"""The worker has the newest checkpoint stamped, once, and asks again later (TRL-11, law 2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from qms import jobs, trail
from qms.runtime import KEEPER, Runtime, every_permission, register
from qms.search import open_search
from qms.worker.loop import Loop
from qms.worker.trail import STAMP
from tests.trail.authority import authority
from tests.trail.factories import CLERK, entries, with_key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from qms.kernel.clock import SimulatedClock
    from qms.kernel.work import Works
    from tests.trail.authority import Authority


@pytest.fixture
def tsa(tmp_path: Path) -> Iterator[Authority]:
    """An authority on this machine."""
    with authority(tmp_path / "authority") as made:
        yield made


@pytest.fixture
def loop(works: Works, tsa: Authority) -> Iterator[Loop]:
    """A worker of a workspace that knows the authority and has a checkpoint."""
    settings = replace(works.settings, timestamp_url=tsa.url, timestamp_certificates=tsa.root)
    works.settings = settings
    with_key(settings)
    entries(works, 2)
    trail.checkpoint(works, CLERK, "issue")
    made = Loop(
        Runtime(settings, works.engine, works, open_search(settings, register()), demo=False), lanes=1
    )
    yield made
    made.close()


def states(loop: Loop) -> list[jobs.State]:
    with loop.runtime.works.reading(KEEPER) as work:
        return [job.state for job in jobs.listing(work.session, kind=STAMP)]


def count(loop: Loop) -> int:
    with loop.runtime.works.reading(KEEPER) as work:
        return len(trail.stamps(work.session))


def test_the_newest_checkpoint_is_stamped_once(loop: Loop) -> None:
    """Ordered, asked for outside, recorded in the transaction that ends the job."""
    assert (loop.stamp(), loop.stamp()) == (True, False)
    assert loop.turn()
    assert (states(loop), count(loop)) == ([jobs.State.DONE], 1)
    assert (loop.stamp(), loop.turn()) == (False, False)
    trail.checkpoint(loop.runtime.works, CLERK, "issue")
    assert loop.stamp()


def test_nothing_is_ordered_where_nobody_is_configured(loop: Loop) -> None:
    """Without an authority the worker asks nothing of the database."""
    loop.runtime.works.settings = replace(loop.runtime.works.settings, timestamp_url="")
    assert not loop.stamp()
    assert states(loop) == []


def test_an_authority_that_answers_later(loop: Loop, tsa: Authority, clock: SimulatedClock) -> None:
    """A wrong answer is a failed attempt; the next one may be right."""
    tsa.spoil = lambda _: b"not now"
    loop.stamp()
    loop.turn()
    assert (states(loop), count(loop)) == ([jobs.State.QUEUED], 0)
    tsa.spoil = lambda answer: answer
    clock.advance(timedelta(minutes=5))
    loop.turn()
    assert (states(loop), count(loop)) == ([jobs.State.DONE], 1)


def test_what_only_a_person_can_mend_ends_the_job(loop: Loop, tmp_path: Path) -> None:
    """Lost certificates are no reason to ask five times, nor to order it again and again."""
    works = loop.runtime.works
    loop.stamp()
    works.settings = replace(works.settings, timestamp_certificates=tmp_path / "none.pem")
    loop.turn()
    assert states(loop) == [jobs.State.DEAD]
    assert not loop.stamp()


def test_a_new_checkpoint_before_the_certificate_ends(loop: Loop, clock: SimulatedClock) -> None:
    """The worker signs one more, which covers the stamp so far, and has it stamped."""
    loop.stamp()
    loop.turn()
    clock.advance(timedelta(days=799))
    assert loop.stamp()
    loop.turn()
    with loop.runtime.works.reading(KEEPER) as work:
        newest, first = trail.stamps(work.session)
    assert newest.size > first.size + 1
    assert trail.check(loop.runtime.works, CLERK).ok


def test_the_day_job_asks_for_reviews(loop: Loop, clock: SimulatedClock) -> None:
    """It runs with the other parts of the day (law 5)."""
    clock.advance(timedelta(days=40))
    loop.day()
    with loop.runtime.works.writing(KEEPER, every_permission()) as work:
        assert [row.action for row in trail.browse(work.session, action="trail-review:")] == [
            "trail-review:open"
        ]
