"""A Ref names anything in the system as a plain value, so that one may point without knowing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Self

_SHAPE = re.compile(r"\A[a-z][a-z-]*:.+\Z", re.DOTALL)


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """Kind and key of a thing, written `kind:key`, for example `revision:CP-12@zh-Hans@A/3`."""

    kind: str
    key: str

    def __str__(self) -> str:
        """The written form."""
        return f"{self.kind}:{self.key}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the written form; a ValueError names a text that is none."""
        if not _SHAPE.match(text):
            message = f"not a reference: {text!r}"
            raise ValueError(message)
        kind, _, key = text.partition(":")
        return cls(kind, key)
