"""What Whoosh keeps of an entry: the fields, our tokens in them, and the mark of the analysis."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from whoosh.analysis import Analyzer
from whoosh.analysis import Token as WhooshToken
from whoosh.fields import ID, STORED, TEXT, Schema

from qms.search.analysis.fold import ADDITIONS, TABLE
from qms.search.analysis.pinyin import title_words
from qms.search.analysis.tokens import WORDS, codes, places, tokens
from qms.search.entries import HEADING_END, Guard, body, pack, wholes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from qms.kernel.ports import Entry

_SHAPE: Final = "3"
_HEADING_WEIGHT: Final = 3.0
_TITLE_BOOST: Final = 0.3
_TITLE_LENGTH: Final = 200


class Words(Analyzer):  # type: ignore[misc]  # Whoosh has no types
    """Our tokens with the place in the text as position, so that phrases are blind to overlaps.

    What stands before the mark that ends the heading weighs more.
    """

    def __call__(self, value: str, **_: Any) -> Iterator[Any]:
        """One Whoosh token after the other."""
        token = WhooshToken(positions=True, boosts=True)
        heading = value.find(HEADING_END)
        for text, start in _title(value) if len(value) < _TITLE_LENGTH else _places(value):
            token.text = text
            token.pos = start
            token.boost = _HEADING_WEIGHT if start < heading else 1.0
            yield token


class Spaced(Analyzer):  # type: ignore[misc]  # Whoosh has no types
    """Words made elsewhere, with a space between them."""

    def __call__(self, value: str, **_: Any) -> Iterator[Any]:
        """One Whoosh token after the other."""
        token = WhooshToken(positions=True, boosts=True)
        token.boost = 1.0
        for place, text in enumerate(value.split()):
            token.text = text
            token.pos = place
            yield token


def _places(value: str) -> list[tuple[str, int]]:
    found = tokens(value)
    return [(token.text, place) for token, place in zip(found, places(value, found), strict=True)]


@lru_cache(maxsize=512)
def _title(value: str) -> list[tuple[str, int]]:
    return _places(value)


def schema() -> Any:
    """Body and title with places for phrases; the title weighs less, since every clause repeats it."""
    spaced = {"analyzer": Spaced(), "phrase": False}
    return Schema(
        key=ID(),
        group=ID(),
        guard=ID(),
        clause=ID(),
        text=TEXT(analyzer=Words()),
        title=TEXT(analyzer=Words(), field_boost=_TITLE_BOOST),
        name=TEXT(analyzer=Words()),
        number=TEXT(**spaced),
        pinyin=TEXT(**spaced),
        entry=STORED(),
    )


@lru_cache(maxsize=1)
def analysis_mark() -> str:
    """What an index depends on besides its entries; another mark asks for a rebuild."""
    seen = hashlib.sha256(f"{_SHAPE} {version('rjieba')} {sorted(ADDITIONS.items())}".encode())
    for path in (TABLE, WORDS):
        seen.update(path.read_bytes())
    return seen.hexdigest()[:16]


def add(writer: Any, entries: Sequence[Entry]) -> None:
    """Put the entries of one thing in; those that stand for a document are found by its name as well."""
    documents = wholes(entries)
    for entry in entries:
        whole = entry.key in documents
        spoken = title_words(entry.title) if whole else []
        name = {"name": entry.title, "pinyin": " ".join(spoken)} if whole else {}
        writer.add_document(
            key=entry.key,
            group=entry.group,
            guard=_guard_name(Guard.of(entry)),
            clause=entry.clause,
            text=body(entry),
            title=entry.title,
            number=" ".join(codes(entry.number)),
            entry={"entry": pack(entry), "whole": whole, "spoken": spoken},
            **name,
        )


def _guard_name(guard: Guard) -> str:
    parts = (
        guard.kind,
        guard.language,
        guard.secrecy,
        guard.circle,
        None if guard.departments is None else sorted(guard.departments),
        sorted(guard.posts),
        sorted(guard.people),
        guard.from_on,
        guard.until_on,
        guard.kept,
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:20]
