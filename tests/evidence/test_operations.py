"""Asking, approving, rejecting and handing over: by whom, in which state, and what the trail keeps."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from qms import evidence, jobs, trail
from qms.accounts.models import Grant, Person
from qms.evidence import Built, Frozen, State
from qms.evidence.models import EvidenceRequest
from qms.evidence.scope import ceiling
from qms.kernel.errors import Problem
from qms.kernel.ports import Rights, Scope
from qms.kernel.refs import Ref
from qms.runtime import scrub
from tests.evidence.factories import EVERYTHING, SERVICE, House

if TYPE_CHECKING:
    from qms.kernel.clock import SimulatedClock

HEX = "0" * 64


def entries(made: House, number: str) -> list[str]:
    """The tags of the trail about a request, in order."""
    with made.works.reading(SERVICE) as work:
        return [row.action for row in reversed(trail.history(work.session, Ref("evidence", number)))]


def test_a_request_says_everything_and_is_numbered(made: House) -> None:
    """EB, year and a running number; what was left open is settled on the day (R63)."""
    number = made.asked()
    assert number == "EB-2026-0001"
    with made.looking("controller") as work:
        found = evidence.request_of(work.session, work.rights, number)
    assert (found.state, found.purpose, found.organisation) == (State.REQUESTED, "监督审核", "示例认证机构")
    assert found.scope == Scope(as_of=date(2026, 11, 2))
    assert (found.receiver_name, found.requester_name) == ("Auditor", "Controller")
    assert entries(made, number) == ["evidence:request"]
    assert made.asked() == "EB-2026-0002"


def test_numbers_have_no_gap_and_begin_anew_each_year(made: House, clock: SimulatedClock) -> None:
    """A refused request gives its number back; the year is that of the organisation's day (law 13)."""
    made.asked()
    with pytest.raises(RuntimeError, match="given up"):
        ask_and_give_up(made)
    assert made.asked() == "EB-2026-0002"
    clock.advance(timedelta(days=59, hours=15, minutes=30))  # 00:30 of 1 January in Shanghai
    assert made.asked() == "EB-2027-0001"


def ask_and_give_up(made: House) -> None:
    """A request whose act fails after its number was given."""
    with made.acting("controller") as work:
        evidence.request(work, purpose="x", receiver_id=made.ids["auditor"], scope=Scope())
        raise RuntimeError("given up")


def test_concurrent_requests_get_numbers_without_gap(made: House) -> None:
    """Eight at the same moment, the first of their year: eight consecutive numbers (REL-05)."""
    start, numbers, faults = threading.Barrier(8), [], []

    def ask() -> None:
        start.wait()
        try:
            numbers.append(made.asked())
        except Exception as fault:  # noqa: BLE001 - a thread must tell its test
            faults.append(fault)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert sorted(numbers) == [f"EB-2026-{number:04d}" for number in range(1, 9)]


def test_who_may_not_ask_is_refused(made: House) -> None:
    with pytest.raises(evidence.EvidenceNotAllowed), made.acting("clerk") as work:
        evidence.request(work, purpose="x", receiver_id=made.ids["auditor"], scope=Scope())
    with pytest.raises(evidence.PersonNeeded), made.works.writing(SERVICE, EVERYTHING) as work:
        evidence.request(work, purpose="x", receiver_id=made.ids["auditor"], scope=Scope())


def test_a_right_for_a_department_asks_for_that_department_only(made: House) -> None:
    """A head of one department cannot ask for all of them (R18)."""
    receiver = made.ids["auditor"]
    with pytest.raises(evidence.EvidenceNotAllowed), made.acting("head") as work:
        evidence.request(work, purpose="x", receiver_id=receiver, scope=Scope())
    with pytest.raises(evidence.EvidenceNotAllowed), made.acting("head") as work:
        evidence.request(work, purpose="x", receiver_id=receiver, scope=Scope(departments=("credit", "risk")))
    with made.acting("head") as work:
        evidence.request(work, purpose="x", receiver_id=receiver, scope=Scope(departments=("risk",)))


