"""Pure life of a request: which state follows which, and what each is called."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from qms.kernel.labels import N_


class State(StrEnum):
    """How far a request for evidence has come."""

    REQUESTED = "requested"
    APPROVED = "approved"
    REJECTED = "rejected"
    BUILDING = "building"
    BUILT = "built"
    FAILED = "failed"
    HANDED_OVER = "handed_over"


LABELS: Final = {
    State.REQUESTED: N_("requested"),
    State.APPROVED: N_("approved"),
    State.REJECTED: N_("rejected"),
    State.BUILDING: N_("being built"),
    State.BUILT: N_("built"),
    State.FAILED: N_("failed"),
    State.HANDED_OVER: N_("handed over"),
}

FOLLOWS: Final = {
    State.REQUESTED: frozenset({State.APPROVED, State.REJECTED}),
    State.APPROVED: frozenset({State.BUILDING, State.FAILED}),
    State.REJECTED: frozenset[State](),
    State.BUILDING: frozenset({State.BUILDING, State.BUILT, State.FAILED}),
    State.BUILT: frozenset({State.HANDED_OVER}),
    State.FAILED: frozenset({State.BUILDING, State.FAILED}),
    State.HANDED_OVER: frozenset({State.HANDED_OVER}),
}

FINISHED: Final = frozenset({State.BUILT, State.HANDED_OVER})
BUILDABLE: Final = frozenset({State.APPROVED, State.BUILDING, State.FAILED})


def follows(state: State, then: State) -> bool:
    """Whether a request in one state may come into the other."""
    return then in FOLLOWS[state]
