"""What happens beside the steps: amending, cancelling, limits that stand still, openings, guards."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import select, update

from qms import actions, clocks, records, tasks
from qms.kernel.errors import Conflict
from qms.kernel.refs import Ref
from qms.kernel.work import Works
from qms.records import errors
from tests.documents import factories as papers
from tests.records import factories as sheets

if TYPE_CHECKING:
    from qms.kernel.clock import SimulatedClock
    from qms.kernel.ports import Filed
    from qms.kernel.work import Work
    from tests.documents.factories import Organisation

LIMITED: Final = sheets.STEPS.replace(
    "by: {posts: [risk-head]}, opinion: required}",
    "by: {posts: [risk-head]}, opinion: required, within: T+3, warn: 1 working day}",
)


def test_an_amendment_stands_beside_what_was_filed(works: Works) -> None:
    """REC-02: the answer of now is the new one, the earlier content stays, name and reason beside."""
    made = sheets.house(works)
    ref = sheets.closed(made)
    with made.acting("author") as work:
        given = records.amend(work, ref, {"purpose": "车辆"}, "写错", password=made.keys["author"])
        assert given.fields == ["purpose"]
    assert sheets.answers(made, ref)["purpose"] == "车辆"
    with made.looking("author") as work:
        found = records.record_of(work.session, work.rights, ref, work.today)
        assert [each.reason for each in records.amendments(work.session, found)] == ["写错"]
        assert '"purpose":"设备"' in records.versions(work.session, found)[0].content


def test_an_amendment_needs_right_reason_and_a_difference(works: Works) -> None:
    """Wrong role, wrong state, and what would amend nothing are each refused."""
    made = sheets.house(works)
    ref = sheets.closed(made)
    key = made.keys["author"]
    with pytest.raises(errors.AmendingNotAllowed), made.acting("deputy") as work:
        records.amend(work, ref, {"purpose": "车辆"}, "写错", password=made.keys["deputy"])
    with pytest.raises(errors.RecordReasonMissing), made.acting("author") as work:
        records.amend(work, ref, {"purpose": "车辆"}, " ", password=key)
    with pytest.raises(errors.NothingAmended), made.acting("author") as work:
        records.amend(work, ref, {"purpose": "设备"}, "写错", password=key)
    with pytest.raises(errors.FieldNotHere), made.acting("author") as work:
        records.amend(work, ref, {"other": "x"}, "写错", password=key)
    with pytest.raises(errors.RecordInvalid), made.acting("author") as work:
        records.amend(work, ref, {"amount": "-1"}, "写错", password=key)
    draft = sheets.begun(made)
    with pytest.raises(errors.RecordNotFiled), made.acting("author") as work:
        records.amend(work, draft, {"purpose": "车辆"}, "写错", password=key)


def test_a_cancelled_record_keeps_its_number(works: Works) -> None:
    """The number stays taken, the task ends, and nothing happens to the record any more."""
    made = sheets.house(works)
    ref = sheets.filed(made)
    with pytest.raises(errors.RecordReasonMissing), made.acting("author") as work:
        records.cancel(work, ref, "")
    with pytest.raises(errors.CancellingNotAllowed), made.acting("writer") as work:
        records.cancel(work, sheets.filed(made), "重复")
    with made.acting("author") as work:
        records.cancel(work, ref, "重复")
    assert sheets.look(made, ref).state is records.State.CANCELLED
    with made.looking("author") as work:
        assert tasks.outstanding(work.session, "record:step", ref, work.today) == []
    with pytest.raises(errors.RecordCancelled), made.acting("author") as work:
        records.cancel(work, ref, "重复")
    with pytest.raises(errors.RecordCancelled), made.acting("risk-head") as work:
        records.act(work, ref, "review", values={"remark": "可"}, opinion="好")
    assert sheets.filed(made).key == "FM-07-01-2026-000003"


def test_a_step_runs_under_its_limit(works: Works, clock: SimulatedClock) -> None:
    """S72: T+3 from the opening of the step; done in time, the clock says so."""
    made = sheets.house(works, sheets.form(steps=LIMITED))
    ref = sheets.filed(made)
    with made.looking("author") as work:
        (running,) = clocks.of(work.session, ref)
        assert clocks.standing(running, work.now).state is clocks.State.RUNNING
        assert (running.due_at - timedelta(seconds=1)).astimezone(works.settings.zone_info).day == 5
    clock.advance(timedelta(days=1))
    sheets.reviewed(made, ref)
    with made.looking("author") as work:
        (stopped,) = clocks.of(work.session, ref)
        assert clocks.standing(stopped, work.now).on_time is True


def test_limits_stand_still_with_a_reason(works: Works, clock: SimulatedClock) -> None:
    """S71: waiting for the client adds nothing; only who has the step says so, and only once."""
    made = sheets.house(works, sheets.form(steps=LIMITED))
    ref = sheets.filed(made)
    with pytest.raises(errors.NotYourStep), made.acting("manager") as work:
        records.hold(work, ref, "review", "等待资料")
    with pytest.raises(errors.RecordReasonMissing), made.acting("risk-head") as work:
        records.hold(work, ref, "review", " ")
    with pytest.raises(errors.NothingHeld), made.acting("risk-head") as work:
        records.go_on(work, ref, "review")
    with made.acting("risk-head") as work:
        records.hold(work, ref, "review", "等待资料")
    with pytest.raises(errors.NothingToHold), made.acting("risk-head") as work:
        records.hold(work, ref, "review", "等待资料")
    clock.advance(timedelta(days=7))
    with made.acting("risk-head") as work:
        records.go_on(work, ref, "review")
        (running,) = clocks.of(work.session, ref)
        assert clocks.standing(running, work.now).state is not clocks.State.OVERDUE


OPENS: Final = """
opens:
  - {when: "amount > 1000", at: review, form: FM-07-02, to: {posts: [risk-head]}, within: 3 working days, values: {fact: "purpose"}}
  - {at: close, task: {label: {zh-Hans: 归档, en: File away}}, to: {posts: [document-controller]}}
  - {when: "amount > 1000", at: close, action: {title: {zh-Hans: 复查, en: Look again}}, to: {posts: [risk-head]}, within: 5 working days}
