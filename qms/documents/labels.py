"""Pure rules: labels of revisions, `A/0 ... A/9, B/0` or `1.0 ... 1.9, 2.0`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from qms.documents.errors import LabelUnreadable

_LETTERS: Final = re.compile(r"([A-Z]{1,4})/([0-9])", re.ASCII)
_DECIMAL: Final = re.compile(r"([1-9][0-9]{0,4})\.([0-9])", re.ASCII)
_ALPHABET: Final = 26
_LAST: Final = 9


class Scheme(StrEnum):
    """How an organisation writes its labels (setting `revision_labels`)."""

    EDITION_MODIFICATION = "edition-modification"
    DECIMAL = "decimal"


@dataclass(frozen=True, slots=True, order=True)
class Label:
    """A label read: editions and modifications count from 0, so that labels compare in order."""

    edition: int
    modification: int
    scheme: Scheme

    def __str__(self) -> str:
        """The written form."""
        if self.scheme is Scheme.DECIMAL:
            return f"{self.edition + 1}.{self.modification}"
        return f"{_letters(self.edition)}/{self.modification}"


def parse(text: str) -> Label:
    """Read a label of either scheme; anything else is refused."""
    if match := _LETTERS.fullmatch(text):
        return Label(_index(match[1]), int(match[2]), Scheme.EDITION_MODIFICATION)
    if match := _DECIMAL.fullmatch(text):
        return Label(int(match[1]) - 1, int(match[2]), Scheme.DECIMAL)
    raise LabelUnreadable(label=text)


def first(scheme: str) -> str:
    """The label of a document's first revision: `A/0` or `1.0`."""
    return str(Label(0, 0, Scheme(scheme)))


def next_modification(label: str) -> str:
    """The label of the next smaller change; after modification 9 the next edition begins."""
    seen = parse(label)
    if seen.modification == _LAST:
        return next_edition(label)
    return str(Label(seen.edition, seen.modification + 1, seen.scheme))


def next_edition(label: str) -> str:
    """The label of the next whole edition: `A/3` to `B/0`, `Z/9` to `AA/0`."""
    seen = parse(label)
    return str(Label(seen.edition + 1, 0, seen.scheme))


def order(label: str) -> tuple[int, int]:
    """What labels of one document are sorted by."""
    seen = parse(label)
    return (seen.edition, seen.modification)


def _index(letters: str) -> int:
    value = 0
    for letter in letters:
        value = value * _ALPHABET + ord(letter) - ord("A") + 1
    return value - 1


def _letters(index: int) -> str:
    letters = ""
    left = index + 1
    while left:
        left, digit = divmod(left - 1, _ALPHABET)
        letters = chr(ord("A") + digit) + letters
    return letters
