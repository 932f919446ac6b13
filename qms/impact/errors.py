"""What forbids concluding a line of an impact list, or approving over an open one; one class a fact."""

from __future__ import annotations

from qms.kernel.errors import Conflict, Forbidden, Missing


class ImpactOpen(Conflict):
    """Nobody approves while the impact list has an open line (CP-12 §5.5)."""

    message = "{what} cannot be approved: its impact list still has open lines."


class ListClosed(Conflict):
    """The list is concluded between submission and approval; afterwards it is evidence."""

    message = "The impact list of {what} is concluded while it is in review, and not before or after."


class NotConcluding(Forbidden):
    """The author concludes the list, or whoever drafts or controls documents of the owner."""

    message = "The author concludes this list, or whoever drafts or controls documents of {department}."


class NoSuchLine(Missing):
    """The line does not stand on the present list, or not for who asks."""

    message = "The impact list of {what} has no line {line}."


class ReasonNeeded(Conflict):
    """What is left as it is, is left for a reason (CP-12 §5.8.3)."""

    message = "Say why there is nothing to do, in at most {longest} characters."


class DayNeeded(Conflict):
    """What is done later is done until a day (CP-12 §5.8.3)."""

    message = "Say until which day it is done; no day that has passed, and none for what is not done later."
