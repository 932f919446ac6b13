"""What a scrub finds: of one kind, a sentence with its facts."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from qms.kernel.labels import say

if TYPE_CHECKING:
    from collections.abc import Mapping


class Kind(StrEnum):
    """The kinds of fault, by what is wrong."""

    DAMAGED = "content-damaged"
    MISSING = "content-missing"
    ORPHAN = "content-orphan"
    STRAY = "content-stray"
    TRAIL = "trail"
    VALIDITY = "two-in-force"
    ISSUED = "half-issued"
    ALTERED = "altered"
    SEALED = "sealed"
    NUMBER = "number-lost"
    SIGNATURE = "signature"
    INDEX = "index"
    FOREIGN_KEY = "foreign-key"
    INTEGRITY = "integrity"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault, told by name."""

    kind: Kind
    message: str
    facts: Mapping[str, object] = field(default_factory=dict)

    def sentence(self, language: str = "en") -> str:
        """What is wrong, in the asked language."""
        return say(self.message, language, **self.facts)

    def packed(self) -> dict[str, Any]:
        """As the trail keeps it."""
        facts = {name: str(value) for name, value in self.facts.items()}
        return {"kind": self.kind.value, "message": self.message, "facts": facts}
