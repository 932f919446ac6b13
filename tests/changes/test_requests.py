"""Requests for change: asked for, thought out, leading to revisions, closed when all is done (DOC-16)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from qms import changes, documents, records
from qms.changes import errors
from qms.kernel.errors import Forbidden, Missing
from qms.records import State
from tests.documents import factories as papers
from tests.records import factories

if TYPE_CHECKING:
    from qms.kernel.clock import SimulatedClock
    from qms.kernel.refs import Ref
    from qms.kernel.work import Works
    from tests.documents.factories import Organisation

TODAY = date(2026, 11, 2)
NUMBER = "FM-12-01"
FIELDS = """
  - {id: request_kind, label: Kind, type: choice, options: [{value: revise, label: Revise}, {value: review, label: Review}, {value: withdraw, label: Withdraw}, {value: question, label: Question}]}
  - {id: review_conclusion, label: Conclusion, type: text}
  - {id: document, label: Document, type: document}
  - {id: reason, label: Reason, type: text}
  - {id: purpose, label: Purpose, type: text}
  - {id: consequences, label: Consequences, type: text}
  - {id: resources, label: Resources, type: text}
  - {id: responsibilities, label: Responsibilities, type: text}
  - {id: communication, label: Communication, type: text}
  - {id: effectiveness_check, label: Check, type: text}
  - {section: Effect, step: effect}
  - {id: effect_result, label: Result, type: text}
  - {id: effective, label: Effective, type: yes-no}
"""  # noqa: E501 - YAML in flow style
STEPS = """
steps:
  - {id: request, label: Request, by: {roles: [author]}}
  - {id: approve, label: Approval, by: {posts: [deputy-general-manager]}, opinion: required, signature: required, decisions: [{value: agree, label: Agree}, {value: disagree, label: Disagree, ends: true}]}
  - {id: effect, label: Effect, by: {posts: [quality-manager]}}
