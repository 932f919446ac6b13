"""The folder of an index: whose it is, which build is current, one writer, and a manifest of checksums."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from qms.search.errors import IndexBusy, IndexDamaged, IndexMissing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_BUILD: Final = re.compile(r"\Aindex-(\d{6})\Z")
_TOC: Final = re.compile(r"\A_MAIN_([0-9]+)\.toc\Z")
_POLL_SECONDS: Final = 0.02
_OURS_ALONE: Final = 0o700
MANIFEST: Final = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What was written: by which analysis, up to which generation, and the digest of every file."""

    analysis: str
    generation: int
    files: Mapping[str, tuple[int, str]] = field(default_factory=dict)


class IndexFolder:
    """`search_index/` of a workspace; readable and writable by us alone, since Whoosh unpickles from it."""

    def __init__(self, path: Path) -> None:
        """Use `path`, made when an index is first built."""
        self.path = path

    @contextmanager
    def writing(self, timeout: float) -> Iterator[None]:
        """Be the one writer among all threads and processes, or be refused after `timeout` seconds."""
        self.path.mkdir(mode=_OURS_ALONE, parents=True, exist_ok=True)
        self.path.chmod(_OURS_ALONE)
        handle = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            _lock(handle, time.monotonic() + timeout)
            yield
        finally:
            os.close(handle)

    def current(self) -> Path:
        """The folder of the build that answers."""
        try:
            name = (self.path / "current").read_text("ascii", errors="replace").strip()
        except FileNotFoundError:
            raise IndexMissing from None
        if not _BUILD.match(name) or not (self.path / name).is_dir():
            raise IndexDamaged(what=f"current: {name[:40]!r}")
        return self.path / name

    def fresh(self) -> Path:
        """An empty folder for a new build; leftovers of builds that were killed go away."""
        builds = sorted(path for path in self.path.iterdir() if _BUILD.match(path.name))
        keep = self._current_or_none()
        for path in builds:
            if path != keep:
                shutil.rmtree(path)
        last = int(builds[-1].name[-6:]) if builds else 0
        build = self.path / f"index-{last + 1:06d}"
        build.mkdir(mode=_OURS_ALONE)
        return build

    def _current_or_none(self) -> Path | None:
        try:
            return self.current()
        except (IndexMissing, IndexDamaged):
            return None

    def swap(self, build: Path) -> None:
        """Let a new build answer, in one step; the former one stays until the next build.

        A reader in the middle of a search still holds the former files.
        """
        _replace(self.path / "current", build.name.encode())


def generation(build: Path) -> int:
    """The newest commit that lies in the build; -1 where there is none."""
    found = (_TOC.match(path.name) for path in build.iterdir())
    return max((int(match[1]) for match in found if match), default=-1)


def write_manifest(build: Path, analysis: str, known: Manifest | None) -> None:
    """Write down what lies in the build; files of a segment never change, so known ones are not reread."""
    files = {}
    for path in sorted(build.iterdir()):
        if not _is_data(path):
            continue
        size = path.stat().st_size
        before = known.files.get(path.name) if known else None
        same = before is not None and before[0] == size and path.suffix == ".seg"
        files[path.name] = before if before is not None and same else (size, _digest(path))
    body = {
        "analysis": analysis,
        "generation": generation(build),
        "files": {name: list(facts) for name, facts in files.items()},
    }
    text = json.dumps({"body": body, "sum": _sum(body)}, sort_keys=True)
    _replace(build / MANIFEST, text.encode())


def read_manifest(build: Path) -> Manifest:
    """The manifest of a build; a changed one is damage."""
    try:
        written = json.loads((build / MANIFEST).read_bytes())
        body = written["body"]
        if _sum(body) != written["sum"]:
            raise IndexDamaged(what=MANIFEST)
        files = {name: (int(size), str(digest)) for name, (size, digest) in body["files"].items()}
        return Manifest(body["analysis"], body["generation"], files)
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise IndexDamaged(what=MANIFEST) from fault


def check_sizes(build: Path, manifest: Manifest) -> None:
    """Notice lost and cut files; cheap enough for every search."""
    for name, (size, _) in manifest.files.items():
        try:
            now = (build / name).stat().st_size
        except FileNotFoundError:
            raise IndexDamaged(what=f"{name} is lost") from None
        if now != size:
            raise IndexDamaged(what=f"{name} is cut")


def check_digests(build: Path, manifest: Manifest, known: set[tuple[str, str]]) -> None:
    """Notice changed bytes; files whose name and digest are in `known` were read before."""
    for name, (_, digest) in manifest.files.items():
        if (name, digest) in known:
            continue
        if _digest(build / name) != digest:
            raise IndexDamaged(what=f"{name} is altered")
        known.add((name, digest))


def _is_data(path: Path) -> bool:
    return path.suffix in {".seg", ".toc"}


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _sum(body: object) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def _replace(path: Path, content: bytes) -> None:
    new = path.with_suffix(".new")
    with new.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    new.replace(path)
    handle = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _lock(handle: int, until: float) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                raise IndexBusy from None
            time.sleep(_POLL_SECONDS)
        else:
            return
