"""What an issue will do and did: told before, done once across a future day, told after (law 5)."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from qms import documents
from qms.documents.errors import SourceInvalid
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


MANUAL = """---
number: CP-07
kind: control-procedure
language: zh-Hans
title: {zh-Hans: 风险控制程序, en: Risk control}
owner: risk
route: {review: {posts: [quality-manager]}, approve: {posts: [deputy-general-manager]}}
distribution: {departments: all}
secrecy: internal
change: {reason: "It is new", summary: "First issue"}
forms: [FM-07-01]
retention: {class: system-documents, after: superseded, keep: 10 years}
time-limits:
  - {id: answer, clause: first, limit: T+2}
objectives: [x]
---

{#first}
# 1 审核

两个工作日内答复。
"""


@pytest.mark.parametrize("has_clock", [True, False])
def test_what_is_kept_and_promised_is_told_in_words(works: Works, *, has_clock: bool) -> None:
    """Retention and time limits are enacted; what nothing enacts yet is named in words, never by its key."""
    steps = factories.STEPS.replace("opinion: required}", "opinion: required, within: T+2}", 1)
    kept = "retention: {class: records, after: closed, keep: 5 years}"
    steps = steps if has_clock else factories.STEPS
    made = factories.house(works, factories.form(steps=steps, more=kept))
    ref = papers.approved(made, MANUAL.encode(), file="CP-07.md")
    said = told(made, ref, LATER)
    assert "Its issued revisions stay for good; Documents of the system asks for 10 years." in said
    runs = "It promises 1 time limits; the clocks of these forms run them: FM-07-01."
    waits = "It promises 1 time limits; none of its forms in force has a clock that runs them."
    assert (runs if has_clock else waits) in said
    assert "Declared, not yet enacted: objectives." in said
    assert not any("time-limits" in each or "retention" in each for each in said)
    again = papers.approved(made, factories.form(steps=steps, more=kept), file="FM-07-01.yaml")
    expected = (
        "Its records (Business records) are kept 5 years after it was closed; "
        "then they may go by a disposal list."
    )
    assert expected in told(made, again, LATER)


def test_records_kept_for_ever_are_told_so(works: Works) -> None:
    """A class without an end says that nothing ever goes; a time nobody can read is refused before review."""
    made = papers.organisation(works)
    sheet = factories.form(more="retention: {class: records, keep: permanent}")
    ref = papers.approved(made, sheet, file="FM-07-01.yaml")
    assert "Its records (Business records) are kept for ever." in told(made, ref, LATER)
    bad = factories.form("FM-07-08", more="retention: {class: records, after: soon, keep: ten years}")
    with pytest.raises(SourceInvalid) as caught:
        papers.approved(made, bad, file="FM-07-08.yaml")
    assert [problem.field for problem in caught.value.problems] == ["retention.after", "retention.keep"]


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
