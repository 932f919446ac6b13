"""Words for schedules, and the entries they leave in the trail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qms.kernel.labels import N_
from qms.schedules.models import State

if TYPE_CHECKING:
    from collections.abc import Mapping

SENTENCES: Final[Mapping[str, str]] = {
    "schedule:begin": N_("The schedule {ref} of {revision} began on {on}."),
    "schedule:stop": N_("The schedule {ref} of {revision} stopped on {on}."),
    "schedule:open": N_("The schedule {ref} opened {period}: {opened} to do, {missed} missed."),
    "schedule:draw": N_("The schedule {ref} drew {count} of {among} for {period} by the seed {seed}."),
    "occurrence:done": N_("What {ref} asked for was done."),
    "occurrence:remark": N_("{actor} signed that what {ref} asked for was done."),
    "occurrence:made-up": N_("What {ref} asked for was missed, and a record was made later."),
    "occurrence:reopen": N_("The record for {ref} was cancelled, so that it is to be done again."),
    "occurrence:recount": N_("The holidays are known: what {ref} asked for is due on {due}."),
    "occurrence:miss": N_("What {ref} asked for was missed; it was due on: {due}."),
    "occurrence:end": N_("What {ref} asked for is asked no more: {reason}."),
}
STATES: Final[Mapping[State, str]] = {
    State.OPEN: N_("to be done"),
    State.DONE: N_("done"),
    State.MISSED: N_("missed"),
    State.ENDED: N_("asked no more"),
}
LEFT_FORCE: Final = "left-force"
REASONS: Final[Mapping[str, str]] = {LEFT_FORCE: N_("the document left force")}
TASK: Final = N_("{label} · {subject} · {period} ({document})")
BEGINS: Final = N_("The schedule {label} begins: every {every}, for the first time on {day}.")
GOES_ON: Final = N_("The schedule {label} goes on as it is.")
CHANGES: Final = N_("The schedule {label} changes: every {every}, next on {day}.")
STOPS: Final = N_("The schedule {label} stops; what it asked for and is not done yet ends.")
EVERY: Final[Mapping[str, str]] = {
    "day": N_("day"),
    "working day": N_("working day"),
    "week": N_("week"),
    "month": N_("month"),
    "quarter": N_("quarter"),
    "half-year": N_("half-year"),
    "year": N_("year"),
}
