"""Working days and spans of time: arithmetic on days, the only place that knows holidays (law 16)."""

from qms.calendar.days import (
    STATUTORY,
    Calendar,
    Due,
    after,
    is_working_day,
    unpublished_year,
    week_of,
)
from qms.calendar.files import FILE, calendars, kept
from qms.calendar.limits import End, Limit, end, lost, received
from qms.calendar.source import Calendars, CalendarsUnreadable, NoSuchCalendar
from qms.calendar.spans import Span, SpanUnreadable, Unit, phrase, span

__all__ = [
    "FILE",
    "STATUTORY",
    "Calendar",
    "Calendars",
    "CalendarsUnreadable",
    "Due",
    "End",
    "Limit",
    "NoSuchCalendar",
    "Span",
    "SpanUnreadable",
    "Unit",
    "after",
    "calendars",
    "end",
    "is_working_day",
    "kept",
    "lost",
    "phrase",
    "received",
    "span",
    "unpublished_year",
    "week_of",
]
