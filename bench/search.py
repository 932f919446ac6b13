"""Measures our search layer against raw Whoosh on the same tokens: CPU per query, p50 and p95, in one run.

    python bench/search.py [--clauses 10000 ...] [--queries 200] [--seed 1]

Clauses are generated; nothing of a customer or of a statute is needed. Both sides answer the same seeded
questions with the total, the ten best and highlighted snippets. The raw side has no rights, no days, no
words that mean the same, no register to ask; our side has all of them (search.md section 8).
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
import time
import warnings
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

warnings.filterwarnings("ignore", category=SyntaxWarning, module=r"whoosh\.")

from pypinyin.phrases_dict import phrases_dict  # noqa: E402 - after the filter
from whoosh import index as whoosh_index  # noqa: E402 - after the filter
from whoosh import query as wq  # noqa: E402
from whoosh.analysis import Analyzer, Token  # noqa: E402
from whoosh.fields import ID, TEXT, Schema  # noqa: E402

import qms.trail  # noqa: E402
from qms.kernel.clock import SimulatedClock  # noqa: E402
from qms.kernel.database import Base, build_engine  # noqa: E402
from qms.kernel.ports import Actor, Entry, Rights  # noqa: E402
from qms.kernel.refs import Ref  # noqa: E402
from qms.kernel.settings import Settings  # noqa: E402
from qms.kernel.vault import LocalVault  # noqa: E402
from qms.kernel.work import Work, Works  # noqa: E402
from qms.search import Register, Search  # noqa: E402
from qms.search.analysis.tokens import tokens  # noqa: E402
from qms.search.listed import ListedAliases  # noqa: E402
from qms.search.whoosh_engine import WhooshEngine  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

_SUBJECTS = (
    "质量管理部 文控员 审查员 客户经理 风控合规部 财务中心 综合部 内审员 "
    "检查员 部门负责人 贷审会 网点 法律事务部"
)
_ACTS = (
    "编制 审核 批准 发布 分发 登记 复核 检查 归档 回访 整改 评审 验证 通报 统计 分析 报送 确认 移交 销毁 评价"
)
_THINGS = (
    "文件 记录 台账 表单 合同 档案 报告 意见 投诉 数据 指标 计划 目标 授信 "
    "担保 抵押物 发票 凭证 满意度 风险 不合格项 纠正措施 受控副本 "
    "作业指导书 控制程序 质量目标 质量手册 评分卡 清单 通知 会议纪要 证据 "
    "权限 印章 设备"
)
_WHENS = "当日 次日 三个工作日内 五个工作日内 十个工作日内 每月末 每季度 每半年 每年 收件日起 发布日起 到期前"
_HOWS = "逐项 逐份 书面 当面 电话 线上 抽样 全部 分类 汇总 按程序 按权限 双人 独立 及时 完整 准确"
_TAILS = (
    "并签字 并注明日期 并说明原因 不得代签 不得涂改 超过时限的应当上报 "
    "发现问题的立即整改 由上级复核 留存备查 纳入考核"
)
SUBJECTS, ACTS, THINGS, WHENS, HOWS, TAILS = (
    text.split() for text in (_SUBJECTS, _ACTS, _THINGS, _WHENS, _HOWS, _TAILS)
)
KINDS = ("control-procedure", "work-instruction", "form", "operating-manual")
DEPARTMENTS = ("credit", "risk", "legal", "finance", "hr")
DAY = date(2026, 11, 2)
Question = tuple[str, tuple[str, ...], tuple[str, ...]]
PER_DOCUMENT = 43
ROUNDS = 3
LONG = 120


def vocabulary(seed: int) -> tuple[list[str], list[float]]:
    """Three thousand Chinese words of two characters with falling frequency, the trade's own first."""
    pick = random.Random(seed)  # noqa: S311 - no secret
    known = sorted(
        word for word in phrases_dict if len(word) == 2 and [token.text for token in tokens(word)] == [word]
    )
    words = list(
        dict.fromkeys([word for word in (*ACTS, *THINGS, *HOWS) if len(word) == 2] + pick.sample(known, 3000))
    )
    return words, [1 / (rank + 10) for rank in range(len(words))]


def clause(pick: random.Random, words: list[str], weights: list[float]) -> str:
    """One clause of about 120 characters."""
    text = ""
    while len(text) < LONG:
        some = pick.choices(words, weights, k=8)
        text += (
            f"{pick.choice(SUBJECTS)}应当在{pick.choice(WHENS)}对{some[0]}{some[1]}的{some[2]}和{some[3]}进行{some[4]}，"
            f"{some[5]}{some[6]}不得{some[7]}，{pick.choice(TAILS)}；"
        )
        if pick.random() < 0.2:
            text += f"见{number(pick.randrange(400))}，"
    return text[:-1] + "。"


def number(serial: int) -> str:
    """The number of the document of this serial."""
    return f"WI-{serial // 90 + 1:02d}-{serial % 90 + 1:02d}"


