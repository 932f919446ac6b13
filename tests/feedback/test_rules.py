"""What counts as grave, who owns it, what is wanting: on every branch (R52, R53, CMP-02)."""

from __future__ import annotations

from typing import Any

import pytest
from ruamel.yaml import YAML

from qms.feedback import rules
from qms.feedback.rules import BINDING
from tests.feedback import factories as made_of

HEAD: dict[str, Any] = YAML(typ="safe").load(
    made_of.LAW + "\nfields:\n" + made_of.fields() + made_of.STEPS.rstrip()
)
BOUND = BINDING.read(HEAD)
assert BOUND is not None


@pytest.mark.parametrize(
    ("values", "weighty"),
    [
        ({}, False),
        ({"weight": "ordinary", "again": False}, False),
        ({"weight": "major"}, True),
        ({"again": True}, True),
    ],
)
def test_grave_or_again(values: dict[str, Any], *, weighty: bool) -> None:
    """Either is enough."""
    assert BOUND is not None
    assert rules.is_weighty(values, BOUND) is weighty


@pytest.mark.parametrize(
    ("finding", "act", "lacks"),
    [
        ("justified", False, True),
        ("partly", False, True),
        ("justified", True, False),
        ("justified", None, False),
        ("unjustified", False, False),
        ("unclear", False, False),
        (None, False, False),
    ],
)
def test_what_was_right_needs_an_action(finding: str | None, *, act: bool | None, lacks: bool) -> None:
    """Unless it was found wrong, cannot be told, or nobody has answered yet."""
    assert BOUND is not None
    assert rules.lacks_action({"weight": "major", "finding": finding, "act": act}, BOUND) is lacks
    assert not rules.lacks_action({"weight": "ordinary", "finding": finding, "act": act}, BOUND)


def test_the_owner_changes_with_the_acceptance() -> None:
    """And stays who was asked first where nobody was named."""
    assert BOUND is not None
    values = {"first": "author", "over_to": "manager"}
    assert rules.owner(values, BOUND, accepted=False) == "author"
    assert rules.owner(values, BOUND, accepted=True) == "manager"
    assert rules.owner({"first": "author"}, BOUND, accepted=True) == "author"
    assert rules.owner({}, BOUND, accepted=False) == ""


def test_what_was_settled_on_the_spot_has_no_level() -> None:
    """Weight and whether it came before are asked all the same."""
    assert BOUND is not None
    assert rules.ungraded({}, BOUND) == ["weight", "again", "level", "handler"]
    assert rules.ungraded({"settled": True}, BOUND) == ["weight", "again"]
    assert rules.ungraded({**made_of.GRADE}, BOUND) == []


def test_the_view_is_the_first_that_was_asked() -> None:
    """On the spot or after the reply; none was asked, none is told."""
    assert BOUND is not None
    assert rules.view({}, BOUND) is None
    assert rules.view({"view_now": "none"}, BOUND) == "none"
    assert rules.view({"said": "satisfied"}, BOUND) == "satisfied"


def test_whoever_it_is_given_to() -> None:
    """By the hand-over and by the grade."""
    assert BOUND is not None
    assert rules.assigned({"over_to": "manager", "handler": "author"}, BOUND) == {"manager", "author"}
    assert rules.assigned({}, BOUND) == set()


def test_the_words_of_the_law_are_its_own() -> None:
    """A choice of another vocabulary could not be judged."""
    other = {**HEAD, "fields": [dict(each) for each in HEAD["fields"]]}
    (weight,) = [each for each in other["fields"] if each.get("id") == "weight"]
    weight["options"] = [{"value": "huge", "label": "huge"}]
    assert [each.field for each in BINDING.faults(other["complaint"], other)] == ["class"]
