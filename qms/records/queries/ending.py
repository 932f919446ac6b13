"""How a record ended before its time: who cancelled it or by which list it went, when and why."""

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

_ENTRIES: Final = {State.CANCELLED: "record:cancel", State.DISPOSED: "record:dispose"}


@dataclass(frozen=True, slots=True)
class Ending:
    """Who ended a record, when and why; `authority` is the number of the disposal list it went by."""

    name: str
    at: datetime
    why: str
    authority: str


def ending(session: Session, record: Record) -> Ending | None:
    """What the trail tells of the end of a record that counts no more; None for one that does (REC-02)."""
    action = _ENTRIES.get(record.state)
    if action is None:
        return None
    for row in trail.browse(session, action=action, ref=str(rows.ref_of(record)), limit=1):
        return Ending(row.actor_name, row.at, row.why or "", str(row.after.get("authority", "")))
    return None
