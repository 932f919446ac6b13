"""Pure: where an action stands, who may do what to it, and what is missing for its end."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from qms.kernel.labels import N_

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


class State(StrEnum):
    """Where an action stands; ended ones stay as they ended."""

    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


LABELS: Final[Mapping[State, str]] = {
    State.OPEN: N_("to do"),
    State.CLOSED: N_("closed"),
    State.CANCELLED: N_("cancelled"),
}


def is_overdue(state: State, due_on: date, today: date) -> bool:
    """Whether the last day of an open action has passed."""
    return state is State.OPEN and today > due_on


def number(year: int, seq: int) -> str:
    """The number of an action, counted in its year without gaps (law 13)."""
    return f"CA-{year}-{seq:06d}"
