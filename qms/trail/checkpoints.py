"""Signed checkpoints: what was true of the whole trail, kept outside the database (TRL-03)."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from qms.kernel.labels import N_, Phrase
from qms.kernel.refs import Ref
from qms.trail.chain import Walk, run
from qms.trail.errors import (
    CheckpointInconsistent,
    CheckpointUnreadable,
    MayNotRestart,
    NothingLost,
    RestartWithoutReason,
    TrailEmpty,
)
from qms.trail.keys import PublicKey, load_key
from qms.trail.models import TrailCheckpoint, TrailEntry
from qms.trail.proof import Note, read_note

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from qms.kernel.ports import Actor
    from qms.kernel.settings import Settings
    from qms.kernel.work import Work, Works

SIGN: Final = "trail:checkpoint"
RESTART: Final = "trail:restart"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A signed checkpoint as readers get it; `note` is the text of its file."""

    id: int
    size: int
    root: str
    note: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Kept:
    """A checkpoint file as it lies in the folder, not yet believed."""

    file: str
    text: str


def kept(settings: Settings) -> list[Kept]:
    """The checkpoint files, the smallest first.

    Read them before opening the Work that looks at the trail: whatever was signed is then in it.
    """
    folder = settings.at(settings.checkpoints)
    return [
        Kept(path.name, path.read_text("utf-8", errors="replace")) for path in sorted(folder.glob("*.txt"))
    ]


def believed(file: Kept, public: PublicKey) -> Note:
    """The note of a kept file, if this workspace signed it."""
    try:
        note = read_note(file.text)
    except ValueError as fault:
        raise CheckpointUnreadable(file=file.file, fault=fault) from fault
    if not public.verifies(note):
        raise CheckpointUnreadable(file=file.file, fault=Phrase(N_("the signature does not fit")))
    return note


def start_at(session: Session, note: Note) -> Walk | None:
    """A walk that goes on behind a signed note, where a record of it still gives the signed root."""
    for row in session.scalars(select(TrailCheckpoint).where(TrailCheckpoint.size == note.size)):
        walk = Walk.behind(row)
        if walk and walk.root == note.root:
            return walk
    return None


def checkpoint(works: Works, actor: Actor, reason: str) -> Checkpoint:
    """Sign the trail as it stands: outside any writing Work, kept as a file first, then recorded.

    Refused when the trail does not continue the last kept checkpoint (TRL-10). Costs only what was
    added since then.
    """
    settings = works.settings
    key = load_key(settings.at(settings.keys))
    files = kept(settings)
    with works.reading(actor) as work:
        last, life = last_note(work.session, files, key.public)
        walk = _grown(work.session, last)
    note = key.sign(walk.seq, walk.root, life)
    keep(settings.at(settings.checkpoints), note)
    with works.writing(actor) as work:
        row = TrailCheckpoint(
            size=walk.seq,
            before=[peak.hex() for peak in walk.before],
            last=walk.hash,
            note=str(note),
            reason=reason,
            at=work.now,
        )
        work.session.add(row)
        work.session.flush()
        after = {"size": row.size, "root": note.root.hex(), "reason": reason}
        work.record(SIGN, Ref("checkpoint", str(row.id)), after=after)
        return _value(row)


def _grown(session: Session, last: Note | None) -> Walk:
    walk = (start_at(session, last) if last else None) or Walk()
    fault = run(session, walk, {last.size: last.root} if last else {})
    if fault:
        said = Phrase(fault.message, seq=fault.seq, **fault.facts)
        raise CheckpointInconsistent(size=last.size if last else 0, fault=said)
    if walk.seq == 0:
        raise TrailEmpty
    return walk


def last_note(session: Session, files: Sequence[Kept], public: PublicKey) -> tuple[Note | None, int]:
    """The newest note that binds the trail, from file or record, and the life the trail is in."""
    gone = restarts(session)
    newest = select(TrailCheckpoint).order_by(TrailCheckpoint.size.desc()).limit(1)
    recorded = [Kept(f"checkpoint:{row.id}", row.note) for row in session.scalars(newest)]
    notes = [believed(file, public) for file in (*files, *recorded) if file.text not in gone.abandoned]
    return max(notes, key=lambda note: note.size, default=None), gone.life


