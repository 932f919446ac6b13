"""What a reviewer sees of a change (DOC-06)."""

from __future__ import annotations

from qms.rendering import RowKind, compare, compare_texts, read
from qms.rendering.redline import Row


def rows(old: str, new: str) -> list[Row]:
    """The comparison without what is the same."""
    return [row for row in compare(read(old, "f"), read(new, "f")) if row.kind is not RowKind.SAME]


OLD = "{#a}\n# 1 目的\n\n每三年评审一次，由质量部负责。\n\n第二段不变。\n\n要删掉的一段话 <x\\>。\n\n- 甲\n"


def test_words_are_marked_inside_a_changed_block() -> None:
    """Chinese words, not whole sentences."""
    (row,) = rows(OLD, OLD.replace("三年", "五年").replace("质量部", "质量管理部"))
    assert row.kind is RowKind.CHANGED
    assert row.old_html == "每<del>三年</del>评审一次，由<del>质量部</del>负责。"
    assert row.new_html == "每<ins>五年</ins>评审一次，由<ins>质量管理部</ins>负责。"
    assert row.clause == "a"


def test_the_same_text_has_no_changes() -> None:
    """Every block is there once and the same."""
    content = read(OLD, "f")
    made = compare(content, content)
    assert {row.kind for row in made} == {RowKind.SAME}
    assert [row.block for row in made] == ["heading", "paragraph", "paragraph", "paragraph", "item"]


def test_whole_blocks_come_and_go() -> None:
    """Each stands alone, escaped."""
    made = rows(OLD, OLD.replace("要删掉的一段话 <x\\>。\n\n", "") + "\n{#b}\n# 2 新增\n\n全新内容 CP-12。\n")
    assert [(row.kind, row.clause, row.old_html, row.new_html) for row in made] == [
        (RowKind.REMOVED, "a", "<del>要删掉的一段话 &lt;x&gt;。</del>", ""),
        (RowKind.ADDED, "b", "", "<ins>2 新增</ins>"),
        (RowKind.ADDED, "b", "", "<ins>全新内容 CP-12。</ins>"),
    ]


def test_alike_blocks_find_each_other_past_a_new_one() -> None:
    """A paragraph put before a changed one does not hide what it was."""
    made = rows("甲乙丙丁戊己庚辛。\n\n子丑寅卯辰巳午未。", "全然不同。\n\n子丑寅卯辰巳午酉。")
    assert [row.kind for row in made] == [RowKind.ADDED, RowKind.REMOVED, RowKind.CHANGED]
    assert [row.kind for row in rows("旧的一段文字", "# 1 旧的一段文字")] == [RowKind.ADDED, RowKind.REMOVED]


def test_short_texts_can_be_compared_alone() -> None:
    """A title, a field; a very long one is marked whole."""
    assert compare_texts("文件控制", "文件与记录控制") == ("文件控制", "文件<ins>与记录</ins>控制")
    assert compare_texts("a & b", "") == ("<del>a &amp; b</del>", "")
    long = "字" * 5000
    assert compare_texts(long, long + "。")[0] == f"<del>{long}</del>"
