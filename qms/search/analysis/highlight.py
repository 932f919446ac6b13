"""Pure: where the words of a query stand in an original text, and a piece of it to show."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Final

from qms.search.analysis.fold import fold
from qms.search.analysis.query import Phrase, Prefix, Word, leaves
from qms.search.analysis.tokens import places, tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qms.search.analysis.query import Query
    from qms.search.analysis.tokens import Token

LENGTH: Final = 120
_BEFORE: Final = 30
_CHINESE: Final = "⺀"
_STOPS: Final = frozenset("。！？；;\n")

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of an original text with the places of what was found in it.

    `cut_before` and `cut_after` say that the text goes on there.
    """

    text: str
    marks: tuple[Span, ...] = ()
    cut_before: bool = False
    cut_after: bool = False

    def html(self) -> str:
        """The piece as safe HTML: everything escaped, what was found in `<mark>`."""
        found, at = [], 0
        for start, end in self.marks:
            found += [escape(self.text[at:start]), "<mark>", escape(self.text[start:end]), "</mark>"]
            at = end
        found.append(escape(self.text[at:]))
        return ("…" if self.cut_before else "") + "".join(found) + ("…" if self.cut_after else "")


@dataclass(frozen=True, slots=True)
class Sought:
    """The leaves of a query, sorted by how they are looked for; made once for a page.

    `heads` are the words, prefixes and beginnings of phrases when all of them are Chinese: a folded
    text that holds none of these characters in a row needs no cutting into words. Otherwise it is empty.
    """

    words: frozenset[str]
    prefixes: tuple[str, ...]
    phrases: tuple[Phrase, ...]
    heads: tuple[str, ...] = ()


def sought(query: Query) -> Sought:
    """What is to be marked: all that was asked for, by any of its names."""
    words, prefixes, phrases = set(), [], []
    for leaf in leaves(query.every):
        if isinstance(leaf, Word):
            words.add(leaf.text)
        elif isinstance(leaf, Prefix):
            prefixes.append(leaf.text)
        elif isinstance(leaf, Phrase):
            phrases.append(leaf)
    heads = (*words, *prefixes, *(phrase.parts[0][0] for phrase in phrases))
    plain = all(head[0] >= _CHINESE for head in heads)
    return Sought(frozenset(words), tuple(prefixes), tuple(phrases), heads if plain else ())


def marks(text: str, what: Sought) -> tuple[Span, ...]:
    """The places of the original text that hold what was sought; places that touch become one."""
    if what.heads:
        folded = fold(text)
        if not any(head in folded for head in what.heads):
            return ()
    found = tokens(text)
    spans = [
        (token.start, token.end)
        for token in found
        if token.text in what.words or (what.prefixes and token.text.startswith(what.prefixes))
    ]
    if what.phrases:
        spans += _phrases(text, found, what.phrases)
    return _merged(spans)


def fragment(text: str, what: Sought, length: int = LENGTH) -> Fragment:
    """The piece of about `length` characters that holds most of what was sought, whole marks only."""
    spans = marks(text, what)
    if len(text) <= length:
        return Fragment(text, spans)
    start, end = _window(text, spans, length)
    inside = tuple((a - start, b - start) for a, b in spans if start <= a and b <= end)
    return Fragment(text[start:end], inside, start > 0, end < len(text))


def _phrases(text: str, found: Sequence[Token], phrases: Sequence[Phrase]) -> list[Span]:
    placed = list(zip(found, places(text, found), strict=True))
    ends = {(token.text, place): token.end for token, place in placed}
    spans = []
    for phrase in phrases:
        first = phrase.parts[0][0]
        for token, place in placed:
            if token.text == first and all((part, place + at) in ends for part, at in phrase.parts):
                spans.append((token.start, max(ends[part, place + at] for part, at in phrase.parts)))
    return spans


def _merged(spans: list[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _window(text: str, spans: Sequence[Span], length: int) -> Span:
    first = max(
        (start for start, _ in spans),
        key=lambda start: sum(start <= a and b <= start + length - _BEFORE for a, b in spans),
        default=0,
    )
    start = max(0, first - _BEFORE)
    sentence = max(text.rfind(stop, start, first) for stop in _STOPS) + 1
    start = _outside(max(start, sentence), spans)[0]
    return start, _outside(min(len(text), start + length), spans)[1]


def _outside(at: int, spans: Sequence[Span]) -> Span:
    """The place itself twice, or the ends of the mark that it would cut."""
    return next(((a, b) for a, b in spans if a < at < b), (at, at))
