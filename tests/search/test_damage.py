"""REL-07: whatever happens to the files, search notices and never answers wrongly in silence."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from qms.kernel.ports import Rights
from qms.search.analysis.aliases import shipped
from qms.search.analysis.query import parse
from qms.search.engine import Health, Wanted
from qms.search.errors import IndexDamaged, IndexMissing
from qms.search.folder import MANIFEST, generation
from qms.search.whoosh_engine import WhooshEngine
from tests.search.factories import DAY, entry, library

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

READER = Rights(secrecy=1)


def _file(build: Path, suffix: str) -> Path:
    (path,) = build.glob(f"*{suffix}")
    return path


def _cut(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


def _flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0x20
    path.write_bytes(content)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "segment cut": lambda build: _cut(_file(build, ".seg")),
    "segment lost": lambda build: _file(build, ".seg").unlink(),
    "contents cut": lambda build: _cut(_file(build, ".toc")),
    "contents lost": lambda build: _file(build, ".toc").unlink(),
    "byte flipped": lambda build: _flip(_file(build, ".seg")),
    "contents flipped": lambda build: _flip(_file(build, ".toc")),
    "manifest lost": lambda build: (build / MANIFEST).unlink(),
    "manifest cut": lambda build: _cut(build / MANIFEST),
    "manifest flipped": lambda build: _flip(build / MANIFEST),
    "manifest of another shape": lambda build: (build / MANIFEST).write_text("[]"),
    "pointer astray": lambda build: (build.parent / "current").write_text("../elsewhere"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_noticed_when_opened(filled: WhooshEngine, damage: str) -> None:
    """Lost, cut and flipped alike, by a process that opens the index afterwards."""
    DAMAGES[damage](filled.folder.current())
    fresh = WhooshEngine(filled.folder.path)
    assert fresh.state().health is Health.DAMAGED
    assert "damaged" in fresh.state().fault
    for _ in range(2):
        with pytest.raises(IndexDamaged):
            fresh.find(parse("文件", shipped()), READER, DAY, wanted=Wanted())
    with pytest.raises(IndexDamaged):
        fresh.suggest("cp", READER, DAY, wanted=Wanted())
    with pytest.raises(IndexDamaged):
        list(fresh.digests())
    with pytest.raises(IndexDamaged):
        fresh.index([entry("CP-30")])


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_running_process_notices_too(filled: WhooshEngine, damage: str) -> None:
    """Lost and cut files at the next search, flipped bytes when every byte is read again."""
    assert filled.state().health is Health.SOUND
    DAMAGES[damage](filled.folder.current())
    if damage in {"byte flipped", "contents flipped"}:
        assert filled.check().health is Health.DAMAGED
    assert filled.state().health is Health.DAMAGED


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_rebuild_heals(filled: WhooshEngine, damage: str) -> None:
    """Built beside and swapped, whatever lay there."""
    DAMAGES[damage](filled.folder.current() if damage else filled.folder.path)
    filled.rebuild(library().values(), 4)
    assert filled.check().health is Health.SOUND
    answer = filled.find(parse("阅知", shipped()), READER, DAY, wanted=Wanted())
    assert answer.total == 1


def test_a_commit_without_its_manifest_is_no_damage(filled: WhooshEngine) -> None:
    """Killed between commit and manifest: the entries are there, the next write puts the manifest right."""
    build = filled.folder.current()
    before = (build / MANIFEST).read_bytes()
    filled.index([entry("CP-30", text="新写的")])
    (build / MANIFEST).write_bytes(before)
    fresh = WhooshEngine(filled.folder.path)
    assert fresh.state().health is Health.SOUND
    assert fresh.find(parse("新写", shipped()), READER, DAY, wanted=Wanted()).total == 1
    fresh.index([entry("CP-31")])
    assert json.loads((build / MANIFEST).read_bytes())["body"]["generation"] == generation(build)
    assert fresh.check().health is Health.SOUND


def test_no_folder_is_missing_not_damaged(filled: WhooshEngine) -> None:
    """A thrown-away index is built anew; the cache may always be deleted."""
    (filled.folder.path / "current").unlink()
    assert filled.state().health is Health.MISSING
    with pytest.raises(IndexMissing):
        filled.find(parse("文件", shipped()), READER, DAY, wanted=Wanted())
    filled.index([entry()])
    assert filled.state().health is Health.SOUND
