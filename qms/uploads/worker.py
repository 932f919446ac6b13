"""The child that opens a workbook: `python -m qms.uploads.worker`, confined before it reads a byte (SEC-14).

The bytes come on stdin; one JSON line on stdout holds the cells of the first sheet as texts, or the name of
what was wrong. It lives for one workbook.
"""

from __future__ import annotations

import io
import json
import os
import sys
from datetime import date, datetime
from typing import Any

from openpyxl import load_workbook

from qms.kernel.confined import allow, confine
from qms.uploads.table import COLUMNS, MEGABYTES, ROWS, SECONDS


def cells(content: bytes) -> list[list[str]]:
    """The first sheet, no further than a table may reach; nothing linked is followed (SEC-15, SEC-16)."""
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    found = book.worksheets[0].iter_rows(max_row=ROWS + 1, max_col=COLUMNS + 1, values_only=True)
    return [[_text(cell) for cell in line] for line in found]


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        day = cell.date().isoformat()
        return f"{day} {cell:%H:%M}" if cell.hour or cell.minute else day
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)


def answer(content: bytes) -> dict[str, Any]:
    """What is told of a workbook, whatever its bytes are."""
    try:
        return {"cells": cells(content)}
    except Exception as fault:  # noqa: BLE001 - the parent turns any fault of a bad file into a refusal
        return {"fault": type(fault).__name__}


def main() -> None:
    """Read, answer, end; stdout belongs to the answer alone."""
    reply = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    confine(MEGABYTES)
    allow(SECONDS)
    reply.write(json.dumps(answer(sys.stdin.buffer.read())))
    reply.flush()


if __name__ == "__main__":
    main()
