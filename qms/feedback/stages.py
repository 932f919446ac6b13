"""Pure rules: at which stage a complaint is, as its row tells."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime


class Stage(StrEnum):
    """What is waited for; the last three have ended."""

    HANDING_OVER = "handing-over"
    GRADING = "grading"
    INVESTIGATING = "investigating"
    ANSWERING = "answering"
    CLOSING = "closing"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    DISPOSED = "disposed"


class Dated(Protocol):
    """What is read of a row."""

    state: str
    at_once: bool
    accepted_at: datetime | None
    graded_at: datetime | None
    investigated_at: datetime | None
    replied_at: datetime | None


def stage(row: Dated) -> Stage:
    """The stage, by the instants that are written: what was settled on the spot skips three."""
    if row.state != "open":
        return Stage(row.state)
    if row.graded_at is None:
        return Stage.GRADING if row.at_once or row.accepted_at is not None else Stage.HANDING_OVER
    if row.at_once or row.replied_at is not None:
        return Stage.CLOSING
    return Stage.INVESTIGATING if row.investigated_at is None else Stage.ANSWERING
