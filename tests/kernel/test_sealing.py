"""Sealed contents open under their own key alone, and never again once it is destroyed (R17, CN-10)."""

from __future__ import annotations

from pathlib import Path

import pytest

from qms.kernel import sealing
from qms.kernel.sealing import SealBroken, SealKeyExposed, SealKeyGone

ABOUT = "party:C-000001 contact"


def _file(keys: Path, key: str) -> Path:
    return keys / "sealed" / key[:2] / f"{key}.key"


def test_what_is_sealed_opens_under_its_key(tmp_path: Path) -> None:
    """The content comes back as it was, and the sealed form shows nothing of it."""
    key = sealing.new_key(tmp_path)
    sealed = sealing.seal_text(tmp_path, key, ABOUT, "李某 13800000000")
    assert "13800000000" not in sealed
    assert sealing.unseal_text(tmp_path, key, ABOUT, sealed) == "李某 13800000000"
    assert sealing.seal_text(tmp_path, key, ABOUT, "李某 13800000000") != sealed


def test_a_key_is_private(tmp_path: Path) -> None:
    """Only its owner may read it; one that others can read opens nothing."""
    key = sealing.new_key(tmp_path)
    sealed = sealing.seal(tmp_path, key, ABOUT, b"secret")
    path = _file(tmp_path, key)
    assert path.stat().st_mode & 0o777 == 0o600
    path.chmod(0o644)
    with pytest.raises(SealKeyExposed):
        sealing.unseal(tmp_path, key, ABOUT, sealed)


def test_a_destroyed_key_opens_nothing_more(tmp_path: Path) -> None:
    """Erasing one thing leaves every other as it is; a second time finds nothing left to do."""
    key, other = sealing.new_key(tmp_path), sealing.new_key(tmp_path)
    sealed, kept = (sealing.seal(tmp_path, each, ABOUT, b"secret") for each in (key, other))
    assert sealing.destroy(tmp_path, key)
    assert not sealing.has_key(tmp_path, key)
    assert not sealing.destroy(tmp_path, key)
    with pytest.raises(SealKeyGone):
        sealing.unseal(tmp_path, key, ABOUT, sealed)
    assert sealing.unseal(tmp_path, other, ABOUT, kept) == b"secret"


def test_sealed_bytes_fit_their_place_alone(tmp_path: Path) -> None:
    """Changed, moved to another thing, or put under another key: it does not open."""
    key, other = sealing.new_key(tmp_path), sealing.new_key(tmp_path)
    sealed = sealing.seal(tmp_path, key, ABOUT, b"secret")
    changed = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for at, about, box in (
        (key, ABOUT, changed),
        (key, "party:C-000002 contact", sealed),
        (other, ABOUT, sealed),
        (key, ABOUT, b"qs0" + sealed[3:]),
        (key, ABOUT, sealed[:5]),
    ):
        with pytest.raises(SealBroken):
            sealing.unseal(tmp_path, at, about, box)
    with pytest.raises(SealBroken):
        sealing.unseal_text(tmp_path, key, ABOUT, "no base64!")


@pytest.mark.parametrize("name", ["../../trail-key.pem", "", "AB" * 16, "a" * 31])
def test_only_names_of_keys_are_looked_up(tmp_path: Path, name: str) -> None:
    """A name out of a damaged row leads to no other file."""
    with pytest.raises(ValueError, match="not the name"):
        sealing.has_key(tmp_path, name)
