"""Pages of a register: rights inside the query, filters by type, order, cursors, counts (law 11, SEC-07)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import product

import pytest

from qms import registers
from qms.kernel.ports import Rights, Secrecy
from qms.registers import Filter, Mark, View, looking, seeking, views
from qms.registers.views import Cursor
from tests.documents import factories
from tests.registers.factories import House


def fill(made: House, count: int = 12) -> None:
    """Records with amounts, products, days and notes that differ; every fourth has no amount."""
    with made.people.service() as work:
        for number in range(1, count + 1):
            made.file(
                work,
                filed_on=date(2026, 1 + number % 11, 3),
                amount=f"{number * 10}.5" if number % 4 else None,
                product="loan" if number % 2 else "bond",
                accepted_on=f"2026-10-{number:02d}",
                client=f"C-{number % 3:06d}",
                note=f"Note {number} 说明",
                fast=number % 3 == 0,
            )


def test_who_sees_which_rows(made: House) -> None:
    """Grade, circle and department decide inside the query; one's own records are always there."""
    made.file(department="credit")
    made.file(department="risk")
    made.file(department="outlet-east")
    made.file(department="centre", secrecy=Secrecy.SECRET)
    made.file(department="centre", circle="aml")
    made.file(department="centre", login="reader")
    assert made.numbers("manager") == [6, 3, 2, 1]  # oversees, and is not cleared for the secret one
    assert made.numbers("author") == [5, 4, 3, 2, 1][2:]
    assert made.numbers("outsider") == [6]  # of the department they belong to
    with made.people.service() as work:
        factories.clear(work, made.people.ids["manager"], Secrecy.SECRET)
    assert made.numbers("manager") == [6, 4, 3, 2, 1]


def test_a_secret_column_does_not_exist_for_others(made: House) -> None:
    """Neither shown, nor filtered, nor sorted by, nor added up."""
    made.file(secret_note="b")  # noqa: S106 - the name of a column
    made.file(secret_note="a")  # noqa: S106 - the name of a column
    asked = View(filters=(Filter("secret_note", "is", "a"),), sort="secret_note", columns=("secret_note",))
    with made.people.looking("manager") as work:
        register = made.register(work)
        assert "secret_note" not in {column.id for column in register.columns}
        kept = registers.views.kept(asked, register.columns)
        assert (kept.filters, kept.sort, kept.columns) == ((), "", ())
    with made.people.service() as work:
        factories.clear(work, made.people.ids["manager"], Secrecy.CONFIDENTIAL)
    assert made.numbers("manager", asked) == [2]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (Filter("amount", "from", "100"), {10, 11}),
        (Filter("amount", "to", "30.5"), {1, 2, 3}),
        (Filter("amount", "from", "many"), set()),
        (Filter("product", "is", "bond"), {2, 4, 6, 8, 10, 12}),
        (Filter("client", "is", "C-000001"), {1, 4, 7, 10}),
        (Filter("accepted_on", "from", "2026-10-11"), {11, 12}),
        (Filter("fast", "is", "true"), {3, 6, 9, 12}),
        (Filter("note", "is", "note 7  说明"), {7}),
        (Filter("note", "starts", "NOTE 1"), {1, 10, 11, 12}),
        (Filter("note", "has", "7 说"), {7}),
        (Filter("note", "has", "%"), set()),
    ],
)
def test_filters_by_type(made: House, asked: Filter, found: set[int]) -> None:
    """Ranges of numbers and days, choices, parties, words; what is no value fits nothing."""
    fill(made)
    assert set(made.numbers(view=View(filters=(asked,)))) == found


