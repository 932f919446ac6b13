"""The drill: a backup is brought back beside the workspace, read through, and thrown away again (REL-10)."""

from __future__ import annotations

import os
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from qms import trail
from qms.documents.models import Revision
from qms.kernel.errors import Damaged
from qms.kernel.refs import Ref
from qms.runtime.parts import KEEPER, build, every_permission
from qms.runtime.restore import PLACES, empty, restore
from qms.runtime.scrub import Scrubbed, look

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qms.runtime.parts import Runtime

_SAMPLES = 20
_SIZE = 12


class DrillFailed(Damaged):
    """What came back is not what the workspace proves that it was."""

    message = "The backup came back, but it does not stand: {what}"


@dataclass(frozen=True, slots=True)
class Drilled:
    """What a drill showed: how long it took, what would be lost, and what the scrub of it says."""

    entries: int
    lost: int
    blobs: int
    pdfs: int
    seconds: float
    scrubbed: Scrubbed


def drill(home: Path, source: Path, keys: Path, database_url: str = "", *, passphrase: str = "") -> Drilled:
    """Restore into a folder of its own, scrub it, hold it against the workspace's kept checkpoints.

    What was written since the backup is what would be lost. The result is an entry of the workspace.
    """
    live = build(home)
    began = time.monotonic()
    try:
        with _places_of_its_own(), tempfile.TemporaryDirectory(prefix="qms-drill-") as name:
            folder = Path(name) / "back"
            report = restore(source, folder, keys, database_url, apart=True, passphrase=passphrase)
            try:
                pdfs, scrubbed = _looked_at(live, folder, report.entries)
            finally:
                if database_url:
                    empty(database_url)
        with live.works.reading(KEEPER) as work:
            lost = trail.head(work.session)[0] - report.entries
        seconds = round(time.monotonic() - began, 1)
        done = Drilled(report.entries, lost, report.blobs, pdfs, seconds, scrubbed)
        if live.gate() is None:
            _record(live, source, done)
    finally:
        live.close()
    return done


@contextmanager
def _places_of_its_own() -> Iterator[None]:
    """No place that the environment names for the living workspace is that of the drill."""
    names = {f"QMS_{name.upper()}" for name in (*PLACES, "database_url")} & os.environ.keys()
    kept = {name: os.environ.pop(name) for name in names}
    try:
        yield
    finally:
        os.environ.update(kept)


def _looked_at(live: Runtime, folder: Path, entries: int) -> tuple[int, Scrubbed]:
    made = build(folder)
    made.gate.lift()
    try:
        _hold_against(live, made, entries)
        made.search.follow(made.works, KEEPER)
        return _samples(made), look(made)
    finally:
        made.close()


def _hold_against(live: Runtime, made: Runtime, entries: int) -> None:
    """The checkpoints that the living workspace keeps, not those that came with the backup (TRL-03)."""
    files = [file for file in trail.kept(live.settings) if int(file.file[:_SIZE]) <= entries]
    public = trail.load_key(live.settings.at(live.settings.keys)).public
    with made.works.reading(KEEPER) as work:
        report = trail.verify(work.session, files, public)
    if report.fault is not None:
        raise DrillFailed(what=report.fault.sentence())


def _samples(made: Runtime) -> int:
    """Open the newest issued PDFs, whose bytes are checked by being read (DOC-05)."""
    with made.works.reading(KEEPER, every_permission()) as work:
        issued = select(Revision.pdf_digest).where(Revision.pdf_digest.is_not(None))
        digests = [
            each for each in work.session.scalars(issued.order_by(Revision.id.desc()).limit(_SAMPLES)) if each
        ]
    for digest in digests:
        if not made.works.vault.read(digest).startswith(b"%PDF-"):
            raise DrillFailed(what=digest)
    return len(digests)


def _record(live: Runtime, source: Path, done: Drilled) -> None:
    after = {
        "entries": done.entries,
        "lost": done.lost,
        "blobs": done.blobs,
        "pdfs": done.pdfs,
        "found": sum(done.scrubbed.told.values()),
        "milliseconds": round(done.seconds * 1000),
    }
    with live.works.writing(KEEPER, every_permission()) as work:
        work.record("workspace:drill", Ref("backup", source.name), after=after)
