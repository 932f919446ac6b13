"""Highlights: exact on the original text, safe as HTML."""

from __future__ import annotations

import re
from html import unescape
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from qms.search.analysis.aliases import Aliases, shipped
from qms.search.analysis.fold import fold
from qms.search.analysis.highlight import Fragment, fragment, marks, sought
from qms.search.analysis.query import parse
from qms.search.analysis.tokens import tokens

PIECES = st.sampled_from(
    [
        "质量",
        "質量",
        "目标",
        "的",
        "。",
        "\n",
        " ",
        "CP-12",
        "ｃｐ１２",
        "<b>",
        "&",
        "Documents",
        "台帳",
        "，",
        "分发登记",
    ]
)
TEXTS = st.lists(PIECES, max_size=60).map("".join)
ASKED = st.sampled_from(["质量", "cp 12", "document", "“质量目标”", "臺帳", "登记 质量", "分发*", "的"])


def found(text: str, asked: str) -> list[str]:
    return [text[start:end] for start, end in marks(text, sought(parse(asked, Aliases())))]


@given(TEXTS, st.sampled_from(["质量", "cp 12", "document", "臺帳", "登记"]))
def test_exactly_the_tokens_that_were_asked_for(text: str, asked: str) -> None:
    """A character is marked if and only if a token that was asked for covers it."""
    wanted = {"cp 12": "cp12", "臺帳": "台账"}.get(asked, asked)
    covered = {at for token in tokens(text) if token.text == wanted for at in range(token.start, token.end)}
    spans = marks(text, sought(parse(asked, Aliases())))
    assert {at for start, end in spans for at in range(start, end)} == covered
    assert all(a < b for a, b in spans)
    assert all(end < start for (_, end), (start, _) in pairwise(spans))


@given(TEXTS, ASKED, st.integers(10, 150))
def test_a_fragment_is_a_piece_of_the_original(text: str, asked: str, length: int) -> None:
    """What is shown stands in the text as it is; every mark in it is a mark of the text, none is cut."""
    what = sought(parse(asked, shipped()))
    piece = fragment(text, what, length)
    at = [place for place in range(len(text) + 1) if text.startswith(piece.text, place)]
    whole = marks(text, what)
    assert any(
        piece.marks
        == tuple((a - start, b - start) for a, b in whole if start <= a and b <= start + len(piece.text))
        and not any(a < start < b or a < start + len(piece.text) < b for a, b in whole)
        for start in at
    )
    assert piece.cut_before or text.startswith(piece.text)
    assert piece.cut_after or text.endswith(piece.text)


@given(TEXTS, ASKED)
def test_html_is_safe_and_complete(text: str, asked: str) -> None:
    """Without the marks and the escapes it is the text again; no tag but `<mark>` leaves."""
    piece = fragment(text, sought(parse(asked, shipped())), 10_000)
    html = piece.html()
    assert set(re.findall(r"<[^>]*>", html)) <= {"<mark>", "</mark>"}
    assert unescape(re.sub(r"</?mark>", "", html)) == text


def test_marks_on_the_original_characters() -> None:
    """Traditional, full-width and upper-case text is marked as it was written."""
    assert found("《文件與記錄》按ＣＰ－１２執行，臺帳留存", "“文件与记录” cp12 台账") == [
        "文件與記錄",
        "ＣＰ－１２",
        "臺帳",
    ]
    assert found("Documents and a document", "documents") == ["Documents", "document"]
    assert found("分发登记表，分发，分摊", "分发*") == ["分发", "分发"]
    assert found("第5.3条", "§5.3") == []


def test_a_phrase_is_marked_only_as_a_phrase() -> None:
    """Its words elsewhere are not."""
    assert found("质量与目标。质量目标。目标质量", "“质量目标”") == ["质量目标"]


def test_other_names_are_marked_too() -> None:
    """Who asked for the one name sees the other."""
    text = "由贷款审查委员会批准"
    assert [text[a:b] for a, b in marks(text, sought(parse("貸審會", shipped())))] == ["贷款审查委员会"]


def test_the_piece_with_most_of_what_was_sought() -> None:
    """It begins with a sentence where one begins near, and says where it is cut."""
    text = "开头。" + "无关内容，" * 40 + "前一句。质量目标按季度检查，质量记录归档。" + "后文，" * 60
    piece = fragment(text, sought(parse("质量 目标", Aliases())), 60)
    assert piece.text.startswith("质量目标按季度检查")
    assert (piece.cut_before, piece.cut_after) == (True, True)
    assert piece.html().startswith("…<mark>质量目标</mark>按季度")
    assert piece.html().endswith("…")


def test_without_a_match_the_text_begins() -> None:
    """A document found by its name shows how it begins."""
    assert fragment("文" * 200, sought(parse("cp12", Aliases())), 50) == Fragment("文" * 50, cut_after=True)
    assert fold("文") == "文"
