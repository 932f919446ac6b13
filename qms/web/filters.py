"""How pages write values: days and instants whole, in the organisation's zone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from qms import retention
from qms.kernel.errors import QmsError
from qms.kernel.labels import Phrase, in_language, listed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime
    from zoneinfo import ZoneInfo


def day(value: date | None) -> str:
    """A day as 2026-11-22."""
    return value.isoformat() if value else ""


def instant(value: datetime | None, zone: ZoneInfo) -> str:
    """An instant as 2026-11-22 16:05 in the organisation's zone."""
    return value.astimezone(zone).strftime("%Y-%m-%d %H:%M") if value else ""


def words(value: object, language: str) -> str:
    """A language map, a phrase or a refusal as text of the page's language."""
    if isinstance(value, Phrase | QmsError):
        return value.sentence(language)
    if isinstance(value, dict):
        return in_language(value, language)
    return str(value if value is not None else "")


def colon(label: str, language: str) -> str:
    """A label before what it names, with the mark of the language."""
    return f"{label}: " if language == "en" else f"{label}："


def before(value: date) -> date:
    """The last day of a span that ends before this one."""
    return value - timedelta(days=1)


FILTERS: Final[Mapping[str, Callable[..., Any]]] = {
    "before": before,
    "class_words": retention.class_words,
    "colon": colon,
    "day": day,
    "instant": instant,
    "keep_words": retention.keep_words,
    "listed": listed,
    "words": words,
}
