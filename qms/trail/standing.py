"""Whether the database still continues what was signed last, asked at every start (TRL-10, REL-15)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from qms.trail.chain import Fault, Walk, run
from qms.trail.checkpoints import Kept, believed, kept, restarts, start_at
from qms.trail.errors import CheckpointUnreadable, KeyExposed, KeyMissing
from qms.trail.keys import load_key

if TYPE_CHECKING:
    from qms.kernel.ports import Actor
    from qms.kernel.work import Works


class State(StrEnum):
    """How the trail in the database stands to the last checkpoint kept outside it."""

    CONTINUES = "continues"
    OLDER = "older"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class Standing:
    """What a start learns of the trail: only where it `continues` may anything be written.

    `older` is a database from before the last kept checkpoint, or one that went on without it: its own
    entries are whole, so it may go on by an explicit `restart`. `damaged` is anything else. `signed` is
    the size of the last kept checkpoint that counts (0: there is none), `last` the number of the last
    entry read.
    """

    state: State
    signed: int
    last: int
    fault: Fault | None = None

    @property
    def may_write(self) -> bool:
        """Whether the system may be opened for writing."""
        return self.state is State.CONTINUES


def standing(works: Works, actor: Actor) -> Standing:
    """Hold the database against the last checkpoint kept outside it; writes nothing, costs what was added.

    A checkpoint given up by a recorded restart no longer counts.
    """
    settings = works.settings
    try:
        public = load_key(settings.at(settings.keys)).public
    except (KeyMissing, KeyExposed) as refusal:
        return Standing(State.DAMAGED, 0, 0, Fault(0, refusal.message, refusal.facts))
    files = kept(settings)
    with works.reading(actor) as work:
        gone = restarts(work.session)
        last: Kept | None = next((file for file in reversed(files) if file.text not in gone.abandoned), None)
        try:
            note = believed(last, public) if last else None
        except CheckpointUnreadable as refusal:
            return Standing(State.DAMAGED, 0, 0, Fault(0, refusal.message, refusal.facts))
        walk = (start_at(work.session, note) if note else None) or Walk()
        fault = run(work.session, walk, {note.size: note.root} if note else {})
        signed = note.size if note else 0
        if fault is None:
            return Standing(State.CONTINUES, signed, walk.seq)
        whole = Walk()
        state = State.DAMAGED if run(work.session, whole, {}) else State.OLDER
        return Standing(state, signed, whole.seq, fault)
