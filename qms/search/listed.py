"""The list of words that mean the same as it is now: the organisation's own file, else the shipped one."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from qms.search.analysis.aliases import AliasesRefused, read_aliases, shipped

if TYPE_CHECKING:
    from pathlib import Path

    from qms.search.analysis.aliases import Aliases


class ListedAliases:
    """Reads the file again when it has changed, so that an edit counts from the next search on.

    A file with faults is not used: the last good list stays, and the fault is told.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Use the file at `path` where there is one."""
        self.path = path
        self._aliases = shipped()
        self._stamp: tuple[int, int] | None = None
        self._fault = ""
        self._lock = threading.Lock()

    def present(self) -> Aliases:
        """The list that counts now."""
        with self._lock:
            stamp = self._now()
            if stamp != self._stamp:
                self._read(stamp)
            return self._aliases

    def fault(self, language: str = "en") -> str:  # noqa: ARG002 - told in English until a page asks
        """What is wrong with the organisation's list; empty when it is used."""
        self.present()
        return self._fault

    def _now(self) -> tuple[int, int] | None:
        if self.path is None:
            return None
        try:
            seen = self.path.stat()
        except FileNotFoundError:
            return None
        return seen.st_mtime_ns, seen.st_size

    def _read(self, stamp: tuple[int, int] | None) -> None:
        self._stamp, self._fault = stamp, ""
        if stamp is None or self.path is None:
            self._aliases = shipped()
            return
        try:
            self._aliases = read_aliases(self.path.read_text("utf-8", errors="replace"), self.path.name)
        except AliasesRefused as refusal:
            self._fault = refusal.sentence()
