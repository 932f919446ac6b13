"""What is said of scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qms.kernel.labels import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

SENTENCES: Final[Mapping[str, str]] = {
    "score:conclude": N_("{actor} concluded the score {ref} of {unit} by {card}: {score}."),
}
STATES: Final[Mapping[str, str]] = {
    "open": N_("under way"),
    "closed": N_("concluded"),
    "cancelled": N_("cancelled"),
    "disposed": N_("disposed of"),
}
