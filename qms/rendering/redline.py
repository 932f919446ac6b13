"""Pure rules: what changed between two texts, by blocks first, then by the words inside them (DOC-06)."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from html import escape
from typing import TYPE_CHECKING, Final

import rjieba

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from qms.rendering.markdown import Block, Content

_ALIKE: Final = 0.45
_LONGEST: Final = 4000


class RowKind(StrEnum):
    """What happened to a block."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Row:
    """One block on both sides; `clause` is its id in the new text, or in the old one where it is gone.

    The HTML is escaped words with `<del>` on the old side and `<ins>` on the new one.
    """

    kind: RowKind
    clause: str
    block: str
    old_html: str
    new_html: str


def compare(old: Content, new: Content) -> list[Row]:
    """Every block of both texts in order, each once; what is the same says so."""
    before, after = old.blocks, new.blocks
    left = [(block.kind, block.text) for block in before]
    right = [(block.kind, block.text) for block in after]
    rows: list[Row] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if tag == "equal":
            rows += [_same(block) for block in after[j1:j2]]
        else:
            rows += _replaced(before[i1:i2], after[j1:j2])
    return rows


def compare_texts(old: str, new: str) -> tuple[str, str]:
    """Two short texts (a title, a field) as marked HTML, old and new."""
    return _marked(old, new)


def _same(block: Block) -> Row:
    words = escape(block.text)
    return Row(RowKind.SAME, block.clause, block.kind, words, words)


def _replaced(before: Sequence[Block], after: Sequence[Block]) -> Iterator[Row]:
    """Blocks of two stretches, those alike side by side, the rest as removed and added."""
    done = 0
    for block in after:
        found = next((place for place in range(done, len(before)) if _alike(before[place], block)), None)
        if found is None:
            yield Row(RowKind.ADDED, block.clause, block.kind, "", f"<ins>{escape(block.text)}</ins>")
            continue
        yield from map(_removed, before[done:found])
        yield Row(RowKind.CHANGED, block.clause, block.kind, *_marked(before[found].text, block.text))
        done = found + 1
    yield from map(_removed, before[done:])


def _removed(block: Block) -> Row:
    return Row(RowKind.REMOVED, block.clause, block.kind, f"<del>{escape(block.text)}</del>", "")


def _alike(old: Block, new: Block) -> bool:
    if old.kind != new.kind:
        return False
    matcher = SequenceMatcher(None, old.text[:_LONGEST], new.text[:_LONGEST], autojunk=False)
    return matcher.quick_ratio() >= _ALIKE and matcher.ratio() >= _ALIKE


def _marked(old: str, new: str) -> tuple[str, str]:
    """Both texts with what differs marked by words."""
    left, right = _words(old), _words(new)
    removed: list[str] = []
    added: list[str] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        gone, came = escape("".join(left[i1:i2])), escape("".join(right[j1:j2]))
        removed.append(gone if tag == "equal" or not gone else f"<del>{gone}</del>")
        added.append(came if tag == "equal" or not came else f"<ins>{came}</ins>")
    return "".join(removed), "".join(added)


def _words(text: str) -> list[str]:
    """The words of a text; a very long one counts as one, so that its comparison stays quick."""
    return [text] if len(text) > _LONGEST else list(rjieba.cut(text))
