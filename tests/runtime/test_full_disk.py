"""A disk that takes no more: a refusal, nothing half-written, reading goes on, room mends it (REL-04)."""

from __future__ import annotations

import dataclasses
import os
import resource
import signal
import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from qms import runtime, trail
from qms.kernel.errors import DiskFull
from qms.kernel.refs import Ref
from qms.runtime import KEEPER, every_permission, startup
from tests.cli.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from qms.kernel.settings import Settings
    from qms.kernel.work import Works
    from qms.runtime import Runtime

MEGABYTE: Final = 1 << 20


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    """A file system of a few megabytes, where the tests may mount one."""
    folder = tmp_path / "small"
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(folder)]
    if os.geteuid() or subprocess.run(words, check=False, capture_output=True).returncode:
        pytest.skip("a file system of its own can be mounted by root alone; the limits are tested without")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def cramped(small: Path, at: Callable[[str], Terminal]) -> Iterator[Runtime]:
    """A workspace whose records lie there, which keeps no room free by itself."""
    terminal = at("draft")
    records, search = terminal.home / "records", terminal.home / "search_index"
    for folder in (records, search):
        subprocess.run(["cp", "-a", str(folder), str(small)], check=True)
        subprocess.run(["rm", "-r", str(folder)], check=True)
        folder.symlink_to(small / folder.name)
    with (terminal.home / "qms.toml").open("a", encoding="utf-8") as stream:
        stream.write("stop_megabytes = 0\n")
    made = runtime.build(terminal.home)
    made.search.follow(made.works, KEEPER)
    yield made
    made.close()


def fill(folder: Path) -> Path:
    """Take all the room there is."""
    path = folder / "filler"
    with path.open("wb", buffering=0) as stream, suppress(OSError):
        while True:
            stream.write(bytes(4096))
    return path


def write(made: Runtime, length: int = 200) -> None:
    """An act with an entry of some length."""
    with made.works.writing(KEEPER, every_permission()) as work:
        work.record("workspace:backup", Ref("backup", "x"), after={"entries": 1, "said": "x" * length})


def last(made: Runtime) -> int:
    """The number of the last entry, read by the running program."""
    with made.works.reading(KEEPER) as work:
        return trail.head(work.session)[0]


def files(folder: Path) -> set[str]:
    """Everything that lies below."""
    return {
        str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file() and path.name != ".lock"
    }


def test_a_store_without_room_keeps_nothing_of_it(cramped: Runtime, small: Path) -> None:
    """No file under the final name, none beside it; what was there is read; then there is room."""
    vault = cramped.works.vault
    there = next(vault.digests())
    before = files(small / "records" / "vault")
    with pytest.raises(DiskFull):
        vault.put(os.urandom(14 * MEGABYTE))
    assert files(small / "records" / "vault") == before
    assert vault.sound(there)
    digest = vault.put(os.urandom(1000))
    assert vault.sound(digest)


def test_an_act_without_room_is_undone(cramped: Runtime, small: Path) -> None:
    """The database is whole, everything is read, and the same process writes when there is room."""
    seq = last(cramped)
    filler = fill(small)
    with pytest.raises(DiskFull):
        write(cramped, 4 * MEGABYTE)
    assert last(cramped) == seq
    assert trail.check(cramped.works, KEEPER).ok
    assert list(cramped.works.vault.digests())
    filler.unlink()
    write(cramped)
    assert last(cramped) == seq + 1
    assert trail.check(cramped.works, KEEPER).ok


def test_a_backup_without_room_leaves_no_file(cramped: Runtime, small: Path) -> None:
    """Neither under its name nor under another; with room it is made."""
    target = small / "backup.zip"
    room = os.statvfs(small).f_bavail * os.statvfs(small).f_frsize
    (small / "filler").write_bytes(bytes(room - 300_000))
    before = files(small) - {"records/qms.sqlite3-wal", "records/qms.sqlite3-shm"}
    with pytest.raises(DiskFull):
        runtime.backup(cramped.settings.home, target)
    left = files(small) - {"records/qms.sqlite3-wal", "records/qms.sqlite3-shm"}
    assert not target.exists()
    assert {each for each in left - before if "checkpoints" not in each} == set()
    (small / "filler").unlink()
    assert runtime.backup(cramped.settings.home, target).ok


def test_an_index_without_room_stays_as_it_was(cramped: Runtime, small: Path) -> None:
    """It is asked as before, the register tells what it lacks, and it catches up when there is room."""
    write(cramped)
    filler = fill(small)
    with pytest.raises(OSError, match="No space left"):
        cramped.search.rebuild(cramped.works, KEEPER)
    with cramped.works.reading(KEEPER, every_permission()) as work:
        assert cramped.search.find(work, "风险").total == 0
        assert cramped.search.state(work).health.value == "sound"
    filler.unlink()
    cramped.search.follow(cramped.works, KEEPER)
    with cramped.works.reading(KEEPER, every_permission()) as work:
        assert cramped.search.state(work).behind == 0


# without any privilege: the limits a process and a database have of their own


def test_a_limit_on_files_is_a_full_disk_too(at: Callable[[str], Terminal]) -> None:
    """What the system does not let grow is refused in the same words, and nothing of it stays."""
    terminal = at("draft")
    made = runtime.build(terminal.home)
    vault = terminal.home / "records" / "vault"
    before = files(vault)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    heard = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(DiskFull):
            made.works.vault.put(bytes(200_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, heard)
    assert files(vault) == before
    assert made.works.vault.put(bytes(200_000))
    made.close()


def test_a_database_that_may_not_grow_undoes_the_act(terminal: Terminal) -> None:
    """SQLite by its own limit of pages, PostgreSQL by the error it gives for a full disk."""
    made = runtime.build(terminal.home)
    seq = last(made)

    def grow() -> None:
        with made.works.writing(KEEPER, every_permission()) as work:
            said = {"entries": 1, "said": "x" * MEGABYTE}
            work.record("workspace:backup", Ref("backup", "x"), after=said)
            connection = work.session.connection()
            if made.engine.dialect.name == "sqlite":
                pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
                connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 2}")
            else:
                connection.execute(text("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '53100'; END $$"))

    with pytest.raises(DiskFull):
        grow()
    assert last(made) == seq
    made.engine.dispose()
    write(made)
    assert last(made) == seq + 1
    made.close()


def test_another_fault_of_the_database_is_no_full_disk(works: Works) -> None:
    """A table that is not there, a statement that was stopped: each stays what it is."""
    said = {
        "sqlite": "SELECT * FROM nowhere",
        "postgresql": "DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '57014'; END $$",
    }

    def ask() -> None:
        with works.writing(KEEPER) as work:
            work.session.execute(text(said[works.engine.dialect.name]))

    with pytest.raises(OperationalError):
        ask()


def test_the_mark_stops_it_before_the_disk_is_full(at: Callable[[str], Terminal]) -> None:
    """Below it neither acts nor stored bytes are taken; above it they are, at the very next try."""
    terminal = at("founded")
    made = runtime.build(terminal.home)
    free = os.statvfs(terminal.home).f_bavail * os.statvfs(terminal.home).f_frsize // MEGABYTE
    made.gate.settings = _with_mark(made, free + 1000)
    with pytest.raises(startup.SpaceLow, match="MB"):
        write(made)
    with pytest.raises(startup.SpaceLow):
        made.works.vault.put(b"x")
    assert last(made) > 0
    made.gate.settings = _with_mark(made, 1)
    write(made)
    made.close()


def _with_mark(made: Runtime, least: int) -> Settings:
    return dataclasses.replace(made.settings, stop_megabytes=least)
