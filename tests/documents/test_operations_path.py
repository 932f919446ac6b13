"""The main path of a document from draft into force, as the main job walks it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from qms import documents, tasks, trail
from qms.accounts.models import Grant, Role
from qms.documents.lifecycle import State
from tests.documents import factories
from tests.documents.factories import EVERYTHING, SERVICE

if TYPE_CHECKING:
    from qms.kernel.clock import SimulatedClock
    from qms.kernel.work import Works


def test_a_document_goes_from_draft_into_force_today(works: Works) -> None:
    """Draft, submit, review, approve, release, decide: effective today is in force at once (DOC-02)."""
    made = factories.organisation(works)
    ref = factories.issued(made)
    found = factories.state(made, ref)
    assert (found.state, found.label, found.pages) == (State.ISSUED, "A/0", 3)
    with works.reading(SERVICE, EVERYTHING) as work:
        now = documents.in_force(work.session, EVERYTHING, "cp07", "zh-Hans", date(2026, 11, 2))
        assert now.id == found.id
        actions = [row.action for row in trail.history(work.session, ref, 50)]
    assert {
        "document:revision:draft",
        "document:revision:submit",
        "document:revision:review",
        "document:revision:approve",
        "document:revision:close-approval",
        "document:revision:release",
        "document:revision:issue",
        "document:revision:enter-force",
    } <= set(actions)


def test_a_revision_takes_the_place_of_the_last_on_its_day(works: Works, clock: SimulatedClock) -> None:
    """A/1 effective later leaves A/0 in force until its day, and then the day job changes over (law 5)."""
    made = factories.organisation(works)
    first = factories.issued(made)
    second = factories.revised(made, date(2026, 11, 5))
    assert "A/1" in second.key

    def label(day: date) -> str:
        with works.reading(SERVICE, EVERYTHING) as work:
            return documents.in_force(work.session, EVERYTHING, "CP-07", "zh-Hans", day).label

    assert [label(date(2026, 11, day)) for day in (2, 4, 5, 30)] == ["A/0", "A/0", "A/1", "A/1"]
    clock.advance(timedelta(days=5))
    assert factories.run_day(made).enacted == 2
    assert factories.run_day(made).enacted == 0
    with works.reading(SERVICE, EVERYTHING) as work:
        left = [row.action for row in trail.history(work.session, first, 50)]
        entered = [row.action for row in trail.history(work.session, second, 50)]
    assert "document:revision:leave-force" in left
    assert "document:revision:enter-force" in entered


def test_nobody_owes_the_reading_of_what_no_role_lets_them_confirm(works: Works) -> None:
    """An administrator belongs to a department too; the reading comes with the role and goes with it."""
    made = factories.organisation(works)
    with made.service() as work:
        factories.add(work, made, "keeper", role="system-administrator")
        factories.add(work, made, "newcomer")
    ref = factories.issued(made)

    def owing() -> set[int]:
        with works.reading(SERVICE, EVERYTHING) as work:
            return {owed.person_id for owed in tasks.outstanding(work.session, "documents:read", ref)}

    assert made.ids["outsider"] in owing()
    assert owing().isdisjoint({made.ids["keeper"], made.ids["newcomer"]})
    with made.service() as work:
        role = work.session.scalars(select(Role).where(Role.code == "reader")).one()
        work.session.add(
            Grant(
                person_id=made.ids["newcomer"],
                role_id=role.id,
                granted_by="service:test",
                granted_at=work.now,
            )
        )
    factories.run_day(made)
    assert made.ids["newcomer"] in owing()
    assert made.ids["keeper"] not in owing()
