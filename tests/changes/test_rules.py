"""What must be written before what, on every branch (DOC-16)."""

from __future__ import annotations

from datetime import date

import pytest

from qms.changes import rules

TODAY = date(2026, 11, 2)


def test_missing_names_what_has_no_answer() -> None:
    """An empty text or list is no answer; no is one."""
    values = {"purpose": "", "resources": [], "effective": False, "effect_result": "ok"}
    assert rules.missing(values, ("purpose", "resources", "consequences", "effective")) == [
        "purpose",
        "resources",
        "consequences",
    ]
    assert rules.missing(values, rules.CHECKED) == []


@pytest.mark.parametrize(
    ("values", "needs"),
    [
        ({}, rules.Needs.REVISION),
        ({"request_kind": "new"}, rules.Needs.REVISION),
        ({"request_kind": "withdraw"}, rules.Needs.WITHDRAWAL),
        ({"request_kind": "question"}, rules.Needs.NOTHING),
        ({"request_kind": "review", "review_conclusion": "continue"}, rules.Needs.NOTHING),
        ({"request_kind": "review", "review_conclusion": "revise"}, rules.Needs.REVISION),
        ({"request_kind": "review", "review_conclusion": "withdraw"}, rules.Needs.WITHDRAWAL),
        ({"request_kind": "review"}, rules.Needs.REVISION),
    ],
)
def test_what_is_asked_says_what_it_leads_to(values: dict[str, str], needs: rules.Needs) -> None:
    """A question and a review that keeps the document lead to nothing."""
    assert needs is rules.needs(values)


@pytest.mark.parametrize(
    ("effective_on", "given_up", "done"),
    [
        (None, False, False),
        (None, True, True),
        (TODAY, False, True),
        (date(2026, 11, 3), False, False),
        (date(2026, 11, 3), True, True),
    ],
)
def test_what_a_request_led_to_holds_it_until_it_is_done(
    effective_on: date | None, *, given_up: bool, done: bool
) -> None:
    """In force or given up, and nothing else."""
    assert done is rules.is_done(effective_on, TODAY, given_up=given_up)