"""  # noqa: E501 - YAML in flow style
FOUR = dict.fromkeys(
    (
        "purpose",
        "consequences",
        "resources",
        "responsibilities",
        "communication",
        "effectiveness_check",
    ),
    "written",
)
GOOD = {"request_kind": "revise", "document": "CP-07", **FOUR}
DONE = {"effect_result": "It works", "effective": True}


@pytest.fixture
def made(works: Works) -> Organisation:
    """The form of requests and a procedure, both in force."""
    found = factories.house(works, factories.form(NUMBER, fields=FIELDS, steps=STEPS))
    papers.issued(found)
    return found


def filed(made: Organisation, **values: Any) -> Ref:
    """A request on its way."""
    return factories.filed(made, "author", NUMBER, **{**GOOD, **values})


def approve(made: Organisation, ref: Ref, decision: str = "agree") -> None:
    """The approval signed."""
    factories.approved(made, ref, decision)


def close(made: Organisation, ref: Ref, **values: Any) -> None:
    """The effectiveness check."""
    with made.acting("manager") as work:
        records.act(work, ref, "effect", values=values or DONE)


def lead(made: Organisation, ref: Ref, revision: Ref, login: str = "author") -> None:
    """Say what was begun from a request."""
    with made.acting(login) as work:
        changes.lead(work, ref.key, revision)


def next_one(made: Organisation) -> Ref:
    """A draft of the next revision of the procedure."""
    return papers.drafted(made, papers.source(reason="Asked for"))


def test_a_reader_asks_with_the_document_filled_in(made: Organisation) -> None:
    """The document and its question are in the draft; nobody else sees it yet."""
    with made.acting("reader") as work:
        record = changes.ask(work, "CP-07", "zh-Hans", "What does 2.1 mean?")
        values = records.draft_values(work, record, record.author_id)
    assert values is not None
    assert tuple(values[each] for each in ("document", "request_kind", "reason")) == (
        "CP-07",
        "revise",
        "What does 2.1 mean?",
    )


def test_who_may_not_see_the_document_asks_nothing(made: Organisation) -> None:
    """A document that does not exist for somebody has no requests from them."""
    with made.acting("author") as work, pytest.raises(Missing):
        changes.ask(work, "CP-99", "zh-Hans")


def test_it_is_not_approved_before_it_is_thought_out(made: Organisation) -> None:
    """The four of 6.3 and the two of 2026, all of them (DOC-16)."""
    ref = factories.filed(made, "author", NUMBER, request_kind="revise", document="CP-07", purpose="Better")
    with pytest.raises(errors.ChangeNotThoughtOut) as caught:
        approve(made, ref)
    assert "consequences, resources, responsibilities" in caught.value.sentence()
    assert factories.look(made, ref).state is State.OPEN


def test_it_closes_when_what_it_led_to_is_in_force(made: Organisation, clock: SimulatedClock) -> None:
    """Open while the revision is written, approved or pending; closed once it is in force and checked."""
    ref = filed(made)
    approve(made, ref)
    revision = next_one(made)
    lead(made, ref, revision)
    with pytest.raises(errors.ChangeNotDone, match="CP-07 A/1"):
        close(made, ref)
    papers.submit(made, revision)
    papers.review(made, revision)
    papers.approve(made, revision)
    papers.decide(made, papers.release(made, revision, TODAY + timedelta(days=2)))
    with pytest.raises(errors.ChangeNotDone):
        close(made, ref)
    clock.advance(timedelta(days=2))
    papers.run_day(made)
    with pytest.raises(errors.EffectNotChecked):
        close(made, ref, effect_result="It works")
    close(made, ref)
    assert factories.look(made, ref).state is State.CLOSED


def test_a_revision_given_up_holds_it_no_longer(made: Organisation) -> None:
    """A discarded draft counts as given up."""
    ref = filed(made)
    approve(made, ref)
    revision = next_one(made)
    lead(made, ref, revision)
    with made.acting("author") as work:
        documents.discard_draft(work, revision, "not needed")
    close(made, ref)
    assert factories.look(made, ref).state is State.CLOSED


def test_what_was_approved_leads_somewhere_before_it_is_closed(made: Organisation) -> None:
    """Without a revision begun from it nothing was done; the request stays open until one is named."""
    ref = filed(made)
    approve(made, ref)
    with pytest.raises(errors.ChangeNotBegun, match=ref.key):
        close(made, ref)
    assert factories.look(made, ref).state is State.OPEN
    lead(made, ref, next_one(made))
    with pytest.raises(errors.ChangeNotDone):
        close(made, ref)


@pytest.mark.parametrize("kind", ["question", "review"])
def test_what_changes_nothing_closes_without_a_revision(made: Organisation, kind: str) -> None:
    """A question is answered; a review may find that the document stays as it is."""
    ref = filed(made, request_kind=kind, review_conclusion="continue")
    approve(made, ref)
    close(made, ref)
    assert factories.look(made, ref).state is State.CLOSED


def test_a_request_to_withdraw_closes_with_the_withdrawal(made: Organisation, clock: SimulatedClock) -> None:
    """Not while the document stands as it stood; once its withdrawal is decided."""
    ref = filed(made, request_kind="withdraw")
    approve(made, ref)
    clock.advance(timedelta(days=1))
    papers.run_day(made)
    with pytest.raises(errors.WithdrawalNotDecided, match="CP-07"):
        close(made, ref)
    revision = documents.revision_ref("CP-07", "zh-Hans", "A/0")
    with made.acting("author") as work:
        documents.withdraw(work, revision, reason="no longer done", password=made.keys["author"])
    for login, verb in (
        ("manager", documents.sign_withdrawal_review),
        ("deputy", documents.sign_withdrawal_approval),
        ("controller", documents.decide_withdrawal),
    ):
        with made.acting(login) as work:
            verb(work, revision, password=made.keys[login])
    close(made, ref)
    assert factories.look(made, ref).state is State.CLOSED


def test_only_an_approved_open_request_leads_anywhere(made: Organisation) -> None:
    """Not before its approval, not after a refusal."""
    ref, revision = filed(made), next_one(made)
    with pytest.raises(errors.RequestNotApproved):
        lead(made, ref, revision)
    approve(made, ref, "disagree")
    with pytest.raises(errors.RequestNotApproved):
        lead(made, ref, revision)


def test_who_may_not_draft_says_nothing(made: Organisation) -> None:
    """A seat on the route shows the draft, and is no right to say where it came from."""
    ref = filed(made)
    approve(made, ref)
    revision = papers.submitted(made, papers.source(reason="Asked for"))
    with pytest.raises((Forbidden, Missing)):
        lead(made, ref, revision, "deputy")


def test_it_leads_to_its_own_document(made: Organisation) -> None:
    """A request about one document is no reason for another; one that is not there is none at all."""
    ref = filed(made, document="CP-07")
    approve(made, ref)
    other = papers.drafted(made, papers.source("CP-08"), file="CP-08.md")
    with pytest.raises(errors.RequestForOther):
        lead(made, ref, other)
    with made.acting("author") as work, pytest.raises(errors.NoSuchRequest):
        changes.lead(work, "FM-12-01-2026-999999", other)


def test_open_requests_are_listed_for_those_who_see_them(made: Organisation) -> None:
    """Per document, with what each led to; another outlet reads of none (SEC-06)."""
    ref = filed(made)
    approve(made, ref)
    revision = next_one(made)
    lead(made, ref, revision)

    def seen(login: str) -> list[changes.Request]:
        with made.looking(login) as work:
            return changes.requests(work.session, work.rights, work.today, "CP-07")

    assert [(ref.key, True, (revision,))] == [
        (each.number, each.is_approved, each.revisions) for each in seen("author")
    ]
    assert seen("reader") == []
    with made.acting("author") as work:
        records.cancel(work, ref, "asked twice")
    assert seen("author") == []
