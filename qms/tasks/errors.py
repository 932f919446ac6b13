"""What forbids an act on tasks and messages."""

from __future__ import annotations

from qms.kernel.errors import Conflict, Missing


class NoSuchTask(Missing):
    """The task does not exist, or not for this person."""

    message = "There is no task {task}."


class MailNotSent(Conflict):
    """The mail server refused or could not be reached; the message surely was not delivered."""

    message = "The message was not accepted: {fault}."


class MailDoubtful(Conflict):
    """The connection broke while the message was handed over; it may or may not have left."""

    message = "The connection broke while a message was sent: {fault}."
