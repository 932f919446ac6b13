"""Pure rules: the Markdown we read, mended for Chinese, and the HTML we let through."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import nh3
from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import StateInline
from mdit_py_plugins.attrs import attrs_block_plugin
from mdit_py_plugins.container import container_plugin

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping
    from typing import Any

    from markdown_it.rules_inline.state_inline import Scanned
    from markdown_it.token import Token

CONTAINERS: Final = ("example", "note")

_TAGS: Final = {
    *("h1", "h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "ul", "ol", "li", "blockquote", "pre", "code"),
    *("strong", "em", "s", "a", "img", "span", "div", "ins", "del", "small", "section"),
    *("table", "thead", "tbody", "tr", "th", "td", "caption", "colgroup", "col"),
}
_ATTRIBUTES: Final = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title"},
    "ol": {"start"},
    "th": {"colspan", "rowspan", "scope"},
    "td": {"colspan", "rowspan"},
    "col": {"span"},
    "*": {"id", "lang"},
}
_SIDES: Final = {"left", "right", "center"}
_CLASSES: Final = {
    "div": {*CONTAINERS, "blank", "blank-landscape", "blank-portrait", "filled"},
    "section": {"blank-section", "filled-amendment"},
    "span": {
        *("num", "blank-required", "blank-unit", "blank-choice", "blank-ticked"),
        *("ink", "filled-withheld"),
    },
    "small": {"blank-help", "blank-code", "filled-digest"},
    "table": {"blank-number", "blank-cells", "blank-table", "blank-sheet", "blank-sign"},
    "tr": {"blank-row", "blank-tall"},
    "th": {*_SIDES, "blank-label"},
    "td": {*_SIDES, "blank-answer"},
    "p": {"blank-note"},
    "a": {"citation"},
    "col": {*(f"w-{percent}" for percent in range(1, 101)), "blank-label-column", "blank-answer-column"},
}


def wide(character: str) -> bool:
    """Whether the character is Chinese or full-width, punctuation included."""
    return unicodedata.east_asian_width(character) in {"W", "F"} or character in "“”‘’—…·"


class _Delimiters(StateInline):
    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:  # noqa: N802, N803, FBT001 - its name there
        """Let emphasis open and close beside Chinese, where CommonMark asks for spaces nobody types."""
        scanned = super().scanDelims(start, canSplitWord)
        end = start + scanned.length
        before = self.src[start - 1] if start else " "
        after = self.src[end] if end < self.posMax else " "
        if canSplitWord and (wide(before) or wide(after)):
            return scanned._replace(can_open=not after.isspace(), can_close=not before.isspace())
        return scanned


class _Inline(ParserInline):
    def parse(
        self, src: str, md: MarkdownIt, env: MutableMapping[str, Any], tokens: list[Token]
    ) -> list[Token]:
        """Read one run of text with the delimiters above."""
        state = _Delimiters(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


@lru_cache(maxsize=1)
def reader() -> MarkdownIt:
    """The one reader: nesting bounded, ids by `{#id}` before a block, containers `example` and `note`.

    Raw HTML is recognised so that it can be refused by line; it is never passed on.
    """
    parser = MarkdownIt()
    parser.inline = _Inline()
    parser.configure("commonmark", {"html": True, "maxNesting": 20})
    parser.enable(["table", "strikethrough"])
    parser.use(attrs_block_plugin, allowed=("id",))
    for name in CONTAINERS:
        parser.use(container_plugin, name)
    return parser


def sanitised(html: str, attribute_filter: Callable[[str, str, str], str | None] | None = None) -> str:
    """HTML with nothing but the elements, attributes and schemes a document needs (SEC-18).

    No style attributes either: sides and column widths are classes (`right`, `w-25`).
    """
    return nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags={"script", "style"},
        attributes=_ATTRIBUTES,
        attribute_filter=attribute_filter,
        allowed_classes=_CLASSES,
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
    )
