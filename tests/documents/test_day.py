"""The day job: what dates bring about, exactly once and in order, whatever happened (law 5)."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from qms import documents, tasks, trail
from qms.accounts.models import Membership
from qms.documents import errors
from qms.documents.models import Enactment, Outcome, PeriodicReview
from qms.documents.operations import force, reading, recurring
from qms.kernel.refs import Ref
from tests.documents import factories

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qms.kernel.clock import SimulatedClock
    from qms.kernel.errors import Problem
    from qms.kernel.work import Work, Works
    from tests.documents.factories import Organisation

TODAY = date(2026, 11, 2)


@pytest.fixture
def made(works: Works) -> Organisation:
    """The people."""
    return factories.organisation(works)


class Schedules:
    """A Section that writes down what it is told."""

    key = "schedules"

    def __init__(self) -> None:
        self.told: list[tuple[str, str, date]] = []

    def check(self, work: Work, value: Any, head: Mapping[str, Any]) -> Sequence[Problem]:  # noqa: ARG002
        """Everything is well."""
        return ()

    def preview(self, work: Work, old: Any, new: Any) -> Sequence[str]:  # noqa: ARG002
        """Nothing to say."""
        return ()

    def enter(self, work: Work, revision: Ref, value: Any, on: date) -> None:  # noqa: ARG002
        """Write it down."""
        self.told.append(("enter", revision.key, on))

    def leave(self, work: Work, revision: Ref, value: Any, on: date) -> None:  # noqa: ARG002
        """Write it down."""
        self.told.append(("leave", revision.key, on))


def passages(made: Organisation) -> list[tuple[str, str]]:
    """Every entering and leaving in the order of the trail."""
    wanted = {"document:revision:enter-force": "enter", "document:revision:leave-force": "leave"}
    with made.works.reading(factories.SERVICE, factories.EVERYTHING) as work:
        found = trail.since(work.session, 0, 10_000)
    return [(wanted[row.action], row.ref.key) for row in found if row.action in wanted]


def test_a_server_off_over_the_dates_catches_up_in_order(made: Organisation, clock: SimulatedClock) -> None:
    """Three revisions of one document and one of another, all due while nobody ran: by day, leaving first."""
    section = Schedules()
    made.works.ports = {"sections": [section]}
    more = "schedules: [{id: yearly, every: 12 months}]"
    factories.issued(made, more=more)
    factories.issued(made, None, TODAY + timedelta(days=2), reason="More", more=more)
    factories.issued(made, None, TODAY + timedelta(days=4), reason="Yet more", more=more)
    factories.issued(made, factories.source("CP-08", more=more), TODAY + timedelta(days=3), file="CP-08.md")
    clock.advance(timedelta(days=30))
    assert factories.run_day(made).enacted == 5
    expected = [
        ("enter", "CP-07@zh-Hans@A/0"),
        ("leave", "CP-07@zh-Hans@A/0"),
        ("enter", "CP-07@zh-Hans@A/1"),
        ("enter", "CP-08@zh-Hans@A/0"),
        ("leave", "CP-07@zh-Hans@A/1"),
        ("enter", "CP-07@zh-Hans@A/2"),
    ]
    assert passages(made) == expected
    assert [(verb, key) for verb, key, _ in section.told] == expected
    assert [on for _, _, on in section.told] == [TODAY + timedelta(days=days) for days in (0, 2, 2, 3, 4, 4)]
    assert factories.run_day(made).enacted == 0
    assert passages(made) == expected


def test_two_workers_enact_once(made: Organisation, clock: SimulatedClock) -> None:
    """Both start at the same moment; together they enact each passage once."""
    factories.issued(made, None, TODAY + timedelta(days=1))
    clock.advance(timedelta(days=1))
    barrier = threading.Barrier(2)
    counts: list[int] = []

    def run() -> None:
        barrier.wait()
        counts.append(factories.run_day(made).enacted)

    workers = [threading.Thread(target=run) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(counts) == [0, 1]
    assert passages(made) == [("enter", "CP-07@zh-Hans@A/0")]


@pytest.mark.parametrize("step", ["mark", "owe", "review", "trail"])
def test_a_day_job_killed_half_way_leaves_nothing_and_is_done_again(
    made: Organisation, clock: SimulatedClock, step: str
) -> None:
    """All of it or nothing: after the kill there is no passage, no task, no entry; then one of each."""
    factories.issued(made, None, TODAY + timedelta(days=1))
    clock.advance(timedelta(days=1))

    def child(works: Works) -> None:
        if step == "trail":
            works.append = factories.die
        else:
            module, name = {"mark": (force, "_mark"), "owe": (reading, "owe")}.get(
                step, (recurring.Recurring, "owe_due")
            )
            setattr(module, name, factories.die)
        with works.writing(factories.SERVICE, factories.EVERYTHING) as work:
            documents.day.run(work)

    assert factories.in_a_process(made, child) == factories.KILLED
    assert passages(made) == []
    with made.works.reading(factories.SERVICE, factories.EVERYTHING) as work:
        assert work.session.scalar(select(func.count()).select_from(Enactment)) == 0
    assert factories.run_day(made).enacted == 1
    assert passages(made) == [("enter", "CP-07@zh-Hans@A/0")]
    with made.works.reading(factories.SERVICE, factories.EVERYTHING) as work:
        owed = tasks.outstanding(work.session, "documents:read", Ref("revision", "CP-07@zh-Hans@A/0"))
    assert len({task.person_id for task in owed}) == len(owed) > 0


def test_joiners_owe_the_reading_and_movers_drop_out(made: Organisation, clock: SimulatedClock) -> None:
    """Computed from membership on the day, joiners from the day they joined (DOC-07)."""
    ref = factories.issued(made, more="distribution: {departments: [credit], read-within: 5 days}")
    with made.service() as work:
        factories.add(
            work, made, "joiner", role="reader", department="outlet-east", since=TODAY + timedelta(days=3)
        )
    clock.advance(timedelta(days=4))
    factories.run_day(made)

    def due() -> dict[str, date | None]:
        with made.looking("controller") as work:
            return {
                reader.name: reader.due_on
                for reader in documents.outstanding(work.session, work.rights, ref, work.today)
            }

    assert due() == {"Reader": TODAY + timedelta(days=5), "Joiner": TODAY + timedelta(days=8)}
    with made.service() as work:
        moved = select(Membership).where(Membership.person_id == made.ids["reader"])
        work.session.scalars(moved).one().until_on = work.today
    clock.advance(timedelta(days=1))
    factories.run_day(made)
    assert list(due()) == ["Joiner"]


def test_nobody_is_asked_to_review_what_they_may_not_see(made: Organisation, clock: SimulatedClock) -> None:
    """Who leads every department, the owner's too, is not asked for what was given to one alone (law 11)."""
    with made.service() as work:
        everywhere = factories.add(work, made, "leads-all", role="department-head")
    factories.issued(made, more="review-every: 12 months\ndistribution: {departments: [risk]}")
    clock.advance(timedelta(days=340))
    assert factories.run_day(made).reviews == 1
    with made.looking("risk-head") as work:
        for person, count in ((made.ids["risk-head"], 1), (everywhere, 0)):
            owed = tasks.inbox(work.session, person, work.today)
            assert sum(task.kind == "documents:periodic-review" for task in owed) == count


