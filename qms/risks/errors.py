"""What forbids an act on a control point or its warning, one class a fact."""

from __future__ import annotations

from qms.kernel.errors import Conflict, Forbidden, Missing


class NoSuchControlPoint(Missing):
    """It is not in force, or not for whoever asks."""

    message = "There is no control point {point} in force."


class NoSuchWarning(Missing):
    """It does not exist, or not for whoever asks."""

    message = "There is no warning {warning}."


class NotTheWarned(Forbidden):
    """Whoever was warned treats and reports it, or stands in for who was."""

    message = "Somebody else was warned and answers for this."


class WarningNotOpen(Conflict):
    """It is treated once."""

    message = "This warning was treated already, or no longer stands."


class WarningNotTreated(Conflict):
    """What is reported is what was done (R57)."""

    message = "Treat this warning first, then report it; it is reported once."


class WordsNeeded(Conflict):
    """A measure or a report without words says nothing."""

    message = "Write it down, in at most {longest} characters."
