"""What may be asked, how it is written down, and how far who sees (R18, SEC-06)."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest

from qms.evidence import csvs
from qms.evidence.lifecycle import FOLLOWS, LABELS, State, follows
from qms.evidence.scope import MOST, allows, ceiling, faults, last_day, reaches, read, settled, written
from qms.kernel.ports import Rights, Scope, Secrecy

TODAY = date(2026, 11, 2)
BEFORE = date(2026, 9, 30)
ALL = Rights(permissions={"evidence:build": None})
RISK = Rights(permissions={"evidence:build": frozenset({"risk"})})


def test_what_a_scope_leaves_open_is_settled() -> None:
    """No day means today, an open period ends today, clauses are those of the edition in use."""
    assert settled(Scope(), TODAY, "iso9001-2015") == Scope(as_of=TODAY)
    assert settled(Scope(since=BEFORE), TODAY, "x") == Scope(since=BEFORE, until=TODAY)
    assert settled(Scope(as_of=BEFORE), TODAY, "x") == Scope(as_of=BEFORE)
    assert settled(Scope(until=TODAY), TODAY, "x") == Scope(until=TODAY)
    assert settled(Scope(clauses=("7.5",), as_of=TODAY), TODAY, "x").edition == "x"
    assert settled(Scope(clauses=("7.5",), edition="y"), TODAY, "x").edition == "y"
    assert settled(Scope(numbers=(" CP-12", "CP-12", "", "CP-02")), TODAY, "x").numbers == ("CP-02", "CP-12")


@pytest.mark.parametrize(
    ("scope", "fields"),
    [
        (Scope(as_of=TODAY), []),
        (Scope(since=BEFORE, until=TODAY), []),
        (Scope(as_of=TODAY, since=BEFORE), ["as_of"]),
        (Scope(as_of=TODAY, until=TODAY), ["as_of", "since"]),
        (Scope(until=TODAY), ["since"]),
        (Scope(since=TODAY, until=BEFORE), ["until"]),
        (Scope(as_of=date(2026, 11, 3)), ["as_of"]),
        (Scope(since=date(2027, 1, 1), until=date(2027, 1, 2)), ["since", "until"]),
        (Scope(as_of=TODAY, numbers=tuple(f"CP-{n}" for n in range(MOST + 1))), ["numbers"]),
    ],
)
def test_impossible_scopes_are_refused_by_field(scope: Scope, fields: list[str]) -> None:
    """Nothing can be evidenced for a day that has not come."""
    assert [problem.field for problem in faults(scope, TODAY)] == fields


def test_a_scope_is_written_and_read_back() -> None:
    for scope in (
        Scope(as_of=TODAY),
        Scope(since=BEFORE, until=TODAY, numbers=("CP-12",), departments=("risk",), kinds=("form",)),
        Scope(as_of=TODAY, clauses=("7.5", "9.2"), edition="iso9001-2015"),
    ):
        assert read(written(scope)) == scope
    assert written(Scope(as_of=TODAY)) == {"as_of": "2026-11-02"}


def test_the_last_day_of_a_scope() -> None:
    assert last_day(Scope(as_of=BEFORE)) == BEFORE
    assert last_day(Scope(since=BEFORE, until=TODAY)) == TODAY
    with pytest.raises(ValueError, match="settled"):
        last_day(Scope())


def test_a_right_for_one_department_does_not_reach_all() -> None:
    """Naming no department asks for every one (R18)."""
    assert allows(ALL, "evidence:build", ())
    assert allows(ALL, "evidence:build", ("risk", "credit"))
    assert allows(RISK, "evidence:build", ("risk",))
    assert not allows(RISK, "evidence:build", ())
    assert not allows(RISK, "evidence:build", ("risk", "credit"))
    assert not allows(ALL, "evidence:approve", ())
    assert not allows(ALL, "evidence:approve", ("risk",))


SEES = Rights(
    person_id=3,
    secrecy=2,
    circles=frozenset({"ratings"}),
    departments=frozenset({"risk"}),
    posts=frozenset({"x"}),
)


@pytest.mark.parametrize(
    ("rights", "enough"),
    [
        (SEES, True),
        (Rights(person_id=9, secrecy=3, circles=frozenset({"ratings", "more"}), oversees=True), True),
        (Rights(person_id=9, secrecy=1, circles=frozenset({"ratings"}), oversees=True), False),
        (Rights(person_id=9, secrecy=3, oversees=True), False),
        (Rights(person_id=9, secrecy=2, circles=SEES.circles, departments=SEES.departments), False),
        (Rights(person_id=3, secrecy=2, circles=SEES.circles, departments=SEES.departments), False),
        (Rights(person_id=3, secrecy=2, circles=SEES.circles, posts=SEES.posts), False),
    ],
)
def test_who_sees_as_far(rights: Rights, enough: bool) -> None:  # noqa: FBT001 - a column of the table
    """Grade and circles always count; then oversight, or the same person with the same places."""
    assert reaches(rights, ceiling(SEES)) is enough


def test_who_oversaw_and_no_longer_does_sees_less() -> None:
    height = ceiling(Rights(person_id=3, secrecy=Secrecy.INTERNAL, oversees=True))
    assert not reaches(Rights(person_id=3, secrecy=Secrecy.INTERNAL), height)


def test_every_state_has_a_name_and_its_ways() -> None:
    assert set(LABELS) == set(FOLLOWS) == set(State)
    assert follows(State.REQUESTED, State.APPROVED)
    assert not follows(State.REJECTED, State.BUILDING)
    reached = {then for ways in FOLLOWS.values() for then in ways}
    assert reached == set(State) - {State.REQUESTED}


EVIL = ["=1+1", "+1", "-1+1", "@SUM(A1)", "\tx", "\rx", "\nx", "\0x", "＝1", "＋1", "－1", "＠x"]


@pytest.mark.parametrize("text", EVIL)
def test_no_cell_is_a_formula(text: str) -> None:
    """A cell that a spreadsheet could compute is written as text (SEC-21)."""
    content = csvs.table(("head", text), [(text, 1)])
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows == [["head", f"'{text}"], [f"'{text}", "1"]]
    assert csvs.fault(content) is None


def test_plain_cells_stay_as_they_are() -> None:
    content = csvs.table(("a",), [("文件, 一",), (None,), (-5,), (date(2026, 1, 2),)])
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig") == 'a\r\n"文件, 一"\r\n""\r\n-5\r\n2026-01-02\r\n'
    assert csvs.fault(content) is None


def test_an_unsafe_csv_is_found() -> None:
    assert csvs.fault(b"a,b\r\n") == "there is no byte-order mark"
    assert csvs.fault("\ufeffa\r\n1,=1\r\n".encode()) == "line 2 holds a formula: '=1'"
    assert csvs.fault("\ufeffa\r\n-1a\r\n".encode()) == "line 2 holds a formula: '-1a'"
