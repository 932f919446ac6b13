"""The steps of a record as its page shows them, and what those who act in them came to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from qms import forms
from qms.records import State, StepState

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from qms.forms import Definition, Step
    from qms.records import Record, SentBack, Walked


class Mark(StrEnum):
    """How far a step is; the class of its place on the line."""

    DONE = "done"
    NOW = "now"
    COMING = "coming"
    SENT_BACK = "sent-back"
    LAPSED = "lapsed"


@dataclass(frozen=True, slots=True)
class Stage:
    """One step on the line: one the record came to, or, without `walked`, one that is to come.

    `only` says in words on what it depends whether it comes at all.
    """

    label: str
    mark: Mark
    walked: Walked | None = None
    back: SentBack | None = None
    only: str = ""


def stages(
    record: Record,
    definition: Definition,
    walked: Sequence[Walked],
    returns: Mapping[int, SentBack],
    language: str,
) -> Iterator[Stage]:
    """The steps the record went, the one it is at, and those to come; `returns` by the round that lapsed."""
    for each in walked:
        if each.step:
            back = returns.get(each.round)
            back = back if back is not None and back.step == each.step else None
            label = forms.spoken(definition.step(each.step).label, language)
            yield Stage(label, _mark(each, back), each, back)
    if record.state is State.OPEN and walked:
        places = [each.id for each in definition.steps]
        for step in definition.steps[places.index(walked[-1].step) + 1 :]:
            only = forms.in_words(definition, step.when, language) if step.when else ""
            yield Stage(forms.spoken(step.label, language), Mark.COMING, only=only)


def _mark(walked: Walked, back: SentBack | None) -> Mark:
    if walked.state is StepState.RETURNED:
        return Mark.LAPSED if back is None else Mark.SENT_BACK
    return {StepState.DONE: Mark.DONE, StepState.OPEN: Mark.NOW}.get(walked.state, Mark.LAPSED)


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
    """The decision of the record in words: that of the last step in which one was taken, once it is done."""
    taken = [each for each in walked if any(act.decision for act in each.acts)]
    if not decision or not taken or taken[-1].state is not StepState.DONE:
        return ""
    return decision_label(definition.step(taken[-1].step), decision, language)
