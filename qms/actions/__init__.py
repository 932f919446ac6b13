"""Actions: what somebody has to do about something until a day, on evidence; the full law comes above it."""

from qms.actions.access import MANAGE, OPEN, READ
from qms.actions.describe import NAME, SENTENCES
from qms.actions.entries import KIND, ActionEntries
from qms.actions.errors import (
    ActionEnded,
    ActionInvalid,
    EvidenceNeeded,
    HandOverOpen,
    NoSuchAction,
    NotAskedToTakeOver,
    NotTheOwner,
    OwnerCloses,
    OwnerMayNotSee,
)
from qms.actions.evidence import ActionEvidenceItems
from qms.actions.lifecycle import LABELS, State
from qms.actions.models import Action
from qms.actions.operations import (
    accept,
    add_evidence,
    ask_hand_over,
    cancel,
    close,
    decline,
    move,
    ref_of,
)
from qms.actions.operations import open_action as open  # noqa: A004 - the verb of the trade
from qms.actions.queries import (
    Piece,
    Shown,
    Which,
    action,
    arisen,
    brought,
    hidden,
    listing,
    manages,
    pieces,
    unfinished,
)

__all__ = [
    "KIND",
    "LABELS",
    "MANAGE",
    "NAME",
    "OPEN",
    "READ",
    "SENTENCES",
    "Action",
    "ActionEnded",
    "ActionEntries",
    "ActionEvidenceItems",
    "ActionInvalid",
    "EvidenceNeeded",
    "HandOverOpen",
    "NoSuchAction",
    "NotAskedToTakeOver",
    "NotTheOwner",
    "OwnerCloses",
    "OwnerMayNotSee",
    "Piece",
    "Shown",
    "State",
    "Which",
    "accept",
    "action",
    "add_evidence",
    "arisen",
    "ask_hand_over",
    "brought",
    "cancel",
    "close",
    "decline",
    "hidden",
    "listing",
    "manages",
    "move",
    "open",
    "pieces",
    "ref_of",
    "unfinished",
]
