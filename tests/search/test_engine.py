"""The engine behind the port: finds what a scan finds, shows nothing forbidden, one writer, many readers."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qms.kernel.ports import Rights
from qms.search.analysis.aliases import shipped
from qms.search.analysis.query import Query, QueryRefused, parse
from qms.search.engine import Answer, Health, Wanted
from qms.search.errors import IndexBusy, IndexMissing
from qms.search.fallback import scan, scan_suggestions
from qms.search.whoosh_engine import WhooshEngine
from qms.search.whoosh_query import MOST_EXPANSIONS
from tests.search.factories import DAY, entry, library

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qms.kernel.ports import Entry

ALIASES = shipped()
READER = Rights(person_id=7, secrecy=1)
EVERYONE = [
    READER,
    Rights(person_id=8, secrecy=3),
    Rights(person_id=9, secrecy=1, circles=frozenset({"aml"})),
    Rights(person_id=10, secrecy=1, departments=frozenset({"legal"})),
    Rights(person_id=11, secrecy=3, circles=frozenset({"aml"}), oversees=True),
    Rights(),
]


def asked(text: str) -> Query:
    return parse(text, ALIASES)


def found(engine: WhooshEngine, text: str, rights: Rights = READER, day: date = DAY) -> list[str]:
    answer = engine.find(asked(text), rights, day, wanted=Wanted(), limit=100)
    assert answer.total == len(answer.found)
    return [one.entry.key for one in answer.found]


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("编号", ["CP-12@zh-Hans#5.3"]),
        ("阅知", ["CP-12@zh-Hans#5.4"]),
        ("测量系统分析", ["WI-13-01@zh-Hans#4.1"]),
        ("系统分析", ["WI-13-01@zh-Hans#4.1"]),
        ("三防", ["WI-13-01@zh-Hans#"]),
        ("ISO9001", ["CP-12@zh-Hans#"]),
        ("iso 9001", ["CP-12@zh-Hans#"]),
        ("19001", ["CP-12@zh-Hans#"]),
        ("GBT19001", ["CP-12@zh-Hans#"]),
        ("fm1202", ["CP-12@zh-Hans#5.4"]),
        ("ＦＭ－１２－０２", ["CP-12@zh-Hans#5.4"]),
        ("t+10", ["CP-12@zh-Hans#5.4"]),
        ("貸審會", ["CP-08@zh-Hans#3"]),
        ("贷款审查委员会", ["CP-08@zh-Hans#3"]),
        ("臺帳", ["CP-08@zh-Hans#3"]),
        ("登记簿", ["CP-08@zh-Hans#3"]),
        ("品質目標臺帳", ["CP-08@zh-Hans#3"]),
        ("量測系統", ["WI-13-01@zh-Hans#4.1"]),
        ("zlmb", ["CP-08@zh-Hans#"]),
        ("zhiliang mubiao", ["CP-08@zh-Hans#"]),
        ("CP-12 §5.3", ["CP-12@zh-Hans#5.3"]),
        ("“工作日内登记”", ["WI-13-01@zh-Hans#"]),
        ("“登记工作日”", []),
        ("阅知 -登记", []),
        ("approved", []),
        ("documents approved", []),
        ("quality managers", ["CP-12@en#2"]),
        ("火星移民计划", []),
        ("档案馆", []),
    ],
)
def test_questions(filled: WhooshEngine, text: str, keys: list[str]) -> None:
    """DOC-18: short words, parts, codes, both scripts, pinyin, and nothing where nothing is."""
    if "approved" in text:
        keys = ["CP-12@en#2"]
    assert found(filled, text) == keys


def test_a_number_brings_its_document_first(filled: WhooshEngine) -> None:
    """The document itself, then its clauses and whoever names it."""
    for text in ("CP-12", "cp12", "CP 12", "ｃｐ－１２"):
        keys = found(filled, text)
        assert keys[0] in {"CP-12@zh-Hans#", "CP-12@en#2"}
        assert set(keys) == {"CP-12@zh-Hans#", "CP-12@zh-Hans#5.3", "CP-12@zh-Hans#5.4", "CP-12@en#2"}


def test_a_clause_of_a_document_comes_first(index: WhooshEngine) -> None:
    """`CP-12 §5.3` is that clause, before the places that name it."""
    naming = [entry("CP-30", str(at), text="见 CP-12 §5.3。") for at in range(5)]
    index.index([*naming, *(entry(clause=f"5.{at}", text="按 5.3 执行") for at in range(1, 5))])
    assert found(index, "CP-12 §5.3")[0] == "CP-12@zh-Hans#5.3"
    assert len(found(index, "cp12 5.3")) == 9
    assert found(index, "cp12 5.3 火星") == []


def test_a_heading_weighs_more_than_the_text(index: WhooshEngine) -> None:
    """The clause about it comes before the clauses that mention it."""
    text = "审核与批准的办法另行规定，审核与批准由部门负责。"
    index.index(
        [
            entry(clause="1", text=text),
            entry(clause="2", heading="审核与批准", text="办法如下，由部门负责执行和检查。"),
        ]
    )
    assert found(index, "审核 批准") == ["CP-12@zh-Hans#2", "CP-12@zh-Hans#1"]


def test_what_people_keep_stands_behind_what_tells_them_how(index: WhooshEngine) -> None:
    """DOC-18, R61: records hold the words of the instruction they were made by; a number asks for one."""
    number = "FM-02-02-2026-000001"
    record = entry(
        number,
        "",
        "放款条件核对 放款条件",
        title="放款条件核对",
        kind="record",
        revision="",
        group="record:1",
    )
    rule = entry("WI-02-03", text="放款前逐条核对审批时提出的放款条件，由复核人签字。")
    index.index([record, rule])
    for text, first in (("放款条件", rule.key), (number, record.key)):
        assert found(index, text)[0] == first
        scanned = scan([[record], [rule]], asked(text), READER, DAY, wanted=Wanted())
        assert scanned.found[0].entry.key == first


def test_a_title_brings_its_document_first(filled: WhooshEngine) -> None:
    """Documents are ranked by title in a question of their own."""
    assert found(filled, "投诉处理")[0] == "WI-13-01@zh-Hans#"
    assert found(filled, "质量目标")[0] == "CP-08@zh-Hans#"


WORDS = (
    "质量 目标 文件 登记 客户 部门 “质量目标” cp12 §3 贷审会 台账 iso9001 zlmb 的 "
    "-质量 -“质量目标” 规则* doc* approved 稽核 投诉 火星 整改 反洗钱 -cp12"
)
QUESTIONS = st.lists(st.sampled_from(WORDS.split()), min_size=1, max_size=4).map(" ".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=80)
@given(text=QUESTIONS, rights=st.sampled_from(EVERYONE), day=st.sampled_from([DAY, date(2026, 12, 5)]))
def test_the_engine_finds_what_a_scan_finds(
    filled: WhooshEngine, text: str, rights: Rights, day: date
) -> None:
    """SEC-07, DOC-18: exactly the entries that `Rights.sees` and the day allow, no more, no fewer."""
    try:
        query = asked(text)
    except QueryRefused:
        return
    for one in (query, query.relaxed() or query):
        ours = filled.find(one, rights, day, wanted=Wanted(), limit=100)
        plain = scan(library().values(), one, rights, day, wanted=Wanted(), limit=100)
        assert {hit.entry.key for hit in ours.found} == {hit.entry.key for hit in plain.found}
        assert ours.total == plain.total


def test_two_users_differ_exactly_by_rights(filled: WhooshEngine) -> None:
    """Counts, snippets and suggestions of one who may not see it are those of a library without it."""
    allowed = {
        group: [one for one in entries if one.secrecy <= 1 and one.circle is None and one.departments is None]
        for group, entries in library().items()
    }
    for text in ("质量目标", "客户风险等级", "反洗钱", "名单", "cp14", "fxq"):
        answer = filled.find(asked(text), READER, DAY, wanted=Wanted(), limit=100)
        bare = scan(allowed.values(), asked(text), READER, DAY, wanted=Wanted(), limit=100)
        assert {one.entry.key for one in answer.found} == {one.entry.key for one in bare.found}
        assert answer.total == bare.total
        assert not any("风险等级只对" in one.entry.text for one in answer.found)
    assert len(found(filled, "质量目标", EVERYONE[4])) == len(found(filled, "质量目标")) + 3


def test_suggestions_obey_the_same_rights(filled: WhooshEngine) -> None:
    """A title nobody showed you is not suggested; the engine suggests what a scan suggests."""
    assert filled.suggest("fxq", READER, DAY, wanted=Wanted()) == []
    assert [one.number for one in filled.suggest("反洗", EVERYONE[4], DAY, wanted=Wanted())] == ["CP-14"]
    for prefix in ("cp", "文件", "fxq", "质量", "doc", "zh", "反洗"):
        for rights in EVERYONE:
            plain = scan_suggestions(library().values(), prefix, rights, DAY)
            assert filled.suggest(prefix, rights, DAY, wanted=Wanted()) == plain


def test_the_first_and_the_last_day(index: WhooshEngine) -> None:
    """In force from `from_on`, no longer on `until_on`."""
    index.index([entry(from_on=date(2026, 5, 1), until_on=date(2026, 6, 1))])
    days = [date(2026, 4, 30), date(2026, 5, 1), date(2026, 5, 31), date(2026, 6, 1)]
    assert [len(found(index, "文件", day=day)) for day in days] == [0, 1, 1, 0]


def test_kinds_languages_and_groups_narrow(filled: WhooshEngine) -> None:
    """Narrowing counts like rights: before anything is counted."""

    def keys(text: str, wanted: Wanted) -> set[str]:
        return {one.entry.key for one in filled.find(asked(text), READER, DAY, wanted=wanted).found}

    assert keys("客户", Wanted(kinds=frozenset({"work-instruction"}))) == {"WI-13-01@zh-Hans#4.1"}
    assert keys("cp12", Wanted(languages=frozenset({"en"}))) == {"CP-12@en#2"}
    assert keys("客户", Wanted(without=frozenset({"document:CP-08"}))) == {"WI-13-01@zh-Hans#4.1"}
    titles = filled.suggest("cp", READER, DAY, wanted=Wanted(without=frozenset({"document:CP-08"})))
    assert [one.number for one in titles] == ["CP-12", "CP-12"]


def test_pages_are_pieces_of_one_list(index: WhooshEngine) -> None:
    """Page after page, nothing twice, nothing left out."""
    index.index([entry(clause=str(number), text="文件" * (number % 7 + 1)) for number in range(25)])

    def page(at: int) -> Answer:
        return index.find(asked("文件"), READER, DAY, wanted=Wanted(), offset=at, limit=10)

    assert [len(page(at).found) for at in (0, 10, 20, 30)] == [10, 10, 5, 0]
    assert len({one.entry.key for at in (0, 10, 20) for one in page(at).found}) == page(0).total == 25


def test_beginnings_are_capped(index: WhooshEngine) -> None:
    """A beginning of very many words is cut short and says so."""
    index.index(
        [entry(clause=str(at), text=f"xy{chr(97 + at % 26)}{chr(97 + at // 26)}") for at in range(80)]
    )
    answer = index.find(asked("xy*"), READER, DAY, wanted=Wanted(), limit=100)
    assert (answer.capped, answer.total) == (True, MOST_EXPANSIONS)
    assert not index.find(asked("xya*"), READER, DAY, wanted=Wanted()).capped


def test_delete_then_add_leaves_one(index: WhooshEngine) -> None:
    """REL-08: writing a thing again replaces it, over many segments and merges."""
    for turn in range(12):
        index.apply({"document:CP-12": [entry(clause="1", text=f"文件 第{turn}次")]}, turn)
        index.apply({f"document:CP-{turn + 20}": [entry(f"CP-{turn + 20}", text="记录")]}, None)
    assert found(index, "文件应当") == []
    assert found(index, "第11次 文件") == ["CP-12@zh-Hans#1"]
    assert len(found(index, "“文件 第”")) == 1
    assert index.state().seq == 11
    assert index.state().entries == 13
    index.delete(["document:CP-12"])
    assert found(index, "“文件 第”") == []
    assert index.state().seq == 11
    assert index.suggest("cp12", READER, DAY, wanted=Wanted()) == []


def test_the_folder_is_ours_alone(filled: WhooshEngine) -> None:
    """Whoosh unpickles its schema: nobody else may write there."""
    path = filled.folder.path
    assert oct(path.stat().st_mode & 0o777) == "0o700"
    assert oct(filled.folder.current().stat().st_mode & 0o777) == "0o700"


def test_no_index_yet(index: WhooshEngine) -> None:
    """A missing index is told, not answered with nothing."""
    assert index.state().health is Health.MISSING
    with pytest.raises(IndexMissing):
        index.find(asked("文件"), READER, DAY, wanted=Wanted())


def test_another_analysis_makes_an_index_outdated(
    filled: WhooshEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It still answers; a rebuild makes it sound; more entries alone do not."""
    monkeypatch.setattr("qms.search.whoosh_engine.analysis_mark", lambda: "other")
    again = WhooshEngine(filled.folder.path)
    assert again.state().health is Health.OUTDATED
    assert again.state().answers
    again.index([entry("CP-30")])
    assert again.state().health is Health.OUTDATED
    again.rebuild(library().values(), 5)
    assert (again.state().health, again.state().seq) == (Health.SOUND, 5)


