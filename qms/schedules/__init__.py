"""What documents in force ask for again and again: opened when due, done or missed, never forgotten."""

from qms.schedules.definition import every_of
from qms.schedules.describe import EVERY, REASONS, SENTENCES, STATES
from qms.schedules.errors import (
    NoSuchOccurrence,
    NotYoursToDo,
    OccurrenceNotOpen,
    OtherForm,
    RecordAsked,
    RemarkNeeded,
)
from qms.schedules.models import State
from qms.schedules.operations.closing import LONGEST, ScheduleFollower, fulfil, miss, prepare, remark
from qms.schedules.operations.opening import open_due, recount, waiting
from qms.schedules.queries import (
    Due,
    Running,
    asked_by,
    count,
    due,
    hidden,
    may_do,
    occurrence,
    of_subject,
    open_of,
    overdue,
    overdue_count,
    running,
)
from qms.schedules.rows import TASK
from qms.schedules.section import ScheduleSection, begin, declared_elsewhere, foretell, stop

__all__ = [
    "EVERY",
    "LONGEST",
    "REASONS",
    "SENTENCES",
    "STATES",
    "TASK",
    "Due",
    "NoSuchOccurrence",
    "NotYoursToDo",
    "OccurrenceNotOpen",
    "OtherForm",
    "RecordAsked",
    "RemarkNeeded",
    "Running",
    "ScheduleFollower",
    "ScheduleSection",
    "State",
    "asked_by",
    "begin",
    "count",
    "declared_elsewhere",
    "due",
    "every_of",
    "foretell",
    "fulfil",
    "hidden",
    "may_do",
    "miss",
    "occurrence",
    "of_subject",
    "open_due",
    "open_of",
    "overdue",
    "overdue_count",
    "prepare",
    "recount",
    "remark",
    "running",
    "stop",
    "waiting",
]
