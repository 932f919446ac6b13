"""Records fill registers in their own transaction, typed and with the code of their time (S12)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qms import calendar, clocks, registers
from qms.registers import Mark
from tests.registers.factories import FORM, REGISTER, House, house, issue, stored

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qms.kernel.clock import SimulatedClock
    from qms.kernel.work import Work, Works


def test_a_record_fills_a_typed_cell_for_each_column(made: House) -> None:
    """Money in millionths, a day as a day, a party as a ref, a formula by its value, a fact of the system."""
    made.file(
        amount="12.50", product="loan", accepted_on="2026-11-02", client="C-000001", note="ＡＢ c",
        fast=True, issues=[{"grade": "A"}, {"grade": "B"}, {"grade": "A"}],
    )  # fmt: skip
    found = stored(made.works, 1)
    assert (found["amount"].number, found["amount"].code) == (12_500_000, "4.41.001")
    assert found["accepted_on"].day == date(2026, 11, 2)
    assert found["client"].ref == "party:C-000001"
    assert (found["note"].text, found["note"].key) == ("ＡＢ c", "ab c")
    assert (found["fast"].number, found["issues_a"].number) == (1_000_000, 2_000_000)
    assert found["author"].ref == "person:author"
    assert "seq" not in found


def test_a_change_writes_what_changed_alone(made: House) -> None:
    """The row stays, values come and go, and state and department follow."""
    filed = made.file(amount="1", product="loan")
    made.again(filed, values={"amount": "2"}, state="closed", closed_on=date(2026, 11, 3), department="risk")
    found = stored(made.works, 1)
    assert (found["amount"].number, found["product"].key) == (2_000_000, None)
    with made.people.looking("manager") as work:
        (line,) = made.lines(work)
    assert (line.state, line.department, line.closed_on) == ("closed", "risk", date(2026, 11, 3))


def test_what_is_sealed_is_in_no_cell(made: House) -> None:
    """Personal answers, formulas over them and whole sealed records leave a mark and nothing else (R17)."""
    made.file(amount="5", note="ill", issues=[{"grade": "A"}], personal=frozenset({"note", "issues"}))
    made.file(amount="5", note="ill", sealed=True)
    first, second = stored(made.works, 1), stored(made.works, 2)
    assert (first["note"].mark, first["note"].text, first["note"].key) == (Mark.SEALED, None, None)
    assert first["issues_a"].mark is Mark.SEALED
    assert first["amount"].number == 5_000_000
    assert (second["amount"].mark, second["amount"].number) == (Mark.SEALED, None)
    assert second["author"].ref == "person:author"


def test_what_was_disposed_of_leaves_its_number(made: House) -> None:
    """REC-06: no cell is kept of it."""
    filed = made.file(amount="5", note="words")
    made.again(filed, state="disposed", values={})
    assert stored(made.works, 1) == {}
    assert made.numbers() == [1]


def test_an_answer_that_does_not_fit_stops_no_record(made: House) -> None:
    """A fault of the declaration is told in the cell and does not undo the filing."""
    made.file(amount="many", accepted_on="soon")
    found = stored(made.works, 1)
    assert found["accepted_on"].mark is Mark.FAULTY
    assert found["amount"].text == "many"


def test_a_register_the_form_names_takes_it_too_and_so_does_the_master(works: Works) -> None:
    """`register:` of a form, `part-of:` of a register."""
    named = REGISTER.replace("RG-02-01", "RG-02-09").replace("from: [FM-02-01]", "part-of: RG-02-08")
    master = REGISTER.replace("RG-02-01", "RG-02-08").replace("from: [FM-02-01]\n", "")
    made = house(works, FORM + "register: RG-02-09\n", REGISTER, named, master)
    made.file(amount="1")
    with made.people.looking("manager") as work:
        assert {number: len(made.lines(work, number)) for number in ("RG-02-01", "RG-02-08", "RG-02-09")} == {
            "RG-02-01": 1,
            "RG-02-08": 1,
            "RG-02-09": 1,
        }


class _Records:
    """What records offer, for the records of a test."""

    def __init__(self, made: House) -> None:
        self.made = made

    def values_of(self, work: Work, record_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
        del work
        return {each: dict(self.made.filed[each].values) for each in record_ids if each != 3}


def test_what_is_sealed_is_shown_from_its_record_alone(made: House) -> None:
    """On the page of who sees the record; what was erased stays sealed."""
    made.file(amount="5", note="ill", issues=[{"grade": "A"}], personal=frozenset({"note", "issues"}))
    made.file(amount="6", note="well", sealed=True)
    made.file(amount="7", note="gone", sealed=True)
    made.works.ports = {**made.works.ports, "openers": (_Records(made),)}
    with made.people.looking("manager") as work:
        shown = made.register(work).columns
        view = registers.View(columns=tuple(column.id for column in shown))
        found = registers.reveal(work, made.lines(work, view=view), shown)
    said = {line.record_id: [line.cells[each] for each in ("amount", "note", "issues_a")] for line in found}
    assert said[1] == [(Decimal(5),), ("ill",), (Decimal(1),)]
    assert said[2] == [(Decimal(6),), ("well",), (Decimal(0),)]
    assert set(said[3]) == {Mark.SEALED}


def test_a_column_tells_how_a_limit_stands(made: House, clock: SimulatedClock) -> None:
    """Due, done and kept of a clock of the record, as it stands at each change."""
    later = REGISTER.replace(
        "  - {id: note,",
        "  - {id: due, label: D, type: date, value: clocks.review.due}\n"
        "  - {id: kept, label: K, type: yes-no, value: clocks.review.on_time}\n  - {id: note,",
    )
    clock.advance(timedelta(days=1))
    issue(made.people, later)
    filed = made.file(amount="5")
    with made.people.service() as work:
        clocks.start(
            work, filed.ref, "step:review", label="Review", at=work.now, limit=calendar.span("T+2"),
            department="credit", secrecy=1, circle=None,
        )  # fmt: skip
    made.again(filed)
    assert stored(made.works, 1)["due"].day == date(2026, 11, 5)
    assert stored(made.works, 1)["kept"].number is None
    with made.people.service() as work:
        clocks.stop(work, filed.ref, "step:review")
    made.again(filed)
    assert stored(made.works, 1)["kept"].number == 1_000_000


def test_a_cancelled_limit_shows_nothing(made: House, clock: SimulatedClock) -> None:
    """S71: what was cancelled counts for nothing and is no fault; one after it does."""
    later = REGISTER.replace(
        "  - {id: note,",
        "  - {id: due, label: D, type: date, value: clocks.review.due}\n"
        "  - {id: end, label: E, type: instant, value: clocks.review.due}\n  - {id: note,",
    )
    clock.advance(timedelta(days=1))
    issue(made.people, later)
    filed = made.file(amount="5")

    def start(limit: str) -> clocks.Clock:
        return clocks.start(
            work, filed.ref, "step:review", label="Review", at=work.now, limit=calendar.span(limit),
            department="credit", secrecy=1, circle=None,
        )  # fmt: skip

    with made.people.service() as work:
        start("T+2")
        clocks.cancel(work, filed.ref, "step:review")
    made.again(filed)
    for name in ("due", "end"):
        assert (stored(made.works, 1)[name].mark, stored(made.works, 1)[name].key) == (None, None)
    with made.people.service() as work:
        due_at = start("T+2").due_at
    made.again(filed)
    found = stored(made.works, 1)
    assert (found["due"].day, found["end"].instant) == (date(2026, 11, 5), due_at - timedelta(minutes=1))
