"""The trail: who did what, when, before and after and why; append-only, chained, signed (law 3)."""

from __future__ import annotations

from qms.trail.chain import Fault
from qms.trail.checkpoints import Checkpoint, Kept, adopt, checkpoint, checkpoints, kept, restart
from qms.trail.clocks import ClockStep
from qms.trail.describe import SENTENCES, describe
from qms.trail.errors import (
    CertificatesUnreadable,
    CheckpointInconsistent,
    CheckpointUnreadable,
    KeyMissing,
    NoAuthority,
    NoSuchCheckpoint,
    NothingLost,
    NotYetCheckpointed,
    RestartWithoutReason,
    StampRefused,
)
from qms.trail.extract import extract
from qms.trail.journal import (
    REFUSALS,
    TrailRow,
    append,
    before,
    browse,
    head,
    history,
    record_refusal,
    since,
    snapshot,
)
from qms.trail.keys import PublicKey, SigningKey, load_key, make_key
from qms.trail.models import TrailCheckpoint, TrailEntry, TrailHead, TrailPersonal, TrailStamp
from qms.trail.personal import erase
from qms.trail.proof import Finding, check_extract
from qms.trail.stamps import Stamp, Wanted, certificates, is_stamped, stamp, stamp_of, stamp_wanted, stamps
from qms.trail.standing import Standing, State, standing
from qms.trail.verify import Report, check, verify

__all__ = [
    "REFUSALS",
    "SENTENCES",
    "CertificatesUnreadable",
    "Checkpoint",
    "CheckpointInconsistent",
    "CheckpointUnreadable",
    "ClockStep",
    "Fault",
    "Finding",
    "Kept",
    "KeyMissing",
    "NoAuthority",
    "NoSuchCheckpoint",
    "NotYetCheckpointed",
    "NothingLost",
    "PublicKey",
    "Report",
    "RestartWithoutReason",
    "SigningKey",
    "Stamp",
    "StampRefused",
    "Standing",
    "State",
    "TrailCheckpoint",
    "TrailEntry",
    "TrailHead",
    "TrailPersonal",
    "TrailRow",
    "TrailStamp",
    "Wanted",
    "adopt",
    "append",
    "before",
    "browse",
    "certificates",
    "check",
    "check_extract",
    "checkpoint",
    "checkpoints",
    "describe",
    "erase",
    "extract",
    "head",
    "history",
    "is_stamped",
    "kept",
    "load_key",
    "make_key",
    "record_refusal",
    "restart",
    "since",
    "snapshot",
    "stamp",
    "stamp_of",
    "stamp_wanted",
    "stamps",
    "standing",
    "verify",
]
