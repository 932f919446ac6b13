"""Every text a person sees exists in 简体中文, 繁體中文 and English, and none lies about unused (law 17)."""

from __future__ import annotations

import ast
import re
import string

import pytest

from qms.kernel.labels import catalogue
from tests.house.reading import PACKAGE, called_name, modules, text_of

MARKERS = {"say", "N_", "Phrase", "_", "Problem"}
IN_TEMPLATE = re.compile(r"""\b_\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")


def _in_code() -> dict[str, str]:
    found: dict[str, str] = {}
    for path, tree in modules().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and called_name(node) in MARKERS and node.args:
                text = text_of(node.args[0])
                if text is not None:
                    found.setdefault(text, path)
            if isinstance(node, ast.ClassDef):
                found.update(_messages(node, path))
    return found


def _messages(node: ast.ClassDef, path: str) -> dict[str, str]:
    found = {}
    for statement in node.body:
        targets = (
            statement.targets
            if isinstance(statement, ast.Assign)
            else [statement.target]
            if isinstance(statement, ast.AnnAssign)
            else []
        )
        named = any(isinstance(target, ast.Name) and target.id == "message" for target in targets)
        text = text_of(getattr(statement, "value", None))
        if named and text is not None:
            found[text] = path
    return found


def _in_templates() -> dict[str, str]:
    found = {}
    for path in sorted(PACKAGE.rglob("*.html")):
        for match in IN_TEMPLATE.finditer(path.read_text("utf-8")):
            found[ast.literal_eval(match.group(1))] = path.relative_to(PACKAGE).as_posix()
    return found


def _texts() -> dict[str, str]:
    return {**_in_templates(), **_in_code()}


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant"])
def test_no_text_is_missing(language: str) -> None:
    """A text without its translation is named with the module that says it."""
    known = catalogue(language)
    missing = [f"{place}: {text}" for text, place in _texts().items() if text not in known]
    assert missing == []


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant"])
def test_no_text_is_unused(language: str) -> None:
    """A translation that nothing says is removed."""
    unused = sorted(set(catalogue(language)) - set(_texts()))
    assert unused == []


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant"])
def test_translations_keep_their_facts(language: str) -> None:
    """A translation fills in the same facts as the English text."""
    different = [text for text, said in catalogue(language).items() if _facts(text) != _facts(said)]
    assert different == []


def _facts(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}
