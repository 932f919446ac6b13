"""Many at the same moment: check and act are one step (SEC-28, REL-05), with real threads."""

from __future__ import annotations

import threading
from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from qms import documents, trail
from qms.accounts import AlreadySigned
from qms.documents import errors
from qms.documents.lifecycle import State
from qms.documents.models import Document, RouteSignature
from qms.kernel.errors import QmsError
from tests.documents import factories

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from qms.kernel.work import Works
    from tests.documents.factories import Organisation

MANY = 16


@pytest.fixture
def made(works: Works) -> Organisation:
    """The people."""
    return factories.organisation(works)


def at_once(acts: Sequence[Callable[[], object]]) -> Counter[str]:
    """Run all acts at the same moment; count how each ended: `done`, or the name of its refusal."""
    barrier = threading.Barrier(len(acts))
    ends: list[str] = []
    faults: list[BaseException] = []

    def run(act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            act()
        except QmsError as refusal:
            ends.append(refusal.code)
        except BaseException as fault:  # noqa: BLE001 - raised again in the test's own thread
            faults.append(fault)
        else:
            ends.append("done")

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return Counter(ends)


def counted(made: Organisation) -> int:
    """How many signatures count on all routes, over a trail that verifies."""
    assert factories.trail_is_whole(made)
    with made.works.reading(factories.SERVICE, factories.EVERYTHING) as work:
        return work.session.scalar(select(func.count()).select_from(RouteSignature)) or 0


def test_sixteen_tries_of_one_person_count_once(made: Organisation) -> None:
    """One signs, fifteen are told that it is done."""
    more = "route: {review: {posts: [quality-manager, risk-head]}}"
    ref = factories.submitted(made, more=more)
    ends = at_once([lambda: factories.review(made, ref)] * MANY)
    assert ends == {"done": 1, errors.SignedAlready.__name__: MANY - 1} or ends == {
        "done": 1,
        AlreadySigned.__name__: MANY - 1,
    }
    assert counted(made) == 1
    assert factories.state(made, ref).state is State.IN_REVIEW


def test_of_sixteen_persons_in_a_quorum_of_three_exactly_three_count(made: Organisation) -> None:
    """The third signature closes the stage; the other thirteen come too late."""
    with made.service() as work:
        for count in range(MANY):
            factories.add(work, made, f"reviewer-{count}", role="reviewer")
    ref = factories.submitted(made, more="route: {review: {roles: [reviewer], quorum: 3}}")
    acts = [partial(factories.review, made, ref, f"reviewer-{count}") for count in range(MANY)]
    ends = at_once(acts)
    assert ends["done"] == 3
    assert sum(ends.values()) == MANY
    assert counted(made) == 3
    factories.approve(made, ref)
    assert factories.state(made, ref).state is State.APPROVED


def test_of_two_last_approvals_one_closes_the_stage(made: Organisation) -> None:
    """Both holders of the post approve at once; the revision is approved once."""
    with made.service() as work:
        factories.add(work, made, "second", role="approver", post="deputy-general-manager")
    ref = factories.submitted(made)
    factories.review(made, ref)
    ends = at_once([lambda: factories.approve(made, ref), lambda: factories.approve(made, ref, "second")])
    assert (ends["done"], sum(ends.values())) == (1, 2)
    assert counted(made) == 2
    with made.works.reading(factories.SERVICE, factories.EVERYTHING) as work:
        acts = [row.action for row in trail.history(work.session, ref, 100)]
    assert acts.count("document:revision:close-approval") == 1


def test_one_release_wins(made: Organisation) -> None:
    """Several plans of one controller at once: one is signed, one job ordered."""
    ref = factories.approved(made)
    with made.looking("controller") as work:
        plans = [documents.plan_issue(work, ref) for _ in range(4)]

    def release(plan: documents.IssuePlan) -> None:
        with made.acting("controller") as work:
            documents.release(work, plan, password=made.keys["controller"])

    ends = at_once([partial(release, plan) for plan in plans])
    assert (ends["done"], sum(ends.values())) == (1, 4)
    assert factories.state(made, ref).releases == 1


def test_one_number_is_given_once(made: Organisation) -> None:
    """Eight authors draft the same new number; one has it."""
    ready = factories.prepared(made.works)

    def draft() -> None:
        with made.acting("author") as work:
            documents.draft(work, ready)

    ends = at_once([draft] * 8)
    assert (ends["done"], sum(ends.values())) == (1, 8)
    with made.works.reading(factories.SERVICE, factories.EVERYTHING) as work:
        assert work.session.scalars(select(Document.number)).all() == ["CP-07"]


def test_two_writers_of_one_draft_do_not_overwrite_each_other(made: Organisation) -> None:
    """Both saw the same state; one saves, the others are told (REL-05)."""
    ref = factories.drafted(made)
    seen = factories.state(made, ref).row_version

    def save(count: int) -> None:
        ready = factories.prepared(made.works, summary=f"Version {count}")
        with made.acting("writer") as work:
            documents.save_draft(work, ref, ready, expected=seen)

    ends = at_once([partial(save, count) for count in range(4)])
    assert ends == {"done": 1, errors.DraftChanged.__name__: 3}


def test_two_decisions_on_one_plan_are_one(made: Organisation) -> None:
    """A job that runs twice binds the PDF once, and the validity has one row."""
    ref = factories.approved(made)
    plan = factories.release(made, ref)
    ends = at_once([lambda: factories.decide(made, plan)] * 4)
    assert ends == {"done": 4}
    with made.works.reading(factories.SERVICE, factories.EVERYTHING) as work:
        acts = [row.action for row in trail.history(work.session, ref, 100)]
    assert acts.count("document:revision:issue") == acts.count("document:revision:enter-force") == 1
