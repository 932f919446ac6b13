"""Words for time limits, and the entries they leave in the trail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qms.clocks.standing import State
from qms.kernel.labels import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

SENTENCES: Final[Mapping[str, str]] = {
    "clock:start": N_("The time limit {name} on {ref} began, {length}, due on: {due}."),
    "clock:pause": N_("{actor} paused the time limit {name} on {ref}."),
    "clock:resume": N_("{actor} let the time limit {name} on {ref} run on, due on: {due}."),
    "clock:stop": N_("The time limit {name} on {ref} ended."),
    "clock:cancel": N_("The time limit {name} on {ref} no longer counts."),
    "clock:reassign": N_("Other people answer for the time limit {name} on {ref}."),
    "clock:warn": N_("The time limit {name} on {ref} is near its end, due on: {due}."),
    "clock:overdue": N_("The time limit {name} on {ref} is overdue, it was due on: {due}."),
    "clock:recompute": N_("The time limit {name} on {ref} was counted again, due on: {due}."),
}
STATES: Final[Mapping[State, str]] = {
    State.RUNNING: N_("in time"),
    State.WARNED: N_("ends soon"),
    State.DUE_TODAY: N_("due today"),
    State.OVERDUE: N_("overdue"),
    State.PAUSED: N_("paused"),
    State.STOPPED: N_("done"),
    State.CANCELLED: N_("no longer counts"),
}
SUBJECT: Final = N_("Time limit “{label}” of {on}")
"""What the people who answer for a limit are asked to mind."""
