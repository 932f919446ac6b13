"""Killed in the middle of an act: afterwards it has happened wholly or not at all (REL-01)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event, func, select

from qms import documents, trail
from qms.accounts.models import Signature
from qms.documents import plan as plans
from qms.documents.lifecycle import State
from qms.documents.models import RouteSignature, Validity
from qms.jobs.models import Job
from qms.tasks import Task
from tests.documents import factories

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qms.kernel.refs import Ref
    from qms.kernel.work import Works
    from tests.documents.factories import Organisation


@pytest.fixture
def made(works: Works) -> Organisation:
    """The people."""
    return factories.organisation(works)


def counts(made: Organisation) -> Mapping[str, object]:
    """Everything an act writes, counted."""
    with made.works.reading(factories.SERVICE, factories.EVERYTHING) as work:
        found: dict[str, object] = {
            table.__name__: work.session.scalar(select(func.count()).select_from(table))
            for table in (Signature, RouteSignature, Validity, Job, Task)
        }
        return {**found, "trail": trail.head(work.session)}


@pytest.mark.parametrize(
    ("act", "login", "before", "after"),
    [
        ("submit", "author", State.DRAFT, State.IN_REVIEW),
        ("approve", "deputy", State.IN_REVIEW, State.APPROVED),
        ("release", "controller", State.APPROVED, State.ISSUING),
        ("decide", "", State.ISSUING, State.ISSUED),
    ],
)
def test_a_kill_at_any_statement_leaves_nothing_behind(
    made: Organisation, act: str, login: str, before: State, after: State
) -> None:
    """After the first, some middle, and the last written statement, and before the trail: as before."""
    ref, plan = _brought(made, before)
    known = counts(made)
    for kill in (1, 2, 4, -1):
        assert _run(made, act, login, ref, plan=plan, kill=kill) == factories.KILLED
        assert factories.state(made, ref).state is before
        assert counts(made) == known
    assert _run(made, act, login, ref, plan=plan, kill=0) == 0
    assert factories.state(made, ref).state is after
    assert factories.trail_is_whole(made)


def _brought(made: Organisation, state: State) -> tuple[Ref, dict[str, object]]:
    """A revision in a state, with the plan that is released next or was."""
    ref = factories.drafted(made)
    if state is not State.DRAFT:
        factories.submit(made, ref)
        factories.review(made, ref)
    if state in {State.APPROVED, State.ISSUING}:
        factories.approve(made, ref)
    if state is State.ISSUING:
        return ref, plans.to_json(factories.release(made, ref))
    if state is State.APPROVED:
        with made.looking("controller") as work:
            return ref, plans.to_json(documents.plan_issue(work, ref))
    return ref, {}


def _run(made: Organisation, act: str, login: str, ref: Ref, *, plan: dict[str, object], kill: int) -> int:
    pdf = made.works.vault.put(factories.PDF)

    def child(works: Works) -> None:
        left = {"statements": kill}

        def count(_: object, __: object, statement: str, *___: object) -> None:
            if statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
                left["statements"] -= 1
                if left["statements"] == 0:
                    factories.die()

        event.listen(works.engine, "after_cursor_execute", count)
        if kill < 0:
            works.append = factories.die
        with made.acting(login) if login else made.service() as work:
            if act == "submit":
                documents.submit(work, ref, password=made.keys[login])
            elif act == "approve":
                documents.sign_approval(work, ref, password=made.keys[login])
            elif act == "release":
                documents.release(work, plans.from_json(plan), password=made.keys[login])
            else:
                documents.decide_issue(work, plans.from_json(plan), pdf_digest=pdf, pages=1, versions={})

    return factories.in_a_process(made, child)
