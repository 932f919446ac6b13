"""What forbids an act on what a schedule asks, one class a fact."""

from __future__ import annotations

from qms.kernel.errors import Conflict, Forbidden, Missing


class NoSuchOccurrence(Missing):
    """It does not exist, or not for whoever asks."""

    message = "There is nothing scheduled under {occurrence}."


class NotYoursToDo(Forbidden):
    """Whoever owes the task does it, or stands in for who does."""

    message = "This is for somebody else to do."


class OccurrenceNotOpen(Conflict):
    """It is done, missed or ended already."""

    message = "This is not open any more."


class RecordAsked(Conflict):
    """Where a form is named, a record on it is what counts."""

    message = "This is done by a record on {form}."


class OtherForm(Conflict):
    """A record on another form does not do it."""

    message = "This asks for a record on {form}, not on {other}."


class RemarkNeeded(Conflict):
    """A signature under nothing says nothing."""

    message = "Write down what was done, in at most {most} characters."
