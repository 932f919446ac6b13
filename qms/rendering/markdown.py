"""Pure rules: the body of a controlled document, from Markdown into numbered clauses, HTML and plain text.

Source form: `{#id}` on the line before a heading, typed decimal numbers in headings, tables,
`::: example` and `::: note` containers, images from the document's own folder only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from qms.kernel.errors import Problem
from qms.kernel.labels import N_
from qms.rendering.citations import Citation, citations
from qms.rendering.grammar import reader, sanitised
from qms.rendering.outline import Outline
from qms.rendering.tokens import (
    as_text,
    joins,
    new_token,
    number_span,
    pieces,
    sections,
    split_heading,
    text_token,
    with_columns,
    words_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from markdown_it.token import Token

LONGEST: Final = 600_000
_IMAGE: Final = re.compile(r"[\w][\w.-]*(?:/[\w][\w.-]*)*\.(?:png|jpg|jpeg)", re.IGNORECASE)
_UNSEEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufffd]"
)
_LINK: Final = re.compile(r"(?:https?|mailto):", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ClauseText:
    """One clause: its lasting id, its number ('5.3' or ''), its heading, and its own words.

    `text` ends where the next heading begins, whatever its level. Words before the first heading
    are a clause with empty id and level 0. `anchor` is the id of the heading in the HTML.
    """

    id: str
    number: str
    heading: str
    level: int
    text: str
    line: int
    anchor: str


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of a text (heading, paragraph, item, row, code) with the id of its clause."""

    clause: str
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Content:
    """What a source says: clauses, sanitised HTML, plain text, images used, and every fault found.

    `blocks` are its pieces in order, for comparison.
    """

    clauses: tuple[ClauseText, ...]
    html: str
    plain: str
    images: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    blocks: tuple[Block, ...] = ()


def read(
    text: str,
    file: str,
    first_line: int = 1,
    *,
    number_pattern: str | None = None,
    link: Callable[[Citation], str | None] | None = None,
) -> Content:
    """Read a body whose first line is line `first_line` of `file`; faults are listed, never raised.

    With `number_pattern` and `link`, citations become links where `link` gives an address.
    """
    if len(text) > LONGEST:
        problem = Problem(
            N_("The text is longer than {most} characters; split the document."),
            file,
            first_line,
            facts={"most": LONGEST},
        )
        return Content((), "", "", problems=(problem,))
    return _Reading(text, file, first_line, number_pattern, link).content()


