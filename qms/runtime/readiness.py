"""Whether the workspace can serve, told without a word of its content; and the worker's sign of life.

Nothing here writes to the database: a look every few seconds must cost next to nothing (REL-16, REL-17).
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from qms import jobs, migrations
from qms.runtime.parts import KEEPER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qms.kernel.settings import Settings
    from qms.kernel.work import Work
    from qms.runtime.parts import Runtime

BEAT: Final = "worker.beat"
SILENT: Final = timedelta(minutes=2)
"""How long a worker may be silent before the answer says so; it gives a sign at every turn of its loop."""
MOST_BEHIND: Final = 500
_GROWING: Final = ("records", "search_index", "checkpoints")
_MEGABYTE: Final = 1 << 20


class Condition(StrEnum):
    """How one part is; only what is down keeps the pages from answering."""

    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Check:
    """One part and how it is; `said` is a word or two of our own, never a path, a name or an error."""

    condition: Condition
    said: str = ""


@dataclass(frozen=True, slots=True)
class Readiness:
    """Every part that was looked at, in a fixed order."""

    checks: Mapping[str, Check]

    @property
    def condition(self) -> Condition:
        """The worst of all parts."""
        found = {check.condition for check in self.checks.values()}
        return next(each for each in (Condition.DOWN, Condition.DEGRADED, Condition.OK) if each in found)


def beat(runtime: Runtime) -> None:
    """Leave the worker's sign of life: the instant of the workspace's clock as the time of a file.

    A file and not a row: it costs no transaction a second, and it tells of a worker whose database is
    gone as well.
    """
    path = runtime.settings.at(runtime.settings.records) / BEAT
    path.touch(exist_ok=True)
    now = runtime.works.clock.now().timestamp()
    os.utime(path, (now, now))


def last_beat(settings: Settings) -> datetime | None:
    """When a worker of this workspace last gave a sign."""
    try:
        return datetime.fromtimestamp((settings.at(settings.records) / BEAT).stat().st_mtime, UTC)
    except OSError:
        return None


def free_bytes(settings: Settings) -> dict[str, int]:
    """The free space of each folder that grows, by its setting."""
    folders = {
        name: settings.at(getattr(settings, name)) for name in ("records", "search_index", "checkpoints")
    }
    return {name: shutil.disk_usage(path).free for name, path in folders.items() if path.is_dir()}


def readiness(runtime: Runtime) -> Readiness:
    """Look at every part once: database, schema, writing, space, index, worker, jobs.

    Without its database or with another schema the workspace is down; everything else leaves the
    pages readable and is said as degraded (REL-04, REL-15).
    """
    checks: dict[str, Check] = {}
    try:
        found = migrations.current(runtime.engine)
        checks["database"] = Check(Condition.OK)
        checks["schema"] = _schema(found)
        if checks["schema"].condition is Condition.OK:
            with runtime.works.reading(KEEPER) as work:
                checks["writing"] = _writing(runtime, work)
                checks["index"] = _index(runtime, work)
                checks["jobs"] = _jobs(work)
    except (SQLAlchemyError, OSError):
        checks["database"] = Check(Condition.DOWN, "unreachable")
    checks["space"] = _space(runtime.settings)
    checks["worker"] = _worker(runtime)
    return Readiness(checks)


@lru_cache(maxsize=1)
def _head() -> str:
    return migrations.head()


def _schema(found: str | None) -> Check:
    return Check(Condition.OK) if found == _head() else Check(Condition.DOWN, "another version")


def _writing(runtime: Runtime, work: Work) -> Check:
    """Whether an act could be written, told without writing: the gate, the file, the server's word."""
    if runtime.works.closed() is not None:
        return Check(Condition.DEGRADED, "read only")
    if runtime.engine.dialect.name == "sqlite":
        path = Path(str(make_url(runtime.settings.database).database))
        may = os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)
    else:
        asked = "SELECT NOT pg_is_in_recovery() AND current_setting('default_transaction_read_only') = 'off'"
        may = bool(work.session.scalar(text(asked)))
    return Check(Condition.OK) if may else Check(Condition.DEGRADED, "read only")


def _index(runtime: Runtime, work: Work) -> Check:
    standing = runtime.search.state(work)
    if standing.health.value != "sound":
        return Check(Condition.DEGRADED, standing.health.value)
    if standing.behind > MOST_BEHIND:
        return Check(Condition.DEGRADED, "behind")
    return Check(Condition.OK)


def _jobs(work: Work) -> Check:
    dead = jobs.counts(work.session)[jobs.State.DEAD]
    return Check(Condition.DEGRADED, f"{dead} dead") if dead else Check(Condition.OK)


def _space(settings: Settings) -> Check:
    try:
        low = any(free < settings.free_megabytes * _MEGABYTE for free in free_bytes(settings).values())
    except OSError:
        return Check(Condition.DEGRADED, "unknown")
    return Check(Condition.DEGRADED, "low") if low else Check(Condition.OK)


def _worker(runtime: Runtime) -> Check:
    seen = last_beat(runtime.settings)
    if seen is None:
        return Check(Condition.DEGRADED, "never seen")
    if runtime.works.clock.now() - seen > SILENT:
        return Check(Condition.DEGRADED, "silent")
    return Check(Condition.OK)
