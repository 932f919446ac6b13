"""Every refusal has a status, an exit code and a whole sentence in three languages (law 10, law 17)."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import string
from collections import ChainMap
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import pytest

import qms
from qms.cli.exits import EXIT, exit_code
from qms.http.problems import STATUS, status
from qms.kernel.errors import (
    Conflict,
    Damaged,
    Exhausted,
    Forbidden,
    Invalid,
    Missing,
    QmsError,
    Unavailable,
)
from qms.kernel.labels import catalogue
from tests.house.reading import modules, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import ModuleType

KINDS: Final = (Missing, Forbidden, Conflict, Invalid, Damaged, Unavailable, Exhausted)
RUN_WHEN_IMPORTED: Final = ("qms.migrations.env", "qms.migrations.versions", "qms.cli.__main__")
SENTENCE: Final = re.compile(r"[“{A-Z].*([.:?}]|: qms [a-z -]+)")
FILLED_IN: Final = {Invalid: {"count"}}
"""Facts that a kind fills in by itself."""


@cache
def loaded() -> Mapping[str, ModuleType]:
    """Every module of the package, imported, by its path from the root."""
    found = {"qms/__init__.py": qms}
    for info in pkgutil.walk_packages(qms.__path__, "qms."):
        if not info.name.startswith(RUN_WHEN_IMPORTED):
            module = importlib.import_module(info.name)
            path = info.name.replace(".", "/")
            found[f"{path}/__init__.py" if info.ispkg else f"{path}.py"] = module
    return found


def _below(kind: type[QmsError]) -> Iterator[type[QmsError]]:
    for one in kind.__subclasses__():
        yield one
        yield from _below(one)


@cache
def refusals() -> tuple[type[QmsError], ...]:
    """Every concrete refusal of the product."""
    loaded()
    ours = {one for one in _below(QmsError) if one.__module__.startswith("qms.")} - set(KINDS)
    return tuple(sorted(ours, key=lambda one: (one.__module__, one.__name__)))


def facts_of(text: str) -> set[str]:
    """The names a sentence wants filled."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def _filled(refusal: type[QmsError]) -> set[str]:
    return {name for kind, names in FILLED_IN.items() if issubclass(refusal, kind) for name in names}


def test_every_module_is_looked_at() -> None:
    """What is imported is what stands in the source."""
    assert set(modules()) - set(loaded()) == {"qms/migrations/env.py", "qms/cli/__main__.py"}
    assert len(refusals()) > 100


def test_each_refusal_is_of_one_kind_with_status_and_exit_code() -> None:
    """The tables know each kind, and no refusal falls through them or between two."""
    assert set(STATUS) == set(EXIT) == set(KINDS)
    assert len(set(STATUS.values())) == len(set(EXIT.values())) == len(KINDS)
    for one in refusals():
        (kind,) = [kind for kind in KINDS if issubclass(one, kind)]
        # Made without its own arguments: the tables look at the kind alone.
        error = one.__new__(one)
        assert (status(error), exit_code(error)) == (STATUS[kind], EXIT[kind]), one


def test_each_refusal_says_a_sentence() -> None:
    """A person can act upon it: a whole sentence, not that of its kind; a command may end it."""
    kinds = {kind.message for kind in (QmsError, *KINDS)}
    wrong = [
        f"{one.__module__}.{one.__name__}: {one.message}"
        for one in refusals()
        if one.message in kinds or not SENTENCE.fullmatch(one.message)
    ]
    assert wrong == []


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant"])
def test_each_refusal_speaks_chinese(language: str) -> None:
    """In both scripts, with the same facts."""
    known = catalogue(language)
    wrong = [
        f"{one.__name__}: {one.message}"
        for one in _everyone()
        if facts_of(known.get(one.message, "{missing}")) != facts_of(one.message)
    ]
    assert wrong == []


def _everyone() -> list[type[QmsError]]:
    return [*KINDS, *refusals()]


# The places where refusals are made.


class Made:
    """One place in the source where refusals are made, and the facts it gives."""

    def __init__(self, place: str, refusal: type[QmsError], given: set[str]) -> None:
        self.place = place
        self.refusal = refusal
        self.given = given

    @property
    def lacks(self) -> set[str]:
        """The facts of the sentence that nobody fills in here."""
        return facts_of(self.refusal.message) - _filled(self.refusal) - self.given


def _functions(tree: ast.Module) -> Iterator[tuple[ast.AST, list[ast.AST]]]:
    """Each node with the functions it stands in, the innermost first."""
    waiting: list[tuple[ast.AST, list[ast.AST]]] = [(tree, [])]
    while waiting:
        node, around = waiting.pop()
        yield node, around
        if isinstance(node, ast.FunctionDef | ast.Lambda):
            around = [node, *around]
        waiting += [(child, around) for child in ast.iter_child_nodes(node)]


def _named(node: ast.expr, module: ModuleType) -> Any:
    """What a dotted name means in the module; None for anything that is no such name."""
    if isinstance(node, ast.Name):
        return getattr(module, node.id, None)
    if isinstance(node, ast.Attribute):
        return inspect.getattr_static(_named(node.value, module), node.attr, None)  # runs no property
    return None


def _leaves(value: Any) -> Iterator[Any]:
    """Whatever stands in a table of tables."""
    if isinstance(value, dict | ChainMap):
        for one in value.values():
            yield from _leaves(one)
    else:
        yield value