def test_a_rebuild_is_swapped_under_its_readers(filled: WhooshEngine) -> None:
    """The old index answers until the new one stands; a reader changes over by itself."""
    built: list[list[str]] = []

    def groups() -> list[Sequence[Entry]]:
        built.append(found(filled, "阅知"))
        return [[entry(text="全新的档案规定。")]]

    class Slow(list):  # type: ignore[type-arg]
        def __iter__(self):  # type: ignore[no-untyped-def]  # noqa: ANN204
            return iter(groups())

    filled.rebuild(Slow(), 9)
    assert built == [["CP-12@zh-Hans#5.4"]]
    assert found(filled, "阅知") == []
    assert found(filled, "档案") == ["CP-12@zh-Hans#1"]
    filled.rebuild([], 10)
    assert sorted(path.name for path in filled.folder.path.glob("index-*")) == [
        "index-000002",
        "index-000003",
    ]


def test_a_failed_rebuild_leaves_the_old_index(filled: WhooshEngine) -> None:
    """What goes wrong while building beside harms nobody; its leftovers go with the next build."""

    def broken() -> Sequence[Sequence[Entry]]:
        class Broken(list):  # type: ignore[type-arg]
            def __iter__(self):  # type: ignore[no-untyped-def]  # noqa: ANN204
                yield [entry()]
                raise RuntimeError

        return Broken()

    with pytest.raises(RuntimeError):
        filled.rebuild(broken(), 9)
    assert found(filled, "阅知") == ["CP-12@zh-Hans#5.4"]
    filled.rebuild(library().values(), 9)
    assert found(filled, "阅知") == ["CP-12@zh-Hans#5.4"]


