"""The key `corrective-action` of a form: its records obey the law of corrective actions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from qms.kernel.labels import say
from qms.nonconformities import describe, rules

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from qms.kernel.errors import Problem
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work


class CorrectiveActionSection:
    """Which fields and steps of the form say what; the law itself is asked with each step of a record."""

    key = rules.SECTION

    def check(self, work: Work, value: Any, head: Mapping[str, Any]) -> Sequence[Problem]:
        """Names that the form does not have."""
        del work
        found = rules.faults(value, head)
        return [replace(each, field=".".join(filter(None, (self.key, each.field)))) for each in found]

    def preview(self, work: Work, old: Any, new: Any) -> Sequence[str]:
        """That records begin or end to obey it."""
        if bool(old) == bool(new):
            return []
        return [say(describe.BEGINS if new else describe.ENDS, work.language)]

    def enter(self, work: Work, revision: Ref, value: Any, on: date) -> None:
        """Each record is held to the revision it is pinned to; nothing is kept beside."""

    def leave(self, work: Work, revision: Ref, value: Any, on: date) -> None:
        """What was begun under it ends under it."""