@dataclass(frozen=True, slots=True)
class Restarts:
    """How often the trail went on from an older state, and the notes that were given up for it."""

    seqs: tuple[int, ...]
    abandoned: frozenset[str]

    @property
    def life(self) -> int:
        """Which life the trail is in, from 1."""
        return len(self.seqs) + 1


def restarts(session: Session) -> Restarts:
    """The restarts that the trail itself tells of."""
    query = select(TrailEntry.seq, TrailEntry.body).where(TrailEntry.action == RESTART)
    told = {row.seq: _abandoned(row.body) for row in session.execute(query.order_by(TrailEntry.seq))}
    return Restarts(tuple(told), frozenset(note for notes in told.values() for note in notes))


def _abandoned(body: str) -> list[str]:
    try:
        return [str(note) for note in json.loads(body)["after"]["abandoned"]]
    except (ValueError, KeyError, TypeError):
        return []  # an altered entry excuses nothing; the walk over the chain names it


def restart(work: Work, files: Sequence[Kept], public: PublicKey, why: str) -> int:
    """Let the trail go on from an older state after a restore, openly: an entry names what was given up.

    The entries lost stay proven by the kept files; from now on checkpoints carry the name of the
    next life, so that no log ever signs two inconsistent ones (TRL-10). Gives the number of notes
    given up.
    """
    if not work.rights.may("trail:restart"):
        raise MayNotRestart
    if not why.strip():
        raise RestartWithoutReason
    gone = restarts(work.session)
    notes = {file.text: believed(file, public) for file in files if file.text not in gone.abandoned}
    roots = {note.size: b"" for note in notes.values()}
    walk = Walk()

    def mark(seq: int, _: object) -> None:
        if seq in roots:
            roots[seq] = walk.root

    fault = run(work.session, walk, {}, mark)
    if fault:
        raise CheckpointInconsistent(size=0, fault=Phrase(fault.message, seq=fault.seq, **fault.facts))
    lost = sorted(text for text, note in notes.items() if roots[note.size] != note.root)
    if not lost:
        raise NothingLost
    after = {"abandoned": lost, "size": walk.seq, "count": len(lost)}
    work.record(RESTART, Ref("trail", str(gone.life + 1)), after=after, why=why)
    return len(lost)


def keep(folder: Path, note: Note) -> Path:
    """Write a note durably under a name that is never written twice."""
    return keep_bytes(folder, f"{name_of(note)}.txt", str(note).encode())


def name_of(note: Note) -> str:
    """The name under which a note is kept, without its ending."""
    log = hashlib.sha256(note.origin.encode()).hexdigest()[:8]
    return f"{note.size:012d}-{note.root.hex()[:16]}-{log}"


def keep_bytes(folder: Path, file: str, content: bytes) -> Path:
    """Write a file durably beside the checkpoints; a name that is there already is left alone."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / file
    handle, name = tempfile.mkstemp(prefix=".new-", dir=folder)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(0o444)
        with suppress(FileExistsError):  # the same entries under the same key give the same note
            os.link(name, path)
    finally:
        Path(name).unlink()
    folder_handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder_handle)
    finally:
        os.close(folder_handle)
    return path


def adopt(settings: Settings, folder: Path) -> int:
    """Take in the checkpoints of a folder that were kept elsewhere; each must be this workspace's own."""
    public = load_key(settings.at(settings.keys)).public
    found = [
        Kept(path.name, path.read_text("utf-8", errors="replace")) for path in sorted(folder.glob("*.txt"))
    ]
    notes = [believed(file, public) for file in found]
    for note in notes:
        keep(settings.at(settings.checkpoints), note)
    return len(notes)


def checkpoints(session: Session, limit: int = 100) -> list[Checkpoint]:
    """The recorded checkpoints, the newest first."""
    query = select(TrailCheckpoint).order_by(TrailCheckpoint.id.desc()).limit(limit)
    return [_value(row) for row in session.scalars(query)]


def _value(row: TrailCheckpoint) -> Checkpoint:
    root = read_note(row.note).root.hex()
    return Checkpoint(id=row.id, size=row.size, root=root, note=row.note, reason=row.reason, at=row.at)
