"""Pure: what a party's file lacks of what is expected of its kind (S36)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from qms.kernel.labels import N_, Phrase

_FIELDS: Final = {
    "owner": N_("Somebody who answers for it"),
    "tier": N_("Tier"),
    "stage": N_("Stage of data collection"),
    "short-name": N_("Short name"),
    "contact": N_("Somebody to speak to"),
}
_IDENTIFIER: Final = N_("Identifier: {name}")
_RECORD: Final = N_("A record on {form}")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is asked of a file: the fields that are filled in, the identifiers given, the forms filed."""

    filled: Collection[str]
    identifiers: Collection[str]
    forms: Collection[str]


def missing(
    expected: Sequence[str], facts: Facts, identifiers: Mapping[str, Mapping[str, str]]
) -> tuple[Phrase, ...]:
    """What is expected and not there, in the order of the list, as texts for people."""
    found = []
    for item in expected:
        what, _, code = item.partition(":")
        if what == "identifier":
            if code not in facts.identifiers:
                found.append(Phrase(_IDENTIFIER, name=dict(identifiers.get(code, {"en": code}))))
        elif what == "form":
            if code not in facts.forms:
                found.append(Phrase(_RECORD, form=code))
        elif what not in facts.filled:
            found.append(Phrase(_FIELDS[what]))
    return tuple(found)