def _refusals_in(value: Any) -> list[type[QmsError]]:
    return [one for one in _leaves(value) if isinstance(one, type) and issubclass(one, QmsError)]


def _classes(node: ast.expr, module: ModuleType) -> list[type[QmsError]]:
    """The refusals that a called or raised expression may stand for: a name, or an entry of a table."""
    found = _named(node, module)
    if isinstance(node, ast.Subscript):
        while isinstance(node, ast.Subscript):
            node = node.value
        found = _named(node, module)
    return _refusals_in(found)


def _literal_keys(name: str, around: list[ast.AST]) -> set[str]:
    """The keys of `name = {...}` in the functions around."""
    for function in around:
        for node in ast.walk(function):
            targets = node.targets if isinstance(node, ast.Assign) else []
            if any(isinstance(each, ast.Name) and each.id == name for each in targets):
                assert isinstance(node, ast.Assign)
                return _keys(node.value, around)
    return set()


def _keys(value: ast.expr | None, around: list[ast.AST]) -> set[str]:
    """The keys of a dictionary as far as they can be read."""
    if isinstance(value, ast.Name):
        return _literal_keys(value.id, around)
    if not isinstance(value, ast.Dict):
        return set()
    found = {text for key in value.keys if (text := text_of(key))}
    for key, inner in zip(value.keys, value.values, strict=True):
        found |= _keys(inner, around) if key is None else set()
    return found


def _given(call: ast.Call, around: list[ast.AST]) -> set[str]:
    found = {each.arg for each in call.keywords if each.arg}
    for each in call.keywords:
        found |= _keys(each.value, around) if each.arg is None else set()
    return found


def places_in(path: str, tree: ast.Module, module: ModuleType) -> Iterator[Made]:
    """Every call of a refusal in a module, and every raise of one without a call."""
    for node, around in _functions(tree):
        if isinstance(node, ast.Call):
            classes, given = _classes(node.func, module), _given(node, around)
        elif isinstance(node, ast.Raise) and node.exc is not None:
            classes, given = _classes(node.exc, module), set()
        else:
            continue
        yield from (Made(f"{path}:{node.lineno}", one, given) for one in classes)


@cache
def places() -> tuple[Made, ...]:
    """All of them, in the whole package."""
    return tuple(
        made
        for path, tree in modules().items()
        if path in loaded()
        for made in places_in(path, tree, loaded()[path])
    )


def test_the_facts_are_filled_in_wherever_a_refusal_is_made() -> None:
    """No sentence reaches a person with an empty place, or fails for want of a fact."""
    assert len(places()) > 200
    lacking = [f"{made.place} {made.refusal.__name__} lacks {made.lacks}" for made in places() if made.lacks]
    assert lacking == []


@pytest.mark.parametrize(
    ("written", "lacks"),
    [
        ("raise JobMissing(id=3)", set()),
        ("raise JobMissing()", {"id"}),
        ("raise JobMissing", {"id"}),
        ("def f():\n    facts = {'id': 1}\n    return JobAlreadyOpen(**facts)", {"other"}),
        ("raise JobAlreadyOpen(other=1, **{'id': 2})", set()),
    ],
)
def test_the_reading_bites(written: str, lacks: set[str]) -> None:
    """A fact that is forgotten is found, however the refusal is made."""
    (made,) = places_in("x.py", ast.parse(written), loaded()["qms/jobs/operations.py"])
    assert made.lacks == lacks


def test_no_refusal_is_there_for_nothing() -> None:
    """Each concrete one is made somewhere, or one of its own kind below it is."""
    used = {made.refusal for made in places()} | set(_in_tables())
    idle = [one.__name__ for one in refusals() if not any(issubclass(each, one) for each in used)]
    assert idle == []


def _in_tables() -> Iterator[type[QmsError]]:
    for module in loaded().values():
        for name, value in vars(module).items():
            if not name.startswith("__") and isinstance(value, dict) and value not in (STATUS, EXIT):
                yield from (
                    one for one in _leaves(value) if isinstance(one, type) and issubclass(one, QmsError)
                )


def test_the_facts_of_every_problem_are_filled_in() -> None:
    """The same for each fault of an input, where text and facts stand beside each other."""
    lacking, seen = [], 0
    for path, tree in modules().items():
        module = loaded().get(path)
        for node, around in _functions(tree):
            if not isinstance(node, ast.Call) or module is None or not node.args:
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else ""
            text = _text(node.args[0], module)
            if text is None or name not in {"Problem", "say", "Phrase"}:
                continue
            seen += 1
            given = _given(node, around)
            if name == "Problem":
                told = {each.arg: each.value for each in node.keywords}
                given = _keys(told.get("facts") or next(iter(node.args[4:]), None), around)
            if facts_of(text) - given and not _handed_on(node):
                lacking.append(f"{path}:{node.lineno} lacks {facts_of(text) - given}: {text}")
    assert seen > 100
    assert lacking == []


def _handed_on(call: ast.Call) -> bool:
    """Whether facts come from elsewhere as a whole, so that they cannot be read here."""
    return any(each.arg is None and not isinstance(each.value, ast.Dict) for each in call.keywords)


def _text(node: ast.expr, module: ModuleType) -> str | None:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "N_":
        return text_of(node.args[0])
    found = text_of(node) or _named(node, module)
    return found if isinstance(found, str) else None
