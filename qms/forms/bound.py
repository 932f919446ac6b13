"""The section of the head for a key by which a form's records come under the law of another slice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from qms.forms.building import build
from qms.forms.definition import spoken
from qms.kernel.errors import Conflict
from qms.kernel.labels import listed, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from qms.forms.bindings import Binding, Bound
    from qms.kernel.errors import Problem
    from qms.kernel.ports import Filed
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work


@dataclass(frozen=True, slots=True)
class BindingSection:
    """Which fields and steps of the form say what; the law itself is asked with each step of a record."""

    binding: Binding

    @property
    def key(self) -> str:
        """The key of the head."""
        return self.binding.key

    def check(self, work: Work, value: Any, head: Mapping[str, Any]) -> Sequence[Problem]:
        """Names that the form does not have."""
        del work
        found = self.binding.faults(value, head)
        return [replace(each, field=".".join(filter(None, (self.key, each.field)))) for each in found]

    def preview(self, work: Work, old: Any, new: Any) -> Sequence[str]:
        """That records begin or end to obey the law."""
        if bool(old) == bool(new):
            return []
        return [say(self.binding.begins if new else self.binding.ends, work.language)]

    def enter(self, work: Work, revision: Ref, value: Any, on: date) -> None:
        """Each record is held to the revision it is pinned to; nothing is kept beside."""

    def leave(self, work: Work, revision: Ref, value: Any, on: date) -> None:
        """What was begun under it ends under it."""


class PartUnanswered(Conflict):
    """What plays a part in a law has an answer, even where the form lets it be left out."""

    message = "Answer {fields}: the law this form declares goes by it."


def refuse_unanswered(work: Work, filed: Filed, binding: Binding, bound: Bound) -> None:
    """Refuse a record whose answers leave out what the law goes by."""
    wanting = binding.unanswered(filed.values, bound)
    if wanting:
        raise PartUnanswered(fields=named(work, filed, wanting))


def named(work: Work, filed: Filed, fields: Iterable[str]) -> str:
    """Fields and columns by their labels, in the language of who asks, for a sentence they can act on."""
    entries = build(filed.head).fields
    labels = {entry.id: entry.label for entry in entries}
    labels |= {f"{entry.id}.{column.id}": column.label for entry in entries for column in entry.columns}
    said = [spoken(labels[name], work.language) if name in labels else name for name in fields]
    return listed(said, work.language)
