"""How commands answer: a table or sentences for people, JSON lines for programs."""

from __future__ import annotations

import dataclasses
import enum
import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click
from rich.console import Console
from rich.table import Table

from qms.kernel.clock import iso
from qms.kernel.labels import Phrase, say
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qms.kernel.errors import QmsError


_PIPED: Final = 240
"""Columns of a table that goes into a file or another program, which need no folding."""


class Output:
    """Where a command's answer goes; `as_json` is chosen once by `--json`."""

    def __init__(self, *, as_json: bool, language: str) -> None:
        self.as_json = as_json
        self.language = language
        wide = None if sys.stdout.isatty() else _PIPED
        self.console = Console(highlight=False, soft_wrap=True, width=wide)

    def say(self, text: str, **facts: object) -> None:
        """One sentence for people; programs do not get it."""
        if not self.as_json:
            self.console.print(say(text, self.language, **facts), markup=False)

    def told(self, text: str) -> None:
        """A sentence that stands in the language of the answers already."""
        if not self.as_json:
            self.console.print(text, markup=False)

    def refused(self, refusal: QmsError) -> None:
        """A refusal on standard error: its sentence, with its name for programs (law 10)."""
        text = refusal.sentence(self.language)
        if self.as_json:
            text = json.dumps({"refused": refusal.code, "message": text}, ensure_ascii=False)
        click.echo(text, err=True)

    def word(self, text: str) -> str:
        """A marked text in the language of the answers."""
        return say(text, self.language)

    def rows(self, columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]) -> None:
        """Rows under translated heads, each marked with `N_`, or a JSON array with the plain keys."""
        if self.as_json:
            self.value([dict(row) for row in rows])
            return
        table = Table(box=None, pad_edge=False, header_style="bold")
        for head in columns.values():
            table.add_column(say(head, self.language))
        for row in rows:
            table.add_row(*(shown(row.get(key), self.language) for key in columns))
        self.console.print(table)

    def value(self, value: object) -> None:
        """One JSON value on standard output, for `--json`."""
        click.echo(json.dumps(plain(value), ensure_ascii=False, indent=2))

    def result(self, value: Mapping[str, Any], text: str, **facts: object) -> None:
        """The outcome of a verb: JSON for programs, one sentence for people."""
        if self.as_json:
            self.value(dict(value))
        else:
            self.say(text, **(dict(value) | facts))


def plain(value: object) -> Any:  # noqa: PLR0911 - one line a type reads best
    """Anything a command answers as JSON without losing a type a program needs."""
    if isinstance(value, Ref | Path):
        return str(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        items = sorted(value, key=str) if isinstance(value, set | frozenset) else value
        return [plain(item) for item in items]
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, enum.Enum):
        return value.value
    return value.sentence("en") if isinstance(value, Phrase) else value


def shown(value: object, language: str) -> str:
    """A value as a person reads it in a table."""
    if value is None:
        return ""
    if isinstance(value, Phrase):
        return value.sentence(language)
    if isinstance(value, bool):
        return "✓" if value else ""
    if isinstance(value, datetime):
        return value.astimezone().strftime("%Y-%m-%d %H:%M")
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(shown(item, language) for item in value)
    return str(plain(value))
