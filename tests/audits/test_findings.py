"""Criterion, evidence, statement; a class agreed jointly; what is common is spread (AUD-05, S69)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from qms import actions, audits, records
from qms.audits.models import AuditFinding, FindingSpread
from qms.kernel.errors import Forbidden
from qms.records import Record
from tests.audits import house
from tests.audits.house import FINDING, TODAY, VOTES, act, decided, delivered, found, meet, planned, started
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


def row(made: Organisation, ref: Ref) -> AuditFinding:
    """What lists are made of."""
    with made.service() as work:
        kept = work.session.scalar(select(AuditFinding).where(AuditFinding.number == ref.key))
        assert kept is not None
        work.session.expunge(kept)
        return kept


def test_a_finding_goes_from_fact_to_delivered_class(made: Organisation) -> None:
    """And its row says how far it is; the view of the unit stays with it."""
    audit = started(made)
    ref = found(made, audit)
    kept = row(made, ref)
    assert (kept.audit, kept.department, kept.document) == (audit.key, "outlet-east", "CP-07")
    assert (kept.grade, kept.weight, kept.found_on) == (None, None, TODAY)
    act(made, "manager", ref, "confirm", view="objection", dissent="The receipt came a day later")
    meet(made, ref)
    kept = row(made, ref)
    assert (kept.grade, kept.weight, kept.classed_on, kept.delivered_on) == ("minor", 2, TODAY, None)
    act(made, "deputy", ref, "deliver")
    kept = row(made, ref)
    assert (kept.standpoint, kept.delivered_on, kept.state) == ("objection", TODAY, "closed")
    with made.looking("manager") as work:
        (told,) = audits.one(work, audit.key).findings
        assert (told.statement, told.dissent) == (house.FOUND["fact"], "The receipt came a day later")
        assert [each.number for each in audits.findings(work)] == [ref.key]
    with made.looking("outsider") as work:
        assert audits.findings(work) == []


@pytest.mark.parametrize("left", ["document", "fact", "proof"])
def test_without_criterion_evidence_and_statement_there_is_no_finding(made: Organisation, left: str) -> None:
    """AUD-05: wrong input, said by the name of the field."""
    with pytest.raises(audits.FindingIncomplete) as caught:
        found(made, None, **{left: None})
    assert [each.field for each in caught.value.problems] == [left]


def test_findings_come_from_an_audit_under_way(made: Organisation) -> None:
    """Not from a plan, nor from one that is over."""
    ref = planned(made)
    with pytest.raises(audits.AuditNotStarted):
        found(made, ref)
    with made.acting("author") as work:
        records.cancel(work, ref, "not this year")
    with pytest.raises(audits.AuditNotStarted):
        found(made, ref)


def test_nobody_writes_findings_of_their_own_department(made: Organisation) -> None:
    """AUD-03: an inspector who came to the department in the meantime included."""
    audit = started(made)
    with pytest.raises(audits.OwnWorkAudited, match="Author"):
        found(made, audit, unit="risk")
    house.move(made, "author", "outlet-east", TODAY)
    with pytest.raises(audits.OwnWorkAudited):
        found(made, audit)


@pytest.mark.parametrize(
    ("told", "named"),
    [
        ({"there": VOTES[:1]}, "-"),
        ({"there": None}, "-"),
        ({"grade": "opportunity"}, "minor"),
        ({"grade": None}, "minor"),
        ({"there": [{**VOTES[0], "out": True}, VOTES[1]]}, "-"),
    ],
)
def test_a_class_is_agreed_jointly(made: Organisation, told: dict[str, Any], named: str) -> None:
    """S69: by at least two who are not recused, and the one most of them spoke for."""
    ref = found(made)
    act(made, "manager", ref, "confirm", view="confirmed")
    with pytest.raises(audits.ClassNotAgreed) as caught:
        meet(made, ref, **told)
    assert caught.value.facts["agreed"] == named
    with pytest.raises(Forbidden):
        act(made, "author", ref, "meet")
    assert row(made, ref).classed_on is None


@pytest.mark.parametrize("login", ["reader", "author"])
def test_who_is_concerned_does_not_speak(made: Organisation, login: str) -> None:
    """S69: neither a member of the department nor who found it; recused they may be there."""
    ref = found(made)
    act(made, "manager", ref, "confirm", view="confirmed")
    voice = {"who": login, "vote": "minor"}
    with pytest.raises(audits.ConcernedVoter, match=login.title()):
        meet(made, ref, there=[*VOTES, voice])
    meet(made, ref, there=[*VOTES, {**voice, "out": True}])
    assert row(made, ref).grade == "minor"


def test_a_grave_class_asks_for_an_action(made: Organisation) -> None:
    """AUD-07: the form says which."""
    ref = found(made)
    act(made, "manager", ref, "confirm", view="confirmed")
    votes = [{**each, "vote": "major"} for each in VOTES]
    with pytest.raises(audits.ActionNeeded, match="major"):
        meet(made, ref, there=votes, grade="major")
    meet(made, ref, there=votes, grade="major", action=True)
    assert row(made, ref).weight == 5


def test_what_is_common_is_looked_for_elsewhere(made: Organisation) -> None:
    """S69, R48: each department that was named gets an action from the finding, once, its own none."""
    factories.head(made, "credit-head", "credit")
    ref = found(made)
    act(made, "manager", ref, "confirm", view="confirmed")
    for units in (None, [{"unit": "outlet-east"}]):
        with pytest.raises(audits.SpreadMissing):
            meet(made, ref, common=True, units=units)
    units = [{"unit": "credit"}, {"unit": "outlet-east"}, {"unit": "risk"}, {"unit": "credit"}]
    meet(made, ref, common=True, units=units)
    act(made, "deputy", ref, "deliver")
    with made.looking("manager") as work:
        (told,) = audits.findings(work)
        assert [each.department for each in told.spread] == ["credit", "risk"]
        due = {each.due_on for each in told.spread}
        owners = [
            actions.action(work.session, work.rights, each.number, work.today).owner_id
            for each in told.spread
        ]
    assert due == {TODAY.replace(day=9)}
    assert owners == [made.ids["credit-head"], made.ids["risk-head"]]
    with made.service() as work:
        assert len(work.session.scalars(select(FindingSpread)).all()) == 2


def test_a_joint_decision_is_not_taken_back_by_one_person(made: Organisation) -> None:
    """S69: neither cancelled nor amended, but sent back to be agreed on again."""
    ref = found(made)
    decided(made, ref)
    with made.acting("author") as work, pytest.raises(audits.ClassFixed):
        records.cancel(work, ref, "I was wrong")
    for login, change in (
        ("manager", {"grade": "opportunity"}),
        ("manager", {"common": True}),
        ("author", {"unit": "risk"}),
        ("manager", {"action": True}),
    ):
        with made.acting(login) as work, pytest.raises(audits.ClassFixed):
            records.amend(work, ref, change, "Better so", password=made.keys[login])
    with made.acting("author") as work, pytest.raises(audits.FindingIncomplete):
        records.amend(work, ref, {"proof": None}, "Lost", password=made.keys["author"])
    with made.acting("author") as work:
        records.amend(work, ref, {"fact": "One of ten"}, "A word", password=made.keys["author"])
    with made.acting("deputy") as work:
        records.give_back(work, ref, "deliver", "Look again")
    assert (row(made, ref).classed_on, row(made, ref).grade) == (None, None)
    with made.acting("author") as work:
        records.cancel(work, ref, "It was there after all")
    assert row(made, ref).state == "cancelled"


def test_a_finding_without_an_audit_obeys_the_same_law(made: Organisation) -> None:
    """It came from a complaint or a warning; one that names a record that is no audit as well."""
    other = factories.issue(made, factories.form())
    assert other is not None
    plain = factories.filed(made)
    ref = found(made, plain)
    delivered(made, ref)
    assert (row(made, ref).audit, row(made, ref).state) == (plain.key, "closed")


def test_a_record_that_was_disposed_of_keeps_its_row(made: Organisation) -> None:
    """For the coverage; a record that never was a finding has none."""
    ref = found(made)
    with made.service() as work:
        record = records.record_of(work.session, work.rights, ref, work.today)
        filed = records.filed(work, record, "cancel")
        gone = type(filed)(**{**{key: getattr(filed, key) for key in filed.__slots__}, "state": "disposed"})
        audits.FindingFollower().follow(work, gone)
        other = type(filed)(**{**{key: getattr(gone, key) for key in gone.__slots__}, "record_id": 999})
        audits.FindingFollower().follow(work, other)
    assert row(made, ref).state == "disposed"


def test_classes_without_votes_are_those_that_are_written(made: Organisation) -> None:
    """A form that keeps no votes, and grades no classes, has its class from whoever takes the step."""
    law = house.FINDING_LAW.split("  voter:")[0]
    law += "  common: common\n  steps: {deliberate: meet, deliver: deliver}\n"
    data = factories.form("FM-13-05", fields=house.FINDING_FIELDS, steps=house.FINDING_STEPS, more=law)
    factories.issue(made, data)
    papers.run_day(made)
    ref = factories.filed(made, "author", "FM-13-05", **house.FOUND)
    act(made, "manager", ref, "confirm", view="confirmed")
    with pytest.raises(audits.ClassNotAgreed):
        act(made, "manager", ref, "meet", common=False)
    act(made, "manager", ref, "meet", grade="major", common=False)
    assert (row(made, ref).grade, row(made, ref).weight, FINDING) == ("major", 0, "FM-13-02")


def test_a_finding_of_a_closed_circle_stays_in_it(made: Organisation) -> None:
    """Who sees the audit sees and counts only the findings that exist for them (SEC-06, SEC-07)."""
    audit = started(made)
    open_one, closed_one = found(made, audit), found(made, audit, fact="Only for some")
    with made.service() as work:
        work.session.execute(update(Record).where(Record.number == closed_one.key).values(circle="inner"))
    _sees(made, audit, open_one)
    factories.circle(made, "inner", "author")
    _sees(made, audit, open_one, closed_one)


def _sees(made: Organisation, audit: Ref, *expected: Ref) -> None:
    numbers = [each.key for each in expected]
    with made.looking("author") as work:
        shown = audits.one(work, audit.key)
        assert [each.number for each in shown.findings] == numbers
        assert shown.listed.findings == len(numbers)
        assert [each.number for each in audits.findings(work)] == numbers
