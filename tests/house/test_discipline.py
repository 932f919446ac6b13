"""House rules that a linter does not know, checked on the source itself."""

from __future__ import annotations

import ast

from tests.house.reading import PACKAGE, ROOT, called_name, modules

# The second one commits the index, a cache beside the database, and no transaction of the register.
MAY_COMMIT = {"qms/kernel/work.py", "qms/search/whoosh_engine.py"}
LONGEST = 450
NO_SLICES = {"kernel", "migrations", "runtime", "http", "web", "cli", "worker"}


def test_only_the_edge_commits() -> None:
    """Law 1: no line says commit() but the one place that closes a Work for the edge."""
    strays = [
        f"{path}:{node.lineno}"
        for path, tree in modules().items()
        if path not in MAY_COMMIT
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and called_name(node) == "commit"
    ]
    assert strays == []


def test_nothing_is_imported_inside_functions() -> None:
    """Circles are not hidden: every import stands at the top of its module."""
    hidden = [
        f"{path}:{inner.lineno}"
        for path, tree in modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []


def test_modules_stay_small() -> None:
    """A module that has grown too long becomes a package by stage."""
    long = {
        path.relative_to(ROOT).as_posix(): count
        for path in PACKAGE.rglob("*.py")
        if (count := len(path.read_text("utf-8").splitlines())) > LONGEST
    }
    assert long == {}


def test_slices_are_entered_by_their_face() -> None:
    """Whoever is outside a slice imports only what its `__init__` offers, and its models to point at them."""
    slices = {
        path.name for path in PACKAGE.iterdir() if path.is_dir() and (path / "__init__.py").is_file()
    } - NO_SLICES
    deep = []
    for path, tree in modules().items():
        own = path.split("/")[1]
        for node in ast.walk(tree):
            if not isinstance(node, ast.ImportFrom) or not node.module:
                continue
            parts = node.module.split(".")
            inside = parts[0] == "qms" and len(parts) > 2 and parts[1] in slices - {own}
            if inside and parts[2] != "models":
                deep.append(f"{path}:{node.lineno} {node.module}")
    assert deep == []


def test_now_is_asked_of_the_clock_alone() -> None:
    """Law 16: nobody but the kernel's clock looks at the machine's time."""
    asked = [
        f"{path}:{node.lineno}"
        for path, tree in modules().items()
        if path != "qms/kernel/clock.py"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and called_name(node) in {"now", "utcnow", "today"}
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"datetime", "date"}
    ]
    assert asked == []