class _Reading:
    """One pass over the tokens of one body."""

    def __init__(
        self,
        text: str,
        file: str,
        first_line: int,
        number_pattern: str | None,
        link: Callable[[Citation], str | None] | None,
    ) -> None:
        self.text = text.replace("\r\n", "\n").replace("\r", "\n")
        self.lines = self.text.split("\n")
        self.file = file
        self.first = first_line
        self.pattern = number_pattern
        self.link = link
        self.problems: dict[tuple[object, ...], Problem] = {}
        self.images: dict[str, None] = {}
        self.anchors: list[tuple[str, int]] = []
        self.outline = Outline(self.problem)

    def problem(self, message: str, line: int, **facts: object) -> None:
        """Note a fault at a line of the body (0 is its first)."""
        known = (message, line, *sorted(facts.items()))
        self.problems.setdefault(known, Problem(message, self.file, self.first + line, facts=facts))

    def content(self) -> Content:
        for count, line in enumerate(self.lines):
            if found := _UNSEEN.search(line):
                self.problem(
                    N_("The line holds an invisible control character ({code}); remove it."),
                    count,
                    code=f"U+{ord(found[0]):04X}",
                )
        tokens = reader().parse(_UNSEEN.sub("", self.text))
        clauses: list[ClauseText] = []
        blocks: list[Block] = []
        for start, end in sections(tokens):
            for clause in self._clause(tokens, start, end):
                clauses.append(clause)
                blocks += _blocks(clause, tokens[start:end])
        for index, token in enumerate(tokens):
            self._check(tokens, index, token)
        self._dangling()
        tokens = with_columns(tokens)
        html = sanitised(reader().renderer.render(tokens, reader().options, {}))
        plain = "\n\n".join(_whole(clause) for clause in clauses)
        problems = tuple(sorted(self.problems.values(), key=lambda item: item.line or 0))
        return Content(tuple(clauses), html, plain, tuple(self.images), problems, tuple(blocks))

    def _clause(self, tokens: Sequence[Token], start: int, end: int) -> list[ClauseText]:
        """The clause between two headings; its heading token gets number span and id."""
        opening = tokens[start] if start < end and tokens[start].type == "heading_open" else None
        if opening is None:
            text = words_of(tokens[start:end])
            return [ClauseText("", "", "", 0, text, self.first, "")] if text else []
        inline = tokens[start + 1]
        number, heading = split_heading(inline)
        line = opening.map[0] if opening.map else 0
        level = int(opening.tag[1])
        given = str(opening.attrs.get("id", ""))
        known = self.outline.enter(number, level, given, line)
        opening.attrs["id"] = known
        number = number.rstrip(".．、").replace("．", ".")
        number_span(inline, number)
        text = words_of(tokens[start + 3 : end])
        return [ClauseText(known, number, heading, level, text, self.first + line, known)]

    def _check(self, tokens: Sequence[Token], index: int, token: Token) -> None:
        line = token.map[0] if token.map else 0
        if token.type == "html_block":
            self.problem(N_("Raw HTML is not allowed; write Markdown."), line)
            as_text(token)
        elif token.type == "heading_open" and token.level > 0:
            self.problem(N_("A heading may not stand inside a list, a quotation or a block."), line)
        elif token.type == "fence":
            token.info = ""
        elif token.type.startswith("container_") and token.nesting == 1:
            self._container(token)
        elif token.type == "inline":
            self._inline(token, line, in_paragraph=tokens[index - 1].type == "paragraph_open")
        if (
            token.nesting >= 0
            and "id" in token.attrs
            and not (token.type == "heading_open" and token.level == 0)
        ):
            token.attrs["id"] = self.outline.claim(str(token.attrs["id"]), line)

    def _container(self, token: Token) -> None:
        start, end = token.map or (0, 0)
        if end >= len(self.lines) or not self.lines[end].strip().startswith(":::"):
            self.problem(N_("This block is not closed; end it with a line of three colons."), start)

    def _inline(self, token: Token, line: int, *, in_paragraph: bool) -> None:
        if in_paragraph:
            self._stray(token.content, line)
        children = token.children or []
        made: list[Token] = []
        depth = 0
        for position, child in enumerate(children):
            depth += child.nesting if child.type in {"link_open", "link_close"} else 0
            if child.type == "softbreak":
                line += 1
                if joins(children, position):
                    continue
            elif child.type == "hardbreak":
                line += 1
            made += self._child(child, line, linked=depth > 0)
        token.children = made

    def _child(self, child: Token, line: int, *, linked: bool) -> list[Token]:
        if child.type == "html_inline":
            self.problem(N_("Raw HTML is not allowed; write Markdown."), line)
            as_text(child)
        elif child.type == "image":
            self._image(child, line)
        elif child.type == "link_open":
            self._target(child, line)
        elif child.type == "text" and not linked and self.pattern and self.link:
            return self._cited(child)
        return [child]

    def _stray(self, words: str, line: int) -> None:
        for count, row in enumerate(words.split("\n")):
            if row.startswith(":::"):
                self.problem(
                    N_("There is no such block; use example or note, and close each one once."), line + count
                )
            elif row.startswith("{#"):
                self.problem(
                    N_("Leave an empty line above this id, and write it as {shape}."),
                    line + count,
                    shape="{#clause-id}",
                )

    def _image(self, child: Token, line: int) -> None:
        name = unquote(str(child.attrs.get("src", "")))
        if _IMAGE.fullmatch(name):
            child.attrs["src"] = name
            self.images[name] = None
            if not child.content.strip():
                self.problem(N_("Describe the image {name} in its square brackets."), line, name=name)
            return
        self.problem(
            N_("The image {name} is refused; use a PNG or JPEG file from the document's own folder."),
            line,
            name=name,
        )
        child.type, child.tag, child.children = "text", "", None

    def _target(self, child: Token, line: int) -> None:
        target = str(child.attrs.get("href", ""))
        if target.startswith("#"):
            self.anchors.append((target[1:], line))
        elif not _LINK.match(target):
            self.problem(
                N_("The link {target} is refused; use a full web address or cite a document number."),
                line,
                target=target,
            )
            child.attrs.pop("href", None)

    def _dangling(self) -> None:
        for target, line in self.anchors:
            if target not in self.outline.known:
                self.problem(N_("There is no clause with the id {id} in this document."), line, id=target)

    def _cited(self, child: Token) -> list[Token]:
        """A text token cut into text and links at its citations."""
        made: list[Token] = []
        done = 0
        for cited in citations(child.content, self.pattern or ""):
            href = self.link(cited) if self.link else None
            if href is None:
                continue
            made.append(text_token(child.content[done : cited.start]))
            opening = new_token("link_open", "a", 1)
            opening.attrs = {"href": href, "class": "citation"}
            made += [
                opening,
                text_token(child.content[cited.start : cited.end]),
                new_token("link_close", "a", -1),
            ]
            done = cited.end
        made.append(text_token(child.content[done:]))
        return made


def _blocks(clause: ClauseText, tokens: Sequence[Token]) -> Iterator[Block]:
    for kind, words in pieces(tokens):
        yield Block(clause.id, kind, words)


def _whole(clause: ClauseText) -> str:
    head = " ".join(part for part in (clause.number, clause.heading) if part)
    return "\n".join(part for part in (head, clause.text) if part)
