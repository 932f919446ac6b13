"""Writers in processes of their own: no fork, no gap, and death at any statement leaves all or nothing."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import text

from qms import trail
from tests.trail.factories import CLERK, with_key

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from qms.kernel.settings import Settings
    from qms.kernel.work import Works

ROOT = Path(__file__).parents[2]
WRITERS, ACTS = 4, 45


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.trail.writers", *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def test_racing_writers_never_fork_and_leave_no_gap(
    works: Works, engine: Engine, settings: Settings, database: str
) -> None:
    """Four processes, a third of all acts rolled back: gap-free, one chain, rows and entries agree.

    TRL-04 on SQLite, TRL-05 on PostgreSQL, TRL-06 and TRL-01 on both. Nobody had to try twice.
    """
    with_key(settings)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE act (name TEXT, number INTEGER)"))
    running = [start("race", database, f"w{number}", str(ACTS)) for number in range(WRITERS)]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    ends = []
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in running:
        _, errors = process.communicate(timeout=120)
        ends.append((process.returncode, errors))
    assert ends == [(0, "")] * WRITERS
    report = trail.check(works, CLERK)
    assert report.fault is None
    with works.reading(CLERK) as work:
        rows = trail.since(work.session, 0, limit=10_000)
        acts = {f"{name}-{number}" for name, number in work.session.execute(text("SELECT * FROM act"))}
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    wanted = {f"w{writer}-{number}": 1 + number % 3 for writer in range(WRITERS) for number in range(ACTS)}
    kept = {key: parts for key, parts in wanted.items() if int(key.partition("-")[2]) % 3}
    assert acts == set(kept)
    assert Counter(row.ref.key for row in rows) == kept


def test_death_at_any_statement_leaves_all_or_nothing(
    works: Works, engine: Engine, settings: Settings, database: str
) -> None:
    """Killed before or after each statement and around the commit: row and entry agree (TRL-01, REL-01)."""
    with_key(settings)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE act (name TEXT, number INTEGER)"))
    said, errors = start("die", database).communicate(timeout=120)
    assert errors == ""
    outcomes = [tuple(int(number) for number in line.split()) for line in said.splitlines()]
    early = len(outcomes) - 2
    assert early >= 8
    assert outcomes == [*[(9, 0, 0)] * early, (9, 1, 3), (0, 2, 6)]
    assert trail.check(works, CLERK).ok
