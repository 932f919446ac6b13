"""How a limit stands, told from its row and the time alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from qms.calendar import Span, Unit
from qms.clocks import State, Totals, standing
from qms.clocks.standing import add_up

START = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
DUE = datetime(2026, 11, 5, 16, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass
class Kept:
    """The part of a row that is read."""

    length: str = "3 working days"
    due_at: datetime = DUE
    day_at: datetime = DUE - DAY
    provisional: bool = False
    warn_at: datetime | None = DUE - 2 * DAY
    paused_at: datetime | None = None
    stopped_at: datetime | None = None
    cancelled_at: datetime | None = None


@pytest.mark.parametrize(
    ("row", "now", "state", "on_time", "late"),
    [
        (Kept(), START, State.RUNNING, None, None),
        (Kept(), DUE - 2 * DAY, State.WARNED, None, None),
        (Kept(warn_at=None), DUE - DAY - HOUR, State.RUNNING, None, None),
        (Kept(), DUE - DAY, State.DUE_TODAY, None, None),
        (Kept(), DUE, State.OVERDUE, None, Span(1, Unit.DAY)),
        (Kept(), DUE + DAY + HOUR, State.OVERDUE, None, Span(2, Unit.DAY)),
        (Kept(length="2 hours"), DUE + HOUR / 2, State.OVERDUE, None, Span(1, Unit.HOUR)),
        (Kept(length="1 hour"), DUE + 3 * HOUR, State.OVERDUE, None, Span(3, Unit.HOUR)),
        (Kept(paused_at=START), START + 9 * DAY, State.PAUSED, None, None),
        (Kept(paused_at=DUE + HOUR), DUE + 9 * DAY, State.OVERDUE, None, Span(1, Unit.DAY)),
        (Kept(stopped_at=DUE - HOUR), DUE + DAY, State.STOPPED, True, None),
        (Kept(stopped_at=DUE), DUE + DAY, State.STOPPED, False, Span(1, Unit.DAY)),
        (Kept(stopped_at=DUE), START, State.RUNNING, None, None),
        (Kept(paused_at=DUE - DAY), START, State.RUNNING, None, None),
        (Kept(cancelled_at=START), DUE + DAY, State.CANCELLED, None, None),
    ],
)
def test_a_limit_stands(
    row: Kept,
    now: datetime,
    state: State,
    on_time: bool | None,  # noqa: FBT001 - a table of facts
    late: Span | None,
) -> None:
    """Each state, whether an ended one was kept, and by how much one is over."""
    found = standing(row, now)
    assert (state, on_time, late) == (found.state, found.on_time, found.late)
    assert (found.due_at, found.provisional) == (DUE, False)


def test_limits_add_up() -> None:
    """Cancelled ones do not count; those not due yet say nothing about the rate."""
    rows = [
        Kept(stopped_at=START),
        Kept(stopped_at=START),
        Kept(stopped_at=DUE),
        Kept(),
        Kept(due_at=START + 10 * DAY, day_at=START + 9 * DAY, warn_at=None),
        Kept(cancelled_at=START),
    ]
    found = add_up(standing(row, DUE + HOUR) for row in rows)
    assert Totals(kept=2, late=1, overdue=1, open=1) == found
    assert found.all == 5
    assert Decimal("50.0") == found.rate
    assert Totals(open=3).rate is None
