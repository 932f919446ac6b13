"""Pure rules of complaints: what a form declares of them, what counts as grave, what is still wanting."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from qms.forms import Binding
from qms.kernel.labels import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qms.forms import Bound


class Matter(StrEnum):
    """What is brought forward (S52); of a denunciation the number alone is kept here."""

    COMPLAINT = "complaint"
    SUGGESTION = "suggestion"
    OPINION = "opinion"
    REPAIR = "repair"
    REPORT = "report"


class Weight(StrEnum):
    """How much weighs on it: one of the four grave kinds, or not (S38)."""

    ORDINARY = "ordinary"
    MAJOR = "major"


class Verdict(StrEnum):
    """What the investigation found (S53)."""

    JUSTIFIED = "justified"
    PARTLY = "partly"
    UNJUSTIFIED = "unjustified"
    UNCLEAR = "unclear"


class View(StrEnum):
    """What the giver says of the handling; `none` was asked for and not given (S53)."""

    SATISFIED = "satisfied"
    BASICALLY = "basically"
    DISSATISFIED = "dissatisfied"
    NONE = "none"


def _values(kind: type[StrEnum]) -> tuple[str, ...]:
    return tuple(each.value for each in kind)


BINDING: Final = Binding(
    key="complaint",
    begins=N_(
        "Its records are complaints and suggestions from now on: investigated before they are answered,"
        " never by whom they are about."
    ),
    ends=N_("Its records are no complaints and suggestions any longer."),
    one={
        "channel": ("choice",),
        "received": ("instant",),
        "matter": ("choice",),
        "content": ("text", "long-text"),
        "demand": ("text", "long-text"),
        "department": ("department",),
        "concerned": ("person",),
        "first-asked": ("person",),
        "handed-to": ("person",),
        "at-once": ("yes-no",),
        "class": ("choice",),
        "level": ("choice",),
        "repeated": ("yes-no",),
        "lead": ("department",),
        "handler": ("person",),
        "finding": ("choice",),
        "cause": ("choice",),
        "action-needed": ("yes-no",),
    },
    several={
        "investigation": (),
        "replies": (),
        "remedies": (),
        "views": ("choice",),
        "causes": (),
        "reviews": (),
    },
    needed=(
        *("channel", "received", "matter", "department", "concerned", "first-asked", "at-once", "class"),
        *("level", "repeated", "handler", "finding", "action-needed"),
        *("investigation", "replies", "remedies", "views", "causes", "reviews"),
    ),
    answered=("channel", "received", "matter", "first-asked"),
    steps=("grade", "investigate", "reply", "close"),
    choices={
        "matter": _values(Matter),
        "class": _values(Weight),
        "finding": _values(Verdict),
    },
)
"""`replies`, `remedies` and `views` may each be asked at several steps: on the spot, or after a reply."""


def at_once(values: Mapping[str, Any], bound: Bound) -> bool:
    """Whether it was settled on the spot by the first person asked (S52)."""
    return bound.first(values, "at-once") is True


def is_weighty(values: Mapping[str, Any], bound: Bound) -> bool:
    """Whether it is grave or comes again: then its cause is removed, not only its effect (R52)."""
    return bound.first(values, "class") == Weight.MAJOR or bound.first(values, "repeated") is True


def is_justified(values: Mapping[str, Any], bound: Bound) -> bool:
    """Whether it was found right, in whole or in part."""
    return bound.first(values, "finding") in {Verdict.JUSTIFIED, Verdict.PARTLY}


def lacks_action(values: Mapping[str, Any], bound: Bound) -> bool:
    """Whether a grave or repeated one that was found right was answered with no corrective action."""
    needed = bound.first(values, "action-needed")
    return is_weighty(values, bound) and is_justified(values, bound) and needed is False


def ungraded(values: Mapping[str, Any], bound: Bound) -> list[str]:
    """The parts of the grade that were not given; what was settled on the spot has no level (S53)."""
    parts = ("class", "repeated") if at_once(values, bound) else ("class", "repeated", "level", "handler")
    return [bound.one[part] for part in parts if bound.first(values, part) is None]


def view(values: Mapping[str, Any], bound: Bound) -> str | None:
    """What the giver says of the handling, None while it was not asked."""
    return next((str(each) for each in bound.every(values, "views")), None)


def assigned(values: Mapping[str, Any], bound: Bound) -> set[Any]:
    """Everybody to whom the matter is given."""
    return {bound.first(values, part) for part in ("handed-to", "handler")} - {None}


def owner(values: Mapping[str, Any], bound: Bound, *, accepted: bool) -> str:
    """Who answers for it: who was asked first, until somebody else has accepted it (R53)."""
    first = str(bound.first(values, "first-asked") or "")
    return str(bound.first(values, "handed-to") or first) if accepted else first
