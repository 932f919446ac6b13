"""The example of docs/writing.md: read, checked, issued, filled in, overdue, kept in its register."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from qms import records, registers, risks, schedules
from tests.documents import factories as papers

if TYPE_CHECKING:
    from qms.kernel.clock import SimulatedClock
    from qms.kernel.work import Works

PAGE = Path(__file__).parents[2] / "docs" / "writing.md"


def written() -> list[tuple[str, bytes]]:
    """The files of the example, by their names."""
    part = PAGE.read_text("utf-8").split("### A procedure that runs")[1].split("\n### ")[0]
    found = []
    for kind, text in re.findall(r"```(markdown|yaml)\n(.*?)```", part, re.DOTALL):
        number = re.search(r"^number: (.+)$", text, re.MULTILINE)
        assert number is not None
        found.append((f"{number[1]}.{'md' if kind == 'markdown' else 'yaml'}", text.encode()))
    return found


def test_the_example_runs_as_it_says(works: Works) -> None:
    """Three documents make a procedure with a form, a limit, a register and a schedule."""
    made = papers.organisation(works)
    files = written()
    assert [name for name, _ in files] == ["CP-20.md", "FM-20-01.yaml", "RG-20-01.yaml"]
    for name, data in files:
        papers.issued(made, data, file=name)
    papers.run_day(made)
    answers = {
        "client": "甲公司",
        "returned_on": "2026-11-02",
        "papers": [{"name": "合同", "pieces": "2"}, {"name": "发票", "pieces": "3"}],
        "original": False,
    }
    with made.acting("author") as work:
        ref = records.ref_of(
            records.submit(work, records.ref_of(records.begin(work, "FM-20-01")), values=answers)
        )
    assert ref.key == "FM-20-01-2026-000001"
    with made.acting("risk-head") as work:
        records.act(work, ref, "check", values={"missing": "1"}, opinion="缺一件")
    with made.looking("risk-head") as work:
        record = records.record_of(work.session, work.rights, ref, work.today)
        assert record.state is records.State.CLOSED
        assert records.values(work, record)["pieces"] == "5"
        assert [each.what for each in records.openings(work.session, record)] == ["task"]
        found = registers.register(work.session, work.rights, "RG-20-01", work.today, work.language)
        assert [each.id for each in found.columns][-2:] == ["kinds", "checked_in_time"]


def test_its_control_point_is_checked_every_quarter(works: Works, clock: SimulatedClock) -> None:
    """Owed to its owner when the next quarter begins, done by a record, warning of what it found."""
    made = papers.organisation(works)
    for name, data in written():
        papers.issued(made, data, file=name)
    papers.run_day(made)
    clock.advance(timedelta(days=60))
    with made.service() as work:
        for each in schedules.waiting(work):
            schedules.open_due(work, each)
    with made.looking("risk-head") as work:
        point = risks.point(work, "CP-20#papers-complete")
        (due,) = risks.due(work, point)
    assert (due.period, due.people) == ("2027-Q1", ("Risk-Head",))
    answers = {
        "client": "甲公司",
        "returned_on": "2027-01-01",
        "papers": [{"name": "合同", "pieces": "2"}],
        "original": False,
    }
    with made.acting("author") as work:
        begun = records.begin(work, "FM-20-01", values=answers, origin=due.ref)
        ref = records.ref_of(records.submit(work, records.ref_of(begun)))
    with made.acting("risk-head") as work:
        records.act(work, ref, "check", values={"missing": "1"}, opinion="缺一件")
    with made.looking("risk-head") as work:
        assert risks.due(work, point) == []
        assert [each.record for each in risks.checks(work, point)] == [ref.key]
        assert [each.words["en"] for each in risks.warnings(work, point)] == ["Pieces are missing"]
