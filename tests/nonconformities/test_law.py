"""Cause before action, effect after observation and by others, nothing left open (NCA-01 to NCA-05)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from qms import actions, changes, forms, nonconformities, records
from qms.documents.errors import SourceInvalid
from qms.kernel.errors import Forbidden
from qms.kernel.refs import Ref
from qms.nonconformities.models import CorrectiveAction
from qms.records import State
from tests.changes import test_requests as asked
from tests.documents import factories as papers
from tests.records import factories

if TYPE_CHECKING:
    from qms.kernel.clock import SimulatedClock
    from qms.kernel.work import Works
    from tests.documents.factories import Organisation

TODAY = date(2026, 11, 2)
NUMBER = "FM-13-03"
FIELDS = """
  - {id: source, label: Source, type: record}
  - {id: cause, label: Cause, type: text}
  - {id: similar, label: Similar, type: yes-no}
  - {id: owner, label: Owner, type: person}
  - {id: rows, label: Actions, type: table, rows: 2, columns: [{id: who, label: Who, type: person}]}
  - {id: due, label: Due, type: date}
  - {id: until, label: Observed until, type: date}
  - {section: Effect, step: verify}
  - {id: works, label: Works, type: yes-no}
  - {id: revisions, label: Revisions, type: table, rows: 2, columns: [{id: request, label: R, type: record}]}
  - {id: risks, label: Risks, type: text}
"""
STEPS = """
steps:
  - {id: plan, label: Plan, by: {roles: [author, reader]}}
  - {id: decide, label: Decide, by: {posts: [risk-head]}}
  - {id: verify, label: Verify, by: {roles: [author, quality-manager]}}
  - {id: close, label: Close, by: {posts: [deputy-general-manager, quality-manager]}}
"""
LAW = """
corrective-action:
  source: source
  due: due
  observe-until: until
  effective: works
  causes: [cause]
  known: [similar]
  owners: [owner, rows.who]
  requests: [revisions.request]
  closing: [risks]
  steps: {decide: decide, verify: verify, close: close}
