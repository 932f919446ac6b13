"""Impartial people, overlaps told, a frozen checklist, a whole report delivered (AUD-01 to AUD-07)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from qms import audits, competence, records
from qms.audits.models import Audit, AuditAnswer, AuditCriterion, AuditDelivery, AuditDepartment
from qms.competence import Basis
from qms.documents.errors import SourceInvalid
from qms.kernel.errors import Forbidden
from qms.kernel.labels import say
from qms.records import State
from tests.audits import house
from tests.audits.house import DONE, GOOD, PLAN, TODAY, act, day, planned, reported, started
from tests.documents import factories as papers
from tests.records import factories

if TYPE_CHECKING:
    from qms.kernel.refs import Ref
    from qms.kernel.work import Works
    from tests.documents.factories import Organisation


@pytest.fixture
def made(works: Works) -> Organisation:
    """The small house of audits."""
    return house.house(works)


def row(made: Organisation, ref: Ref) -> Audit:
    """What lists are made of."""
    with made.service() as work:
        found = work.session.scalar(select(Audit).where(Audit.number == ref.key))
        assert found is not None
        work.session.expunge(found)
        return found


def deliver(made: Organisation, ref: Ref, *logins: str) -> None:
    """The last step, to these people."""
    act(made, "author", ref, "deliver", to=[{"who": each} for each in logins or ("reader",)])


def test_an_audit_goes_from_plan_to_delivered_report(made: Organisation) -> None:
    """And the rows beside its record say where it was, what it found, and whom it reached."""
    ref = planned(made)
    found = row(made, ref)
    assert (found.programme, found.modes, found.team) == ("internal", ["on-site"], ["author", "writer"])
    assert (found.from_on, found.until_on) == (TODAY, TODAY + timedelta(days=2))
    assert (found.started_on, found.state) == (None, "open")
    act(made, "manager", ref, "overlap")
    act(made, "deputy", ref, "start")
    assert row(made, ref).started_on == TODAY
    finding = house.found(made, ref)
    act(made, "author", ref, "report", **DONE)
    house.delivered(made, finding)
    deliver(made, ref, "reader", "manager")
    found = row(made, ref)
    assert (found.reported_on, found.delivered_on, found.state) == (TODAY, TODAY, "closed")
    with made.service() as work:
        answers = work.session.scalars(select(AuditAnswer).order_by(AuditAnswer.place)).all()
        assert [(each.result, each.document, each.clause) for each in answers] == [
            ("conforming", "CP-07", None),
            ("finding", "CP-07", "CP-07 §2.1"),
        ]
        assert {each.revision for each in answers} == {"revision:CP-07@zh-Hans@A/0"}
        assert work.session.scalars(select(AuditDepartment.department)).all() == ["outlet-east"]
        assert work.session.scalars(select(AuditCriterion.document)).all() == ["CP-07"]
        reached = set(work.session.scalars(select(AuditDelivery.person_id)))
        assert reached == {made.ids["reader"], made.ids["manager"]}


@pytest.mark.parametrize("left", ["first", "until", "leader", "objects", "criteria", "list"])
def test_a_plan_says_when_where_who_and_against_what(made: Organisation, left: str) -> None:
    """AUD-02: without these there is nothing to plan by; said by the label of the field."""
    label = {"objects": "Unit", "criteria": "Document", "list": "Item"}.get(left, left.capitalize())
    with pytest.raises(audits.AuditUnplanned, match=label):
        planned(made, **{left: None})


@pytest.mark.parametrize("left", ["purpose", "scope", "places"])
def test_no_audit_starts_without_what_its_plan_asks(made: Organisation, left: str) -> None:
    """AUD-02: at the approval everything is there; whoever may not approve is refused as ever."""
    ref = planned(made, **{left: None})
    act(made, "manager", ref, "overlap")
    with pytest.raises(audits.AuditUnplanned, match=left.capitalize()):
        act(made, "deputy", ref, "start")
    with pytest.raises(Forbidden):
        act(made, "author", ref, "start")


@pytest.mark.parametrize("days", [{"last": day(-1)}, {"until": day(-91)}])
def test_days_do_not_run_backwards(made: Organisation, days: dict[str, Any]) -> None:
    """Neither those of the visit nor those that are looked at."""
    with pytest.raises(audits.DaysBackwards):
        planned(made, **days)


@pytest.mark.parametrize("place", ["risk", "credit"])
def test_nobody_audits_their_own_department(made: Organisation, place: str) -> None:
    """AUD-03: not that of a member, be it on any day of the audited time only; nor what lies below it."""
    if place == "credit":
        house.move(made, "writer", "credit", TODAY - timedelta(days=100), TODAY - timedelta(days=80))
    unit = "risk" if place == "risk" else "outlet-east"
    with pytest.raises(audits.OwnWorkAudited, match="Writer"):
        planned(made, objects=[{"unit": unit}])


def test_who_left_before_the_audited_time_may_look(made: Organisation) -> None:
    """The last day of a membership is not one of it any more."""
    house.move(made, "writer", "credit", TODAY - timedelta(days=300), TODAY - timedelta(days=90))
    assert row(made, planned(made)).state == "open"


def test_who_belongs_to_the_root_leads_everything_and_may_look(made: Organisation) -> None:
    """They are refused for the root alone."""
    planned(made, leader="general", team=None)
    with pytest.raises(audits.OwnWorkAudited, match="General"):
        planned(made, leader="general", team=None, objects=[{"unit": "centre"}])


def test_a_later_transfer_ends_the_part_of_an_auditor(made: Organisation) -> None:
    """AUD-03: whoever came to the department after the plan was filed neither starts nor reports."""
    ref = planned(made)
    act(made, "manager", ref, "overlap")
    other = started(made, first=day(10), last=day(11), since=day(-300), until=day(-200))
    house.move(made, "writer", "outlet-east", TODAY)
    with pytest.raises(audits.OwnWorkAudited):
        act(made, "deputy", ref, "start")
    with pytest.raises(audits.OwnWorkAudited):
        act(made, "author", other, "report", **DONE)


def test_an_exception_is_written_and_let_pass_by_somebody_else(made: Organisation) -> None:
    """AUD-03: the override has a reason, and nobody of the team approves it."""
    ref = planned(
        made, leader="deputy", team=None, objects=[{"unit": "risk"}], exception="Nobody else knows it"
    )
    act(made, "manager", ref, "overlap")
    with pytest.raises(audits.OwnPlanApproved):
        act(made, "deputy", ref, "start")
    act(made, "general", ref, "start")
    assert row(made, planned(made, objects=[{"unit": "risk"}], exception="x")).state == "open"


def test_auditors_have_shown_that_they_can(made: Organisation) -> None:
    """AUD-03: what the organisation asks of auditors is asked of the whole team, and nothing replaces it."""
    with made.acting("manager") as work:
        competence.require(
            work, "auditor", {"en": "Auditor"}, basis=Basis.TRAINING, posts=[], stage=competence.AUDIT
        )
    with pytest.raises(audits.AuditorNotQualified, match=r"Author \(Auditor\), Writer \(Auditor\)"):
        planned(made, exception="In a hurry")
    for login in ("author", "writer"):
        with made.acting("manager") as work:
            competence.record_evidence(
                work,
                made.ids[login],
                competence.requirement_ref("auditor"),
                basis=Basis.TRAINING,
                title="Course",
                from_on=TODAY,
            )
    assert row(made, planned(made)).state == "open"


def test_what_lies_over_another_audit_is_told_with_a_reason(made: Organisation) -> None:
    """S62, R50: the same department on the same days, or the same document over the same time."""
    first = planned(made)
    ref = planned(made, first=day(2), last=day(4), since=day(-400), until=day(-300))
    again = planned(made, first=day(30), last=day(31))
    apart = planned(made, first=day(40), last=day(41), since=day(-400), until=day(-399))
    elsewhere = planned(made, objects=[{"unit": "credit"}])
    for each in (ref, again):
        with pytest.raises(audits.AuditsOverlap, match=first.key):
            act(made, "manager", each, "overlap")
    with pytest.raises(audits.AuditsOverlap, match=first.key):
        act(made, "manager", ref, "overlap", overlaps=[{"other": first.key, "reason": " "}])
    told = [{"other": each.key, "reason": "Other loans"} for each in (first, apart)]
    act(made, "manager", ref, "overlap", overlaps=told)
    act(made, "manager", elsewhere, "overlap")
    with pytest.raises(audits.AuditsOverlap, match=ref.key):
        act(made, "manager", apart, "overlap")
    with made.acting("author") as work:
        records.cancel(work, ref, "merged")
    act(made, "manager", apart, "overlap")
    with made.looking("author") as work:
        assert audits.overlapping(work.session, first.key) == [again.key]
        assert audits.overlapping(work.session, "FM-13-01-2026-999999") == []


def test_an_overlap_that_came_later_is_seen_at_the_start(made: Organisation) -> None:
    """The calendar is looked at again when the plan is approved."""
    ref = planned(made)
    act(made, "manager", ref, "overlap")
    other = planned(made)
    with pytest.raises(audits.AuditsOverlap, match=other.key):
        act(made, "deputy", ref, "start")


def test_a_started_audit_keeps_its_checklist(made: Organisation) -> None:
    """AUD-04: it does not go back to its plan, and nothing of it is amended; other words are."""
    ref = started(made)
    with made.acting("author") as work, pytest.raises(audits.AuditStarted):
        records.give_back(work, ref, "report", "More questions")
    for change in (
        {"list": [*GOOD["list"], {"item": "Stamps"}]},
        {"objects": [{"unit": "credit"}]},
        {"criteria": [{"document": PLAN}]},
        {"team": None},
        {"since": day(-80)},
    ):
        with made.acting("author") as work, pytest.raises(audits.AuditStarted):
            records.amend(work, ref, change, "Better so", password=made.keys["author"])
    with made.acting("author") as work:
        records.amend(work, ref, {"places": "Both halls"}, "Moved", password=made.keys["author"])
    with made.acting("author") as work:
        records.cancel(work, ref, "nothing was found yet")
    assert row(made, ref).state == "cancelled"


def test_a_plan_that_has_not_started_may_change_and_go_back(made: Organisation) -> None:
    """Before its approval it is only a plan."""
    ref = planned(made)
    with made.acting("author") as work:
        records.amend(work, ref, {"list": [{"item": "Stamps"}]}, "Better so", password=made.keys["author"])
    with made.acting("manager") as work:
        records.give_back(work, ref, "overlap", "Say where")
    assert row(made, ref).started_on is None


def test_each_question_has_its_result_and_nothing_else_has(made: Organisation) -> None:
    """AUD-04: the answers are those of the frozen checklist, each once."""
    ref = started(made)
    with pytest.raises(audits.ChecklistUnanswered, match="Files"):
        act(made, "author", ref, "report", **{**DONE, "results": DONE["results"][:1]})
    more = [*DONE["results"], {"item": "Stamps", "result": "conforming"}]
    with pytest.raises(audits.NotOnChecklist, match="Stamps"):
        act(made, "author", ref, "report", **{**DONE, "results": more})
    assert row(made, ref).reported_on is None


def test_an_audit_lasts_until_its_findings_are_decided(made: Organisation) -> None:
    """AUD-05: one finding for each result that says so, each with its class, delivered."""
    ref = reported(made)
    with pytest.raises(audits.FindingsUnwritten, match=r"1 result.*0 finding"):
        deliver(made, ref)
    finding = house.found(made, ref)
    with pytest.raises(audits.FindingsUndecided, match=finding.key):
        deliver(made, ref)
    house.decided(made, finding)
    with pytest.raises(audits.FindingsUndecided, match=finding.key):
        deliver(made, ref)
    with made.acting("author") as work, pytest.raises(audits.AuditStarted):
        records.cancel(work, ref, "away with it")
    act(made, "deputy", finding, "deliver")
    with pytest.raises(Forbidden):
        act(made, "writer", ref, "deliver", to=[{"who": "reader"}])
    deliver(made, ref)
    assert factories.look(made, ref).state is State.CLOSED


@pytest.mark.parametrize(
    ("left", "named"),
    [
        ("client", "client"),
        ("conclusion", "conclusion"),
        ("degree", "fulfilment"),
        ("opinions", "opinions"),
        ("note", "sampling"),
    ],
)
def test_a_report_has_its_eleven_elements(made: Organisation, left: str, named: str) -> None:
    """AUD-06: what is not there is named, and nothing else, in the language of whoever acts."""
    results = [{**each, "result": "conforming"} for each in DONE["results"]]
    ref = started(made, **({left: None} if left in GOOD else {}))
    act(
        made,
        "author",
        ref,
        "report",
        **{**DONE, "results": results, **({left: None} if left in DONE else {})},
    )
    with pytest.raises(audits.ReportIncomplete) as caught:
        deliver(made, ref)
    assert caught.value.facts["elements"] == say(audits.ELEMENTS[named], "zh-Hans")


def test_the_report_reaches_each_department_and_says_when(made: Organisation) -> None:
    """AUD-07: somebody of each, who owes to confirm it, once, for themselves."""
    results = [{**each, "result": "not-checked"} for each in DONE["results"]]
    ref = reported(made, results=results)
    with pytest.raises(audits.ReportUndelivered, match="outlet-east"):
        deliver(made, ref, "manager")
    deliver(made, ref, "reader")
    with made.acting("manager") as work, pytest.raises(audits.NotARecipient):
        audits.receive(work, ref.key)
    with made.acting("reader") as work:
        audits.receive(work, ref.key)
    with made.acting("reader") as work, pytest.raises(audits.ReportReceived):
        audits.receive(work, ref.key)
    with made.looking("reader") as work:
        (told,) = audits.one(work, ref.key).deliveries
        assert told.received_at == work.now


def test_a_record_that_was_disposed_of_tells_no_more(made: Organisation) -> None:
    """That there was an audit stays for the coverage; who looked and what was answered goes."""
    ref = reported(made, results=[{**each, "result": "conforming"} for each in DONE["results"]])
    deliver(made, ref)
    with made.service() as work:
        filed = records.filed(work, records.record_of(work.session, work.rights, ref, work.today), "cancel")
        gone = type(filed)(**{**{key: getattr(filed, key) for key in filed.__slots__}, "state": "disposed"})
        audits.AuditFollower().follow(work, gone)
        assert work.session.scalars(select(AuditAnswer)).all() == []
    found = row(made, ref)
    assert (found.state, found.team) == ("disposed", [])


def test_a_form_that_declares_nothing_is_held_to_nothing(made: Organisation) -> None:
    """The law is the form's own, by what it declares, not by its number."""
    factories.issue(made, factories.form())
    ref = factories.filed(made)
    factories.reviewed(made, ref)
    with made.service() as work:
        assert work.session.scalars(select(Audit.number)).all() == []


