"""Pure rules: the way of a record: which step is next, who is asked, how long it may take, what it opens."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from qms.calendar import Span
from qms.forms.definition import Clock, Definition, Field, Opening, Seats, Step, Type
from qms.forms.ordering import formula
from qms.forms.settling import holds, settle, stored

_NOTHING: Final[Mapping[str, Any]] = {}
_DEFAULT: Final = "default"
_EXACT: Final = Field("", "", Type.COMPUTED, places=None)


@dataclass(frozen=True, slots=True)
class Opened:
    """Something a record opens, with the first answers of the form that is opened."""

    opening: Opening
    values: Mapping[str, Any] = field(default_factory=dict)


def next_step(
    definition: Definition,
    values: Mapping[str, Any],
    done: Collection[str],
    system: Mapping[str, Any] = _NOTHING,
) -> Step | None:
    """The first step that is not done and not left out; None where the record closes.

    A step left out before a step that is done stays left out, whatever the answers have become.
    """
    last = max((place for place, step in enumerate(definition.steps) if step.id in done), default=-1)
    scope: Mapping[str, Any] | None = None
    for step in definition.steps[last + 1 :]:
        if not step.when:
            return step
        scope = settle(definition, values, system).scope if scope is None else scope
        if holds(step.when, scope):
            return step
    return None


def outcome(step: Step, given: Collection[str]) -> str | None:
    """What the decisions of all who act in a step come to: the least favourable one, which is listed last."""
    found = [each.value for each in step.decisions if each.value in given]
    return found[-1] if found else None


def ends(step: Step, decision: str | None) -> bool:
    """Whether a decision closes the record at this step."""
    return any(each.ends for each in step.decisions if each.value == decision)


def limit_of(limited: Step | Clock, values: Mapping[str, Any]) -> Span | None:
    """How long a step or process may take, where its field is answered or a default stands."""
    limit = limited.within
    if limit is None or limit.span is not None:
        return None if limit is None else limit.span
    value = values.get(limit.by)
    return limit.spans.get(value if isinstance(value, str) else _DEFAULT, limit.spans.get(_DEFAULT))


def seats_of(step: Step, values: Mapping[str, Any]) -> Seats:
    """Who is asked: those of the step, or those whose authority reaches the answer (R60).

    Empty where nobody's does: nobody may decide then, and the record waits for a new revision.
    """
    authority = step.authority
    if authority is None:
        return Seats(step.posts, step.roles, step.quorum)
    none = authority.default or Seats()
    value = values.get(authority.by)
    if value is None:
        return none
    for level in authority.levels:
        if level.most is None or Decimal(value) <= level.most:
            return level.seats
    return authority.values.get(value, none)


def openings_at(
    definition: Definition,
    step: str,
    values: Mapping[str, Any],
    system: Mapping[str, Any] = _NOTHING,
) -> list[Opened]:
    """What a record opens when a step is done, or at `close`."""
    here = [opening for opening in definition.opens if opening.at == step]
    if not here:
        return []
    scope = settle(definition, values, system).scope
    return [
        Opened(opening, _first_answers(opening, scope))
        for opening in here
        if not opening.when or holds(opening.when, scope)
    ]


def _first_answers(opening: Opening, scope: Mapping[str, Any]) -> dict[str, Any]:
    """The first answers as JSON values; a number is given as exact as it is."""
    found = {name: formula(text).value(scope) for name, text in opening.values.items()}
    return {
        name: format(value, "f") if isinstance(value, Decimal) else stored(_EXACT, value)
        for name, value in found.items()
        if value is not None
    }
