"""What a procedure promises under `time-limits`, told before its release: clocks are those of its forms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from qms.kernel.errors import Missing
from qms.kernel.labels import N_, say
from qms.records import rows
from qms.records.errors import NotAForm
from qms.records.operations.drafting import form_in_force

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from qms.kernel.refs import Ref
    from qms.kernel.work import Work

_RUN: Final = N_("It promises {count} time limits; the clocks of these forms run them: {forms}.")
_WAIT: Final = N_("It promises {count} time limits; none of its forms in force has a clock that runs them.")


class PromisePreview:
    """A limit needs a record to run on, so that what runs is what the forms declare (D-0027)."""

    keys: frozenset[str] = frozenset({"time-limits"})

    def foretell(
        self, work: Work, revision: Ref, head: Mapping[str, Any], before: Ref | None
    ) -> Sequence[str]:
        """How many limits are promised, and which forms in force run clocks."""
        del revision, before
        promised = head.get("time-limits", ())
        if not promised:
            return ()
        forms = ", ".join(_running(work, head.get("forms", ())))
        text = _RUN if forms else _WAIT
        return (say(text, work.language, count=len(promised), forms=forms),)


def _running(work: Work, numbers: Sequence[str]) -> Iterator[str]:
    for number in numbers:
        try:
            declared = rows.definition_of(form_in_force(work, number))
        except (Missing, NotAForm):
            continue  # not in force yet, or not for who reads; its own page tells of it
        if declared.clocks or any(step.within for step in declared.steps):
            yield number
