"""The tree of departments as plain values: what stands above and below; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True)
class Tree:
    """Departments by code with the code of the one above each; the root has None."""

    above: Mapping[str, str | None]

    def line(self, code: str) -> tuple[str, ...]:
        """The department and every one above it, the root last."""
        line: list[str] = []
        at: str | None = code
        while at is not None and at not in line:
            line.append(at)
            at = self.above.get(at)
        return tuple(line)

    def subtree(self, code: str) -> frozenset[str]:
        """The department and every one below it."""
        return frozenset(each for each in (*self.above, code) if code in self.line(each))

    def subtrees(self, codes: Iterable[str]) -> frozenset[str]:
        """All these departments and every one below any of them."""
        wanted = frozenset(codes)
        return wanted | frozenset(each for each in self.above if wanted & frozenset(self.line(each)))

    def lines(self, codes: Iterable[str]) -> frozenset[str]:
        """All these departments and every one above any of them."""
        return frozenset(each for code in codes for each in self.line(code))

    def would_circle(self, code: str, parent: str | None) -> bool:
        """Whether putting a department under `parent` would close a circle."""
        return parent is not None and code in self.line(parent)