def entries(count: int, seed: int) -> Iterator[list[Entry]]:
    """Documents of 43 clauses each; one in five is for one department only."""
    pick = random.Random(seed)  # noqa: S311 - no secret
    words, weights = vocabulary(seed)
    for serial in range(-(-count // PER_DOCUMENT)):
        title = (
            f"{pick.choice(THINGS)}{pick.choice(ACTS)}{pick.choice(('管理程序', '控制程序', '作业指导书'))}"
        )
        only = frozenset({pick.choice(DEPARTMENTS)}) if pick.random() < 0.2 else None
        kind = pick.choice(KINDS)
        group = f"document:{number(serial)}"
        yield [
            Entry(
                key=f"{group}#{place}", group=group, number=number(serial), title=title, kind=kind,
                language="zh-Hans", revision="A/0", heading=f"{pick.choice(THINGS)}的{pick.choice(ACTS)}",
                clause=str(place), anchor=f"c{place}", text=clause(pick, words, weights), secrecy=1,
                circle=None, departments=only, posts=frozenset(), people=frozenset(),
                from_on=date(2026, 1, 1), until_on=None,
            )
            for place in range(1, min(PER_DOCUMENT, count - serial * PER_DOCUMENT) + 1)
        ]  # fmt: skip


def questions(count: int, seed: int) -> list[Question]:
    """Kind, words, and words to leave out: a quarter single words, the rest mixed (search.md section 3)."""
    pick = random.Random(seed + 1)  # noqa: S311 - no secret
    words = vocabulary(seed)[0][:1500]
    share = {"word": 50, "two": 50, "three": 20, "phrase": 25, "not": 20, "prefix": 15, "filter": 20}
    found = []
    for kind, often in share.items():
        for _ in range(often * count // 200):
            some = list(dict.fromkeys(pick.choices(words, k=12)))
            take = {"word": 1, "two": 2, "three": 3, "not": 2, "filter": 2}.get(kind, 1)
            asked = tuple(some[:take])
            if kind == "phrase":
                asked = pick.choice(
                    ((some[0], "的", some[1]), (some[0], some[1]), ("进行", some[0]), ("不得", some[0]))
                )
            found.append((kind, asked, tuple(some[3:4]) if kind == "not" else ()))
    pick.shuffle(found)
    return found


class Raw:
    """Whoosh as its manual shows it, on our tokens: two fields, BM25F, its own phrases and highlights."""

    def __init__(self, folder: Path) -> None:
        schema = Schema(
            key=ID(stored=True), kind=ID(),
            text=TEXT(analyzer=RawTokens(), stored=True),
            title=TEXT(analyzer=RawTokens(), field_boost=0.3, stored=True),
        )  # fmt: skip
        self.index = whoosh_index.create_in(str(folder), schema)
        self.searcher: Any = None

    def add(self, documents: Iterator[list[Entry]]) -> None:
        """Index all entries in one commit."""
        writer = self.index.writer(limitmb=64)
        for document in documents:
            for one in document:
                writer.add_document(
                    key=one.key, kind=one.kind, text=f"{one.heading}\n{one.text}", title=one.title
                )
        writer.commit()
        self.searcher = self.index.searcher()

    def ask(self, kind: str, words: tuple[str, ...], without: tuple[str, ...]) -> int:
        """The total, and ten snippets made."""
        if kind == "phrase":
            parts = [token.text for token in tokens("".join(words))]
            query: Any = wq.Or([wq.Phrase("text", parts), wq.Phrase("title", parts)])
        elif kind == "prefix":
            query = wq.Or([wq.Prefix("text", words[0]), wq.Prefix("title", words[0])])
        else:
            query = wq.And([wq.Or([wq.Term("text", word), wq.Term("title", word)]) for word in words])
        if without:
            query = wq.AndNot(query, wq.Or([wq.Term("text", without[0]), wq.Term("title", without[0])]))
        narrow = wq.Term("kind", KINDS[0]) if kind == "filter" else None
        results = self.searcher.search(query, limit=10, filter=narrow)
        for hit in results:
            hit.highlights("text", top=1)
        return len(results)


class RawTokens(Analyzer):  # type: ignore[misc]  # Whoosh has no types
    """Our tokens with Whoosh's own positions."""

    def __call__(
        self, value: str, *, positions: bool = False, chars: bool = False, start_pos: int = 0,
        start_char: int = 0, mode: str = "", removestops: bool = True, **_: Any,
    ) -> Iterator[Any]:  # fmt: skip
        """One Whoosh token after the other."""
        token = Token(positions, chars, removestops=removestops, mode=mode)
        token.boost = 1.0
        for place, found in enumerate(tokens(value)):
            token.text = found.text
            token.pos = start_pos + place
            token.startchar, token.endchar = start_char + found.start, start_char + found.end
            yield token


class NoEntries:
    """A register in which nothing has changed since the index was written."""

    kinds = frozenset({"document"})

    def entries(self, work: Work, ref: Ref) -> list[Entry]:  # noqa: ARG002 - nothing has changed
        """None."""
        return []

    def groups(self, work: Work) -> Iterator[Ref]:  # noqa: ARG002 - nothing has changed
        """None."""
        return iter(())

    def group_of(self, ref: Ref) -> Ref | None:
        """Each thing is its own group."""
        return ref


class Ours:
    """The face as a page calls it."""

    def __init__(self, folder: Path) -> None:
        settings = Settings(home=folder)
        engine = build_engine(f"sqlite:///{folder / 'register.sqlite3'}")
        Base.metadata.create_all(engine)
        clock = SimulatedClock(datetime(2026, 11, 2, 1, tzinfo=UTC))
        self.works = Works(engine, LocalVault(folder / "vault"), settings, clock, qms.trail.append)
        self.engine = WhooshEngine(folder / "search_index")
        register = Register([NoEntries()], qms.trail.since, qms.trail.head)
        self.search = Search(self.engine, register, ListedAliases())
        self.rights = Rights(secrecy=1, departments=frozenset({"credit"}))
        self.actor = Actor("service:bench", "bench")

    def add(self, documents: Iterator[list[Entry]]) -> None:
        """Index all entries in one commit."""
        self.engine.rebuild(documents, 0)

    def ask(self, kind: str, words: tuple[str, ...], without: tuple[str, ...]) -> int:
        """The total, and ten snippets made."""
        text = " ".join(words)
        if kind == "phrase":
            text = f'"{"".join(words)}"'
        elif kind == "prefix":
            text = f"{words[0]}*"
        text += "".join(f" -{word}" for word in without)
        kinds = KINDS[:1] if kind == "filter" else ()
        with self.works.reading(self.actor, self.rights) as work:
            page = self.search.find(work, text, day=DAY, kinds=kinds, size=10)
        for hit in page.hits:
            hit.snippet.html()
        return page.total


def timed(sides: list[Raw | Ours], asked: list[Question]) -> tuple[list[list[float]], list[list[int]]]:
    """CPU milliseconds and hits of each question on each side.

    The sides take turns at every question, so that whatever else the machine does falls on both; the
    best of three warm rounds counts.
    """
    best = [[float("inf")] * len(asked) for _ in sides]
    hits = [[side.ask(*one) for one in asked] for side in sides]
    for _ in range(ROUNDS):
        for place, one in enumerate(asked):
            for side, spent in zip(sides, best, strict=True):
                start = time.process_time()
                side.ask(*one)
                spent[place] = min(spent[place], (time.process_time() - start) * 1000)
    return best, hits


def p95(spent: list[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(spent, n=20)[-1]


def run(count: int, queries: int, seed: int) -> float:
    """One size: index and ask on both sides, print a row each; gives the ratio of all CPU."""
    asked = questions(queries, seed)
    with tempfile.TemporaryDirectory() as name:
        sides: list[Raw | Ours] = []
        for kind in (Raw, Ours):
            folder = Path(name) / kind.__name__
            folder.mkdir()
            sides.append(kind(folder))
            start = time.process_time()
            sides[-1].add(entries(count, seed))
            indexed = count / (time.process_time() - start)
            print(f"{count:>7} {kind.__name__:5} {indexed:7.0f} clauses/s CPU")
        (raw, ours), hits = timed(sides, asked)
    for label, spent, found in (("Raw", raw, hits[0]), ("Ours", ours, hits[1])):
        print(
            f"{count:>7} {label:5} query CPU ms p50 {statistics.median(spent):6.2f}"
            f"  p95 {p95(spent):7.2f}  mean {statistics.mean(spent):6.2f}  hits {sum(found)}"
        )
        by_kind: dict[str, list[float]] = {}
        for (kind_asked, *_), cost in zip(asked, spent, strict=True):
            by_kind.setdefault(kind_asked, []).append(cost)
        print("        " + "  ".join(f"{each} {statistics.median(by_kind[each]):.2f}" for each in by_kind))
    ratio = sum(ours) / sum(raw)
    half = statistics.median(ours) / statistics.median(raw)
    late = p95(ours) / p95(raw)
    print(f"{count:>7} ours / raw: p50 {half:.2f}  p95 {late:.2f}  all {ratio:.2f}   (wanted: at most 1.3)")
    _alike(count, raw, ours, hits)
    return ratio


def _alike(count: int, raw: list[float], ours: list[float], hits: list[list[int]]) -> None:
    """The same of the questions that both sides answer by one search.

    Where nothing holds all words the raw engine is done; ours asks again for some of them, and answers.
    """
    once = [place for place, (found, _) in enumerate(zip(*hits, strict=True)) if found]
    left, right = ([spent[place] for place in once] for spent in (raw, ours))
    half = statistics.median(right) / statistics.median(left)
    print(
        f"{count:>7} ours / raw where raw finds anything ({len(once)} of {len(raw)}):"
        f" p50 {half:.2f}  p95 {p95(right) / p95(left):.2f}  all {sum(right) / sum(left):.2f}"
    )


def main() -> int:
    """Run the sizes asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clauses", type=int, nargs="+", default=[10_000])
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    for count in given.clauses:
        run(count, given.queries, given.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
