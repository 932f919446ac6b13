"""Working days and spans of time: pure arithmetic on days, the only place that knows holidays (law 16)."""

from qms.calendar.days import Due, add_working_days, after, is_published, is_working_day, moment
from qms.calendar.spans import Span, SpanUnreadable, Unit, phrase, span

__all__ = [
    "Due",
    "Span",
    "SpanUnreadable",
    "Unit",
    "add_working_days",
    "after",
    "is_published",
    "is_working_day",
    "moment",
    "phrase",
    "span",
]