"""  # noqa: E501 - YAML in flow style
FINDING: Final = "  - {id: fact, label: 事实, type: text, required: true}"


def test_a_record_opens_what_its_form_declares(works: Works) -> None:
    """R51: another form with first answers, a task, an action; each once, done by what answers it."""
    finding = sheets.form("FM-07-02", fields=FINDING, steps="")
    made = sheets.house(works, sheets.form(steps=sheets.STEPS + OPENS), finding)
    ref = sheets.filed(made)
    sheets.reviewed(made, ref)
    with made.looking("author") as work:
        (opened,) = records.openings(
            work.session, records.record_of(work.session, work.rights, ref, work.today)
        )
        assert (opened.what, opened.target, opened.values) == ("form", "FM-07-02", {"fact": "设备"})
    with pytest.raises(errors.OpeningMissing), made.acting("manager") as work:
        records.answer(work, opened.id)
    with made.acting("risk-head") as work:
        begun = records.answer(work, opened.id)
        assert begun is not None
        answer = records.ref_of(records.submit(work, records.ref_of(begun)))
    assert sheets.answers(made, answer, "risk-head") == {"fact": "设备"}
    with made.looking("risk-head") as work:
        assert tasks.outstanding(work.session, "record:follow-up", f"record-opening:{opened.id}") == []
    sheets.approved(made, ref)
    with made.looking("manager") as work:
        found = records.openings(work.session, records.record_of(work.session, work.rights, ref, work.today))
        assert [each.what for each in found] == ["form", "task", "action"]
        arisen = actions.arisen(work.session, work.rights, ref, work.today)
        assert [each.title for each in arisen] == ["复查"]
    with made.acting("controller") as work:
        assert records.answer(work, found[1].id) is None
    with pytest.raises(errors.OpeningMissing), made.acting("controller") as work:
        records.answer(work, found[1].id)


def test_an_opening_goes_to_whom_its_form_names(works: Works) -> None:
    """R51: the person of a field, the holders within the department of a field, or the author."""
    opens = """
opens:
  - {at: review, task: {label: 一}, to: {field: manager}}
  - {at: review, task: {label: 二}, to: {roles: [department-head], of: unit}}
  - {at: review, task: {label: 三}, to: {author: true, posts: [general-manager]}}
