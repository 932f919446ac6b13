"""The face: pages of hits, the register deciding what the index does not know yet."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from qms import trail
from qms.kernel.ports import Rights
from qms.kernel.refs import Ref
from qms.search import Health, QueryRefused, Register, Search, Source, Suggestion, open_search
from qms.search.find import LARGEST_PAGE
from qms.search.whoosh_engine import WhooshEngine
from tests.search.factories import Shelf, entry, library

if TYPE_CHECKING:
    from qms.kernel.ports import Actor
    from qms.kernel.settings import Settings
    from qms.kernel.work import Works
    from qms.search import Page

READER = Rights(person_id=7, secrecy=1)
OVERSEER = Rights(person_id=8, secrecy=3, circles=frozenset({"aml"}), oversees=True)


@pytest.fixture
def stocked(works: Works, service: Actor, search: Search, shelf: Shelf) -> Search:
    """The little library issued and indexed."""
    with works.writing(service) as work:
        for entries in library().values():
            shelf.put(work, entries)
    search.follow(works, service)
    return search


def page(search: Search, works: Works, actor: Actor, text: str, rights: Rights = READER, **more: Any) -> Page:
    with works.reading(actor, rights) as work:
        return search.find(work, text, **more)


def keys(found: Page) -> set[tuple[str, str]]:
    return {(hit.number, hit.clause) for hit in found.hits}


def test_a_hit_says_all_a_reader_needs(stocked: Search, works: Works, service: Actor) -> None:
    """Number, title, clause, heading, anchor, marked snippet, revision, date, language."""
    found = page(stocked, works, service, "編號 文控員")
    (hit,) = found.hits
    assert (hit.number, hit.clause, hit.anchor, hit.revision) == ("CP-12", "5.3", "c5.3", "A/0")
    assert (hit.group, hit.kind, hit.language, hit.from_on) == (
        "document:CP-12", "control-procedure", "zh-Hans", date(2026, 1, 1),
    )  # fmt: skip
    assert hit.title.html() == "文件与记录控制程序"
    assert hit.heading.html() == "<mark>编号</mark>"
    assert hit.snippet.html() == (
        "文件<mark>编号</mark>由<mark>文控员</mark>按 CP-12 的规则给出，<mark>编号</mark>不得重复使用。"
    )
    assert (found.total, found.behind, found.source, found.relaxed, found.capped) == (
        1,
        0,
        Source.INDEX,
        False,
        False,
    )


def test_both_realisations_are_found(stocked: Search, works: Works, service: Actor) -> None:
    """The script of the question decides nothing about what exists."""
    assert {hit.language for hit in page(stocked, works, service, "cp-12").hits} == {"zh-Hans", "en"}
    with works.reading(service, READER) as work:
        english = stocked.find(work, "cp-12", languages=["en"])
        instructions = stocked.find(work, "客户", kinds=["work-instruction"])
        later = stocked.find(work, "未来", day=date(2026, 12, 5))
    assert [hit.language for hit in english.hits] == ["en"]
    assert keys(instructions) == {("WI-13-01", "4.1")}
    assert keys(later) == {("CP-14", "5")}
    assert page(stocked, works, service, "未来", OVERSEER).total == 0


def test_when_nothing_holds_all_words(stocked: Search, works: Works, service: Actor) -> None:
    """Two of three words or one of two, said as such; nothing at all stays nothing."""
    for typed in ("编号 文控员 火星", "文控员 火星"):
        wide = page(stocked, works, service, typed)
        assert (wide.relaxed, keys(wide)) == (True, {("CP-12", "5.3")})
    nothing = page(stocked, works, service, "火星 移民 计划")
    assert (nothing.relaxed, nothing.total, nothing.hits) == (False, 0, ())


def test_refusals_pass_through(stocked: Search, works: Works, service: Actor) -> None:
    """One character before a star is refused politely."""
    with pytest.raises(QueryRefused):
        page(stocked, works, service, "管*")


def test_pages_have_bounds(stocked: Search, works: Works, service: Actor) -> None:
    """No page zero, no page without end."""
    first = page(stocked, works, service, "质量目标", OVERSEER, page=0, size=2)
    second = page(stocked, works, service, "质量目标", OVERSEER, page=2, size=2)
    assert (first.page, len(first.hits), len(second.hits)) == (1, 2, 2)
    assert not keys(first) & keys(second)
    assert page(stocked, works, service, "质量目标", OVERSEER, size=10_000).size == LARGEST_PAGE


def test_the_register_decides_what_has_changed(
    stocked: Search, works: Works, service: Actor, shelf: Shelf
) -> None:
    """Issued a moment ago: found; made secret or withdrawn: gone, from counts and suggestions too."""
    with works.writing(service) as work:
        shelf.put(work, [entry("CP-30", text="阅知新规", title="新程序")])
        shelf.put(work, [replace(one, secrecy=3) for one in library()["document:CP-12"]])
        shelf.remove(work, "document:WI-13-01")
        work.record("task:settle", Ref("task", "3"))
    found = page(stocked, works, service, "阅知")
    assert (keys(found), found.total, found.behind) == ({("CP-30", "1")}, 1, 4)
    assert page(stocked, works, service, "投诉").total == 0
    assert page(stocked, works, service, "部门 客户").total == 1
    with works.reading(service, READER) as work:
        assert [one.number for one in stocked.suggest(work, "cp")] == ["CP-08", "CP-30"]
        assert stocked.suggest(work, "c") == []
    both = page(stocked, works, service, "阅知", OVERSEER)
    assert keys(both) == {("CP-30", "1"), ("CP-12", "5.4")}
    stocked.follow(works, service)
    followed = page(stocked, works, service, "阅知")
    assert (keys(followed), followed.behind) == ({("CP-30", "1")}, 0)


def test_pages_hold_while_behind(stocked: Search, works: Works, service: Actor, shelf: Shelf) -> None:
    """Hits of index and register form one list."""
    with works.writing(service) as work:
        shelf.put(work, [entry("CP-30", str(at), text="质量目标", title="新程序") for at in range(5)])
    whole = page(stocked, works, service, "质量目标", OVERSEER)
    parts = [page(stocked, works, service, "质量目标", OVERSEER, page=at, size=3) for at in (1, 2, 3, 4)]
    assert {part.total for part in parts} == {whole.total}
    assert [hit for part in parts for hit in part.hits] == list(whole.hits)


@pytest.mark.parametrize("damage", ["missing", "damaged"])
def test_the_register_answers_meanwhile(stocked: Search, works: Works, service: Actor, damage: str) -> None:
    """REL-07: the same hits under the same rights, and the page says where from."""
    assert isinstance(stocked.engine, WhooshEngine)
    questions = (
        "质量目标",
        "cp12",
        "zlmb",
        "貸審會",
        "“工作日内登记”",
        "客户 -整改",
        "规则*",
        "编号 文控员 火星",
    )
    before = {(text, rights.person_id): page(stocked, works, service, text, rights)
              for text in questions for rights in (READER, OVERSEER)}  # fmt: skip
    with works.reading(service, READER) as work:
        suggested = stocked.suggest(work, "cp")
    if damage == "missing":
        (stocked.engine.folder.path / "current").unlink()
    else:
        for path in stocked.engine.folder.current().glob("*.seg"):
            path.write_bytes(path.read_bytes()[:100])
    for text in questions:
        for rights in (READER, OVERSEER):
            now = page(stocked, works, service, text, rights)
            assert now.source is Source.REGISTER
            assert (keys(now), now.total) == (
                keys(before[text, rights.person_id]),
                before[text, rights.person_id].total,
            )
    with works.reading(service, READER) as work:
        assert stocked.suggest(work, "cp") == suggested
        assert stocked.state(work).health is (Health.MISSING if damage == "missing" else Health.DAMAGED)
    stocked.follow(works, service)
    assert page(stocked, works, service, "质量目标").source is Source.INDEX


def test_an_index_far_behind_is_not_asked(
    stocked: Search, works: Works, service: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Too much has changed to say what: the register answers."""
    monkeypatch.setattr("qms.search.follow.BATCH", 1)
    with works.writing(service) as work:
        work.record("task:settle", Ref("task", "3"))
        work.record("task:settle", Ref("task", "4"))
    assert page(stocked, works, service, "质量目标").source is Source.REGISTER


