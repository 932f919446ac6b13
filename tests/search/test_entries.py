"""What is true of one entry: guard, digest, whole documents, and whether a query finds it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.kernel.ports import Entry, Rights
from qms.search.analysis.aliases import read_aliases, shipped
from qms.search.analysis.query import parse
from qms.search.engine import Suggestion, Wanted
from qms.search.entries import Guard, View, digest, goes_on, pack, unpack, wholes
from tests.search.factories import DAY, entry

SETS = st.frozensets(st.sampled_from(["legal", "risk", "7"]), max_size=2)
ENTRIES = st.builds(
    entry,
    clause=st.sampled_from(["", "1"]),
    text=st.text(max_size=5),
    secrecy=st.integers(0, 3),
    circle=st.sampled_from([None, "aml"]),
    departments=st.none() | SETS,
    posts=SETS,
    people=SETS,
    from_on=st.sampled_from([date(2026, 1, 1), DAY, date(2027, 1, 1)]),
    until_on=st.sampled_from([None, DAY, date(2027, 2, 1)]),
)
RIGHTS = st.builds(
    Rights,
    person_id=st.sampled_from([None, 7]),
    departments=SETS,
    posts=SETS,
    secrecy=st.integers(0, 3),
    circles=st.sampled_from([frozenset(), frozenset({"aml"})]),
    oversees=st.booleans(),
)


@given(ENTRIES)
def test_packing_loses_nothing(one: Entry) -> None:
    """What the index keeps is the entry."""
    assert unpack(pack(one)) == one
    assert digest(unpack(pack(one))) == digest(one)
    assert digest(replace(one, text=one.text + "。")) != digest(one)


@given(ENTRIES, RIGHTS)
def test_a_guard_is_the_law_of_rights_and_days(one: Entry, rights: Rights) -> None:
    """SEC-07: in force that day, and `Rights.sees`; nothing else decides."""
    sees = rights.sees(
        secrecy=one.secrecy,
        circle=one.circle,
        departments=one.departments,
        posts=one.posts,
        people=one.people,
    )
    in_force = one.from_on <= DAY and (one.until_on is None or one.until_on > DAY)
    assert Guard.of(one).opens(rights, DAY, Wanted()) == (sees and in_force)


def test_a_guard_knows_what_was_wanted() -> None:
    """Kind and language narrow."""
    guard, rights = Guard.of(entry()), Rights(secrecy=1)
    assert guard.opens(rights, DAY, Wanted(frozenset({"control-procedure"}), frozenset({"zh-Hans"})))
    assert not guard.opens(rights, DAY, Wanted(frozenset({"form"})))
    assert not guard.opens(rights, DAY, Wanted(languages=frozenset({"en"})))


def test_every_document_has_one_entry_that_stands_for_it() -> None:
    """The entry without clause, else the first, for each realisation and revision."""
    first, second, whole = entry(clause="1"), entry(clause="2"), entry(clause="")
    english = entry(clause="1", key="e", language="en")
    assert wholes([first, second, whole, english]) == {whole.key, "e"}
    assert wholes([first, second]) == {first.key}
    assert wholes([whole, first]) == {whole.key}


@pytest.mark.parametrize(
    ("asked", "answers"),
    [
        ("编号", True),
        ("控制程序", True),
        ("档案", False),
        ("cp 12", True),
        ("CP-12 §5.3", True),
        ("CP-12 §5.4", False),
        ("§8.1", True),
        ("“编号规则”", True),
        ("“规则编号”", False),
        ("“控制程序”", True),
        ("编号 -规则", False),
        ("编号 -档案", True),
        ("规则*", True),
        ("iso*", False),
        ("甲方", True),
        ("丙方 名称", True),
        ("丁方 档案", False),
        ("wjyjlkz", True),
        ("wenjian", True),
        ("wenj*", True),
        ("iso9001 编号 规则", False),
        ("文件 “控制程序”", True),
        ("文件 “程序控制”", False),
        ("文件 §1", False),
    ],
)
def test_answers(asked: str, answers: bool) -> None:  # noqa: FBT001 - a table of cases
    """By its words, by what they are also called, by number and clause, and a document by its name."""
    aliases = read_aliases("甲方 = 编号规则 = 乙方\n丙方 名称 = 编号\n丁方 = 戊方\n", "a")
    one = entry(clause="5.3", heading="编号规则", text="见 8.1 所列。")
    assert View(one, whole=True).answers(parse(asked, aliases)) is answers


def test_only_a_whole_document_answers_by_pinyin() -> None:
    """R61: the title is found by pinyin, not every clause below it."""
    query = parse("wjyjlkz", shipped())
    assert not View(entry(), whole=False).answers(query)
    named, other = View(entry(), whole=True), View(entry(), whole=False)
    assert named.score(query) > other.score(query)
    assert View(entry(), whole=True).score(parse("“文件应当” 受控 稽核 §3", shipped())) > 0


def test_names_of_other_words_name_a_document_too() -> None:
    """A title is found by what its words are also called."""
    query = parse("質量 wenjian -“作废 清单”", read_aliases("质量 = 文件 = 记录 控制\n", "a"))
    assert View(entry(), whole=True).named(query)
    assert View(entry(), whole=True).named(parse("文件 记录", read_aliases("文件 记录 = 程序\n", "a")))


def test_most_words_suffice_when_asked_more_widely() -> None:
    """Two of three."""
    wide = parse("文件 受控 火星", shipped()).relaxed()
    assert wide is not None
    assert View(entry(), whole=False).answers(wide)


@pytest.mark.parametrize(
    ("prefix", "found"),
    [
        ("cp1", True), ("CP-1", True), ("ｃｐ 12", True), ("p-12", False), ("c", False), ("记录", True),
        ("記錄控", True),
        ("wenj", True), ("jlkz", True), ("质量", False), ("zl", False), ("——", False), ("  ", False),
    ],
)  # fmt: skip
def test_suggestions_go_on_from_what_was_typed(prefix: str, found: bool) -> None:  # noqa: FBT001 - a table
    """Title anywhere, number and pinyin from the beginning, two characters at least."""
    assert goes_on(prefix, "CP-12", "文件与记录控制程序") is found
    assert goes_on(prefix, "CP-12", "文件与记录控制程序", ["wenjian", "jlkz"]) is found


def test_a_suggestion_is_a_document() -> None:
    """Clauses are not suggested."""
    assert View(entry(), whole=True).goes_on("cp") == Suggestion("CP-12", "文件与记录控制程序", "zh-Hans")
    assert View(entry(), whole=True).goes_on("xx") is None
    assert View(entry(), whole=False).goes_on("cp") is None
