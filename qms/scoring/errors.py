"""What stands in the way of a score: one class a fact."""

from __future__ import annotations

from qms.kernel.errors import Conflict, Missing


class NoSuchScore(Missing):
    """It is not there, or not for who asks (law 11)."""

    message = "There is no score {number}."


class ScoringSealed(Conflict):
    """Scores are compared; what they are made of is kept in the open."""

    message = "Scores are compared with each other: their forms must not seal what they ask."


class PeriodBackwards(Conflict):
    """A score is one of days that come one after the other."""

    message = "{until} lies before {from}; a score covers the days from the first to the last."


class ScoredAlready(Conflict):
    """One score of a unit by one scorecard for any day; another one would count twice."""

    message = "{record} scores {unit} for these days already; correct that one, or choose other days."


class RateOutside(Conflict):
    """A rate is a share of what could be reached."""

    message = "{label} is {rate}; a rate lies between 0 and 100."


class EventsNotCounted(Conflict):
    """Events are counted; less than none has not happened."""

    message = "{label} is {count}; count the events with a whole number that is not below 0."


class LinkedScoreMissing(Conflict):
    """An indicator that another scorecard gives is taken from a concluded score (S70)."""

    message = "{label} comes from {card}, which has no concluded score of {unit} that ends by {until} yet."
