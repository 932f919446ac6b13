"""Pure rules of one-time codes: which half minute a typed code belongs to, and no code twice (SEC-10)."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata
from typing import TYPE_CHECKING, Final

import pyotp

if TYPE_CHECKING:
    from datetime import datetime

SECONDS: Final = 30
DIGITS: Final = 6
_AROUND: Final = (0, -1, 1)
"""A device's clock may be half a minute off; beyond that its codes are strange."""
_BLANK: Final = re.compile(r"[\s\-‐‑–—_.]+")


def step_of(now: datetime) -> int:
    """The number of the half minute of an instant."""
    return int(now.timestamp()) // SECONDS


def plain(typed: str) -> str:
    """A code as it is compared: full-width signs are folded, spaces and hyphens left out."""
    return _BLANK.sub("", unicodedata.normalize("NFKC", typed)).lower()


def step_for(secret: str, typed: str, now: datetime, last: int | None) -> int | None:
    """The half minute whose code this is, by the server's clock; None where it is wrong or used up.

    Whatever was taken uses up its half minute and all before it, so that nobody who looked over a
    shoulder can use a code again.
    """
    code = plain(typed)
    if len(code) != DIGITS or not (code.isascii() and code.isdigit()):
        return None
    codes = pyotp.HOTP(secret, digits=DIGITS)
    for away in _AROUND:
        step = step_of(now) + away
        if (last is None or step > last) and hmac.compare_digest(codes.at(step), code):
            return step
    return None


def address(secret: str, login: str, organisation: str) -> str:
    """What a device reads as a picture, and a person may copy: the secret with its names."""
    counted = pyotp.TOTP(secret, digits=DIGITS, interval=SECONDS)
    return counted.provisioning_uri(name=login, issuer_name=organisation)


def recovery_hash(typed: str) -> str:
    """What is stored of a recovery code; its 118 random bits need no slower hash."""
    return hashlib.sha256(f"qms recovery code {plain(typed)}".encode()).hexdigest()
