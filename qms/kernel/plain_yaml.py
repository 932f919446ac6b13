"""Pure rules: YAML as people write it here, only texts, whole numbers, truths, lists and maps, with lines.

A plain value is a text exactly as written (`012`, `1.0`, `2026-01-01`) unless it is a whole number
in its shortest form, `true`, `false` or nothing. No anchors, tags, floats or dates: a head means the
same to every reader, and its JSON has one canonical form. What is too long, nested too deeply or stands
for something else is met while it is still a stream of events, before anything is built of it (SEC-14).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    Event,
    MappingEndEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from qms.kernel.errors import Problem
from qms.kernel.labels import N_

_WHOLE: Final = re.compile(r"0|-?[1-9][0-9]{0,14}", re.ASCII)
_COUNTED: Final = re.compile(r"[0-9]+ [a-z][a-z ]*[a-z]", re.ASCII)
_WORDS: Final[Mapping[str, bool | None]] = {"true": True, "false": False, "null": None, "~": None, "": None}
_ELSEWHERE: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
LONGEST: Final = 2_000_000
_DEPTH: Final = 20
_KEY: Final = 200
_LONG: Final = N_("The text is longer than {most} characters; split the document.")
_UNREADABLE: Final = N_("The YAML cannot be read: {fault}.")
_HINTS: Final = (
    (
        "mapping values are not allowed",
        N_("A colon stands where none may; put a text with a colon in quotes."),
    ),
    ("'\\t'", N_("A tab stands where none may; indent with spaces.")),
)


@dataclass(slots=True)
class Plain:
    """A YAML text read: its value, the line of each dotted path, and what is wrong with it.

    Positions in lists count from 1 in paths, as people count: `steps.2.by`.
    """

    value: Any = None
    lines: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, path: str) -> int | None:
        """The line of a dotted path, or of the nearest place above it."""
        steps = path.split(".")
        near = (".".join(steps[:size]) for size in range(len(steps), -1, -1))
        return next((self.lines[each] for each in near if each in self.lines), None)

    def found(self, file: str | None) -> list[Problem]:
        """What is wrong, each with the name of its file."""
        return [Problem(one.message, file, one.line, one.field, one.facts) for one in self.problems]


class _Refused(Exception):  # noqa: N818 - never leaves this module, carries one problem to `read`
    def __init__(self, text: str, mark: Any, **facts: object) -> None:
        super().__init__(text)
        self.text = text
        self.line: int = mark.line
        self.facts = facts


def read(text: str, first_line: int = 1, *, numbers: bool = True, longest: int = LONGEST) -> Plain:
    """Read one YAML document; `first_line` is the line of the file on which the text begins.

    Without `numbers` a plain whole number stays the text it was written as.
    """
    plain = Plain()
    if len(text) > longest:
        plain.problems.append(Problem(_LONG, facts={"most": longest}))
        return plain
    try:
        events = YAML(typ="safe", pure=True).parse(text)
        _Reader(plain, iter(events), first_line, numbers=numbers).document()
    except _Refused as fault:
        plain.problems.append(Problem(fault.text, line=fault.line + first_line, facts=fault.facts))
    except MarkedYAMLError as fault:
        plain.problems.append(_unreadable(fault, first_line))
    except (YAMLError, ValueError, OverflowError, RecursionError) as fault:
        facts = {"fault": " ".join(str(fault).split())[:200]}
        plain.problems.append(Problem(_UNREADABLE, line=first_line, facts=facts))
    return plain


def _unreadable(fault: MarkedYAMLError, first_line: int) -> Problem:
    said = str(fault.problem)
    line = fault.problem_mark.line + first_line
    for sign, hint in _HINTS:
        if sign in said:
            return Problem(hint, line=line)
    return Problem(_UNREADABLE, line=line, facts={"fault": said})


class _Reader:
    """Builds values from the event stream, so that aliases and depth are met before they cost anything."""

    def __init__(self, plain: Plain, events: Iterator[Event], first_line: int, *, numbers: bool) -> None:
        self.numbers = numbers
        self.plain = plain
        self.events = events
        self.first_line = first_line

    def document(self) -> None:
        next(self.events)
        event = next(self.events)
        if isinstance(event, StreamEndEvent):
            return
        self.plain.value = self.node(next(self.events), ())
        next(self.events)
        event = next(self.events)
        if not isinstance(event, StreamEndEvent):
            raise _Refused(N_("Only one YAML document may stand here."), event.start_mark)

    def node(self, event: Any, path: tuple[str, ...]) -> Any:
        if isinstance(event, AliasEvent) or event.anchor is not None or event.tag is not None:
            text = N_("Anchors (&), aliases (*) and tags (!) have no place here; write the value out.")
            raise _Refused(text, event.start_mark)
        if len(path) > _DEPTH:
            raise _Refused(N_("The values are nested too deeply."), event.start_mark)
        self.plain.lines.setdefault(".".join(path), event.start_mark.line + self.first_line)
        if isinstance(event, ScalarEvent):
            return _scalar(event, numbers=self.numbers)
        if isinstance(event, SequenceStartEvent):
            return self._list(path)
        return self._map(path)

    def _list(self, path: tuple[str, ...]) -> list[Any]:
        values: list[Any] = []
        while not isinstance(event := next(self.events), SequenceEndEvent):
            values.append(self.node(event, (*path, str(len(values) + 1))))
        return values

    def _map(self, path: tuple[str, ...]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        while not isinstance(event := next(self.events), MappingEndEvent):
            if not isinstance(event, ScalarEvent) or not 0 < len(event.value) <= _KEY:
                raise _Refused(N_("A key is one short word before a colon."), event.start_mark)
            key = str(event.value)
            line = event.start_mark.line + self.first_line
            if key in values:
                where = ".".join((*path, key))
                text = N_("The key {key} stands here twice; keep one of them.")
                self.plain.problems.append(Problem(text, line=line, field=where, facts={"key": key}))
            self.plain.lines.setdefault(".".join((*path, key)), line)
            values[key] = self.node(next(self.events), (*path, key))
        return values


def _scalar(event: Any, *, numbers: bool) -> str | int | bool | None:
    value = str(event.value)
    if not event.implicit[0]:
        return value
    if value in _WORDS:
        return _WORDS[value]
    return int(value) if numbers and _WHOLE.fullmatch(value) else value


def write(value: Mapping[str, Any]) -> str:
    """A map as YAML that `read` gives back, as people write heads: one line a key, maps of maps below."""
    return "".join(f"{_text(key)}:{_block(entry)}\n" for key, entry in value.items())


def _block(value: Any) -> str:
    if isinstance(value, dict) and any(isinstance(entry, dict) for entry in value.values()):
        return "".join(f"\n  {_text(key)}: {_flow(entry)}" for key, entry in value.items())
    if isinstance(value, list) and value and all(isinstance(entry, dict) for entry in value):
        return "".join(f"\n  - {_flow(entry)}" for entry in value)
    return f" {_flow(value)}"


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_text(key)}: {_flow(entry)}" for key, entry in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(_flow(entry) for entry in value) + "]"
    if isinstance(value, str):
        return _text(value)
    return json.dumps(value)


def _text(text: str) -> str:
    return text if _is_safe(text) else json.dumps(text, ensure_ascii=False)


def _is_safe(text: str) -> bool:
    if not text or text[-1] == " " or text.lower() in _ELSEWHERE:
        return False
    if not text[0].isalpha():
        return _COUNTED.fullmatch(text) is not None
    return all(letter.isalnum() or letter in " ./+_()-" or _is_sign(letter) for letter in text)


def _is_sign(letter: str) -> bool:
    return letter > "\u00a0" and letter.isprintable()
