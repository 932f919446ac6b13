"""Scores: scorecards worked out by rate, deduction, veto, weight and band, and compared (S38, R44, R45)."""

from qms.scoring import models
from qms.scoring.describe import SENTENCES, STATES
from qms.scoring.errors import (
    EventsNotCounted,
    LinkedScoreMissing,
    NoSuchScore,
    PeriodBackwards,
    RateOutside,
    ScoredAlready,
    ScoringSealed,
)
from qms.scoring.follow import ScoreFollower
from qms.scoring.law import ScoreGuard
from qms.scoring.queries import Placed, Ranking, Scored, Shown, Together, listing, one, periods, ranking
from qms.scoring.section import ScoringSection

__all__ = [
    "SENTENCES",
    "STATES",
    "EventsNotCounted",
    "LinkedScoreMissing",
    "NoSuchScore",
    "PeriodBackwards",
    "Placed",
    "Ranking",
    "RateOutside",
    "ScoreFollower",
    "ScoreGuard",
    "Scored",
    "ScoredAlready",
    "ScoringSealed",
    "ScoringSection",
    "Shown",
    "Together",
    "listing",
    "models",
    "one",
    "periods",
    "ranking",
]
