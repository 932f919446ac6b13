"""Restoring a backup into an empty folder, and checking what came back (REL-10)."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from typing import TYPE_CHECKING, Any, BinaryIO, Final, cast

from sqlalchemy.engine import make_url

from qms import trail
from qms.kernel import settings as configuration
from qms.kernel.errors import Conflict, Damaged
from qms.kernel.refs import Ref
from qms.runtime.backup import FORMAT, NOTE, BackupReport, run
from qms.runtime.parts import KEEPER, build, every_permission

if TYPE_CHECKING:
    from pathlib import Path

    from qms.kernel.vault import Vault

_MEMBER: Final = re.compile(
    r"qms-backup\.json|database\.(sqlite3|dump)|vault/[0-9a-f]{64}|qms\.toml|aliases\.txt"
    r"|(checkpoints|procedures|forms|keys)/[^\0\\]+"
)


class FolderNotEmpty(Conflict):
    """A restore never mixes with what lies there."""

    message = "The folder {folder} is not empty; restore into an empty one."


class BackupDamaged(Damaged):
    """The backup is not what was written."""

    message = "The backup is damaged or incomplete: {what}."


def restore(source: Path, folder: Path, keys: Path, database_url: str = "") -> BackupReport:
    """Unpack a backup and its keys, re-hash every blob, and hold the trail against its checkpoints.

    What does not verify is named and the folder is cleared again; what does is recorded as a restore.
    """
    if folder.exists() and any(folder.iterdir()):
        raise FolderNotEmpty(folder=folder)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        return _restored(source, folder, keys, database_url)
    except BaseException:
        shutil.rmtree(folder)
        raise


def _restored(source: Path, folder: Path, keys: Path, database_url: str) -> BackupReport:
    with zipfile.ZipFile(source) as packed, zipfile.ZipFile(keys) as locked:
        _refuse_strange(packed)
        _refuse_strange(locked)
        note = _note(packed)
        settings = _settings(packed, folder, database_url)
        for part in ("procedures", "forms", "checkpoints"):
            _under(packed, f"{part}/", settings.at(getattr(settings, part)))
        _under(locked, "keys/", settings.at(settings.keys), mode=0o600)
        settings.at(settings.keys).chmod(0o700)
        for each in (settings.outbox, settings.search_index):
            settings.at(each).mkdir(parents=True, exist_ok=True)
        _database(packed, note, settings)
        made = build(folder)
        try:
            blobs = _vault(packed, made.works.vault)
            report = trail.check(made.works, KEEPER)
            if not report.ok or report.last != note["entries"]:
                lost = f"{report.last} of {note['entries']} entries"
                raise BackupDamaged(what=report.fault.sentence() if report.fault else lost)
            after = {"entries": report.last, "blobs": blobs}
            with made.works.writing(KEEPER, every_permission()) as work:
                work.record("workspace:restore", Ref("backup", source.name), after=after)
        finally:
            made.close()
    return BackupReport(report.last, blobs, source.stat().st_size)


def _settings(packed: zipfile.ZipFile, folder: Path, database_url: str) -> configuration.Settings:
    for name in ("qms.toml", "aliases.txt"):
        if name in packed.namelist():
            (folder / name).write_bytes(packed.read(name))
    if database_url:
        with (folder / "qms.toml").open("a", encoding="utf-8") as stream:
            stream.write(f"database_url = {json.dumps(database_url)}\n")
    return configuration.load(folder)


def _refuse_strange(packed: zipfile.ZipFile) -> None:
    seen = set()
    for member in packed.infolist():
        name = member.filename
        if name in seen or not _MEMBER.fullmatch(name) or ".." in name.split("/"):
            raise BackupDamaged(what=ascii(name))
        seen.add(name)


def _note(packed: zipfile.ZipFile) -> dict[str, Any]:
    try:
        note: dict[str, Any] = json.loads(packed.read(NOTE))
    except (KeyError, ValueError) as fault:
        raise BackupDamaged(what=NOTE) from fault
    if note.get("format") != FORMAT:
        raise BackupDamaged(what=f"{NOTE}: {note.get('format')}")
    return note


def _under(packed: zipfile.ZipFile, prefix: str, folder: Path, mode: int = 0o644) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in packed.namelist():
        if name.startswith(prefix):
            target = folder / name.removeprefix(prefix)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(packed.read(name))
            target.chmod(mode)


def _database(packed: zipfile.ZipFile, note: dict[str, Any], settings: configuration.Settings) -> None:
    if note["database"] not in packed.namelist():
        raise BackupDamaged(what=note["database"])
    if note["database"] == "database.sqlite3":
        target = settings.at(settings.records) / "qms.sqlite3"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(packed.read("database.sqlite3"))
        return
    copy = settings.home / ".database.dump"
    copy.write_bytes(packed.read("database.dump"))
    url = make_url(settings.database).set(drivername="postgresql").render_as_string(hide_password=False)
    run("pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", f"--dbname={url}", str(copy))
    copy.unlink()


def _vault(packed: zipfile.ZipFile, vault: Vault) -> int:
    count = 0
    for name in packed.namelist():
        if not name.startswith("vault/"):
            continue
        digest = name.removeprefix("vault/")
        with packed.open(name) as stream:
            if vault.put(cast("BinaryIO", stream)) != digest:
                raise BackupDamaged(what=digest)
        count += 1
    return count
