"""A disk that takes no more: a refusal, nothing half-written, reading goes on, room mends it (REL-04)."""

from __future__ import annotations

import dataclasses
import os
import resource
import signal
import sqlite3
import subprocess
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Final

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from qms import records, runtime, trail
from qms.kernel.errors import DiskFull
from qms.kernel.refs import Ref
from qms.runtime import KEEPER, every_permission, startup
from tests.cli.sheets import FORM, into_force
from tests.cli.terminal import PASSWORD, Terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from qms.kernel.settings import Settings
    from qms.kernel.work import Work, Works
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
    into_force(terminal.home)
    for folder in (terminal.home / "records", terminal.home / "search_index"):
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


def test_an_attachment_without_room_keeps_nothing(cramped: Runtime, small: Path) -> None:
    """Neither bytes nor a row of it; what the draft had stays, and with room the file is taken."""
    ref = begun(cramped)
    kept = files(small / "records" / "vault")
    filler = fill(small)
    with pytest.raises(DiskFull):
        attached(cramped, ref)
    assert files(small / "records" / "vault") == kept
    assert standing(cramped, ref)[2:] == (0, {"purpose": "设备", "amount": "10.00", "holder": "某人"})
    filler.unlink()
    attached(cramped, ref)
    assert standing(cramped, ref)[2] == 1


def test_a_record_without_room_is_not_filed(cramped: Runtime, small: Path) -> None:
    """It is still a draft, no number is taken, it is read meanwhile; with room it gets the first number."""
    ref = begun(cramped)
    attached(cramped, ref)
    seq = last(cramped)
    filler = cramp(cramped, small)
    with pytest.raises(DiskFull):
        filed(cramped, ref)
    state, number, count, answers = standing(cramped, ref)
    assert (state, number, count, answers["purpose"]) == (records.State.DRAFT, None, 1, "设备")
    assert last(cramped) == seq
    filler.unlink()
    assert filed(cramped, ref).endswith("-000001")
    with cramped.works.reading(KEEPER) as work:
        assert list(records.lost_numbers(work.session)) == []
    assert trail.check(cramped.works, KEEPER).ok


def test_a_sealed_key_without_room_leaves_none(cramped: Runtime, small: Path) -> None:
    """No file that would be half a key, no row that names one; what was sealed before is opened meanwhile."""
    ref = begun(cramped)
    keys, seq = files(small / "records" / "keys"), last(cramped)
    filler = fill(small)
    with pytest.raises(DiskFull):
        begun(cramped)
    assert files(small / "records" / "keys") == keys
    assert last(cramped) == seq
    assert standing(cramped, ref)[3]["holder"] == "某人"
    filler.unlink()
    assert standing(cramped, begun(cramped))[3]["holder"] == "某人"


def begun(made: Runtime) -> Ref:
    """The author's draft of a record, with something personal in it."""
    actor, rights = made.person("author")
    with made.works.writing(actor, rights) as work:
        answers = {"purpose": "设备", "amount": "10.00", "holder": "某人"}
        return records.ref_of(records.begin(work, FORM, values=answers))


def attached(made: Runtime, ref: Ref) -> None:
    """A file on the draft, its bytes first."""
    actor, rights = made.person("author")
    with made.works.reading(actor, rights) as work:
        ready = records.ready_file(
            work, ref, "proof", name="proof.txt", media_type="text/plain", content=os.urandom(20_000)
        )
    with made.works.writing(actor, rights) as work:
        records.add_file(work, ref, "proof", ready)


def filed(made: Runtime, ref: Ref, then: Callable[[Work], None] = lambda _: None) -> str:
    """The record filed, and something else in the same act; gives its number."""
    actor, rights = made.person("author")
    with made.works.reading(actor, rights) as work:
        record = records.record_of(work.session, work.rights, ref, work.today)
        (file,) = records.files(work.session, record)
        proof = [{"name": file.name, "digest": file.digest, "size": str(file.size), "type": file.media_type}]
    with made.works.writing(actor, rights) as work:
        number = records.submit(work, ref, values={"proof": proof}, password=PASSWORD).number or ""
        then(work)
        return number


def standing(made: Runtime, ref: Ref) -> tuple[records.State, str | None, int, dict[str, object]]:
    """State, number, count of files and answers of a draft, as its author reads it."""
    actor, rights = made.person("author")
    with made.works.reading(actor, rights) as work:
        record = records.record_of(work.session, work.rights, ref, work.today)
        count = len(records.files(work.session, record))
        return record.state, record.number, count, records.values(work, record)


def cramp(made: Runtime, folder: Path) -> Path:
    """Take all the room there is, and that which the database has set aside for itself."""
    with closing(sqlite3.connect(made.settings.at(made.settings.records) / "qms.sqlite3")) as connection:
        assert connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
    return fill(folder)


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

    def act() -> None:
        with made.works.writing(KEEPER, every_permission()) as work:
            grow(work)

    with pytest.raises(DiskFull):
        act()
    assert last(made) == seq
    made.engine.dispose()
    write(made)
    assert last(made) == seq + 1
    made.close()


def grow(work: Work) -> None:
    """Write more than the database may hold."""
    said = {"entries": 1, "said": "x" * MEGABYTE}
    work.record("workspace:backup", Ref("backup", "x"), after=said)
    connection = work.session.connection()
    if connection.dialect.name == "sqlite":
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 2}")
    else:
        connection.execute(text("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '53100'; END $$"))


def test_a_database_that_may_not_grow_files_no_record(terminal: Terminal) -> None:
    """The draft, its file and its key stay; the number that was taken is given to the next filing."""
    into_force(terminal.home)
    made = runtime.build(terminal.home)
    ref = begun(made)
    attached(made, ref)
    seq = last(made)
    with pytest.raises(DiskFull):
        filed(made, ref, grow)
    assert (last(made), standing(made, ref)[:3]) == (seq, (records.State.DRAFT, None, 1))
    made.engine.dispose()
    assert filed(made, ref).endswith("-000001")
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
