"""Nothing is acknowledged before it is on the disk: counted by the kernel's own record of calls (REL-03)."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import pytest

from tests.conftest import skip_or_fail

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.terminal import Terminal

ACTS: Final = 12
SCRIPT: Final = """
import os, sys
from pathlib import Path
from qms import runtime
from qms.kernel.refs import Ref
from qms.runtime import KEEPER, every_permission

made = runtime.build(Path(sys.argv[1]))

def act(number):
    with made.works.writing(KEEPER, every_permission()) as work:
        work.record("workspace:backup", Ref("backup", str(number)), after={"entries": number})

def mark(name):
    os.write(int(sys.argv[2]), f"mark {name}\\n".encode())

act(0)
made.works.vault.put(b"warm")
mark("acts")
for number in range(1, int(sys.argv[3]) + 1):
    act(number)
    mark("acknowledged")
mark("stores")
for number in range(int(sys.argv[3])):
    made.works.vault.put(str(number).encode())
    mark("acknowledged")
mark("end")
"""
CALL: Final = re.compile(r"(fsync|fdatasync|write)\((\d+)(?:<([^>]*)>)?(?:, \"(mark [a-z]+))?")


@pytest.fixture(scope="module")
def strace() -> str:
    """The tool, where it may look at a process."""
    found = shutil.which("strace")
    if found is None:
        skip_or_fail("no strace (apt-get install strace)")
    if subprocess.run(
        [found, "-qq", "-e", "trace=none", "true"], check=False, capture_output=True
    ).returncode:
        pytest.skip("this system does not let a process be traced")
    return found


def calls(strace: str, home: Path, folder: Path) -> list[list[str]]:
    """What was synced before each acknowledgement: `[acts, stores]`, each a list of paths a step."""
    log, marks = folder / "calls", folder / "marks"
    with marks.open("wb") as stream:
        words = [sys.executable, "-c", SCRIPT, str(home), str(stream.fileno()), str(ACTS)]
        options = [
            "-f",
            "-y",
            "-qq",
            "-e",
            "trace=fsync,fdatasync,write",
            "-e",
            "signal=none",
            "-o",
            str(log),
        ]
        subprocess.run([strace, *options, *words], check=True, pass_fds=[stream.fileno()])
    steps: list[list[str]] = [[]]
    for line in log.read_text("utf-8", errors="replace").splitlines():
        found = CALL.search(line)
        if found is None:
            continue
        if found[4]:
            steps.append([found[4]])
        elif found[1] != "write":
            steps[-1].append(found[3] or "")
    return steps


def test_every_act_and_every_store_is_synced_before_its_answer(
    strace: str, at: Callable[[str], Terminal], tmp_path: Path
) -> None:
    """One sync of the log an act at the least; a stored content syncs itself and the folder it lies in."""
    terminal = at("founded")
    steps = calls(strace, terminal.home, tmp_path)
    names = [step[0] for step in steps[1:]]
    assert names.count("mark acknowledged") == 2 * ACTS
    first, second, last = (names.index(f"mark {name}") + 1 for name in ("acts", "stores", "end"))
    # What stands behind a mark was synced after it, which is before the next one.
    for step in steps[first : second - 1]:
        assert any(path.endswith("qms.sqlite3-wal") for path in step[1:]), step
    for step in steps[second : last - 1]:
        synced = step[1:]
        assert any("/vault/.new-" in path for path in synced), step
        assert any(re.search(r"/vault/[0-9a-f]{2}$", path) for path in synced), step


def test_a_backup_is_synced_with_its_name(strace: str, at: Callable[[str], Terminal], tmp_path: Path) -> None:
    """The file and the folder that names it, before the command says that it is there."""
    terminal = at("founded")
    log = tmp_path / "calls"
    options = ["-f", "-y", "-qq", "-e", "trace=fsync,fdatasync", "-e", "signal=none", "-o", str(log)]
    words = [sys.executable, "-m", "qms.cli", "--home", str(terminal.home), "backup", str(tmp_path / "b.zip")]
    subprocess.run([strace, *options, *words], check=True, capture_output=True)
    synced = [found[3] for line in log.read_text("utf-8").splitlines() if (found := CALL.search(line))]
    assert any(path.endswith("unfinished.zip") for path in synced)
    assert synced.index(str(tmp_path)) > max(
        place for place, path in enumerate(synced) if path.endswith("unfinished.zip")
    )
