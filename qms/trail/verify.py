"""Verifying the trail: every body hashed again, and all of it held against the signed checkpoints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from qms.kernel.clock import iso
from qms.kernel.labels import N_
from qms.trail.canonical import commitment
from qms.trail.chain import Fault, Walk, run
from qms.trail.checkpoints import SIGN, Kept, believed, kept, restarts, start_at
from qms.trail.clocks import ClockStep
from qms.trail.errors import CheckpointUnreadable
from qms.trail.keys import PublicKey, load_key
from qms.trail.models import TrailCheckpoint, TrailPersonal, TrailStamp
from qms.trail.personal import ERASE
from qms.trail.proof import read_note
from qms.trail.stamps import STAMP, told

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

    from qms.kernel.ports import Actor
    from qms.kernel.work import Works
    from qms.trail.proof import Note

_TWO_ROOTS: Final = N_("Two checkpoints of {seq} entries were signed that contradict each other: {file}.")
_RECORD_ALTERED: Final = N_("The record of checkpoint {id} was altered.")
_RECORD_GONE: Final = N_("The record of {ref} is missing.")
_FILE_GONE: Final = N_("The kept file of the checkpoint of {size} entries is missing.")
_ERASED_SILENTLY: Final = N_("The personal value {name} of entry {seq} was erased without an entry.")
_VALUE_ALTERED: Final = N_("The personal value {name} of entry {seq} was altered.")
_VALUE_GONE: Final = N_("The personal value {name} of entry {seq} is missing.")
_STAMP_ALTERED: Final = N_("The record of time-stamp {id} was altered.")
_STAMP_GONE: Final = N_("The record of time-stamp {id} is missing.")
_BATCH: Final = 2000
_PERSONAL: Final = TrailPersonal.metadata.tables[TrailPersonal.__tablename__]
_VALUES: Final = select(_PERSONAL.c.seq, _PERSONAL.c.name, _PERSONAL.c.salt, _PERSONAL.c.value).order_by(
    _PERSONAL.c.seq, _PERSONAL.c.name
)


@dataclass(frozen=True, slots=True)
class Report:
    """What a verification found: what was checked, and the first thing that is wrong.

    `checkpoints` is how many signed checkpoints bound the entries checked: without any, neither a
    cut end nor a complete re-chain can be noticed, and whoever shows the report says so. `restarts`
    are entries by which the trail went on from an older state; `clock_steps` are entries before which
    the clock was moved (TRL-07).
    """

    checked: int
    last: int
    hash: str
    root: str
    checkpoints: int
    fault: Fault | None = None
    clock_steps: tuple[ClockStep, ...] = ()
    restarts: tuple[int, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return self.fault is None


def check(works: Works, actor: Actor, *, whole: bool = True) -> Report:
    """Verify the workspace's trail against the kept files, in the one right order of reading."""
    settings = works.settings
    public = load_key(settings.at(settings.keys)).public
    files = kept(settings)
    with works.reading(actor) as work:
        return verify(work.session, files, public, whole=whole)


def verify(session: Session, files: Sequence[Kept], public: PublicKey, *, whole: bool = True) -> Report:
    """Verify all entries, or only those since the last checkpoint; names the first bad one (TRL-02).

    `files` must have been read before the session's snapshot was taken. The session must be that of
    a reading Work.
    """
    gone = restarts(session)
    notes, file_fault = _notes([file for file in files if file.text not in gone.abandoned], public)
    walk = Walk()
    if notes and not whole:
        walk = start_at(session, notes[-1]) or walk
    start = walk.seq
    seen = _Seen()
    marks = {note.size: note.root for note in notes if note.size > start}
    fault = run(session, walk, marks, seen.look) or file_fault or _records(session, files, public, start)
    if fault is None and whole:
        fault = seen.disagreement(session)
    return Report(
        checked=walk.seq - start,
        last=walk.seq,
        hash=walk.hash,
        root=walk.root.hex(),
        checkpoints=len(notes),
        fault=fault,
        clock_steps=tuple(walk.clock_steps),
        restarts=gone.seqs,
    )


def _notes(files: Sequence[Kept], public: PublicKey) -> tuple[list[Note], Fault | None]:
    """The believed notes, the smallest first, and the first file that is none."""
    notes: dict[int, Note] = {}
    fault: Fault | None = None
    for file in files:
        try:
            note = believed(file, public)
        except CheckpointUnreadable as wrong:
            fault = fault or Fault(0, wrong.message, wrong.facts)
            continue
        if notes.setdefault(note.size, note).root != note.root:
            fault = fault or Fault(note.size, _TWO_ROOTS, {"file": file.file})
    return [notes[size] for size in sorted(notes)], fault


