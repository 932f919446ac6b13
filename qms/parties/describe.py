"""Words for parties, and the entries they leave in the trail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qms.kernel.labels import N_
from qms.parties.kinds import Kind, State

if TYPE_CHECKING:
    from collections.abc import Mapping

SENTENCES: Final[Mapping[str, str]] = {
    "party:add": N_("{actor} added the party {ref}."),
    "party:change": N_("{actor} changed the facts of {ref}: {changed}."),
    "party:contacts": N_("{actor} wrote down who is spoken to at {ref}: {count}."),
    "party:stage": N_("{ref} reached the stage {stage} of data collection."),
    "party:end": N_("{actor} ended {ref}: {why}"),
    "party:resume": N_("{actor} took {ref} up again: {why}"),
    "party:merge": N_("{actor} merged {ref} into {into}: {why}"),
    "party:erase": N_("{actor} erased the personal data of {ref}: {why}"),
    "party:lists": N_("{actor} changed the lists of parties."),
}
KIND: Final = "party"
NAME: Final = N_("Party")
KINDS: Final[Mapping[Kind, str]] = {
    Kind.CLIENT: N_("client"),
    Kind.MEMBER: N_("member"),
    Kind.PARTNER: N_("partner"),
    Kind.SUPPLIER: N_("supplier"),
    Kind.OUTSIDE: N_("outside person"),
}
STATES: Final[Mapping[State, str]] = {
    State.ACTIVE: N_("dealt with"),
    State.ENDED: N_("ended"),
    State.MERGED: N_("merged"),
}
