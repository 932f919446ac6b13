"""A consistent backup while people work: database first, blobs second, keys apart (REL-09)."""

from __future__ import annotations

import hashlib
import io
import json
import os
import sqlite3
import subprocess
import tempfile
import zipfile
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, cast

from sqlalchemy.engine import make_url

from qms import calendar, trail
from qms.kernel.clock import iso
from qms.kernel.database import is_full
from qms.kernel.errors import Conflict, DiskFull, refuse_full
from qms.kernel.refs import Ref
from qms.runtime.parts import KEEPER, build, every_permission, opened
from qms.runtime.sealing import Sealing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from qms.runtime.parts import Runtime

FORMAT: Final = "qms-backup/2"
KEYS: Final = "qms-keys/2"
NOTE: Final = "qms-backup.json"
CONTENTS: Final = "contents.txt"
"""Lists every stored content, so that one which is missing can be named."""
FOLDERS: Final = ("procedures", "forms", "fonts")
OWN_FILES: Final = ("aliases.txt", calendar.FILE)
"""What an organisation writes itself beside its settings, where it does."""
_PIECE: Final = 1 << 20


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


@dataclass(slots=True)
class Packer:
    """An archive being written: its closing note tells the digest of every member (REL-10)."""

    archive: zipfile.ZipFile
    files: dict[str, str] = field(default_factory=dict)
    blobs: int = 0
    _listed: hashlib._Hash = field(default_factory=hashlib.sha256)

    def add(self, name: str, source: BinaryIO, method: int = zipfile.ZIP_DEFLATED) -> None:
        """One named file."""
        member = zipfile.ZipInfo(name)
        member.compress_type = method
        hashed = hashlib.sha256()
        with self.archive.open(member, "w", force_zip64=True) as stream:
            while piece := source.read(_PIECE):
                hashed.update(piece)
                stream.write(piece)
        self.files[name] = hashed.hexdigest()

    def add_file(self, name: str, path: Path) -> None:
        """One file of the workspace."""
        with path.open("rb") as stream:
            self.add(name, stream)

    def add_blob(self, digest: str, chunks: Iterator[bytes]) -> None:
        """One stored content, whose name is its digest."""
        with self.archive.open(zipfile.ZipInfo(f"vault/{digest}"), "w", force_zip64=True) as stream:
            for chunk in chunks:
                stream.write(chunk)
        self.blobs += 1
        self._listed.update(f"{digest}\n".encode())

    def close(self, facts: Mapping[str, object]) -> None:
        """The note, written last."""
        told = {**facts, "files": self.files, "blobs": self.blobs, "listed": self._listed.hexdigest()}
        self.archive.writestr(NOTE, json.dumps(told, sort_keys=True))


def backup(home: Path, target: Path, *, behind: bool = False, passphrase: str | None = None) -> BackupReport:
    """Write one file that a workspace can be restored from, the keys excepted.

    A checkpoint is signed first, so that what comes back can be held against it. The database is
    copied by its own online means; the blobs are copied after it, so that every row finds its bytes.
    `behind` takes a database of an earlier schema as it is, before an upgrade: nothing is written to it;
    nor is it while the workspace is closed to acts (REL-17). With a `passphrase` nothing leaves unsealed:
    what is written beside the target is encrypted, and the copy of the database waits in the workspace.
    """
    if target.exists():
        raise BackupExists(file=target)
    made = opened(home) if behind else build(home)
    quiet = behind or made.gate() is not None
    try:
        if not quiet:
            trail.checkpoint(made.works, KEEPER, "backup")
        # Listed before the database is copied: a later one would tell of entries the copy has not.
        kept = sorted(made.settings.at(made.settings.checkpoints).glob("*.txt"))
        with made.works.vault.held(), _whole_or_not(target, made, passphrase) as (packer, folder):
            facts = _database(made, packer, folder)
            with (folder / CONTENTS).open("w", encoding="ascii") as listed:
                for digest in made.works.vault.digests():
                    packer.add_blob(digest, made.works.vault.chunks(digest))
                    listed.write(f"{digest}\n")
            packer.add_file(CONTENTS, folder / CONTENTS)
            _files(made, packer, home, kept)
            packer.close({"format": FORMAT, **facts})
        entries = int(str(facts["entries"]))
        if not quiet:
            with made.works.writing(KEEPER, every_permission()) as work:
                after = {"entries": entries, "blobs": packer.blobs}
                work.record("workspace:backup", Ref("backup", target.name), after=after)
    finally:
        made.close()
    return BackupReport(entries, packer.blobs, target.stat().st_size)