def test_periodic_reviews_are_owed_and_concluded(made: Organisation, clock: SimulatedClock) -> None:
    """Thirty days ahead the head of the owner finds a task; the outcome plans the next one (DOC-13)."""
    ref = factories.issued(made, more="review-every: 12 months")
    clock.advance(timedelta(days=300))
    assert factories.run_day(made).reviews == 0
    clock.advance(timedelta(days=40))
    assert factories.run_day(made).reviews == 1
    assert factories.run_day(made).reviews == 0
    with made.looking("risk-head") as work:
        owed = tasks.inbox(work.session, made.ids["risk-head"], work.today)
    assert [task.due_on for task in owed if task.kind == "documents:periodic-review"] == [date(2027, 11, 2)]

    def conclude(login: str, note: str) -> None:
        with made.acting(login) as work:
            documents.conclude_periodic_review(work, ref, Outcome.KEEP, note)

    with pytest.raises(errors.NotAllowedHere):
        conclude("deputy", "Fine")
    with pytest.raises(errors.ReasonMissing):
        conclude("risk-head", "")
    conclude("risk-head", "Still right")
    with made.works.reading(factories.SERVICE, factories.EVERYTHING) as work:
        found = work.session.scalars(select(PeriodicReview).order_by(PeriodicReview.id)).all()
    assert [(each.outcome, each.due_on) for each in found] == [
        (Outcome.KEEP, date(2027, 11, 2)),
        (None, date(2028, 10, 8)),
    ]
    draft = factories.drafted(made, reason="More", summary="More")
    with pytest.raises(errors.ReviewMissing), made.acting("risk-head") as work:
        documents.conclude_periodic_review(work, draft, Outcome.KEEP, "Fine")
