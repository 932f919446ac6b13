"""What an issue will do and did: told before, done once across a future day, told after (law 5)."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import TYPE_CHECKING

from qms import documents
from qms.documents.models import Passage
from qms.documents.operations import reading
from tests.documents import factories as papers
from tests.records import factories

if TYPE_CHECKING:
    from qms.documents import Happened
    from qms.kernel.clock import SimulatedClock
    from qms.kernel.refs import Ref
    from qms.kernel.work import Works
    from tests.documents.factories import Organisation

TODAY = date(2026, 11, 2)
LATER = TODAY + timedelta(days=7)
VISIT = """schedules:
  - {id: visit, label: {zh-Hans: 拜访, en: Visit}, every: month, on: {day: 5}, for: {departments: [risk]}, to: {posts: [risk-head]}, form: FM-07-01, due: 10 working days}
"""  # noqa: E501 - YAML in flow style
VISITS = VISIT.replace("every: month, on: {day: 5}", "every: quarter, on: {day: 5}")


def told(made: Organisation, ref: Ref, on: date | None = None, login: str = "controller") -> list[str]:
    """The preview as somebody reads it."""
    with made.looking(login) as work:
        work.language = "en"
        return documents.consequences(work, ref, on)


def happened(made: Organisation, login: str = "manager") -> list[Happened]:
    """What the revisions of the form did."""
    with made.looking(login) as work:
        return documents.happened(work.session, work.rights, factories.NUMBER, "zh-Hans", work.today)


def begun_twice(made: Organisation) -> Ref:
    """A form in force with a schedule and a record on its way, and its next revision, approved."""
    factories.issue(made, factories.form(more=VISIT))
    factories.filed(made)
    return papers.approved(made, factories.form(more=VISITS), file="FM-07-01.yaml")


def test_a_first_issue_becomes_fillable(works: Works) -> None:
    """Before the first issue of a form: who reads it by when, that it can be filled in, what begins."""
    made = papers.organisation(works)
    ref = papers.approved(made, factories.form(more=VISIT), file="FM-07-01.yaml")
    said = told(made, ref, LATER)
    assert "The form can be filled in from its first day in force." in said
    assert any("people owe its reading by 2026-11-23" in each for each in said)
    assert any(each.startswith("The schedule Visit begins: every month") for each in said)


def test_a_revision_tells_what_it_exchanges(works: Works) -> None:
    """Before the next issue: what it replaces, that open records finish under the old one, what changes."""
    made = factories.house(works, factories.form(number="FM-07-09"))
    said = told(made, begun_twice(made), LATER, "manager")
    assert "It takes the place of A/0." in said
    assert "Whoever fills in the form from then on fills in this revision, no longer A/0." in said
    assert "1 open records you may see were begun under earlier revisions and finish under them." in said
    assert any(each.startswith("The schedule Visit changes: every quarter") for each in said)


def test_a_count_leaves_out_what_one_may_not_see(works: Works) -> None:
    """Somebody who sees none of the records reads of none (R19, SEC-07)."""
    made = factories.house(works, factories.form(number="FM-07-09"))
    ref = begun_twice(made)
    assert not any("open records" in each for each in told(made, ref, LATER, "deputy"))


def test_across_a_future_day_it_happens_once_and_is_told(works: Works, clock: SimulatedClock) -> None:
    """Nothing before the day; on it two workers do it once; the trail tells both revisions apart."""
    made = factories.house(works, factories.form(number="FM-07-09"))
    papers.decide(made, papers.release(made, begun_twice(made), LATER))
    clock.advance(timedelta(days=6))
    assert papers.run_day(made).enacted == 0
    assert [(each.label, each.passage) for each in happened(made)] == [("A/0", Passage.ENTER)]
    clock.advance(timedelta(days=1))
    barrier = threading.Barrier(2)
    counts: list[int] = []

    def run() -> None:
        barrier.wait()
        counts.append(papers.run_day(made).enacted)

    workers = [threading.Thread(target=run) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(counts) == [0, 2]
    passed = happened(made)
    assert [(each.label, each.passage) for each in passed] == [
        ("A/1", Passage.ENTER),
        ("A/0", Passage.LEAVE),
        ("A/0", Passage.ENTER),
    ]
    acts = [{row.action for row in each.rows} for each in passed]
    assert "schedule:begin" in acts[0]
    assert acts[1] == {"schedule:stop"}
    assert "schedule:begin" in acts[2]
    assert all(each.on == LATER for each in passed[:2])
    assert passed[0].readings > 0


def test_killed_half_way_it_is_done_again_whole(works: Works, clock: SimulatedClock) -> None:
    """A worker that dies after the sections leaves nothing; the next run does all of it, once."""
    made = factories.house(works, factories.form(number="FM-07-09"))
    papers.decide(made, papers.release(made, begun_twice(made), LATER))
    clock.advance(timedelta(days=7))

    def child(works: Works) -> None:
        reading.owe = papers.die
        with works.writing(papers.SERVICE, papers.EVERYTHING) as work:
            documents.day.run(work)

    assert papers.in_a_process(made, child) == papers.KILLED
    assert [each.label for each in happened(made)] == ["A/0"]
    assert papers.run_day(made).enacted == 2
    assert papers.run_day(made).enacted == 0
    begun = [row for each in happened(made) for row in each.rows if row.action == "schedule:begin"]
    assert len(begun) == 2


def test_a_reader_who_may_not_see_the_form_learns_nothing(works: Works) -> None:
    """What its revisions did is as secret as the revisions."""
    made = papers.organisation(works)
    factories.issue(made, factories.form().replace(b"departments: all", b"departments: [risk]"))
    assert happened(made, "outsider") == []