def backup_keys(home: Path, target: Path, *, passphrase: str | None = None) -> None:
    """Write the keys to a file of their own, to be kept somewhere else, readable by its owner only."""
    if target.exists():
        raise BackupExists(file=target)
    made = opened(home)
    folder = made.settings.at(made.settings.keys)
    made.close()
    with _whole_or_not(target, made, passphrase) as (packer, _):
        # Also the keys of sealed contents, which lie in folders of their own (D-0022).
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                packer.add_file(f"keys/{path.relative_to(folder).as_posix()}", path)
        packer.close({"format": KEYS})


@contextmanager
def _whole_or_not(target: Path, made: Runtime, passphrase: str | None) -> Iterator[tuple[Packer, Path]]:
    """An archive readable by its owner only, that gets its name once all of it is on the disk."""
    with refuse_full(), ExitStack() as stack:
        near = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent)))
        folder = near
        if passphrase is not None:
            within = made.settings.at(made.settings.records)
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix=".backup-", dir=within)))
        unfinished = near / "unfinished.zip"
        with unfinished.open("xb") as stream:
            out = stream if passphrase is None else cast("BinaryIO", Sealing(stream, passphrase))
            with zipfile.ZipFile(out, "w", allowZip64=True) as archive:
                yield Packer(archive), folder
            out.close()
        unfinished.chmod(0o600)
        with unfinished.open("rb") as stream:
            os.fsync(stream.fileno())
        os.link(unfinished, target)
        handle = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)  # its name too outlasts a power cut (REL-03)
        finally:
            os.close(handle)


def _database(made: Runtime, packer: Packer, folder: Path) -> dict[str, object]:
    copy = folder / "database"
    now = iso(made.works.clock.now())
    if made.engine.dialect.name == "sqlite":
        entries, hashed = _copy_sqlite(made, copy)
        name = "database.sqlite3"
    else:
        entries, hashed = _dump_postgresql(made, copy)
        name = "database.dump"
    packer.add_file(name, copy)
    return {"database": name, "entries": entries, "head": hashed, "at": now}


def _copy_sqlite(made: Runtime, copy: Path) -> tuple[int, str]:
    held = made.engine.raw_connection()
    try:
        source = held.driver_connection
        if not isinstance(source, sqlite3.Connection):  # pragma: no cover - the dialect was asked before
            raise TypeError(source)
        with closing(sqlite3.connect(copy)) as target:
            _copy_pages(source, target)
            seq, hashed = target.execute("SELECT seq, hash FROM trail_head").fetchone()
            return int(seq), str(hashed)
    finally:
        held.close()


def _copy_pages(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    try:
        source.backup(target)
    except sqlite3.OperationalError as fault:
        if is_full(fault):
            raise DiskFull from fault
        raise


def _dump_postgresql(made: Runtime, copy: Path) -> tuple[int, str]:
    """Dump in the very snapshot in which the head was read, so that note and dump agree."""
    with made.works.reading(KEEPER) as work:
        seq, hashed = trail.head(work.session)
        snapshot = trail.snapshot(work.session)
        asked = ("pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={copy}")
        run(asked, made.settings.database)
    return seq, hashed


def _files(made: Runtime, packer: Packer, home: Path, checkpoints: Sequence[Path]) -> None:
    for path in checkpoints:
        packer.add_file(f"checkpoints/{path.name}", path)
    for folder in FOLDERS:
        base = made.settings.at(getattr(made.settings, folder))
        for path in sorted(base.rglob("*")):
            if path.is_file():
                packer.add_file(f"{folder}/{path.relative_to(base).as_posix()}", path)
    settings = home / "qms.toml"
    packer.add("qms.toml", io.BytesIO(settings.read_bytes() if settings.is_file() else b""))
    for name in OWN_FILES:
        if (home / name).is_file():
            packer.add_file(name, home / name)


def run(command: Sequence[str], database: str) -> None:
    """Run one of PostgreSQL's own tools on a database; what it says is told when it fails.

    The password goes by the environment, where other users of the machine cannot read it.
    """
    url = make_url(database)
    secret = {"PGPASSWORD": str(url.password)} if url.password else {}
    named = url.set(drivername="postgresql")._replace(password=None).render_as_string(hide_password=False)
    try:
        done = subprocess.run(  # noqa: S603 - fixed tools
            [*command, f"--dbname={named}"],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, **secret},
        )
    except FileNotFoundError as fault:
        said = "not installed (apt-get install postgresql-client)"
        raise BackupToolFailed(tool=command[0], said=said) from fault
    if done.returncode:
        raise BackupToolFailed(tool=command[0], said=(done.stderr or done.stdout).strip()[-500:])
