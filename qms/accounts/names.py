"""Logins and codes in the one form in which they are compared; pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LONGEST_LOGIN: Final = 120
_CODE: Final = re.compile(r"\A[a-z][a-z0-9]*(-[a-z0-9]+)*\Z")
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def normalised(login: str) -> str:
    """The login as it is stored and compared: NFKC, trimmed, case folded (P11-300a-c).

    Folding is repeated with NFKC until nothing changes, so that the result is stable.
    """
    seen = login
    while True:
        folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", seen).casefold()).strip()
        if folded == seen:
            return folded
        seen = folded


def is_login(login: str) -> bool:
    """Whether a normalised login can be given: visible characters without spaces, not too long."""
    return 0 < len(login) <= LONGEST_LOGIN and not any(
        char.isspace() or unicodedata.category(char) in _INVISIBLE for char in login
    )


def is_code(code: str) -> bool:
    """Whether a code of a department, post, role or circle is lower-case words joined by hyphens."""
    return _CODE.match(code) is not None
