"""Pure: the words of a folded text with their places; numbers and codes are split by us."""

from __future__ import annotations

import re
from bisect import bisect_left
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

import rjieba

from qms.search.analysis.fold import fold

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WORDS: Final = Path(__file__).with_name("words.txt")

_LETTER: Final = "a-zß-ɏͰ-ԯ"
_SEPARATOR: Final = r"[-‐‑‒–—―−_./:+·~]"
_CODE: Final = (
    rf"(?P<letters>[{_LETTER}]+(?:/[{_LETTER}]{{1,3}}(?![{_LETTER}]))?)"
    rf"(?:{_SEPARATOR}|(?P<space>(?<![{_LETTER}][{_LETTER}][{_LETTER}][{_LETTER}])\s))?"
    rf"(?P<digits>[0-9]+(?:{_SEPARATOR}?[0-9]+)*)"
)
_NUMBER: Final = r"(?P<number>[0-9]+(?:[-./:][0-9]+)*)"
_LATIN: Final = re.compile(rf"{_CODE}|{_NUMBER}|(?P<word>[{_LETTER}]+)")
_SPACE: Final = re.compile(r"\s")
_DIGITS: Final = re.compile("[0-9]+")
_LONG_PIECE: Final = 3
_STEM_FROM: Final = 4


class Kind(StrEnum):
    """What a token is: a Chinese word, a Latin word, a code with letters, a plain number, or part of one."""

    WORD = "word"
    LATIN = "latin"
    CODE = "code"
    NUMBER = "number"
    PIECE = "piece"


class Token(NamedTuple):
    """A word of the index and where it stands, from `start` up to but not including `end`."""

    text: str
    start: int
    end: int
    kind: Kind = Kind.WORD


@lru_cache(maxsize=1)
def _segmenter() -> rjieba.Jieba:
    # Our own instance: words of the trade added here must not change anybody else's segmenting.
    jieba = rjieba.Jieba()
    for line in WORDS.read_text("utf-8").splitlines():
        for word in line.partition("#")[0].split():
            jieba.add_word(fold(word), None, None)
    return jieba


def tokens(text: str) -> list[Token]:
    """All tokens of a text for the index: search-mode words, codes by all their beginnings.

    `WI-12-01` gives `wi`, `wi12` and `wi1201`, whatever its separators, width and case; `8.5.1`
    gives `8.5.1`. Words may overlap: the parts of a compound stand beside it.
    """
    folded = fold(text)
    found, rest = _latin(folded)
    found.extend(
        Token(word, start, end)
        for word, start, end in _segmenter().tokenize(rest, "search", False)  # noqa: FBT003 - positional only
        if _chinese(word)
    )
    found.sort(key=_place)
    return found


def places(text: str, found: Sequence[Token]) -> list[int]:
    """Where each token begins, counted without white space, so that a phrase is blind to it."""
    starts = [token.start for token in found]
    spaces = [space.start() for space in _SPACE.finditer(text)]
    return [start - bisect_left(spaces, start) for start in starts] if spaces else starts


def words(text: str) -> list[Token]:
    """The text cut once into words that do not overlap, as a query reads it."""
    folded = fold(text)
    found, rest = _latin(folded)
    whole = [token for token in found if token.kind is not Kind.PIECE]
    whole.extend(
        Token(word, start, end)
        for word, start, end in _segmenter().tokenize(rest, "default", False)  # noqa: FBT003 - positional only
        if _chinese(word)
    )
    whole.sort(key=_place)
    return whole


def parts(word: str) -> list[str]:
    """The shorter words that tile a Chinese word without gap or overlap, else the word itself.

    Parts are in the index wherever a compound of them is, so a query by parts is blind to how a
    text happened to be cut.
    """
    if len(word) < _STEM_FROM:
        return [word]
    found = _segmenter().tokenize(word, "search", False)  # noqa: FBT003 - positional only
    at, tiles = 0, []
    while at < len(word):
        ends = [end for _, start, end in found if start == at and at + 1 < end and end - at < len(word)]
        if not ends:
            return [word]
        tiles.append(word[at : min(ends)])
        at = min(ends)
    return tiles


def stem(word: str) -> str:
    """An English word without its plural ending; other words unchanged."""
    if len(word) < _STEM_FROM or not word.endswith("s") or word[-2] in "sui":
        return word
    return word[:-3] + "y" if word.endswith("ies") else word[:-1]


def code(text: str) -> str | None:
    """The one form of a number such as `CP-12`, or None where the whole text is none."""
    found = _LATIN.fullmatch(fold(text).strip())
    if found is None or found["digits"] is None:
        return None
    return _joined(found)


def codes(text: str) -> list[str]:
    """The codes of a document number by all their beginnings, the whole last: `wi12`, `wi1201`."""
    return [token.text for token in tokens(text) if token.text[-1].isdigit() and not token.text[0].isdigit()]


def _place(token: Token) -> tuple[int, int]:
    return token.start, token.end


def _chinese(word: str) -> bool:
    return word[0] >= "⺀" and word[0].isalnum()


def _latin(folded: str) -> tuple[list[Token], str]:
    found: list[Token] = []
    rest, at = [], 0
    for match in _LATIN.finditer(folded):
        rest += [folded[at : match.start()], " " * (match.end() - match.start())]
        at = match.end()
        if match["word"] is not None:
            found.append(Token(stem(match["word"]), match.start(), match.end(), Kind.LATIN))
        elif match["number"] is not None:
            found.extend(_number(match))
        else:
            found.extend(_code(match))
    rest.append(folded[at:])
    return found, "".join(rest)


def _number(match: re.Match[str]) -> Iterator[Token]:
    pieces = list(_DIGITS.finditer(match.string, match.start(), match.end()))
    yield Token(".".join(piece[0] for piece in pieces), match.start(), match.end(), Kind.NUMBER)
    if len(pieces) > 1:
        yield from _pieces(pieces)


def _code(match: re.Match[str]) -> Iterator[Token]:
    letters = match["letters"]
    pieces = list(_DIGITS.finditer(match.string, match.start("digits"), match.end()))
    at = match.start()
    for part in letters.split("/"):
        if len(part) > 1:
            yield Token(stem(part), at, at + len(part), Kind.PIECE)
        if at > match.start():
            yield Token(part + pieces[0][0], at, pieces[0].end(), Kind.PIECE)
        at += len(part) + 1
    joined = letters.replace("/", "")
    for piece in pieces:
        joined += piece[0]
        kind = Kind.CODE if piece is pieces[-1] else Kind.PIECE
        yield Token(joined, match.start(), piece.end(), kind)
    yield from _pieces(pieces, 1 if match["space"] else _LONG_PIECE)


def _pieces(pieces: list[re.Match[str]], shortest: int = _LONG_PIECE) -> Iterator[Token]:
    for piece in pieces:
        if len(piece[0]) >= shortest:
            yield Token(piece[0], piece.start(), piece.end(), Kind.PIECE)


def _joined(match: re.Match[str]) -> str:
    return match["letters"].replace("/", "") + "".join(_DIGITS.findall(match["digits"]))
