"""The steps of a record as its page shows them, and what those who act in them came to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qms import forms

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qms.forms import Definition, Step
    from qms.records import Walked


def came_to(definition: Definition, walked: Sequence[Walked], language: str) -> dict[tuple[int, str], str]:
    """By round and step, what several people decided together in the words of the form."""
    found = {}
    for each in walked:
        given = [act.decision for act in each.acts if act.decision]
        value = forms.answers.outcome(definition.step(each.step), given) if len(given) > 1 else None
        if value is not None:
            found[each.round, each.step] = decision_label(definition.step(each.step), value, language)
    return found


def decision_label(step: Step, value: str, language: str) -> str:
    """A decision in the words of the form."""
    return next(forms.spoken(each.label, language) for each in step.decisions if each.value == value)


def outcome(definition: Definition, walked: Sequence[Walked], decision: str | None, language: str) -> str:
    """The decision of the record in words: that of the last step in which one was taken."""
    for each in reversed(walked):
        if decision and any(act.decision for act in each.acts):
            return decision_label(definition.step(each.step), decision, language)
    return ""