"""
    made = sheets.house(works, sheets.form(steps=sheets.STEPS + opens))
    sheets.head(made, "east-head", "outlet-east")
    ref = sheets.filed(made, **sheets.GOOD, manager="writer", unit="outlet-east")
    sheets.reviewed(made, ref)
    logins = {number: login for login, number in made.ids.items()}
    with made.looking("author") as work:
        found = records.openings(work.session, records.record_of(work.session, work.rights, ref, work.today))
        asked = [
            {
                logins[each.person_id]
                for each in tasks.outstanding(work.session, "record:follow-up", f"record-opening:{row.id}")
            }
            for row in found
        ]
    assert asked == [{"writer"}, {"east-head"}, {"author", "general"}]


def test_who_is_asked_may_file_what_the_record_wrote(works: Works) -> None:
    """SEC-06: the asked form names its record, though who is asked sees none of that department's."""
    fields = "  - {id: business, label: 业务, type: record, form: [FM-07-01], required: true}"
    opens = """
opens:
  - {at: review, form: FM-07-02, to: {posts: [general-manager]}, values: {business: record}}
"""
    asked = sheets.form("FM-07-02", fields=fields, steps="")
    made = sheets.house(works, sheets.form(steps=sheets.STEPS + opens), asked)
    with made.service() as work:
        papers.add(work, made, "cashier", role="reader", post="general-manager", department="credit")
    ref = sheets.filed(made)
    sheets.reviewed(made, ref)
    with made.looking("author") as work:
        found = records.record_of(work.session, work.rights, ref, work.today)
        (opened,) = records.openings(work.session, found)
    with pytest.raises(errors.RecordMissing), made.looking("cashier") as work:
        records.record_of(work.session, work.rights, ref, work.today)
    by_hand = sheets.begun(made, "cashier", "FM-07-02", business=ref.key)
    with pytest.raises(errors.RecordInvalid), made.acting("cashier") as work:
        records.submit(work, by_hand)
    with made.acting("cashier") as work:
        begun = records.answer(work, opened.id)
        assert begun is not None
        answer = records.ref_of(begun)
    other = sheets.filed(made)
    with pytest.raises(errors.RecordInvalid), made.acting("cashier") as work:
        records.submit(work, answer, values={"business": other.key})
    with made.acting("cashier") as work:
        records.submit(work, answer)


def _source(made: Organisation, login: str, ref: Ref) -> records.Source | None:
    with made.looking(login) as work:
        return records.source(work, records.record_of(work.session, work.rights, ref, work.today))


def test_who_is_asked_is_told_of_the_record_that_asks(works: Works) -> None:
    """SEC-06, R19: number and form to who was asked, inside grade and circle; all to who sees it."""
    opens = """
opens:
  - {at: review, form: FM-07-02, to: {posts: [general-manager]}, values: {fact: purpose}}
"""
    asked = sheets.form("FM-07-02", fields=FINDING, steps="")
    made = sheets.house(works, sheets.form(steps=sheets.STEPS + opens), asked)
    with made.service() as work:
        papers.add(work, made, "cashier", role="reader", post="general-manager", department="credit")
        papers.add(work, made, "colleague", role="author", department="credit")
    ref = sheets.filed(made)
    sheets.reviewed(made, ref)
    with made.looking("author") as work:
        found = records.record_of(work.session, work.rights, ref, work.today)
        (row,) = records.openings(work.session, found)
    with made.looking("cashier") as work:
        told = records.asking(work, row)
        assert (told.number, told.form_title["en"], told.title, told.is_seen) == (
            ref.key, "Approval sheet", "", False,
        )  # fmt: skip
    with made.looking("colleague") as work:
        assert records.asking(work, row) == records.Source()
    with made.acting("cashier") as work:
        begun = records.answer(work, row.id)
        assert begun is not None
        answer = records.ref_of(records.submit(work, records.ref_of(begun)))
    mine, theirs, whole = (_source(made, login, answer) for login in ("cashier", "colleague", "manager"))
    assert mine is not None
    assert (mine.number, mine.title, mine.is_seen) == (ref.key, "", False)
    assert theirs == records.Source()
    assert whole is not None
    assert (whole.number, whole.title, whole.is_seen) == (ref.key, "设备", True)
    assert _source(made, "author", ref) is None
    with made.service() as work:
        work.session.execute(update(records.Record).where(records.Record.number == ref.key).values(secrecy=3))
    assert _source(made, "cashier", answer) == records.Source()


COUNTED = """
opens:
  - {at: review, task: {label: 一}, to: {posts: [risk-head]}, within: 3 working days}
  - {at: review, action: {title: 二}, to: {posts: [risk-head]}, within: 4 working days}
  - {at: review, task: {label: 三}, to: {posts: [risk-head]}, within: 20 days}
"""
NOTICE = """default: own
calendars:
  own: {complete: [2049, 2050], holidays: [2050-01-03]}
"""


