"""The master list as a file that no spreadsheet computes (SEC-21, R01)."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import TYPE_CHECKING

import pytest
from openpyxl import load_workbook

from qms import documents
from qms.documents import master_list
from tests.documents import factories

if TYPE_CHECKING:
    from qms.kernel.work import Works

EVIL = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "\x00x", "＝1", "  =1", '=HYPERLINK("http://x")']


@pytest.mark.parametrize("text", EVIL)
def test_no_cell_begins_like_a_formula(text: str) -> None:
    """An apostrophe stands before it, in CSV as in XLSX."""
    assert master_list.safe(text) == f"'{text}"
    (cell,) = next(csv.reader(io.StringIO(master_list.to_csv([[text]]).decode("utf-8-sig"), newline="")))
    assert cell == f"'{text}"


@pytest.mark.parametrize("text", ["CP-12", "a=b", "", "2026-11-02", "风险控制程序", "3 - 2"])
def test_plain_cells_stay_as_they_are(text: str) -> None:
    """What is no formula is not touched."""
    assert master_list.safe(text) == text


def test_csv_opens_in_any_spreadsheet() -> None:
    """UTF-8 with its mark, CRLF, every cell quoted."""
    made = master_list.to_csv([["编号", 'a "b"'], ["CP-12", "x\ny"]])
    assert made == '\ufeff"编号","a ""b"""\r\n"CP-12","x\ny"\r\n'.encode()


def test_every_cell_of_the_workbook_is_a_text_by_type() -> None:
    """Even what looks like a formula, and it stays one after saving and opening again."""
    made = master_list.to_xlsx([["Number"], *([text] for text in EVIL), ["3"]], "Master list")
    sheet = load_workbook(io.BytesIO(made)).active
    assert sheet is not None
    cells = [row[0] for row in sheet.iter_rows()]
    assert {cell.data_type for cell in cells} == {"s"}
    assert cells[1].value == "'=1+1"
    assert cells[-1].value == "3"


def test_the_same_list_is_the_same_file() -> None:
    """No time of making stands in it."""
    rows = [["Number", "Title"], ["CP-12", "文件与记录控制程序"]]
    assert master_list.to_xlsx(rows, "x") == master_list.to_xlsx(rows, "x")


def test_the_list_has_one_row_for_each_document_and_language(works: Works) -> None:
    """What is in force before what is coming and what is being worked on, in the reader's words."""
    made = factories.organisation(works)
    factories.issued(made)
    factories.revised(made, date(2026, 11, 20))
    factories.drafted(made, language="en", file="CP-07.en.md")
    with made.looking("controller") as work:
        rows = documents.master_rows(work.session, work.rights, date(2026, 11, 2))
        later = documents.master_rows(work.session, work.rights, date(2026, 11, 20))
        known = documents.master_rows(
            work.session, work.rights, date(2026, 11, 2), documents.Filters(words="control 07")
        )
        none = documents.master_rows(
            work.session, work.rights, date(2026, 11, 2), documents.Filters(kinds=frozenset({"policy"}))
        )
        drafts = documents.master_rows(
            work.session,
            work.rights,
            date(2026, 11, 2),
            documents.Filters(
                owners=frozenset({"risk"}),
                languages=frozenset({"en"}),
                standings=frozenset({documents.Standing.DRAFT}),
                numbers=frozenset({"cp07"}),
            ),
        )
    with made.looking("reader") as work:
        seen = documents.master_rows(work.session, work.rights, date(2026, 11, 2))
    assert [(row.language, row.label, row.standing.value) for row in rows] == [
        ("en", "A/0", "draft"),
        ("zh-Hans", "A/0", "in_force"),
    ]
    assert [(row.language, row.label) for row in later] == [("en", "A/0"), ("zh-Hans", "A/1")]
    assert [row.language for row in seen] == ["zh-Hans"]
    assert (len(known), none, [row.language for row in drafts]) == (2, [], ["en"])
    table = master_list.table(rows, "zh-Hans", {"risk": "风控合规部"})
    assert table[0][:3] == ["编号", "名称", "类别"]
    assert table[2][:7] == ["CP-07", "风险控制程序", "控制程序", "风控合规部", "zh-Hans", "A/0", "现行"]
    assert rows[1].is_in_force
