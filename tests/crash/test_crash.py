"""Killed by `os._exit` at every named step of an act: nothing is half done (REL-01, REL-16).

Each act is first done without a kill, which names its steps and shows the world it leads to. Then, from
the same beginning, it is killed at one step after the other. What was committed before is there to the last
entry, what was not has left no trace in any table; after the person has repeated what never came back and
the worker has run, the world is the very one the undisturbed act led to.
"""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import select

from qms import evidence
from qms.documents.models import Revision
from qms.kernel.vault import LocalVault
from qms.rendering import Pool
from qms.runtime.scrub.run import BLOBS as SCRUBBED
from qms.tasks.models import Task
from tests.cli.databases import fresh_postgresql
from tests.crash.acts import ACTS, BUNDLE, FIRST, stages
from tests.crash.filings import ONCE_A_NIGHT
from tests.crash.hooks import COMMITTED, KILLED, Told, read
from tests.crash.house import LATER, Content, House, fill, opened, rows, world
from tests.crash.invariants import BLOBS, PROMISES, broken, digest_columns, unlike_register
from tests.documents.factories import SERVICE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.crash.act import Act

ROOT: Final = Path(__file__).parents[2]
_INSIDE: Final = frozenset({
    "after a flush", "before the trail's entries", "after the trail's entries", "before the job's end",
    "after the job's end",
})  # fmt: skip
"""Steps inside a transaction: what they leave is what its rollback leaves."""
_ON_BOTH: Final = frozenset({"submit", "issue", "enter-force", "file", "dispose"})
"""The acts that stand for all on PostgreSQL in every run."""


def on(database: str, *more: str) -> Any:
    """A database of the bench; its tests share a process, for the stages are brought about once in it."""
    return pytest.param(database, *more, marks=pytest.mark.xdist_group(f"crash-{database}"))


BOTH: Final = [on("sqlite"), on("postgresql")]
EVERYTHING: Final = [on(database, name) for database in ("sqlite", "postgresql") for name in ACTS]
ALWAYS: Final = [on("sqlite", name) for name in ACTS if name not in ONCE_A_NIGHT] + [
    on("postgresql", name) for name in ACTS if name in _ON_BOTH
]


@dataclass(slots=True)
class Bench:
    """A workspace at every stage, a process that dies to order, a pool to recover with."""

    folder: Path
    database: str
    pool: Pool
    child: subprocess.Popen[str]
    stages: dict[str, Content | None] = field(default_factory=dict)
    runs: int = 0

    def url(self, home: Path) -> str:
        """The database of the workspace in this folder."""
        return self.database or f"sqlite:///{home / 'records' / 'qms.sqlite3'}"

    def bring(self) -> None:
        """Bring all stages about."""
        self.stages = stages(self.folder, self.url(self.folder / "live"), self.pool)

    @contextmanager
    def at(self, stage: str) -> Iterator[tuple[Path, str]]:
        """A workspace at this stage, gone again afterwards."""
        self.runs += 1
        home = self.folder / f"run-{self.runs}"
        shutil.copytree(self.folder / stage, home)
        kept = self.stages[stage]
        if kept is not None:
            fill(self.url(home), kept)
        yield home, self.url(home)
        shutil.rmtree(home)

    def run(self, name: str, home: Path, url: str, kill: str = "") -> tuple[int, Told]:
        """Let the child do the act, and die at a step; how it ended, and what it said before."""
        log = home / "steps.log"
        order = {"act": name, "home": str(home), "url": url, "kill": kill, "log": str(log)}
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        self.child.stdin.write(json.dumps(order) + "\n")
        self.child.stdin.flush()
        return int(self.child.stdout.readline()), read(log)


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    """One warm typesetter for all recoveries."""
    with Pool() as pool:
        yield pool


@pytest.fixture(scope="module")
def child() -> Iterator[subprocess.Popen[str]]:
    """The process whose forks are killed."""
    command = [sys.executable, "-W", "ignore", "-m", "tests.crash.child"]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process


@pytest.fixture(scope="module")
def benches(
    tmp_path_factory: pytest.TempPathFactory, pool: Pool, child: subprocess.Popen[str]
) -> Iterator[Callable[[str], Bench]]:
    """A bench for each database that is asked for, with every stage brought about once."""
    made: dict[str, Bench] = {}
    with ExitStack() as databases:

        def bench(kind: str) -> Bench:
            if kind not in made:
                url = databases.enter_context(fresh_postgresql()) if kind == "postgresql" else ""
                made[kind] = Bench(tmp_path_factory.mktemp("crash"), url, pool, child)
                made[kind].bring()
            return made[kind]

        yield bench


@pytest.fixture
def bench(request: pytest.FixtureRequest, benches: Callable[[str], Bench]) -> Bench:
    """The bench of one database."""
    return benches(request.param)


def chosen(steps: tuple[str, ...]) -> list[str]:
    """The steps of every run: each after which something new may last, the first and the last time.

    A kill anywhere inside a transaction is told by the one just before its commit. The nightly run kills at
    every step of every act on both databases.
    """
    first: dict[str, str] = {}
    last: dict[str, str] = {}
    for step in steps:
        what = step.rpartition(" ")[0]
        if what not in _INSIDE:
            first.setdefault(what, step)
            last[what] = step
    wanted = {*first.values(), last[COMMITTED]} if COMMITTED in last else set(first.values())
    return [step for step in steps if step in wanted]


