"""Jobs that fall silent, fail for ever, hang or eat memory: done once, or given up with a reason (REL-16)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from qms import documents, jobs, trail
from qms.documents.lifecycle import State
from qms.jobs import LEASE, MAX_ATTEMPTS
from qms.kernel.vault import LocalVault
from qms.rendering import Pool
from qms.runtime import Runtime, register
from qms.search import open_search
from qms.worker.loop import Loop
from tests.documents import factories
from tests.documents.factories import EVERYTHING, SERVICE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qms.kernel.clock import SimulatedClock
    from qms.kernel.refs import Ref
    from qms.kernel.settings import Settings
    from qms.kernel.work import Works
    from tests.documents.factories import Organisation

ENDLESS = "第一段。\n\n" * 20_000


@pytest.fixture
def made(works: Works) -> Organisation:
    """The people, with a key for the trail."""
    folder = works.settings.at(works.settings.keys)
    folder.mkdir(mode=0o700, parents=True)
    trail.make_key(folder)
    return factories.organisation(works)


@pytest.fixture
def loop(works: Works, settings: Settings, made: Organisation) -> Iterator[Loop]:
    """A worker of one lane over the workspace of the people."""
    del made
    found = Loop(
        Runtime(settings, works.engine, works, open_search(settings, register()), demo=False), lanes=1
    )
    yield found
    found.close()


def _released(made: Organisation, number: str = "CP-07", **more: str) -> Ref:
    ref = factories.approved(made, factories.source(number, language="en", **more))
    factories.release(made, ref)
    return ref


def _job(made: Organisation, ref: Ref) -> jobs.JobView:
    with made.works.reading(SERVICE, EVERYTHING) as work:
        found = jobs.latest(work.session, "documents.issue", str(ref))
    assert found is not None
    return found


def _entries(made: Organisation, ref: Ref) -> list[str]:
    with made.works.reading(SERVICE, EVERYTHING) as work:
        return [row.action for row in trail.history(work.session, ref, 100)]


def _is_given_up(made: Organisation, ref: Ref, reason: str) -> None:
    """The job is dead, its revision approved with the reason, and the releaser may order it again."""
    row = factories.state(made, ref)
    assert _job(made, ref).state is jobs.State.DEAD
    assert (row.state, reason in (row.issue_failure or "")) == (State.APPROVED, True)
    assert _entries(made, ref).count("document:revision:fail-issue") == 1
    with made.acting("controller") as work:
        documents.retry_issue(work, ref)
    assert (factories.state(made, ref).state, _job(made, ref).state) == (State.ISSUING, jobs.State.QUEUED)


def test_a_job_that_kills_its_workers_is_given_up_and_the_queue_moves_on(
    made: Organisation, loop: Loop, works: Works, clock: SimulatedClock
) -> None:
    """Dead letter after the last attempt; without `Loop._died` its revision is "being issued" for ever."""
    bad = _released(made)
    for _ in range(MAX_ATTEMPTS):
        assert jobs.claim(works, SERVICE, ("documents.issue",)) is not None  # and never heard of again
        clock.advance(LEASE)
    good = _released(made, "CP-08")
    assert loop.turn()
    assert factories.state(made, good).state is State.ISSUED
    assert not loop.turn()
    _is_given_up(made, bad, "")


def test_a_job_that_fails_every_time_is_given_up(
    made: Organisation, loop: Loop, clock: SimulatedClock
) -> None:
    """What it needs is not there: tried five times, later each time, and then told on the document."""
    ref = _released(made)
    vault = made.works.vault
    assert isinstance(vault, LocalVault)
    source = vault.path(factories.state(made, ref).source_digest)
    source.rename(source.with_suffix(".away"))
    for _ in range(MAX_ATTEMPTS):
        assert loop.turn()
        assert not loop.turn()  # it waits before it is tried again
        clock.advance(timedelta(hours=2))
    assert not loop.turn()
    source.with_suffix(".away").rename(source)
    _is_given_up(made, ref, "There is no stored content")


@pytest.mark.nightly
def test_a_sheet_that_never_ends_is_killed_and_the_others_go_on(made: Organisation, loop: Loop) -> None:
    """REL-18: its process is killed at the limit, its job marked failed, the next one is done."""
    bad = _released(made, body="{#purpose}\n# 1 Purpose\n\n" + ENDLESS)
    good = _released(made, "CP-08")
    loop.pool.close()
    loop.pool = Pool(seconds=3)
    assert loop.turn()
    loop.pool.seconds = 60
    assert loop.turn()
    assert factories.state(made, good).state is State.ISSUED
    _is_given_up(made, bad, "3")


@pytest.mark.nightly
def test_a_sheet_that_eats_memory_is_killed_and_the_others_go_on(made: Organisation, loop: Loop) -> None:
    """REL-18: refused by its limit, not by the machine."""
    bad = _released(made, body="{#purpose}\n# 1 Purpose\n\n" + ENDLESS)
    good = _released(made, "CP-08")
    loop.pool.close()
    with Pool(megabytes=560) as small:
        loop.pool = small
        assert loop.turn()
    loop.pool = Pool()
    assert loop.turn()
    assert factories.state(made, good).state is State.ISSUED
    _is_given_up(made, bad, "560")


def test_a_second_worker_finds_the_work_done(
    made: Organisation, loop: Loop, works: Works, clock: SimulatedClock
) -> None:
    """One falls silent, another takes over: issued once, and a late end of the first is refused."""
    ref = _released(made)
    late = jobs.claim(works, SERVICE, ("documents.issue",))
    assert late is not None
    clock.advance(LEASE)
    assert loop.turn()
    assert _entries(made, ref).count("document:revision:issue") == 1
    with pytest.raises(jobs.LeaseLost), works.writing(SERVICE, EVERYTHING) as work:
        jobs.finish(work, late)
    assert _job(made, ref).state is jobs.State.DONE
