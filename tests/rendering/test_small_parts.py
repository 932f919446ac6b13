"""Short codes, QR pictures, fonts, column widths, furniture and the sheet's JSON."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from qms.forms import Blank
from qms.rendering import (
    FontAltered,
    FontUnreadable,
    OwnFont,
    Sheet,
    contents_of,
    from_json,
    own_font,
    parsed_code,
    qr_svg,
    read,
    sanitised,
    short_code,
    to_json,
    uncovered,
)
from qms.rendering.columns import widths
from qms.rendering.fonts import FOLDER, font_bytes
from qms.rendering.furniture import fact_rows, page_label, signed_line, state_line

from .factories import SAMPLES, english_sheet, form_sheet, text_sheet


@given(some.binary(min_size=10, max_size=10))
def test_a_short_code_comes_back_however_it_is_typed(token: bytes) -> None:
    """80 bits, sixteen characters in fours; case, blanks and look-alikes do not matter (DOC-11)."""
    code = short_code(token)
    assert len(code) == 19
    typed = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert parsed_code(typed) == code
    assert parsed_code("".join(chr(ord(char) + 0xFEE0) for char in code)) == code


def test_different_tokens_have_different_codes() -> None:
    """Each bit counts."""
    codes = {short_code((1 << bit).to_bytes(10, "big")) for bit in range(80)}
    assert len(codes) == 80


def test_a_token_of_another_length_is_a_mistake() -> None:
    """Fewer bits would be guessable."""
    with pytest.raises(ValueError, match="10 bytes"):
        short_code(b"123")


@pytest.mark.parametrize("typed", ["", "7ZQK", "7ZQK-03MD-9FVA-X2TU", "7ZQK-03MD-9FVA-X2TB-0"])
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    """U is no character of the alphabet, and the length is fixed."""
    assert parsed_code(typed) is None


def test_the_qr_picture_is_the_same_each_time_and_fetches_nothing() -> None:
    """Plain SVG paths."""
    picture = qr_svg("https://qms.example.org/v/7ZQK-03MD-9FVA-X2TB")
    assert picture == qr_svg("https://qms.example.org/v/7ZQK-03MD-9FVA-X2TB")
    assert picture.startswith(b"<svg")
    assert b"href" not in picture


def test_characters_without_a_font_are_named_by_place() -> None:
    """Both scripts and the signs of the trade are there; rare ones and pictures are not."""
    assert uncovered("简体中文 繁體中文 ABC 123 ≥ ÷ — 「」《》·§№①○●□■✓√×°℃％\n\t") == []
    assert [(item.char, item.offset) for item in uncovered("张𠮷🙂")] == [("𠮷", 1), ("🙂", 2)]
    assert uncovered("禰\ufe00") == []


def test_an_organisation_may_add_a_font_by_hash(tmp_path: Path) -> None:
    """Its bytes are checked at each use."""
    path = tmp_path / "own.ttf"
    shutil.copy(FOLDER / "NotoSansTC-400.ttf", path)
    font = own_font(path)
    assert font.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert uncovered("甲🙂", [font]) == uncovered("甲🙂")
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(FontAltered):
        font_bytes(font)
    path.unlink()
    with pytest.raises(FontAltered):
        font_bytes(font)


@pytest.mark.parametrize("content", [b"", b"OTTO\x00", b"\x00\x01\x00\x00junk", b"wOF2...."])
def test_what_is_no_truetype_font_is_refused(tmp_path: Path, content: bytes) -> None:
    """OpenType with CFF outlines fails PDF/A, web fonts are slow."""
    path = tmp_path / "x.ttf"
    path.write_bytes(content)
    with pytest.raises(FontUnreadable):
        own_font(path)
    with pytest.raises(FontUnreadable):
        own_font(tmp_path / "missing.ttf")


@given(some.lists(some.lists(some.text(max_size=60), max_size=8), max_size=6))
def test_column_widths_fill_the_table(rows: list[list[str]]) -> None:
    """Whole percents, each at least one, 100 together."""
    made = widths(rows)
    assert len(made) == max((len(row) for row in rows), default=0)
    assert not made or sum(made) == 100
    assert all(part >= 1 for part in made)


def test_a_column_of_sentences_leaves_room_for_numbers() -> None:
    """A document number is never broken."""
    made = widths([["编号", "名称"], ["FM-12-01-2026-000042", "很长的说明文字" * 20]])
    assert made[0] >= 25
    assert widths([["a" * 200, "b" * 200, "c" * 200, "d" * 200]]) == [25, 25, 25, 25]
    assert widths([[""] * 60]) == [2] * 40 + [1] * 20


def test_a_sheet_travels_as_json() -> None:
    """The same value comes back, the same text is written."""
    own = OwnFont("/fonts/own.ttf", "0" * 64)
    sheets: list[Sheet] = [
        text_sheet(fonts=(own,)),
        english_sheet(keywords=("x", "y")),
        form_sheet(published_on=None, effective_on=None),
    ]
    for sheet in sheets:
        text = to_json(sheet)
        assert from_json(text) == sheet
        assert to_json(from_json(text.encode())) == text


def test_a_sheet_of_unknown_facts_is_a_mistake() -> None:
    """A key that was renamed does not vanish."""
    with pytest.raises(TypeError):
        from_json(to_json(text_sheet()).replace('"owner"', '"owned"'))


def test_the_state_line_never_claims_more_than_paper_can_know() -> None:
    """From when it holds, and where to ask (DOC-11)."""
    assert state_line(text_sheet()) == "已发布，2026-12-01 起生效；是否现行：扫码查验"
    assert state_line(english_sheet()) == "Issued, effective from 2026-12-01; validity: scan"
    assert state_line(text_sheet(effective_on=None)) == "草案，未发布"
    assert state_line(text_sheet(short_code="")) == "2026-12-01 起生效"


def test_the_furniture_speaks_the_language_of_the_sheet() -> None:
    """Pages, facts and signatures."""
    assert page_label("zh-Hant") == ("第 ", " 頁 共 ", " 頁")
    assert page_label("en") == ("Page ", " of ", "")
    assert signed_line(text_sheet()) == "批准 赵衡 2026-11-20 · 发布 李敏 2026-11-20"
    rows = [[(fact.label, fact.value) for fact in row] for row in fact_rows(text_sheet(distribution=""))]
    assert rows[0] == [("发布日期", "2026-11-20"), ("生效日期", "2026-12-01")]
    assert rows[2:] == [
        [("上级文件", "QM-01 质量手册")],
        [("标准条款", "ISO 9001:2015  7.5.1, 7.5.2, 7.5.3")],
    ]
    draft = replace(text_sheet(), published_on=None, effective_on=None)
    assert [fact.value for fact in fact_rows(draft)[0]] == ["综合部", "内部"]
    assert state_line(text_sheet(state="Closed on 2026-11-20")) == "Closed on 2026-11-20"


def test_contents_reach_as_deep_as_asked() -> None:
    """Words before the first heading are no entry."""
    content = read("x\n\n# 1 a\n\n## 1.1 b\n\n### 1.1.1 c", "f.md")
    assert [entry.number for entry in contents_of(content)] == ["1", "1.1"]
    assert [entry.anchor for entry in contents_of(content, 3)] == ["c-1", "c-1-1", "c-1-1-1"]


@pytest.mark.parametrize("name", ["form", "register"])
def test_blank_sheets_pass_the_sanitiser_whole(name: str) -> None:
    """Every element and class that the forms print is known here."""
    html = (SAMPLES / f"{name}.html").read_text("utf-8")
    assert sanitised(html).count("class=") == html.count("class=")
    head = {
        "kind": "form",
        "fields": [
            {"section": "A"},
            {"id": "a", "label": "甲", "type": "text", "required": True, "help": "h"},
        ],
        "steps": [{"id": "s", "label": "乙", "by": {"roles": ["author"]}, "opinion": "required"}],
    }
    made = Blank().markup(head, "zh-Hans")
    assert sanitised(made).count("class=") == made.count("class=")
