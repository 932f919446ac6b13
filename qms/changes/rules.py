"""Pure rules of requests for change: what must be written before what (DOC-16)."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

FORM: Final = "FM-12-01"
APPROVE: Final = "approve"
EFFECT: Final = "effect"
THOUGHT_OUT: Final = (
    "purpose",
    "consequences",
    "resources",
    "responsibilities",
    "communication",
    "effectiveness_check",
)
"""The four of 9001:2015 6.3; the last two are asked by the edition of 2026."""
ASKED: Final = "request_kind"
CONCLUSION: Final = "review_conclusion"
CHECKED: Final = ("effect_result", "effective")


class Needs(StrEnum):
    """What a request has to lead to before it is closed."""

    REVISION = "revision"
    WITHDRAWAL = "withdrawal"
    NOTHING = "nothing"


def needs(values: Mapping[str, Any]) -> Needs:
    """A question, and a review that keeps the document, change nothing; all else leads somewhere."""
    asked = values.get(ASKED)
    if asked == "review":
        asked = values.get(CONCLUSION)
    if asked in {"question", "continue", "keep"}:
        return Needs.NOTHING
    return Needs.WITHDRAWAL if asked == "withdraw" else Needs.REVISION


def missing(values: Mapping[str, Any], fields: Sequence[str]) -> list[str]:
    """Those of the fields that have no answer; `false` is one."""
    return [each for each in fields if values.get(each) in (None, "", [])]


def is_done(effective_on: date | None, today: date, *, given_up: bool) -> bool:
    """Whether a revision a request led to holds it no longer: it entered force, or was given up."""
    return given_up or (effective_on is not None and effective_on <= today)
