"""Time limits that run on anything: started, paused, stopped, warned of and overdue (R28, S71, S72, S85)."""

from qms.clocks.describe import SENTENCES, STATES
from qms.clocks.errors import ClockNotPaused, ClockPaused, ClockRuns, NoSuchClock, ReasonNeeded
from qms.clocks.models import Clock, ClockOwner, ClockPause
from qms.clocks.operations import DayReport, cancel, day, pause, reassign, resume, start, stop
from qms.clocks.queries import (
    Bulletin,
    Register,
    Row,
    bulletin,
    clock,
    due,
    faults,
    is_something_due,
    of,
    of_many,
    owners_of,
    register,
)
from qms.clocks.standing import ENDED, Standing, State, Totals, standing

__all__ = [
    "ENDED",
    "SENTENCES",
    "STATES",
    "Bulletin",
    "Clock",
    "ClockNotPaused",
    "ClockOwner",
    "ClockPause",
    "ClockPaused",
    "ClockRuns",
    "DayReport",
    "NoSuchClock",
    "ReasonNeeded",
    "Register",
    "Row",
    "Standing",
    "State",
    "Totals",
    "bulletin",
    "cancel",
    "clock",
    "day",
    "due",
    "faults",
    "is_something_due",
    "of",
    "of_many",
    "owners_of",
    "pause",
    "reassign",
    "register",
    "resume",
    "standing",
    "start",
    "stop",
]
