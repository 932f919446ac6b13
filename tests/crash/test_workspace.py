"""Killed while a workspace is made, backed up or restored: there is a whole one afterwards, or none (REL-02).

A fork of the test is killed at every instant at which something new may have come to last: a commit, a file
opened for writing, renamed, linked or removed, a folder made. Every run tries some of them, the nightly run
all.
"""

from __future__ import annotations

import os
import shutil
import sys
import zipfile
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import Engine, event, func, select

from qms import trail
from qms.accounts import ADMINISTRATORS
from qms.accounts.models import Person
from qms.runtime import KEEPER, NotAWorkspace, backup, backup_keys, build, is_workspace, make, restore
from qms.runtime.backup import NOTE
from tests.cli.databases import fresh_postgresql
from tests.crash.hooks import KILLED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import Never

CHANGES: Final = frozenset({"os.mkdir", "os.rename", "os.link", "os.remove", "os.rmdir", "os.chmod"})
WRITING: Final = os.O_WRONLY | os.O_RDWR | os.O_CREAT
NAMES: Final = {"zh-Hans": "测试中心", "en": "Test centre"}
_HOOKED: Final[dict[str, Any]] = {}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a workspace is to be, and on which database."""

    home: Path
    url: str


def settled(place: Place) -> None:
    """The settings, as `qms init` writes them."""
    place.home.mkdir(parents=True, exist_ok=True)
    if place.url:
        (place.home / "qms.toml").write_text(f'database_url = "{place.url}"\n', "utf-8")


def killed(act: Callable[[], object], kill: int, log: Path | None = None) -> int:
    """Do it in a fork that dies at the step of this number; without one the log names every step."""
    child = os.fork()
    if child == 0:
        _do(act, kill, log)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _do(act: Callable[[], object], kill: int, log: Path | None) -> Never:
    seen: list[str] = []

    def step(name: str) -> None:
        seen.append(name)
        if len(seen) == kill:
            os._exit(KILLED)

    _HOOKED["step"] = step
    event.listen(Engine, "commit", lambda _: step("commit"))
    try:
        act()
    except BaseException:  # noqa: BLE001 - the fork must never go on as its parent
        os._exit(1)
    _HOOKED.clear()
    if log is not None:
        log.write_text("\n".join(seen), "utf-8")
    os._exit(0)


def _audit(name: str, args: tuple[Any, ...]) -> None:
    step = _HOOKED.get("step")
    if step is None:
        return
    if name in CHANGES or (name == "open" and isinstance(args[2], int) and args[2] & WRITING):
        step(f"{name} {args[0]}")


sys.addaudithook(_audit)  # for good, as all such hooks; outside a fork it does nothing


def steps_of(act: Callable[[], object], log: Path) -> list[str]:
    """Every step of an act, from a fork that is not killed."""
    assert killed(act, 0, log) == 0
    return log.read_text("utf-8").splitlines()


def tried(steps: list[str], *, everything: bool) -> list[int]:
    """Which steps are tried: all, or the first, a middle one, the last two, and those of the database."""
    count = len(steps)
    if everything:
        return list(range(1, count + 1))
    telling = [number for number, step in enumerate(steps, 1) if step.endswith(("sqlite3", "dump"))]
    return sorted({1, count // 2, *telling, count - 1, count})


def whole(home: Path) -> list[str]:
    """What is wrong with a workspace that is said to be one."""
    made = build(home)
    try:
        report = trail.check(made.works, KEEPER)
        with made.works.reading(KEEPER) as work:
            first = [row.action for row in trail.since(work.session, 0, 1)]
            people = work.session.scalar(select(func.count()).select_from(Person))
    finally:
        made.close()
    facts = {
        "chain": report.ok,
        "first": first == ["workspace:make"],
        "people": people == len(ADMINISTRATORS),
    }
    return [name for name, right in facts.items() if not right]


def founded(place: Place) -> None:
    """A workspace is made."""
    settled(place)
    make(place.home, NAMES)[0].close()


@contextmanager
def database(kind: str) -> Iterator[str]:
    """An empty database for one workspace; the embedded one lies in its folder."""
    with fresh_postgresql() if kind == "postgresql" else nullcontext("") as url:
        yield url


KINDS: Final = [
    pytest.param("sqlite", False, id="sqlite"),
    pytest.param("sqlite", True, id="sqlite-every", marks=pytest.mark.nightly),
    pytest.param("postgresql", True, id="postgresql-every", marks=pytest.mark.nightly),
]


@pytest.mark.parametrize(("kind", "everything"), KINDS)
def test_a_making_that_is_killed_is_no_workspace_or_a_whole_one(
    tmp_path: Path, kind: str, *, everything: bool
) -> None:
    """Nothing opens the half; in a folder and a database of its own it is begun anew (REL-02)."""
    with database(kind) as url:
        steps = steps_of(lambda: founded(Place(tmp_path / "first", url)), tmp_path / "steps")
    for number in tried(steps, everything=everything):
        home = tmp_path / f"at-{number}"
        with database(kind) as url:
            assert killed(partial(founded, Place(home, url)), number) == KILLED, steps[number - 1]
            if is_workspace(home):
                assert whole(home) == [], steps[number - 1]
            else:
                with pytest.raises(NotAWorkspace):
                    build(home)
        shutil.rmtree(home, ignore_errors=True)
        with database(kind) as url:
            founded(Place(home, url))
            assert whole(home) == []
        shutil.rmtree(home)


@pytest.mark.parametrize(("kind", "everything"), KINDS)
def test_a_backup_that_is_killed_is_no_file_or_a_whole_one(
    tmp_path: Path, kind: str, *, everything: bool
) -> None:
    """The workspace is as before, a second try succeeds, and what has the name is whole (REL-09)."""
    home = tmp_path / "home"
    with database(kind) as url:
        founded(Place(home, url))
        steps = steps_of(lambda: backup(home, tmp_path / "first.zip"), tmp_path / "steps")
        for number in tried(steps, everything=everything):
            target = tmp_path / f"at-{number}.zip"
            assert killed(partial(backup, home, target), number) == KILLED, steps[number - 1]
            assert whole(home) == [], steps[number - 1]
            if not target.exists():
                backup(home, target)
            with zipfile.ZipFile(target) as packed:
                assert packed.testzip() is None
                assert NOTE in packed.namelist()


@pytest.mark.parametrize(("kind", "everything"), KINDS)
def test_a_restore_that_is_killed_is_no_workspace_or_a_whole_one(
    tmp_path: Path, kind: str, *, everything: bool
) -> None:
    """Its mark is written last: what was killed before is opened by nobody, and is begun anew (REL-10).

    Guards `_finish`: with the other keys the mark came before the database, which an upgrade then made empty.
    """
    home, file, keys = tmp_path / "home", tmp_path / "kept.zip", tmp_path / "keys.zip"
    with database(kind) as url:
        founded(Place(home, url))
        backup(home, file)
        backup_keys(home, keys)
    with database(kind) as url:
        steps = steps_of(lambda: restore(file, tmp_path / "first", keys, url), tmp_path / "steps")
    for number in tried(steps, everything=everything):
        folder = tmp_path / f"at-{number}"
        with database(kind) as url:
            assert killed(partial(restore, file, folder, keys, url), number) == KILLED, steps[number - 1]
            if is_workspace(folder):
                assert whole(folder) == [], steps[number - 1]
        shutil.rmtree(folder, ignore_errors=True)
        with database(kind) as url:
            restore(file, folder, keys, url)
            assert whole(folder) == []
        shutil.rmtree(folder)
