"""Whether a party that an answer names exists for who answers (SEC-06)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qms.kernel.errors import Missing
from qms.parties import queries, rows
from qms.parties.kinds import State

if TYPE_CHECKING:
    from collections.abc import Collection

    from qms.kernel.work import Work


class PartyDirectory:
    """What forms ask about the parties in answers."""

    def knows(self, work: Work, number: str, kinds: Collection[str]) -> bool:
        """Whether there is an active party of this number, of one of the kinds where some are named."""
        try:
            found = rows.seen(work.session, work.rights, number)
        except Missing:
            return False
        return found.state is State.ACTIVE and (not kinds or found.kind.value in kinds)

    def matching(self, work: Work, words: str, most: int) -> list[tuple[str, str]]:
        """Number and name of the parties that fit what was typed, for pickers."""
        found = queries.matching(work.session, work.rights, words, limit=most)
        return [(each.number, each.name) for each in found]
