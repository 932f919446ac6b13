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
from qms.trail.merkle import CompactRange
from qms.trail.models import TrailCheckpoint, TrailEntry, TrailHead
from qms.trail.proof import GENESIS, TAG, body_digest, link

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    from sqlalchemy import Row
    from sqlalchemy.orm import Session

TAGS: Final = frozenset({TAG})
_BATCH: Final = 2000
_MISSING: Final = N_("Entry {seq} is missing.")
_ALTERED: Final = N_("Entry {seq} was altered: its content does not give its hash.")
_RECHAINED: Final = N_(
    "The entries from {seq} on are not those over which the checkpoint of {size} entries was signed."
)
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
    """The stored entries in order, as they lie there, a few at a time."""
    entry = TrailEntry
    query = select(
        entry.seq,
        entry.tag,
        # As text: a value that is no instant any more must be reported, not stumbled upon.
        type_coerce(entry.at, String).label("at"),
        entry.actor,
        entry.action,
        entry.ref,
        entry.body,
        entry.prev,
        entry.hash,
    ).order_by(entry.seq)
    if after is not None:
        query = query.where(entry.seq > after)
    with session.execute(query, execution_options={"yield_per": _BATCH}) as found:
        yield from found


class Walk:
    """Goes from entry to entry, checking each and growing the tree; stops at the first fault.

    `before` are the peaks of the tree without its last entry: with the hash of that entry they are
    all that is needed to go on later.
    """

    def __init__(self) -> None:
        """Start before the first entry."""
        self.tree = CompactRange()
        self.before: tuple[bytes, ...] = ()
        self.hash = GENESIS
        self.at = ""
        self.clock_steps: list[int] = []

    @classmethod
    def behind(cls, row: TrailCheckpoint) -> Self | None:
        """Go on behind a recorded checkpoint; None where its record makes no tree."""
        walk = cls()
        try:
            walk.tree = CompactRange(row.size - 1, [bytes.fromhex(peak) for peak in row.before])
            walk.take(row.last)
        except (ValueError, TypeError):
            return None
        return walk

    @property
    def seq(self) -> int:
        """The number of the last entry seen."""
        return self.tree.size

    def step(self, row: Row[*tuple[Any, ...]]) -> tuple[Fault | None, Mapping[str, Any]]:
        """Check the next entry against the one before; gives its body too."""
        wanted = self.seq + 1
        if misplaced := self._misplaced(row, wanted):
            return misplaced, {}
        body = _read(row)
        if body is None:
            return Fault(wanted, _ALTERED), {}
        if column := _differs(row, body):
            altered = N_("Entry {seq} was altered: the column {column} does not agree with its content.")
            return Fault(wanted, altered, {"column": column}), {}
        self.take(row.hash)
        if body["at"] < self.at:
            self.clock_steps.append(self.seq)
        self.at = body["at"]
        return None, body

    def _misplaced(self, row: Row[*tuple[Any, ...]], wanted: int) -> Fault | None:
        if row.seq > wanted:
            return Fault(wanted, _MISSING)
        if row.seq < wanted:
            return Fault(row.seq, N_("Entry {seq} does not belong to the trail."))
        if row.tag not in TAGS:
            return Fault(wanted, N_("Entry {seq} has an unknown form."))
        if row.prev != self.hash:
            return Fault(wanted, N_("Entry {seq} does not follow from the entry before it."))
        return None

    def take(self, hashed: str) -> None:
        """Count one more entry of this hash."""
        self.before = self.tree.peaks
        self.tree.append(bytes.fromhex(hashed))
        self.hash = hashed


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
                if walk.tree.root() != marks[walk.seq]:
                    return Fault(good + 1, _RECHAINED, {"size": walk.seq})
                good = walk.seq
    beyond = min((size for size in marks if size > walk.seq), default=None)
    if beyond is not None:
        return Fault(walk.seq + 1, _TRUNCATED, {"size": beyond})
    return _head(session, walk)


def _restated(session: Session, walk: Walk) -> Fault | None:
    if walk.seq == 0:
        return None
    with closing(stored(session, walk.seq - 1)) as rows:
        row = next(rows, None)
    if row is None or row.seq != walk.seq:
        return Fault(walk.seq, _MISSING)
    if row.hash != walk.hash or _read(row) is None:
        return Fault(walk.seq, _ALTERED)
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


def _read(row: Row[*tuple[Any, ...]]) -> dict[str, Any] | None:
    if not isinstance(row.body, str) or link(row.seq, row.prev, body_digest(row.body), row.tag) != row.hash:
        return None
    body: dict[str, Any] = json.loads(row.body)
    return body


def _differs(row: Row[*tuple[Any, ...]], body: Mapping[str, Any]) -> str | None:
    wanted = {
        "at": (_instant(row.at), body["at"]),
        "actor": (row.actor, body["actor"]["id"]),
        "action": (row.action, body["action"]),
        "ref": (row.ref, body["ref"]),
    }
    return next((column for column, (found, said) in wanted.items() if found != said), None)


def _instant(value: object) -> str:
    """The stored instant in the written form: PostgreSQL gives an instant, SQLite its text."""
    return iso(value) if isinstance(value, datetime) else str(value).replace(" ", "T", 1) + "Z"
