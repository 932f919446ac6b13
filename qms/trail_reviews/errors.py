"""What forbids a review of the trail, one class a fact."""

from __future__ import annotations

from qms.kernel.errors import Conflict, Forbidden, Missing


class MayNotReview(Forbidden):
    """Reviewing needs the right to read and to verify the trail."""

    message = "You may not review the trail."


class ReviewOpen(Conflict):
    """One review is open at a time."""

    message = "A review of the trail is open already; sign it off first."


class NoOpenReview(Conflict):
    """There is nothing to sign off."""

    message = "No review of the trail is open; begin one first."


class NoSuchReview(Missing):
    """There is no review of this number."""

    message = "There is no review {id} of the trail."


class RangeNotReviewable(Conflict):
    """A review ends at an entry that is there and has not been reviewed yet."""

    message = "The review must end at an entry from {first} to {head}."


class FindingNeeded(Conflict):
    """A signature under nothing says nothing."""

    message = "Write down what the review found, even if it is nothing, in at most {most} characters."
