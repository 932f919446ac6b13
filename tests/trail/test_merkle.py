"""RFC 6962 trees against the definition itself and the published vectors (TRL-08)."""

from __future__ import annotations

import hashlib

import pytest

from qms.trail.merkle import CompactRange, consistency_proof, inclusion_proof, root
from qms.trail.proof import is_consistent, leaf_hash, root_of_inclusion

VECTORS = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def mth(leaves: list[bytes]) -> bytes:
    """The Merkle tree hash as RFC 6962 section 2.1 writes it down, sharing nothing with ours."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\1" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def subproof(m: int, leaves: list[bytes], *, whole: bool) -> list[bytes]:
    """SUBPROOF of RFC 6962 section 2.1.2, word for word."""
    n = len(leaves)
    if m == n:
        return [] if whole else [mth(leaves)]
    k = 1
    while k * 2 < n:
        k *= 2
    if m <= k:
        return [*subproof(m, leaves[:k], whole=whole), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], whole=False), mth(leaves[:k])]


def some(count: int) -> list[bytes]:
    return [f"leaf {number}".encode() for number in range(count)]


@pytest.mark.parametrize("size", range(9))
def test_published_roots(size: int) -> None:
    """The eight reference leaves of Certificate Transparency give their published roots."""
    assert ROOTS[size] == root(VECTORS[:size]).hex()


def test_root_and_compact_range_agree_with_the_definition() -> None:
    """For 0 to 200 leaves the root, and the root of a range grown leaf by leaf, are the defined one."""
    leaves, grown = some(200), CompactRange()
    for size in range(201):
        assert mth(leaves[:size]) == root(leaves[:size])
        assert mth(leaves[:size]) == grown.root()
        assert size.bit_count() == len(grown.peaks)
        if size < 200:
            grown.append(leaves[size])


def test_a_range_goes_on_from_its_peaks() -> None:
    """Size and peaks are all that must be kept to go on."""
    leaves = some(37)
    for size in range(38):
        first = CompactRange()
        for leaf in leaves[:size]:
            first.append(leaf)
        again = CompactRange(first.size, first.peaks)
        for leaf in leaves[size:]:
            again.append(leaf)
        assert mth(leaves) == again.root()


def test_a_range_needs_the_right_number_of_peaks() -> None:
    """Peaks that no tree of the size has are refused."""
    with pytest.raises(ValueError, match="5 leaves has 2 peaks"):
        CompactRange(5, [bytes(32)])


def test_inclusion_of_every_leaf() -> None:
    """Every leaf of every tree up to 40 is proven, and no other leaf by its path."""
    leaves = some(40)
    for size in range(1, 41):
        wanted = mth(leaves[:size])
        for index in range(size):
            path = inclusion_proof(index, leaves[:size])
            leaf = leaf_hash(leaves[index])
            assert wanted == root_of_inclusion(index, size, leaf, path)
            assert wanted != root_of_inclusion(index, size, leaf_hash(b"other"), path)
            assert wanted != root_of_inclusion(index, size, leaf, [*path, bytes(32)])
            assert not path or wanted != root_of_inclusion(index, size, leaf, path[:-1])
            assert size == 1 or wanted != root_of_inclusion((index + 1) % size, size, leaf, path)


def test_inclusion_outside_the_tree() -> None:
    """There is no path for a leaf the tree does not have."""
    assert root_of_inclusion(3, 3, bytes(32), []) is None
    assert root_of_inclusion(-1, 3, bytes(32), []) is None
    with pytest.raises(IndexError):
        inclusion_proof(3, some(3))


def test_consistency_between_any_two_sizes() -> None:
    """For all pairs up to 33 our path is the RFC's, is accepted, and no altered one is."""
    leaves = some(33)
    roots = [mth(leaves[:size]) for size in range(34)]
    for new in range(34):
        for old in range(new + 1):
            path = consistency_proof(old, leaves[:new])
            if 0 < old < new:
                assert subproof(old, leaves[:new], whole=True) == path
                for place in range(len(path)):
                    bent = [*path[:place], bytes(32), *path[place + 1 :]]
                    assert not is_consistent(old, new, roots[old], roots[new], bent)
                assert not is_consistent(old, new, roots[old], roots[new], path[:-1])
                assert not is_consistent(old, new, roots[old - 1], roots[new], path)
            assert is_consistent(old, new, roots[old], roots[new], path)
            assert not is_consistent(old, new, roots[old], roots[new], [*path, bytes(32)])


def test_consistency_refuses_nonsense() -> None:
    """A newer tree cannot be smaller, two trees of one size must be one, sizes are never negative."""
    first, second = mth(some(3)), mth(some(4))
    assert not is_consistent(4, 3, second, first, [])
    assert not is_consistent(-1, 3, first, first, [])
    assert not is_consistent(3, 3, first, second, [])
    assert not is_consistent(3, 5, first, second, [])
    with pytest.raises(IndexError):
        consistency_proof(5, some(4))
