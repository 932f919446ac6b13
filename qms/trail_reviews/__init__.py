"""Periodic review of the trail: asked for when due, signed off with what was found (TRL-15)."""

from qms.trail_reviews.describe import SENTENCES, STATES
from qms.trail_reviews.errors import (
    FindingNeeded,
    MayNotReview,
    NoOpenReview,
    NoSuchReview,
    RangeNotReviewable,
    ReviewOpen,
)
from qms.trail_reviews.models import TrailReview
from qms.trail_reviews.operations import TASK, begin, open_due, prepare, sign_off
from qms.trail_reviews.queries import Review, Summary, open_review, review, reviews, summary
from qms.trail_reviews.schedule import State

__all__ = [
    "SENTENCES",
    "STATES",
    "TASK",
    "FindingNeeded",
    "MayNotReview",
    "NoOpenReview",
    "NoSuchReview",
    "RangeNotReviewable",
    "Review",
    "ReviewOpen",
    "State",
    "Summary",
    "TrailReview",
    "begin",
    "open_due",
    "open_review",
    "prepare",
    "review",
    "reviews",
    "sign_off",
    "summary",
]
