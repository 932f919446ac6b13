"""Pure rules: which signs may stand in a formula, before anything is parsed."""

from __future__ import annotations

import re
from typing import Final

from qms.formulas.errors import Fault
from qms.kernel.labels import N_

LONGEST: Final = 2000
BRACKETS: Final = 40
"""How deep brackets may stand in each other."""
FIGURES: Final = 25
"""More figures than the arithmetic keeps would be rounded before anything is computed."""

_TOKEN: Final = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<text>'[^'\n\\]*'|\"[^\"\n\\]*\")"
    r"|(?P<number>[0-9][0-9A-Za-z_.]*)"
    r"|(?P<name>[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<sign>==|!=|<=|>=|//|\*\*|[-+*/%<>()\[\],.])"
    r"|(?P<wrong>&&|\|\||.)",
    re.DOTALL,
)
_NUMBER: Final = re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?", re.ASCII)
_FULL_WIDTH: Final = {chr(0xFF00 + code - 0x20): chr(code) for code in range(0x21, 0x7F)} | {
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "、": ",",
    "。": ".",
    "×": "*",
    "÷": "/",
    "≤": "<=",
    "≥": ">=",
    "≠": "!=",
    "＝": "==",
}
_LOGIC: Final = {"&&": "and", "||": "or", "&": "and", "|": "or", "!": "not"}
_PAIRS: Final = {")": "(", "]": "["}


def clean(text: str) -> str:
    """The formula on one line; a sign that may not stand in it is refused with its place."""
    if not text.strip():
        raise Fault(N_("There is nothing in it."))
    if len(text) > LONGEST:
        raise Fault(N_("It is longer than {most} characters."), most=LONGEST)
    parts: list[str] = []
    open_at: list[tuple[str, int]] = []
    before = ""
    for match in _TOKEN.finditer(text):
        kind, said, at = str(match.lastgroup), match[0], match.start() + 1
        _check(kind, said, at, before)
        _match_brackets(said, at, open_at)
        parts.append(" " if kind == "space" else said)
        before = kind
    if open_at:
        sign, at = open_at[-1]
        raise Fault(N_("“{sign}” at character {at} opens a bracket that is not closed."), sign=sign, at=at)
    return "".join(parts).strip()


def _check(kind: str, said: str, at: int, before: str) -> None:
    if kind == "wrong":
        _refuse(said, at)
    if kind == "number" and (not _NUMBER.fullmatch(said) or len(said) > FIGURES):
        raise Fault(
            N_("“{text}” at character {at} is no number; write figures with a point, such as 1200.50."),
            text=said,
            at=at,
        )
    if kind == "name" and (said.startswith("_") or "__" in said):
        raise Fault(N_("“{sign}” at character {at} cannot stand in a formula."), sign=said, at=at)
    if kind == "text" and before in {"name", "text", "number"}:
        raise Fault(N_("Something is missing before the text at character {at}."), at=at)


def _refuse(sign: str, at: int) -> None:
    if sign in {"'", '"'}:
        raise Fault(N_("The text that begins at character {at} has no closing quotation mark."), at=at)
    if sign == "=":
        raise Fault(N_("“=” at character {at} compares nothing; write “==”."), at=at)
    if sign in _LOGIC:
        raise Fault(
            N_("“{sign}” at character {at} cannot stand in a formula; write “{plain}”."),
            sign=sign,
            plain=_LOGIC[sign],
            at=at,
        )
    if sign in _FULL_WIDTH:
        raise Fault(
            N_("“{sign}” at character {at} cannot stand in a formula; write “{plain}”."),
            sign=sign,
            plain=_FULL_WIDTH[sign],
            at=at,
        )
    raise Fault(N_("“{sign}” at character {at} cannot stand in a formula."), sign=sign, at=at)


def _match_brackets(said: str, at: int, open_at: list[tuple[str, int]]) -> None:
    if said in {"(", "["}:
        open_at.append((said, at))
        if len(open_at) > BRACKETS:
            raise Fault(N_("Its parts stand in each other deeper than {most} times."), most=BRACKETS)
    elif said in _PAIRS:
        if not open_at or open_at[-1][0] != _PAIRS[said]:
            raise Fault(
                N_("“{sign}” at character {at} closes a bracket that was not opened."), sign=said, at=at
            )
        open_at.pop()
