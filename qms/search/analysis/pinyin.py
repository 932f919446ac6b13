"""Pure: the pinyin of titles, by word and by initials, for finding without a Chinese keyboard."""

from __future__ import annotations

import importlib
from functools import lru_cache
from typing import Any, Final

from qms.search.analysis.tokens import Kind, parts, stem, tokens, words

_LONGEST_RUN: Final = 12


@lru_cache(maxsize=20_000)
def _syllables(word: str) -> tuple[str, ...]:
    pinyin = _pinyin()
    return tuple(pinyin.lazy_pinyin(word, style=pinyin.Style.NORMAL, v_to_u=False))


@lru_cache(maxsize=1)
def _pinyin() -> Any:
    """The readings of all phrases, 55 MB, read when a title is first spoken: only an index is written so."""
    return importlib.import_module("pypinyin")


def title_words(title: str) -> list[str]:
    """The pinyin of each run of neighbouring words of a title, of the words inside them, and the initials.

    `质量目标` is found by `zhiliang`, `mubiao`, `zhiliangmubiao`, `zl`, `mb` and `zlmb` (R61). The title
    is folded before, since a traditional character may hide the right reading.
    """
    spoken = [
        _syllables(part) for token in words(title) if token.kind is Kind.WORD for part in parts(token.text)
    ]
    found: dict[str, None] = {}
    for first in range(len(spoken)):
        run: tuple[str, ...] = ()
        for syllables in spoken[first : first + _LONGEST_RUN]:
            run += syllables
            _add(found, run)
    for token in tokens(title):
        if token.kind is Kind.WORD:
            _add(found, _syllables(token.text))
    return list(found)


def _add(found: dict[str, None], run: tuple[str, ...]) -> None:
    """A run in full and by its initials, each also as a query without an English plural would ask."""
    said = ["".join(run)]
    if len(run) > 1:
        said.append("".join(syllable[0] for syllable in run))
    for each in said:
        found[each] = None
        found[stem(each)] = None
