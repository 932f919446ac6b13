"""The source of a document: Markdown with a YAML head, or one whole YAML document for declared kinds.

Here a head gets its shape; what it means is the business of the Sections. Every fault is named by
file, line and field in a sentence.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from qms.documents.defaults import DECLARED
from qms.documents.errors import SourceInvalid
from qms.documents.source.head import KEYS, head_problems
from qms.kernel import plain_yaml
from qms.kernel.errors import Problem
from qms.kernel.labels import N_

LIMIT: Final = 1 << 20
"""The most bytes a source may have."""
_FENCE: Final = "---"
_HIDDEN_TEXT: Final = N_("An invisible character {sign} stands here; delete it.")
_NO_HEAD: Final = Problem(N_("The head is empty; write number, kind, language, title and owner."))
_HIDDEN: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\ufffe\uffff")


@dataclass(frozen=True, slots=True)
class Source:
    """A source read: its head as plain JSON values, its Markdown body, and where things stand.

    `body_line` is the line of the file on which the body begins; `lines` gives the line of each
    dotted path of the head, positions in lists counted from 1.
    """

    head: Mapping[str, Any]
    body: str
    body_line: int = field(compare=False)
    file: str = field(compare=False)
    lines: Mapping[str, int] = field(compare=False, default_factory=dict)

    def line(self, path: str) -> int:
        """The line of a path of the head, or of the nearest thing that holds it."""
        parts = path.split(".")
        for end in range(len(parts), 0, -1):
            if found := self.lines.get(".".join(parts[:end])):
                return found
        return self.lines.get("", 1)

    def locate(self, problems: Iterable[Problem]) -> list[Problem]:
        """Problems of the head with file and line filled in, in the order of the lines."""
        found = [
            replace(
                problem,
                file=problem.file or self.file,
                line=problem.line or self.line(problem.field or ""),
            )
            for problem in problems
        ]
        return sorted(found, key=lambda problem: problem.line or 0)


def read_source(data: bytes, file: str, limit: int = LIMIT) -> Source:
    """Read a source; all its faults are raised together as `SourceInvalid`."""
    text = _decode(data, file, limit)
    lines = text.split("\n")
    whole = _is_whole(lines, file)
    if whole:
        plain, body, body_line = plain_yaml.read(text), "", len(lines)
    else:
        end = _head_end(lines, file)
        plain = plain_yaml.read("\n".join(lines[1:end]), first_line=2)
        body, body_line = "\n".join(lines[end + 1 :]), end + 2
    if body and not body.endswith("\n"):
        body += "\n"
    head = plain.value if isinstance(plain.value, dict) else {}
    source = Source(head, body, body_line, file, plain.lines)
    problems = (
        plain.problems
        or list(_hidden_values(head, ()))
        or (head_problems(head, whole=whole) if head else [_NO_HEAD])
    )
    if problems:
        raise SourceInvalid(source.locate(problems))
    return source


def write_source(head: Mapping[str, Any], body: str) -> bytes:
    """The source of a head and body in one stable form, which `read_source` gives back.

    Comments of the original head are not kept: they are no part of the document.
    """
    ordered = {key: head[key] for key in (*KEYS, *head) if key in head}
    text = plain_yaml.write(ordered)
    if head.get("kind") in DECLARED:
        return text.encode()
    return f"{_FENCE}\n{text}{_FENCE}\n{body}".encode()


def _decode(data: bytes, file: str, limit: int) -> str:
    if len(data) > limit:
        facts = {"size": len(data), "limit": limit}
        text = N_("The file has {size} bytes; at most {limit} are taken.")
        raise SourceInvalid([Problem(text, file, facts=facts)])
    try:
        text = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError as fault:
        line = data.count(b"\n", 0, fault.start) + 1
        raise SourceInvalid(
            [Problem(N_("The file is not UTF-8 text; save it as UTF-8."), file, line)]
        ) from fault
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    problems = [
        Problem(_HIDDEN_TEXT, file, number, facts={"sign": sign})
        for number, line in enumerate(text.split("\n"), 1)
        for sign in _hidden(line)
    ]
    if problems:
        raise SourceInvalid(problems)
    return text


def _hidden(text: str) -> list[str]:
    return [f"U+{ord(letter):04X}" for letter in text if _is_hidden(letter)]


def _is_hidden(letter: str) -> bool:
    if letter in "\t\n":
        return False
    return letter in _HIDDEN or unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"}


def _hidden_values(value: Any, path: tuple[str, ...]) -> Iterator[Problem]:
    """Escapes in quoted YAML can bring in what the text itself may not have."""
    if isinstance(value, dict):
        for key, entry in value.items():
            yield from _hidden_values(key, path)
            yield from _hidden_values(entry, (*path, key))
    elif isinstance(value, list):
        for place, entry in enumerate(value, 1):
            yield from _hidden_values(entry, (*path, str(place)))
    elif isinstance(value, str):
        for sign in _hidden(value):
            yield Problem(_HIDDEN_TEXT, field=".".join(path) or None, facts={"sign": sign})


def _is_whole(lines: Sequence[str], file: str) -> bool:
    if file.endswith((".yaml", ".yml")):
        return True
    if file.endswith(".md"):
        return False
    return lines[0].rstrip() != _FENCE or all(line.rstrip() != _FENCE for line in lines[1:])


def _head_end(lines: Sequence[str], file: str) -> int:
    if lines[0].rstrip() != _FENCE:
        text = N_("A document begins with a head between two lines of three hyphens (---).")
        raise SourceInvalid([Problem(text, file, 1)])
    for place, line in enumerate(lines[1:], 1):
        if line.rstrip() == _FENCE:
            return place
    text = N_("The head has no end; put a line of three hyphens (---) below it.")
    raise SourceInvalid([Problem(text, file, 1)])
