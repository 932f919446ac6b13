"""A fault of each kind is found and named, alone; mended it is not found again (REL-14, P11-10a)."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import text

from qms import evidence, jobs, runtime, tasks, trail
from qms.kernel.labels import LANGUAGES
from qms.kernel.refs import Ref
from qms.kernel.vault import LocalVault
from qms.runtime import KEEPER, every_permission, scrub
from qms.runtime.scrub import Kind
from qms.worker.loop import Loop
from tests.cli.terminal import Terminal
from tests.crash import invariants
from tests.upgrade import later
from tests.upgrade.golden import KINDS, unpacked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from qms.runtime import Runtime


@pytest.fixture(scope="module", params=KINDS)
def golden(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A workspace that has lived: issued, superseded, read, proven, recorded and amended."""
    with unpacked("0.1.0", str(request.param), tmp_path_factory.mktemp("scrub") / "golden") as home:
        assert Terminal(home)("upgrade").code == 0
        later.filed(home)
        yield home


@pytest.fixture
def made(golden: Path) -> Iterator[Runtime]:
    """The workspace, opened."""
    opened = runtime.build(golden)
    opened.search.follow(opened.works, KEEPER)
    yield opened
    opened.close()


@dataclass(frozen=True, slots=True)
class Seed:
    """How a fault gets in and out again, its kind, and what its sentence has to name."""

    kind: Kind
    put: Callable[[Runtime], Any]
    mend: Callable[[Runtime, Any], None]
    names: Callable[[Any], str]


@contextmanager
def behind_the_fences(made: Runtime) -> Iterator[Connection]:
    """A connection of somebody who owns the database: no trigger and no foreign key holds them."""
    with made.engine.connect() as connection:
        if made.engine.dialect.name == "sqlite":
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            rows = connection.execute(
                text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            ).all()
            for name, _ in rows:
                connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
            yield connection
            for _, sql in rows:
                connection.exec_driver_sql(sql)
        else:
            connection.execute(text("SET session_replication_role = replica"))
            connection.execute(text("ALTER TABLE validity DROP CONSTRAINT IF EXISTS ex_validity_one_a_day"))
            yield connection
            connection.execute(text("SET session_replication_role = DEFAULT"))
        connection.commit()
        connection.invalidate()


def _set(made: Runtime, table: str, row: int | str, **values: Any) -> dict[str, Any]:
    """Change a row as its owner can; gives what stood there."""
    with behind_the_fences(made) as connection:
        names, told = ", ".join(values), ", ".join(f"{name} = :{name}" for name in values)
        which = f"WHERE {_ID.get(table, 'id')} = :row"
        old = connection.execute(text(f"SELECT {names} FROM {table} {which}"), {"row": row})  # noqa: S608 - our own names
        before = dict(old.mappings().one())
        changed = text(f"UPDATE {table} SET {told} {which}")  # noqa: S608 - our own names
        connection.execute(changed, {**values, "row": row})
    return before


_ID: Final = {"trail_entry": "seq", "record_series": "series"}
"""What a row is known by, where it is no id."""


def void(_: object) -> None:
    """Nothing of it matters."""


def row_seed(kind: Kind, table: str, row: int | str, names: str, **values: Any) -> Seed:
    """A fault that is a changed row."""
    return Seed(
        kind,
        lambda made: _set(made, table, row, **values),
        lambda made, before: void(_set(made, table, row, **before)),
        lambda _: names,
    )


def _pdf(made: Runtime) -> Path:
    with made.works.reading(KEEPER, every_permission()) as work:
        every = sorted(scrub.named(work.session))
    digest = next(each for each in every if made.works.vault.read(each).startswith(b"%PDF"))
    return _vault(made).path(digest)


def _vault(made: Runtime) -> LocalVault:
    vault = made.works.vault
    assert isinstance(vault, LocalVault)
    return vault