def test_a_second_writer_is_refused_cleanly(filled: WhooshEngine) -> None:
    """One writer: another process that waits too long gets a refusal and changes nothing."""
    program = (
        "import fcntl, os, sys\n"
        "handle = os.open(sys.argv[1], os.O_RDWR)\n"
        "fcntl.flock(handle, fcntl.LOCK_EX)\n"
        "print('held', flush=True)\n"
        "sys.stdin.read()\n"
    )
    lock = filled.folder.path / "lock"
    with subprocess.Popen(
        [sys.executable, "-c", program, str(lock)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        hasty = WhooshEngine(filled.folder.path, timeout=0.1)
        with pytest.raises(IndexBusy):
            hasty.index([entry("CP-30")])
        assert found(hasty, "cp30") == []
        other.communicate()
    hasty.index([entry("CP-30")])
    assert found(hasty, "cp30") == ["CP-30@zh-Hans#1"]


def test_writers_wait_for_each_other(index: WhooshEngine) -> None:
    """Four threads and two engines write at once: every act arrives."""
    engines = [WhooshEngine(index.folder.path, timeout=60) for _ in range(2)]
    with ThreadPoolExecutor(4) as pool:
        done = [pool.submit(engines[at % 2].index, [entry(f"CP-{at + 20}", text="记录")]) for at in range(8)]
        for one in done:
            one.result()
    assert len(found(index, "记录 -xyz")) == 8


def test_threads_have_their_own_searchers(filled: WhooshEngine) -> None:
    """Six threads ask while one writes: every answer is one of the two truths, never an error."""
    stop = threading.Event()
    truths = {("CP-12@zh-Hans#5.4",), ("CP-12@zh-Hans#5.4", "CP-30@zh-Hans#1")}

    def ask() -> set[tuple[str, ...]]:
        seen = set()
        while not stop.is_set():
            seen.add(tuple(sorted(found(filled, "阅知"))))
        return seen

    with ThreadPoolExecutor(6) as pool:
        asking = [pool.submit(ask) for _ in range(6)]
        for turn in range(10):
            text = "阅知" if turn % 2 else "签收"
            filled.apply({"document:CP-30": [entry("CP-30", text=text, title="别的")]}, turn)
        stop.set()
        for one in asking:
            assert one.result() <= truths
    assert (
        found(filled, "阅知") == ["CP-12@zh-Hans#5.4", "CP-30@zh-Hans#1"] or len(found(filled, "阅知")) == 2
    )


def test_replacing_an_entry_keeps_its_rights(index: WhooshEngine) -> None:
    """A document made secret disappears with the same write."""
    index.index([entry(text="名单")])
    assert len(found(index, "名单")) == 1
    index.index([replace(entry(text="名单"), secrecy=3)])
    assert found(index, "名单") == []
    assert index.suggest("cp", READER, DAY, wanted=Wanted()) == []