"""
GOOD = {
    "cause": "Nobody looked",
    "similar": False,
    "owner": "author",
    "due": (TODAY + timedelta(days=5)).isoformat(),
    "until": (TODAY + timedelta(days=10)).isoformat(),
}
DONE = {"works": True, "risks": "unchanged"}


@pytest.fixture
def made(works: Works) -> Organisation:
    """The form of corrective actions, that of requests, and a procedure, all in force."""
    found = factories.house(
        works,
        factories.form(NUMBER, fields=FIELDS, steps=STEPS, more=LAW),
        factories.form(asked.NUMBER, fields=asked.FIELDS, steps=asked.STEPS),
    )
    papers.issued(found)
    return found


def filed(made: Organisation, **values: Any) -> Ref:
    """A corrective action whose cause is written."""
    return factories.filed(made, "author", NUMBER, **{**GOOD, **values})


def act(made: Organisation, login: str, ref: Ref, step: str, **values: Any) -> None:
    """One step of it."""
    with made.acting(login) as work:
        records.act(work, ref, step, values=values)


def judged(made: Organisation, clock: SimulatedClock, **values: Any) -> Ref:
    """A corrective action that was decided, observed and judged."""
    ref = filed(made)
    act(made, "risk-head", ref, "decide")
    clock.advance(timedelta(days=11))
    act(made, "manager", ref, "verify", **{**DONE, **values})
    return ref


def row(made: Organisation, ref: Ref) -> CorrectiveAction:
    """What lists are made of."""
    with made.service() as work:
        found = work.session.scalar(select(CorrectiveAction).where(CorrectiveAction.number == ref.key))
        assert found is not None
        work.session.expunge(found)
        return found


def test_it_closes_when_everything_is_as_it_should_be(made: Organisation, clock: SimulatedClock) -> None:
    """And the row beside the record says what lists ask for at each stage."""
    first = filed(made)
    source = first.key
    ref = filed(made, source=source)
    found = row(made, ref)
    assert (found.source, found.due_on, found.observe_until) == (
        source,
        TODAY + timedelta(days=5),
        TODAY + timedelta(days=10),
    )
    assert (found.state, found.effective, found.closed_on) == ("open", None, None)
    act(made, "risk-head", ref, "decide")
    clock.advance(timedelta(days=11))
    act(made, "manager", ref, "verify", **DONE)
    assert row(made, ref).effective is True
    act(made, "deputy", ref, "close")
    found = row(made, ref)
    assert (found.state, found.closed_on) == ("closed", TODAY + timedelta(days=11))
    assert factories.look(made, ref).state is State.CLOSED


@pytest.mark.parametrize("left", ["cause", "similar"])
def test_no_action_is_decided_before_its_cause_is_known(made: Organisation, left: str) -> None:
    """NCA-02: the cause, and whether there are similar cases."""
    ref = filed(made, **{left: None})
    with pytest.raises(nonconformities.CauseUnknown, match=left.title()):
        act(made, "risk-head", ref, "decide")
    with pytest.raises(Forbidden):
        act(made, "manager", ref, "decide")


def test_the_effect_is_judged_after_the_time_set_for_it(made: Organisation, clock: SimulatedClock) -> None:
    """NCA-04: not on the last day of observation, but on the day after it."""
    ref = filed(made)
    act(made, "risk-head", ref, "decide")
    for days in (0, 10):
        clock.advance(timedelta(days=days))
        with pytest.raises(nonconformities.StillObserved, match="2026-11-12"):
            act(made, "manager", ref, "verify", **DONE)
    clock.advance(timedelta(days=1))
    act(made, "manager", ref, "verify", **DONE)


@pytest.mark.parametrize("values", [{"owner": "manager"}, {"rows": [{"who": "author"}, {"who": "manager"}]}])
def test_nobody_judges_or_closes_their_own_actions(
    made: Organisation, clock: SimulatedClock, values: dict[str, Any]
) -> None:
    """NCA-04: neither who answers for the whole, nor who does for one of them."""
    ref = filed(made, **values)
    act(made, "risk-head", ref, "decide")
    clock.advance(timedelta(days=11))
    with pytest.raises(nonconformities.OwnActionsJudged):
        act(made, "manager", ref, "verify", **DONE)
    if values == {"owner": "manager"}:
        act(made, "author", ref, "verify", **DONE)
        with pytest.raises(nonconformities.OwnActionsJudged):
            act(made, "manager", ref, "close")
        act(made, "deputy", ref, "close")


def test_what_did_not_work_goes_back_to_its_cause(made: Organisation, clock: SimulatedClock) -> None:
    """NCA-04: it is not closed; sent back it is open again, and the verdict stays in the row."""
    ref = judged(made, clock, works=False)
    with pytest.raises(nonconformities.NotEffective):
        act(made, "deputy", ref, "close")
    assert row(made, ref).effective is False
    with made.acting("deputy") as work:
        records.give_back(work, ref, "close", "It happened again")
    assert row(made, ref).state == "open"


def test_closing_asks_for_risks_and_documents(made: Organisation, clock: SimulatedClock) -> None:
    """NCA-05: what the form asks at its close is answered."""
    ref = judged(made, clock, risks=None)
    with pytest.raises(nonconformities.ClosingUnanswered, match="Risks"):
        act(made, "deputy", ref, "close")


def test_it_lasts_until_its_actions_have_ended(made: Organisation, clock: SimulatedClock) -> None:
    """NCA-03: an action opened from it holds it until it is closed or given up."""
    ref = judged(made, clock)
    with made.acting("manager") as work:
        action = actions.open(
            work,
            title="Mend the list",
            owner_id=made.ids["author"],
            due_on=work.today + timedelta(days=3),
            department="risk",
            origin=ref,
        ).number
    with pytest.raises(nonconformities.ActionsUnfinished, match=action):
        act(made, "deputy", ref, "close")
    with made.acting("manager") as work:
        actions.cancel(work, action, reason="Done otherwise")
    act(made, "deputy", ref, "close")


def test_a_document_that_is_to_change_has_changed(made: Organisation, clock: SimulatedClock) -> None:
    """NCA-05: the request led to a revision, and that is in force; another number is no request."""
    request = asked.filed(made)
    asked.approve(made, request)
    ref = judged(made, clock, revisions=[{"request": request.key}])
    with pytest.raises(nonconformities.RevisionNotInForce, match=request.key):
        act(made, "deputy", ref, "close")
    revision = asked.next_one(made)
    asked.lead(made, request, revision)
    with pytest.raises(nonconformities.RevisionNotInForce):
        act(made, "deputy", ref, "close")
    papers.submit(made, revision)
    papers.review(made, revision)
    papers.approve(made, revision)
    papers.decide(made, papers.release(made, revision, TODAY + timedelta(days=12)))
    with pytest.raises(nonconformities.RevisionNotInForce):
        act(made, "deputy", ref, "close")
    clock.advance(timedelta(days=1))
    papers.run_day(made)
    act(made, "deputy", ref, "close")
    with made.looking("author") as work:
        assert not changes.is_in_force(work.session, ref.key, work.today)


def test_a_request_that_changes_nothing_counts_when_it_is_closed(
    made: Organisation, clock: SimulatedClock
) -> None:
    """A question was answered; there is no revision to wait for."""
    request = asked.filed(made, request_kind="question")
    asked.approve(made, request)
    ref = judged(made, clock, revisions=[{"request": request.key}])
    with pytest.raises(nonconformities.RevisionNotInForce):
        act(made, "deputy", ref, "close")
    asked.close(made, request)
    act(made, "deputy", ref, "close")


def test_a_cancelled_one_is_none_any_longer(made: Organisation) -> None:
    """The row says so; the record stays with its number."""
    ref = filed(made)
    with made.acting("author") as work:
        records.cancel(work, ref, "filed twice")
    assert row(made, ref).state == "cancelled"


def test_a_form_that_declares_nothing_is_held_to_nothing(made: Organisation) -> None:
    """The law is the form's own, by what it declares, not by its number."""
    factories.issue(made, factories.form())
    ref = factories.filed(made)
    factories.reviewed(made, ref)
    with made.service() as work:
        numbers = work.session.scalars(select(CorrectiveAction.number)).all()
    assert ref.key not in numbers


def test_a_declaration_that_names_what_is_not_there_is_refused(made: Organisation) -> None:
    """At submission, by file and field."""
    data = factories.form("FM-13-04", fields=FIELDS, steps=STEPS, more=LAW.replace("until\n", "never\n"))
    with pytest.raises(SourceInvalid, match="never"):
        papers.submitted(made, data, file="FM-13-04.yaml")


def test_the_release_says_what_begins_and_what_ends(made: Organisation) -> None:
    """In the language of whoever asks."""
    section = forms.BindingSection(nonconformities.BINDING)
    with made.looking("author") as work:
        (begins,) = section.preview(work, None, {"source": "x"})
        (ends,) = section.preview(work, {"source": "x"}, None)
        assert section.preview(work, {"source": "x"}, {"source": "y"}) == []
    assert "纠正措施" in begins
    assert "不再" in ends
