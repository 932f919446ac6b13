"""What a form's key may name of its fields and steps, and what the answers then say, on every branch."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from qms.forms import Binding
from qms.forms.bindings import given

BINDING = Binding(
    key="law",
    begins="begins",
    ends="ends",
    one={
        "source": ("record",),
        "due": ("date", "instant"),
        "grade": ("choice",),
        "size": ("number",),
        "what": ("text",),
        "who": ("person",),
    },
    several={"causes": (), "owners": ("person",), "requests": ("record",)},
    needed=("source", "due", "causes"),
    answered=("source", "due"),
    steps=("decide", "verify"),
    numbers=("after",),
    choices={"grade": ("A", "B")},
)
HEAD: dict[str, Any] = {
    "fields": [
        {"section": {"en": "Cause"}},
        "nothing",
        {"id": "source", "type": "record"},
        {"id": "cause", "type": "long-text"},
        {"id": "due", "type": "date"},
        {"id": "owner", "type": "person"},
        {"id": "size", "type": "number"},
        {"id": "grade", "type": "choice", "options": [{"value": "A"}, {"value": "B"}, "x"]},
        {"id": "home", "type": "text", "personal": True},
        {"id": "other", "type": "choice", "options": [{"value": "A"}, {"value": "Z"}]},
        {
            "id": "actions",
            "type": "table",
            "columns": [{"id": "who", "type": "person"}, {"id": "what", "type": "text"}, "nothing"],
        },
        {"id": "changes", "type": "table", "columns": [{"id": "request", "type": "record"}]},
    ],
    "steps": [{"id": "plan"}, {"id": "decide"}, {"id": "verify"}, "nothing"],
}
GOOD: dict[str, Any] = {
    "source": "source",
    "due": "due",
    "grade": "grade",
    "size": "size",
    "what": "actions.what",
    "who": "actions.who",
    "causes": ["cause"],
    "owners": ["owner", "actions.who"],
    "requests": ["changes.request"],
    "after": 2,
    "steps": {"decide": "decide", "verify": "verify"},
}
SHEET: dict[str, Any] = {**HEAD, "law": GOOD}


def test_a_whole_declaration_is_read() -> None:
    """Nothing is wrong with it, and every name is where the law looks for it."""
    assert BINDING.faults(GOOD, HEAD) == []
    read = BINDING.read(SHEET)
    assert read is not None
    assert read.one["source"] == "source"
    assert read.several["owners"] == ("owner", "actions.who")
    assert read.steps == {"decide": "decide", "verify": "verify"}
    assert read.numbers == {"after": Decimal(2)}


def test_what_may_be_left_out() -> None:
    """Everything that is not needed; a form that declares nothing, or wrongly, is under no such law."""
    few = {key: GOOD[key] for key in ("source", "due", "causes", "steps")}
    read = BINDING.read({**HEAD, "law": few})
    assert read is not None
    assert read.several == {"causes": ("cause",), "owners": (), "requests": ()}
    assert read.numbers == {}
    assert BINDING.read(HEAD) is None
    assert BINDING.read({**HEAD, "law": {}}) is None
    plain = Binding(key="plain", begins="", ends="", one={"source": ()})
    bound = plain.read({**HEAD, "plain": {"source": "source"}})
    assert bound is not None
    assert bound.steps == {}
    assert [each.field for each in plain.faults({"steps": {}}, HEAD)] == ["steps"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"sauce": "x"}, "sauce"),
        ({"source": ""}, "source"),
        ({"source": "cause"}, "source"),
        ({"due": "tomorrow"}, "due"),
        ({"causes": []}, "causes"),
        ({"causes": "cause"}, "causes"),
        ({"causes": ["why"]}, "causes"),
        ({"owners": ["actions.what"]}, "owners"),
        ({"requests": ["actions.who"]}, "requests"),
        ({"grade": "other"}, "grade"),
        ({"causes": ["home"]}, "causes"),
        ({"after": "two"}, "after"),
        ({"after": True}, "after"),
        ({"steps": {}}, "steps"),
        ({"steps": None}, "steps"),
        ({"steps": {**GOOD["steps"], "verify": "look"}}, "steps.verify"),
        ({"steps": {**GOOD["steps"], "open": "plan"}}, "steps.open"),
        ({"steps": {"decide": "decide"}}, "steps.verify"),
    ],
)
def test_what_the_form_does_not_have_is_told(change: dict[str, Any], field: str) -> None:
    """Each fault stands at its key."""
    assert field in {each.field for each in BINDING.faults({**GOOD, **change}, HEAD)}


@pytest.mark.parametrize("value", [None, [], "x"])
def test_something_else_is_no_declaration(value: Any) -> None:
    """And is said to be none."""
    assert len(BINDING.faults(value, HEAD)) == 1


def test_a_head_without_fields_has_none() -> None:
    """Every name is then one too many."""
    table = {"fields": [{"id": "source", "type": "record", "columns": "x"}]}
    assert {each.field for each in BINDING.faults(GOOD, {})} >= {"source", "causes", "steps.verify"}
    assert "source" not in {each.field for each in BINDING.faults(GOOD, table)}


def test_answers_are_found_in_fields_and_in_rows() -> None:
    """No is an answer; an empty text, an empty list and a row without it are none."""
    values = {"a": False, "b": "", "t": [{"c": 1}, {"c": None}, {}, "x"], "l": "no table"}
    assert given(values, "a") == [False]
    assert given(values, "b") == given(values, "nothing") == given(values, "l.c") == []
    assert given(values, "t.c") == [1]


def test_what_plays_a_part_is_answered() -> None:
    """As it was answered, as a day, as a number, over rows; nothing where nothing was."""
    read = BINDING.read(SHEET)
    assert read is not None
    values = {
        "source": "FM-1",
        "due": "2026-03-04T10:00:00+08:00",
        "size": "2.50",
        "owner": "head",
        "actions": [{"who": "clerk", "what": "x"}, {"who": "head"}, {"what": ""}, "x"],
    }
    assert read.first(values, "source") == "FM-1"
    assert read.first(values, "nothing") is None
    assert read.day(values, "due") == date(2026, 3, 4)
    assert read.day({}, "due") is None
    assert read.on(values, "due") == date(2026, 3, 4)
    with pytest.raises(LookupError, match="due"):
        read.on({}, "due")
    assert BINDING.unanswered(values, read) == []
    assert BINDING.unanswered({"source": "FM-1"}, read) == ["due"]
    assert read.number(values, "size") == Decimal("2.50")
    assert read.number({}, "size") is None
    assert read.every(values, "owners") == ["head", "clerk", "head"]
    assert read.missing(values, "causes", "owners") == ["cause"]
    assert read.rows(values, ("who", "what")) == [
        {"who": "clerk", "what": "x"},
        {"who": "head", "what": None},
    ]
    assert read.rows({}, ("who",)) == read.rows(values, ("nothing",)) == []
