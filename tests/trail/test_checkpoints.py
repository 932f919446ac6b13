"""Signed checkpoints: kept outside, growing cheaply, never two that contradict (TRL-03, TRL-10)."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from qms import trail
from qms.kernel.errors import Conflict, Forbidden
from qms.kernel.ports import Rights
from qms.kernel.refs import Ref
from qms.trail.merkle import root
from qms.trail.proof import read_note
from tests.trail.factories import CLERK, entries, with_key

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

    from qms.kernel.settings import Settings
    from qms.kernel.work import Works

RESTARTER = Rights(permissions={"trail:restart": None})


@pytest.fixture
def keyed(works: Works, settings: Settings) -> Works:
    """Works over a workspace that has its key."""
    with_key(settings)
    return works


def test_a_checkpoint_is_kept_and_recorded(keyed: Works, settings: Settings) -> None:
    """Size and RFC 6962 root of all entries; a read-only file, a row, an entry."""
    entries(keyed, 5)
    made = trail.checkpoint(keyed, CLERK, "issue")
    with keyed.reading(CLERK) as work:
        rows = trail.since(work.session, 0)
        recorded = trail.checkpoints(work.session)
    leaves = [bytes.fromhex(row.hash) for row in rows]
    assert (made.size, made.root, made.reason) == (5, root(leaves[:5]).hex(), "issue")
    assert recorded == [made]
    (file,) = settings.at(settings.checkpoints).iterdir()
    assert file.read_text("utf-8") == made.note
    assert file.stat().st_mode & 0o777 == 0o444
    assert (rows[5].action, rows[5].ref.key, rows[5].after["size"]) == ("trail:checkpoint", str(made.id), 5)


def test_a_checkpoint_reads_only_what_was_added(keyed: Works, engine: Engine) -> None:
    """The cost does not grow with what was signed before (TRL-14)."""
    entries(keyed, 30)
    trail.checkpoint(keyed, CLERK, "issue")
    entries(keyed, 2)
    read: list[tuple[int, ...]] = []

    def look(*seen: object) -> None:
        if "ORDER BY trail_entry.seq" in str(seen[2]) and "trail_entry.prev" in str(seen[2]):
            parameters = seen[3]
            values = parameters.values() if isinstance(parameters, dict) else parameters
            read.append(tuple(values))  # type: ignore[arg-type]

    event.listen(engine, "before_cursor_execute", look)
    assert trail.checkpoint(keyed, CLERK, "issue").size == 33
    assert read == [(29,), (30,)]


def test_the_root_after_many_checkpoints_is_the_root_of_all(keyed: Works) -> None:
    """Growing from kept peaks gives the same as building anew, for every size."""
    entries(keyed, 1)
    notes = [read_note(trail.checkpoint(keyed, CLERK, "each").note) for _ in range(9)]
    with keyed.reading(CLERK) as work:
        leaves = [bytes.fromhex(row.hash) for row in trail.since(work.session, 0)]
    assert [note.size for note in notes] == list(range(1, 10))
    assert [note.root for note in notes] == [root(leaves[:size]) for size in range(1, 10)]


def test_an_empty_trail_is_not_signed(keyed: Works) -> None:
    """There is nothing to say."""
    with pytest.raises(Conflict, match="nothing to sign"):
        trail.checkpoint(keyed, CLERK, "issue")


def test_no_key_no_checkpoint(works: Works) -> None:
    """The key is made at init, not on the way."""
    with pytest.raises(trail.KeyMissing):
        trail.checkpoint(works, CLERK, "issue")


def test_a_forged_file_stops_the_next_checkpoint(keyed: Works, settings: Settings) -> None:
    """What lies among the kept checkpoints must be ours."""
    entries(keyed, 1)
    folder = settings.at(settings.checkpoints)
    folder.mkdir(parents=True)
    (folder / "x.txt").write_text("x", "utf-8")
    with pytest.raises(trail.CheckpointUnreadable, match=r"x\.txt"):
        trail.checkpoint(keyed, CLERK, "issue")


def test_a_crash_between_file_and_record_is_healed(keyed: Works, settings: Settings) -> None:
    """The file alone is right too: the next checkpoint goes on from it, reading everything once."""
    entries(keyed, 3)
    first = trail.checkpoint(keyed, CLERK, "issue")
    key = trail.load_key(settings.at(settings.keys))
    with keyed.reading(CLERK) as work:
        leaves = [bytes.fromhex(row.hash) for row in trail.since(work.session, 0)]
    note = key.sign(4, root(leaves))
    (settings.at(settings.checkpoints) / "000000000004-crash.txt").write_text(str(note), "utf-8")
    assert trail.check(keyed, CLERK).ok
    second = trail.checkpoint(keyed, CLERK, "issue")
    assert (first.size, second.size) == (3, 4)
    assert second.note == str(note)
    assert trail.check(keyed, CLERK).ok


def restore(engine: Engine, backup: Path, target: Path) -> None:
    """Put an old copy of the SQLite file in place."""
    engine.dispose()
    for leftover in target.parent.glob(f"{target.name}-*"):
        leftover.unlink()
    shutil.copy(backup, target)


def test_an_old_backup_needs_an_open_restart(keyed: Works, engine: Engine, tmp_path: Path) -> None:
    """After a restore nothing is signed until an entry names what was given up (TRL-10)."""
    if engine.dialect.name != "sqlite":
        pytest.skip("the file of the embedded database is what is restored here")
    settings, database = keyed.settings, tmp_path / "records" / "qms.sqlite3"
    public = trail.load_key(settings.at(settings.keys)).public
    entries(keyed, 3)
    trail.checkpoint(keyed, CLERK, "issue")
    engine.dispose()
    shutil.copy(database, tmp_path / "backup")
    entries(keyed, 3)
    lost = trail.checkpoint(keyed, CLERK, "issue")
    restore(engine, tmp_path / "backup", database)
    assert lost.size == 7
    fault = trail.check(keyed, CLERK).fault
    assert fault is not None
    assert fault.sentence() == "Entry 5 is missing: a checkpoint of 7 entries was signed."
    with pytest.raises(trail.CheckpointInconsistent, match="of 7 entries"):
        trail.checkpoint(keyed, CLERK, "issue")
    with keyed.writing(CLERK) as work, pytest.raises(Forbidden):
        trail.restart(work, trail.kept(settings), public, "restored")
    with keyed.writing(CLERK, RESTARTER) as work:
        assert trail.restart(work, trail.kept(settings), public, "restored from the nightly copy") == 1
    report = trail.check(keyed, CLERK)
    assert (report.ok, report.restarts) == (True, (5,))
    again = read_note(trail.checkpoint(keyed, CLERK, "restore").note)
    assert (again.origin, again.size) == (f"{public.origin}/2", 5)
    with keyed.writing(CLERK, RESTARTER) as work, pytest.raises(Conflict, match="no restart is needed"):
        trail.restart(work, trail.kept(settings), public, "again")
    assert trail.check(keyed, CLERK).ok
    with keyed.reading(CLERK) as work:
        said = trail.describe(trail.history(work.session, trail_ref())[0], "en")
    assert said == "一位文控员 let the trail go on from an older state; 1 signed checkpoints were given up."


def trail_ref() -> Ref:
    """What a restart is about: the second life of the trail."""
    return Ref("trail", "2")
