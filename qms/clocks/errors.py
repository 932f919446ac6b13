"""What forbids an act on a clock, one class a fact."""

from __future__ import annotations

from qms.kernel.errors import Conflict, Missing


class NoSuchClock(Missing):
    """Nothing of that name runs on the subject."""

    message = "No time limit named {name} runs on {on}."


class ClockRuns(Conflict):
    """One limit of a name runs on a subject at a time."""

    message = "A time limit named {name} runs on {on} already."


class ClockPaused(Conflict):
    """It stands still already."""

    message = "The time limit {name} on {on} is paused already."


class ClockNotPaused(Conflict):
    """It runs."""

    message = "The time limit {name} on {on} is not paused."


class ReasonNeeded(Conflict):
    """A pause without a reason cannot be judged later."""

    message = "Write down why the time limit is paused, in at most {most} characters."
