"""The list of words that mean the same: read strictly, edited without a restart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qms.search.analysis.aliases import Aliases, AliasesRefused, read_aliases, shipped
from qms.search.listed import ListedAliases

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("貸審會", "贷款审查委员会"),
        ("审贷会", "贷审会"),
        ("客服中心", "客户管理部"),
        ("登记簿", "台账"),
        ("AML", "反洗钱"),
        ("稽核", "审核"),
        ("軟體", "软件"),
        ("品質", "质量"),
        ("Work  Instruction", "作业指导书"),
        ("抵押物", "抵(质)押物"),
        ("房貸", "按揭"),
        ("AB崗", "a、b岗"),
        ("退件", "退回"),
        ("寫錯", "更正"),
        ("超期", "逾期"),
        ("內審", "内部审核"),
    ],
)
def test_the_shipped_list_knows_both_names(typed: str, found: str) -> None:
    """domain.md C3 and the words of Taiwan."""
    assert found in shipped().of(typed).same


def test_what_is_only_related_stays_apart() -> None:
    """A suggestion is not a complaint unless nothing else is found; a report of fraud never is."""
    complaint = shipped().of("投诉")
    assert "意见" in complaint.related
    assert "意见" not in complaint.same
    assert "举报" not in (*complaint.same, *complaint.related)


def test_faults_are_named_by_line() -> None:
    """Every fault at once, none of the list used."""
    with pytest.raises(AliasesRefused) as refused:
        read_aliases("甲方 = 乙方\n\n单独\n—— = 丙方\n乙方 = 丁方 # note\n~ 戊方\n", "aliases.txt")
    assert [(problem.line, problem.facts["word"]) for problem in refused.value.problems] == [
        (3, ""),
        (4, "——"),
        (5, "乙方"),
        (6, ""),
    ]
    assert "aliases.txt:5" in refused.value.sentence()


def test_the_longest_listed_word_that_ends_with_a_word() -> None:
    """A name inside a longer word is not that name."""
    aliases = read_aliases("财务部 = 计财部门\n财务 = 会计\n", "a")
    assert aliases.longest_at("财务部登记", 0, frozenset({2, 3, 5})) == "财务部"
    assert aliases.longest_at("财务部门", 0, frozenset({2, 4})) == "财务"
    assert aliases.longest_at("登记", 0, frozenset({0, 2})) is None
    assert Aliases().of("财务").same == ()


def test_an_edit_counts_at_once_and_a_fault_keeps_the_last_good_list(tmp_path: Path) -> None:
    """The quality department edits the file; nobody restarts anything."""
    path = tmp_path / "aliases.txt"
    listed = ListedAliases(path)
    assert "审核" in listed.present().of("稽核").same
    path.write_text("甲方 = 乙方\n", "utf-8")
    assert listed.present().of("甲方").same == ("乙方",)
    assert listed.present().of("稽核").same == ()
    path.write_text("甲方 =\n\n", "utf-8")
    assert listed.present().of("甲方").same == ("乙方",)
    assert "aliases.txt:1" in listed.fault()
    path.unlink()
    assert "审核" in listed.present().of("稽核").same
    assert listed.fault() == ""