def test_faults_are_named_by_field(made: House) -> None:
    far = date(2027, 1, 1)
    with pytest.raises(evidence.RequestInvalid) as refused, made.acting("controller") as work:
        evidence.request(
            work, purpose="x" * 2001, receiver_id=made.ids["auditor"], organisation="y" * 201,
            scope=Scope(as_of=far),
        )  # fmt: skip
    assert [problem.field for problem in refused.value.problems] == ["purpose", "organisation", "as_of"]
    assert all(isinstance(problem, Problem) for problem in refused.value.problems)


def test_somebody_who_left_receives_nothing(made: House) -> None:
    with made.works.writing(SERVICE, EVERYTHING) as work:
        work.session.execute(update(Person).where(Person.id == made.ids["auditor"]).values(active=False))
    with pytest.raises(evidence.NoSuchReceiver), made.acting("controller") as work:
        evidence.request(work, purpose="x", receiver_id=made.ids["auditor"], scope=Scope())


def test_approval_is_a_signature_by_somebody_else(made: House) -> None:
    """The signature covers all that was asked; a job to build it waits at once (BND-08)."""
    number = made.approved()
    with made.looking("manager") as work:
        found = evidence.request_of(work.session, work.rights, number)
        assert (found.state, found.approved_by) == (State.APPROVED, made.ids["manager"])
        waiting = jobs.latest(work.session, evidence.JOB, number)
        assert waiting is not None
    assert entries(made, number) == ["evidence:request", "signature:sign", "evidence:approve"]


def test_who_asked_or_receives_does_not_approve(made: House) -> None:
    """The quality manager may ask and may approve, but not both for one request (R27)."""
    with made.acting("manager") as work:
        own = evidence.request(work, purpose="x", receiver_id=made.ids["auditor"], scope=Scope()).number
    with pytest.raises(evidence.RequesterApproves), made.acting("manager") as work:
        evidence.approve(work, own, password=made.keys["manager"])
    given = made.asked(receiver="manager")
    with pytest.raises(evidence.ReceiverApproves), made.acting("manager") as work:
        evidence.approve(work, given, password=made.keys["manager"])


def test_who_may_not_approve_does_not_find_or_is_refused(made: House) -> None:
    number = made.asked()
    with pytest.raises(evidence.NoSuchRequest), made.acting("clerk") as work:
        evidence.approve(work, number, password=made.keys["clerk"])
    with pytest.raises(evidence.NoSuchRequest), made.acting("head") as work:
        evidence.approve(work, number, password=made.keys["head"])
    with pytest.raises(evidence.EvidenceNotAllowed), made.acting("controller") as work:
        evidence.approve(work, number, password=made.keys["controller"])
    with pytest.raises(evidence.PersonNeeded), made.works.writing(SERVICE, EVERYTHING) as work:
        evidence.reject(work, number, reason="x")


def test_a_request_is_decided_once(made: House) -> None:
    number = made.approved()
    with pytest.raises(evidence.RequestDecided), made.acting("manager") as work:
        evidence.approve(work, number, password=made.keys["manager"])
    with pytest.raises(evidence.RequestDecided), made.acting("manager") as work:
        evidence.reject(work, number, reason="too late")


def test_a_rejection_needs_a_reason_and_ends_it(made: House) -> None:
    number = made.asked()
    with pytest.raises(evidence.RequestInvalid), made.acting("manager") as work:
        evidence.reject(work, number, reason=" ")
    with made.acting("manager") as work:
        assert evidence.reject(work, number, reason="范围过宽").state is State.REJECTED
    with pytest.raises(evidence.RequestNotApproved):
        evidence.build(made.works, number)


def test_an_altered_request_is_not_approved_nor_built(made: House) -> None:
    """What the signature covers is compared again before anything is given out (P11-70)."""
    number = made.asked()
    _alter(made, number, purpose="something else")
    with pytest.raises(evidence.RequestAltered), made.acting("manager") as work:
        evidence.approve(work, number, password=made.keys["manager"])
    for change in (
        {"scope": {"as_of": "2026-01-01"}},
        {"receiver_id": made.ids["inspector"]},
        {"digest": HEX},
    ):
        other = made.approved()
        _alter(made, other, **change)
        with pytest.raises(evidence.RequestAltered):
            evidence.build(made.works, other)


def _alter(made: House, number: str, **values: object) -> None:
    with made.works.writing(SERVICE, EVERYTHING) as work:
        work.session.execute(update(EvidenceRequest).where(EvidenceRequest.number == number).values(**values))


