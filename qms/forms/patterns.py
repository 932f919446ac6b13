r"""Pure rules: patterns of answers, a small part of regular expressions that is quick whatever is written.

Single signs, classes such as `[0-9]` or `\d`, a number of times after each, groups without a number of
times (but `?`), and alternatives. Nothing is repeated that holds something repeated.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from qms.kernel.labels import N_, Phrase

LONGEST: Final = 200
"""The most signs of a pattern, and of an answer that is held against one."""
_VARIABLE: Final = 3
_ATOM: Final = (
    r"(?:[^\\\[\](){}?*+|^$.]|\\[dDwWsS]|\\[^A-Za-z0-9\s]|\.|\[\^?(?:[^\\\[\]]|\\[dws]|\\[^A-Za-z0-9\s])+\])"
)
_TIMES: Final = r"(?:[?*+]|\{[0-9]{1,3}(?:,[0-9]{0,3})?\})?"
_FLAT: Final = f"(?:{_ATOM}{_TIMES})*"
_GROUP: Final = rf"\((?:\?:)?{_FLAT}(?:\|{_FLAT})*\)\??"
_WHOLE: Final = re.compile(rf"(?:{_ATOM}{_TIMES}|{_GROUP}|\|)+")
_SETS: Final = re.compile(r"--|&&|~~|\|\|")  # what Python may one day read as sums of classes
_LITERAL: Final = re.compile(r"\\.|\[\^?(?:\\.|[^\\\]])+\]")
_OPEN: Final = re.compile(r"[*+]|\{[0-9]+,[0-9]*\}")


def fault_of(pattern: str) -> Phrase | None:
    """What is wrong with a pattern, or None."""
    if len(pattern) > LONGEST:
        return Phrase(N_("A pattern has at most {most} signs."), most=LONGEST)
    if _WHOLE.fullmatch(pattern) is None or _SETS.search(pattern):
        return Phrase(
            N_("This pattern cannot be used; write signs, classes such as {digit}, how often: {often}."),
            digit="[0-9]",
            often="[0-9]{6}",
        )
    if len(_OPEN.findall(_LITERAL.sub("", pattern))) > _VARIABLE:
        return Phrase(N_("At most {most} parts of a pattern may be of any length."), most=_VARIABLE)
    try:
        _compiled(pattern)
    except re.error as fault:
        return Phrase(N_("The pattern cannot be read: {fault}."), fault=fault.msg)
    return None


def fits(pattern: str, text: str) -> bool:
    """Whether the whole of a text fits a pattern that has no fault."""
    return len(text) <= LONGEST and _compiled(pattern).fullmatch(text) is not None


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)
