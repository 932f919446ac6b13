"""Walking the chain: each entry is hashed again from its body, never trusted by its stored hash (TRL-09)."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Self

from sqlalchemy import String, select, type_coerce

from qms.kernel.clock import iso
from qms.kernel.labels import N_, say
from qms.trail.clocks import STEP, ClockStep, clock_step
from qms.trail.merkle import CompactRange
from qms.trail.models import TrailCheckpoint, TrailEntry, TrailHead
from qms.trail.proof import GENESIS, TAG, body_digest, link

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping, Sequence

    from sqlalchemy import Row
    from sqlalchemy.orm import Session

_DECODE: Final = json.JSONDecoder().raw_decode
TAGS: Final = frozenset({TAG})
_BATCH: Final = 2000
_ENTRY: Final = TrailEntry.metadata.tables[TrailEntry.__tablename__]
_STORED: Final = select(
    _ENTRY.c.seq,
    _ENTRY.c.tag,
    # As text: a value that is no instant any more must be reported, not stumbled upon.
    type_coerce(_ENTRY.c.at, String).label("at"),
    _ENTRY.c.actor,
    _ENTRY.c.action,
    _ENTRY.c.ref,
    _ENTRY.c.body,
    _ENTRY.c.prev,
    _ENTRY.c.hash,
).order_by(_ENTRY.c.seq)
_MISSING: Final = N_("Entry {seq} is missing.")
_ALTERED: Final = N_("Entry {seq} was altered: its content does not give its hash.")
_RECHAINED: Final = N_(
    "The entries from {seq} on are not those over which the checkpoint of {size} entries was signed."
)
_UNKNOWN: Final = N_("Entry {seq} has an unknown form.")
_DIFFERS: Final = N_("Entry {seq} was altered: the column {column} does not agree with its content.")
_TRUNCATED: Final = N_("Entry {seq} is missing: a checkpoint of {size} entries was signed.")


@dataclass(frozen=True, slots=True)
class Fault:
    """The first thing that is wrong: at which entry, and what, as a sentence with facts."""

    seq: int
    message: str
    facts: Mapping[str, object] = field(default_factory=dict)

    def sentence(self, language: str = "en") -> str:
        """What is wrong, in the asked language."""
        return say(self.message, language, seq=self.seq, **self.facts)


def stored(session: Session, after: int | None = None) -> Generator[Row[*tuple[Any, ...]], None, None]:
    """The stored entries in order, as they lie there, a few at a time, and no object made of them (TRL-14).

    Each is `seq, tag, at, actor, action, ref, body, prev, hash`.
    """
    query = _STORED if after is None else _STORED.where(_ENTRY.c.seq > after)
    with session.execute(query, execution_options={"yield_per": _BATCH}) as found:
        for batch in found.partitions():
            yield from batch


class Walk:
    """Goes from entry to entry, checking each and growing the tree; stops at the first fault.

    `before` are the peaks of the tree without its last entry: with the hash of that entry they are
    all that is needed to go on later.
    """

    def __init__(self, behind: CompactRange | None = None, last: str | None = None) -> None:
        """Start before the first entry, or behind an entry of this hash."""
        self._behind = behind or CompactRange()
        self.hash = last or GENESIS
        self.seq = self._behind.size + (last is not None)
        self.at = ""
        self.clock_steps: list[ClockStep] = []

    @classmethod
    def behind(cls, row: TrailCheckpoint) -> Self | None:
        """Go on behind a recorded checkpoint; None where its record makes no tree."""
        try:
            bytes.fromhex(row.last)
            return cls(CompactRange(row.size - 1, [bytes.fromhex(peak) for peak in row.before]), row.last)
        except (ValueError, TypeError):
            return None

    @property
    def before(self) -> tuple[bytes, ...]:
        """The peaks of the tree of all entries but the last."""
        return self._behind.peaks

    @property
    def root(self) -> bytes:
        """The root over all entries seen."""
        grown = CompactRange(self._behind.size, self._behind.peaks)
        if self.seq:
            grown.append(bytes.fromhex(self.hash))
        return grown.root()

    def step(self, row: Row[*tuple[Any, ...]]) -> tuple[Fault | None, Mapping[str, Any]]:
        """Check the next entry against the one before; gives its body too."""
        seq, tag, at, actor, action, ref, text, prev, hashed = row
        wanted = self.seq + 1
        if seq != wanted or tag not in TAGS or prev != self.hash:
            return _misplaced(seq, tag, wanted), {}
        if not isinstance(text, str) or link(seq, prev, body_digest(text), tag) != hashed:
            return Fault(wanted, _ALTERED), {}
        try:
            body, end = _DECODE(text)
            said = (body["at"], body["actor"]["id"], body["action"], body["ref"])
        except (ValueError, LookupError, TypeError, RecursionError):
            return Fault(wanted, _UNKNOWN), {}  # chained as it should be, but no body of ours
        if end != len(text):
            return Fault(wanted, _UNKNOWN), {}
        if said != (_instant(at), actor, action, ref):
            return Fault(wanted, _DIFFERS, {"column": _column(said, (_instant(at), actor, action))}), {}
        if self.seq:
            self._behind.append(bytes.fromhex(self.hash))
        self.seq, self.hash = wanted, hashed
        self._look_at_clock(body)
        return None, body

    def _look_at_clock(self, body: Mapping[str, Any]) -> None:
        """Note a step of the clock, told by an entry or seen from the entry before (TRL-07)."""
        at: str = body["at"]
        if body["action"] == STEP:
            self.clock_steps.append(ClockStep(self.seq, _at(body, "before"), _at(body, "after")))
        elif at < self.at and (step := clock_step(self.seq, self.at, at)):
            self.clock_steps.append(step)
        self.at = at


def _misplaced(seq: int, tag: str, wanted: int) -> Fault:
    if seq > wanted:
        return Fault(wanted, _MISSING)
    if seq < wanted:
        return Fault(seq, N_("Entry {seq} does not belong to the trail."))
    if tag not in TAGS:
        return Fault(wanted, _UNKNOWN)
    return Fault(wanted, N_("Entry {seq} does not follow from the entry before it."))


def run(
    session: Session,
    walk: Walk,
    marks: Mapping[int, bytes],
    seen: Callable[[int, Mapping[str, Any]], None] | None = None,
) -> Fault | None:
    """Walk to the end of the trail; `marks` are signed roots by size, `seen` is shown each body."""
    good = walk.seq
    if fault := _restated(session, walk):
        return fault
    with closing(stored(session, walk.seq or None)) as rows:
        for row in rows:
            fault, body = walk.step(row)
            if fault:
                return fault
            if seen:
                seen(walk.seq, body)
            if walk.seq in marks:
                if walk.root != marks[walk.seq]:
                    return Fault(good + 1, _RECHAINED, {"size": walk.seq})
                good = walk.seq
    beyond = min((size for size in marks if size > walk.seq), default=None)
    if beyond is not None:
        return Fault(walk.seq + 1, _TRUNCATED, {"size": beyond})
    return _head(session, walk)


def _restated(session: Session, walk: Walk) -> Fault | None:
    """Hash the entry again from which a walk goes on."""
    if walk.seq == 0:
        return None
    with closing(stored(session, walk.seq - 1)) as rows:
        row = next(rows, None)
    if row is None or row.seq != walk.seq:
        return Fault(walk.seq, _MISSING)
    whole = isinstance(row.body, str) and link(row.seq, row.prev, body_digest(row.body), row.tag) == row.hash
    if row.hash != walk.hash or not whole:
        return Fault(walk.seq, _ALTERED)
    walk.at = _instant(row.at)
    return None


def _head(session: Session, walk: Walk) -> Fault | None:
    row = session.execute(select(TrailHead.seq, TrailHead.hash)).one_or_none()
    if row is None:
        return Fault(walk.seq, N_("The head of the trail is missing; the last entry found is {seq}."))
    if row.seq > walk.seq:
        return Fault(walk.seq + 1, _MISSING)
    if row.seq < walk.seq:
        return Fault(row.seq + 1, N_("Entry {seq} lies beyond the head of the trail."))
    if row.hash != walk.hash:
        return Fault(walk.seq, N_("The head of the trail does not name entry {seq}."))
    return None


def _at(body: Mapping[str, Any], part: str) -> str:
    found = body.get(part)
    return str(found.get("at", "")) if isinstance(found, dict) else ""


def _column(said: Sequence[object], found: Sequence[object]) -> str:
    """The first column that does not agree with the body."""
    pairs = zip(("at", "actor", "action"), said, found, strict=False)
    return next((name for name, one, other in pairs if one != other), "ref")


def _instant(value: object) -> str:
    """The stored instant in the written form: PostgreSQL gives an instant, SQLite its text."""
    return iso(value) if isinstance(value, datetime) else str(value).replace(" ", "T", 1) + "Z"
