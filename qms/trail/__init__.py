"""The trail: who did what, when, before and after and why; append-only, chained, signed (law 3)."""

from __future__ import annotations

from qms.trail.journal import TrailRow, append, browse, head, history, record_refusal, since
from qms.trail.models import TrailCheckpoint, TrailEntry, TrailHead, TrailPersonal

__all__ = [
    "TrailCheckpoint",
    "TrailEntry",
    "TrailHead",
    "TrailPersonal",
    "TrailRow",
    "append",
    "browse",
    "head",
    "history",
    "record_refusal",
    "since",
]