def recovered(house: House, act: Act, pool: Pool, *, repeat: bool) -> dict[str, Any]:
    """Whoever never got an answer asks again; then the worker does whatever is due."""
    house.clock.at = act.at + LATER
    if repeat:
        act.do(house, pool)
    loop = house.loop(pool)
    loop.drain()
    assert unlike_register(house) == []
    return world(house)


@dataclass(frozen=True, slots=True)
class Expected:
    """What has to be there after any kill of an act."""

    name: str
    world: dict[str, Any]
    before: dict[str, list[str]]
    head: int


def undisturbed(bench: Bench, name: str) -> tuple[Told, Expected]:
    """The steps of the act, the world it leads to, and how everything stood before it."""
    act = ACTS[name]
    with bench.at(act.stage) as (home, url):
        house = opened(home, url, act.at)
        before, head = rows(house), house.head()
        house.close()
        status, told = bench.run(name, home, url)
        assert (status, told.returned) == (0, True)
        house = opened(home, url, act.at)
        assert house.head() == head + told.entries
        expected = Expected(name, recovered(house, act, bench.pool, repeat=False), before, head)
        assert broken(house) == []
        house.close()
    return told, expected


def killed(bench: Bench, expected: Expected, step: str) -> list[str]:
    """Kill at one step, open again, look, recover, look again; everything that is wrong."""
    act = ACTS[expected.name]
    with bench.at(act.stage) as (home, url):
        status, told = bench.run(expected.name, home, url, kill=step)
        if (status, told.steps[-1]) != (KILLED, step):
            return [f"ended with {status} at {told.steps[-1]}"]
        house = opened(home, url, act.at)
        found = broken(house)
        moved = house.head() - expected.head
        if moved != told.entries:
            found.append(f"{told.entries} entries were committed, the head moved {moved}")
        if told.commits == 0 and rows(house) != expected.before:
            found.append("nothing was committed, and yet something has changed")
        after = recovered(house, act, bench.pool, repeat=act.by_person and told.commits == 0)
        found += broken(house)
        found += [f"{part} came out otherwise" for part in after if after[part] != expected.world[part]]
        if expected.name == "bundle":
            found += _unverified(house)
        house.close()
    return found


def _unverified(house: House) -> list[str]:
    vault = house.runtime.works.vault
    with house.looking() as work:
        digest = evidence.bundle(work.session, work.rights, BUNDLE).bundle_digest
    report = evidence.verify_bundle(io.BytesIO(vault.read(digest or "")))
    return [] if report.ok else report.sentences()


def matrix(bench: Bench, name: str, *, everything: bool) -> dict[str, list[str]]:
    """Each step of an act at which something goes wrong; empty is right."""
    told, expected = undisturbed(bench, name)
    assert set(ACTS[name].needs) <= {step.rpartition(" ")[0] for step in told.steps}
    steps = told.steps if everything else chosen(told.steps)
    found = {step: killed(bench, expected, step) for step in steps}
    return {step: wrong for step, wrong in found.items() if wrong}


@pytest.mark.parametrize(("bench", "name"), ALWAYS, indirect=["bench"])
def test_killed_at_every_telling_step(bench: Bench, name: str) -> None:
    """No half-issued document, no row without bytes, nothing acknowledged lost (REL-01, REL-16)."""
    assert matrix(bench, name, everything=False) == {}


@pytest.mark.nightly
@pytest.mark.parametrize(("bench", "name"), EVERYTHING, indirect=["bench"])
def test_killed_at_every_step(bench: Bench, name: str) -> None:
    """Every step an act comes by, on both databases (REL-01, REL-02)."""
    assert matrix(bench, name, everything=True) == {}


def test_every_digest_is_known_to_name_bytes_or_not() -> None:
    """A new column is said to name a blob or not, so that `no row without bytes` stays whole (law 9)."""
    assert digest_columns() == BLOBS | PROMISES
    assert set(SCRUBBED) == BLOBS  # what the full check does not know it would sweep away
    assert set() == BLOBS & PROMISES


@pytest.fixture
def harmed(bench: Bench) -> Iterator[House]:
    """A workspace with a document in force, to be harmed."""
    with bench.at("followed") as (home, url):
        house = opened(home, url, ACTS["index"].at)
        assert broken(house) == []
        yield house
        house.close()


@pytest.mark.parametrize("bench", BOTH, indirect=True)
def test_the_look_bites(harmed: House) -> None:
    """A stale index, a task that no entry speaks of and a lost blob are all named."""
    assert unlike_register(harmed) != []
    harmed.runtime.search.follow(harmed.runtime.works, SERVICE)
    assert unlike_register(harmed) == []
    works = harmed.runtime.works
    with works.writing(SERVICE) as work:
        owed = work.session.scalars(select(Task)).first()
        assert owed is not None
        facts = {"subject": owed.subject, "facts": {}, "created_at": work.now}
        work.session.add(Task(kind="forged", ref=str(FIRST), person_id=owed.person_id, **facts))
        digest = work.session.scalars(select(Revision.pdf_digest).where(Revision.label == "A/0")).one()
    assert [wrong.split()[0] for wrong in broken(harmed)] == ["tasks"]
    assert isinstance(works.vault, LocalVault)
    assert digest is not None
    works.vault.path(digest).unlink()
    found = broken(harmed)
    assert found[0] == f"revision.pdf_digest {digest} has no bytes"
