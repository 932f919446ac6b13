"""Workers in processes of their own never run one job at once, and asking at once is asking once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import text

from qms import jobs
from qms.jobs import State
from qms.kernel.ports import Actor

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from qms.kernel.work import Works


def test_racing_workers_do_each_job_once(works: Works, engine: Engine, database: str) -> None:
    """Three workers, all enqueueing the same keys: every job is done exactly once (REL-05)."""
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE done (job INTEGER, name TEXT)"))
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.jobs.workers", database, f"w{number}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        for number in range(3)
    ]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    ends = [(process.communicate(timeout=120)[1], process.returncode) for process in running]
    assert ends == [("", 0)] * 3
    with works.reading(Actor("service:test", "test")) as work:
        done = sorted(work.session.execute(text("SELECT job FROM done")).scalars())
        every = jobs.listing(work.session)
    assert done == sorted(job.id for job in every)
    assert {job.key for job in every} == {f"CP-{number:02d}" for number in range(20)}
    assert {job.state for job in every} == {State.DONE}
    assert {job.attempts for job in every} == {1}
