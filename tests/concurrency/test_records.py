"""Several at the same moment on records, lists and actions, by the operations themselves (REL-05, SEC-28)."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from qms import actions, jobs, records, retention, trail
from qms.records import State
from qms.records import errors as record_errors
from qms.retention import errors as list_errors
from qms.uploads import table
from tests.crash.filed import broken
from tests.documents import factories as papers
from tests.documents.factories import EVERYTHING, SERVICE
from tests.documents.test_concurrency import at_once
from tests.records import factories as sheets
from tests.records.conftest import works
from tests.retention.test_operations import KEPT, approved, carried_out, house, old

if TYPE_CHECKING:
    from qms.kernel.clock import SimulatedClock
    from qms.kernel.refs import Ref
    from qms.kernel.work import Works
    from tests.documents.factories import Organisation

__all__ = ["works"]
_OPENS = """
opens:
  - {at: close, task: {label: {zh-Hans: 归档, en: File away}}, to: {posts: [document-controller]}}
  - {at: close, action: {title: {zh-Hans: 复查, en: Look again}}, to: {posts: [risk-head]}, within: 5 days}
"""


@pytest.fixture
def made(works: Works) -> Organisation:
    """The people, with a form whose records open something when they close."""
    return house(works, more=KEPT, fields=sheets.FIELDS, steps=sheets.STEPS + _OPENS)


def entries(made: Organisation, ref: Ref, action: str) -> int:
    """How many entries of a kind a thing has."""
    with made.service() as work:
        return [row.action for row in trail.history(work.session, ref, 1000)].count(action)


def sound(made: Organisation) -> None:
    """Nothing is half done, no number is lost, and the chain is whole."""
    with made.works.reading(SERVICE, EVERYTHING) as work:
        assert list(broken(work)) == []
    assert papers.trail_is_whole(made)


def test_a_draft_is_filed_once(made: Organisation) -> None:
    """Six times the same click: one number, one content, and the others are told where it stands."""
    draft = sheets.begun(made)

    def file() -> None:
        with made.acting("author") as work:
            records.submit(work, draft)

    ends = at_once([file] * 6)
    assert (ends["done"], sum(ends.values())) == (1, 6)
    with made.looking("author") as work:
        rows = records.listing(work.session, work.rights, work.today)
    assert [row.number for row in rows] == ["FM-07-01-2026-000001"]
    sound(made)


def test_a_step_is_done_once_and_opens_once(made: Organisation) -> None:
    """Four windows of who approves: one signature, one task, one action."""
    ref = sheets.filed(made)
    sheets.reviewed(made, ref)
    ends = at_once([partial(sheets.approved, made, ref)] * 4)
    assert (ends["done"], sum(ends.values())) == (1, 4)
    assert entries(made, ref, "record:close") == 1
    with made.looking("manager") as work:
        assert len(actions.arisen(work.session, work.rights, ref, work.today)) == 1
        assert (
            len(records.openings(work.session, records.record_of(work.session, work.rights, ref, work.today)))
            == 2
        )
    sound(made)


def test_of_an_end_and_a_step_one_comes_first(made: Organisation) -> None:
    """Cancelled and approved at once: it is closed and then cancelled, or cancelled and never closed."""
    ref = sheets.filed(made)
    sheets.reviewed(made, ref)

    def cancel() -> None:
        with made.acting("manager") as work:
            records.cancel(work, ref, "Filed twice")

    ends = at_once([cancel, partial(sheets.approved, made, ref)])
    assert ends["done"] >= 1
    assert sheets.look(made, ref, "manager").state is State.CANCELLED
    sound(made)


def test_two_amendments_at_once_are_two_versions(made: Organisation) -> None:
    """Neither is lost and neither overwrites the other: each is beside what was filed, with its own place."""
    ref = sheets.closed(made)

    def amend(**changes: Any) -> None:
        with made.acting("author") as work:
            records.amend(work, ref, changes, "Mistyped", password=made.keys["author"])

    ends = at_once([partial(amend, purpose="材料"), partial(amend, amount="9.00")])
    assert ends == {"done": 2}
    found = sheets.answers(made, ref)
    assert (found["purpose"], found["amount"]) == ("材料", "9.00")
    assert sheets.look(made, ref).version == 5
    sound(made)


def test_tables_brought_at_once_share_one_series(made: Organisation) -> None:
    """Two tables of four lines: eight numbers without a gap, and a faulty third leaves none."""
    good = "purpose,amount\n" + "设备,1.00\n" * 4

    def bring(brought: str) -> None:
        with made.acting("author") as work:
            records.import_table(work, sheets.NUMBER, table.read(brought.encode(), "t.csv"), "t.csv")

    ends = at_once([partial(bring, good), partial(bring, good + "x,y\n"), partial(bring, good)])
    assert ends == {"done": 2, record_errors.ImportRefused.__name__: 1}
    with made.looking("manager") as work:
        rows = records.listing(work.session, work.rights, work.today)
    assert sorted(row.number for row in rows) == [f"FM-07-01-2026-{place:06d}" for place in range(1, 9)]
    sound(made)


def test_of_a_hold_and_a_disposal_one_wins(made: Organisation, clock: SimulatedClock) -> None:
    """REC-04: a hold that came first spares it; one that came too late is told that it is gone."""
    ref = old(made, clock)
    number = approved(made, ref)

    def hold() -> None:
        with made.acting("manager") as work:
            retention.hold(work, ref, "Suit")

    ends = at_once([hold, partial(carried_out, made, number)])
    state = sheets.look(made, ref, "manager").state
    if state is State.DISPOSED:
        assert ends == {"done": 1, list_errors.HeldAlreadyGone.__name__: 1}
    else:
        assert ends == {"done": 2}
        assert entries(made, ref, "retention:spare") == 1
    sound(made)


def test_two_workers_carry_a_list_out_once(made: Organisation, clock: SimulatedClock) -> None:
    """REC-05: each record goes once, and there is one certificate."""
    refs = [sheets.closed(made) for _ in range(3)]
    old(made, clock)
    with made.acting("manager") as work:
        number = retention.propose(work, [ref.key for ref in refs]).number
    with made.acting("second") as work:
        retention.approve(work, number, password=made.keys["second"])
    ends = at_once([partial(carried_out, made, number)] * 2)
    assert ends == {"done": 2}
    assert [entries(made, ref, "record:dispose") for ref in refs] == [1, 1, 1]
    sound(made)


def test_a_record_stands_on_one_list(made: Organisation, clock: SimulatedClock) -> None:
    """Four propose it at once: one list, whose number leaves no gap to the next."""
    ref = old(made, clock)

    def propose() -> None:
        with made.acting("manager") as work:
            retention.propose(work, [ref.key])

    ends = at_once([propose] * 4)
    assert ends == {"done": 1, list_errors.ListPending.__name__: 3}
    with made.acting("second") as work:
        retention.reject(work, "DL-2026-0001", "Not yet")
    with made.acting("manager") as work:
        assert retention.propose(work, [ref.key]).number == "DL-2026-0002"
    sound(made)


def test_actions_opened_at_once_get_numbers_without_gap(made: Organisation) -> None:
    """Law 13: eight at the same moment."""
    numbers: list[str] = []

    def open_one() -> None:
        with made.acting("manager") as work:
            opened = actions.open(
                work,
                title="Look again",
                owner_id=made.ids["author"],
                due_on=work.today,
                department="risk",
            )
            numbers.append(opened.number)

    assert at_once([open_one] * 8) == {"done": 8}
    assert [int(each[-6:]) for each in sorted(numbers)] == list(range(1, 9))
    sound(made)


def test_a_disposal_is_ordered_once(made: Organisation, clock: SimulatedClock) -> None:
    """Two signatures of the second person: one decides and orders one job."""
    ref = old(made, clock)
    with made.acting("manager") as work:
        number = retention.propose(work, [ref.key]).number

    def approve() -> None:
        with made.acting("second") as work:
            retention.approve(work, number, password=made.keys["second"])

    ends = at_once([approve] * 2)
    assert ends == {"done": 1, list_errors.ListDecided.__name__: 1}
    with made.service() as work:
        found = jobs.latest(work.session, retention.JOB, number)
        assert found is not None
        assert found.attempts == 0