def _flip(path: Path) -> tuple[Path, bytes]:
    content = path.read_bytes()
    path.chmod(0o640)
    path.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    return path, content


def _put_back(_: Runtime, kept: tuple[Path, bytes]) -> None:
    kept[0].write_bytes(kept[1])


def _take(path: Path) -> tuple[Path, bytes]:
    content = path.read_bytes()
    path.unlink()
    return path, content


def _stray(made: Runtime) -> tuple[Path, bytes]:
    path = made.settings.at(made.settings.records) / "vault" / "ab" / "notes.txt"
    path.parent.mkdir(exist_ok=True)
    path.write_text("mine")
    return path, b""


def _checkpoint(made: Runtime) -> tuple[Path, bytes]:
    return _take(min(made.settings.at(made.settings.checkpoints).glob("*.txt")))


def _forget(made: Runtime) -> str:
    search = made.search
    with made.works.reading(KEEPER, every_permission()) as work:
        group = str(next(iter(search.register.groups(work))))
        seq = search.state(work).seq
    search.engine.apply({group: ()}, seq)
    return group


def _rename(made: Runtime) -> None:
    with behind_the_fences(made) as connection:
        connection.execute(text("ALTER TABLE periodic_review RENAME TO lost"))


def _rename_back(made: Runtime, _: None) -> None:
    with behind_the_fences(made) as connection:
        connection.execute(text("ALTER TABLE lost RENAME TO periodic_review"))


def _bend_index(made: Runtime) -> Any:
    """On SQLite an index is led to the pages of another; on PostgreSQL it was built by another rule."""
    with made.engine.connect() as connection:
        if made.engine.dialect.name == "sqlite":
            asked = "SELECT name, rootpage FROM sqlite_master WHERE type = 'index'"
            pages = {name: page for name, page in connection.exec_driver_sql(asked)}  # noqa: C416 - rows
            _lead(connection, pages["ix_notice_person_id"])
            return pages["ix_task_ref_kind"]
        for said in (
            "CREATE EXTENSION amcheck",
            "CREATE FUNCTION bend(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1'",
            "CREATE TABLE bent AS SELECT ref FROM task",
            "CREATE INDEX ix_bent ON bent (bend(ref))",
            "CREATE OR REPLACE FUNCTION bend(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT md5($1)'",
        ):
            connection.execute(text(said))
        connection.commit()
    return "ix_bent"


def _lead(connection: Connection, page: int) -> None:
    connection.exec_driver_sql("PRAGMA writable_schema=ON")
    connection.exec_driver_sql(f"UPDATE sqlite_master SET rootpage={page} WHERE name='ix_task_ref_kind'")  # noqa: S608
    connection.exec_driver_sql("PRAGMA writable_schema=RESET")
    connection.commit()
    connection.invalidate()


def _straighten(made: Runtime, kept: Any) -> None:
    with made.engine.connect() as connection:
        if isinstance(kept, int):
            _lead(connection, kept)
            return
        for said in ("DROP TABLE bent", "DROP FUNCTION bend", "DROP EXTENSION amcheck"):
            connection.execute(text(said))
        connection.commit()


_YEAR: Final = datetime.now(UTC).year
_SERIES: Final = f"{later.NUMBER}-{_YEAR}-{{seq:6}}"
_FIRST, _SECOND = (f"{later.NUMBER}-{_YEAR}-00000{place}" for place in (1, 2))


def _exchange_sheet(made: Runtime) -> Any:
    """The PDF of one revision under the name of another."""
    with made.engine.connect() as connection:
        other = connection.scalar(text("SELECT pdf_digest FROM revision WHERE id = 2"))
    return _set(made, "revision", 1, pdf_digest=other)["pdf_digest"]


def _exchange_sealed(made: Runtime) -> Any:
    """The sealed answers of one record under another."""
    with made.engine.connect() as connection:
        other = connection.scalar(text("SELECT sealed FROM record_content WHERE id = 1"))
        row = connection.scalar(text("SELECT id FROM record_content WHERE record_id = 2"))
    return row, _set(made, "record_content", row, sealed=other)["sealed"]


