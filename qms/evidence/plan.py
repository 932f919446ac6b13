"""The frozen list from which a bundle is made, and can be made again with the same bytes (BND-05)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final

import rfc8785

from qms.evidence.bag import Source, Totals, bag
from qms.kernel.clock import iso

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qms.evidence.keys import BundleKey
    from qms.kernel.vault import Vault

FORMAT: Final = "qms-evidence-plan/1"
SEALED_AT: Final = "QMS-Sealed-As-Of"


@dataclass(frozen=True, slots=True)
class PlannedFile:
    """One file of the bundle: its path, the digest of its bytes in the vault, and what it is."""

    path: str
    sha256: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """All a bundle is made of: everything lies in the vault, nothing is asked of the register again.

    `at` is the instant of the last trail entry of the look, to the second: the one time the bundle
    knows.
    """

    number: str
    at: datetime
    info: tuple[tuple[str, str], ...]
    files: tuple[PlannedFile, ...]

    def written(self) -> bytes:
        """The plan as canonical JSON, whose digest names it."""
        files = [[file.path, file.sha256, file.title] for file in self.files]
        info = [list(pair) for pair in self.info]
        told = {"format": FORMAT, "number": self.number, "at": iso(self.at), "info": info, "files": files}
        return rfc8785.dumps(told)


def read(content: bytes) -> Plan:
    """The plan from its JSON."""
    told = json.loads(content)
    if told["format"] != FORMAT:
        raise ValueError(f"not a plan of this form: {told['format']}")
    files = tuple(PlannedFile(*file) for file in told["files"])
    info = tuple((label, value) for label, value in told["info"])
    return Plan(told["number"], datetime.fromisoformat(told["at"]), info, files)


def pieces(plan: Plan, vault: Vault, key: BundleKey, totals: Totals) -> Iterator[bytes]:
    """The bytes of the bundle, one piece at a time; the vault refuses damaged bytes (BND-13)."""
    sources = [Source(file.path, partial(vault.chunks, file.sha256), file.sha256) for file in plan.files]
    return bag(plan.number, sources, plan.info, lambda content: key.seal(content, plan.at), totals)


class Stream:
    """Pieces as a file to read from, so that the vault can store what is still being made."""

    def __init__(self, source: Iterable[bytes]) -> None:
        """Read from these pieces."""
        self._source = iter(source)
        self._rest = b""
        self.size = 0

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes; all of them where no size is given; nothing at the end."""
        kept = [self._rest]
        have = len(self._rest)
        while size < 0 or have < size:
            piece = next(self._source, None)
            if piece is None:
                break
            kept.append(piece)
            have += len(piece)
        whole = b"".join(kept)
        cut = len(whole) if size < 0 else size
        self._rest = whole[cut:]
        self.size += len(whole[:cut])
        return whole[:cut]
