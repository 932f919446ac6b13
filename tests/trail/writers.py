"""What runs in processes of its own: writers that race, and one that dies at a named statement.

`python -m tests.trail.writers race URL NAME ACTS` writes acts, every third of which rolls back.
`python -m tests.trail.writers die URL` does one act in a fork that leaves by `os._exit` at its first
moment, then at its second, and so on until it gets past them all.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import event, text

from qms import trail
from qms.kernel.clock import SystemClock
from qms.kernel.database import build_engine
from qms.kernel.ports import Actor
from qms.kernel.refs import Ref
from qms.kernel.settings import Settings
from qms.kernel.vault import LocalVault
from qms.kernel.work import Works

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine


class TurnedDown(Exception):  # noqa: N818 - an act that is refused on purpose
    """Rolls an act back."""


def works_over(url: str) -> Works:
    """Works over a database that lies there already."""
    home = Path(tempfile.gettempdir())
    return Works(build_engine(url), LocalVault(home), Settings(home=home), SystemClock(), trail.append)


def act(works: Works, name: str, number: int) -> None:
    """One business row, and one to three entries about it; every third act rolls back at its end."""
    with works.writing(Actor(f"service:{name}", name)) as work:
        work.session.execute(text("INSERT INTO act (name, number) VALUES (:n, :i)"), {"n": name, "i": number})
        for part in range(1 + number % 3):
            work.record("test:act", Ref("act", f"{name}-{number}"), after={"part": part})
        if number % 3 == 0:
            trail.append(work, work.changes)
            raise TurnedDown


def race(url: str, name: str, acts: int) -> None:
    """Wait for the word, then write as fast as possible."""
    works = works_over(url)
    with works.reading(Actor("service:race", "race")) as work:
        trail.head(work.session)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    for number in range(acts):
        try:
            act(works, name, number)
        except TurnedDown:
            continue


def die(url: str) -> None:
    """Do the act again and again, each time in a fork that leaves one moment later.

    After each fork a line tells its exit code and how many rows and entries there are.
    """
    code, point = 9, 0
    while code == 9:
        child = os.fork()
        if child == 0:
            works = works_over(url)
            moment = leave_at(works.engine, point)
            act(works, "die", 2)
            moment()
            os._exit(0)
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        works = works_over(url)
        with works.reading(Actor("service:count", "count")) as work:
            rows = work.session.execute(text("SELECT count(*) FROM act")).scalar_one()
            entries = len(trail.history(work.session, Ref("act", "die-2"), limit=1000))
        works.engine.dispose()
        sys.stdout.write(f"{code} {rows} {entries}\n")
        point += 1


def leave_at(engine: Engine, point: int) -> Callable[[], None]:
    """Count the moments around each statement and the commit; leave at the one asked for."""
    seen = 0

    def count(*_: object) -> None:
        nonlocal seen
        if seen == point:
            os._exit(9)
        seen += 1

    for moment in ("before_cursor_execute", "after_cursor_execute", "commit"):
        event.listen(engine, moment, count)
    return count


if __name__ == "__main__":
    if sys.argv[1] == "race":
        race(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        die(sys.argv[2])
