"""Names the steps of an act and kills the process at one of them; what the steps do stays the real thing."""

from __future__ import annotations

import os
import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from qms import jobs
from qms.kernel import sealing
from qms.kernel.vault import LocalVault
from qms.rendering import Pool
from qms.search.whoosh_engine import WhooshEngine
from qms.tasks.mail import __name__ as post
from qms.trail.checkpoints import __name__ as checkpoints

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from qms.kernel.ports import Change
    from qms.kernel.work import Work, Works
    from qms.runtime import Runtime

KILLED = 9
COMMITTED = "after the commit"


@dataclass(slots=True)
class Steps:
    """Writes down each step before it goes on, and dies at the one that is asked for."""

    log: int
    kill: str
    seen: Counter[str] = field(default_factory=Counter)

    def say(self, line: str) -> None:
        """Out of the process at once, so that it survives it."""
        os.write(self.log, line.encode() + b"\n")

    def at(self, name: str) -> None:
        """A named step; its number counts how often this act has come by."""
        self.seen[name] += 1
        label = f"{name} {self.seen[name]}"
        self.say(f"step {label}")
        if label == self.kill:
            os._exit(KILLED)

    def around(self, owner: Any, name: str, *, before: str = "", after: str = "") -> None:
        """Put a step before or after a function of the product."""
        real = getattr(owner, name)

        def stepped(*args: Any, **more: Any) -> Any:
            if before:
                self.at(before)
            done = real(*args, **more)
            if after:
                self.at(after)
            return done

        setattr(owner, name, stepped)


def install(steps: Steps, runtime: Runtime) -> None:
    """Put every named step into this process; it ends soon, so nothing is taken back."""
    steps.around(LocalVault, "put", before="before the vault's put")
    steps.around(LocalVault, "_link", after="after the blob's link")
    steps.around(sealing, "destroy", after="after a key's end")
    steps.around(Pool, "render", before="before rendering", after="after rendering")
    steps.around(jobs, "finish", before="before the job's end", after="after the job's end")
    kept = sys.modules[checkpoints]  # the face of the trail has a function of the same name
    steps.around(kept, "keep", before="before the checkpoint's file", after="after the checkpoint's file")
    steps.around(sys.modules[post], "deliver", before="before a message leaves", after="after a message left")
    event.listen(Session, "after_flush", lambda *_: steps.at("after a flush"))
    steps.around(Session, "commit", before="before the commit", after=COMMITTED)
    runtime.works.append = _appending(steps, runtime.works)
    engine = runtime.search.engine
    assert isinstance(engine, WhooshEngine)
    engine.at = lambda name: steps.at(f"index {name}")


def _appending(steps: Steps, works: Works) -> Callable[[Work, Sequence[Change]], None]:
    real = works.append

    def append(work: Work, changes: Sequence[Change]) -> None:
        steps.at("before the trail's entries")
        real(work, changes)
        steps.say(f"appended {len(changes)}")
        steps.at("after the trail's entries")

    return append


@dataclass(frozen=True, slots=True)
class Told:
    """What a process wrote down before it ended."""

    steps: tuple[str, ...]
    entries: int
    """How many trail entries had been committed."""
    commits: int
    returned: bool


def read(log: Path) -> Told:
    """The log of one process."""
    steps: list[str] = []
    entries = pending = commits = 0
    returned = False
    for line in log.read_text("utf-8").splitlines():
        word, _, rest = line.partition(" ")
        if word == "step":
            steps.append(rest)
            if rest.startswith(COMMITTED):
                entries, pending, commits = entries + pending, 0, commits + 1
        elif word == "appended":
            pending += int(rest)
        elif word == "returned":
            returned = True
    return Told(tuple(steps), entries, commits, returned)
