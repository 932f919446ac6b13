"""A sealed backup: nothing of it can be read, any damage is found, and it comes back (REL-09, MLP-08)."""

from __future__ import annotations

import io
import json
from contextlib import nullcontext
from typing import TYPE_CHECKING

import pytest

from qms.runtime import sealing
from qms.runtime.sealing import (
    LEAST,
    PassphraseShort,
    PassphraseWrong,
    SealedFileDamaged,
    Sealing,
    is_sealed,
    unseal,
)
from tests.cli.databases import fresh_postgresql

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.terminal import Terminal

PHRASE = "eleven quiet lighthouses"
_PIECE = 64


@pytest.fixture(autouse=True)
def small_and_light(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small pieces, so that little content has many; the cheapest key, which the file itself says."""
    monkeypatch.setattr(sealing, "_PIECE", _PIECE)
    monkeypatch.setattr(sealing, "_TIME", 1)
    monkeypatch.setattr(sealing, "_MEMORY_KB", 8)


def sealed(path: Path, content: bytes, phrase: str = PHRASE) -> bytes:
    """Seal content into a file, in uneven bits; the bytes of the file."""
    with path.open("wb") as stream:
        out = Sealing(stream, phrase)
        for at in range(0, len(content), 37):
            out.write(content[at : at + 37])
        out.close()
    return path.read_bytes()


def opened(path: Path, phrase: str = PHRASE) -> bytes:
    """What comes out."""
    out = io.BytesIO()
    unseal(path, phrase, out)
    return out.getvalue()


@pytest.mark.parametrize("length", [0, 1, _PIECE - 1, _PIECE, _PIECE + 1, 5 * _PIECE])
def test_it_comes_back_as_it_was(tmp_path: Path, length: int) -> None:
    content = bytes(range(256)) * 2
    kept = sealed(tmp_path / "x", content[:length])
    assert opened(tmp_path / "x") == content[:length]
    assert is_sealed(tmp_path / "x")
    assert content[:16] not in kept
    assert kept != sealed(tmp_path / "y", content[:length])


def test_any_damage_is_found(tmp_path: Path) -> None:
    """Each flipped byte, each cut, pieces exchanged, left out, doubled, put from elsewhere."""
    path = tmp_path / "x"
    content = b"0123456789abcdef" * 20
    kept = sealed(path, content)
    head = kept.index(b"\n", len(sealing.FORM)) + 1
    size = _PIECE + 16
    pieces = [kept[at : at + size] for at in range(head, len(kept), size)]
    strange = sealed(tmp_path / "y", content)
    places = range(len(sealing.FORM), len(kept))
    damaged = [kept[:at] + bytes([kept[at] ^ 1]) + kept[at + 1 :] for at in places]
    damaged += [kept[:at] for at in places]
    damaged += [
        kept[:head] + b"".join(order)
        for order in (pieces[::-1], pieces[1:], pieces[:-1], [*pieces, pieces[-1]], [pieces[0], *pieces])
    ]
    damaged.append(kept[: head + size] + strange[strange.index(b"\n", len(sealing.FORM)) + 1 + size :])
    for number, wrong in enumerate(damaged):
        path.write_bytes(wrong)
        with pytest.raises((SealedFileDamaged, PassphraseWrong)):
            assert (number, opened(path)) is None


def test_a_wrong_passphrase_is_told_from_damage(tmp_path: Path) -> None:
    sealed(tmp_path / "x", b"content")
    with pytest.raises(PassphraseWrong):
        opened(tmp_path / "x", PHRASE + "!")
    with pytest.raises(PassphraseShort):
        sealed(tmp_path / "y", b"content", "x" * (LEAST - 1))


def test_a_strange_file_asks_for_no_more_than_is_bearable(tmp_path: Path) -> None:
    """Rounds and memory stand in the file: one that would exhaust the machine is damaged, not obeyed."""
    told = {"salt": "00" * 16, "nonce": "00" * 7, "time": 1, "memory": 1 << 40, "check": ""}
    for more in ({}, {"memory": 0}, {"memory": 8, "time": 10**9}, {"salt": "zz"}, {"memory": None}):
        (tmp_path / "x").write_bytes(sealing.FORM + json.dumps({**told, **more}).encode() + b"\n")
        with pytest.raises(SealedFileDamaged):
            opened(tmp_path / "x")


def test_a_sealed_backup_is_practised_and_restored(terminal: Terminal, tmp_path: Path) -> None:
    """By the commands, on both databases: with the passphrase all of it is back, without it nothing."""
    file, keys = tmp_path / "backup.sealed", tmp_path / "keys.sealed"
    typed = (PHRASE,)
    assert terminal("backup", file, "--keys", keys, "--sealed", typed=("short",)).code != 0
    assert not file.exists()
    assert terminal("backup", file, "--keys", keys, "--sealed", typed=typed).code == 0
    for each in (file, keys):
        assert each.stat().st_mode & 0o777 == 0o600
        assert b"PK" not in each.read_bytes()[:64]
    assert not list(terminal.home.rglob(".backup-*")) + list(tmp_path.glob(".backup-*"))
    postgresql = "postgresql" in (terminal.home / "qms.toml").read_text("utf-8")
    with fresh_postgresql() if postgresql else nullcontext("") as url:
        where = ["--database-url", url] if postgresql else []
        assert terminal.json("drill", file, "--keys", keys, *where, typed=typed).value["found"] == 0
        back = tmp_path / "back"
        for phrase, refused in (("", "PassphraseNeeded"), ("eleven loud lighthouses", "PassphraseWrong")):
            answer = terminal.json("restore", file, back, "--keys", keys, *where, typed=(phrase,))
            assert (answer.refused, back.exists()) == (refused, False)
        done = terminal.json("restore", file, back, "--keys", keys, *where, typed=typed)
        assert (done.code, done.value["ok"]) == (0, True)
