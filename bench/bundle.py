"""Our bundle against `zip` plus `sha256sum` over the same files, in one run: prints the ratios.

`python bench/bundle.py [FILES [KIB]]` makes so many files of that size once, then lets each side do its
work three times and takes the fastest. `zip` is run as people run it, and with `-0`, which stores as we
do. We write two manifests and a seal and wait until the bytes are durable; `zip` does none of that.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from qms import evidence
from qms.evidence.plan import SEALED_AT, Plan, PlannedFile
from qms.kernel.vault import LocalVault

if TYPE_CHECKING:
    from collections.abc import Callable

AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
TRIES = 3


def fastest(work: Callable[[int], None]) -> float:
    """The shortest of a few runs, in seconds."""
    taken = []
    for number in range(TRIES):
        start = time.perf_counter()
        work(number)
        taken.append(time.perf_counter() - start)
    return min(taken)


def main(count: int, kib: int) -> None:
    """Print both times, and how many of theirs ours is."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        vault = LocalVault(home / "vault")
        folder = home / "files"
        folder.mkdir()
        files = []
        for number in range(count):
            content = os.urandom(kib << 10)  # stored PDFs do not shrink either
            (folder / f"{number:05d}.pdf").write_bytes(content)
            files.append(PlannedFile(f"documents/{number:05d}.pdf", vault.put(content)))
        key = evidence.make_key(home / "keys", "bench", AT)
        info = (("External-Identifier", "EB-2026-0001"), (SEALED_AT, "2026-11-02T01:00:00.000000Z"))
        plan = vault.put(Plan("EB-2026-0001", AT, info, tuple(files)).written())

        def ours(number: int) -> None:
            # The blob is moved out of the vault, so that each try stores it anew.
            made = evidence.make(vault, plan, key)
            vault.path(made.bundle_digest).rename(home / f"ours-{number}.zip")

        def theirs(level: str) -> Callable[[int], None]:
            def work(number: int) -> None:
                sums = f"find files -type f | sort | xargs sha256sum > sums{level}-{number}"
                subprocess.run(["bash", "-c", sums], cwd=home, check=True)
                names = [f"theirs{level}-{number}.zip", "files", f"sums{level}-{number}"]
                subprocess.run(["zip", "-q", "-r", level, *names], cwd=home, check=True)

            return work

        print(f"{count} files, {count * kib / 1024:.0f} MiB")
        one = fastest(ours)
        print(f"bundle: sealed, two manifests, durable  {one:7.2f} s")
        for level, said in (("-6", "zip and sha256sum"), ("-0", "zip -0 and sha256sum")):
            other = fastest(theirs(level))
            print(f"{said:<38}  {other:7.2f} s   ratio {one / other:.2f}")


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    main(*(given + [400, 512][len(given) :]))
