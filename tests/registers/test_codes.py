"""Information codes stay traceable both ways through revisions (S12)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from qms import forms, registers, trail
from qms.registers import Mark
from tests.documents import factories
from tests.registers.factories import FORM, REGISTER, House, issue, stored

if TYPE_CHECKING:
    from qms.kernel.clock import SimulatedClock

LATER = REGISTER.replace("4.41.001", "4.41.099").replace(
    "  - {id: note,",
    '  - {id: again, label: P, type: text, value: "product", code: "9.99.001"}\n  - {id: note,',
)


def next_day(made: House, clock: SimulatedClock) -> None:
    """The next morning."""
    clock.advance(timedelta(days=1))
    factories.run_day(made.people)


def coded(made: House, code: str = "") -> dict[str, registers.Coded]:
    """The codes as a reader finds them."""
    with made.people.looking("manager") as work:
        found = registers.codes.codes(work.session, work.rights, work.today, code)
    return {each.code: each for each in found}


def test_codes_are_written_down_when_their_document_enters(made: House) -> None:
    """Columns of registers and fields of forms, since when."""
    carried = coded(made, "4.41.001")["4.41.001"]
    assert {(each.document, each.bearer.value, each.name) for each in carried.carriers} == {
        ("FM-02-01", "field", "amount"),
        ("RG-02-01", "column", "amount"),
    }
    assert {each.from_on for each in carried.carriers} == {date(2026, 11, 2)}
    assert not carried.is_doubled


def test_a_new_code_ends_the_old_one_and_is_on_record(made: House, clock: SimulatedClock) -> None:
    """Old code and new code are found from each other; cells keep the code of their time."""
    made.file(amount="1")
    clock.advance(timedelta(days=1))
    issue(made.people, LATER)
    made.file(amount="2")
    old = next(each for each in coded(made)["4.41.001"].carriers if each.document == "RG-02-01")
    (new,) = coded(made)["4.41.099"].carriers
    assert (old.until_on, old.now) == (date(2026, 11, 3), "4.41.099")
    assert (new.from_on, new.now) == (date(2026, 11, 3), "4.41.099")
    assert stored(made.works, 1)["amount"].code == "4.41.001"
    assert stored(made.works, 2)["amount"].code == "4.41.099"
    with made.works.reading(factories.SERVICE) as work:
        told = [each for each in trail.since(work.session, 0, 1000) if each.action == "register:code:change"]
    assert [(each.before, each.after["codes"]) for each in told] == [
        ({"amount": "4.41.001"}, {"amount": "4.41.099"})
    ]


def test_a_code_for_two_things_is_told(made: House) -> None:
    """A column client here and a field partner there carry one code today."""
    other = (
        FORM.replace("FM-02-01", "FM-02-02")
        .replace("4.41.001", "1.11.004")
        .replace("id: amount", "id: partner")
    )
    issue(made.people, other)
    assert coded(made)["1.11.004"].is_doubled


def test_a_later_column_fills_from_its_first_day_on(made: House, clock: SimulatedClock) -> None:
    """Rows from before get an empty cell that says so; the next change of an open record fills it."""
    filed = made.file(amount="1", product="bond")
    clock.advance(timedelta(days=1))
    issue(made.people, LATER)
    assert stored(made.works, 1)["again"].mark is Mark.EARLIER
    made.file(amount="2", product="loan")
    assert stored(made.works, 2)["again"].text == "loan"
    assert made.numbers(view=registers.View(sort="again")) == [2, 1]
    made.again(filed)
    assert stored(made.works, 1)["again"].text == "bond"


def test_what_entered_before_codes_were_written_is_caught_up(made: House) -> None:
    """Once, whoever asks how often."""
    with made.people.service() as work:
        work.session.query(registers.models.RegisterCode).delete()
        assert registers.catch_up(work) == 2
        assert registers.catch_up(work) == 0


def test_rebuild_fills_what_is_older(made: House, clock: SimulatedClock) -> None:
    """From the stored records, with the reason on record; only who controls documents may."""
    filed = made.file(amount="1", product="bond")
    clock.advance(timedelta(days=1))
    issue(made.people, LATER)
    with made.people.acting("controller") as work:
        assert registers.rebuild(work, "RG-02-01", "The column again is needed", [filed]) == 1
    assert stored(made.works, 1)["again"].text == "bond"
    assert stored(made.works, 1)["amount"].code == "4.41.099"
    with pytest.raises(registers.MayNotRebuild), made.people.acting("reader") as work:
        registers.rebuild(work, "RG-02-01", "why", [filed])
    with pytest.raises(registers.NoSuchRegister), made.people.acting("controller") as work:
        registers.rebuild(work, "FM-02-01", "why", [filed])


def test_before_issue_the_columns_that_begin_and_end_are_told(made: House) -> None:
    """The preview of a revision."""
    section = registers.CodesSection("columns")
    old = [{"id": "a", "label": "Client", "code": "1.11.001"}, {"id": "b", "label": {"en": "Term"}}]
    new = [{"id": "a", "label": {"en": "Client"}, "code": "1.11.002"}, {"id": "c", "label": {"en": "Fee"}}]
    with made.works.reading(factories.SERVICE, factories.EVERYTHING, language="en") as work:
        assert section.preview(work, old, new) == [
            "These columns begin, and fill from the first day on: Fee.",
            "These columns end; what stands in them stays: Term.",
            "Information codes change: Client 1.11.001 → 1.11.002.",
        ]
        assert section.preview(work, None, new) == ["The register begins, with 2 columns."]


def test_a_publication_that_begins_or_ends_is_told(made: House) -> None:
    """R28: before the release of a register that publishes; nothing where that stays as it is."""
    section = registers.PublicationSection()
    with made.works.reading(factories.SERVICE, factories.EVERYTHING, language="en") as work:
        (begins,) = section.preview(work, None, "daily")
        (ends,) = section.preview(work, "daily", None)
        assert begins.startswith("What is filed in it on a day is published")
        assert ends == "What is filed in it is no longer published by day."
        assert section.preview(work, "daily", "daily") == ()
        assert section.check(work, "daily", {}) == ()


def test_a_formula_that_cannot_be_read_is_told_once(made: House) -> None:
    """Of a column's formula the declaration tells; the codes have nothing to add."""
    columns = [{"id": "a", "label": "A", "type": "number", "value": "1 +"},
               {"id": "b", "label": "B", "type": "instant", "value": "clocks.a.due"}]  # fmt: skip
    head = {"kind": "register", "from": ["FM-02-01"], "columns": columns}
    with made.works.reading(factories.SERVICE, factories.EVERYTHING, language="en") as work:
        told = [
            *forms.Blank().check(head, "RG.yaml"),
            *registers.CodesSection("columns").check(work, columns, head),
        ]
    assert [each.field for each in told] == ["columns.1.value"]