def _key(made: Runtime) -> tuple[Path, bytes]:
    """The key of what is sealed of the first record."""
    with made.engine.connect() as connection:
        name = str(connection.scalar(text("SELECT seal FROM record WHERE id = 1")))
    return made.settings.at(made.settings.keys) / "sealed" / name[:2] / f"{name}.key", b""


def _exchange_key(made: Runtime) -> tuple[Path, bytes]:
    path, _ = _key(made)
    content = path.read_bytes()
    path.write_bytes(content[::-1])
    return path, content


def _key_back(_: Runtime, kept: tuple[Path, bytes]) -> None:
    kept[0].write_bytes(kept[1])
    kept[0].chmod(0o600)


def _sealed_back(made: Runtime, kept: Any) -> None:
    row, sealed = kept
    _set(made, "record_content", row, sealed=sealed)


SEEDS: Final = {
    "altered content": Seed(
        Kind.DAMAGED, lambda made: _flip(_pdf(made)), _put_back, lambda kept: kept[0].name
    ),
    "lost content": Seed(Kind.MISSING, lambda made: _take(_pdf(made)), _put_back, lambda kept: kept[0].name),
    "stray file": Seed(Kind.STRAY, _stray, lambda _, kept: kept[0].unlink(), lambda _: "ab/notes.txt"),
    "altered entry": row_seed(Kind.TRAIL, "trail_entry", 5, "5", body="{}"),
    "lost checkpoint": Seed(Kind.TRAIL, _checkpoint, _put_back, lambda kept: str(int(kept[0].name[:12]))),
    "two in force": row_seed(Kind.VALIDITY, "validity", 1, "CP-07", until_on=None, ended_by=None),
    "half issued": row_seed(Kind.ISSUED, "validity", 1, "CP-07@zh-Hans@A/0", revision_id=4),
    "pasted signature": row_seed(Kind.SIGNATURE, "signature", 3, "3", name="Somebody else"),
    "graded lower": row_seed(Kind.ALTERED, "revision", 1, "CP-07 A/0", secrecy=0),
    "another author": row_seed(Kind.ALTERED, "revision", 1, "CP-07 A/0", author_id=1),
    "another sheet": Seed(
        Kind.ALTERED,
        _exchange_sheet,
        lambda made, kept: void(_set(made, "revision", 1, pdf_digest=kept)),
        lambda _: "CP-07 A/0",
    ),
    "altered answers": row_seed(Kind.ALTERED, "record_content", 1, _FIRST, content='{"purpose":"x"}'),
    "exchanged sealed answers": Seed(Kind.ALTERED, _exchange_sealed, _sealed_back, lambda _: _SECOND),
    "altered amendment": row_seed(Kind.ALTERED, "record_amendment", 1, _FIRST, version=1),
    "altered act": row_seed(Kind.ALTERED, "record_act", 2, _SECOND, digest="0" * 64),
    "lost key": Seed(Kind.SEALED, lambda made: _take(_key(made)[0]), _key_back, lambda _: _FIRST),
    "exchanged key": Seed(Kind.SEALED, _exchange_key, _key_back, lambda _: _FIRST),
    "altered opinion": row_seed(Kind.ALTERED, "record_act", 1, _FIRST, opinion="I never agreed"),
    "act of another": row_seed(Kind.ALTERED, "record_act", 1, _FIRST, person_id=1, voice_id=1),
    "record of another": row_seed(Kind.ALTERED, "record", 1, _FIRST, author_id=1),
    "moved record": row_seed(Kind.ALTERED, "record", 1, _FIRST, department="credit"),
    "record graded lower": row_seed(Kind.ALTERED, "record", 2, _SECOND, secrecy=0),
    "closed on another day": row_seed(Kind.ALTERED, "record", 2, _SECOND, closed_on="2020-01-01"),
    "filed on another day": row_seed(Kind.ALTERED, "record", 1, _FIRST, filed_on="2020-01-01"),
    "opened again": row_seed(Kind.ALTERED, "record", 2, _SECOND, state="open", closed_on=None),
    "another number": row_seed(Kind.ALTERED, "record", 2, "000009", number=_SECOND[:-1] + "9"),
    "lost number": row_seed(Kind.NUMBER, "record_series", _SERIES, _FIRST[:-1] + "3", last=3),
    "row that points nowhere": row_seed(Kind.FOREIGN_KEY, "task", 1, "person", person_id=4711),
    "index that forgot": Seed(Kind.INDEX, _forget, lambda *_: None, str),
    "bent index": Seed(Kind.INTEGRITY, _bend_index, _straighten, lambda _: "ix_"),
    "lost table": Seed(Kind.UNREADABLE, _rename, _rename_back, lambda _: "periodic_review"),
}


