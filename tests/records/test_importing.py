"""Records brought as a table: all or none, each faulty line and column named, hostile files refused."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from openpyxl import Workbook, load_workbook

from qms import records
from qms.kernel.refs import Ref
from qms.records import errors
from qms.uploads import SheetUnreadable, table
from tests.documents.factories import add
from tests.records import factories as sheets

if TYPE_CHECKING:
    from qms.kernel.work import Works
    from tests.documents.factories import Organisation

HEAD = "用途 [purpose],Amount,manager\n"
TABLES = """
  - {id: when, label: When, type: instant}
  - {id: items, label: Items, type: table, columns: [{id: what, label: What, type: text, required: true}, {id: points, label: Points, type: number}]}
  - {id: total, label: Total, type: computed, formula: "sum(row.points for row in items)"}
"""  # noqa: E501 - YAML in flow style


def brought(made: Organisation, content: bytes | str, login: str = "author", **more: Any) -> list[str]:
    """Import a table; gives the numbers."""
    data = content.encode() if isinstance(content, str) else content
    with made.acting(login) as work:
        found = records.import_table(work, sheets.NUMBER, table.read(data, "x.csv"), "x.csv", **more)
        return [each.number or "" for each in found]


def listed(made: Organisation) -> list[str]:
    """The numbers of all filed records."""
    with made.looking("author") as work:
        return [row.number for row in records.listing(work.session, work.rights, work.today)]


def test_each_line_is_filed_as_on_the_page(works: Works) -> None:
    """Headings by id in brackets, by label in any language, or by bare id (S12)."""
    made = sheets.house(works)
    assert brought(made, HEAD + "设备,1200.50,\n\n=1+1,3,author\n") == [
        "FM-07-01-2026-000001",
        "FM-07-01-2026-000002",
    ]
    ref = records.ref_of(sheets.look(made, Ref("record", "FM-07-01-2026-000002")))
    assert sheets.answers(made, ref) == {"purpose": "=1+1", "amount": "3.00", "manager": "author"}


def test_one_faulty_line_refuses_all_and_every_fault_is_named(works: Works) -> None:
    """Line and column of each; no number is taken, so that there is no gap (law 13)."""
    made = sheets.house(works)
    with pytest.raises(errors.ImportRefused) as refused:
        brought(made, HEAD + "设备,1200.50,\n,2,\n车辆,many,\n车辆,-1,nobody\n")
    found = {(each.line, each.field) for each in refused.value.problems}
    assert found == {(3, "用途 [purpose]"), (4, "amount"), (5, "amount"), (5, "manager")}
    assert listed(made) == []
    assert brought(made, HEAD + "设备,1,\n") == ["FM-07-01-2026-000001"]


@pytest.mark.parametrize(
    "content",
    [HEAD + "\n", "purpose,strange\n1,2\n", "purpose,用途\n1,2\n", "remark\n1\n"],
    ids=["empty", "strange", "twice", "later step"],
)
def test_headings_are_those_of_the_form(works: Works, content: str) -> None:
    """A column that answers nothing, or answers twice, refuses the table."""
    with pytest.raises(errors.ImportRefused):
        brought(sheets.house(works), content)


def test_a_table_has_bounds(works: Works) -> None:
    """So many lines and no more (SEC-13)."""
    made = sheets.house(works)
    with pytest.raises(errors.ImportRefused):
        brought(made, HEAD + "设备,1,\n" * (records.MOST + 1))
    with pytest.raises(SheetUnreadable):
        brought(made, b"PK\x03\x04 no archive")


def test_who_may_not_file_brings_nothing(works: Works) -> None:
    """What is forbidden on the page is forbidden here."""
    made = sheets.house(works)
    with made.service() as work:
        add(work, made, "nobody")
    with pytest.raises(errors.FormNotInForce):
        brought(made, HEAD + "设备,1,\n", "nobody")


def test_the_template_is_what_the_import_reads(works: Works) -> None:
    """A workbook with instants and rows of a table; the rest of a form is worked out."""
    made = sheets.house(works, sheets.form(fields=TABLES, steps=""))
    with made.looking("author") as work:
        empty = records.template(work, sheets.NUMBER, "xlsx")
        told = records.template(work, sheets.NUMBER, "csv").decode("utf-8-sig")
    sheet = load_workbook(io.BytesIO(empty)).worksheets[0]
    heads = [str(cell.value) for cell in next(sheet.iter_rows())]
    assert heads[:2] == ["When [when]", "Items 1: What [items.1.what]"]
    assert "total" not in told
    book = Workbook()
    line: dict[str, Any] = {"When [when]": "2026-11-02 10:30", "Items 1: What [items.1.what]": "甲"}
    line |= {"Items 1: Points [items.1.points]": 2, "Items 2: What [items.2.what]": "乙"}
    line |= {"Items 2: Points [items.2.points]": 0.5}
    page = book.create_sheet("x", 0)
    page.append(heads)
    page.append([line.get(head) for head in heads])
    made_of = io.BytesIO()
    book.save(made_of)
    (number,) = brought(made, made_of.getvalue())
    answers = sheets.answers(made, Ref("record", number))
    assert answers["when"] == "2026-11-02T02:30:00Z"
    assert answers["items"] == [{"what": "甲", "points": "2"}, {"what": "乙", "points": "0.5"}]
    assert answers["total"] == "2.5"
