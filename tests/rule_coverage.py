"""Refuses a pure rule module that the tests did not walk on every branch; run after pytest by `make test`.

A rule module says so itself: its docstring begins with the words "Pure". Nothing that decides by the law
alone has an excuse for a branch nobody tried.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

from coverage import Coverage

ROOT = Path(__file__).parents[1]


def rule_modules() -> list[Path]:
    """The modules whose docstring says that they are pure rules."""
    found = []
    for path in sorted((ROOT / "qms").rglob("*.py")):
        words = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
        if words.startswith("Pure"):
            found.append(path)
    return found


def main() -> int:
    """Print each rule module with a gap; the exit code is the number of them."""
    coverage = Coverage(data_file=ROOT / ".coverage", config_file=ROOT / "pyproject.toml")
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
    sys.exit(main())