_CHANGING: Final = {
    *("two in force", "half issued", "lost table", "graded lower"),
    *("moved record", "record graded lower", "opened again", "closed on another day", "filed on another day"),
    *("record of another", "altered opinion"),
}
_ALSO: Final = {
    "exchanged sealed answers": {Kind.SEALED},
    "another number": {Kind.NUMBER, Kind.INDEX},
}
_BESIDE: Final = {Kind.INDEX, Kind.UNREADABLE}
"""What else is told of a register that changed: the index says other things then."""


@pytest.mark.parametrize("name", SEEDS)
def test_a_fault_is_found_and_named(made: Runtime, name: str) -> None:
    """By its kind, by its thing, in three languages; nothing else is wrong, and mended it is gone."""
    seed = SEEDS[name]
    kept = seed.put(made)
    try:
        done = scrub.look(made)
        found = [each for each in done.findings if each.kind is seed.kind]
        assert found, [each.sentence() for each in done.findings]
        assert seed.names(kept) in " ".join(each.sentence() for each in found)
        assert len({found[0].sentence(each) for each in LANGUAGES}) == len(LANGUAGES)
        others = {each.kind for each in done.findings} - {seed.kind}
        beside = _ALSO.get(name, _BESIDE if name in _CHANGING else set())
        assert others <= beside, done.findings
    finally:
        seed.mend(made, kept)
        made.search.reconcile(made.works, KEEPER)
    again = scrub.look(made)
    assert (again.ok, again.findings) == (True, [])
    assert again.counts["frozen"] == 8


def test_every_column_that_names_content_is_looked_at() -> None:
    """Whoever adds one hears of it here (law 9)."""
    assert set(scrub.BLOBS) == invariants.BLOBS


def test_a_sound_workspace_is_told_in_figures(made: Runtime) -> None:
    """All of it was read."""
    done = scrub.look(made)
    counts = done.counts
    assert done.ok
    assert counts["contents"] >= 20
    assert counts["signatures"] == 25
    assert counts["frozen"] == 8
    assert counts["sealed"] == 2
    assert counts["entries"] > 200
    assert counts["checkpoints"] >= 3
    assert counts["clauses"] > 0
    assert counts["rows"] > 800


def test_what_a_plan_of_a_bundle_names_stays(made: Runtime) -> None:
    """A bundle can be made again from it (BND-05); while it cannot be read nothing is swept at all."""
    vault = _vault(made)
    with made.works.reading(KEEPER, every_permission()) as work:
        planned = set(evidence.planned(work))
        (plan,) = {digest for digest in scrub.named(work.session) if vault.read(digest).startswith(b"{")}
    assert len(planned) > 10
    for digest in planned:
        os.utime(vault.path(digest), (1, 1))
    done = scrub.look(made)
    assert (done.ok, done.counts["swept"], done.counts["orphans"]) == (True, 0, 0)
    assert all(vault.has(digest) for digest in planned)
    kept = _take(vault.path(plan))
    old = vault.put(b"old")
    os.utime(vault.path(old), (1, 1))
    try:
        done = scrub.look(made)
        assert [each.kind for each in done.findings] == [Kind.MISSING]
        assert (done.counts["swept"], vault.has(old)) == (0, True)
        assert all(vault.has(digest) for digest in planned)
    finally:
        _put_back(made, kept)
    vault.path(old).unlink()


