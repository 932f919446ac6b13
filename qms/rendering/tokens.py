"""Pure rules on the tokens of a parsed text: sections, number spans, columns, plain words."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Final

from markdown_it.token import Token

from qms.rendering.columns import widths
from qms.rendering.grammar import wide

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_HEADING: Final = re.compile(
    r"(?P<number>\d+(?:[.．]\d+)*[.．、]?)(?P<gap>[ \u3000]+)(?P<words>.*)", re.DOTALL
)


def sections(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Where each top-level heading's section starts and ends, the words before the first included."""
    starts = [
        index for index, token in enumerate(tokens) if token.type == "heading_open" and token.level == 0
    ]
    edges = [0, *starts, len(tokens)]
    for start, end in itertools.pairwise(edges):
        if start < end:
            yield start, end


def split_heading(inline: Token) -> tuple[str, str]:
    """Number and words of a heading."""
    words = flat(inline)
    match = _HEADING.fullmatch(words)
    return (match["number"], match["words"].strip()) if match else ("", words.strip())


def number_span(inline: Token, number: str) -> None:
    """Put the typed number of a heading into a span of its own."""
    first = (inline.children or [text_token("")])[0]
    match = _HEADING.match(first.content)
    if not number or match is None:
        return
    opening = new_token("num_open", "span", 1)
    opening.attrs = {"class": "num"}
    words = text_token(f" {first.content[match.start('words') :]}")
    rest = (inline.children or [])[1:]
    inline.children = [opening, text_token(number), new_token("num_close", "span", -1), words, *rest]


def joins(children: Sequence[Token], position: int) -> bool:
    """Whether a line break falls between Chinese characters, where it means no space."""
    return wide(_edge(children, position, -1)) and wide(_edge(children, position, 1))


def _edge(children: Sequence[Token], position: int, step: int) -> str:
    """The character that stands next to a line break, or a space at the end of the text."""
    position += step
    while 0 <= position < len(children):
        if words := children[position].content:
            return words[-1] if step < 0 else words[0]
        position += step
    return " "


def new_token(kind: str, tag: str, nesting: int) -> Token:
    """A token that renders as a plain tag."""
    return Token(kind, tag, nesting)  # type: ignore[arg-type]  # -1, 0 or 1


def text_token(words: str) -> Token:
    """A token of words."""
    token = new_token("text", "", 0)
    token.content = words
    return token


def as_text(token: Token) -> None:
    """Let a token be printed as the characters it was typed with."""
    token.type, token.tag = "text", ""


def flat(inline: Token) -> str:
    """The words of one run of text, as they are read aloud."""
    children = inline.children or []
    parts: list[str] = []
    for position, child in enumerate(children):
        if child.type in {"softbreak", "hardbreak"}:
            parts.append("" if joins(children, position) else " ")
        else:
            parts.append(child.content)
    return "".join(parts)


def with_columns(tokens: Sequence[Token]) -> list[Token]:
    """The tokens with a width for each table column and sides as classes instead of styles."""
    made: list[Token] = []
    for index, token in enumerate(tokens):
        made.append(token)
        if token.type in {"th_open", "td_open"} and "style" in token.attrs:
            token.attrs["class"] = str(token.attrs.pop("style")).removeprefix("text-align:")
        elif token.type == "table_open":
            made.append(new_token("colgroup_open", "colgroup", 1))
            for percent in widths(_rows(tokens, index)):
                column = new_token("col", "col", 0)
                column.attrs = {"class": f"w-{percent}"}
                made.append(column)
            made.append(new_token("colgroup_close", "colgroup", -1))
    return made


def _rows(tokens: Sequence[Token], start: int) -> list[list[str]]:
    """The words of the cells of the table that opens at `start`."""
    rows: list[list[str]] = []
    for token in itertools.takewhile(lambda token: token.type != "table_close", tokens[start:]):
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(flat(token))
    return rows


_CELL: Final = " | "


def pieces(tokens: Sequence[Token]) -> Iterator[tuple[str, str]]:
    """Kind and words of each heading, paragraph, list item, table row and code block."""
    cells: list[str] = []
    kind = "paragraph"
    in_row = False
    for token in tokens:
        if token.type == "tr_open":
            in_row, cells = True, []
        elif token.type == "tr_close":
            in_row = False
            yield "row", _CELL.join(cells)
        elif token.type in {"heading_open", "list_item_open"}:
            kind = "heading" if token.type == "heading_open" else "item"
        elif token.type == "inline" and in_row:
            cells.append(flat(token))
        elif token.type == "inline":
            yield kind, flat(token)
            kind = "paragraph"
        elif token.type in {"fence", "code_block", "html_block"}:
            yield "code", token.content.rstrip("\n")


def words_of(tokens: Sequence[Token]) -> str:
    """The plain words of some tokens, a line for each piece."""
    return "\n".join(words for _, words in pieces(tokens))
