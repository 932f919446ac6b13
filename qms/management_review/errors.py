"""What stands in the way of a management review: one class a fact."""

from __future__ import annotations

from qms.kernel.errors import Conflict, Forbidden, Missing


class NoSuchReview(Missing):
    """It is not there, or not for who asks (law 11)."""

    message = "There is no management review {number}."


class PackMissing(Conflict):
    """A review decides on a pack that is frozen (MRV-01, MRV-04)."""

    message = "{record}: gather and freeze the pack before anything is decided."


class PackFrozen(Conflict):
    """What a review was held on stays as it was (MRV-04)."""

    message = "The pack of {record} is frozen since {at}; it stays as it is."


class PackOutdated(Conflict):
    """Only what was just gathered is frozen, so that nobody freezes another day's figures."""

    message = "The pack of {record} was gathered before its period was changed; gather it again."


class ReviewEnded(Conflict):
    """A review that has ended gathers nothing any more."""

    message = "{record} has ended; its pack cannot be gathered any more."


class GatheringNotAllowed(Forbidden):
    """The pack is gathered by who began the review, or by who corrects records of its department."""

    message = "The pack is gathered by who began the review, or by who may correct records there."


class OutputsMissing(Conflict):
    """A review ends with its three headings; each holds a decision or says that there is none (MRV-03)."""

    message = "{record}: nothing is said under {headings}; write what was decided, or that there is none."


class OutputIncomplete(Conflict):
    """Each decision has words, an owner and a day (MRV-03)."""

    message = "{record}: each decision under {headings} needs its words, its owner and its day."
