"""Killed at random under load, two hundred times: nothing acknowledged is lost or half done (REL-02).

People walk documents through the real pages, over HTTP, from draft to reading, and records from the blank
sheet with an attachment to the signed decision; the real worker issues and indexes them. At a random
instant the pages, the worker or both are killed by SIGKILL and started again.
"""

from __future__ import annotations

import math
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from sqlalchemy import update

from qms import jobs, records, trail
from qms.accounts.models import Person
from qms.runtime import KEEPER, Runtime, build, every_permission
from tests.cli.databases import fresh_postgresql
from tests.cli.sheets import into_force
from tests.cli.terminal import found
from tests.conftest import CUT
from tests.crash.house import House
from tests.crash.invariants import broken, two_in_force, unlike_register
from tests.documents.factories import Organisation
from tests.nightly.filing import Filer
from tests.nightly.load import GONE, Client, Walker, numbers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.nightly.load import Fact

ROOT: Final = Path(__file__).parents[2]
SEED: Final = 20261123
KILLS: Final = 200
WALKERS: Final = 3
KILLED: Final = (("pages",), ("worker",), ("pages", "worker"))
WEIGHTS: Final = (6, 1, 1)
"""The worker less often, or it would never come to the end of an issue."""
THOROUGH: Final = 20
"""After so many kills nobody is started before everything has been looked at."""
PATIENCE: Final = 60
FILERS: Final = 2
ONCE: Final = frozenset([
    *(f"document:revision:{verb}" for verb in ("draft", "issue", "enter-force", "close-approval")),
    *("document:revision:acknowledge", "record:begin", "record:file", "record:close"),
])  # fmt: skip


@dataclass
class Site:
    """A workspace that is served, killed and started again, and everything that was ever acknowledged."""

    home: Path
    port: int
    runtime: Runtime
    zygote: subprocess.Popen[str]
    groups: dict[str, int] = field(default_factory=dict)
    seq: int = 0
    told: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def start(self, what: str) -> None:
        """Fork the pages or the worker; pages are waited for."""
        assert self.zygote.stdin is not None
        assert self.zygote.stdout is not None
        self.zygote.stdin.write(f"{what}\n")
        self.zygote.stdin.flush()
        self.groups[what] = int(self.zygote.stdout.readline())
        if what == "pages":
            self._answering()

    def _answering(self) -> None:
        pause = threading.Event()
        for _ in range(PATIENCE * 20):
            with suppress(*GONE):
                if Client(self.port, "").ask("GET", "/sign-in").status == HTTPStatus.OK:
                    return
            pause.wait(0.05)
        pytest.fail((self.home / "pages.log").read_text("utf-8")[-2000:])

    def kill(self, what: str) -> None:
        """SIGKILL to all processes of one part at once."""
        with suppress(ProcessLookupError):
            os.killpg(self.groups.pop(what), signal.SIGKILL)

    def quick(self, facts: list[Fact]) -> list[str]:
        """The chain, what was acknowledged, nothing twice, never two in force; what is wrong."""
        wrong = []
        report = trail.check(self.runtime.works, KEEPER, whole=False)
        if report.fault:
            wrong.append(report.fault.sentence())
        with self.runtime.works.reading(KEEPER, every_permission()) as work:
            for row in trail.since(work.session, self.seq, 1_000_000):
                who = row.actor if row.action.endswith(":acknowledge") else ""
                self.told[row.action, str(row.ref), who] += 1
                self.seq = row.seq
            wrong += two_in_force(work.session)
            wrong += [f"{each} was given and is nowhere" for each in records.lost_numbers(work.session)]
        wrong += [f"{key} {count} times" for key, count in self.told.items() if key[0] in ONCE and count > 1]
        entries = {(action, ref) for action, ref, _ in self.told}
        wrong += [
            f"acknowledged and lost: {fact}" for fact in facts if (fact.action, fact.ref) not in entries
        ]
        return wrong

    def thorough(self) -> list[str]:
        """Everything, while nobody runs; the index after it has caught up."""
        house = House(self.runtime, Organisation(self.runtime.works))
        self.runtime.search.follow(self.runtime.works, KEEPER)
        return [*broken(house), *unlike_register(house)]


