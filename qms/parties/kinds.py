"""Pure: the kinds of parties, their numbers, and when two names or identifiers are the same."""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What a party is to the organisation."""

    CLIENT = "client"
    MEMBER = "member"
    PARTNER = "partner"
    SUPPLIER = "supplier"
    OUTSIDE = "outside"


class State(StrEnum):
    """Where a party stands: dealt with, ended, or found to be another one that is kept."""

    ACTIVE = "active"
    ENDED = "ended"
    MERGED = "merged"


LETTERS: Final = {
    Kind.CLIENT: "C",
    Kind.MEMBER: "M",
    Kind.PARTNER: "P",
    Kind.SUPPLIER: "S",
    Kind.OUTSIDE: "O",
}


def number(kind: Kind, serial: int) -> str:
    """The number people call a party by: `C-000001`."""
    return f"{LETTERS[kind]}-{serial:06d}"


def folded(text: str) -> str:
    """What two names or identifiers must not share: width, case and everything but letters and digits."""
    wide = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in wide if letter.isalnum())
