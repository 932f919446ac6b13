"""Random lives of documents: nothing is issued without its route, and never two in force on a day.

Every act is tried by somebody who may and somebody who may not, in any state, on both databases
(DOC-02, DOC-03, P11-10f).
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from qms import documents, trail
from qms.documents.lifecycle import State
from qms.documents.models import Document, Enactment, Passage, Revision, RouteSignature, Validity
from qms.documents.route import StageName
from qms.kernel.errors import QmsError
from tests.documents import factories

if TYPE_CHECKING:
    from collections.abc import Callable

    from qms.kernel.clock import SimulatedClock
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work, Works
    from tests.documents.factories import Organisation

NUMBERS = ("CP-07", "CP-08")
LOGINS = st.sampled_from(["author", "manager", "deputy", "controller", "reader"])
DAYS = st.sampled_from([-1, 0, 0, 1, 2, 5])


class Lives(RuleBasedStateMachine):
    """Two documents, many hands."""

    made: Organisation
    clock: SimulatedClock

    def __init__(self) -> None:
        super().__init__()
        self.plans: list[documents.IssuePlan] = []
        self.count = 0

    def refs(self, *, lasting: bool = False) -> list[Ref]:
        """Every revision there is, or those alone whose validity has no end."""
        query = select(Document.number, Revision.language, Revision.label).join(Revision.document)
        if lasting:
            query = query.join(Validity, Validity.revision_id == Revision.id)
            query = query.where(Validity.until_on.is_(None))
        with self.made.works.reading(factories.SERVICE, factories.EVERYTHING) as work:
            found = work.session.execute(query)
            return sorted(documents.revision_ref(*row) for row in found)

    def attempt(self, login: str, act: Callable[[Work, Any], object]) -> None:
        """Try an act as somebody; a refusal changes nothing and is fine."""
        with suppress(QmsError), self.made.acting(login) as work:
            act(work, self.made.keys[login])

    @rule(number=st.sampled_from(NUMBERS), login=LOGINS)
    def draft(self, number: str, login: str) -> None:
        """Begin a revision."""
        self.count += 1
        source = factories.source(number, summary=f"Change {self.count}")
        ready = factories.prepared(self.made.works, source, file=f"{number}.md")
        self.attempt(login, lambda work, _: documents.draft(work, ready))

    @rule(data=st.data(), login=LOGINS)
    def act(self, data: st.DataObject, login: str) -> None:
        """Do something to some revision, whether or not it is the time for it."""
        refs = self.refs()
        if not refs:
            return
        ref = data.draw(st.sampled_from(refs))
        name = data.draw(st.sampled_from(sorted(ACTS)))
        self.attempt(login, lambda work, key: ACTS[name](work, ref, key))

    @rule(
        number=st.sampled_from(NUMBERS),
        depth=st.sampled_from([0, 1, 1, 2, 3, 4, 5, 5, 5]),
        days=DAYS,
        end=st.sampled_from(["", "return", "return", "recall", "discard"]),
    )
    def go(self, number: str, depth: int, days: int, end: str) -> None:
        """Bring the newest revision some steps on, by who may do it, so that lives get somewhere."""
        self.draft(number, "author")
        ref = max(ref for ref in self.refs() if ref.key.startswith(number))
        for login, name in (("author", "submit"), ("manager", "review"), ("deputy", "approve"))[:depth]:
            self.attempt(login, lambda work, key, name=name: ACTS[name](work, ref, key))  # type: ignore[misc]
        if depth > len(StageName):
            self.plan_and_release(ref, "controller", days)
        if depth > len(StageName) + 1 and self.plans:
            with suppress(QmsError):
                factories.decide(self.made, self.plans[-1])
        for login in ("author", "manager", "deputy") if end else ():
            self.attempt(login, lambda work, key: ACTS[end](work, ref, key))

    @rule(data=st.data(), depth=st.sampled_from([1, 2, 3, 4, 4, 4]), later=st.booleans())
    def take_out(self, data: st.DataObject, depth: int, later: bool) -> None:  # noqa: FBT001 - drawn
        """Bring a withdrawal some steps on."""
        refs = self.refs(lasting=True)
        if not refs:
            return
        ref = data.draw(st.sampled_from(refs))
        steps = (
            ("author", "withdraw later" if later else "withdraw"),
            ("manager", "review withdrawal"),
            ("deputy", "approve withdrawal"),
            ("controller", "decide withdrawal"),
        )
        for login, name in steps[:depth]:
            self.attempt(login, lambda work, key, name=name: ACTS[name](work, ref, key))  # type: ignore[misc]

    @rule(data=st.data(), login=st.sampled_from(["controller", "manager", "reader"]), days=DAYS)
    def release_any(self, data: st.DataObject, login: str, days: int) -> None:
        """Try to release some revision."""
        refs = self.refs()
        if refs:
            self.plan_and_release(data.draw(st.sampled_from(refs)), login, days)

    def plan_and_release(self, ref: Ref, login: str, days: int) -> None:
        """Plan an issue for some day and release it."""
        with suppress(QmsError):
            with self.made.looking(login) as work:
                plan = documents.plan_issue(work, ref, effective_on=work.today + timedelta(days=days))
            self.plans.append(plan)
            with self.made.acting(login) as work:
                documents.release(work, plan, password=self.made.keys[login])

    @rule(data=st.data())
    def decide(self, data: st.DataObject) -> None:
        """A job decides about any plan that was ever made, released or not."""
        if self.plans:
            with suppress(QmsError):
                factories.decide(self.made, data.draw(st.sampled_from(self.plans)))

    @rule(data=st.data())
    def fail(self, data: st.DataObject) -> None:
        """A job fails."""
        refs = self.refs()
        if refs:
            with suppress(QmsError), self.made.service() as work:
                documents.fail_issue(work, data.draw(st.sampled_from(refs)), "No paper")

    @rule(days=st.integers(min_value=1, max_value=9))
    def time_passes(self, days: int) -> None:
        """The server is off for some days."""
        self.clock.advance(timedelta(days=days))

    @rule()
    def day_job(self) -> None:
        """The day job runs, and right after it there is nothing left to do."""
        factories.run_day(self.made)
        assert factories.run_day(self.made).enacted == 0

    @invariant()
    def never_two_in_force_on_a_day(self) -> None:
        """Each document has at most one revision in force on any day (DOC-03)."""
        with self.made.works.reading(factories.SERVICE, factories.EVERYTHING) as work:
            spans = work.session.execute(
                select(Validity.document_id, Validity.from_on, Validity.until_on)
            ).all()
        for day in {span.from_on for span in spans}:
            held = Counter(
                span.document_id
                for span in spans
                if span.from_on <= day and (span.until_on is None or day < span.until_on)
            )
            assert all(count == 1 for count in held.values())

    @invariant()
    def nothing_is_issued_without_its_route(self) -> None:
        """Each issued revision has its author's, reviewer's, approver's and releaser's word, none voided."""
        with self.made.works.reading(factories.SERVICE, factories.EVERYTHING) as work:
            issued = work.session.scalars(select(Revision).where(Revision.state == State.ISSUED)).all()
            for revision in issued:
                given = work.session.scalars(
                    select(RouteSignature).where(
                        RouteSignature.revision_id == revision.id,
                        RouteSignature.round == revision.round,
                        RouteSignature.purpose == "issue",
                        RouteSignature.voided_at.is_(None),
                    )
                ).all()
                signers = {each.stage: each.person_id for each in given}
                assert set(signers) == set(StageName)
                assert signers[StageName.APPROVE] == self.made.ids["deputy"] != revision.author_id
                assert revision.pdf_digest is not None
                assert self.made.works.vault.has(revision.pdf_digest)

    @invariant()
    def each_passage_happens_once_and_on_its_day(self) -> None:
        """No revision leaves before it enters, and none enters before its day (law 5)."""
        with self.made.works.reading(factories.SERVICE, factories.EVERYTHING) as work:
            rows = work.session.execute(
                select(Enactment.revision_id, Enactment.passage, Enactment.on, Validity.from_on).join(
                    Validity, Validity.revision_id == Enactment.revision_id
                )
            ).all()
            today = work.today
        seen = Counter((row.revision_id, row.passage) for row in rows)
        assert all(count == 1 for count in seen.values())
        entered = {row.revision_id for row in rows if row.passage is Passage.ENTER}
        assert {row.revision_id for row in rows} == entered
        assert all(row.on <= today for row in rows)
        assert all(row.on == row.from_on for row in rows if row.passage is Passage.ENTER)

    def teardown(self) -> None:
        """At the end of every life the chain still verifies."""
        assert factories.trail_is_whole(self.made)


ACTS: dict[str, Callable[[Work, Ref, Any], object]] = {
    "submit": lambda work, ref, key: documents.submit(work, ref, password=key),
    "review": lambda work, ref, key: documents.sign_review(work, ref, password=key),
    "approve": lambda work, ref, key: documents.sign_approval(work, ref, password=key),
    "return": lambda work, ref, _: documents.return_to_draft(work, ref, "No"),
    "recall": lambda work, ref, _: documents.withdraw_from_review(work, ref, "Wait"),
    "discard": lambda work, ref, _: documents.discard_draft(work, ref, "Enough"),
    "retry": lambda work, ref, _: documents.retry_issue(work, ref),
    "acknowledge": lambda work, ref, key: documents.acknowledge(work, ref, password=key),
    "withdraw": lambda work, ref, key: documents.withdraw(work, ref, reason="Gone", password=key),
    "withdraw later": lambda work, ref, key: documents.withdraw(
        work, ref, reason="Gone", on=work.today + timedelta(days=3), password=key
    ),
    "review withdrawal": lambda work, ref, key: documents.sign_withdrawal_review(work, ref, password=key),
    "approve withdrawal": lambda work, ref, key: documents.sign_withdrawal_approval(work, ref, password=key),
    "decide withdrawal": lambda work, ref, key: documents.decide_withdrawal(work, ref, password=key),
    "cancel withdrawal": lambda work, ref, _: documents.cancel_withdrawal(work, ref, "Stay"),
}


@pytest.mark.parametrize("examples", [8])
def test_lives_of_documents(works: Works, clock: SimulatedClock, examples: int) -> None:
    """Random lives over one database: each goes on where the last one ended."""
    made = factories.organisation(works)
    machine = type("Lives", (Lives,), {"made": made, "clock": clock})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=40,
            deadline=None,
            database=None,
            phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        ),
    )
    with works.reading(factories.SERVICE, factories.EVERYTHING) as work:
        actions = Counter(row.action for row in trail.since(work.session, 0, 100_000))
    reached = ("issue", "enter-force", "leave-force", "withdraw", "return", "recall", "discard")
    assert [verb for verb in reached if not actions[f"document:revision:{verb}"]] == []
