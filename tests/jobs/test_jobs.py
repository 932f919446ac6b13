"""Jobs from the act that causes them to their end, on both databases (law 2, REL-05)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from qms import jobs, trail
from qms.jobs import LEASE, MAX_ATTEMPTS, Claim, State
from qms.jobs.describe import SILENT, STATES
from qms.jobs.schedule import may_run
from qms.kernel.errors import Conflict
from qms.kernel.ports import Actor, Rights

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

    from qms.kernel.clock import SimulatedClock
    from qms.kernel.work import Works

WORKER = Actor("service:worker-1", "worker 1")
OTHER = Actor("service:worker-2", "worker 2")
MANAGER = Rights(permissions={"jobs:manage": None})
RENDER = {"render"}


def enqueue(works: Works, key: str = "CP-12", kind: str = "render", **more: Any) -> int:
    """A job in a Work of its own; gives its id."""
    with works.writing(WORKER) as work:
        return jobs.enqueue(work, kind, key, {"number": key, "list": [1, None]}, **more).id


def take(works: Works, actor: Actor = WORKER) -> Claim:
    """A claim on the one job that is due."""
    claim = jobs.claim(works, actor, RENDER)
    assert claim is not None
    return claim


def view(works: Works, job_id: int) -> jobs.JobView:
    with works.reading(WORKER) as work:
        return jobs.job(work.session, job_id)


def test_from_act_to_end(works: Works, clock: SimulatedClock) -> None:
    """Enqueued, claimed, reported on, finished with a result; shown at each step."""
    job_id = enqueue(works)
    assert view(works, job_id).state is State.QUEUED
    clock.advance(timedelta(seconds=5))
    claim = take(works)
    assert (claim.id, claim.kind, claim.key, claim.attempt) == (job_id, "render", "CP-12", 1)
    assert claim.payload == {"number": "CP-12", "list": [1, None]}
    assert claim.leased_until == clock.at + LEASE
    assert claim.created_by == "service:worker-1"
    clock.advance(timedelta(seconds=60))
    with works.writing(WORKER) as work:
        jobs.report(work, claim, "page 3 of 9", done=3, total=9)
    shown = view(works, job_id)
    assert (shown.state, shown.progress, shown.done, shown.total) == (State.RUNNING, "page 3 of 9", 3, 9)
    assert shown.leased_until == clock.at + LEASE
    assert shown.worker == "service:worker-1"
    with works.writing(WORKER) as work:
        jobs.finish(work, claim, {"digest": "ab"})
    ended = view(works, job_id)
    assert (ended.state, ended.result, ended.ended_at) == (State.DONE, {"digest": "ab"}, clock.at)
    assert (ended.worker, ended.leased_until, ended.error) == (None, None, None)
    assert jobs.claim(works, WORKER, RENDER) is None


def test_a_job_lives_and_dies_with_its_act(works: Works) -> None:
    """An act that is refused leaves no job (law 2)."""

    def act() -> None:
        with works.writing(WORKER) as work:
            jobs.enqueue(work, "render", "CP-12", {})
            raise Conflict

    with pytest.raises(Conflict):
        act()
    with works.reading(WORKER) as work:
        assert jobs.listing(work.session) == []


def test_asking_twice_is_asking_once(works: Works) -> None:
    """One open job for kind and key; after its end there may be another."""
    first = enqueue(works)
    assert enqueue(works) == first
    assert enqueue(works, kind="index") != first
    claim = take(works)
    assert enqueue(works) == first
    with works.writing(WORKER) as work:
        jobs.finish(work, claim)
    again = enqueue(works)
    assert again != first
    with works.reading(WORKER) as work:
        newest = jobs.latest(work.session, "render", "CP-12")
        assert newest is not None
        assert newest.id == again
        assert jobs.latest(work.session, "render", "CP-99") is None


def test_the_schema_allows_one_open_job(works: Works, engine: Engine) -> None:
    """Also for direct SQL (law 12)."""
    enqueue(works)
    copy = text(
        "INSERT INTO job (id, kind, key, payload, state, not_before, attempts, progress, done, total, "
        "created_at, created_by) SELECT 99, kind, key, payload, state, not_before, attempts, progress, "
        "done, total, created_at, created_by FROM job"
    )
    lease = text("UPDATE job SET state = 'running'")
    with engine.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(copy)
    with engine.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(lease)


def test_order_and_kinds(works: Works, clock: SimulatedClock) -> None:
    """The longest waiting first; only the asked kinds; nothing before its time."""
    later = enqueue(works, "later", not_before=clock.at + timedelta(minutes=1))
    second = enqueue(works, "second")
    earlier = enqueue(works, "earlier", not_before=clock.at - timedelta(hours=1))
    assert jobs.claim(works, WORKER, {"mail"}) is None
    assert jobs.claim(works, WORKER, set()) is None
    assert [take(works).id, take(works).id] == [earlier, second]
    assert jobs.claim(works, WORKER, RENDER) is None
    clock.advance(timedelta(minutes=1))
    assert take(works).id == later


def test_a_silent_worker_is_replaced_and_its_attempt_does_not_count(
    works: Works, clock: SimulatedClock
) -> None:
    """When the lease runs out another takes over; the first can no longer report, finish or fail."""
    job_id = enqueue(works)
    first = take(works)
    clock.advance(LEASE - timedelta(microseconds=1))
    assert jobs.claim(works, OTHER, RENDER) is None
    clock.advance(timedelta(microseconds=1))
    second = take(works, OTHER)
    assert (second.id, second.attempt) == (job_id, 2)

    def late(verb: str) -> None:
        with works.writing(WORKER) as work:
            enqueued = jobs.enqueue(work, "mail", verb, {})
            assert enqueued.id
            verbs: dict[str, Callable[[], object]] = {
                "finish": lambda: jobs.finish(work, first),
                "report": lambda: jobs.report(work, first, ""),
                "fail": lambda: jobs.fail(work, first, "x"),
                "refuse": lambda: jobs.refuse(work, first, "x"),
            }
            verbs[verb]()

    for verb in ("finish", "report", "fail", "refuse"):
        with pytest.raises(jobs.LeaseLost):
            late(verb)
    with works.writing(OTHER) as work:
        jobs.finish(work, second)
    with pytest.raises(jobs.LeaseLost):
        late("finish")
    with works.reading(WORKER) as work:
        assert [one.kind for one in jobs.listing(work.session)] == ["render"]


def test_reporting_keeps_the_lease(works: Works, clock: SimulatedClock) -> None:
    """A long job that says so is not taken away."""
    enqueue(works)
    claim = take(works)
    for _ in range(5):
        clock.advance(LEASE - timedelta(seconds=1))
        with works.writing(WORKER) as work:
            jobs.report(work, claim, "still at it")
        assert jobs.claim(works, OTHER, RENDER) is None


def test_failure_backs_off_then_dies_and_is_journalled(works: Works, clock: SimulatedClock) -> None:
    """Each attempt later than the last; after the fifth it waits for a person, with its reason."""
    job_id = enqueue(works)
    waits = []
    for attempt in range(1, MAX_ATTEMPTS + 1):
        claim = take(works)
        assert claim.attempt == attempt
        with works.writing(WORKER) as work:
            state = jobs.fail(work, claim, f"fault {attempt} " + "x" * 9000)
        shown = view(works, job_id)
        assert shown.state is state
        assert not may_run(state, shown.not_before, shown.leased_until, clock.at)
        if state is State.QUEUED:
            waits.append(shown.not_before - clock.at)
            clock.at = shown.not_before
    assert waits == sorted(waits)
    assert len(waits) == MAX_ATTEMPTS - 1
    assert shown.state is State.DEAD
    assert shown.error is not None
    assert shown.error.startswith("fault 5")
    assert len(shown.error) == 4000
    clock.advance(timedelta(days=9))
    assert jobs.claim(works, WORKER, RENDER) is None
    with works.reading(WORKER) as work:
        (row,) = trail.since(work.session, 0)
    assert (row.action, row.ref.key, row.after["key"]) == ("job:die", str(job_id), "CP-12")
    assert "(render) failed for good: fault 5" in trail.describe(row, "en", jobs.SENTENCES)


def test_a_job_that_kills_its_workers_dies(works: Works, clock: SimulatedClock) -> None:
    """Falling silent counts as an attempt, so one bad job cannot kill workers for ever."""
    job_id = enqueue(works)
    for _ in range(MAX_ATTEMPTS):
        take(works)
        clock.advance(LEASE)
    following = enqueue(works, "CP-13")
    assert take(works).id == following
    shown = view(works, job_id)
    assert (shown.state, shown.error, shown.attempts) == (State.DEAD, SILENT, MAX_ATTEMPTS)
    with works.reading(WORKER) as work:
        assert [row.action for row in trail.since(work.session, 0)] == ["job:die"]


def test_a_refused_job_is_not_tried_again(works: Works) -> None:
    """What can never succeed is dead at once."""
    job_id = enqueue(works)
    claim = take(works)
    with works.writing(WORKER) as work:
        jobs.refuse(work, claim, "the character 𠀀 has no glyph")
    assert (view(works, job_id).state, view(works, job_id).attempts) == (State.DEAD, 1)


def dead(works: Works, key: str = "CP-12") -> int:
    """A job that has died."""
    job_id = enqueue(works, key)
    claim = take(works)
    with works.writing(WORKER) as work:
        jobs.refuse(work, claim, "no")
    return job_id


def test_retry_gives_a_dead_job_new_attempts(works: Works) -> None:
    """By a person with the permission, with an entry that says why."""
    job_id = dead(works)
    with works.writing(OTHER, MANAGER) as work:
        jobs.retry(work, job_id, "font added")
    assert (take(works).id, view(works, job_id).attempts) == (job_id, 1)
    with works.reading(WORKER) as work:
        row = trail.since(work.session, 1)[0]
    assert (row.action, row.actor, row.why) == ("job:retry", OTHER.id, "font added")
    assert row.before == {"state": "dead", "attempts": 1}


def test_cancel_ends_an_open_job(works: Works) -> None:
    """Waiting or running; whoever runs it learns so when it wants to decide something."""
    waiting, running = enqueue(works, "a"), enqueue(works, "b")
    with works.writing(OTHER, MANAGER) as work:
        jobs.cancel(work, waiting)
    claim = take(works)
    assert claim.id == running
    with works.writing(OTHER, MANAGER) as work:
        jobs.cancel(work, running, "not needed")
    with works.writing(WORKER) as work, pytest.raises(jobs.LeaseLost):
        jobs.finish(work, claim)
    assert view(works, running).state is State.CANCELLED
    with works.writing(OTHER, MANAGER) as work:
        jobs.retry(work, running)
    assert take(works).id == running


def test_wrong_states_and_wrong_role_are_refused(works: Works) -> None:
    """Each refusal is its own fact."""
    job_id = dead(works)
    with works.writing(OTHER) as work, pytest.raises(jobs.MayNotManageJobs):
        jobs.retry(work, job_id)
    with works.writing(OTHER) as work, pytest.raises(jobs.MayNotManageJobs):
        jobs.cancel(work, job_id)
    with works.writing(OTHER, MANAGER) as work, pytest.raises(jobs.JobMissing):
        jobs.retry(work, 999)
    with works.reading(OTHER) as work, pytest.raises(jobs.JobMissing):
        jobs.job(work.session, 999)
    with works.writing(OTHER, MANAGER) as work, pytest.raises(jobs.JobEnded, match="failed for good"):
        jobs.cancel(work, job_id)
    other = enqueue(works)
    with works.writing(OTHER, MANAGER) as work, pytest.raises(jobs.JobAlreadyOpen, match=str(other)):
        jobs.retry(work, job_id)
    with works.writing(OTHER, MANAGER) as work, pytest.raises(jobs.JobStillOpen, match="waiting"):
        jobs.retry(work, other)


def test_listing_and_counts(works: Works) -> None:
    """The newest first, by state and kind, page by page."""
    gone = dead(works)
    ids = [enqueue(works, f"k{number}") for number in range(3)]
    mail = enqueue(works, kind="mail")
    with works.reading(WORKER) as work:
        assert [one.id for one in jobs.listing(work.session)] == [mail, *ids[::-1], gone]
        assert [one.id for one in jobs.listing(work.session, {State.DEAD})] == [gone]
        assert [one.id for one in jobs.listing(work.session, kind="mail")] == [mail]
        assert [one.id for one in jobs.listing(work.session, below=ids[1], limit=1)] == [ids[0]]
        counts = jobs.counts(work.session)
    assert counts == {**dict.fromkeys(State, 0), State.QUEUED: 4, State.DEAD: 1}
    assert set(STATES) == set(State)
