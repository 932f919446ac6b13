"""The trail: who did what, when, before and after and why; append-only, chained, signed (law 3)."""

from __future__ import annotations

from qms.trail.chain import Fault
from qms.trail.checkpoints import Checkpoint, Kept, checkpoint, checkpoints, kept, restart
from qms.trail.clocks import ClockStep
from qms.trail.describe import describe
from qms.trail.errors import CheckpointInconsistent, CheckpointUnreadable, KeyMissing, NotYetCheckpointed
from qms.trail.extract import extract
from qms.trail.journal import TrailRow, append, browse, head, history, record_refusal, since, snapshot
from qms.trail.keys import PublicKey, SigningKey, load_key, make_key
from qms.trail.models import TrailCheckpoint, TrailEntry, TrailHead, TrailPersonal
from qms.trail.personal import erase
from qms.trail.proof import Finding, check_extract
from qms.trail.verify import Report, check, verify

__all__ = [
    "Checkpoint",
    "CheckpointInconsistent",
    "CheckpointUnreadable",
    "ClockStep",
    "Fault",
    "Finding",
    "Kept",
    "KeyMissing",
    "NotYetCheckpointed",
    "PublicKey",
    "Report",
    "SigningKey",
    "TrailCheckpoint",
    "TrailEntry",
    "TrailHead",
    "TrailPersonal",
    "TrailRow",
    "append",
    "browse",
    "check",
    "check_extract",
    "checkpoint",
    "checkpoints",
    "describe",
    "erase",
    "extract",
    "head",
    "history",
    "kept",
    "load_key",
    "make_key",
    "record_refusal",
    "restart",
    "since",
    "snapshot",
    "verify",
]