def test_an_approval_of_another_request_does_not_fit(made: House) -> None:
    """A signature row pasted onto another request is caught (P11-70)."""
    first, second = made.approved(), made.asked()
    with made.works.writing(SERVICE, EVERYTHING) as work:
        rows = {row.number: row for row in work.session.scalars(select(EvidenceRequest))}
        signature = rows[first].signature_id
        rows[first].state, rows[first].signature_id = State.REQUESTED, None
        rows[first].approved_by = rows[first].approved_at = None
        work.session.flush()
        rows[second].state, rows[second].signature_id = State.APPROVED, signature
        rows[second].approved_by, rows[second].approved_at = made.ids["manager"], work.now
    with pytest.raises(evidence.RequestAltered):
        evidence.build(made.works, second)


def test_only_approved_requests_are_frozen_built_or_failed(made: House) -> None:
    number = made.asked()
    frozen = Frozen(HEX, ceiling(Rights()), 1, 1)
    with pytest.raises(evidence.RequestNotApproved), made.works.writing(SERVICE, EVERYTHING) as work:
        evidence.freeze(work, number, frozen)
    with pytest.raises(evidence.RequestNotApproved), made.works.writing(SERVICE, EVERYTHING) as work:
        evidence.fail(work, number, reason="x")
    with made.acting("manager") as work:
        evidence.approve(work, number, password=made.keys["manager"])
    asker, _ = made.who("controller")
    asking = Rights(person_id=asker.person_id, permissions={"evidence:request": None})
    with pytest.raises(evidence.EvidenceNotAllowed), made.works.writing(asker, asking) as work:
        evidence.freeze(work, number, frozen)
    with pytest.raises(evidence.PlanChanged), made.works.writing(SERVICE, EVERYTHING) as work:
        evidence.record_built(work, number, Built(HEX, HEX, HEX, HEX, 1, 1))


def test_a_plan_built_from_another_list_is_refused(made: House) -> None:
    number = made.approved()
    with made.works.writing(SERVICE, EVERYTHING) as work:
        evidence.freeze(work, number, Frozen(HEX, ceiling(Rights()), 1, 1))
    with pytest.raises(evidence.PlanChanged), made.works.writing(SERVICE, EVERYTHING) as work:
        evidence.record_built(work, number, Built("1" * 64, HEX, HEX, HEX, 1, 1))


def test_a_failure_is_written_down_and_tried_again(made: House) -> None:
    number = made.approved()
    with made.works.writing(SERVICE, EVERYTHING) as work:
        assert evidence.fail(work, number, reason="the disk was full").failure == "the disk was full"
    with made.acting("controller") as work:
        evidence.retry(work, number)
    done = evidence.build(made.works, number)
    assert (done.state, done.failure) == (State.BUILT, None)
    assert entries(made, number)[-4:] == [
        "evidence:fail",
        "evidence:retry",
        "evidence:freeze",
        "evidence:build",
    ]


def test_handing_over_is_written_down_every_time(made: House) -> None:
    """Who gave what to whom, each time (R18); only somebody who builds may give it."""
    done = made.built()
    with pytest.raises(evidence.EvidenceNotAllowed), made.acting("auditor") as work:
        evidence.hand_over(work, done.number)
    for _ in range(2):
        with made.acting("controller") as work:
            given = evidence.hand_over(work, done.number)
    assert given.state is State.HANDED_OVER
    assert entries(made, done.number)[-2:] == ["evidence:hand-over"] * 2
    waiting = made.asked()
    with pytest.raises(evidence.BundleNotBuilt), made.acting("controller") as work:
        evidence.hand_over(work, waiting)


def test_the_trail_holds_what_was_given_out(made: House) -> None:
    """Bundle, tag manifest, scope and receiver stand in the chain (BND-08)."""
    done = made.built(Scope(numbers=("CP-12",)))
    with made.works.reading(SERVICE) as work:
        row = trail.history(work.session, done.ref, 1)[0]
    assert row.action == "evidence:build"
    assert row.after["bundle"] == done.bundle_digest
    assert row.after["manifest"] == done.manifest_digest
    assert row.after["receiver"] == made.ids["auditor"]
    assert row.after["scope"] == {"as_of": "2026-11-02", "numbers": ["CP-12"]}


