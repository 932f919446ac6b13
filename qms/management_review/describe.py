"""What is said of management reviews."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qms.kernel.labels import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

SENTENCES: Final[Mapping[str, str]] = {
    "management-review:freeze": N_("{actor} froze the pack of {ref} ({digest})."),
}
STATES: Final[Mapping[str, str]] = {
    "open": N_("under way"),
    "closed": N_("concluded"),
    "cancelled": N_("cancelled"),
    "disposed": N_("disposed of"),
}
