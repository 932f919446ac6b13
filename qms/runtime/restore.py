"""Restoring a backup into an empty folder, and checking what came back (REL-10)."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import tempfile
import zipfile
import zlib
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

from sqlalchemy import text
from sqlalchemy.engine import make_url

from qms import trail
from qms.kernel import settings as configuration
from qms.kernel.database import build_engine
from qms.kernel.errors import Conflict, Damaged
from qms.kernel.refs import Ref
from qms.kernel.vault import LocalVault
from qms.runtime.backup import CONTENTS, FOLDERS, FORMAT, KEYS, NOTE, OWN_FILES, BackupReport, run
from qms.runtime.parts import FINISHED, KEEPER, build, every_permission, reached
from qms.runtime.sealing import PassphraseNeeded, is_sealed, unseal

if TYPE_CHECKING:
    from collections.abc import Iterator

_PIECE: Final = 1 << 20
_NAMED: Final = 5
_MEMBER: Final = re.compile(
    r"qms-backup\.json|contents\.txt|database\.(sqlite3|dump)|vault/[0-9a-f]{64}|qms\.toml|aliases\.txt|calendars\.yaml"
    r"|(checkpoints|procedures|forms|fonts|keys)(/[^\0\\/]+)+"
)
_PLAIN: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_DATABASE: Final = re.compile(r"^\s*database_url\s*=.*$", re.MULTILINE)
_TABLES: Final = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
_EMPTY: Final = """
DO $$ DECLARE one record; BEGIN
  FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('DROP TABLE public.%I CASCADE', one.tablename);
  END LOOP;
  FOR one IN SELECT p.oid::regprocedure AS name FROM pg_proc p
             WHERE p.pronamespace = 'public'::regnamespace
               AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') LOOP
    EXECUTE format('DROP FUNCTION %s', one.name);
  END LOOP;
