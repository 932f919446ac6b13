"""Pure rules of file names inside a bundle: only what every system unpacks alike (BND-04)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST: Final = 180
_PART: Final = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9_-])?", re.ASCII)
_DEVICES: Final = frozenset(
    {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(1, 10)), *(f"lpt{n}" for n in range(1, 10))}
)


def is_safe(path: str) -> bool:
    """Whether the path is relative, made of letters, digits, `.`, `_`, `-` and `/`, and means one file.

    Names that begin or end with a dot, and names that Windows keeps for devices, are refused.
    """
    if len(path) > LONGEST:
        return False
    parts = path.split("/")
    return all(_PART.fullmatch(part) and part.split(".")[0].lower() not in _DEVICES for part in parts)


def clash(paths: Iterable[str]) -> str | None:
    """The first path that would overwrite another where case does not count, or lies below a file."""
    seen: set[str] = set()
    folders: set[str] = set()
    for path in paths:
        folded = path.lower()
        above = {folded[:place] for place, letter in enumerate(folded) if letter == "/"}
        if folded in seen or folded in folders or above & seen:
            return path
        seen.add(folded)
        folders |= above
    return None
