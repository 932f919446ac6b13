"""The one table from a refusal's kind to the exit code of a command."""

from __future__ import annotations

from typing import Final

from qms.kernel.errors import Conflict, Damaged, Exhausted, Forbidden, Invalid, Missing, QmsError, Unavailable

EXIT: Final[dict[type[QmsError], int]] = {
    Missing: 4,
    Forbidden: 5,
    Conflict: 6,
    Invalid: 7,
    Damaged: 8,
    Unavailable: 9,
    Exhausted: 10,
}


def exit_code(error: QmsError) -> int:
    """The exit code of a refusal, by the kind it descends from."""
    for kind, code in EXIT.items():
        if isinstance(error, kind):
            return code
    return 1
