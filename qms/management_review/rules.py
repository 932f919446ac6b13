"""Pure rules of management reviews: the sections of a pack, what a form says, what is decided (9.3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from qms.forms import Binding
from qms.kernel.labels import N_

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from qms.forms import Bound

SECTIONS: Final[Mapping[str, str]] = {
    "a": N_("What came of earlier reviews"),
    "b": N_("Changes inside and outside, interested parties"),
    "c1": N_("Satisfaction, complaints and feedback"),
    "c2": N_("Objectives"),
    "c3": N_("Processes and their time limits"),
    "c4": N_("Nonconformities and corrective actions"),
    "c5": N_("Checks and measurements"),
    "c6": N_("Audits and inspections"),
    "c7": N_("External providers and partners"),
    "d": N_("Resources and competence"),
    "e": N_("Risks and opportunities"),
    "f": N_("Opportunities for improvement"),
}
"""In the order of the pack (MRV-01); the codes are ours and name no clause."""
HEADINGS: Final[Mapping[str, str]] = {
    "improvement": N_("Improvement"),
    "change": N_("Changes of the system"),
    "resource": N_("Resources"),
}
"""The three headings of what a review decides (MRV-03)."""
_WHAT, _OWNER, _DUE, _NONE = "", "-owner", "-due", "-none"

BINDING: Final = Binding(
    key="management-review",
    begins=N_("Its records are management reviews from now on: a frozen pack first, then decisions."),
    ends=N_("Its records are no management reviews any longer."),
    one={
        "from": ("date",),
        "until": ("date",),
        "held": ("date",),
        "chair": ("person",),
        **{
            f"{heading}{part}": types
            for heading in HEADINGS
            for part, types in (
                (_WHAT, ("text", "long-text")),
                (_OWNER, ("person",)),
                (_DUE, ("date",)),
                (_NONE, ("yes-no",)),
            )
        },
    },
    several={"context": ()},
    needed=(
        "from",
        "until",
        "context",
        *(f"{heading}{part}" for heading in HEADINGS for part in (_WHAT, _OWNER, _DUE, _NONE)),
    ),
    steps=("decide",),
)
"""What, owner and due day of a heading are columns of one table; `…-none` says that there is nothing."""


@dataclass(frozen=True, slots=True)
class Output:
    """One thing a review decided."""

    heading: str
    what: str
    owner: str
    due_on: date


def unanswered(values: Mapping[str, Any], bound: Bound) -> list[str]:
    """The headings that neither hold a decision nor say that there is none (MRV-03)."""
    return [
        heading
        for heading in HEADINGS
        if not _rows(values, bound, heading) and bound.first(values, f"{heading}{_NONE}") is not True
    ]


def incomplete(values: Mapping[str, Any], bound: Bound) -> list[str]:
    """The headings with a decision that lacks its words, its owner or its day."""
    return [
        heading
        for heading in HEADINGS
        if any(None in row.values() or "" in row.values() for row in _rows(values, bound, heading))
    ]


def outputs(values: Mapping[str, Any], bound: Bound) -> Iterator[Output]:
    """Everything that was decided, heading by heading; rows are complete."""
    for heading in HEADINGS:
        for row in _rows(values, bound, heading):
            yield Output(
                heading,
                str(row[f"{heading}{_WHAT}"]),
                str(row[f"{heading}{_OWNER}"]),
                date.fromisoformat(str(row[f"{heading}{_DUE}"])),
            )


def _rows(values: Mapping[str, Any], bound: Bound, heading: str) -> list[dict[str, Any]]:
    return bound.rows(values, [f"{heading}{part}" for part in (_WHAT, _OWNER, _DUE)])
