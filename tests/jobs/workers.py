"""A worker process of its own: `python -m tests.jobs.workers URL NAME` does jobs until none are left.

For each job it writes a row in the transaction that finishes it, and says its id on the output.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from sqlalchemy import text

from qms import jobs, trail
from qms.kernel.clock import SystemClock
from qms.kernel.database import build_engine
from qms.kernel.ports import Actor
from qms.kernel.settings import Settings
from qms.kernel.vault import LocalVault
from qms.kernel.work import Works


def work_off(url: str, name: str) -> None:
    """Enqueue the same twenty jobs as everybody, then do whatever is there."""
    home = Path(tempfile.gettempdir())
    works = Works(build_engine(url), LocalVault(home), Settings(home=home), SystemClock(), trail.append)
    actor = Actor(f"service:{name}", name)
    with works.reading(actor) as work:
        jobs.counts(work.session)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    for number in range(20):
        with works.writing(actor) as work:
            jobs.enqueue(work, "render", f"CP-{number:02d}", {})
    while claim := jobs.claim(works, actor, {"render"}):
        with works.writing(actor) as work:
            values = {"job": claim.id, "name": name}
            work.session.execute(text("INSERT INTO done (job, name) VALUES (:job, :name)"), values)
            jobs.finish(work, claim)


if __name__ == "__main__":
    work_off(sys.argv[1], sys.argv[2])