@pytest.fixture(params=["sqlite", "postgresql"])
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """A founded workspace whose people get mail, and a process that forks its servers."""
    with ExitStack() as stack:
        url = stack.enter_context(fresh_postgresql()) if request.param == "postgresql" else ""
        yield stack.enter_context(served(tmp_path / "home", url))


@contextmanager
def served(home: Path, url: str) -> Iterator[Site]:
    """A site; whatever of it is left is ended."""
    found(home, url)
    into_force(home)
    made = build(home)
    with made.works.writing(KEEPER, every_permission()) as work:
        work.session.execute(update(Person).values(email=Person.login + "@example.org"))
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        port = int(listener.getsockname()[1])
    command = [sys.executable, "-W", "ignore", "-m", "tests.nightly.zygote", str(home), str(port)]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as zygote:
        site = Site(home, port, made, zygote)
        try:
            yield site
        finally:
            for what in list(site.groups):
                site.kill(what)
            made.close()
            zygote.terminate()


def under_load(site: Site, kills: int, seed: int, until: float = math.inf) -> tuple[Walkers, int]:
    """Let people work, kill at random instants, start again, look; fails at the first thing wrong.

    How often it killed comes back: less often where the time of the run is over.
    """
    chance = random.Random(seed)  # noqa: S311 - it has to be the same every time
    walkers = [Walker(site.runtime, site.port, numbers(lane, WALKERS)) for lane in range(WALKERS)]
    people = Walkers([*walkers, *(Filer(site.runtime, site.port) for _ in range(FILERS))])
    site.start("pages")
    site.start("worker")
    for count in range(1, kills + 1):
        (what,) = chance.choices(KILLED, WEIGHTS)
        with people.working():
            threading.Event().wait(chance.uniform(0.1, 2.0))
            for part in what:
                site.kill(part)
        over = time.time() > until
        if count % THOROUGH == 0 or count == kills or over:
            for part in list(site.groups):
                site.kill(part)
            assert (count, site.thorough()) == (count, [])
            what = ("pages", "worker")
        for part in what:
            site.start(part)
        assert (count, what, site.quick(people.facts())) == (count, what, [])
        if over:
            break
    return people, count


@dataclass
class Walkers:
    """Several people at once."""

    each: list[Walker | Filer]

    @contextmanager
    def working(self) -> Iterator[None]:
        """They work inside; each ends with the act under way, or when nobody answers."""
        stop = threading.Event()
        threads = [threading.Thread(target=one.walk, args=(stop,)) for one in self.each]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        for one in self.each:
            if one.faults:
                raise one.faults[0]

    def facts(self) -> list[Fact]:
        """Everything that was ever acknowledged to any of them."""
        return [fact for one in self.each for fact in one.facts]

    def answers(self) -> Counter[int]:
        """How often each status was answered."""
        return sum((Counter(one.answers) for one in self.each), Counter())


def settled(site: Site) -> None:
    """Wait until the worker has nothing left to do."""
    pause = threading.Event()
    for _ in range(PATIENCE * 5):
        with site.runtime.works.reading(KEEPER) as work:
            found = jobs.counts(work.session)
        if not found[jobs.State.QUEUED] + found[jobs.State.RUNNING]:
            return
        pause.wait(0.2)
    pytest.fail(f"jobs are left: {found}")


@pytest.mark.nightly
def test_two_hundred_kills_under_load(site: Site, until: float, capsys: pytest.CaptureFixture[str]) -> None:
    """Chain, acknowledged acts, one in force, nothing twice, bytes, index: after each kill (REL-02)."""
    people, kills = under_load(site, KILLS, SEED, until)
    settled(site)
    for what in list(site.groups):
        site.kill(what)
    assert site.thorough() == []
    facts = Counter(fact.action for fact in people.facts())
    with capsys.disabled():
        sys.stdout.write(f"\nseed {SEED}, {kills} kills: {dict(facts)}, answers {dict(people.answers())}\n")
    assert people.answers()[HTTPStatus.INTERNAL_SERVER_ERROR] == 0
    if kills < KILLS:
        pytest.skip(f"{kills} of {KILLS} kills, nothing wrong: {CUT}")
    assert facts["document:revision:acknowledge"] > WALKERS
    assert facts["record:close"] > FILERS