def _due(made: Organisation, login: str) -> list[date]:
    with made.looking(login) as work:
        rows = work.session.scalars(select(tasks.Task).where(tasks.Task.settled_at.is_(None)))
        asked = [each for each in rows if each.kind in {"record:follow-up", "actions:do"}]
        return sorted(each.due_on for each in asked if each.due_on)


def _recount(made: Organisation) -> list[str]:
    with made.service() as work:
        moved = tasks.recount(work)
        actions.move(work, moved)
        return [each.action for each in work.changes if each.action == "task:recount"]


def test_what_is_owed_is_counted_again_once_the_year_is_published(
    works: Works, clock: SimulatedClock
) -> None:
    """S71: provisional days of tasks and actions move with an entry, others and past ones never, once."""
    made = sheets.house(works, sheets.form(steps=sheets.STEPS + COUNTED))
    clock.at = datetime(2049, 12, 30, 1, 0, tzinfo=UTC)
    ref = sheets.filed(made)
    sheets.reviewed(made, ref)
    assert _due(made, "manager") == [date(2050, 1, 4), date(2050, 1, 5), date(2050, 1, 19)]
    assert _recount(made) == []
    path = made.works.settings.home / "calendars.yaml"
    path.write_text("default: [", "utf-8")
    assert _recount(made) == []
    path.write_text(NOTICE, "utf-8")
    assert _recount(made) == ["task:recount"] * 2
    assert _due(made, "manager") == [date(2050, 1, 5), date(2050, 1, 6), date(2050, 1, 19)]
    with made.looking("manager") as work:
        (arisen,) = actions.arisen(work.session, work.rights, ref, work.today)
        assert arisen.due_on == date(2050, 1, 6)
    assert _recount(made) == []


def test_what_is_past_is_not_counted_again(works: Works, clock: SimulatedClock) -> None:
    """A day that has gone by stays as people knew it."""
    made = sheets.house(works, sheets.form(steps=sheets.STEPS + COUNTED))
    clock.at = datetime(2049, 12, 30, 1, 0, tzinfo=UTC)
    sheets.reviewed(made, sheets.filed(made))
    clock.at = datetime(2050, 2, 1, 1, 0, tzinfo=UTC)
    (made.works.settings.home / "calendars.yaml").write_text(NOTICE, "utf-8")
    assert _recount(made) == []


@dataclass(frozen=True, slots=True)
class NoApproval:
    """A guard that lets nothing pass the review."""

    forms: frozenset[str] | None = frozenset({sheets.NUMBER})

    def allow(self, work: Work, filed: Filed, event: str) -> None:  # noqa: ARG002 - the shape of the port
        """Refuse every step."""
        if event == "step":
            raise Conflict


@dataclass(slots=True)
class Heard:
    """A follower that remembers what it was told."""

    told: list[tuple[str, str, Any]]
    forms: frozenset[str] | None = None

    def follow(self, work: Work, filed: Filed) -> None:  # noqa: ARG002 - the shape of the port
        """Keep event, state and one answer."""
        self.told.append((filed.event, filed.state, filed.values.get("purpose")))


def test_upper_slices_follow_and_forbid(works: Works) -> None:
    """One truth: a follower hears of each change in its transaction, a guard stops it."""
    heard = Heard([])
    listening = Works(
        works.engine,
        works.vault,
        works.settings,
        works.clock,
        works.append,
        {**works.ports, "followers": (heard,)},
    )
    made = sheets.house(listening)
    ref = sheets.closed(made)
    assert heard.told == [("submit", "open", "设备"), ("step", "open", "设备"), ("step", "closed", "设备")]
    made.works = Works(
        works.engine,
        works.vault,
        works.settings,
        works.clock,
        works.append,
        {**works.ports, "guards": (NoApproval(),)},
    )
    again = sheets.filed(made)
    with pytest.raises(Conflict), made.acting("risk-head") as work:
        records.act(work, again, "review", values={"remark": "可"}, opinion="好")
    assert sheets.look(made, again).version == 1
    assert ref != again


