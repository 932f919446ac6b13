"""What the PDF of an issued document is: legible, complete on every page, the same each time."""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pikepdf
import pytest
from pypdf import PdfReader

from qms.rendering import OwnFont, Pool, Rendered, StampKind, own_font, render_html, stamp
from qms.rendering.fonts import FOLDER
from qms.rendering.pdf import render_bytes

from .factories import ADDRESS, AT, CODE, SHEETS, SOURCE, form_sheet, mark, text_sheet

if TYPE_CHECKING:
    from pathlib import Path

# WeasyPrint leaves its colour profile to be closed by the collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file.*sRGB2014:ResourceWarning")


def words(pdf: bytes, *options: str) -> list[str]:
    """The text of each page as poppler reads it."""
    made = subprocess.run(["pdftotext", *options, "-", "-"], input=pdf, capture_output=True, check=True)
    return made.stdout.decode().split("\f")[:-1]


@pytest.mark.parametrize("name", SHEETS)
def test_all_fonts_are_embedded(name: str, originals: dict[str, Rendered]) -> None:
    """Legible for as long as it is kept; only shipped fonts (DOC-10)."""
    made = subprocess.run(["pdffonts", "-"], input=originals[name].pdf, capture_output=True, check=True)
    rows = made.stdout.decode().splitlines()[2:]
    assert rows
    assert all("Noto-Sans" in row or "NotoSans" in row for row in rows)
    assert all(re.search(r"yes yes yes", row) for row in rows)


def test_the_chinese_title_can_be_extracted(originals: dict[str, Rendered]) -> None:
    """Text is text, also for searching and reading aloud (DOC-10)."""
    pages = words(originals["text"].pdf)
    assert "文件与记录控制程序" in pages[0]
    assert "使中心的程序按同一套规则设置、完善和执行" in "".join(pages).replace("\n", "")


@pytest.mark.parametrize("name", SHEETS)
def test_each_page_says_what_it_is(name: str, originals: dict[str, Rendered]) -> None:
    """Number, revision, state, effective date, page x of y, signature, uncontrolled, code (DOC-11)."""
    sheet = SHEETS[name]()
    pages = words(originals[name].pdf)
    assert len(pages) == originals[name].pages
    for count, page in enumerate(pages, 1):
        label = f"Page {count} of {len(pages)}" if name == "english" else f"第 {count} 页 共 {len(pages)} 页"
        uncontrolled = "Printed copies are uncontrolled" if name == "english" else "打印件为非受控副本"
        state = (
            "effective from 2026-12-01; validity: scan"
            if name == "english"
            else "2026-12-01 起生效；是否现行：扫码查验"
        )
        for text in (
            sheet.number,
            sheet.title,
            sheet.revision,
            sheet.secrecy,
            label,
            uncontrolled,
            state,
            CODE,
        ):
            assert text.replace(" ", "") in re.sub(r"\s", "", page)
        assert sheet.approvals[-1].name in page


def test_the_signatures_are_printed_in_full(originals: dict[str, Rendered]) -> None:
    """Name, post, meaning, time and zone (P11-50)."""
    cover = words(originals["text"].pdf, "-layout")[0]
    for row in text_sheet().approvals:
        line = next(line for line in cover.splitlines() if row.at in line)
        assert [row.meaning, row.name, row.post] == line.split()[:3]


def test_nine_signatures_end_on_the_cover(pool: Pool, originals: dict[str, Rendered]) -> None:
    """The table of a long route takes the air above the title instead of one row of the next page."""
    sheet = text_sheet()
    signer = replace(sheet.approvals[0], name="风控合规部负责人（演示）")
    made = pool.render(replace(sheet, approvals=(signer,) * 9), SOURCE, "CP-12.md")
    assert made.pages == originals["text"].pages
    assert words(made.pdf)[0].count(signer.name) == 9


def test_contents_name_the_pages_where_clauses_stand(originals: dict[str, Rendered]) -> None:
    """Page numbers of the contents are true, and the bookmarks are the clauses."""
    pages = words(originals["text"].pdf, "-layout")
    found = re.findall(r"^\s*([\d.]+)\s+(\S.*?)\s[ .]{6,}\s*(\d+)$", pages[1], re.MULTILINE)
    assert [(number, title) for number, title, _ in found][:3] == [
        ("1", "目的"),
        ("2", "适用范围"),
        ("2.1", "文件"),
    ]
    assert len(found) == 7
    for number, title, page in found:
        assert re.search(rf"^\s*{re.escape(number)}\s+{title}\s*$", pages[int(page) - 1], re.MULTILINE)
    outline = PdfReader(io.BytesIO(originals["text"].pdf)).outline
    assert [item.title for item in outline if not isinstance(item, list)] == [
        "1 目的",
        "2 适用范围",
        "3 职责",
    ]


