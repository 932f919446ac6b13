"""Several at the same moment on the same thing, by the operations themselves (REL-05, SEC-28)."""

from __future__ import annotations

import threading
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest

from qms import documents, tasks, trail
from qms.documents import errors
from qms.documents.lifecycle import State
from tests.crash.invariants import two_in_force
from tests.documents import factories
from tests.documents.test_concurrency import at_once
from tests.documents.test_operations_withdrawal import approve, ask, decide, review

if TYPE_CHECKING:
    from qms.kernel.clock import SimulatedClock
    from qms.kernel.refs import Ref
    from qms.kernel.work import Works
    from tests.documents.factories import Organisation

MANY = 8


@pytest.fixture
def made(works: Works) -> Organisation:
    """The people."""
    return factories.organisation(works)


def entries(made: Organisation, ref: Ref, verb: str) -> int:
    """How many entries of a kind a revision has."""
    with made.works.reading(factories.SERVICE, factories.EVERYTHING) as work:
        told = [row.action for row in trail.history(work.session, ref, 100)]
    return told.count(f"document:revision:{verb}")


def test_a_withdrawal_and_the_next_issue_at_once_leave_one_in_force(
    made: Organisation, clock: SimulatedClock
) -> None:
    """Whichever comes first, the other fits on it or is refused; no day ever has two (DOC-03, law 6)."""
    first = factories.issued(made)
    clock.advance(timedelta(days=1))
    ask(made, first)
    review(made, first)
    approve(made, first)
    second = factories.approved(made, None, reason="It got better", summary="Changed")
    plan = factories.release(made, second)
    ends = at_once([lambda: decide(made, first), lambda: factories.decide(made, plan)])
    assert ends["done"] >= 1
    assert sum(ends.values()) == 2
    assert factories.state(made, second).state is State.ISSUED
    with made.works.reading(factories.SERVICE, factories.EVERYTHING) as work:
        assert list(two_in_force(work.session)) == []
        assert documents.in_force(work.session, work.rights, "CP-07", "zh-Hans", work.today).label == "A/1"
    assert factories.trail_is_whole(made)


def test_one_withdrawal_of_many_is_asked_for(made: Organisation) -> None:
    """Four times the same request: one is open, the others are told so."""
    ref = factories.issued(made)
    ends = at_once([lambda: ask(made, ref)] * 4)
    assert ends == {"done": 1, errors.WithdrawalOpen.__name__: 3}
    assert entries(made, ref, "ask-withdrawal") == 1


def test_a_withdrawal_is_decided_once(made: Organisation, clock: SimulatedClock) -> None:
    """Four last signatures of one person: the validity ends once."""
    ref = factories.issued(made)
    clock.advance(timedelta(days=1))
    ask(made, ref)
    review(made, ref)
    approve(made, ref)
    ends = at_once([lambda: decide(made, ref)] * 4)
    assert (ends["done"], sum(ends.values())) == (1, 4)
    assert (entries(made, ref, "withdraw"), entries(made, ref, "leave-force")) == (1, 1)


def test_a_reading_is_acknowledged_once(made: Organisation) -> None:
    """Eight confirmations of one person count once, and one task is settled (DOC-07)."""
    ref = factories.issued(made)

    def acknowledge() -> None:
        with made.acting("reader") as work:
            documents.acknowledge(work, ref, password=made.keys["reader"])

    ends = at_once([acknowledge] * MANY)
    assert ends == {"done": 1, errors.AcknowledgedAlready.__name__: MANY - 1}
    assert entries(made, ref, "acknowledge") == 1


def test_one_day_job_of_many_enacts_owes_and_chases(made: Organisation, clock: SimulatedClock) -> None:
    """Four workers at midnight: each passage, each reading and each reminder once (law 5)."""
    more = "distribution: {departments: [credit], read-within: 1 days}"
    first = factories.issued(made, more=more)
    factories.issued(made, None, clock.at.date() + timedelta(days=3), reason="More", more=more)
    clock.advance(timedelta(days=3))
    barrier = threading.Barrier(4)
    done: list[int] = []
    faults: list[BaseException] = []

    def run() -> None:
        barrier.wait()
        try:
            done.append(factories.run_day(made).enacted)
            with made.service() as work:
                tasks.remind(work)
        except BaseException as fault:  # noqa: BLE001 - raised again in the test's own thread
            faults.append(fault)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert sum(done) == 2
    assert (entries(made, first, "enter-force"), entries(made, first, "leave-force")) == (1, 1)
    with made.works.reading(factories.SERVICE, factories.EVERYTHING) as work:
        chased = [row for row in trail.since(work.session, 0, 10_000) if row.action == "task:chase"]
    steps = [(str(row.ref), row.after["task"], row.after["step"]) for row in chased]
    assert len(steps) == len(set(steps))


def test_a_number_is_one_documents_and_the_trail_has_no_gap(made: Organisation) -> None:
    """Two numbers, each wanted twice: each is given once, and who was refused left no hole (TRL-06)."""
    ready = [factories.prepared(made.works, number=number) for number in ("CP-07", "CP-08") * 2]

    def draft(which: int) -> None:
        with made.acting("author") as work:
            documents.draft(work, ready[which])

    ends = at_once([partial(draft, which) for which in range(4)])
    assert (ends["done"], sum(ends.values())) == (2, 4)
    with made.works.reading(factories.SERVICE, factories.EVERYTHING) as work:
        seqs = [row.seq for row in trail.since(work.session, 0, 10_000)]
    assert seqs == list(range(1, len(seqs) + 1))
