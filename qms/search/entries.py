"""Pure: what is true of one entry: who sees it, which day, its digest, and whether a query finds it."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from qms.kernel.ports import Entry, Rights
from qms.search.analysis.fold import fold
from qms.search.analysis.pinyin import title_words
from qms.search.analysis.query import AllOf, AnyOf, Clause, Phrase, Prefix, Query, Word
from qms.search.analysis.tokens import Kind, codes, places, tokens
from qms.search.engine import Suggestion, Wanted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from qms.search.analysis.query import Node
    from qms.search.analysis.tokens import Token

HEADING_END: Final = "¶"
_SHORTEST: Final = 2


def body(entry: Entry) -> str:
    """What is searched besides the title: heading and text, apart so that no phrase spans both."""
    return f"{entry.heading}{HEADING_END}{entry.text}"


def pack(entry: Entry) -> dict[str, Any]:
    """An entry as plain JSON values, sets in order."""
    return {
        "key": entry.key,
        "group": entry.group,
        "number": entry.number,
        "title": entry.title,
        "kind": entry.kind,
        "language": entry.language,
        "revision": entry.revision,
        "heading": entry.heading,
        "clause": entry.clause,
        "anchor": entry.anchor,
        "text": entry.text,
        "secrecy": int(entry.secrecy),
        "circle": entry.circle,
        "departments": None if entry.departments is None else sorted(entry.departments),
        "posts": sorted(entry.posts),
        "people": sorted(entry.people),
        "from_on": entry.from_on.isoformat(),
        "until_on": None if entry.until_on is None else entry.until_on.isoformat(),
    }


def unpack(packed: dict[str, Any]) -> Entry:
    """The entry of its plain values."""
    return Entry(
        **{
            **packed,
            "departments": None if packed["departments"] is None else frozenset(packed["departments"]),
            "posts": frozenset(packed["posts"]),
            "people": frozenset(packed["people"]),
            "from_on": date.fromisoformat(packed["from_on"]),
            "until_on": None if packed["until_on"] is None else date.fromisoformat(packed["until_on"]),
        }
    )


def digest(entry: Entry) -> str:
    """The digest of all that is kept of an entry, to reconcile index and register."""
    written = json.dumps(pack(entry), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(written.encode()).hexdigest()[:32]


_BEHIND: Final = 0.001


def standing(query: Query, *, kept: bool) -> float:
    """What an entry's score counts: what people keep stands behind what tells them how to work.

    A thousand records hold the words of the instruction they were made by, and would bury it. Whoever
    types a number wants just that thing (DOC-18, R61).
    """
    return _BEHIND if kept and query.number is None else 1.0


@dataclass(frozen=True, slots=True)
class Guard:
    """All that decides whether an entry exists for a person on a day; many entries share one."""

    kind: str
    language: str
    secrecy: int
    circle: str | None
    departments: frozenset[str] | None
    posts: frozenset[str]
    people: frozenset[str]
    from_on: date
    until_on: date | None
    kept: bool
    """Whether it is something retained: only what is maintained has revisions (ISO 9000)."""

    @classmethod
    def of(cls, entry: Entry) -> Guard:
        """The guard of an entry."""
        return cls(
            entry.kind,
            entry.language,
            int(entry.secrecy),
            entry.circle,
            entry.departments,
            entry.posts,
            entry.people,
            entry.from_on,
            entry.until_on,
            kept=not entry.revision,
        )

    def opens(self, rights: Rights, day: date, wanted: Wanted) -> bool:
        """Whether the entry is in force that day, exists for the person, and is wanted (SEC-07)."""
        return (
            self.from_on <= day
            and (self.until_on is None or day < self.until_on)
            and (not wanted.kinds or self.kind in wanted.kinds)
            and (not wanted.languages or self.language in wanted.languages)
            and rights.sees(
                secrecy=self.secrecy,
                circle=self.circle,
                departments=self.departments,
                posts=self.posts,
                people=self.people,
            )
        )


def wholes(entries: Iterable[Entry]) -> set[str]:
    """The keys of the entries that stand for their document.

    An entry without clause stands for its document; where a realisation has none, its first entry
    does, so that every document is found by its title.
    """
    chosen: dict[tuple[str, str, str], Entry] = {}
    for entry in entries:
        thing = (entry.number, entry.language, entry.revision)
        if thing not in chosen or (chosen[thing].clause and not entry.clause):
            chosen[thing] = entry
    return {entry.key for entry in chosen.values()}


class View:
    """One entry as a query sees it: the tokens of body, title, number and pinyin."""

    def __init__(self, entry: Entry, *, whole: bool) -> None:
        """Look at an entry; `whole` when it stands for its document."""
        self.entry = entry
        self.whole = whole

    @cached_property
    def _folded(self) -> str:
        return fold(f"{body(self.entry)}\n{self.entry.title}")

    @cached_property
    def _title(self) -> list[Token]:
        return tokens(self.entry.title)

    @cached_property
    def _body(self) -> list[Token]:
        return tokens(body(self.entry))

    @cached_property
    def _number(self) -> set[str]:
        return set(codes(self.entry.number))

    @cached_property
    def _texts(self) -> dict[str, int]:
        counted: dict[str, int] = dict.fromkeys(self._number, 1)
        for token in (*self._body, *self._title):
            counted[token.text] = counted.get(token.text, 0) + 1
        return counted

    @cached_property
    def _name(self) -> set[str]:
        return {token.text for token in self._title} | self._number | set(title_words(self.entry.title))

    def answers(self, query: Query) -> bool:
        """Whether the entry is an answer: by its words, or as a document by its name."""
        if any(self._holds(node) for node in query.without):
            return False
        held = sum(self._holds(node) for node in query.every)
        return held >= query.least or self.named(query)

    def named(self, query: Query) -> bool:
        """Whether a document is asked for by title, number or pinyin."""
        return self.whole and all(self._names(node) for node in query.every)

    def score(self, query: Query) -> float:
        """How well the entry answers: its name first, then how often the words stand in it."""
        count = sum(self._texts.get(text, 0) for node in query.every for text in _plain(node))
        clause = any(isinstance(node, Clause) and node.number == self.entry.clause for node in query.every)
        found = 100.0 * self.named(query) + 50.0 * clause + count / math.sqrt(8 + len(self._body))
        return standing(query, kept=not self.entry.revision) * found

    def _holds(self, node: Node) -> bool:
        if isinstance(node, Word):
            # A Chinese word stands in the text as it is: most texts need not be cut into words at all.
            maybe = node.kind is not Kind.WORD or node.text in self._folded
            return maybe and node.text in self._texts
        if isinstance(node, Prefix):
            return any(text.startswith(node.text) for text in self._texts)
        if isinstance(node, Clause):
            return node.number in self._texts or self.entry.clause == node.number
        if isinstance(node, Phrase):
            return node.parts[0][0] in self._texts and (
                _stands(node, body(self.entry), self._body) or self._titled(node)
            )
        held = (self._holds(each) for each in node.nodes)
        return any(held) if isinstance(node, AnyOf) else all(held)

    def _names(self, node: Node) -> bool:
        if isinstance(node, Word):
            return node.text in self._name
        if isinstance(node, Prefix):
            return any(text.startswith(node.text) for text in self._name)
        if isinstance(node, Clause):
            return False
        if isinstance(node, Phrase):
            return self._titled(node)
        named = (self._names(each) for each in node.nodes)
        return any(named) if isinstance(node, AnyOf) else all(named)

    def _titled(self, phrase: Phrase) -> bool:
        return _stands(phrase, self.entry.title, self._title)

    def goes_on(self, prefix: str) -> Suggestion | None:
        """The suggestion of this document where its number, title or pinyin goes on from the prefix."""
        if not self.whole or not goes_on(prefix, self.entry.number, self.entry.title):
            return None
        return Suggestion(self.entry.number, self.entry.title, self.entry.language)


def goes_on(prefix: str, number: str, title: str, spoken: Iterable[str] | None = None) -> bool:
    """Whether a title holds the prefix, or a number or the pinyin of the title begins with it."""
    typed = fold(prefix).strip()
    if len(typed) < _SHORTEST:
        return False
    tight = "".join(character for character in typed if character.isalnum())
    plain = "".join(character for character in fold(number) if character.isalnum())
    if typed in fold(title) or (tight and plain.startswith(tight)):
        return True
    return (
        tight != ""
        and tight.isascii()
        and any(word.startswith(tight) for word in (title_words(title) if spoken is None else spoken))
    )


def _plain(node: Node) -> Iterable[str]:
    if isinstance(node, (AnyOf, AllOf)):
        return (text for each in node.nodes for text in _plain(each))
    if isinstance(node, Phrase):
        return (text for text, _ in node.parts)
    return (node.text,) if isinstance(node, Word) else ()


def _stands(phrase: Phrase, text: str, found: Sequence[Token]) -> bool:
    known = {(token.text, place) for token, place in zip(found, places(text, found), strict=True)}
    first = phrase.parts[0][0]
    starts = [place for word, place in known if word == first]
    return any(all((word, start + at) in known for word, at in phrase.parts) for start in starts)
