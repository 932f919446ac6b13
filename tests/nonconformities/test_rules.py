"""What a form may declare of corrective actions, and what its answers say, on every branch."""

from __future__ import annotations

from typing import Any

import pytest

from qms.nonconformities import rules

HEAD: dict[str, Any] = {
    "fields": [
        {"section": {"en": "Cause"}},
        "nothing",
        {"id": "source", "type": "record"},
        {"id": "cause", "type": "long-text"},
        {"id": "due", "type": "date"},
        {"id": "until", "type": "date"},
        {"id": "owner", "type": "person"},
        {"id": "works", "type": "yes-no"},
        {"id": "risks", "type": "yes-no"},
        {
            "id": "actions",
            "type": "table",
            "columns": [{"id": "who", "type": "person"}, {"id": "what", "type": "text"}, "nothing"],
        },
        {"id": "changes", "type": "table", "columns": [{"id": "request", "type": "record"}]},
    ],
    "steps": [{"id": "plan"}, {"id": "decide"}, {"id": "verify"}, {"id": "close"}, "nothing"],
}
GOOD: dict[str, Any] = {
    "source": "source",
    "due": "due",
    "observe-until": "until",
    "effective": "works",
    "causes": ["cause"],
    "known": ["risks"],
    "owners": ["owner", "actions.who"],
    "requests": ["changes.request"],
    "closing": ["risks"],
    "steps": {"decide": "decide", "verify": "verify", "close": "close"},
}


def test_a_whole_declaration_is_read() -> None:
    """Nothing is wrong with it, and every name is where the law looks for it."""
    assert rules.faults(GOOD, HEAD) == []
    read = rules.read(GOOD)
    assert (read.source, read.due, read.observe_until, read.effective) == ("source", "due", "until", "works")
    assert (read.causes, read.known, read.owners) == (("cause",), ("risks",), ("owner", "actions.who"))
    assert (read.requests, read.closing) == (("changes.request",), ("risks",))
    assert (read.decide, read.verify, read.close) == ("decide", "verify", "close")


def test_what_may_be_left_out() -> None:
    """A form that knows no change requests and asks nothing at its close still has cause and effect."""
    few = {key: GOOD[key] for key in GOOD if key not in {"known", "requests", "closing"}}
    assert rules.faults(few, HEAD) == []
    assert rules.read(few).requests == rules.read(few).closing == rules.read(few).known == ()


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
        ({"steps": {}}, "steps"),
        ({"steps": {**GOOD["steps"], "verify": "look"}}, "steps.verify"),
        ({"steps": {**GOOD["steps"], "open": "plan"}}, "steps.open"),
        ({"steps": {"decide": "decide", "verify": "verify"}}, "steps.close"),
    ],
)
def test_what_the_form_does_not_have_is_told(change: dict[str, Any], field: str) -> None:
    """Each fault stands at its key."""
    assert field in {each.field for each in rules.faults({**GOOD, **change}, HEAD)}


@pytest.mark.parametrize("value", [None, [], "x"])
def test_something_else_is_no_declaration(value: Any) -> None:
    """And is said to be none."""
    assert len(rules.faults(value, HEAD)) == 1


def test_steps_that_are_no_map_are_asked_for() -> None:
    """As if they were not there."""
    assert [each.field for each in rules.faults({**GOOD, "steps": None}, HEAD)] == ["steps"]


def test_a_head_without_fields_has_none() -> None:
    """Every name is then one too many."""
    table = {"fields": [{"id": "source", "type": "record", "columns": "x"}]}
    assert {each.field for each in rules.faults(GOOD, {})} >= {"source", "causes", "steps.close"}
    assert "source" not in {each.field for each in rules.faults(GOOD, table)}


def test_answers_are_found_in_fields_and_in_rows() -> None:
    """No is an answer; an empty text, an empty list and a row without it are none."""
    values = {"a": False, "b": "", "t": [{"c": 1}, {"c": None}, {}, "x"], "l": "no table"}
    assert rules.given(values, "a") == [False]
    assert rules.given(values, "b") == rules.given(values, "nothing") == rules.given(values, "l.c") == []
    assert rules.given(values, "t.c") == [1]
    assert rules.missing(values, ("a", "b", "t.c", "t.d")) == ["b", "t.d"]


def test_everybody_who_answers_for_an_action_is_an_owner() -> None:
    """In the field of the whole, and in each row."""
    values = {"owner": "head", "actions": [{"who": "clerk"}, {"who": "head"}, {"what": "x"}]}
    assert rules.owners(values, rules.read(GOOD)) == {"head", "clerk"}