def test_what_nobody_names_is_swept_late_and_never_during_a_backup(made: Runtime) -> None:
    """Young ones may still be named; a backup that copies them must find them (REL-09)."""
    vault = _vault(made)
    young, old = vault.put(b"young"), vault.put(b"old")
    before = (made.works.clock.now() - scrub.DELAY - timedelta(hours=1)).timestamp()
    os.utime(vault.path(old), (before, before))
    with vault.held():
        done = scrub.look(made)
    assert (done.ok, done.counts["orphans"], done.counts["swept"]) == (True, 2, 0)
    assert done.counts["unswept"] == 2
    assert any(old in each.sentence() for each in done.remarks)
    done = scrub.look(made)
    assert (done.ok, done.counts["orphans"], done.counts["swept"]) == (True, 2, 1)
    assert (vault.has(young), vault.has(old)) == (True, False)
    vault.path(young).unlink()


def test_nothing_is_swept_while_anything_is_wrong(made: Runtime) -> None:
    """A row that was altered may have named it: what it named before is still there to be named again."""
    kept = _exchange_sheet(made)
    path = _vault(made).path(kept)
    os.utime(path, (1, 1))
    done = scrub.look(made)
    assert {each.kind for each in done.findings} == {Kind.ALTERED}
    assert (done.counts["orphans"], done.counts["swept"], path.exists()) == (0, 0, True)
    _set(made, "revision", 1, pdf_digest=kept)
    assert scrub.look(made).ok


def test_a_closed_workspace_is_looked_at_and_left_as_it_is(made: Runtime) -> None:
    """Nothing is swept and nothing written while acts are refused (REL-17)."""
    vault = _vault(made)
    old = vault.put(b"old")
    os.utime(vault.path(old), (1, 1))
    made.gate.found = runtime.startup.ClosedBySetting()
    made.gate._until = float("inf")
    done = scrub.look(made)
    assert (done.ok, done.counts["swept"], vault.has(old)) == (True, 0, True)
    vault.path(old).unlink()


def test_the_worker_scrubs_when_it_is_due_and_tells(made: Runtime) -> None:
    """Weeks after the founding; its findings are an entry, and a task until a run finds nothing."""
    path, content = _flip(_pdf(made))
    loop = Loop(made, lanes=1)
    loop.drain()
    with made.works.reading(KEEPER) as work:
        entry = scrub.last(work)
        assert entry is not None
        assert (entry.after["found"], entry.after["kinds"]) == (1, {"content-damaged": 1})
        assert path.name in scrub.sentences_of(entry, "en")[0]
        job = jobs.latest(work.session, scrub.JOB, "all")
        assert job is not None
        assert (job.state, job.result) == (jobs.State.DONE, {"found": 1})
        owed = tasks.outstanding(work.session, "scrub:findings", Ref("scrub", "findings"))
        assert [each.text("en") for each in owed] == ["The check of everything that is kept found 1 fault(s)"]
        assert trail.browse(work.session, action="task:owe", limit=1)
        assert not scrub.is_due(work)
    assert Terminal(made.settings.home)("doctor").code == 8
    path.write_bytes(content)
    deep = Terminal(made.settings.home).json("doctor", "--deep")
    assert deep.code == 0, deep.out
    with made.works.reading(KEEPER) as work:
        assert tasks.outstanding(work.session, "scrub:findings", Ref("scrub", "findings")) == []
        entry = scrub.last(work)
        assert entry is not None
        assert entry.after["found"] == 0
    loop._day = None
    assert loop.drain() == 0
    loop.close()
