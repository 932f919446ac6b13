"""Pure: the lines of an impact list, and which of them a person concludes (R12)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable


class Kind(StrEnum):
    """What a line of the list speaks of, in the order of the list."""

    CITES_CHANGED = "cites-changed"
    BELOW = "below"
    LEANS = "leans"
    FORM = "form"
    SCHEDULE = "schedule"
    LANGUAGE = "language"
    REQUEST = "request"


class Verdict(StrEnum):
    """What is done about a line (CP-12 §5.8.3), in the words of the impact list of FM-12-01."""

    TOGETHER = "together"
    NONE = "none"
    LATER = "later"


ASKED: Final = frozenset({Kind.CITES_CHANGED, Kind.BELOW, Kind.LEANS, Kind.LANGUAGE, Kind.REQUEST})
"""What somebody has to think about. Records finish under the form they were begun on, and schedules are
exchanged by the day job: of both the list only tells."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing the change touches: its number or label, and a clause, count or state where there is one."""

    kind: Kind
    what: str
    detail: str = ""


def of_link(way: str, clause: str, changed: Collection[str]) -> Kind:
    """How a document that leans on the changed one is touched: by a changed clause first of all."""
    if clause and bare(clause) in changed:
        return Kind.CITES_CHANGED
    return Kind.BELOW if way == "parent" else Kind.LEANS


def bare(clause: str) -> str:
    """A clause without its mark: `§ 5.3` is 5.3."""
    return clause.lstrip("§# ").strip()


def to_conclude(found: Iterable[Line], led: Collection[str] = ()) -> list[Line]:
    """One line a thing, by its nearest tie, with all clauses of that tie: each gets one conclusion.

    Requests in `led` are what the change was begun from, and no longer a question.
    """
    order = list(Kind)
    things: dict[str, dict[Kind, list[str]]] = {}
    for each in found:
        if each.kind in ASKED and not (each.kind is Kind.REQUEST and each.what in led):
            things.setdefault(each.what, {}).setdefault(each.kind, []).append(each.detail)
    made = []
    for what, ties in things.items():
        nearest = min(ties, key=order.index)
        made.append(Line(nearest, what, ", ".join(sorted({each for each in ties[nearest] if each}))))
    return sorted(made, key=lambda each: (order.index(each.kind), each.what))
