"""What a person types becomes a tree, or a polite refusal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.search.analysis.aliases import Aliases, read_aliases, shipped
from qms.search.analysis.query import (
    LONGEST,
    AllOf,
    AnyOf,
    Clause,
    Node,
    Phrase,
    Prefix,
    Query,
    QueryRefused,
    Word,
    leaves,
    parse,
    phrase,
)
from qms.search.analysis.tokens import Kind

PLAIN = Aliases()


def read(text: str) -> Query:
    return parse(text, PLAIN)


def names(nodes: tuple[Node, ...]) -> list[str]:
    """The words of nodes in short: phrases in quotes, beginnings with a star, clauses with §."""
    short = []
    for leaf in leaves(nodes):
        if isinstance(leaf, Phrase):
            short.append('"' + "".join(text for text, _ in leaf.parts) + '"')
        elif isinstance(leaf, Prefix):
            short.append(leaf.text + "*")
        elif isinstance(leaf, Clause):
            short.append("§" + leaf.number)
        else:
            short.append(leaf.text)
    return short


@pytest.mark.parametrize(
    ("typed", "every", "without"),
    [
        ("质量目标", ["质量", "目标"], []),
        ("質量 目標", ["质量", "目标"], []),
        ("“文件与记录” 分发", ['"文件与记录"', "分发"], []),
        ("《文件控制程序》", ['"文件控制程序"'], []),
        ("「文件」", ["文件"], []),
        ('"质量目标', ['"质量目标"'], []),
        ('"——" 文件', ["文件"], []),
        ("文件 -作废", ["文件"], ["作废"]),
        ("文件 －“作废清单”", ["文件"], ['"作废清单"']),
        ("文件 -作废清单", ["文件"], ['"作废清单"']),
        ("文件 -—", ["文件"], []),
        ("文件 - 记录", ["文件", "记录"], []),
        ("CP-12", ["cp12"], []),
        ("CP-12 §5.3", ["cp12", "§5.3"], []),
        ("CP-12 5.3", ["cp12", "§5.3"], []),
        ("CP-12 2015", ["cp12", "2015"], []),
        ("§ 5.3", ["§5.3"], []),
        ("第 3 条", ["§3"], []),
        ("增长 5.3", ["增长", "5.3"], []),
        ("三防工作", ['"三防"', "工作"], []),
        ("审批人", ["审批"], []),
        ("谁批准文件的发布", ["批准", "文件", "发布"], []),
        ("审批要几天", ["审批"], []),
        ("报修多长时间到", ["报修"], []),
        ("who approves the documents", ["approve", "document"], []),
        ("的", ["的"], []),
        ("的了", ['"的了"'], []),
        ("how to", ["how", "to"], []),
        ("质量*", ["质量*"], []),
        ("docs*", ["docs*"], []),
        ("CP-1*", ["cp1*"], []),
        ("文件质量*", ["文件", "质量*"], []),
        ("质量管*", ["质量"], []),
        ("文件 -质量*", ["文件"], ["质量*"]),
        ("文件 -记录质量*", ["文件"], ['"记录质量"']),
        ("文件 文件 文件", ["文件"], []),
        ("文件——文件", ["文件"], []),
    ],
)
def test_reading(typed: str, every: list[str], without: list[str]) -> None:
    """Words and all, quotes side by side, minus out, star a beginning, numbers and clauses known."""
    query = read(typed)
    assert names(query.every) == every
    assert names(query.without) == without
    assert query.least == len(query.every)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Type at least one word."),
        ("——！", "Type at least one word."),
        ("管*", "Type at least 2 characters before *."),
        ("*", "Type at least 2 characters before *."),
        ("文件 c*", "Type at least 2 characters before *."),
        ("-作废", "Say also what to look for, not only what to leave out."),
        ("文" * (LONGEST + 1), "Type at most 200 characters."),
        (" ".join(f"word{letter}" for letter in "abcdefghijklmnopq"), "Type at most 16 words."),
    ],
)
def test_polite_refusals(typed: str, sentence: str) -> None:
    """Each refusal says what to type instead."""
    with pytest.raises(QueryRefused) as refused:
        read(typed)
    assert sentence in refused.value.sentence()


def test_only_a_number_is_looked_up_as_one() -> None:
    """`CP 12` alone asks for the document."""
    assert read("ＣＰ 12").number == "cp12"
    assert read("CP-12 分发").number is None
    assert read("文件").number is None


def test_words_that_mean_the_same_come_along() -> None:
    """The word itself, its other names side by side with less weight; none that says no more."""
    aliases = read_aliases("贷审会 = 贷款 审查 = 审贷会\n投诉 = 客户投诉 = 诉求\n质量目标 ~ 指标\n", "a")
    node = parse("貸審會", aliases).every[0]
    assert node == AnyOf(
        (Word("贷审会"), Phrase((("贷款", 0), ("审查", 2)), 0.8), Word("审贷会", Kind.WORD, 0.8))
    )
    assert names(parse("投诉", aliases).every) == ["投诉", "诉求"]
    asked = parse("质量目标 考核", aliases)
    assert asked.every[0] == AllOf((Word("质量"), Word("目标")))
    assert names(asked.wider) == ["质量", "目标", "指标", "考核"]


def test_taiwan_words_meet_inside_compounds() -> None:
    """內部稽核 is 内部审核."""
    assert names(parse("內部稽核", shipped()).every) == ["内部", "稽核", "审核"]


def test_asking_more_widely() -> None:
    """One of two words suffices, two of three, three of four, related words count; one word stays."""
    assert read("文件").relaxed() is None
    for typed, least in (("文件 记录", 1), ("文件 记录 分发", 2), ("文件 记录 分发 回收", 3)):
        wide = read(typed).relaxed()
        assert wide is not None
        assert wide.least == least
        assert wide.relaxed() is None
    related = parse("投诉", shipped()).relaxed()
    assert related is not None
    assert "意见" in names(related.every)
    assert related.relaxed() is None


def test_a_phrase_without_words_is_none() -> None:
    """White space does not count, in texts and in questions."""
    assert phrase("。") is None
    assert phrase("文件 与 记录") == phrase("文件与记录")
    assert phrase("quality  manual") == Phrase((("quality", 0), ("manual", 7)))


@given(st.text(max_size=60))
def test_whatever_is_typed_is_read_or_refused(text: str) -> None:
    """No text breaks the reading; what is read asks for something."""
    try:
        query = parse(text, shipped())
    except QueryRefused as refusal:
        asked = len(refusal.problems)
    else:
        asked = len(query.every)
    assert asked > 0