def test_few_and_many_give_the_same(made: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether an index names the rows or each row is tried does not change what is found."""
    fill(made)
    view = View(filters=(Filter("product", "is", "loan"), Filter("amount", "from", "50")), sort="amount")
    few = made.numbers(view=view)
    monkeypatch.setattr(seeking, "FEW", 0)
    assert made.numbers(view=view) == few == [5, 7, 9, 11]


@pytest.mark.parametrize("sort", ["", "amount", "note", "accepted_on"])
@pytest.mark.parametrize("descending", [False, True])
def test_pages_meet_without_gap_or_double(made: House, *, sort: str, descending: bool) -> None:
    """Each row once, in order, whatever the size of a page; those without a value come last."""
    fill(made, 13)
    view = View(sort=sort, descending=descending)
    whole = made.numbers(view=view)
    seen: list[int] = []
    after = ""
    with made.people.looking("manager") as work:
        register = made.register(work)
        while True:
            found = registers.page(
                work.session, work.rights, register, view, work.settings.zone_info, after=after, size=3
            )
            seen += [line.record_id for line in found.lines]
            if found.after is None:
                break
            after = found.after
    assert seen == whole
    assert sorted(seen) == list(range(1, 14))
    if sort == "amount":
        with_value = [each for each in seen if each % 4]
        assert seen[-3:] == [4, 8, 12]
        assert with_value == sorted(with_value, reverse=descending)


def test_a_cursor_of_another_order_begins_at_the_beginning(made: House) -> None:
    """What an address carries may stand beside any order."""
    fill(made, 5)
    whole = made.numbers()
    after = views.written(Cursor("note 3", 3))
    assert made.numbers(after=after) == whole
    assert len(made.numbers(after=views.written(Cursor("2026-03-03", 2)))) < len(whole)


def test_each_sight_has_its_own_whole_register(made: House) -> None:
    """The statement kept for one sight is no other's, and finds what trying every condition finds."""
    for department, grade, circle in product(("credit", "risk"), Secrecy, (None, "aml")):
        made.file(department=department, secrecy=grade, circle=circle)
    reads: list[dict[str, frozenset[str] | None]] = [{}, {"records:read": None}]
    reads.append({"records:read": frozenset({"risk"})})
    every = View(until=date(2099, 1, 1))
    with made.people.looking("manager") as work:
        register = replace(made.register(work), seated=None, near=frozenset())
        found = {}
        for grade, circles, may, oversees in product(
            Secrecy, (frozenset[str](), frozenset({"aml"})), range(3), (False, True)
        ):
            rights = Rights(
                person_id=made.people.ids["reader"], permissions=reads[may], secrecy=grade,
                circles=circles, oversees=oversees,
            )  # fmt: skip
            zone = work.settings.zone_info
            seen, tried = (
                [line.record_id for line in registers.page(work.session, rights, register, view, zone).lines]
                for view in (View(), every)
            )
            assert seen == tried
            found[grade, circles, may, oversees] = len(seen)
    none: frozenset[str] = frozenset()
    assert found[Secrecy.PUBLIC, none, 0, False] == 0
    assert found[Secrecy.PUBLIC, none, 1, False] == 2
    assert found[Secrecy.PUBLIC, none, 2, False] == 1
    assert found[Secrecy.SECRET, frozenset({"aml"}), 2, True] == 4 * len(Secrecy)


def test_a_filed_day_bounds_the_rows(made: House) -> None:
    """Period, state, department and form stand on the row itself."""
    fill(made)
    assert set(made.numbers(view=View(since=date(2026, 11, 1)))) == {10}
    assert set(made.numbers(view=View(until=date(2026, 2, 28)))) == {1, 11, 12}
    assert made.numbers(view=View(state="closed")) == []
    assert len(made.numbers(view=View(department="credit", form="FM-02-01"))) == 12


def test_rows_are_counted_only_as_far_as_it_is_cheap(made: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the bound, or where no index serves, nothing is counted."""
    fill(made)

    def count(view: View) -> int | None:
        with made.people.looking("manager") as work:
            return registers.count(
                work.session, work.rights, made.register(work), view, work.settings.zone_info
            )

    words = View(filters=(Filter("note", "has", "note"),))
    assert (count(View()), count(words)) == (12, 12)
    monkeypatch.setattr(looking, "COUNTED", 11)
    assert (count(View()), count(words)) == (None, None)
    assert count(View(filters=(Filter("product", "is", "bond"),))) == 6
    assert count(View(filters=(Filter("product", "is", "bond"), *words.filters))) == 6


def test_sealed_cells_are_shown_as_such_and_come_last(made: House) -> None:
    """They cannot be filtered; in an order they stand with those that have no value."""
    made.file(amount="9", personal=frozenset({"amount"}))
    made.file(amount="5")
    with made.people.looking("manager") as work:
        first, second = made.lines(work, view=View(sort="amount"))
    assert (first.record_id, second.record_id) == (2, 1)
    assert second.cells["amount"] is Mark.SEALED
    assert made.numbers(view=View(filters=(Filter("amount", "from", "0"),))) == [2]
