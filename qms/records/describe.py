"""The entries that records leave in the trail, as sentences (TRL-15)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qms.kernel.labels import N_
from qms.records.states import State

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME: Final = N_("Record")
STATES: Final[Mapping[State, str]] = {
    State.DRAFT: N_("Draft"),
    State.OPEN: N_("Under way"),
    State.CLOSED: N_("Closed"),
    State.CANCELLED: N_("Cancelled"),
    State.DISPOSED: N_("Disposed of"),
}
SENTENCES: Final[Mapping[str, str]] = {
    "record:begin": N_("{actor} began {ref} on {form}."),
    "record:attach": N_("{actor} attached a file to {field} of {ref}."),
    "record:detach": N_("{actor} took a file off {old_field} of {ref}."),
    "record:let-go": N_("A file in {old_field} of {ref} that no answer names was let go."),
    "record:discard": N_("{actor} gave the draft {ref} up."),
    "record:number": N_("{ref} got the number {number}."),
    "record:file": N_("{actor} filed {ref} on {form}, round {round}."),
    "record:open-step": N_("The step {step} of {ref} began."),
    "record:accept": N_("{actor} accepted the hand-over of {ref} in the step {step}."),
    "record:act": N_("{actor} did the step {step} of {ref}."),
    "record:return": N_("{actor} sent {ref} back from the step {step}: {why}"),
    "record:close": N_("{ref} was closed."),
    "record:amend": N_("{actor} amended {fields} of {ref}: {why}"),
    "record:cancel": N_("{actor} cancelled {ref}: {why}"),
    "record:answer": N_("{actor} did what {ref} asked for."),
    "record:erase": N_("{actor} erased what was sealed in {ref}: {why}"),
    "record:dispose": N_("{ref} was disposed of by the list {authority}."),
    "record:export": N_("{actor} exported {ref} whole."),
    "record:open": N_("{ref} opened {what} {target}."),
}
