"""The three headings of what a review decides, on every branch (MRV-03)."""

from __future__ import annotations

from datetime import date
from typing import Any

from qms.management_review import BINDING, rules
from qms.management_review.rules import HEADINGS, Output

TABLE = {"type": "table", "columns": [
    {"id": "what", "type": "text"}, {"id": "who", "type": "person"}, {"id": "due", "type": "date"},
]}  # fmt: skip
HEAD: dict[str, Any] = {
    "fields": [
        {"id": "first", "type": "date"},
        {"id": "last", "type": "date"},
        {"id": "context", "type": "text"},
        *({"id": heading, **TABLE} for heading in HEADINGS),
        *({"id": f"no_{heading}", "type": "yes-no"} for heading in HEADINGS),
    ],
    "steps": [{"id": "review"}],
    "management-review": {
        "from": "first",
        "until": "last",
        "context": ["context"],
        "steps": {"decide": "review"},
        **{heading: f"{heading}.what" for heading in HEADINGS},
        **{f"{heading}-owner": f"{heading}.who" for heading in HEADINGS},
        **{f"{heading}-due": f"{heading}.due" for heading in HEADINGS},
        **{f"{heading}-none": f"no_{heading}" for heading in HEADINGS},
    },
}
WHOLE = {"what": "Train the reviewers", "who": "head", "due": "2026-12-01"}


def test_each_heading_is_answered_by_a_decision_or_by_none() -> None:
    """An empty row is neither; no with nothing beside it is neither."""
    bound = BINDING.read(HEAD)
    assert bound is not None
    values = {"improvement": [WHOLE], "no_change": True, "resource": [{"what": ""}], "no_resource": False}
    assert rules.unanswered(values, bound) == ["resource"]
    assert rules.unanswered({}, bound) == list(HEADINGS)


def test_a_decision_has_words_owner_and_day() -> None:
    """Whatever of them is missing makes its heading incomplete."""
    bound = BINDING.read(HEAD)
    assert bound is not None
    values: dict[str, Any] = {
        "improvement": [WHOLE],
        "change": [{**WHOLE, "due": None}],
        "resource": [{**WHOLE, "what": ""}],
    }
    assert rules.incomplete(values, bound) == ["change", "resource"]
    assert list(rules.outputs({"improvement": [WHOLE]}, bound)) == [
        Output("improvement", "Train the reviewers", "head", date(2026, 12, 1))
    ]