def test_a_declaration_that_names_what_is_not_there_is_refused(made: Organisation) -> None:
    """At submission, by file and field."""
    data = factories.form(
        "FM-13-04",
        fields=house.PLAN_FIELDS,
        steps=house.PLAN_STEPS,
        more=house.PLAN_LAW.replace("first\n", "never\n"),
    )
    with pytest.raises(SourceInvalid, match="never"):
        papers.submitted(made, data, file="FM-13-04.yaml")
    wrong = house.FINDING_LAW.replace("opportunity:", "oportunity:")
    data = factories.form("FM-13-05", fields=house.FINDING_FIELDS, steps=house.FINDING_STEPS, more=wrong)
    with pytest.raises(SourceInvalid, match="oportunity"):
        papers.submitted(made, data, file="FM-13-05.yaml")


def test_what_one_may_not_see_is_no_audit(made: Organisation) -> None:
    """AUD-08: outsiders find none, neither in the list nor by number."""
    ref = planned(made)
    with made.looking("outsider") as work:
        assert audits.listing(work) == []
        with pytest.raises(audits.NoSuchAudit):
            audits.one(work, ref.key)
    with made.looking("manager") as work:
        assert [each.number for each in audits.listing(work)] == [ref.key]
        with pytest.raises(audits.NoSuchAudit):
            audits.one(work, "FM-13-01-2026-999999")
