"""Pure: words that mean the same, read from a list that the quality department may edit (domain.md C3)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from qms.kernel.errors import Invalid, Problem
from qms.kernel.labels import N_
from qms.search.analysis.fold import fold
from qms.search.analysis.tokens import tokens

if TYPE_CHECKING:
    from collections.abc import Mapping

SHIPPED: Final = Path(__file__).with_name("aliases.txt")
_SPACES: Final = re.compile(r"\s+")


class AliasesRefused(Invalid):
    """The list of words that mean the same has faults; nothing of it is used."""

    message = "The list of words that mean the same has {count} fault(s)."


@dataclass(frozen=True, slots=True)
class _Fault:
    message: str
    word: str = ""

    def __call__(self, file: str, line: int) -> Problem:
        return Problem(self.message, file, line, facts={"word": self.word})


@dataclass(frozen=True, slots=True)
class Alias:
    """What a word is also called: `same` words always count, `related` ones when nothing is found."""

    same: tuple[str, ...] = ()
    related: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Aliases:
    """The folded words of all groups, each with what it is also called."""

    words: Mapping[str, Alias] = field(default_factory=dict)

    def longest_at(self, folded: str, start: int, ends: frozenset[int]) -> str | None:
        """The longest listed word that begins at `start` and ends where a word of the text ends."""
        for end in sorted(ends, reverse=True):
            if end <= start:
                break
            word = plain(folded[start:end])
            if word in self.words:
                return folded[start:end]
        return None

    def of(self, word: str) -> Alias:
        """What a word is also called."""
        return self.words.get(plain(word), Alias())


def plain(word: str) -> str:
    """The form in which words of the list are compared: folded, single spaces."""
    return _SPACES.sub(" ", fold(word).strip())


def read_aliases(text: str, file: str) -> Aliases:
    """Read a list; every fault is named by file and line."""
    found: dict[str, Alias] = {}
    problems: list[Problem] = []
    for line, raw in enumerate(text.splitlines(), 1):
        content = raw.partition("#")[0].strip()
        if not content:
            continue
        same, related = _groups(content)
        fault = _fault(same, related, found)
        if fault:
            problems.append(fault(file, line))
            continue
        for word in same:
            found[word] = Alias(tuple(other for other in same if other != word), related)
    if problems:
        raise AliasesRefused(problems)
    return Aliases(found)


def shipped() -> Aliases:
    """The list that comes with the product."""
    return read_aliases(SHIPPED.read_text("utf-8"), SHIPPED.name)


def _groups(content: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    first, _, second = content.partition("~")
    return _split(first), _split(second)


def _split(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(plain(word) for word in text.split("=") if word.strip()))


def _fault(same: tuple[str, ...], related: tuple[str, ...], found: Mapping[str, Alias]) -> _Fault | None:
    if not same or len(same) + len(related) == 1:
        return _Fault(N_("Name at least two words, with = between them or ~ before a related one."))
    for word in (*same, *related):
        if not tokens(word):
            return _Fault(N_("{word} holds no word that could be searched."), word)
    for word in same:
        if word in found:
            return _Fault(N_("{word} already stands in another group."), word)
    return None
