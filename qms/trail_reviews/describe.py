"""Words for reviews of the trail, and the entries they leave in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qms.kernel.labels import N_
from qms.trail_reviews.schedule import State

if TYPE_CHECKING:
    from collections.abc import Mapping

SENTENCES: Final[Mapping[str, str]] = {
    "trail-review:open": N_("A review of the trail from entry {first} on was asked for, due on: {due}."),
    "trail-review:begin": N_("{actor} began a review of the trail from entry {first} on."),
    "trail-review:sign": N_("{actor} reviewed the trail from entry {first} to {last} and found: {found}"),
}
STATES: Final[Mapping[State, str]] = {State.OPEN: N_("to be done"), State.SIGNED: N_("signed off")}
SUBJECT: Final = N_("Review the trail from entry {first} on")
