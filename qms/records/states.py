"""Pure rules: in which state which event may happen to a record, and what follows (P11-10f)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from qms.records.errors import RecordCancelled, RecordClosed, RecordDisposed, RecordNotFiled, RecordOnItsWay


class State(StrEnum):
    """Where a record stands; what was filed is never a draft again."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    DISPOSED = "disposed"


class StepState(StrEnum):
    """Where one step of a record stands."""

    OPEN = "open"
    DONE = "done"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class Event(StrEnum):
    """What can happen to a record."""

    SAVE = "save"
    SUBMIT = "submit"
    DISCARD = "discard"
    ACT = "act"
    AMEND = "amend"
    CANCEL = "cancel"
    ERASE = "erase"


_ALLOWED: Final = {
    Event.SAVE: frozenset({State.DRAFT}),
    Event.SUBMIT: frozenset({State.DRAFT}),
    Event.DISCARD: frozenset({State.DRAFT}),
    Event.ACT: frozenset({State.OPEN}),
    Event.AMEND: frozenset({State.OPEN, State.CLOSED}),
    Event.CANCEL: frozenset({State.OPEN, State.CLOSED}),
    Event.ERASE: frozenset({State.OPEN, State.CLOSED, State.CANCELLED}),
}
_REFUSALS: Final = {
    State.DRAFT: RecordNotFiled,
    State.OPEN: RecordOnItsWay,
    State.CLOSED: RecordClosed,
    State.CANCELLED: RecordCancelled,
    State.DISPOSED: RecordDisposed,
}


def refuse(state: State, event: Event, record: str) -> None:
    """Raise the refusal of the state where the event may not happen in it."""
    if state not in _ALLOWED[event]:
        raise _REFUSALS[state](record=record)
