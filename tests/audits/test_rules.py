"""Overlap, frozen checklist, eleven elements and joint class, by their arguments alone."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from qms.audits import rules
from qms.audits.rules import Asked, Planned, Vote
from tests.audits.house import (
    DONE,
    FINDING_FIELDS,
    FINDING_LAW,
    FINDING_STEPS,
    GOOD,
    PLAN_FIELDS,
    PLAN_LAW,
    PLAN_STEPS,
)
from tests.library.shelf import ROOT

if TYPE_CHECKING:
    from qms.forms import Bound

DAY = date(2026, 11, 2)


def head(*parts: str) -> dict[str, Any]:
    """A head of these parts."""
    return dict(YAML(typ="safe", pure=True).load("\n".join(f"{part}\n" for part in parts)))


PLAN = head("fields:" + PLAN_FIELDS, PLAN_STEPS, PLAN_LAW)
FINDING = head("fields:" + FINDING_FIELDS, FINDING_STEPS, FINDING_LAW)


def bound() -> Bound:
    """The plan's law."""
    found = rules.AUDIT.read(PLAN)
    assert found is not None
    return found


days = st.integers(0, 40)
spans = st.tuples(days, days).map(sorted)


def built(number: str, places: set[str], visit: list[int], period: list[int], documents: set[str]) -> Planned:
    """An audit of these days, counted from the first one."""
    first, last, since, until = (DAY + timedelta(each) for each in (*visit, *period))
    return Planned(number, frozenset(places), first, last, since, until, frozenset(documents))


planned = st.builds(
    built,
    st.sampled_from("ABC"),
    st.sets(st.sampled_from(["east", "west"])),
    spans,
    spans,
    st.sets(st.sampled_from(["CP-02", "CP-07"])),
)


@given(planned, planned)
def test_overlap_is_between_two_that_share_a_department(one: Planned, other: Planned) -> None:
    """The same either way round; never with itself or elsewhere; each day is asked in a plainer way."""
    assert rules.overlaps(one, other) == rules.overlaps(other, one)
    if one.number == other.number or not one.departments & other.departments:
        assert not rules.overlaps(one, other)
        return

    def every(first: date, last: date) -> set[date]:
        return {first + timedelta(each) for each in range((last - first).days + 1)}

    visits = every(one.from_on, one.until_on) & every(other.from_on, other.until_on)
    times = every(one.period_from, one.period_until) & every(other.period_from, other.period_until)
    assert rules.overlaps(one, other) == bool(visits or (times and one.documents & other.documents))


def test_a_reason_lets_an_overlap_stand() -> None:
    """A name without a reason does not."""
    values = {
        "overlaps": [{"other": "A", "reason": "Other loans"}, {"other": "B", "reason": " "}, {"other": None}]
    }
    assert rules.unexplained(["B", "A", "C"], values, bound()) == ["B", "C"]


def test_a_team_is_its_leader_and_its_members_once() -> None:
    """The leader first."""
    assert rules.team({"leader": "a", "team": [{"who": "b"}, {"who": "a"}, {}]}, bound()) == ["a", "b"]


def test_a_question_is_asked_of_a_document() -> None:
    """Of the one it names, or of that in which its clause stands."""
    assert rules.checklist(
        {**GOOD, "list": [*GOOD["list"], {"item": "Else"}, {"document": "CP-07"}]}, bound()
    ) == [
        Asked("Time limits", "CP-07"),
        Asked("Files", "CP-07", "CP-07 §2.1"),
        Asked("Else"),
    ]
    assert rules.document_of("§2.1") is None


def test_answers_are_those_of_the_checklist() -> None:
    """What is left and what was never asked, each by its words."""
    asked = rules.checklist(GOOD, bound())
    rows = [{"item": "Files", "result": None}, {"item": "Other", "result": "conforming"}, {}]
    given_ = rules.answers({"results": rows}, bound())
    assert rules.unanswered(asked, given_) == ["Time limits", "Files"]
    assert rules.unasked(asked, given_) == ["Other"]
    whole = rules.answers(DONE, bound())
    assert (rules.unanswered(asked, whole), rules.unasked(asked, whole)) == ([], [])


def test_a_report_has_eleven_elements() -> None:
    """Each is named where it is not there; the dates belong to the places."""
    assert len(rules.ELEMENTS) == 11
    whole = {**GOOD, **DONE}
    assert rules.lacking(whole, bound()) == []
    assert rules.lacking({}, bound()) == list(rules.ELEMENTS)
    assert rules.lacking({**whole, "last": None}, bound()) == ["places"]
    assert rules.lacking({**whole, "results": []}, bound()) == ["findings"]


