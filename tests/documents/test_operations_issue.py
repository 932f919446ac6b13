"""Planning, releasing, deciding, failing and trying again (laws 2, 5 and 8)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from qms import documents, jobs
from qms.documents import errors
from qms.documents import plan as plans
from qms.documents.lifecycle import State
from qms.documents.operations.checks import ContentAltered
from qms.documents.operations.issue import SignatureBroken
from qms.kernel.refs import Ref
from qms.kernel.vault import BlobMissing
from tests.documents import factories

if TYPE_CHECKING:
    from qms.documents.plan import IssuePlan
    from qms.kernel.clock import SimulatedClock
    from qms.kernel.work import Works
    from tests.documents.factories import Organisation

TODAY = date(2026, 11, 2)


@pytest.fixture
def made(works: Works) -> Organisation:
    """The people."""
    return factories.organisation(works)


def planned(made: Organisation, ref: Ref, effective_on: date | None = None) -> IssuePlan:
    """A plan of the document controller."""
    with made.looking("controller") as work:
        return documents.plan_issue(work, ref, effective_on=effective_on)


def release(made: Organisation, plan: IssuePlan, login: str = "controller") -> None:
    """Sign it."""
    with made.acting(login) as work:
        documents.release(work, plan, password=made.keys[login])


def test_a_plan_holds_all_that_is_decided_and_travels_as_json(made: Organisation) -> None:
    """Digest, dates, code, address, approvals in order and history; read back it is the same plan."""
    ref = factories.approved(made)
    plan = planned(made, ref, date(2026, 11, 20))
    assert (plan.publication_on, plan.effective_on) == (TODAY, date(2026, 11, 20))
    assert [each.meaning for each in plan.approvals] == ["author", "reviewed", "approved"]
    assert plan.address == f"https://qms.example.org/v/{plan.code}"
    assert len(plan.code.replace("-", "")) == 16
    assert [past.label for past in plan.history] == ["A/0"]
    assert plans.from_json(plans.to_json(plan)) == plan
    assert planned(made, ref).code != plan.code


def test_planning_and_releasing_need_the_right_and_the_state(made: Organisation) -> None:
    """A reader sees nothing, a deputy does not release, a draft is not planned (DOC-02)."""
    ref = factories.submitted(made)
    with pytest.raises(errors.ReleaseInReview):
        planned(made, ref)
    factories.review(made, ref)
    factories.approve(made, ref)
    with pytest.raises(errors.NotAllowedHere), made.looking("deputy") as work:
        documents.plan_issue(work, ref)
    with pytest.raises(errors.RevisionMissing), made.looking("reader") as work:
        documents.plan_issue(work, ref)
    plan = planned(made, ref)
    with pytest.raises(errors.NotInRoute):
        release(made, plan, "manager")
    release(made, plan)
    assert factories.state(made, ref).state is State.ISSUING
    with pytest.raises(errors.ReleaseIssuing):
        release(made, plan)


def test_a_real_workspace_does_not_issue_without_an_address(made: Organisation) -> None:
    """What is printed on paper must lead somewhere; a demonstration may do without (DOC-11)."""
    ref = factories.approved(made)
    made.works.settings = replace(made.works.settings, public_url="")
    with pytest.raises(errors.PublicAddressMissing):
        planned(made, ref)
    made.works.demo = True
    assert planned(made, ref).address == ""


def test_the_effective_day_keeps_the_notice(made: Organisation) -> None:
    """Not in the past, and not before the notice of the head has run from publication (S54)."""
    ref = factories.approved(made, more="notice: 3 months")
    with pytest.raises(errors.EffectiveTooEarly) as caught:
        planned(made, ref, date(2027, 2, 1))
    assert caught.value.facts["earliest"] == date(2027, 2, 2)
    assert planned(made, ref).effective_on == date(2027, 2, 2)
    other = factories.approved(made, factories.source("CP-08"), file="CP-08.md")
    with pytest.raises(errors.EffectiveTooEarly):
        planned(made, other, TODAY - timedelta(days=1))


def test_a_changed_plan_or_a_changed_day_is_not_released(made: Organisation, clock: SimulatedClock) -> None:
    """What is signed is what was shown, to the last character (law 7)."""
    ref = factories.approved(made)
    plan = planned(made, ref, date(2026, 11, 20))
    for other in (
        replace(plan, content_digest="0" * 64),
        replace(plan, address="https://elsewhere.example.org/v/x"),
        replace(plan, approvals=plan.approvals[:-1]),
        replace(plan, release=2),
    ):
        with pytest.raises(errors.PlanStale):
            release(made, other)
    clock.advance(timedelta(days=1))
    with pytest.raises(errors.PlanStale):
        release(made, plan)
    release(made, planned(made, ref, date(2026, 11, 20)))


def test_the_release_orders_one_job(made: Organisation) -> None:
    """The job names revision and plan; nothing is issued before it has rendered (law 2)."""
    ref = factories.approved(made)
    plan = factories.release(made, ref)
    claim = jobs.claim(made.works, factories.SERVICE, {"documents.issue"})
    assert claim is not None
    assert claim.payload == {"revision": str(ref), "plan": plan.digest}
    with made.service() as work:
        assert documents.stored_plan(work, ref) == plan
        sheet = documents.printed(work, plan).sheet
    assert [row.meaning for row in sheet.approvals] == ["编制", "审核", "批准", "发布"]
    assert (sheet.effective_on, sheet.short_code, sheet.number) == (TODAY, plan.code, "CP-07")
    assert sheet.approvals[0].at == "2026-11-02 09:00 UTC+08:00"
    assert sheet.history[-1].on == "2026-11-02"
    assert factories.state(made, ref).state is State.ISSUING


def test_deciding_needs_the_bytes_the_plan_and_the_state(made: Organisation) -> None:
    """No row without its bytes (REL-01), no other plan, and the same decision twice is one (law 8)."""
    ref = factories.approved(made)
    early = planned(made, ref)
    digest = made.works.vault.put(factories.PDF)

    def decide(plan: IssuePlan, pdf: str) -> None:
        with made.service() as work:
            documents.decide_issue(work, plan, pdf_digest=pdf, pages=1, versions={})

    with pytest.raises(errors.BindApproved):
        decide(early, digest)
    plan = factories.release(made, ref)
    with pytest.raises(errors.PlanStale):
        decide(early, digest)
    with pytest.raises(BlobMissing):
        decide(plan, "0" * 64)
    with pytest.raises(errors.NotAllowedHere), made.acting("author") as work:
        documents.decide_issue(work, plan, pdf_digest=digest, pages=1, versions={})
    decide(plan, digest)
    decide(plan, digest)
    with pytest.raises(errors.BindIssued):
        decide(plan, made.works.vault.put(b"%PDF other"))
    found = factories.state(made, ref)
    assert (found.pdf_digest, found.libraries) == (digest, {})


def test_a_failed_job_leaves_the_revision_approved_with_the_reason(made: Organisation) -> None:
    """The same release is tried again; the releaser finds a task that says why (pitfall 7)."""
    ref = factories.approved(made)
    plan = factories.release(made, ref)
    with pytest.raises(errors.RecallIssuing), made.acting("author") as work:
        documents.withdraw_from_review(work, ref, "Stop")
    with made.service() as work:
        documents.fail_issue(work, ref, "The page took too long")
    found = factories.state(made, ref)
    assert (found.state, found.issue_failure) == (State.APPROVED, "The page took too long")
    with pytest.raises(errors.FailApproved), made.service() as work:
        documents.fail_issue(work, ref, "Again")
    with pytest.raises(errors.NotAllowedHere), made.acting("author") as work:
        documents.retry_issue(work, ref)
    with made.acting("controller") as work:
        documents.retry_issue(work, ref)
    with pytest.raises(errors.ReleaseIssuing), made.acting("controller") as work:
        documents.retry_issue(work, ref)
    factories.decide(made, plan)
    assert factories.state(made, ref).state is State.ISSUED


def test_a_job_too_late_for_its_day_is_released_anew(made: Organisation, clock: SimulatedClock) -> None:
    """Nothing enters force in the past: the old plan is refused, a new one is signed in the same round."""
    ref = factories.approved(made)
    plan = factories.release(made, ref)
    clock.advance(timedelta(days=2))
    with pytest.raises(errors.EffectiveTooEarly):
        factories.decide(made, plan)
    with made.service() as work:
        documents.fail_issue(work, ref, "Too late")
    with pytest.raises(errors.EffectiveTooEarly), made.acting("controller") as work:
        documents.retry_issue(work, ref)
    again = factories.release(made, ref)
    assert (again.release, again.round) == (2, 1)
    with pytest.raises(errors.PlanStale):
        factories.decide(made, plan)
    factories.decide(made, again)
    assert factories.state(made, ref).effective_on == TODAY + timedelta(days=2)


def test_nothing_to_try_again_is_refused(made: Organisation) -> None:
    """A retry repeats a failed release, nothing else."""
    ref = factories.approved(made)
    with pytest.raises(errors.PlanMissing), made.acting("controller") as work:
        documents.retry_issue(work, ref)
    with pytest.raises(errors.PlanMissing), made.service() as work:
        documents.stored_plan(work, ref)


def test_two_releasers_sign_one_plan(made: Organisation) -> None:
    """Where the route asks two, the second is given the first one's plan, and then the job is ordered."""
    with made.service() as work:
        factories.add(work, made, "second", role="document-controller", post="document-controller")
    ref = factories.approved(made, more="route: {release: {posts: [document-controller], quorum: 2}}")
    first = factories.release(made, ref)
    assert factories.state(made, ref).state is State.APPROVED
    with made.looking("second") as work:
        assert documents.plan_issue(work, ref) == first
    release(made, first, "second")
    assert factories.state(made, ref).state is State.ISSUING


