"""A table somebody brings as CSV or XLSX: bounded before it is opened, read as texts (SEC-13, SEC-14)."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from qms.kernel.errors import Conflict
from qms.kernel.labels import N_, Phrase

LARGEST: Final = 5 * 1024 * 1024
_UNPACKED: Final = 50 * 1024 * 1024
_MEMBERS: Final = 500
ROWS: Final = 10_000
COLUMNS: Final = 60
MEGABYTES: Final = 600
SECONDS: Final = 15
"""What the child that opens a workbook may take of memory and of processor time."""
_PATIENCE: Final = 60
_ROOT: Final = str(Path(__file__).parents[2])
_ZIP: Final = b"PK\x03\x04"
_LARGE: Final = N_("it has {size} bytes, and at most {most} are read.")
_SHAPE: Final = N_("it needs a first line with names, and at most {rows} lines of {columns} columns.")
_TWICE: Final = N_("the column “{name}” stands there twice.")
_SIGNS: Final = N_("it is text in neither UTF-8 nor GB 18030.")
_QUOTES: Final = N_("its quotation marks do not match.")
_DAMAGED: Final = N_("the workbook is damaged.")
_OTHER: Final = N_("it is packed, but no XLSX workbook of a usual size.")
_HEAVY: Final = N_("opening it takes too long or too much memory.")


class SheetUnreadable(Conflict):
    """A file that is no table we can read."""

    message = "{file} cannot be read as a table: {fault}"


def read(content: bytes, file: str) -> list[dict[str, str]]:
    """The lines of a table by the names of its first line; a line without any text is left out.

    Whether it is a workbook is seen by its bytes, not by its name. The line of each is kept under "".
    Called before any act: a workbook is opened by a child of its own, which may be slow (laws 2 and 9).
    """
    if len(content) > LARGEST:
        raise SheetUnreadable(file=file, fault=Phrase(_LARGE, size=len(content), most=LARGEST))
    lines = _workbook(content, file) if content.startswith(_ZIP) else _csv(content, file)
    rows = [(number, _trimmed(line)) for number, line in enumerate(lines, 1)]
    filled = [(number, line) for number, line in rows if line]
    if not filled or len(filled) > ROWS or any(len(line) > COLUMNS for _, line in filled):
        raise SheetUnreadable(file=file, fault=Phrase(_SHAPE, rows=ROWS, columns=COLUMNS))
    heads = [head.lower() for head in filled[0][1]]
    twice = sorted({head for head in heads if head and heads.count(head) > 1})
    if twice:
        raise SheetUnreadable(file=file, fault=Phrase(_TWICE, name=twice[0]))
    return [{**dict(zip(heads, line, strict=False)), "": str(number)} for number, line in filled[1:]]


def _trimmed(line: list[str]) -> list[str]:
    """The texts without what only fills the line up."""
    texts = [text.strip() for text in line]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def _csv(content: bytes, file: str) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = content.decode("gb18030")  # what a Chinese spreadsheet writes by itself
        except UnicodeDecodeError as fault:
            raise SheetUnreadable(file=file, fault=Phrase(_SIGNS)) from fault
    try:
        return list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as fault:
        raise SheetUnreadable(file=file, fault=Phrase(_QUOTES)) from fault


def _workbook(content: bytes, file: str) -> list[list[str]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            members = packed.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as fault:
        raise SheetUnreadable(file=file, fault=Phrase(_DAMAGED)) from fault
    names = {each.filename for each in members}
    if (
        len(members) > _MEMBERS
        or len(names) != len(members)
        or sum(each.file_size for each in members) > _UNPACKED
        or "xl/workbook.xml" not in names
    ):
        raise SheetUnreadable(file=file, fault=Phrase(_OTHER))
    return _opened(content, file)


def _opened(content: bytes, file: str) -> list[list[str]]:
    """The cells as a child without network reads them; one that passes its limits is ended (SEC-14)."""
    command = [sys.executable, "-P", "-W", "ignore", "-m", "qms.uploads.worker"]
    with tempfile.TemporaryDirectory() as folder:
        own = {"PYTHONPATH": _ROOT, "LC_ALL": "C.UTF-8", "HOME": folder}
        try:
            ended = subprocess.run(  # noqa: S603 - our own interpreter and module
                command, input=content, capture_output=True, cwd=folder, env=own,
                start_new_session=True, timeout=_PATIENCE, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired as fault:
            raise SheetUnreadable(file=file, fault=Phrase(_HEAVY)) from fault
    if ended.returncode:
        raise SheetUnreadable(file=file, fault=Phrase(_HEAVY))
    told = json.loads(ended.stdout)
    if "fault" in told:
        raise SheetUnreadable(file=file, fault=told["fault"])
    cells: list[list[str]] = told["cells"]
    return cells


def columns(rows: Iterable[dict[str, str]]) -> set[str]:
    """The names of the columns."""
    return {name for row in rows for name in row if name}
