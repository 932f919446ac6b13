"""The key `retention` of a head: checked before issue, told before release; it runs with each record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from qms.kernel.errors import Problem
from qms.kernel.labels import N_, say
from qms.retention import rules
from qms.retention.describe import TRIGGERS, class_words, keep_words
from qms.retention.rules import Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from qms.kernel.refs import Ref
    from qms.kernel.work import Work

_RECORDS: Final = N_("Its records ({name}) are kept {time} {after}; then they may go by a disposal list.")
_FOR_EVER: Final = N_("Its records ({name}) are kept for ever.")
_REVISIONS: Final = N_("Its issued revisions stay for good; {name} asks for {time}.")


class RetentionSection:
    """How long records of a form are kept (REC-04): the class of the revision a record is pinned to."""

    key = "retention"
    keys: frozenset[str] = frozenset()

    def check(self, work: Work, value: Any, head: Mapping[str, Any]) -> Sequence[Problem]:  # noqa: ARG002
        """An event and a time that can be read; what cannot be read would be kept for ever unsaid."""
        return list(_faults(value))

    def preview(self, work: Work, old: Any, new: Any) -> Sequence[str]:  # noqa: ARG002
        """Nothing here: what is kept depends on the kind of document, which `foretell` knows."""
        return ()

    def foretell(
        self, work: Work, revision: Ref, head: Mapping[str, Any], before: Ref | None
    ) -> Sequence[str]:
        """How long records of a form are kept; revisions of other documents are never disposed of."""
        del revision, before
        rule = rules.rule(head)
        if rule is None:
            return ()
        tongue = work.language
        name, time = class_words(rule.name, tongue), keep_words(rule.keep, tongue)
        if head.get("kind") != "form":
            return (say(_REVISIONS, tongue, name=name, time=time),)
        if rule.is_permanent:
            return (say(_FOR_EVER, tongue, name=name),)
        after = say(TRIGGERS[rule.after], tongue)
        return (say(_RECORDS, tongue, name=name, time=time, after=after),)

    def enter(self, work: Work, revision: Ref, value: Any, on: date) -> None:
        """Each record is kept by the revision it is pinned to; nothing is kept beside."""

    def leave(self, work: Work, revision: Ref, value: Any, on: date) -> None:
        """Records of the revision go on under its class."""


def _faults(value: Any) -> Iterator[Problem]:
    if not isinstance(value, dict):
        return
    after, keep = value.get("after"), value.get("keep")
    if after is not None and after not in set(Trigger):
        text = N_("Choose one of {choices}.")
        yield Problem(text, field="retention.after", facts={"choices": ", ".join(Trigger)})
    if keep is not None and keep != rules.PERMANENT and rules.span(keep) is None:
        yield Problem(N_("Write a time such as 10 years, or permanent."), field="retention.keep")