def test_a_later_revision_keeps_the_order_of_days(made: Organisation) -> None:
    """A revision cannot take effect on or before the first day of another (law 6)."""
    factories.issued(made)
    factories.revised(made, date(2026, 11, 10))
    ref = factories.approved(made, reason="More", summary="More")
    with pytest.raises(errors.LaterRevisionSet):
        planned(made, ref, date(2026, 11, 10))
    factories.decide(made, factories.release(made, ref, date(2026, 11, 11)))


def test_altered_rows_and_pasted_signatures_stop_the_issue(made: Organisation) -> None:
    """A head changed behind the program, or a signature changed, is found before anything is issued."""
    ref = factories.approved(made)
    plan = planned(made, ref)
    with made.works.engine.begin() as connection:
        connection.execute(text("UPDATE revision SET content_digest = :digest"), {"digest": "f" * 64})
    with pytest.raises((SignatureBroken, ContentAltered)):
        planned(made, ref)
    with made.works.engine.begin() as connection:
        connection.execute(
            text("UPDATE revision SET content_digest = :digest, label = 'A/7', modification = 7"),
            {"digest": plan.content_digest},
        )
    with pytest.raises((SignatureBroken, ContentAltered)):
        planned(made, Ref("revision", "CP-07@zh-Hans@A/7"))


def test_a_draft_can_be_previewed_as_a_sheet(made: Organisation) -> None:
    """The same sheet without day and code: it says that it is a draft."""
    ref = factories.drafted(made)
    with made.looking("author") as work:
        printed = documents.preview(work, ref)
    assert (printed.sheet.effective_on, printed.sheet.short_code, printed.sheet.approvals) == (None, "", ())
    assert (printed.source, printed.source_name) == (factories.source(), "CP-07.md")
    factories.submit(made, ref)
    with made.looking("manager") as work:
        assert len(documents.preview(work, ref).sheet.approvals) == 1
    with pytest.raises(errors.RevisionMissing), made.looking("reader") as work:
        documents.preview(work, ref)


def test_a_route_changed_behind_the_program_is_found(made: Organisation) -> None:
    """The frozen route is part of what was signed (law 7)."""
    ref = factories.approved(made)
    with made.works.engine.begin() as connection:
        connection.execute(text("UPDATE revision SET route = :route"), {"route": "{}"})
    with pytest.raises(ContentAltered):
        planned(made, ref)
