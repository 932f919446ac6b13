"""What retention refuses, each with the rule it keeps."""

from __future__ import annotations

from qms.kernel.errors import Conflict, Forbidden, Invalid, Missing


class RetentionNotAllowed(Forbidden):
    """Holds and disposal lists are the work of few."""

    message = "You may not manage the retention of records."


class DisposalNotAllowed(Forbidden):
    """Approving a disposal list is the right of few."""

    message = "You may not approve the disposal of records."


class DisposalListMissing(Missing):
    """There is no such list, or not for the person who asks."""

    message = "There is no disposal list {number} here."


class HoldMissing(Missing):
    """There is no such hold on the record."""

    message = "There is no such hold on {record}."


class HoldReasonMissing(Invalid):
    """A hold and its end say why."""

    message = "Say why; the reason stays with the hold."


class HoldLifted(Conflict):
    """A hold ends once."""

    message = "The hold on {record} is lifted already."


class HeldAlreadyGone(Conflict):
    """What is gone cannot be held."""

    message = "{record} was disposed of; there is nothing to hold."


class NothingDue(Invalid):
    """A list names records whose time is over."""

    message = "None of the chosen records is due for disposal."


class SecondPersonNeeded(Forbidden):
    """Two persons decide on a disposal (REC-05)."""

    message = "You proposed the list {number}; somebody else approves it."


class AuthorsAlone(Forbidden):
    """Those who wrote a record do not decide alone that it goes."""

    message = "You wrote a record on the list {number}; somebody else approves it."


class ListNotWhole(Forbidden):
    """Nobody approves what they may not see."""

    message = "The list {number} has records that you may not see; somebody else approves it."


class ListDecided(Conflict):
    """A list is decided once."""

    message = "The list {number} is decided already."


class ListPending(Conflict):
    """A record stands on one undecided list at a time."""

    message = "The record {record} stands on the list {number} already."
