"""What was looked at where, and what the next programme should look at, by the stated rule alone (AUD-01)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.audits import coverage, planning
from qms.audits.coverage import Cell, Covered, Ground, Look
from qms.audits.planning import Question
from tests.audits.test_rules import bound

DAY = date(2026, 11, 2)

cells = st.builds(
    Cell,
    st.sampled_from(["east", "west", "credit"]),
    st.sampled_from(["CP-02", "CP-07", "CP-12"]),
    st.lists(st.sampled_from(["8.1", "9.1"]), unique=True, max_size=2).map(tuple),
)
looks = st.builds(
    Look,
    st.sampled_from("ABCDEFGH"),
    st.sampled_from(["east", "west", "credit"]),
    st.sampled_from(["CP-02", "CP-07", "CP-12"]),
    st.integers(-60, 1500).map(lambda back: DAY - timedelta(days=back)),
    findings=st.integers(0, 3),
    weight=st.integers(0, 20),
)
unique_cells = st.lists(cells, max_size=9, unique_by=lambda each: (each.department, each.document))
grounds = st.builds(
    Ground,
    st.dictionaries(st.sampled_from(["CP-02", "CP-07", "CP-12"]), st.integers(0, 9)),
    st.dictionaries(
        st.sampled_from(["CP-02", "CP-07", "CP-12"]),
        st.lists(st.integers(-60, 1500).map(lambda back: DAY - timedelta(days=back)), max_size=4),
    ),
)


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        (date(2026, 10, 2), DAY, 1),
        (date(2026, 10, 3), DAY, 0),
        (date(2025, 11, 2), DAY, 12),
        (date(2020, 1, 1), DAY, 36),
        (DAY, date(2026, 1, 1), 0),
        (date(2024, 2, 29), date(2025, 2, 28), 11),
    ],
)
def test_months_are_whole(first: date, last: date, months: int) -> None:
    """And no more than count; a year from a leap day is not over on the day before."""
    assert coverage.months_between(first, last) == months


@given(unique_cells, st.lists(looks, max_size=12), st.integers(1, 36))
def test_the_map_tells_of_each_cell_its_last_look(here: list[Cell], seen: list[Look], months: int) -> None:
    """Never, too long ago, or within the months; looks elsewhere and in days to come change nothing."""
    found = coverage.cover(here, seen, DAY, months)
    assert [each.cell for each in found] == here
    for each in found:
        mine = [
            look
            for look in seen
            if (look.department, look.document) == (each.cell.department, each.cell.document)
            and look.on <= DAY
        ]
        assert (each.last is None) == (not mine)
        assert (each.state == coverage.NEVER) == (not mine)
        if each.last is not None:
            assert all(look.on <= each.last.on for look in mine)
            assert (each.state == coverage.OVERDUE) == (coverage.months_between(each.last.on, DAY) >= months)


@given(unique_cells, st.lists(looks, max_size=12))
def test_a_clause_stands_as_the_document_that_stands_worst(here: list[Cell], seen: list[Look]) -> None:
    """In each department; the last look at any of them, and those never looked at, are told beside."""
    found = coverage.cover(here, seen, DAY)
    order = list(coverage.STATES)
    for each in coverage.by_clause(found):
        mine = [
            one for one in found if each.clause in one.cell.clauses and each.department == one.cell.department
        ]
        assert each.state == min((one.state for one in mine), key=order.index)
        assert set(each.documents) == {one.cell.document for one in mine}
        assert set(each.never) == {one.cell.document for one in mine if one.last is None}
        assert all(one.last is None or (each.last and one.last.on <= each.last.on) for one in mine)
    told = {(each.clause, each.department) for each in coverage.by_clause(found)}
    assert told == {(clause, each.department) for each in here for clause in each.clauses}


@given(unique_cells, st.lists(looks, max_size=12), grounds, st.randoms(use_true_random=False))
def test_a_proposal_is_the_same_whatever_comes_first(
    here: list[Cell], seen: list[Look], ground: Ground, random: Random
) -> None:
    """Each cell once, by falling weight; the weight is that of the stated rule."""
    found = coverage.cover(here, seen, DAY)
    proposed = coverage.propose(found, ground, DAY)
    mixed = list(found)
    random.shuffle(mixed)
    assert coverage.propose(mixed, ground, DAY) == proposed
    assert sorted(id(each.covered) for each in proposed) == sorted(map(id, found))
    assert [each.weight for each in proposed] == sorted((each.weight for each in proposed), reverse=True)
    for each in proposed:
        before = each.covered.last.weight if each.covered.last else 0
        assert each.weight == each.importance * each.covered.months + 6 * each.changes + 3 * before
        assert each.importance == min(5, 1 + ground.points.get(each.covered.cell.document, 0))


@given(looks, grounds, st.integers(1, 9))
def test_what_grows_is_looked_at_sooner(look: Look, ground: Ground, more: int) -> None:
    """Importance, changes and what was found never make it lighter, and never looked at is never lighter."""
    cell = Cell("east", "CP-02")
    last = replace(look, department="east", document="CP-02", on=min(look.on, DAY))
    (found,) = coverage.cover([cell], [last], DAY)
    weight = coverage.proposal(found, ground, DAY).weight
    points = {**ground.points, "CP-02": ground.points.get("CP-02", 0) + more}
    assert coverage.proposal(found, replace(ground, points=points), DAY).weight >= weight
    began = {**ground.began, "CP-02": [*ground.began.get("CP-02", ()), DAY]}
    assert coverage.proposal(found, replace(ground, began=began), DAY).weight >= weight
    worse = Covered(cell, found.state, replace(last, weight=last.weight + more), found.months)
    assert coverage.proposal(worse, ground, DAY).weight > weight
    (never,) = coverage.cover([cell], [], DAY)
    plain = Covered(cell, found.state, replace(last, weight=0), found.months)
    assert coverage.proposal(never, ground, DAY).weight >= coverage.proposal(plain, ground, DAY).weight


def test_a_programme_takes_the_heaviest_of_each_department() -> None:
    """So many visits, so many documents at each; what is planned already is left out."""
    here = [Cell(place, number) for place in ("east", "west") for number in ("CP-02", "CP-07", "CP-12")]
    ground = Ground({"CP-07": 4, "CP-12": 1}, {})
    found = coverage.cover(here, [Look("A", "west", "CP-07", DAY)], DAY)
    every = coverage.propose(found, ground, DAY, planned={("east", "CP-12")})
    visits = coverage.programme(every, 5, 2)
    told = [
        (visit.department, [each.covered.cell.document for each in visit.proposals], visit.weight)
        for visit in visits
    ]
    assert told == [("east", ["CP-07", "CP-02"], 216), ("west", ["CP-12", "CP-02"], 108)]
    assert coverage.programme(every, 1, 2) == visits[:1]


def test_no_two_questions_are_the_same() -> None:
    """Answers are held against questions by their words."""
    asked = [Question(each, "CP-02") for each in ("Why", "How", "Why", "Why")]
    assert [each.item for each in planning.distinct(asked)] == ["Why", "How", "Why (2)", "Why (3)"]


def test_a_plan_begins_with_what_is_known() -> None:
    """In the fields of the form; a column it does not have is left out."""
    asked = [
        Question("Why", "CP-02", "CP-02 §2", "There is a reason"),
        Question("How", "CP-07"),
    ]
    assert planning.first_answers(bound(), ["east", "west"], asked) == {
        "objects": [{"unit": "east"}, {"unit": "west"}],
        "criteria": [{"document": "CP-02"}, {"document": "CP-07"}],
        "list": [
            {"item": "Why", "document": "CP-02", "clause": "CP-02 §2"},
            {"item": "How", "document": "CP-07"},
        ],
    }
    single = replace(bound(), several={**bound().several, "departments": ("unit",)})
    assert planning.first_answers(single, ["east", "west"], asked)["unit"] == "east"
    assert planning.first_answers(single, [], [])["unit"] is None
