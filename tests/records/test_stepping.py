"""Steps: who acts, what a step asks, sending back, hand-over, authority, recusal, incompatible posts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from qms import accounts, documents, records, tasks
from qms.records import access, errors
from tests.documents.factories import add, trail_is_whole
from tests.records import factories as sheets

if TYPE_CHECKING:
    from qms.kernel.refs import Ref
    from qms.kernel.work import Works
    from tests.documents.factories import Organisation


def test_the_steps_are_walked_to_the_close(works: Works) -> None:
    """File, review, approve: the record is closed, every act has its opinion and name (R25)."""
    made = sheets.house(works)
    ref = sheets.closed(made)
    found = sheets.look(made, ref)
    assert (found.state, found.decision, found.version) == (records.State.CLOSED, "agree", 3)
    with made.looking("author") as work:
        walked = records.steps(work.session, found)
        assert [(each.step, each.state.value) for each in walked] == [
            ("file", "done"),
            ("review", "done"),
            ("approve", "done"),
        ]
        last = walked[-1].acts[0]
        assert (last.name, last.opinion, last.decision, last.signed) == ("Deputy", "同意", "agree", True)
        assert not tasks.outstanding(work.session, "record:step", ref, work.today)
    assert trail_is_whole(made)


def test_nobody_else_acts_in_a_step(works: Works) -> None:
    """Wrong role: the review asks the head of risk alone."""
    made = sheets.house(works)
    ref = sheets.filed(made)
    with pytest.raises(errors.NotYourStep), made.acting("manager") as work:
        records.act(work, ref, "review", values={"remark": "可"}, opinion="好")


def test_a_step_that_is_not_open_takes_nothing(works: Works) -> None:
    """Wrong state: nobody acts ahead or behind."""
    made = sheets.house(works)
    ref = sheets.filed(made)
    with pytest.raises(errors.NotYourStep), made.acting("risk-head") as work:
        records.act(work, ref, "approve", opinion="好", decision="agree", password=made.keys["risk-head"])
    closed = sheets.closed(made)
    with pytest.raises(errors.RecordClosed), made.acting("risk-head") as work:
        records.act(work, closed, "review", values={"remark": "可"}, opinion="好")


def test_what_a_step_asks_is_not_left_out(works: Works) -> None:
    """Opinion, required answer, decision, signature: each is its own refusal."""
    made = sheets.house(works)
    ref = sheets.filed(made)
    with pytest.raises(errors.RecordInvalid), made.acting("risk-head") as work:
        records.act(work, ref, "review", opinion="好")
    with pytest.raises(errors.OpinionMissing), made.acting("risk-head") as work:
        records.act(work, ref, "review", values={"remark": "可"}, opinion="  ")
    sheets.reviewed(made, ref)
    with pytest.raises(errors.DecisionMissing), made.acting("deputy") as work:
        records.act(work, ref, "approve", opinion="好", password=made.keys["deputy"])
    with pytest.raises(errors.DecisionUnknown), made.acting("deputy") as work:
        records.act(work, ref, "approve", opinion="好", decision="perhaps", password=made.keys["deputy"])
    with pytest.raises(errors.SignatureMissing), made.acting("deputy") as work:
        records.act(work, ref, "approve", opinion="好", decision="agree")
    assert sheets.look(made, ref).state is records.State.OPEN


def test_a_record_is_sent_back_and_filed_again_under_its_number(works: Works) -> None:
    """The reason is told, the round counted, the number kept, and the review asked anew."""
    made = sheets.house(works)
    ref = sheets.filed(made)
    with made.acting("risk-head") as work:
        records.give_back(work, ref, "review", "缺用途说明")
    with made.looking("author") as work:
        owed = tasks.inbox(work.session, made.ids["author"], work.today)
        assert [each.ref for each in owed if each.kind == "record:step"] == [ref]
    with made.acting("author") as work:
        again = records.submit(work, ref, values={"purpose": "购置设备"})
        assert (again.number, again.round, again.version) == (ref.key, 2, 2)
    sheets.reviewed(made, ref)
    sheets.approved(made, ref)
    assert sheets.answers(made, ref)["purpose"] == "购置设备"


def test_sending_back_needs_seat_and_reason(works: Works) -> None:
    """Wrong role and missing reason are refused; the first step has nobody to send back to."""
    made = sheets.house(works)
    ref = sheets.filed(made)
    with pytest.raises(errors.NotYourStep), made.acting("manager") as work:
        records.give_back(work, ref, "review", "x")
    with pytest.raises(errors.RecordReasonMissing), made.acting("risk-head") as work:
        records.give_back(work, ref, "review", " ")


ACCEPT = sheets.STEPS.replace(
    "by: {posts: [risk-head]}, opinion: required}",
    "by: {posts: [risk-head]}, accept: required, opinion: required}",
)


def test_a_hand_over_is_accepted_first_and_then_nothing_goes_back(works: Works) -> None:
    """S68: files never go back once their acceptance check is done."""
    made = sheets.house(works, sheets.form(steps=ACCEPT))
    ref = sheets.filed(made)
    with pytest.raises(errors.StepNotAccepted), made.acting("risk-head") as work:
        records.act(work, ref, "review", values={"remark": "可"}, opinion="好")
    with pytest.raises(errors.NotYourStep), made.acting("manager") as work:
        records.accept(work, ref, "review")
    with made.acting("risk-head") as work:
        records.accept(work, ref, "review")
    with pytest.raises(errors.StepAccepted), made.acting("risk-head") as work:
        records.accept(work, ref, "review")
    with pytest.raises(errors.HandedOver), made.acting("risk-head") as work:
        records.give_back(work, ref, "review", "缺件")
    sheets.reviewed(made, ref)
    with pytest.raises(errors.HandedOver), made.acting("deputy") as work:
        records.give_back(work, ref, "approve", "缺件")


def test_a_step_without_acceptance_has_nothing_to_accept(works: Works) -> None:
    """Wrong state of the form."""
    made = sheets.house(works)
    ref = sheets.filed(made)
    with pytest.raises(errors.NothingToAccept), made.acting("risk-head") as work:
        records.accept(work, ref, "review")


def test_who_is_concerned_does_not_decide(works: Works) -> None:
    """R27: recusal by the person named and by the department named."""
    steps = sheets.STEPS.replace(
        "by: {posts: [risk-head]},", "by: {posts: [risk-head]}, recuse: [manager, unit],"
    )
    made = sheets.house(works, sheets.form(steps=steps))
    ref = sheets.filed(made, **sheets.GOOD, manager="risk-head")
    with pytest.raises(errors.Recused), made.acting("risk-head") as work:
        records.act(work, ref, "review", values={"remark": "可"}, opinion="好")
    other = sheets.filed(made, **sheets.GOOD, unit="risk")
    with pytest.raises(errors.Recused), made.acting("risk-head") as work:
        records.act(work, other, "review", values={"remark": "可"}, opinion="好")
    free = sheets.filed(made, **sheets.GOOD, unit="credit")
    sheets.reviewed(made, free)


def test_incompatible_posts_are_not_done_by_one_person(works: Works) -> None:
    """R27: who filed does not review where the form says so."""
    steps = sheets.STEPS.replace("[author, reader]", "[author, reader, department-head]").replace(
        "by: {posts: [risk-head]},", "by: {posts: [risk-head]}, not-by: [file],"
    )
    made = sheets.house(works, sheets.form(steps=steps))
    ref = sheets.filed(made, "risk-head")
    with pytest.raises(errors.PostsIncompatible), made.acting("risk-head") as work:
        records.act(work, ref, "review", values={"remark": "可"}, opinion="好")


def test_a_role_of_another_department_sees_what_it_is_asked(works: Works) -> None:
    """SEC-06: the head of the unit a field names sees it, other heads do not."""
    steps = sheets.STEPS.replace("{posts: [risk-head]}", "{roles: [department-head], of: unit}")
    made = sheets.house(works, sheets.form(steps=steps))
    for login, department in (("east-head", "outlet-east"), ("credit-head", "credit")):
        sheets.head(made, login, department)
    ref = sheets.filed(made, **sheets.GOOD, unit="outlet-east")
    with pytest.raises(errors.RecordMissing), made.acting("reader") as work:
        records.act(work, ref, "review", values={"remark": "可"}, opinion="好")
    with made.looking("east-head") as work:
        found = records.record_of(work.session, work.rights, ref, work.today)
        assert found.department == "risk"
        locks = access.locks(work.session, found)
        assert records.keys(work) & locks
    with made.looking("reader") as work:
        assert not records.keys(work) & locks
    with made.acting("east-head") as work:
        records.act(work, ref, "review", values={"remark": "可"}, opinion="好")


def test_who_decides_goes_by_the_amount(works: Works) -> None:
    """R60: up to a limit one post, beyond it another."""
    authority = (
        "authority: {by: amount, up-to: [{most: 1000, posts: [risk-head]}, {posts: [general-manager]}]}"
    )
    steps = sheets.STEPS.replace("by: {posts: [deputy-general-manager]}", authority)
    made = sheets.house(works, sheets.form(steps=steps))
    small, large = (
        sheets.filed(made, purpose="a", amount="1000"),
        sheets.filed(made, purpose="b", amount="1000.01"),
    )
    for ref in (small, large):
        sheets.reviewed(made, ref)
    with pytest.raises(errors.NotYourStep), made.acting("risk-head") as work:
        records.act(work, large, "approve", opinion="好", decision="agree", password=made.keys["risk-head"])
    with made.acting("general") as work:
        records.act(work, large, "approve", opinion="好", decision="agree", password=made.keys["general"])
    with made.acting("risk-head") as work:
        records.act(work, small, "approve", opinion="好", decision="agree", password=made.keys["risk-head"])


def test_a_decision_may_end_the_record(works: Works) -> None:
    """Where the form says that an outcome ends it, the following steps never begin."""
    steps = sheets.STEPS.replace(
        "opinion: required}",
        "opinion: required, decisions: [{value: go, label: 继续}, {value: stop, label: 否决, ends: true}]}",
        1,
    )
    made = sheets.house(works, sheets.form(steps=steps))
    ref = sheets.filed(made)
    with made.acting("risk-head") as work:
        records.act(work, ref, "review", values={"remark": "否"}, opinion="不可", decision="stop")
    found = sheets.look(made, ref)
    assert (found.state, found.decision) == (records.State.CLOSED, "stop")


def test_a_step_whose_condition_does_not_hold_is_passed_over(works: Works) -> None:
    """Small amounts need no approval where the form says so."""
    steps = sheets.STEPS.replace("id: approve, ", 'id: approve, when: "amount > 1000", ')
    made = sheets.house(works, sheets.form(steps=steps))
    ref = sheets.filed(made, purpose="a", amount="5")
    sheets.reviewed(made, ref)
    assert sheets.look(made, ref).state is records.State.CLOSED


def test_all_who_are_asked_act_and_each_once(works: Works) -> None:
    """A quorum of all closes the step with the last voice; a second voice of one person is refused."""
    steps = sheets.STEPS.replace(
        "by: {posts: [risk-head]}", "by: {posts: [risk-head, quality-manager], quorum: all}"
    )
    made = sheets.house(works, sheets.form(steps=steps))
    ref = sheets.filed(made)
    sheets.reviewed(made, ref)
    with pytest.raises(errors.ActedAlready), made.acting("risk-head") as work:
        records.act(work, ref, "review", values={"remark": "可"}, opinion="好")
    with made.acting("manager") as work:
        records.act(work, ref, "review", opinion="好")
    sheets.approved(made, ref)


def test_a_record_never_goes_to_a_step_nobody_can_take(works: Works) -> None:
    """The filing is refused with the reason; no number is taken."""
    steps = sheets.STEPS.replace("by: {posts: [risk-head]}", "by: {posts: [document-controller]}")
    made = sheets.house(works, sheets.form(steps=steps))
    with made.service() as work:
        accounts.deactivate(work, made.ids["controller"], "left")
    ref = sheets.begun(made)
    with pytest.raises(errors.NobodyForStep), made.acting("author") as work:
        records.submit(work, ref)
    assert sheets.look(made, ref).number is None


def test_a_new_form_leaves_records_on_the_old_one(works: Works) -> None:
    """Records begun under the old form finish under it; new ones take the new revision."""
    made = sheets.house(works)
    old = sheets.filed(made)
    with made.acting("author") as work:
        documents.revise(
            work,
            documents.next_draft(work, sheets.NUMBER, "zh-Hans", reason="r", summary="s"),
        )
    sheets.reviewed(made, old)
    sheets.approved(made, old)
    assert sheets.look(made, old).state is records.State.CLOSED


def test_a_substitute_acts_in_the_name_of_the_person(works: Works) -> None:
    """R27: A/B posts; the mark says for whom."""
    made = sheets.house(works)
    ref = sheets.filed(made)
    with made.service() as work:
        add(work, made, "second", role="reviewer", department="risk")
    with made.acting("risk-head") as work:
        accounts.substitute(
            work, made.ids["risk-head"], made.ids["second"], from_on=work.today, until_on=date(2027, 1, 1)
        )
    with pytest.raises(errors.NotYourStep), made.acting("second") as work:
        records.act(work, ref, "review", values={"remark": "可"}, opinion="好")
    with made.acting("second") as work:
        records.act(
            work, ref, "review", values={"remark": "可"}, opinion="好", standing_for=made.ids["risk-head"]
        )
        found = records.record_of(work.session, work.rights, ref, work.today)
        assert records.steps(work.session, found)[1].acts[0].for_name == "Risk-Head"


DECIDED = sheets.STEPS.replace(
    "by: {roles: [author, reader]}",
    "by: {roles: [author, reader]}, decisions: [{value: go, label: {en: Go on}}, "
    "{value: stop, label: {en: Stop}, ends: true}]",
)


def test_what_the_first_step_decides_counts(works: Works) -> None:
    """R25: a decision taken at the filing is that of the record; one that ends it closes it there."""
    made = sheets.house(works, sheets.form(steps=DECIDED))
    ref = sheets.begun(made)
    with pytest.raises(errors.DecisionMissing), made.acting("author") as work:
        records.submit(work, ref)
    with made.acting("author") as work:
        going = records.ref_of(records.submit(work, ref, decision="go"))
    assert (sheets.look(made, going).state, sheets.look(made, going).decision) == (records.State.OPEN, "go")
    other = sheets.begun(made)
    with made.acting("author") as work:
        ended = records.ref_of(records.submit(work, other, decision="stop"))
    assert (sheets.look(made, ended).state, sheets.look(made, ended).decision) == (
        records.State.CLOSED, "stop",
    )  # fmt: skip
    with made.acting("risk-head") as work:
        records.give_back(work, going, "review", "缺件")
    with made.acting("author") as work:
        records.submit(work, going, decision="stop")
    assert sheets.look(made, going).state is records.State.CLOSED
    assert trail_is_whole(made)


TOGETHER = sheets.STEPS.replace(
    "by: {posts: [deputy-general-manager]}", "by: {posts: [deputy-general-manager, risk-head], quorum: all}"
)


def _decide(made: Organisation, ref: Ref, login: str, decision: str, **values: str) -> None:
    with made.acting(login) as work:
        key = made.keys[login]
        records.act(work, ref, "approve", opinion="见", decision=decision, password=key, values=values)


@pytest.mark.parametrize(("first", "second"), [("disagree", "agree"), ("agree", "disagree")])
def test_of_different_decisions_in_a_step_the_least_favourable_counts(
    works: Works, first: str, second: str
) -> None:
    """Two approvers: whoever signs last does not override a refusal, and no earlier consent outlasts one."""
    made = sheets.house(works, sheets.form(steps=TOGETHER))
    ref = sheets.filed(made)
    sheets.reviewed(made, ref)
    _decide(made, ref, "deputy", first)
    assert sheets.look(made, ref).state is records.State.OPEN
    _decide(made, ref, "risk-head", second)
    found = sheets.look(made, ref)
    assert (found.state, found.decision) == (records.State.CLOSED, "disagree")
    assert trail_is_whole(made)


def test_where_all_agree_the_step_agrees(works: Works) -> None:
    """The most favourable option counts when each of them chose it."""
    made = sheets.house(works, sheets.form(steps=TOGETHER))
    ref = sheets.filed(made)
    sheets.reviewed(made, ref)
    _decide(made, ref, "deputy", "agree")
    _decide(made, ref, "risk-head", "agree")
    assert sheets.look(made, ref).decision == "agree"


def test_what_one_has_signed_in_a_step_another_one_does_not_change(works: Works) -> None:
    """The second of two signers neither changes nor empties an answer of the first one."""
    made = sheets.house(works, sheets.form(steps=TOGETHER))
    ref = sheets.filed(made)
    sheets.reviewed(made, ref)
    with made.acting("risk-head") as work:
        records.save_step(work, ref, "approve", {"condition": "无"})
    _decide(made, ref, "deputy", "agree", condition="抵押")
    for condition in ("无", None):
        with pytest.raises(errors.AnswerSigned), made.acting("risk-head") as work:
            records.act(
                work,
                ref,
                "approve",
                values={"condition": condition},
                opinion="见",
                decision="agree",
                password=made.keys["risk-head"],
            )
    with made.looking("risk-head") as work:
        found = records.record_of(work.session, work.rights, ref, work.today)
        assert records.givable(work, found, "approve") == frozenset()
    _decide(made, ref, "risk-head", "agree")
    assert sheets.answers(made, ref)["condition"] == "抵押"


def test_what_nobody_answered_another_one_may_give(works: Works) -> None:
    """A second signer adds the condition that the first one left open."""
    made = sheets.house(works, sheets.form(steps=TOGETHER))
    ref = sheets.filed(made)
    sheets.reviewed(made, ref)
    _decide(made, ref, "deputy", "agree")
    _decide(made, ref, "risk-head", "agree", condition="抵押")
    assert sheets.answers(made, ref)["condition"] == "抵押"


def test_what_is_emptied_in_a_step_is_gone(works: Works) -> None:
    """Whoever files again what came back takes an answer away: sent with the step, or kept for it before."""
    made = sheets.house(works)
    for kept_first in (True, False):
        ref = sheets.filed(made, **sheets.GOOD, manager="risk-head", unit="risk")
        with made.acting("risk-head") as work:
            records.give_back(work, ref, "review", "缺件")
        gone = {"purpose": "设备", "amount": "7.00", "manager": None, "unit": None}
        with made.acting("author") as work:
            if kept_first:
                records.save_step(work, ref, "file", gone)
            records.submit(work, ref, values=None if kept_first else gone)
        assert sheets.answers(made, ref) == {"purpose": "设备", "amount": "7.00"}
        assert trail_is_whole(made)
