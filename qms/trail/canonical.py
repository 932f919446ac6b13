"""The one written form of an entry's body: RFC 8785 JSON, floats refused (law 3)."""

from __future__ import annotations

import hashlib
import json
import secrets
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import rfc8785

if TYPE_CHECKING:
    from collections.abc import Mapping

_PERSONAL: Final = b"qms-personal/1"
_SAFE: Final = 2**53 - 1


class NotCanonicalError(TypeError):
    """A fault of the program: a body holds something that has no one written form."""


_ENCODE: Final = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
).encode


def canonical(body: Mapping[str, Any]) -> str:
    """The body as RFC 8785 JSON; a float, a huge integer, a date or a Decimal is refused by its place.

    What the encoder of the language is known to write exactly so is left to it, at a tenth of the
    cost (TRL-14); anything else goes the careful way, which names what is wrong.
    """
    if _is_plain(body):
        text = _ENCODE(body)
        # A NUL or half a character is rare enough to be looked for in the whole text at once.
        if "\\u0000" not in text and _is_whole(text):
            return text
    return rfc8785.dumps(_plain(body, "body")).decode()


def _is_plain(value: Any) -> bool:
    """Whether both encoders write the same: keys sort alike in ASCII, and no number has a fraction."""
    kind = type(value)
    if kind is dict:
        for key, item in value.items():
            if type(key) is not str or not key.isascii() or not (type(item) is str or _is_plain(item)):
                return False
        return True
    if kind is list or kind is tuple:
        return all(map(_is_plain, value))
    if kind is int:
        return bool(-_SAFE <= value <= _SAFE)
    if kind is str:
        return True
    return value is None or kind is bool or isinstance(value, StrEnum)


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _plain(value: Any, place: str) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        if abs(value) > _SAFE:
            raise NotCanonicalError(f"{place}: the integer is too large; write it as text")
        return int(value)
    if isinstance(value, str):
        return _text(value, place)
    if isinstance(value, (list, tuple)):
        return [_plain(item, f"{place}[{index}]") for index, item in enumerate(value)]
    if hasattr(value, "items"):
        return {_key(key, place): _plain(item, f"{place}.{key}") for key, item in value.items()}
    raise NotCanonicalError(f"{place}: {type(value).__name__} has no one written form; write it as text")


def _key(key: Any, place: str) -> str:
    if not isinstance(key, str):
        raise NotCanonicalError(f"{place}: the key {key!r} is not text")
    return _text(key, place)


def _text(value: str, place: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError as fault:
        raise NotCanonicalError(f"{place}: the text holds half a character") from fault
    if "\x00" in value:
        raise NotCanonicalError(f"{place}: the text holds a NUL character")
    return str(value)


def new_salt() -> str:
    """A fresh salt of 32 random bytes, in hex."""
    return secrets.token_hex(32)


def commitment(salt: str, name: str, value: str) -> str:
    """The salted commitment by which a personal value stands in a body without being in it (TRL-12).

    Every part goes in with its length before it; without the salt the value cannot be guessed back.
    """
    parts = [_PERSONAL, bytes.fromhex(salt), name.encode(), value.encode()]
    return hashlib.sha256(b"".join(len(part).to_bytes(8, "big") + part for part in parts)).hexdigest()
