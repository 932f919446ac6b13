"""The one table from a refusal's kind to its HTTP status."""

from __future__ import annotations

from typing import Final

from qms.kernel.errors import Conflict, Damaged, Exhausted, Forbidden, Invalid, Missing, QmsError, Unavailable

STATUS: Final[dict[type[QmsError], int]] = {
    Missing: 404,
    Forbidden: 403,
    Conflict: 409,
    Invalid: 422,
    Damaged: 500,
    Unavailable: 503,
    Exhausted: 507,
}


def status(error: QmsError) -> int:
    """The HTTP status of a refusal, by the kind it descends from."""
    for kind, code in STATUS.items():
        if isinstance(error, kind):
            return code
    return 500