END $$
"""
PLACES: Final = ("records", "search_index", *FOLDERS, "keys", "checkpoints", "outbox")
_PLACED: Final = re.compile(rf"^\s*({'|'.join(PLACES)})\s*=.*$", re.MULTILINE)


class FolderNotEmpty(Conflict):
    """A restore never mixes with what lies there."""

    message = "The folder {folder} is not empty; restore into an empty one."


class OtherDatabase(Conflict):
    """A copy of one kind of database cannot be put into another kind."""

    message = "The backup holds a database of {kind}; restore it into one of that kind."


class DatabaseNotEmpty(Conflict):
    """A restore never mixes with what another workspace has in a database."""

    message = "The database is not empty; restore into an empty one."


class BackupDamaged(Damaged):
    """The backup is not what was written."""

    message = "The backup is damaged or incomplete: {what}."


def restore(
    source: Path,
    folder: Path,
    keys: Path,
    database_url: str = "",
    *,
    apart: bool = False,
    checkpoints: Path | None = None,
    passphrase: str = "",
) -> BackupReport:
    """Unpack a backup and its keys, re-hash every blob, and hold the trail against its checkpoints.

    Every byte is checked before the database is filled. What does not verify is named and the folder
    is cleared again; what does is recorded as a restore. `apart` puts all of it below the folder,
    whatever other places the settings name: for practising beside the workspace itself. `checkpoints`
    is a folder of those kept elsewhere: what was signed after the backup is given up openly (TRL-10).
    `passphrase` opens what is sealed; unsealed it lies in a file without a name, gone with the process.
    """
    existed = folder.exists()
    if existed and any(folder.iterdir()):
        raise FolderNotEmpty(folder=folder)
    folder.mkdir(parents=True, exist_ok=True)
    made: list[Path] = [folder]
    undo = ExitStack()
    try:
        with _archive(source, folder, passphrase) as packed, _archive(keys, folder, passphrase) as locked:
            note = _checked(packed, FORMAT)
            _checked(locked, KEYS, f"keys/{FINISHED}")
            settings = _settings(packed, folder, database_url, apart=apart)
            made += _folders(settings, folder)
            blobs = _unpack(packed, locked, settings)
            _database(packed, note, settings, undo)
            _finish(locked, settings)
        report = _held_against(folder, note, source.name, blobs, checkpoints)
    except BaseException:
        undo.close()
        for each in made:
            shutil.rmtree(each, ignore_errors=each != folder)
        if existed:
            folder.mkdir()
        raise
    return BackupReport(report.last, blobs, source.stat().st_size)


@contextmanager
def _archive(path: Path, folder: Path, passphrase: str) -> Iterator[zipfile.ZipFile]:
    try:
        with ExitStack() as stack:
            plain = stack.enter_context(tempfile.TemporaryFile(dir=folder)) if is_sealed(path) else path
            if not isinstance(plain, Path):
                if not passphrase:
                    raise PassphraseNeeded(file=path.name)
                unseal(path, passphrase, cast("BinaryIO", plain))
            yield stack.enter_context(zipfile.ZipFile(plain))
    except (zipfile.BadZipFile, zlib.error, EOFError) as fault:
        raise BackupDamaged(what=f"{path.name}: {fault}") from fault


def _checked(packed: zipfile.ZipFile, wanted: str, needed: str = "qms.toml") -> dict[str, Any]:
    """The note, after every named file was held against it; stored contents are hashed when unpacked."""
    _refuse_strange(packed)
    try:
        note: dict[str, Any] = json.loads(packed.read(NOTE))
    except (KeyError, ValueError) as fault:
        raise BackupDamaged(what=NOTE) from fault
    if note.get("format") != wanted:
        raise BackupDamaged(what=f"{NOTE}: {note.get('format')}")
    listed = hashlib.sha256()
    files = dict(note["files"])
    if needed not in files:
        raise BackupDamaged(what=needed)
    for member in packed.infolist():
        name = member.filename
        if name.startswith("vault/"):
            listed.update(f"{name.removeprefix('vault/')}\n".encode())
        elif name != NOTE and files.pop(name, None) != _digest(packed, name):
            raise BackupDamaged(what=name)
    if files:
        raise BackupDamaged(what=", ".join(sorted(files)))
    if listed.hexdigest() != note["listed"]:
        raise BackupDamaged(what=", ".join(_lacking(packed)) or "vault")
    return note


def _lacking(packed: zipfile.ZipFile) -> list[str]:
    """The stored contents that the archive lists and does not hold; the first few (REL-10)."""
    if CONTENTS not in packed.namelist():
        return []
    listed = packed.read(CONTENTS).decode("ascii").split()
    there = {name.removeprefix("vault/") for name in packed.namelist()}
    return [digest for digest in listed if digest not in there][:_NAMED]


def _refuse_strange(packed: zipfile.ZipFile) -> None:
    seen = set()
    for member in packed.infolist():
        name = member.filename
        strange = name in seen or not _MEMBER.fullmatch(name) or not {"..", "."}.isdisjoint(name.split("/"))
        if strange or member.flag_bits & 1 or member.compress_type not in _PLAIN:
            raise BackupDamaged(what=ascii(name))
        seen.add(name)


def _digest(packed: zipfile.ZipFile, name: str) -> str:
    hashed = hashlib.sha256()
    with packed.open(name) as stream:
        while piece := stream.read(_PIECE):
            hashed.update(piece)
    return hashed.hexdigest()


def _settings(
    packed: zipfile.ZipFile, folder: Path, database_url: str, *, apart: bool
) -> configuration.Settings:
    for name in ("qms.toml", *OWN_FILES):
        if name in packed.namelist():
            (folder / name).write_bytes(packed.read(name))
    path = folder / "qms.toml"
    if apart:
        path.write_text(_PLACED.sub("", path.read_text("utf-8")), "utf-8")
    if database_url:
        others = _DATABASE.sub("", path.read_text("utf-8")).strip()
        path.write_text(f"{others}\ndatabase_url = {json.dumps(database_url)}\n".lstrip(), "utf-8")
    (folder / "qms.toml").chmod(0o600)
    return configuration.load(folder)


def _folders(settings: configuration.Settings, folder: Path) -> list[Path]:
    """Make every folder of the settings; one that lies elsewhere must be empty as well."""
    places = [settings.at(getattr(settings, name)) for name in PLACES]
    for place in places:
        if place.exists() and any(place.iterdir()):
            raise FolderNotEmpty(folder=place)
    for place in places:
        place.mkdir(parents=True, exist_ok=True)
    settings.at(settings.keys).chmod(0o700)
    return [place for place in places if not place.is_relative_to(folder)]


def _unpack(packed: zipfile.ZipFile, locked: zipfile.ZipFile, settings: configuration.Settings) -> int:
    for part in (*FOLDERS, "checkpoints"):
        _under(packed, f"{part}/", settings.at(getattr(settings, part)), 0o644)
    _under(locked, "keys/", settings.at(settings.keys), 0o600, later=f"keys/{FINISHED}")
    vault = LocalVault(settings.at(settings.records) / "vault")
    digests = [name.removeprefix("vault/") for name in packed.namelist() if name.startswith("vault/")]
    for digest in digests:
        with packed.open(f"vault/{digest}") as stream:
            if vault.put(cast("BinaryIO", stream)) != digest:
                raise BackupDamaged(what=digest)
    return len(digests)


def _under(packed: zipfile.ZipFile, prefix: str, folder: Path, mode: int, later: str = "") -> None:
    for name in packed.namelist():
        if name.startswith(prefix) and name != later:
            target = folder / name.removeprefix(prefix)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.touch(mode=mode)
            target.write_bytes(packed.read(name))


def _database(
    packed: zipfile.ZipFile, note: dict[str, Any], settings: configuration.Settings, undo: ExitStack
) -> None:
    name = note["database"]
    kind = "SQLite" if name == "database.sqlite3" else "PostgreSQL"
    url = make_url(settings.database)
    if url.get_backend_name() != kind.lower():
        raise OtherDatabase(kind=kind)
    if kind == "SQLite":
        target = Path(url.database or "")
        if target.exists():
            raise FolderNotEmpty(folder=target)
        _copy(packed, name, target)
        return
    with reached():
        _refuse_filled(settings.database)
    copy = settings.at(settings.records) / ".database.dump"
    _copy(packed, name, copy)
    undo.callback(empty, settings.database)
    run(("pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", str(copy)), settings.database)
    copy.unlink()


def _finish(locked: zipfile.ZipFile, settings: configuration.Settings) -> None:
    """The mark of a workspace, last: a restore that was killed is none, and nothing opens it (REL-02)."""
    _under(locked, f"keys/{FINISHED}", settings.at(settings.keys) / FINISHED, 0o600)


def _refuse_filled(url: str) -> None:
    engine = build_engine(url)
    with engine.connect() as connection:
        there = connection.scalar(text(_TABLES))
    engine.dispose()
    if there:
        raise DatabaseNotEmpty


def empty(url: str) -> None:
    """Take away what a restore has put into a database which was empty before it."""
    engine = build_engine(url)
    with engine.begin() as connection:
        connection.execute(text(_EMPTY))
    engine.dispose()


def _copy(packed: zipfile.ZipFile, name: str, target: Path) -> None:
    with packed.open(name) as stream, target.open("xb") as out:
        shutil.copyfileobj(stream, out, _PIECE)
    target.chmod(0o600)


def _held_against(
    folder: Path, note: dict[str, Any], source: str, blobs: int, checkpoints: Path | None = None
) -> trail.Report:
    """The trail of what came back against its own checkpoints and against the backup's note.

    Then against those kept elsewhere: what they prove lost is named by an entry of its own (TRL-10).
    """
    made = build(folder)
    made.gate.lift()
    try:
        report = trail.check(made.works, KEEPER)
        if report.fault:
            raise BackupDamaged(what=report.fault.sentence())
        if (report.last, report.hash) != (note["entries"], note["head"]):
            raise BackupDamaged(what=f"{report.last} / {note['entries']}")
        if checkpoints is not None:
            trail.adopt(made.settings, checkpoints)
        files = trail.kept(made.settings)
        public = trail.load_key(made.settings.at(made.settings.keys)).public
        with made.works.writing(KEEPER, every_permission()) as work:
            after = {"entries": report.last, "blobs": blobs}
            work.record("workspace:restore", Ref("backup", source), after=after)
            if checkpoints is not None:
                with suppress(trail.NothingLost):
                    trail.restart(work, files, public, f"restored from {source}")
    finally:
        made.close()
    return report
