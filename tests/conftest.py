"""Fixtures shared by all tests: both databases, a workspace in a temporary folder, a moving clock."""

from __future__ import annotations

import math
import os
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

import pytest
from playwright.sync_api import sync_playwright

from qms.kernel.clock import SimulatedClock
from qms.kernel.database import Base, build_engine
from qms.kernel.ports import Actor, Rights
from qms.kernel.settings import Settings
from qms.kernel.vault import LocalVault
from qms.kernel.work import Work, Works
from qms.runtime import append_to_trail, every_permission
from tests import cheap
from tests.postgresql import SERVER, UNREACHABLE, Server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser
    from sqlalchemy import Engine

__all__ = ["SERVER", "UNREACHABLE", "Server"]  # most tests look for them here

CUT: Final = "the time of this run was over"
START = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
CHROMIUM: Final = Path("/usr/bin/chromium")
ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


RULES: Final = frozenset(
    [
        "kernel",
        "calendar",
        "formulas",
        "trail",
        "trail_reviews",
        "clocks",
        "jobs",
        "tasks",
        "uploads",
        "accounts",
        "actions",
        "audits",
        "competence",
        "standards",
        "documents",
        "forms",
        "records",
        "changes",
        "nonconformities",
        "feedback",
        "objectives",
        "management_review",
        "scoring",
        "parties",
        "schedules",
        "library",
        "registers",
        "retention",
        "risks",
        "search",
        "impact",
        "evidence",
        "rendering",
    ]
)
"""The folders of the slices: what they try without a database tries their rules."""
_NO_RULES: Final = ("sqlite", "postgresql", "conformance", "pool", "fetching", "pictures")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of rules, which run under coverage; to watch all others costs half as much again."""
    for item in items:
        folder = Path(item.nodeid).parts[1]
        if folder in RULES and not any(word in item.nodeid for word in _NO_RULES):
            item.add_marker(pytest.mark.rules)


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Name bytes by their length: an archive holds its hour, and two processes would not agree."""
    return f"{argname}-{len(val)}-bytes" if isinstance(val, bytes) else None


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--until SECOND` of the epoch: no test begins after it; what is cut is named, and is no fault."""
    parser.addoption(
        "--until", type=float, default=math.inf, help="no test begins after this second of the epoch"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Cut what begins after the time is over."""
    if time.time() > item.config.getoption("--until"):
        pytest.skip(CUT)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say plainly what was cut."""
    skipped = terminalreporter.stats.get("skipped", [])
    cut = [each.nodeid for each in skipped if CUT in str(each.longrepr)]
    if cut:
        terminalreporter.section(f"{len(cut)} tests were cut: {CUT}")
        terminalreporter.write_line("\n".join(cut))


@pytest.fixture(scope="session")
def until(pytestconfig: pytest.Config) -> float:
    """The second of the epoch at which this run has to come to its end."""
    found: float = pytestconfig.getoption("--until")
    return found


cheap.folders_in_memory()


def skip_or_fail(reason: str) -> NoReturn:
    """Skip where a tool is missing, but never in continuous integration, which has them all."""
    if os.environ.get("QMS_CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session", autouse=True)
def once_a_process() -> Iterator[None]:
    """Light hashes and kept statements; what a hash costs is asked where `full_hashes` is."""
    with pytest.MonkeyPatch.context() as patch:
        cheap.hash_with(patch, *cheap.LIGHT)
        cheap.statements_once(patch)
        yield


@pytest.fixture
def full_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 as in operation, for tests of its strength and time."""
    cheap.hash_with(monkeypatch, *cheap.OPERATION)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite database with all tables, copied for each test."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite3"
    engine = build_engine(f"sqlite:///{path}")
    Base.metadata.create_all(engine)
    engine.dispose()  # the last connection folds the write-ahead log into the file
    return path


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[Server]:
    """The PostgreSQL database of this test process."""
    if UNREACHABLE:
        skip_or_fail(UNREACHABLE)
    server = Server()
    yield server
    server.drop()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh database with all tables; each test runs on both."""
    if request.param == "sqlite":
        template = request.getfixturevalue("sqlite_template")
        target = tmp_path / "records" / "qms.sqlite3"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(template, target)
        yield f"sqlite:///{target}"
        return
    yield request.getfixturevalue("postgresql_server").url()


@pytest.fixture
def settings(tmp_path: Path, database: str) -> Settings:
    """Settings of a workspace in a temporary folder."""
    return Settings(home=tmp_path, database_url=database, public_url="https://qms.example.org")


@pytest.fixture
def clock() -> SimulatedClock:
    """A clock that stands at the start of a Monday morning until a test moves it."""
    return SimulatedClock(START)


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    """An engine over the test's own database."""
    engine = build_engine(settings.database)
    yield engine
    engine.dispose()


@pytest.fixture
def works(engine: Engine, settings: Settings, clock: SimulatedClock) -> Works:
    """Works over the test's own database and vault, writing the real trail."""
    vault = LocalVault(settings.at(settings.records) / "vault")
    return Works(engine, vault, settings, clock, append_to_trail)


@pytest.fixture
def service() -> Actor:
    """The named service in whose name set-up steps act."""
    return Actor("service:test", "test service")


@pytest.fixture
def every_right() -> Rights:
    """Rights that allow and show everything."""
    return every_permission()


class _RolledBack(Exception):  # noqa: N818 - it is no error
    pass


@pytest.fixture
def work(works: Works, service: Actor, every_right: Rights) -> Iterator[Work]:
    """An open writing Work with every permission; all of it is rolled back."""
    try:
        with works.writing(service, every_right) as opened:
            yield opened
            raise _RolledBack  # noqa: TRY301 - leaving by an exception is what rolls back
    except _RolledBack:
        pass


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; where it is missing the stories are skipped, but never in CI."""
    if not CHROMIUM.is_file():
        skip_or_fail(f"there is no {CHROMIUM}; install it with: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield browser
        browser.close()