def _records(session: Session, files: Sequence[Kept], public: PublicKey, start: int) -> Fault | None:
    """What is wrong with a record of a checkpoint, or a record whose file is gone."""
    texts = {file.text for file in files}
    query = select(TrailCheckpoint).where(TrailCheckpoint.size >= start).order_by(TrailCheckpoint.size)
    for row in session.scalars(query):
        facts = {"id": row.id}
        try:
            note = believed(Kept("", row.note), public)
        except CheckpointUnreadable:
            return Fault(row.size, _RECORD_ALTERED, facts)
        walk = Walk.behind(row)
        if walk is None or (walk.seq, walk.root) != (note.size, note.root):
            return Fault(row.size, _RECORD_ALTERED, facts)
        if row.note not in texts:
            return Fault(row.size, _FILE_GONE, {"size": row.size})
    return None


class _Seen:
    """What the entries say about rows that stand beside the chain."""

    def __init__(self) -> None:
        self.signed: dict[str, tuple[object, ...]] = {}
        self.personal: dict[tuple[int, str], str] = {}
        self.erased: set[str] = set()
        self.stamped: dict[int, Mapping[str, Any]] = {}

    def look(self, seq: int, body: Mapping[str, Any]) -> None:
        """Take note of one body."""
        for name, digest in body.get("personal", {}).items():
            self.personal[seq, name] = digest
        if body["action"] == ERASE:
            self.erased.update(body["after"]["erased"])
        if body["action"] == STAMP:
            self.stamped[body["after"]["stamp"]] = {"ref": body["ref"], **body["after"]}
        if body["action"] == SIGN:
            after = body["after"]
            self.signed[body["ref"]] = (after["size"], after["root"], after["reason"], body["at"])

    def disagreement(self, session: Session) -> Fault | None:
        """The first row beside the chain that is not as the entries say."""
        return self._checkpoints(session) or self._stamps(session) or self._values(session)

    def _checkpoints(self, session: Session) -> Fault | None:
        found: dict[str, tuple[object, ...]] = {}
        for row in session.scalars(select(TrailCheckpoint).order_by(TrailCheckpoint.size)):
            ref = f"checkpoint:{row.id}"
            found[ref] = (row.size, read_note(row.note).root.hex(), row.reason, iso(row.at))
            if self.signed.get(ref) != found[ref]:
                return Fault(row.size, _RECORD_ALTERED, {"id": row.id})
        gone = next((ref for ref in self.signed if ref not in found), None)
        return Fault(0, _RECORD_GONE, {"ref": gone}) if gone else None

    def _stamps(self, session: Session) -> Fault | None:
        left = dict(self.stamped)
        query = select(TrailStamp, TrailCheckpoint.size)
        query = query.join(TrailCheckpoint, TrailCheckpoint.id == TrailStamp.checkpoint_id)
        for row, size in session.execute(query.order_by(TrailStamp.id)):
            promised = left.pop(row.id, None)
            ref = f"checkpoint:{row.checkpoint_id}"
            if promised is None or promised != {"ref": ref, "size": size, **_stamp(row)}:
                return Fault(size, _STAMP_ALTERED, {"id": row.id})
        gone = min(left, default=None)
        return Fault(0, _STAMP_GONE, {"id": gone}) if gone is not None else None

    def _values(self, session: Session) -> Fault | None:
        left = dict(self.personal)
        with session.execute(_VALUES, execution_options={"yield_per": _BATCH}) as found:
            for seq, name, salt, value in found:
                promised = left.pop((seq, name), None)
                if salt is None or value is None:
                    if promised is None or f"{seq}/{name}" not in self.erased:
                        return Fault(seq, _ERASED_SILENTLY, {"name": name})
                elif promised != _committed(salt, name, value):
                    return Fault(seq, _VALUE_ALTERED, {"name": name})
        lost = min(left, default=None)
        return Fault(lost[0], _VALUE_GONE, {"name": lost[1]}) if lost else None


def _stamp(row: TrailStamp) -> dict[str, object]:
    try:
        return told(row)
    except ValueError:
        return {}


def _committed(salt: str, name: str, value: str) -> str | None:
    try:
        return commitment(salt, name, value)
    except ValueError:
        return None