@pytest.mark.parametrize("name", SHEETS)
def test_the_lowest_strip_is_free_for_stamps(name: str, originals: dict[str, Rendered]) -> None:
    """A stamp's line at 10 to 28 points never meets the foot."""
    document = PdfReader(io.BytesIO(originals[name].pdf))
    for page in document.pages:
        heights: list[float] = []

        def visit(
            text: str, matrix: list[float], place: list[float], *_: object, heights: list[float] = heights
        ) -> None:
            if text.strip():
                heights.append(matrix[5] + matrix[3] * place[5])

        page.extract_text(visitor_text=visit)
        assert min(heights) > 28


def test_the_source_is_attached_with_the_dates_of_the_sheet(originals: dict[str, Rendered]) -> None:
    """What was signed travels with what was issued."""
    with pikepdf.open(io.BytesIO(originals["text"].pdf)) as document:
        assert list(document.attachments) == ["CP-12.md"]
        attached = document.attachments["CP-12.md"]
        assert attached.get_file().read_bytes() == SOURCE
        assert attached.obj.AFRelationship == pikepdf.Name.Source
        params = attached.obj.EF.F.Params
        assert [str(params.CreationDate), str(params.ModDate)] == ["D:20261120080500Z"] * 2
        assert document.docinfo["/Title"] == "CP-12 A/1 文件与记录控制程序"
        assert str(document.docinfo["/CreationDate"]).startswith("D:20261120080500")
        assert document.Root.Lang == "zh-Hans"


def test_the_same_sheet_gives_the_same_bytes(originals: dict[str, Rendered]) -> None:
    """In another process with another hash seed and other limits (DOC-12)."""
    for name, make in SHEETS.items():
        assert hashlib.sha256(render_bytes(make(), SOURCE, "CP-12.md").pdf).digest() == (
            hashlib.sha256(originals[name].pdf).digest()
        )


def test_versions_of_what_made_the_bytes_are_told(originals: dict[str, Rendered]) -> None:
    """They are recorded with an issued revision (law 8)."""
    told = originals["text"].versions
    assert {"weasyprint", "pydyf", "pango", "zlib", "fonts", "qms"} <= set(told)
    assert told["weasyprint"] == "70.0"


def test_a_demonstration_says_so_on_every_page(originals: dict[str, Rendered]) -> None:
    """For ever, on each page (law 16)."""
    assert all("演示数据，非在用文件" in page for page in words(originals["form"].pdf))
    assert not any("演示" in page for page in words(originals["register"].pdf))


def test_registers_lie_on_their_side(originals: dict[str, Rendered]) -> None:
    """Landscape for registers and for forms that ask for it."""
    wide = render_bytes(form_sheet(landscape=True), SOURCE, "x.yaml").pdf
    for pdf, landscape in ((originals["register"].pdf, True), (originals["form"].pdf, False), (wide, True)):
        box = PdfReader(io.BytesIO(pdf)).pages[0].mediabox
        assert (box.width > box.height) is landscape


def test_the_page_is_sanitised_and_escaped() -> None:
    """Neither a body nor a name can bring markup of its own (SEC-18)."""
    html = render_html(text_sheet(title="<b>x</b>", body='<p onclick="x">a<script>alert(1)</script></p>'))
    assert "&lt;b&gt;x&lt;/b&gt;" in html
    assert "onclick" not in html
    assert "<script" not in html
    assert f'alt="二维码：{ADDRESS}"' in html
    draft = render_html(text_sheet(verification_url="", short_code="", effective_on=None))
    assert "qr.svg" not in draft
    assert "草案，未发布" in draft


def test_a_draft_can_be_seen_before_it_has_a_code() -> None:
    """No QR picture, no date, no signatures: a preview of the sheet."""
    draft = text_sheet(verification_url="", short_code="", effective_on=None, published_on=None, approvals=())
    pages = words(render_bytes(draft, SOURCE, "CP-12.md").pdf)
    assert all("草案，未发布" in page for page in pages)
    assert not any(CODE in page for page in pages)


def test_an_organisations_own_font_prints_what_ours_cannot(tmp_path: Path) -> None:
    """A character outside the shipped fonts comes from the recorded file."""
    path = tmp_path / "own.ttf"
    path.write_bytes((FOLDER / "NotoSansTC-400.ttf").read_bytes())
    own: OwnFont = own_font(path)
    made = render_bytes(text_sheet(fonts=(own,), at=AT), SOURCE, "CP-12.md")
    assert "文件与记录控制程序" in words(made.pdf)[0]


def test_a_stamped_copy_reads_like_the_original(originals: dict[str, Rendered]) -> None:
    """The mark is drawn, not written: the text stays as it was in every mode."""
    for kind in StampKind:
        copy = stamp(originals["text"].pdf, mark(kind))
        for mode in ([], ["-layout"], ["-raw"]):
            assert words(copy, *mode) == words(originals["text"].pdf, *mode)
