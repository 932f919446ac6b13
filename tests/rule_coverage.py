"""Refuses a pure rule module that the tests did not walk on every branch; run around pytest by `make test`.

`--config` writes the coverage settings that watch exactly the rule modules, so that nothing else is slowed.

A rule module says so itself: its docstring begins with the words "Pure". Nothing that decides by the law
alone has an excuse for a branch nobody tried.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

from coverage import Coverage

ROOT = Path(__file__).parents[1]
CONFIG = ROOT / ".coverage-rules.ini"


def rule_modules() -> list[Path]:
    """The modules whose docstring says that they are pure rules."""
    found = []
    for path in sorted((ROOT / "qms").rglob("*.py")):
        words = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
        if words.startswith("Pure"):
            found.append(path)
    return found


def configure() -> None:
    """Write the settings under which pytest watches the rule modules and nothing else."""
    watched = "".join(f"\n    {path.relative_to(ROOT).as_posix()}" for path in rule_modules())
    CONFIG.write_text(f"[run]\nbranch = true\nparallel = true\ninclude ={watched}\n", "utf-8")


def main() -> int:
    """Print each rule module with a gap; the exit code says whether there is one."""
    coverage = Coverage(data_file=ROOT / ".coverage", config_file=CONFIG)
    coverage.load()
    gaps = 0
    modules = rule_modules()
    for path in modules:
        analysis = coverage._analyze(str(path))
        missing = sorted(analysis.missing)
        branches = analysis.missing_branch_arcs()
        if missing or branches:
            gaps += 1
            print(f"{path.relative_to(ROOT)}: lines {missing}, branches {dict(branches)}")  # noqa: T201
    print(f"{len(modules)} rule modules, {gaps} with gaps")  # noqa: T201 - a command of the build
    return min(gaps, 1)


if __name__ == "__main__":
    if "--config" in sys.argv:
        configure()
    else:
        sys.exit(main())
