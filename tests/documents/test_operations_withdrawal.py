"""Withdrawal through the same route with its own signatures (DOC-02), and acknowledgement (DOC-07)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from qms import documents, tasks, trail
from qms.documents import errors
from qms.documents.models import WithdrawalState
from tests.documents import factories

if TYPE_CHECKING:
    from qms.kernel.clock import SimulatedClock
    from qms.kernel.refs import Ref
    from qms.kernel.work import Works
    from tests.documents.factories import Organisation

TODAY = date(2026, 11, 2)


@pytest.fixture
def made(works: Works) -> Organisation:
    """The people."""
    return factories.organisation(works)


def ask(
    made: Organisation, ref: Ref, on: date | None = None, login: str = "author", reason: str = "Not needed"
) -> documents.Asked:
    """Ask for a withdrawal."""
    with made.acting(login) as work:
        return documents.withdraw(work, ref, reason=reason, on=on, password=made.keys[login])


def review(made: Organisation, ref: Ref, login: str = "manager") -> None:
    """Review it."""
    with made.acting(login) as work:
        documents.sign_withdrawal_review(work, ref, password=made.keys[login])


def approve(made: Organisation, ref: Ref, login: str = "deputy") -> None:
    """Approve it."""
    with made.acting(login) as work:
        documents.sign_withdrawal_approval(work, ref, password=made.keys[login])


def decide(made: Organisation, ref: Ref, login: str = "controller") -> None:
    """Decide it."""
    with made.acting(login) as work:
        documents.decide_withdrawal(work, ref, password=made.keys[login])


def label(made: Organisation, day: date) -> str | None:
    """What is in force on a day."""
    with made.works.reading(factories.SERVICE, factories.EVERYTHING) as work:
        try:
            return documents.in_force(work.session, factories.EVERYTHING, "CP-07", "zh-Hans", day).label
        except errors.NothingIssued:
            return None


def test_a_withdrawal_walks_the_route_and_ends_the_validity(made: Organisation) -> None:
    """Asked, reviewed, approved, decided: in force until the day before, then withdrawn for ever."""
    ref = factories.issued(made)
    ask(made, ref, TODAY + timedelta(days=3))
    with made.looking("manager") as work:
        waits = documents.waiting(work.session, work.rights, ref, work.today)
        owed = [task.kind for task in tasks.inbox(work.session, made.ids["manager"], work.today)]
    assert waits is not None
    assert (waits.purpose, waits.names) == ("withdraw", ("Manager",))
    assert "documents:withdraw-review" in owed
    review(made, ref)
    approve(made, ref)
    assert label(made, TODAY + timedelta(days=3)) == "A/0"
    decide(made, ref)
    assert label(made, TODAY + timedelta(days=2)) == "A/0"
    assert label(made, TODAY + timedelta(days=3)) is None
    with made.looking("controller") as work:
        given = documents.signatures(work.session, work.rights, ref, work.today)
        (row,) = documents.timeline(work.session, work.rights, "CP-07", TODAY + timedelta(days=3))
    meanings = [each.meaning for each in given if each.purpose == "withdraw"]
    assert meanings == ["author", "reviewed", "approved", "withdrawn"]
    assert all(each.is_verified for each in given)
    assert row.standing is documents.Standing.WITHDRAWN


def test_each_step_of_a_withdrawal_needs_its_right_and_its_turn(made: Organisation) -> None:
    """Not by a reader, not out of turn, not twice, not without a reason (P11-10f)."""
    ref = factories.issued(made)
    with pytest.raises(errors.WithdrawalMissing):
        review(made, ref)
    with pytest.raises(errors.NotAllowedHere):
        ask(made, ref, login="reader")
    with pytest.raises(errors.ReasonMissing):
        ask(made, ref, reason=" ")
    with pytest.raises(errors.WithdrawalTooEarly):
        ask(made, ref, TODAY - timedelta(days=1))
    ask(made, ref)
    with pytest.raises(errors.WithdrawalOpen):
        ask(made, ref)
    with pytest.raises(errors.StageClosed):
        approve(made, ref)
    with pytest.raises(errors.WithdrawalNotApproved):
        decide(made, ref)
    with pytest.raises(errors.NotInRoute):
        review(made, ref, "risk-head")
    review(made, ref)
    approve(made, ref)
    with pytest.raises(errors.StageClosed):
        approve(made, ref)
    with pytest.raises((errors.NotAllowedHere, errors.NotInRoute)):
        decide(made, ref, "deputy")
    decide(made, ref)
    with pytest.raises(errors.WithdrawalMissing):
        decide(made, ref)
    with pytest.raises(errors.RevisionEnded):
        ask(made, ref, TODAY + timedelta(days=9))


def test_a_draft_is_not_withdrawn(made: Organisation) -> None:
    """There is nothing to withdraw of what was never issued."""
    with pytest.raises(errors.RevisionEnded):
        ask(made, factories.drafted(made))


def test_a_cancelled_withdrawal_may_be_asked_for_again(made: Organisation) -> None:
    """Its signatures lapse and stay; a stranger to the route cannot cancel it."""
    ref = factories.issued(made)
    ask(made, ref, TODAY + timedelta(days=1))
    review(made, ref)

    def cancel(login: str, reason: str = "Still needed") -> None:
        with made.acting(login) as work:
            documents.cancel_withdrawal(work, ref, reason)

    with pytest.raises(errors.NotOnTheRoute):
        cancel("risk-head")
    with pytest.raises(errors.ReasonMissing):
        cancel("deputy", "")
    cancel("deputy")
    with made.looking("controller") as work:
        found = documents.withdrawal(work.session, work.rights, ref, work.today)
        assert found is not None
        assert found.state is WithdrawalState.CANCELLED
        assert documents.waiting(work.session, work.rights, ref, work.today) is None
    assert ask(made, ref, TODAY + timedelta(days=1)).withdrawal.round == 2
    review(made, ref)
    approve(made, ref)
    decide(made, ref)
    assert label(made, TODAY + timedelta(days=1)) is None


def test_a_withdrawal_past_its_day_is_not_decided(made: Organisation, clock: SimulatedClock) -> None:
    """No past is rewritten; the request is cancelled and asked for anew."""
    ref = factories.issued(made)
    ask(made, ref, TODAY + timedelta(days=1))
    review(made, ref)
    approve(made, ref)
    clock.advance(timedelta(days=2))
    with pytest.raises(errors.WithdrawalTooEarly):
        decide(made, ref)


def test_a_future_revision_withdrawn_before_its_day_never_enters(
    made: Organisation, clock: SimulatedClock
) -> None:
    """What it would have superseded goes on, and the day job does nothing on the day (law 5)."""
    factories.issued(made)
    second = factories.revised(made, TODAY + timedelta(days=10))
    ask(made, second, TODAY)
    review(made, second)
    approve(made, second)
    decide(made, second)
    assert label(made, TODAY + timedelta(days=11)) == "A/0"
    clock.advance(timedelta(days=12))
    assert factories.run_day(made).enacted == 0
    with made.works.reading(factories.SERVICE, factories.EVERYTHING) as work:
        acts = [row.action for row in trail.history(work.session, second, 50)]
    assert "document:revision:enter-force" not in acts


def test_what_entered_today_is_out_of_force_today(made: Organisation) -> None:
    """It leaves at once with all it asked for, and what replaces it may enter the same day (law 5)."""
    ref = factories.issued(made, more="distribution: {departments: [credit], read-within: 5 days}")
    assert owes(made, "reader") == [ref.key]
    ask(made, ref, TODAY)
    review(made, ref)
    approve(made, ref)
    assert label(made, TODAY) == "A/0"
    decide(made, ref)
    assert label(made, TODAY) is None
    assert owes(made, "reader") == []
    assert factories.run_day(made).enacted == 0
    with made.looking("controller") as work:
        (row,) = documents.timeline(work.session, work.rights, "CP-07", TODAY)
    with made.works.reading(factories.SERVICE, factories.EVERYTHING) as work:
        acts = [entry.action for entry in trail.history(work.session, ref, 50)]
    assert row.standing is documents.Standing.WITHDRAWN
    assert acts.count("document:revision:enter-force") == acts.count("document:revision:leave-force") == 1
    factories.revised(made, TODAY)
    assert label(made, TODAY) == "A/1"


def test_who_asks_is_told_what_leans_on_it(made: Organisation) -> None:
    """The exact list of documents in force, and only those the person may see (DOC-14, law 11)."""
    ref = factories.issued(made)
    factories.issued(made, factories.source("CP-08", more="references: [CP-07]"), file="CP-08.md")
    hidden = "references: [CP-07]\ndistribution: {departments: [credit]}"
    with made.service() as work:
        factories.add(work, made, "lender", role="author", department="credit")
    factories.issued(
        made, factories.source("CP-10", owner="credit", more=hidden), file="CP-10.md", login="lender"
    )
    told = ask(made, ref)
    assert [link.source for link in told.leaning] == ["CP-08"]


def acknowledge(made: Organisation, ref: Ref, login: str) -> None:
    """Sign to have read."""
    with made.acting(login) as work:
        documents.acknowledge(work, ref, password=made.keys[login])


def owes(made: Organisation, login: str) -> list[str]:
    """The readings somebody owes."""
    with made.looking(login) as work:
        found = tasks.inbox(work.session, made.ids[login], work.today)
    return [task.ref.key for task in found if task.kind == "documents:read"]


def test_entering_force_owes_readings_and_a_signature_settles_them(made: Organisation) -> None:
    """Everybody in the distribution owes it with a due day; who signed does not (DOC-07)."""
    ref = factories.issued(made, more="distribution: {departments: [credit], read-within: 5 days}")
    assert owes(made, "reader") == [ref.key]
    assert owes(made, "manager") == []
    with made.looking("controller") as work:
        (outstanding,) = documents.outstanding(work.session, work.rights, ref, work.today)
    assert (outstanding.name, outstanding.due_on) == ("Reader", TODAY + timedelta(days=5))
    acknowledge(made, ref, "reader")
    assert owes(made, "reader") == []
    with made.looking("controller") as work:
        assert documents.outstanding(work.session, work.rights, ref, work.today) == []
        (reader,) = documents.acknowledgements(work.session, work.rights, ref, work.today)
    assert (reader.name, reader.acknowledged_on) == ("Reader", TODAY)
    with made.looking("reader") as work:
        assert documents.has_acknowledged(work.session, work.rights, ref, work.today)
    with pytest.raises(errors.AcknowledgedAlready):
        acknowledge(made, ref, "reader")


def test_only_what_is_or_will_be_in_force_is_acknowledged(made: Organisation, clock: SimulatedClock) -> None:
    """Not a draft, not by a stranger or service, not after it was superseded; a new revision starts anew."""
    ref = factories.submitted(made)
    with pytest.raises(errors.CannotAcknowledge):
        acknowledge(made, ref, "manager")
    with pytest.raises(errors.RevisionMissing):
        acknowledge(made, ref, "reader")
    factories.review(made, ref)
    factories.approve(made, ref)
    factories.decide(made, factories.release(made, ref))
    with pytest.raises(errors.PersonNeeded), made.service() as work:
        documents.acknowledge(work, ref, password="x")  # noqa: S106 - never reached
    acknowledge(made, ref, "reader")
    second = factories.revised(made, TODAY + timedelta(days=2))
    assert owes(made, "reader") == []
    acknowledge(made, second, "manager")
    clock.advance(timedelta(days=3))
    factories.run_day(made)
    assert owes(made, "reader") == [second.key]
    assert owes(made, "manager") == []
    with pytest.raises(errors.CannotAcknowledge):
        acknowledge(made, ref, "risk-head")