def test_a_receiver_who_lost_a_right_gets_nothing(made: House) -> None:
    """Rights are asked again when the bundle is recorded (SEC-06)."""
    number = made.approved(receiver="inspector")

    def lose(step: str) -> None:
        if step == "record":
            with made.works.writing(SERVICE, EVERYTHING) as work:
                grant = Grant.person_id == made.ids["inspector"]
                work.session.execute(
                    update(Grant).where(grant).values(withdrawn_by="test", withdrawn_at=work.now)
                )

    with pytest.raises(evidence.ReceiverMaySeeLess):
        evidence.build(made.works, number, progress=lose)


def test_a_bundle_is_for_its_receiver_and_who_sees_as_far(made: House) -> None:
    """Somebody of a lower clearance does not get it from a colleague's request (SEC-07)."""
    open_to_all, secret = made.built().number, made.built(receiver="inspector").number
    with made.looking("controller") as work:
        assert evidence.bundle(work.session, work.rights, open_to_all).number == open_to_all
        with pytest.raises(evidence.NoSuchRequest):
            evidence.bundle(work.session, work.rights, secret)
    with made.looking("auditor") as work:
        with pytest.raises(evidence.BundleNotBuilt):
            evidence.bundle(work.session, work.rights, open_to_all)
        with pytest.raises(evidence.NoSuchRequest):
            evidence.bundle(work.session, work.rights, secret)
    with made.acting("controller") as work:
        evidence.hand_over(work, open_to_all)
    with made.looking("auditor") as work:
        assert evidence.bundle(work.session, work.rights, open_to_all).file_name == f"{open_to_all}.zip"
    pending = made.approved()
    with made.looking("controller") as work, pytest.raises(evidence.BundleNotBuilt):
        evidence.bundle(work.session, work.rights, pending)


def test_who_knows_of_which_request(made: House) -> None:
    """What one may not know of does not exist, in lists as well (law 11)."""
    every = made.asked()
    with made.acting("head") as work:
        risk = evidence.request(
            work, purpose="x", receiver_id=made.ids["clerk"], scope=Scope(departments=("risk",))
        ).number
    known = {}
    for login in ("manager", "controller", "head", "auditor", "clerk"):
        with made.looking(login) as work:
            known[login] = {one.number for one in evidence.requests(work.session, work.rights)}
    assert known["manager"] == known["controller"] == {every, risk}
    assert known["head"] == {risk}
    assert known["auditor"] == known["clerk"] == set()
    with made.looking("controller") as work:
        assert evidence.requests(work.session, work.rights, State.BUILT) == []


def test_the_schema_refuses_what_the_law_forbids(made: House) -> None:
    """Own approval, a bundle without its digest, a checkpoint before its head (law 12)."""
    number = made.approved()
    for change in (
        {"approved_by": made.ids["controller"]},
        {"receiver_id": made.ids["manager"]},
        {"state": State.BUILT},
        {"state": State.FAILED},
        {"state": State.REJECTED},
        {"state": State.REQUESTED},
        {"bundle_digest": HEX},
        {"head_seq": 5},
        {"plan_digest": HEX, "ceiling": {}, "head_seq": 5, "checkpoint_size": 4},
        {"purpose": ""},
        {"handed_over_by": made.ids["manager"], "handed_over_at": made.works.clock.now()},
    ):
        with pytest.raises(IntegrityError):
            _alter(made, number, **change)
    with made.works.reading(SERVICE) as look:
        row = look.session.scalars(select(EvidenceRequest)).one()
    again = {
        name: getattr(row, name) for name in ("number", "year", "purpose", "receiver_id", "receiver_name")
    }
    again |= {
        name: getattr(row, name) for name in ("requested_by", "requester_name", "requested_at", "scope")
    }
    twin = insert(EvidenceRequest).values(
        **again, organisation="", digest=HEX, seq=9, reason="", row_version=1
    )
    with pytest.raises(IntegrityError), made.works.writing(SERVICE, EVERYTHING) as work:
        work.session.execute(twin)


def test_the_blobs_of_requests_are_named(made: House) -> None:
    """A sweep of orphans and a backup learn what must stay."""
    done = made.built()
    with made.works.reading(SERVICE) as work:
        named = {each for each in scrub.named(work.session) if made.works.vault.has(each)}
        plan = work.session.scalars(select(EvidenceRequest.plan_digest)).one()
    assert {plan, done.bundle_digest} <= named
