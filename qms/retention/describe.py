"""The words of retention: its trail sentences and the names of its states (TRL-15)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qms.kernel.labels import N_, say
from qms.retention import rules
from qms.retention.models import Result, State
from qms.retention.rules import Trigger

if TYPE_CHECKING:
    from collections.abc import Mapping

STATES: Final[Mapping[State, str]] = {
    State.PROPOSED: N_("Proposed"),
    State.REJECTED: N_("Rejected"),
    State.APPROVED: N_("Approved"),
    State.DONE: N_("Carried out"),
}
RESULTS: Final[Mapping[Result, str]] = {
    Result.WAITING: N_("Waiting"),
    Result.DISPOSED: N_("Disposed of"),
    Result.HELD: N_("Held"),
    Result.CHANGED: N_("No longer due"),
}
TRIGGERS: Final[Mapping[Trigger, str]] = {
    Trigger.CLOSED: N_("after it was closed"),
    Trigger.FILED: N_("after it was filed"),
    Trigger.SUPERSEDED: N_("after its form was superseded"),
    Trigger.PARTY_LEFT: N_("after its party left"),
    Trigger.YEAR_END: N_("after the end of its year"),
}
CLASSES: Final[Mapping[str, str]] = {
    "records": N_("Business records"),
    "system-documents": N_("Documents of the system"),
    "objectives": N_("Records of objectives"),
    "reading-and-training": N_("Records of reading and training"),
    "evidence": N_("Records of evidence given"),
    "audits": N_("Records of audits"),
    "surveys": N_("Records of surveys"),
}
"""The classes of the library in words; a class that an organisation names itself is its own name."""
_SPANS: Final[Mapping[str, tuple[str, str]]] = {
    "day": (N_("1 day"), N_("{count} days")),
    "month": (N_("1 month"), N_("{count} months")),
    "year": (N_("1 year"), N_("{count} years")),
}
SENTENCES: Final[Mapping[str, str]] = {
    "retention:hold": N_("{actor} put a hold on {ref}: {why}"),
    "retention:lift": N_("{actor} lifted a hold on {ref}: {why}"),
    "retention:propose": N_("{actor} proposed the disposal list {ref} of {count} record(s)."),
    "retention:approve": N_("{actor} approved the disposal list {ref}."),
    "retention:reject": N_("{actor} rejected the disposal list {ref}: {why}"),
    "retention:spare": N_("{ref} was left out of a disposal: {result}."),
    "retention:certify": N_("The list {ref} was carried out: {count} record(s), certificate {digest}."),
}


def class_words(name: str, language: str) -> str:
    """What a class is called by people."""
    return say(CLASSES[name], language) if name in CLASSES else name


def keep_words(keep: str, language: str) -> str:
    """How long is kept, in words: `10 years` as people write it, or that it is kept for ever."""
    if keep == rules.PERMANENT:
        return say(N_("kept for ever"), language)
    span = rules.span(keep)
    if span is None:
        return keep
    one, many = _SPANS[span[1]]
    return say(one if span[0] == 1 else many, language, count=span[0])
