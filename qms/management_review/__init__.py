"""Management reviews: a pack gathered by itself and frozen, decisions that become actions (9.3)."""

from qms.management_review import models
from qms.management_review.describe import SENTENCES, STATES
from qms.management_review.errors import (
    GatheringNotAllowed,
    NoSuchReview,
    OutputIncomplete,
    OutputsMissing,
    PackFrozen,
    PackMissing,
    PackOutdated,
    ReviewEnded,
)
from qms.management_review.evidence import ReviewEvidence
from qms.management_review.law import ReviewFollower, ReviewGuard
from qms.management_review.operations import Ready, freeze, gather, prepare
from qms.management_review.pack import NONE, Pack, spoken
from qms.management_review.printing import printed
from qms.management_review.queries import Listed, Reviewed, listing, one
from qms.management_review.rules import BINDING, HEADINGS, SECTIONS
from qms.management_review.sources import Line

__all__ = [
    "BINDING",
    "HEADINGS",
    "NONE",
    "SECTIONS",
    "SENTENCES",
    "STATES",
    "GatheringNotAllowed",
    "Line",
    "Listed",
    "NoSuchReview",
    "OutputIncomplete",
    "OutputsMissing",
    "Pack",
    "PackFrozen",
    "PackMissing",
    "PackOutdated",
    "Ready",
    "ReviewEnded",
    "ReviewEvidence",
    "ReviewFollower",
    "ReviewGuard",
    "Reviewed",
    "freeze",
    "gather",
    "listing",
    "models",
    "one",
    "prepare",
    "printed",
    "spoken",
]
