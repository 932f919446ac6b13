"""What stopped a record: who cancelled it, by which list it went, who sent it back, when and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from qms import trail
from qms.records import rows
from qms.records.states import State

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from qms.records.models import Record

_MOST: Final = 500
_ENTRIES: Final = {State.CANCELLED: "record:cancel", State.DISPOSED: "record:dispose"}


@dataclass(frozen=True, slots=True)
class Ending:
    """Who ended a record, when and why; `authority` is the number of the disposal list it went by."""

    name: str
    at: datetime
    why: str
    authority: str


@dataclass(frozen=True, slots=True)
class SentBack:
    """Who sent a record back to its author, from which step, when and why."""

    name: str
    at: datetime
    why: str
    step: str


def ending(session: Session, record: Record) -> Ending | None:
    """What the trail tells of the end of a record that counts no more; None for one that does (REC-02)."""
    action = _ENTRIES.get(record.state)
    if action is None:
        return None
    for row in trail.browse(session, action=action, ref=str(rows.ref_of(record)), limit=1):
        return Ending(row.actor_name, row.at, row.why or "", str(row.after.get("authority", "")))
    return None


def sent_back(session: Session, record: Record) -> dict[int, SentBack]:
    """By the round that lapsed, what the trail tells of each time the record went back (R25)."""
    told = trail.browse(session, action="record:return", ref=str(rows.ref_of(record)), limit=_MOST)
    return {
        row.after["round"] - 1: SentBack(row.actor_name, row.at, row.why or "", row.after["step"])
        for row in told
    }