votes = st.lists(
    st.builds(
        Vote,
        st.sampled_from("abcde"),
        st.sampled_from(["major", "minor", None]),
        recused=st.booleans(),
    ),
    max_size=8,
    unique_by=lambda each: each.person,
)


@given(votes)
def test_a_class_is_that_of_most_who_count(cast: list[Vote]) -> None:
    """At least two of them; whoever is recused changes nothing."""
    heard = [each.choice for each in cast if not each.recused and each.choice]
    agreed = rules.agreed(cast)
    assert agreed == rules.agreed([each for each in cast if not each.recused])
    assert bool(agreed) == (len(heard) >= 2)
    assert all(heard.count(each) == max(map(heard.count, heard)) for each in agreed)
    assert all(each in agreed for each in heard if agreed and heard.count(each) > len(heard) / 2)


def test_one_person_has_one_voice() -> None:
    """Written twice, they still do not agree with themselves."""
    assert rules.agreed([Vote("a", "minor"), Vote("a", "minor")]) == []
    assert rules.votes(
        {"there": [{"who": "a", "vote": "minor", "out": False}, {"vote": "x"}]}, _finding()
    ) == [Vote("a", "minor")]


def test_what_proves_a_finding_is_said_in_words() -> None:
    """A text as it is, a file by its name and digest."""
    files = [{"name": "scan.pdf", "digest": "0f"}]
    assert rules.proofs({"proof": files}, _finding()) == ["scan.pdf (SHA-256 0f)"]
    assert rules.proofs({"proof": "File 7"}, _finding()) == ["File 7"]
    assert rules.proofs({}, _finding()) == []


def _finding() -> Bound:
    found = rules.finding_law(FINDING)
    assert found is not None
    return found.bound


def test_classes_are_those_of_the_organisation() -> None:
    """Whatever their names: a weight each, and whether an action is needed."""
    law = rules.finding_law(FINDING)
    assert law is not None
    assert law.grades["major"] == rules.Grade(5, action=True)
    assert law.grades["conformity"] == rules.Grade(0)
    assert rules.finding_law({}) is None
    assert rules.finding_law({**FINDING, "finding": "none"}) is None
    assert rules.finding_law({**FINDING, "finding": {**FINDING["finding"], "classes": {"major": {}}}}) is None
    plain = {**FINDING["finding"]}
    del plain["classes"]
    found = rules.finding_law({**FINDING, "finding": plain})
    assert found is not None
    assert found.grades == {}
    assert rules.class_faults("none", FINDING) == []


@pytest.mark.parametrize(
    ("classes", "fields"),
    [
        ("A to D", ["classes"]),
        ({"major": 5}, ["classes.minor", "classes.opportunity", "classes.conformity", "classes.major"]),
        ({"grave": {"weight": 1}}, ["classes.grave", *(f"classes.{each}" for each in ("major", "minor"))]),
    ],
)
def test_wrong_classes_are_named(classes: Any, fields: list[str]) -> None:
    """By the place where they stand."""
    found = [each.field for each in rules.class_faults({**FINDING["finding"], "classes": classes}, FINDING)]
    assert found[: len(fields)] == fields


@pytest.mark.parametrize(
    ("grade", "field"),
    [
        ({"weight": -1}, "weight"),
        ({"weight": True}, "weight"),
        ({"weight": "much"}, "weight"),
        ({}, "weight"),
        ({"weight": 1, "action": "perhaps"}, "action"),
        ({"weight": 1, "cost": 3}, "cost"),
    ],
)
def test_wrong_grades_are_named(grade: dict[str, Any], field: str) -> None:
    """A weight is a whole number from zero on, an action yes or no, and there is nothing else."""
    classes = {**FINDING["finding"]["classes"], "minor": grade}
    (found,) = rules.class_faults({**FINDING["finding"], "classes": classes}, FINDING)
    assert found.field == f"classes.minor.{field}"


def test_the_shipped_forms_declare_both() -> None:
    """FM-13-01 and FM-13-02 with their classes A to D; their weights are examples, said so beside them."""
    plan = head((ROOT / "forms" / "FM-13-01.yaml").read_text("utf-8"))
    finding = (ROOT / "forms" / "FM-13-02.yaml").read_text("utf-8")
    assert rules.AUDIT.read(plan) is not None
    law = rules.finding_law(head(finding))
    assert law is not None
    assert list(law.grades) == ["A", "B", "C", "D", "none"]
    assert "are examples" in finding
