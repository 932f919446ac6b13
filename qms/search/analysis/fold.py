"""Pure: the fold under which index and query meet: width, case and script, character by character."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from typing import Final

TABLE: Final = Path(__file__).with_name("simplified.txt")

# What OpenCC leaves apart though people mean the same character by it (search.md section 5).
ADDITIONS: Final = {"帐": "账", "著": "着"}


def _read_table() -> dict[str, str]:
    lines = TABLE.read_text("utf-8").splitlines()
    flat = "".join(line for line in lines if not line.startswith("#"))
    return {flat[at]: flat[at + 1] for at in range(0, len(flat), 2)} | ADDITIONS


_SIMPLE: Final = _read_table()


class _Fold(dict[int, str]):
    """Folds a character when it is first met and keeps the answer."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        while (folded := _once(character)) != character:
            character = folded
        self[code] = character
        return character


def _once(character: str) -> str:
    for change in (unicodedata.normalize("NFKC", character), character.lower()):
        if len(change) == 1 and change != character:
            return change
    return _SIMPLE.get(character, character)


_FOLD: Final = _Fold()


def fold(text: str) -> str:
    """The text with full-width, upper-case and traditional characters made plain, of the same length.

    Length never changes, so that an offset in the folded text is the same offset in the original.
    Compatibility forms that would become several characters stay as they are (R61).
    """
    return text.translate(_FOLD)
