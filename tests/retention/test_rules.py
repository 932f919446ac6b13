"""The rules of keeping: classes read from a head, and the first day a record may go."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms import retention
from qms.retention import rules
from qms.retention.rules import Rule, Trigger

DAYS = st.dates(date(1990, 1, 1), date(2090, 12, 31))
RULES = st.builds(
    Rule,
    st.just("A"),
    st.sampled_from(Trigger),
    st.integers(1, 400),
    st.sampled_from(["day", "month", "year"]),
    st.just(""),
)


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({}, None),
        ({"retention": {"after": "closed"}}, None),
        ({"retention": {"class": "A", "after": "never"}}, None),
        ({"retention": {"class": "A", "keep": "ten years"}}, None),
        ({"retention": {"class": "A"}}, Rule("A", Trigger.CLOSED, 0, "", "permanent")),
        (
            {"retention": {"class": "A", "after": "filed", "keep": "10 years"}},
            Rule("A", Trigger.FILED, 10, "year", "10 years"),
        ),
    ],
)
def test_a_class_is_read_or_the_record_is_kept(told: dict[str, object], expected: Rule | None) -> None:
    """What cannot be read lets nothing go (REC-05)."""
    assert rules.rule(told) == expected


@pytest.mark.parametrize(
    ("event", "count", "unit", "expected"),
    [
        (date(2016, 2, 29), 10, "year", date(2026, 3, 1)),
        (date(2026, 1, 31), 1, "month", date(2026, 3, 1)),
        (date(2026, 11, 30), 3, "month", date(2027, 3, 1)),
        (date(2026, 12, 15), 1, "month", date(2027, 1, 15)),
        (date(2026, 11, 28), 30, "day", date(2026, 12, 28)),
        (date(2016, 11, 28), 10, "year", date(2026, 11, 28)),
    ],
)
def test_the_calendar_counts_whole(event: date, count: int, unit: str, expected: date) -> None:
    """A day that a month does not have is the first of the next: never shorter than declared."""
    assert rules.due(Rule("A", Trigger.CLOSED, count, unit, ""), event) == expected


@given(RULES, DAYS)
def test_nothing_goes_early(rule: Rule, event: date) -> None:
    """The declared time is over whole, and a later event never lets a record go earlier."""
    day, next_day = rules.due(rule, event), rules.due(rule, event + timedelta(days=1))
    assert day is not None
    assert next_day is not None
    least = {"day": 1, "month": 28, "year": 365}[rule.unit] * rule.count
    assert day - event >= timedelta(days=least)
    assert day <= next_day


@pytest.mark.parametrize(
    ("keep", "expected"),
    [
        ("10 years", "10 years"),
        ("1 month", "1 month"),
        ("3 days", "3 days"),
        ("permanent", "kept for ever"),
        ("a while", "a while"),
    ],
)
def test_a_time_is_said_in_words(keep: str, expected: str) -> None:
    """People read words, and what nobody can read stays as it was written."""
    assert retention.keep_words(keep, "en") == expected


def test_a_class_is_called_by_its_name() -> None:
    """Those of the library in the reader's language, an organisation's own as it wrote it."""
    assert retention.class_words("audits", "zh-Hans") == "审核记录"
    assert retention.class_words("C10", "zh-Hans") == "C10"


def test_for_ever_and_not_yet_have_no_day() -> None:
    """Permanent classes, and records whose event has not come, are never due."""
    permanent = Rule("A", Trigger.CLOSED, 0, "", "permanent")
    assert permanent.is_permanent
    assert rules.due(permanent, date(2026, 1, 1)) is None
    assert rules.due(Rule("A", Trigger.CLOSED, 1, "day", ""), None) is None
