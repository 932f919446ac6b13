"""The master list as a file: CSV and XLSX that no spreadsheet takes for formulas (R01, SEC-21)."""

from __future__ import annotations

import csv
import importlib
import io
import zipfile
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from qms.documents.defaults import Kind
from qms.documents.words import GRADES, KINDS, STANDINGS
from qms.kernel.labels import N_, in_language, say
from qms.kernel.ports import Secrecy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from qms.documents.queries.listing import Listed

BOM: Final = "\ufeff"
_TRIGGERS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\x00", "＝", "＋", "－", "＠")
EPOCH: Final = datetime(2000, 1, 1)  # noqa: DTZ001 - the file format knows no zone
COLUMNS: Final = (
    N_("Number"),
    N_("Title"),
    N_("Kind"),
    N_("Owner"),
    N_("Language"),
    N_("Revision"),
    N_("State"),
    N_("Published on"),
    N_("Effective from"),
    N_("Until"),
    N_("Next review"),
    N_("Secrecy"),
    N_("Summary of change"),
)


def safe(text: str) -> str:
    """A cell that a spreadsheet shows as written and never computes (SEC-21)."""
    return f"'{text}" if text.lstrip(" ").startswith(_TRIGGERS) else text


def table(
    listing: Iterable[Listed], language: str, departments: Mapping[str, str] | None = None
) -> list[list[str]]:
    """The master list as rows of text in a language, headings first; `departments` names the owners."""
    named = departments or {}
    rows = [[say(column, language) for column in COLUMNS]]
    rows += [
        [
            found.number,
            in_language(found.title, language),
            say(KINDS[Kind(found.kind)], language),
            named.get(found.owner, found.owner),
            found.language,
            found.label,
            say(STANDINGS[found.standing], language),
            _day(found.published_on),
            _day(found.effective_on),
            _day(found.until_on),
            _day(found.next_review_on),
            say(GRADES[Secrecy(found.secrecy)], language),
            found.summary,
        ]
        for found in listing
    ]
    return rows


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def to_csv(rows: Sequence[Sequence[str]]) -> bytes:
    """Rows as CSV in UTF-8 with a mark that every spreadsheet knows, each cell made safe."""
    made = io.StringIO(newline="")
    writer = csv.writer(made, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return (BOM + made.getvalue()).encode("utf-8")


def to_xlsx(rows: Sequence[Sequence[str]], title: str) -> bytes:
    """Rows as a workbook whose every cell is a text by type; the same rows give the same bytes."""
    openpyxl = _openpyxl()
    book = openpyxl.Workbook(write_only=True)
    book.properties.created = book.properties.modified = EPOCH
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "A2"
    for place, row in enumerate(rows):
        cells = []
        for text in row:
            cell = openpyxl.cell.WriteOnlyCell(sheet, value=safe(printable(text)))
            cell.data_type = "s"
            if place == 0:
                cell.font = openpyxl.styles.Font(bold=True)
            cells.append(cell)
        sheet.append(cells)
    made = io.BytesIO()
    book.save(made)
    return _steady(made.getvalue())


def _openpyxl() -> Any:
    """The writer of workbooks, read when the first one is asked for: it takes longer than any page."""
    return importlib.import_module("openpyxl")


def printable(text: str) -> str:
    """A text without the control characters that a workbook cannot hold."""
    return "".join(char for char in text if char in "\t\n" or ord(char) >= ord(" "))


def _steady(content: bytes) -> bytes:
    """The workbook with fixed times inside, so that the same list is the same file."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for name in sorted(old.namelist()):
            entry = zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return made.getvalue()
