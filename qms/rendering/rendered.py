"""What comes back when a sheet has been set; kept apart so that nobody loads the typesetter to name it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Rendered:
    """A finished PDF, its number of pages, and the versions of the libraries that made it (law 8)."""

    pdf: bytes
    pages: int
    versions: Mapping[str, str]