def test_damage_in_the_middle_of_a_search(
    stocked: Search, works: Works, service: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files that break while they are read are answered by the register as well."""

    def broken(_: object) -> None:
        raise EOFError

    monkeypatch.setattr("qms.search.whoosh_engine.unpack", broken)
    found = page(stocked, works, service, "阅知")
    assert (found.source, keys(found)) == (Source.REGISTER, {("CP-12", "5.4")})


def test_the_workspace_has_its_own_list_of_words(
    settings: Settings, works: Works, service: Actor, shelf: Shelf
) -> None:
    """`aliases.txt` in the workspace counts from the next search on; a fault is told."""
    search = open_search(settings, Register([shelf], trail.since, trail.head))
    with works.writing(service) as work:
        shelf.put(work, [entry(text="线边仓每日盘点。")])
    search.follow(works, service)
    assert page(search, works, service, "边仓库").total == 0
    (settings.home / "aliases.txt").write_text("边仓库 = 线边仓\n", "utf-8")
    assert page(search, works, service, "边仓库").hits[0].snippet.html() == "<mark>线边仓</mark>每日盘点。"
    (settings.home / "aliases.txt").write_text("边仓库 =\n", "utf-8")
    with works.reading(service) as work:
        assert "aliases.txt:1" in search.state(work).aliases_fault
    assert (settings.home / "search_index" / "current").is_file()


def test_a_suggestion_names_the_document(stocked: Search, works: Works, service: Actor) -> None:
    """By pinyin, initials, number and words of the title."""
    with works.reading(service, READER) as work:
        for prefix in ("zlmb", "zhiliangm", "質量目", "cp-08", "CP08"):
            assert Suggestion("CP-08", "质量目标管理程序", "zh-Hans") in stocked.suggest(work, prefix)
        assert stocked.suggest(work, "fxq") == []
