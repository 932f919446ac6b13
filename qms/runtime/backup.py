"""A consistent backup while people work: database first, blobs second, keys apart (REL-09)."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import tempfile
import zipfile
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy.engine import make_url

from qms import trail
from qms.kernel.clock import iso
from qms.kernel.errors import Conflict
from qms.kernel.refs import Ref
from qms.runtime.parts import KEEPER, build, every_permission

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qms.runtime.parts import Runtime

FORMAT: Final = "qms-backup/1"
NOTE: Final = "qms-backup.json"
FOLDERS: Final = ("procedures", "forms")


class BackupExists(Conflict):
    """Nothing is ever written over a backup."""

    message = "There is a file {file} already; choose another name."


class BackupToolFailed(Conflict):
    """The database's own tool could not do its work."""

    message = "{tool} failed: {said}"


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What a backup holds, or what came back from one."""

    entries: int
    blobs: int
    bytes: int
    ok: bool = True


def backup(home: Path, target: Path) -> BackupReport:
    """Write one file that a workspace can be restored from, the keys excepted.

    A checkpoint is signed first, so that what comes back can be held against it. The database is
    copied by its own online means; the blobs are copied after it, so that every row finds its bytes.
    """
    if target.exists():
        raise BackupExists(file=target)
    made = build(home)
    try:
        trail.checkpoint(made.works, KEEPER, "backup")
        with _whole_or_not(target) as (packed, folder):
            entries = _database(made, packed, folder)
            blobs = _blobs(made, packed)
            _files(made, packed, home)
        with made.works.writing(KEEPER, every_permission()) as work:
            after = {"entries": entries, "blobs": blobs}
            work.record("workspace:backup", Ref("backup", target.name), after=after)
    finally:
        made.close()
    return BackupReport(entries, blobs, target.stat().st_size)


def backup_keys(home: Path, target: Path) -> None:
    """Write the keys to a file of their own, to be kept somewhere else, readable by its owner only."""
    if target.exists():
        raise BackupExists(file=target)
    made = build(home)
    folder = made.settings.at(made.settings.keys)
    made.close()
    with _whole_or_not(target) as (packed, _):
        for path in sorted(folder.iterdir()):
            if path.is_file():
                packed.write(path, f"keys/{path.name}")
    target.chmod(0o600)


@contextmanager
def _whole_or_not(target: Path) -> Iterator[tuple[zipfile.ZipFile, Path]]:
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as name:
        folder = Path(name)
        unfinished = folder / "unfinished.zip"
        with zipfile.ZipFile(unfinished, "w", allowZip64=True) as packed:
            yield packed, folder
        with unfinished.open("rb") as stream:
            os.fsync(stream.fileno())
        os.link(unfinished, target)


def _database(made: Runtime, packed: zipfile.ZipFile, folder: Path) -> int:
    copy = folder / "database"
    with made.works.reading(KEEPER) as work:
        now = iso(work.now)
    if made.engine.dialect.name == "sqlite":
        entries, hashed = _copy_sqlite(made, copy)
        name = "database.sqlite3"
    else:
        entries, hashed = _dump_postgresql(made, copy)
        name = "database.dump"
    packed.write(copy, name, zipfile.ZIP_DEFLATED)
    note = {"format": FORMAT, "database": name, "entries": entries, "head": hashed, "at": now}
    packed.writestr(NOTE, json.dumps(note, sort_keys=True))
    return entries


def _copy_sqlite(made: Runtime, copy: Path) -> tuple[int, str]:
    held = made.engine.raw_connection()
    try:
        source = held.driver_connection
        if not isinstance(source, sqlite3.Connection):  # pragma: no cover - the dialect was asked before
            raise TypeError(source)
        with closing(sqlite3.connect(copy)) as target:
            source.backup(target)
            seq, hashed = target.execute("SELECT seq, hash FROM trail_head").fetchone()
            return int(seq), str(hashed)
    finally:
        held.close()


def _dump_postgresql(made: Runtime, copy: Path) -> tuple[int, str]:
    """Dump in the very snapshot in which the head was read, so that note and dump agree."""
    url = make_url(made.settings.database).set(drivername="postgresql").render_as_string(hide_password=False)
    with made.works.reading(KEEPER) as work:
        seq, hashed = trail.head(work.session)
        snapshot = trail.snapshot(work.session)
        run("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={copy}", url)
    return seq, hashed


def _blobs(made: Runtime, packed: zipfile.ZipFile) -> int:
    count = 0
    for digest in made.works.vault.digests():
        with packed.open(zipfile.ZipInfo(f"vault/{digest}"), "w", force_zip64=True) as stream:
            for chunk in made.works.vault.chunks(digest):
                stream.write(chunk)
        count += 1
    return count


def _files(made: Runtime, packed: zipfile.ZipFile, home: Path) -> None:
    settings = made.settings
    for path in sorted(settings.at(settings.checkpoints).glob("*.txt")):
        packed.write(path, f"checkpoints/{path.name}")
    for folder in FOLDERS:
        base = settings.at(getattr(settings, folder))
        for path in sorted(base.rglob("*")):
            if path.is_file():
                packed.write(path, f"{folder}/{path.relative_to(base).as_posix()}")
    for name in ("qms.toml", "aliases.txt"):
        if (home / name).is_file():
            packed.write(home / name, name)


def run(*command: str) -> None:
    """Run one of the database's own tools; what it says is told when it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - fixed tools
    except FileNotFoundError as fault:
        said = "not installed (apt-get install postgresql-client)"
        raise BackupToolFailed(tool=command[0], said=said) from fault
    if done.returncode:
        raise BackupToolFailed(tool=command[0], said=(done.stderr or done.stdout).strip()[-500:])