def test_what_one_may_not_see_does_not_exist(works: Works) -> None:
    """SEC-06, SEC-07: lists, one record, refs in a list; by department, circle and seat."""
    made = sheets.house(works, sheets.form(more="records: {circle: aml}"))
    sheets.circle(made, "aml", "author", "risk-head")
    ref = sheets.filed(made)
    with made.looking("risk-head") as work:
        assert [row.number for row in records.listing(work.session, work.rights, work.today)] == [ref.key]
    for login in ("manager", "reader", "controller"):
        with made.looking(login) as work:
            assert records.listing(work.session, work.rights, work.today) == []
            assert records.hidden(work.session, work.rights, [ref, Ref("record", "x")], work.today) == {
                ref,
                Ref("record", "x"),
            }
            with pytest.raises(errors.RecordMissing):
                records.record_of(work.session, work.rights, ref, work.today)


def test_who_could_have_filed_it_sees_no_more_for_that(works: Works) -> None:
    """SEC-06: the role that may file a form is no seat on the records others filed."""
    made = sheets.house(works)
    ref = sheets.filed(made)
    with pytest.raises(errors.RecordMissing), made.looking("reader") as work:
        records.record_of(work.session, work.rights, ref, work.today)
    with made.acting("risk-head") as work:
        records.give_back(work, ref, "review", "缺件")
    with pytest.raises(errors.RecordMissing), made.looking("reader") as work:
        records.record_of(work.session, work.rights, ref, work.today)


def test_nobody_begins_what_they_could_not_see(works: Works) -> None:
    """R19: circle and grade bind the author as well; no draft is left that nobody can open."""
    made = sheets.house(works, sheets.form(more="records: {circle: aml}"))
    sheets.issue(made, sheets.form("FM-07-02", more="records: {secrecy: confidential}"))
    sheets.circle(made, "aml", "risk-head")
    for number in ("FM-07-01", "FM-07-02"):
        with pytest.raises(errors.RecordWouldBeHidden, match=number):
            sheets.begun(made, "author", number)
    with made.service() as work:
        assert work.session.scalars(select(records.Record)).all() == []


def test_an_author_amends_no_answer_of_others(works: Works) -> None:
    """Neither the remark of the review nor an answer that would no longer be asked; their own they do."""
    fields = sheets.FIELDS.replace(
        "{id: remark, label: {zh-Hans: 审查意见, en: Remark}, type: text, required: true}",
        '{id: remark, label: {zh-Hans: 审查意见, en: Remark}, type: text, show-when: "amount > 10"}',
    )
    made = sheets.house(works, sheets.form(fields=fields))
    ref = sheets.closed(made)
    key = made.keys["author"]
    with made.looking("author") as work:
        found = records.record_of(work.session, work.rights, ref, work.today)
        assert records.amendable(work, found) == {"purpose", "amount", "manager", "unit"}
    for changes in ({"remark": "不可"}, {"amount": "5"}):
        with pytest.raises(errors.AnswerOfOthers), made.acting("author") as work:
            records.amend(work, ref, changes, "写错", password=key)
    with made.acting("author") as work:
        records.amend(work, ref, {"amount": "20"}, "写错", password=key)
    assert sheets.answers(made, ref)["remark"] == "可"


def test_whoever_did_a_step_amends_its_answers_and_no_others(works: Works) -> None:
    """The reviewer corrects the remark; the purpose is not theirs; in an open record alike."""
    made = sheets.house(works)
    ref = sheets.filed(made)
    sheets.reviewed(made, ref)
    with made.acting("risk-head") as work:
        _take(work, "records:amend")
        records.amend(work, ref, {"remark": "尚可"}, "写错", password=made.keys["risk-head"])
    assert sheets.answers(made, ref)["remark"] == "尚可"
    with made.acting("risk-head") as work:
        _take(work, "records:amend")
        with pytest.raises(errors.AnswerOfOthers):
            records.amend(work, ref, {"purpose": "车辆"}, "写错", password=made.keys["risk-head"])


def test_who_may_amend_records_amends_every_answer(works: Works) -> None:
    """With the permission for the department, as before."""
    made = sheets.house(works)
    ref = sheets.closed(made)
    with made.acting("manager") as work:
        records.amend(work, ref, {"remark": "尚可"}, "写错", password=made.keys["manager"])
    assert sheets.answers(made, ref)["remark"] == "尚可"


def _take(work: Work, permission: str) -> None:
    """The person lacks one permission."""
    kept = {name: reach for name, reach in work.rights.permissions.items() if name != permission}
    work.rights = replace(work.rights, permissions=kept)
