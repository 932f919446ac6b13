"""Tokens: words with offsets; codes blind to separators."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.search.analysis.fold import fold
from qms.search.analysis.pinyin import title_words
from qms.search.analysis.tokens import Kind, code, codes, parts, stem, tokens, words


def texts(text: str) -> list[str]:
    return [token.text for token in tokens(text)]


@pytest.mark.parametrize(
    "written", ["CP-12", "cp12", "CP 12", "ＣＰ－１２", "Cp–12", "CP_12", "CP.12", "cp·12"]
)
def test_numbers_are_blind_to_separators_width_and_case(written: str) -> None:
    """DOC-18: the number of a document is found however it is typed."""
    assert code(written) == "cp12"
    assert "cp12" in texts(f"按{written}执行")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("ISO 9001:2015", ["iso", "iso9001", "iso90012015", "9001", "2015"]),
        ("WI-12-01", ["wi", "wi12", "wi1201"]),
        ("T+3", ["t3"]),
        ("8.5.1", ["8.5.1"]),
        ("2026-11-02", ["2026", "2026.11.02"]),
        ("iso/iec 17025", ["iso", "isoiec17025", "iec", "iec17025", "17025"]),
        ("of 12 months", ["of", "of12", "12", "month"]),
        ("step 5", ["step", "5"]),
        ("CP-12 §5.3", ["cp", "cp12", "5.3"]),
        ("貸審會流程", ["贷审会", "流程"]),
        ("首問受理", ["首问", "受理"]),
        ("——《》。", []),
    ],
)
def test_what_is_indexed(written: str, expected: list[str]) -> None:
    """Words, codes by their beginnings, and plain numbers."""
    assert texts(written) == expected


def test_a_code_is_the_whole_text_or_none() -> None:
    """Only a text that is one number is a code."""
    assert code("hello") is None
    assert code("CP-12 and more") is None
    assert code("8.5.1") is None
    assert codes("WI-12-01") == ["wi12", "wi1201"]


def test_compounds_fall_into_parts() -> None:
    """A compound is asked for by its parts where they tile it, so that cutting does not matter."""
    assert parts("管理体系") == ["管理", "体系"]
    assert parts("质量目标") == ["质量", "目标"]
    assert parts("委员会") == ["委员会"]
    assert parts("贷款审查委员会") == ["贷款审查委员会"]


@pytest.mark.parametrize(
    ("word", "expected"),
    [("documents", "document"), ("policies", "policy"), ("process", "process"), ("status", "status"),
     ("analysis", "analysis"), ("its", "its"), ("approve", "approve")],
)  # fmt: skip
def test_english_plurals_meet_their_singular(word: str, expected: str) -> None:
    """One light rule, the same for index and query."""
    assert stem(word) == expected


@given(st.text(alphabet=st.sampled_from("质量目標CP-12 §.３aｂ，的台帳s/:+")))
def test_offsets_point_at_the_original(text: str) -> None:
    """Each token stands inside the text, in order, and a Chinese word is the fold of its place."""
    found = tokens(text)
    assert found == sorted(found, key=lambda token: (token.start, token.end))
    for token in (*found, *words(text)):
        assert 0 <= token.start < token.end <= len(text)
        if token.kind is Kind.WORD:
            assert fold(text[token.start : token.end]) == token.text


@given(st.text(alphabet=st.sampled_from("质量目標CP-12 §.３aｂ，的台帳s/:+")))
def test_what_a_query_reads_is_in_the_index(text: str) -> None:
    """Every part of every word of a text is among the tokens of the same text."""
    indexed = {token.text for token in tokens(text)}
    asked = {
        part
        for token in words(text)
        for part in (parts(token.text) if token.kind is Kind.WORD else [token.text])
    }
    assert asked <= indexed


def test_pinyin_of_titles_by_word_by_run_and_by_initials() -> None:
    """R61: a title is found by pinyin and by initials; the fold keeps readings right."""
    spoken = title_words("質量目標管理")
    assert {"zhiliang", "mubiao", "zhiliangmubiao", "zl", "zlmb", "zlmbgl", "mbgl"} <= set(spoken)
    assert "changdu" in title_words("長度")
    compound = title_words("受控发布作业指导书")
    assert {"zuoye", "zhidaoshu", "zuoyezhidaoshu", "zyzds", stem("zyzds")} <= set(compound)
    assert title_words("Document control 12") == []
