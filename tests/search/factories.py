"""Entries, and a small shelf of documents that records its changes in the real trail."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

from qms.kernel.ports import Entry
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from qms.kernel.work import Work

DAY = date(2026, 11, 2)


def entry(number: str = "CP-12", clause: str = "1", text: str = "文件应当受控。", **facts: Any) -> Entry:
    """An entry with the facts that matter to a test; the rest is ordinary."""
    ordinary = Entry(
        key=f"{number}@zh-Hans#{clause}",
        group=f"document:{number}",
        number=number,
        title="文件与记录控制程序",
        kind="control-procedure",
        language="zh-Hans",
        revision="A/0",
        heading="",
        clause=clause,
        anchor=f"c{clause}",
        text=text,
        secrecy=1,
        circle=None,
        departments=None,
        posts=frozenset(),
        people=frozenset(),
        from_on=date(2026, 1, 1),
        until_on=None,
    )
    return replace(ordinary, **facts)


def library() -> dict[str, list[Entry]]:
    """A few documents with what the questions of the tests are about."""
    cp08 = {"number": "CP-08", "title": "质量目标管理程序"}
    wi13 = {"number": "WI-13-01", "title": "投诉处理作业指导书", "kind": "work-instruction"}
    english = {"title": "Document and record control", "language": "en", "key": "CP-12@en#2"}
    secret = {"number": "CP-14", "title": "反洗钱客户风险等级"}
    entries = [
        entry(clause="", text="按 ISO 9001:2015 和 GB/T 19001-2016 的要求控制文件。"),
        entry(clause="5.3", heading="编号", text="文件编号由文控员按 CP-12 的规则给出，编号不得重复使用。"),
        entry(
            clause="5.4", heading="分发与阅知", text="应阅人员在 T+10 个工作日内完成阅知登记，见 FM-12-02。"
        ),
        entry(clause="2", text="Documents are approved by the quality manager before issue.", **english),
        entry(clause="", text="质量目标分解到部门，每季度检查一次。", **cp08),
        entry(clause="3", text="部门建立质量目标台账，电话回访客户，贷审会流程另行规定。", **cp08),
        entry(clause="", text="收到投诉后一个工作日内登记，三防工作照旧。", **wi13),
        entry(clause="4.1", text="测量系统分析之后，客户对整改结果不满意的，报部门负责人。", **wi13),
        entry(clause="1", text="客户风险等级只对点名的人员开放，质量目标保密。", secrecy=3, **secret),
        entry(clause="2", text="闭环知悉的质量目标名单。", circle="aml", **secret),
        entry(clause="3", text="法律部门的质量目标。", departments=frozenset({"legal"}), **secret),
        entry(clause="4", text="旧版的质量目标。", until_on=DAY, **secret),
        entry(clause="5", text="未来的质量目标。", from_on=date(2026, 12, 1), **secret),
    ]
    groups: dict[str, list[Entry]] = {}
    for one in entries:
        key = one.key if one.language == "en" else f"{one.number}@zh-Hans#{one.clause}"
        groups.setdefault(f"document:{one.number}", []).append(
            replace(one, key=key, group=f"document:{one.number}")
        )
    return groups


class Shelf:
    """Documents with their entries; each act on it is one entry of the trail, as a slice would do."""

    kinds = frozenset({"document"})

    def __init__(self) -> None:
        self.things: dict[Ref, list[Entry]] = {}

    def put(self, work: Work, entries: Sequence[Entry]) -> None:
        """Change the entries of one document, recorded in the trail."""
        ref = Ref.parse(entries[0].group)
        self.things[ref] = list(entries)
        work.record("document:revision:issue", Ref("revision", f"{ref.key}@zh-Hans@A/0"))

    def remove(self, work: Work, group: str) -> None:
        """Take a document away, recorded in the trail."""
        ref = Ref.parse(group)
        del self.things[ref]
        work.record("document:withdraw", ref)

    def entries(self, work: Work, ref: Ref) -> Sequence[Entry]:  # noqa: ARG002 - the port's shape
        """The present entries of one document."""
        return list(self.things.get(ref, ()))

    def groups(self, work: Work) -> Iterator[Ref]:  # noqa: ARG002 - the port's shape
        """All documents."""
        yield from list(self.things)

    def group_of(self, ref: Ref) -> Ref | None:
        """The document of a revision; other things have no entries."""
        if ref.kind in {"document", "revision"}:
            return Ref("document", ref.key.partition("@")[0])
        return None
