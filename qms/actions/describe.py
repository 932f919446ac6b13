"""Words for actions, and the entries they leave in the trail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qms.kernel.labels import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

SENTENCES: Final[Mapping[str, str]] = {
    "action:open": N_("{actor} opened {ref}, due on: {due}."),
    "action:evidence": N_("{actor} added evidence to {ref}."),
    "action:ask-hand-over": N_("{actor} asked somebody else to take {ref} over."),
    "action:accept": N_("{actor} took {ref} over."),
    "action:decline": N_("{actor} declined to take {ref} over."),
    "action:close": N_("{actor} closed {ref}."),
    "action:cancel": N_("{actor} cancelled {ref}."),
}
DO: Final = N_("Do {number}: {title}")
ANSWER: Final = N_("Take over or decline {number}: {title}")
JUDGE: Final = N_("Look at the evidence for {number} and close it: {title}")
NAME: Final = N_("Action")
