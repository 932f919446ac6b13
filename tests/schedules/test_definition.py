"""What a document may declare under `schedules`, and how each fault is named."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from qms.calendar import span
from qms.schedules import definition
from qms.schedules.definition import For, To
from qms.schedules.periods import Every, On

GOOD: dict[str, Any] = {
    "id": "monthly-visit",
    "label": {"zh-Hans": "月度拜访", "en": "Monthly visit"},
    "form": "FM-10-02",
    "every": "month",
    "on": {"day": 5},
    "for": {"parties": {"kinds": ["client"], "tiers": ["vip"]}},
    "to": "owner",
    "due": "10 working days",
    "random": {"share": 20},
    "from": "2026-01-01",
}


def test_a_whole_declaration_is_read() -> None:
    assert definition.faults([GOOD]) == []
    [read] = definition.read([GOOD])
    assert (read.id, read.every, read.on, read.form) == ("monthly-visit", Every.MONTH, On(day=5), "FM-10-02")
    assert read.subjects == For("parties", kinds=("client",), tiers=("vip",))
    assert (read.to, read.due, read.share, read.count) == (To(), span("10 working days"), 20, None)
    assert (read.since, read.words["en"]) == (date(2026, 1, 1), "Monthly visit")


def test_a_short_declaration_is_read() -> None:
    value: list[dict[str, Any]] = [
        {"id": "check", "label": "检查", "every": "week", "on": {"weekday": "tuesday"},
         "to": {"posts": ["general-manager"], "roles": ["quality-manager"]}, "random": {"count": 3}},
        {"id": "inspect", "label": "检查", "every": "quarter", "for": {"departments": ["credit"]},
         "from": date(2026, 1, 1)},
        {"id": "talk", "label": "检查", "every": "year", "on": {"day": 31, "month": 3},
         "for": {"people": {"posts": ["reviewer"]}}},
    ]  # fmt: skip
    assert definition.faults(value) == []
    check, inspect, talk = definition.read(value)
    assert (check.on.week_day, check.count, check.due, check.since) == (1, 3, None, None)
    assert check.to == To(owner=False, posts=("general-manager",), roles=("quality-manager",))
    assert (inspect.subjects, inspect.since) == (
        For("departments", departments=("credit",)),
        date(2026, 1, 1),
    )
    assert (talk.subjects.posts, talk.on) == (("reviewer",), On(31, 3))
    assert check.words == {"zh-Hans": "检查", "zh-Hant": "检查", "en": "检查"}


def test_the_short_forms_of_the_library_are_read() -> None:
    """A length of time that is a period, a department that is the owner's, a kind of party."""
    value = [
        {
            "id": "review",
            "clause": "periodic",
            "every": "12 months",
            "opens": "FM-12-01",
            "for": "department",
        },
        {"id": "visit", "every": "3 months", "for": "client", "to": "owner"},
    ]
    assert definition.faults(value) == []
    review, visit = definition.read(value)
    assert (review.every, review.form, review.label) == (Every.YEAR, "FM-12-01", "review")
    assert review.subjects == For("departments")
    assert (visit.every, visit.subjects) == (Every.QUARTER, For("parties", kinds=("client",)))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"colour": "red"}, "1.colour"),
        ({"id": "Monthly Visit"}, "1.id"),
        ({"id": 3}, "1.id"),
        ({"id": "a" * 61}, "1.id"),
        ({"label": " "}, "1.label"),
        ({"label": {}}, "1.label"),
        ({"label": {"fr": "un"}}, "1.label"),
        ({"label": {"en": " "}}, "1.label"),
        ({"label": 3}, "1.label"),
        ({"every": "fortnight"}, "1.every"),
        ({"on": 5}, "1.on"),
        ({"on": {"weekday": "monday"}}, "1.on"),
        ({"on": {"month": 3}}, "1.on"),
        ({"on": {"day": 32}}, "1.on.day"),
        ({"on": {"day": True}}, "1.on.day"),
        ({"on": {"day": "last"}}, "1.on.day"),
        ({"every": "week", "on": {"weekday": "someday"}}, "1.on.weekday"),
        ({"every": "quarter", "on": {"month": 4}}, "1.on.month"),
        ({"every": "day", "on": {"day": 1}}, "1.on"),
        ({"form": ""}, "1.form"),
        ({"form": 3}, "1.form"),
        ({"clause": 3}, "1.clause"),
        ({"opens": ""}, "1.opens"),
        ({"every": "5 months"}, "1.every"),
        ({"for": "clients"}, "1.for"),
        ({"for": {"parties": {}, "departments": ["a"]}}, "1.for"),
        ({"for": {"machines": {}}}, "1.for.machines"),
        ({"for": {"departments": "credit"}}, "1.for.departments"),
        ({"for": {"departments": []}}, "1.for.departments"),
        ({"for": {"departments": [3]}}, "1.for.departments"),
        ({"for": {"parties": ["client"]}}, "1.for.parties"),
        ({"for": {"parties": {"colours": ["red"]}}}, "1.for.parties.colours"),
        ({"for": {"parties": {"kinds": "client"}}}, "1.for.parties.kinds"),
        ({"for": {}, "to": "owner"}, "1.to"),
        ({"to": "somebody"}, "1.to"),
        ({"to": {}}, "1.to"),
        ({"to": {"people": ["a"]}}, "1.to.people"),
        ({"due": "soon"}, "1.due"),
        ({"due": "8 hours"}, "1.due"),
        ({"random": 20}, "1.random"),
        ({"random": {}}, "1.random"),
        ({"random": {"luck": 3}}, "1.random"),
        ({"random": {"share": 101}}, "1.random.share"),
        ({"from": "soon"}, "1.from"),
    ],
)
def test_each_fault_is_named_by_its_place(change: dict[str, Any], field: str) -> None:
    found = definition.faults([{**GOOD, **change}])
    assert [each.field for each in found] == [field]
    assert all(each.sentence("en") for each in found)


def test_the_whole_must_be_a_list_of_maps_with_ids_of_their_own() -> None:
    assert len(definition.faults("monthly")) == 1
    assert [each.field for each in definition.faults(["monthly"])] == ["1"]
    assert [each.field for each in definition.faults([GOOD, GOOD])] == ["2.id"]
    assert {each.field for each in definition.faults([{}])} == {"1.id", "1.every", "1.to"}
