"""Who answers for the actions of a corrective action."""

from __future__ import annotations

from qms.nonconformities import BINDING, rules

HEAD = {
    "fields": [
        *({"id": name, "type": "date"} for name in ("due", "until")),
        {"id": "source", "type": "record"},
        {"id": "cause", "type": "text"},
        {"id": "works", "type": "yes-no"},
        {"id": "owner", "type": "person"},
        {"id": "actions", "type": "table", "columns": [{"id": "who", "type": "person"}]},
    ],
    "steps": [{"id": "plan"}, {"id": "look"}],
    "corrective-action": {
        "source": "source",
        "due": "due",
        "observe-until": "until",
        "effective": "works",
        "causes": ["cause"],
        "owners": ["owner", "actions.who"],
        "steps": {"decide": "plan", "verify": "look", "close": "look"},
    },
}


def test_everybody_who_answers_for_an_action_is_an_owner() -> None:
    """In the field of the whole, and in each row."""
    values = {"owner": "head", "actions": [{"who": "clerk"}, {"who": "head"}, {"what": "x"}]}
    bound = BINDING.read(HEAD)
    assert bound is not None
    assert rules.owners(values, bound) == {"head", "clerk"}
