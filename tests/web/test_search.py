"""Search on the web: clauses in force, in either script, for whoever may see them (DOC-18, SEC-06)."""

from __future__ import annotations

import shutil
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from lxml import html  # type: ignore[import-untyped]  # it comes without stubs

from qms.runtime import KEEPER
from tests.web.house import Browser, words_of
from tests.web.papers import BODY, Papers, source

if TYPE_CHECKING:
    from collections.abc import Callable

    from qms.kernel.clock import SimulatedClock
    from qms.runtime import Runtime

    Open = Callable[..., Browser]


@pytest.fixture
def papers(runtime: Runtime) -> Papers:
    """The desk of the workspace."""
    return Papers(runtime)


def _follow(runtime: Runtime) -> None:
    runtime.search.follow(runtime.works, KEEPER)


def test_a_hit_leads_to_its_clause(papers: Papers, browser: Open, runtime: Runtime) -> None:
    """Words in traditional script find the simplified clause, marked; the link has its anchor."""
    papers.issued()
    reader = browser("reader")
    _follow(runtime)
    page = reader.dom("/search?q=提交審核")
    assert page.xpath("//article[@class='hit']//h2/a/@href")[0] == "/d/CP-07?lang=zh-Hans#first"
    assert page.xpath("//article[@class='hit']/p[last()]/mark/text()") == ["提交审核"]
    said = words_of(page)
    assert "A/0 · since 2026-11-02" in said
    assert "entries behind" not in said


def test_a_hit_is_shown_in_the_script_of_its_reader(papers: Papers, browser: Open, runtime: Runtime) -> None:
    """Title, clause and words of a simplified document in traditional characters, the marks kept (D-0031)."""
    papers.issued()
    reader = browser("reader")
    _follow(runtime)
    reader.submit("/search?q=提交审核", {"language": "zh-Hant"}, action="/language")
    page = reader.dom("/search?q=提交审核")
    assert page.xpath("//article/@lang") == ["zh-Hant"]
    assert page.xpath("//article[@class='hit']/p[last()]/mark/text()") == ["提交審核"]
    assert "風險控制程序" in words_of(page)
    assert "风险控制程序" not in words_of(page)


def test_nothing_found_says_what_to_try(browser: Open) -> None:
    """An empty answer offers the next step; no question at all says what can be asked."""
    reader = browser("reader")
    assert "No clause in force holds these words." in words_of(reader.dom("/search?q=无此内容"))
    assert "Type what you are looking for" in words_of(reader.dom("/search"))
    assert browser("system-administrator").get("/search?q=x").status_code == 404


def test_what_cannot_be_searched_is_refused_politely(browser: Open) -> None:
    """SEC-23: a question that is no question is told what to type instead, and stays in the box."""
    answer = browser("reader").get('/search?q="')
    assert answer.status_code == 422
    page = html.fromstring(answer.text)
    assert page.xpath("//*[@id='faults']//a/@href") == ["#find"]
    assert page.xpath("//input[@id='find']/@value") == ['"']


def test_it_says_how_far_it_can_be_trusted(papers: Papers, browser: Open, runtime: Runtime) -> None:
    """What the index has not read is answered from the register, and said."""
    _follow(runtime)
    papers.issued()
    reader = browser("reader")
    behind = reader.dom("/search?q=提交审核")
    assert "entries behind" in words_of(behind)
    assert len(behind.xpath("//article[@class='hit']")) >= 1
    shutil.rmtree(runtime.settings.at(runtime.settings.search_index))
    lost = reader.dom("/search?q=提交审核")
    assert "answered from the register" in words_of(lost)
    assert len(lost.xpath("//article[@class='hit']")) >= 1


def test_what_is_not_for_me_is_not_found(papers: Papers, browser: Open, runtime: Runtime) -> None:
    """SEC-06: neither hits, nor counts, nor suggestions tell of it."""
    papers.issued(source(more="distribution: {departments: [risk]}"))
    _follow(runtime)
    outsider = browser("outsider")
    assert "No clause in force" in words_of(outsider.dom("/search?q=风险控制"))
    assert outsider.get("/search/suggest?q=CP-07").text.strip() == ""
    assert 'value="CP-07"' in browser("reader").get("/search/suggest?q=CP-07").text


def test_suggestions_are_options(papers: Papers, browser: Open, runtime: Runtime) -> None:
    """Numbers, titles and pinyin go on while one types; what cannot be asked suggests nothing."""
    papers.issued()
    _follow(runtime)
    reader = browser("reader")
    for typed in ("cp0", "风险", "fengxian"):
        assert '<option value="CP-07"' in reader.get(f"/search/suggest?q={typed}").text, typed
    assert reader.get("/search/suggest").text.strip() == ""
    assert reader.get('/search/suggest?q="').status_code == 200


def test_only_what_is_in_force_is_found(
    papers: Papers, browser: Open, runtime: Runtime, clock: SimulatedClock
) -> None:
    """The old wording is found no more; where there is more, pages go on."""
    papers.issued()
    clock.advance(timedelta(days=3))
    many = "".join(f"\n{{#c{n}}}\n## 2.{n} 第{n}步\n\n复核人员登记台账。\n" for n in range(2, 30))
    papers.issued(source(reason="修订", summary="更改", body=BODY.replace("提交审核", "送复核") + many))
    papers.day()
    _follow(runtime)
    reader = browser("reader")
    assert "提交审核" not in words_of(reader.dom("/search?q=客户经理"))
    first = reader.dom("/search?q=登记台账")
    assert len(first.xpath("//article[@class='hit']")) == 20
    onward = first.xpath("//nav[@class='actions']/a/@href")
    assert len(reader.dom(onward[0]).xpath("//article[@class='hit']")) == 8
    assert not reader.dom("/search?q=登记台账&kind=form").xpath("//article[@class='hit']")
