"""RFC 6962 Merkle trees, pure: root, proofs, and the compact range that grows by appending."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

from qms.trail.proof import leaf_hash, node_hash

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

EMPTY: Final = hashlib.sha256(b"").digest()


def _split(size: int) -> int:
    """The largest power of two below `size` (RFC 6962 section 2.1)."""
    return 1 << ((size - 1).bit_length() - 1)


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf data in order; SHA-256 of nothing for none."""
    grown = CompactRange()
    for leaf in leaves:
        grown.append(leaf)
    return grown.root()


def inclusion_proof(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """The path that shows leaf `index` under the root of `leaves` (RFC 6962 section 2.1.1)."""
    if not 0 <= index < len(leaves):
        raise IndexError(index)
    path: list[bytes] = []
    low, high = 0, len(leaves)
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(root(leaves[middle:high]))
            high = middle
        else:
            path.append(root(leaves[low:middle]))
            low = middle
    return path[::-1]


def consistency_proof(old_size: int, leaves: Sequence[bytes]) -> list[bytes]:
    """The path that shows the first `old_size` leaves to be the old tree (RFC 6962 section 2.1.2)."""
    if not 0 <= old_size <= len(leaves):
        raise IndexError(old_size)
    path: list[bytes] = []
    low, high, whole = 0, len(leaves), True
    if old_size in (0, high):
        return path
    while old_size != high:
        middle = low + _split(high - low)
        if old_size <= middle:
            path.append(root(leaves[middle:high]))
            high = middle
        else:
            path.append(root(leaves[low:middle]))
            low, whole = middle, False
    if not whole:
        path.append(root(leaves[low:high]))
    return path[::-1]


class CompactRange:
    """The peaks of a growing tree: log n hashes that are all one needs to append and to give the root."""

    __slots__ = ("_peaks", "size")

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        """Go on from the peaks of a tree of `size` leaves, the largest first."""
        self._peaks = list(peaks)
        self.size = size
        if len(self._peaks) != size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} peaks")

    @property
    def peaks(self) -> tuple[bytes, ...]:
        """The roots of the whole subtrees, the largest first."""
        return tuple(self._peaks)

    def append(self, leaf: bytes) -> None:
        """Add one leaf; equal subtrees merge."""
        merged, size, peaks = leaf_hash(leaf), self.size, self._peaks
        while size & 1:
            merged = node_hash(peaks.pop(), merged)
            size >>= 1
        peaks.append(merged)
        self.size += 1

    def root(self) -> bytes:
        """The root of all leaves appended so far."""
        if not self._peaks:
            return EMPTY
        *rest, joined = self._peaks
        for peak in reversed(rest):
            joined = node_hash(peak, joined)
        return joined
