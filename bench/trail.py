"""Measures the trail against the raw floor of the same machine, in one run (TRL-14).

    python bench/trail.py [--acts 50] [--entries 4000] [--rounds 6]

Acts are durable: one entry each in a transaction of its own, WAL and FULL, one fsync. The floor of an act
is a bare INSERT of the same row by sqlite3 and COMMIT; of one act with many entries, executemany of the same
rows; of verification, SHA-256 over the same bytes. Pieces a second, on the wall and by the processor.
"""

from __future__ import annotations

import argparse
import hashlib
import sqlite3
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from qms import trail
from qms.kernel.clock import SystemClock
from qms.kernel.database import build_engine
from qms.kernel.ports import Actor
from qms.kernel.refs import Ref
from qms.kernel.settings import Settings
from qms.kernel.vault import LocalVault
from qms.kernel.work import Work, Works
from qms.runtime import METADATA, append_to_trail

if TYPE_CHECKING:
    from collections.abc import Callable

    Act = Callable[[Works, int], None]
    Raw = Callable[[Path, list[tuple[object, ...]]], None]

CLERK = Actor("person:7", "一位文控员", 7)
COLUMNS = "seq, tag, at, actor, action, ref, body, prev, hash"
PLACES = "?, ?, ?, ?, ?, ?, ?, ?, ?"


def workspace(folder: Path) -> Works:
    """Works over a new SQLite file with the house's own schema and key."""
    settings = Settings(home=folder)
    (folder / "records").mkdir()
    engine = build_engine(settings.database)
    METADATA.create_all(engine)
    trail.make_key(settings.at(settings.keys))
    return Works(engine, LocalVault(folder / "records/vault"), settings, SystemClock(), append_to_trail)


def entry(work: Work, number: int) -> None:
    """One entry of the usual size, some 550 bytes with its links."""
    work.record(
        "document:revision:approve",
        Ref("revision", f"CP-{number % 100:02d}@zh-Hans@A/{number // 100}"),
        before={"state": "in_review", "round": number, "owner": "质量管理部"},
        after={"state": "approved", "round": number, "owner": "质量管理部", "digest": f"{number:064d}"},
        why="经评审, 内容与现行流程一致, 同意批准。",
    )


class Side:
    """One side of a comparison: seconds on the wall and of the processor over all rounds."""

    def __init__(self) -> None:
        self.count, self.wall, self.cpu = 0, 0.0, 0.0

    def run(self, count: int, act: Callable[[], object]) -> None:
        """One more round of so many pieces."""
        wall, cpu = time.perf_counter(), time.process_time()
        act()
        self.wall += time.perf_counter() - wall
        self.cpu += time.process_time() - cpu
        self.count += count


def acts(works: Works, count: int) -> None:
    """Each entry in an act of its own."""
    for number in range(count):
        with works.writing(CLERK) as work:
            entry(work, number)


def one_act(works: Works, count: int) -> None:
    """All entries in one act."""
    with works.writing(CLERK) as work:
        for number in range(count):
            entry(work, number)


def rows_of(folder: Path) -> list[tuple[object, ...]]:
    """The rows as they lie in the database."""
    with sqlite3.connect(folder / "records/qms.sqlite3") as connection:
        return connection.execute(f"SELECT {COLUMNS} FROM trail_entry ORDER BY seq").fetchall()  # noqa: S608


def bare(folder: Path) -> sqlite3.Connection:
    """A file with a table of the same columns and nothing else, as durable as ours."""
    connection = sqlite3.connect(folder / f"bare-{time.monotonic_ns()}.sqlite3", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(f"CREATE TABLE entry ({COLUMNS.replace('seq', 'seq INTEGER PRIMARY KEY', 1)})")
    return connection


def bare_acts(folder: Path, rows: list[tuple[object, ...]]) -> None:
    """The same rows, each inserted and committed alone."""
    connection = bare(folder)
    for row in rows:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(f"INSERT INTO entry VALUES ({PLACES})", row)  # noqa: S608
        connection.execute("COMMIT")
    connection.close()


def bare_act(folder: Path, rows: list[tuple[object, ...]]) -> None:
    """The same rows in one transaction."""
    connection = bare(folder)
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany(f"INSERT INTO entry VALUES ({PLACES})", rows)  # noqa: S608
    connection.execute("COMMIT")
    connection.close()


def hashed(rows: list[tuple[object, ...]]) -> None:
    """SHA-256 over the same bytes: each body, its link, its leaf and one node of the tree."""
    for row in rows:
        body = hashlib.sha256(str(row[6]).encode()).digest()
        link = hashlib.sha256(b"tag" + body + body).digest()
        leaf = hashlib.sha256(b"\x00" + link).digest()
        hashlib.sha256(b"\x01" + leaf + leaf).digest()


def told(what: str, ours: Side, raw: Side) -> None:
    """Two lines of the report: by the wall, as people wait, and by the processor, as work costs."""
    for by in ("wall", "cpu"):
        mine, floor = (side.count / getattr(side, by) for side in (ours, raw))
        print(
            f"{what:24} {by:4}  ours {mine:10,.0f}/s   raw {floor:10,.0f}/s   ours / raw {mine / floor:5.2f}",
            flush=True,
        )


def compare(works: Works, folder: Path, rounds: int, count: int, *, ours: Act, raw: Raw) -> tuple[Side, Side]:
    """Both sides in turn, so that whatever else the machine does meets both."""
    sides = Side(), Side()
    for _ in range(rounds):
        sides[0].run(count, lambda: ours(works, count))
        rows = rows_of(folder)[-count:]
        sides[1].run(count, lambda: raw(folder, rows))  # noqa: B023 - called before the next round
    return sides


def main() -> int:
    """Run all of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--acts", type=int, default=50)
    parser.add_argument("--entries", type=int, default=4_000)
    parser.add_argument("--rounds", type=int, default=6)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as name:
        folder = Path(name)
        works = workspace(folder)
        acts(works, 5)
        told("acts of one entry", *compare(works, folder, given.rounds, given.acts, ours=acts, raw=bare_acts))
        told(
            "entries in one act",
            *compare(works, folder, given.rounds, given.entries, ours=one_act, raw=bare_act),
        )
        rows = rows_of(folder)
        ours, raw = Side(), Side()
        for _ in range(given.rounds):
            ours.run(len(rows), lambda: trail.check(works, CLERK))
            raw.run(len(rows), lambda: hashed(rows))
        told("rows verified", ours, raw)
        sizes = sum(len(str(value).encode()) for value in rows[-1])
        print(f"{len(rows):,} entries of {sizes} bytes; {trail.check(works, CLERK)}")
        works.engine.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main())
