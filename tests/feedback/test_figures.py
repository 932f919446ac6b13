"""Stages, counts by month, shares with their n, self-inspection: pure, on every branch (CMP-05, R52)."""

from __future__ import annotations

import dataclasses
from collections import Counter
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms import feedback
from qms.feedback import Case, Demand, Matter, Share, Stage, View
from qms.feedback.models import Complaint
from qms.feedback.stages import stage

AT = datetime(2026, 11, 2, 1, tzinfo=UTC)
CASE = Case(
    number="C-1",
    received_on=date(2026, 11, 2),
    acknowledged_on=date(2026, 11, 2),
    channel="phone",
    matter=Matter.COMPLAINT,
    department="risk",
    lead=None,
    owner="Author",
    handler="Risk-Head",
    at_once=False,
    accepted=True,
    replied=True,
    weight=None,
    level=None,
    repeated=False,
    finding=None,
    cause="process",
    action_needed=False,
    opinion=View.SATISFIED,
    stage=Stage.CLOSED,
    closed_on=date(2026, 11, 4),
    due_at=None,
    in_time=True,
)


def told(**change: Any) -> dict[Demand, Share]:
    """What self-inspection says of one case."""
    case = dataclasses.replace(CASE, **change)
    return {each.demand: each.share for each in feedback.inspect([case])}


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({}, Stage.HANDING_OVER),
        ({"at_once": True}, Stage.GRADING),
        ({"accepted_at": AT}, Stage.GRADING),
        ({"graded_at": AT, "at_once": True}, Stage.CLOSING),
        ({"graded_at": AT}, Stage.INVESTIGATING),
        ({"graded_at": AT, "investigated_at": AT}, Stage.ANSWERING),
        ({"graded_at": AT, "investigated_at": AT, "replied_at": AT}, Stage.CLOSING),
        ({"state": "closed", "graded_at": AT}, Stage.CLOSED),
        ({"state": "cancelled"}, Stage.CANCELLED),
        ({"state": "disposed"}, Stage.DISPOSED),
    ],
)
def test_a_stage_follows_from_what_was_done(change: dict[str, Any], found: Stage) -> None:
    """It is worked out, never stored."""
    assert stage(Complaint(**{"state": "open", "at_once": False, **change})) is found


DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@given(st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), DAYS)))
def test_lines_count_everything_once(rows: list[tuple[str, date]]) -> None:
    """Their totals come to the number of cases, each month to its own; the largest stands first."""
    lines = feedback.lines(rows, lambda row: row[0], lambda row: row[1])
    assert sum(each.total for each in lines) == len(rows)
    again = Counter((key, day.month) for key, day in rows)
    assert {(each.key, month): each.months[month - 1] for each in lines for month in feedback.MONTHS} == {
        (each.key, month): again[each.key, month] for each in lines for month in feedback.MONTHS
    }
    assert [each.total for each in lines] == sorted((each.total for each in lines), reverse=True)


@given(st.lists(st.sampled_from([True, False, None])))
def test_a_share_leaves_out_what_cannot_be_told(said: list[bool | None]) -> None:
    """Neither as good nor as bad; without anything told there is no rate (ANA-02, SAT-02)."""
    found = feedback.share(said, lambda each: each)
    assert (found.of, found.n) == (said.count(True), said.count(True) + said.count(False))
    if found.n == 0:
        assert found.percent is None
    else:
        exact = Decimal(100 * found.of) / found.n
        assert found.percent == exact.quantize(Decimal("0.1"), ROUND_HALF_UP)


def test_a_good_case_keeps_every_demand() -> None:
    """One of one, and nobody falls short."""
    assert set(told().values()) == {Share(1, 1)}
    assert all(each.wanting == () for each in feedback.inspect([CASE]))


@pytest.mark.parametrize(
    ("change", "demand", "share"),
    [
        ({"acknowledged_on": date(2026, 11, 3)}, Demand.ACKNOWLEDGED, Share(0, 1)),
        ({"accepted": False}, Demand.ACCEPTED, Share(0, 1)),
        ({"at_once": True}, Demand.ACCEPTED, Share(0, 0)),
        ({"in_time": False}, Demand.IN_TIME, Share(0, 1)),
        ({"in_time": None}, Demand.IN_TIME, Share(0, 0)),
        ({"replied": False}, Demand.ANSWERED, Share(0, 1)),
        ({"replied": False, "at_once": True}, Demand.ANSWERED, Share(1, 1)),
        ({"stage": Stage.GRADING}, Demand.ANSWERED, Share(0, 0)),
        ({"opinion": View.NONE}, Demand.ASKED, Share(0, 1)),
        ({"opinion": None}, Demand.ASKED, Share(0, 1)),
        ({"opinion": View.NONE}, Demand.SATISFIED, Share(0, 0)),
        ({"opinion": None}, Demand.SATISFIED, Share(0, 0)),
        ({"opinion": View.DISSATISFIED}, Demand.SATISFIED, Share(0, 1)),
        ({"opinion": View.BASICALLY}, Demand.SATISFIED, Share(1, 1)),
        ({"opinion": View.BASICALLY, "stage": Stage.CLOSING}, Demand.SATISFIED, Share(0, 0)),
        ({"cause": None}, Demand.CAUSE, Share(0, 1)),
        ({"cause": None, "at_once": True}, Demand.CAUSE, Share(0, 0)),
    ],
)
def test_each_demand_is_asked_of_its_own_cases(change: dict[str, Any], demand: Demand, share: Share) -> None:
    """Whoever said nothing is not counted as satisfied, what is open is not blamed for its end."""
    assert told(**change)[demand] == share


def test_those_that_fall_short_are_named() -> None:
    """By number, so that they can be looked at."""
    late = dataclasses.replace(CASE, number="C-2", in_time=False)
    found = {each.demand: each.wanting for each in feedback.inspect([CASE, late])}
    assert found[Demand.IN_TIME] == ("C-2",)


def test_what_was_cancelled_does_not_count() -> None:
    """It was registered in error; what was disposed of was a case, and counts."""
    gone = dataclasses.replace(CASE, stage=Stage.CANCELLED)
    kept = dataclasses.replace(CASE, stage=Stage.DISPOSED)
    assert feedback.counted([CASE, gone, kept]) == [CASE, kept]


def test_a_channel_without_a_case_is_tried_out() -> None:
    """Silence may mean that nobody can reach it."""
    assert feedback.silent([CASE], ["phone", "letter"]) == ["letter"]
