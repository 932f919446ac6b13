"""A view as a file: CSV and XLSX with typed cells that no spreadsheet takes for formulas (SEC-21)."""

from __future__ import annotations

import csv
import importlib
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, TYPE_CHECKING, Any, Final

from qms.documents import master_list
from qms.forms import Type, spoken
from qms.kernel.labels import N_, say
from qms.registers.looking import NO_CELL
from qms.registers.models import Mark
from qms.registers.naming import named
from qms.registers.words import STATES, teller

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from qms.registers.columns import Column
    from qms.registers.looking import Line, Shown
    from qms.registers.naming import Names

_FIXED: Final = (N_("Record"), N_("Form"), N_("State"), N_("Filed on"), N_("Closed on"), N_("Department"))
_EXACT: Final = 15
"""How many digits a spreadsheet keeps of a number; a longer one is written as text."""


def heads(columns: Sequence[Column], language: str) -> list[str]:
    """The headings, with unit and currency where there is one."""
    return [say(name, language) for name in _FIXED] + [_head(column, language) for column in columns]


def _head(column: Column, language: str) -> str:
    unit = column.currency or spoken(column.unit, language)
    label = spoken(column.label, language)
    return f"{label} ({unit})" if unit else label


def rows(
    lines: Iterable[Line], columns: Sequence[Column], language: str, zone: ZoneInfo, names: Names
) -> Iterator[list[Any]]:
    """Lines as typed values: texts, numbers and days."""
    tellers = [(column.id, teller(column, language, zone, names)) for column in columns]
    for line in lines:
        fixed = [
            line.number,
            line.form,
            say(STATES.get(line.state, line.state), language),
            line.filed_on,
            line.closed_on,
            named(names, Type.DEPARTMENT, line.department),
        ]
        yield fixed + [_value(line.cells.get(column_id, NO_CELL), tell) for column_id, tell in tellers]


def _value(shown: Shown, tell: Callable[[Shown], str]) -> Any:
    if not isinstance(shown, Mark) and len(shown) == 1:
        value = shown[0]
        if isinstance(value, Decimal) or (isinstance(value, date) and not isinstance(value, datetime)):
            return value
    return tell(shown)


def to_csv(stream: IO[bytes], head: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Rows as CSV in UTF-8 with a mark every spreadsheet knows, each text made safe; says how many."""
    text = io.TextIOWrapper(stream, "utf-8", newline="", write_through=True)
    text.write(master_list.BOM)
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([master_list.safe(each) for each in head])
    count = 0
    for count, each in enumerate(rows, 1):  # noqa: B007 - how many there were is what is asked
        writer.writerow([_csv(value) for value in each])
    text.detach()
    return count


def _csv(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value, "f")  # a number is no formula, whatever its sign
    return master_list.safe(value.isoformat() if isinstance(value, date) else str(value))


def to_xlsx(stream: IO[bytes], title: str, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Rows as a workbook, written row by row: numbers and days by type, everything else as text."""
    book = _openpyxl().Workbook(write_only=True)
    book.properties.created = book.properties.modified = master_list.EPOCH
    sheet = book.create_sheet(title[:31])
    sheet.freeze_panes = "B2"
    sheet.append([_cell(sheet, each, bold=True) for each in head])
    count = 0
    for count, each in enumerate(rows, 1):  # noqa: B007 - how many there were is what is asked
        sheet.append([_cell(sheet, value) for value in each])
    book.save(stream)
    return count


def _cell(sheet: Any, value: Any, *, bold: bool = False) -> Any:
    made = _openpyxl()
    cell = made.cell.WriteOnlyCell(sheet)
    if isinstance(value, Decimal) and len(value.as_tuple().digits) <= _EXACT:
        cell.value = value
        cell.number_format = "#,##0.00####" if value != value.to_integral_value() else "#,##0"
    elif isinstance(value, date):
        cell.value = value
        cell.number_format = "yyyy-mm-dd"
    elif value is not None:
        said = format(value, "f") if isinstance(value, Decimal) else str(value)
        cell.value = master_list.safe(master_list.printable(said))
        cell.data_type = "s"
    if bold:
        cell.font = made.styles.Font(bold=True)
    return cell


def _openpyxl() -> Any:
    """The writer of workbooks, read when the first one is asked for: it takes longer than any page."""
    return importlib.import_module("openpyxl")
