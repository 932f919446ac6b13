"""Pure writer of CSV for people: opens in a spreadsheet as text, never as a formula (SEC-21, BND-12)."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

BOM: Final = "\ufeff"
DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")
_WIDE: Final = ("＝", "＋", "－", "＠")  # some spreadsheets fold these into the narrow ones


def cell(value: object) -> str:
    """The text of a cell; one that a spreadsheet could take for a formula gets an apostrophe before it."""
    text = "" if value is None else str(value)
    if isinstance(value, int):
        return text
    return f"'{text}" if text.startswith(DANGEROUS + _WIDE) else text


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Head and rows as UTF-8 with a byte-order mark and CRLF, as spreadsheets expect it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([cell(name) for name in head])
    writer.writerows([cell(value) for value in row] for row in rows)
    return (BOM + out.getvalue()).encode()


def fault(content: bytes) -> str | None:
    """What would make a CSV unsafe to open: no byte-order mark, or a cell that is a formula."""
    text = content.decode("utf-8")
    if not text.startswith(BOM):
        return "there is no byte-order mark"
    for number, row in enumerate(csv.reader(io.StringIO(text[1:], newline="")), 1):
        for value in row:
            if value.startswith(DANGEROUS) and not _is_number(value):
                return f"line {number} holds a formula: {value[:20]!r}"
    return None


def _is_number(value: str) -> bool:
    return value[0] == "-" and value[1:].isdecimal()
