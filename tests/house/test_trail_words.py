"""Every entry that can be written has a sentence, and every value in it a label (TRL-15, P11-10e)."""

from __future__ import annotations

import ast
from string import Formatter
from typing import TYPE_CHECKING

from qms import trail
from qms.kernel.labels import LANGUAGES, say
from qms.runtime import sentences
from tests.house.reading import modules, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

RECORDS = {"record", "Change", "_ended"}


def _constants() -> dict[str, str]:
    """Every name in capitals that holds a tag, so that `work.record(SIGN, ...)` is read too."""
    found: dict[str, str] = {}
    for tree in modules().values():
        for node in ast.walk(tree):
            if isinstance(node, (ast.Assign, ast.AnnAssign)) and (value := text_of(node.value)):
                names = node.targets if isinstance(node, ast.Assign) else [node.target]
                found.update({name.id: value for name in names if isinstance(name, ast.Name)})
    return found


def _tags() -> Iterator[tuple[str, str]]:
    """Each tag that is written anywhere, with the module that writes it."""
    known = _constants()
    for path, tree in modules().items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            for argument in node.args[:2] if name in RECORDS else ():
                for each in ast.walk(argument):
                    value = (
                        each.value if isinstance(each, ast.Constant) else known.get(getattr(each, "id", ""))
                    )
                    if isinstance(value, str) and ":" in value and " " not in value:
                        yield value, path


def test_every_tag_has_a_sentence() -> None:
    """What is recorded by a literal or a constant reads as a sentence in the table of its slice.

    Of a tag that is put together its beginning is known: some sentence begins so.
    """
    tags = dict(_tags())
    told = {**trail.SENTENCES, **sentences()}
    assert len(tags) > 60
    silent = {tag: path for tag, path in tags.items() if not any(each.startswith(tag) for each in told)}
    assert {tag for tag in tags if tag not in told and not tag.endswith((":", "-"))} | silent.keys() == set()


def test_every_sentence_keeps_its_facts_in_every_language() -> None:
    """A translation tells the same facts as the English sentence."""
    for tag, sentence in {**trail.SENTENCES, **sentences()}.items():
        wanted = {field for _, field, _, _ in Formatter().parse(sentence) if field}
        for language in LANGUAGES:
            told = say(sentence, language, **{field: f"<{field}>" for field in wanted})
            assert [field for field in wanted if f"<{field}>" not in told] == [], (tag, language)
