"""The library, the document page, copies, readings and withdrawal on the web."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import TYPE_CHECKING

import pikepdf
import pytest

from qms import accounts, documents, tasks, trail
from qms.rendering import Pool
from qms.runtime import KEEPER, every_permission
from tests.rendering.factories import SOURCE, text_sheet
from tests.web.house import PASSWORD, Browser, person_id, words_of
from tests.web.papers import BODY, PDF, Papers, source

if TYPE_CHECKING:
    from collections.abc import Callable

    from qms.kernel.clock import SimulatedClock
    from qms.runtime import Runtime

    Open = Callable[..., Browser]

BETTER = BODY.replace("3 个工作日", "2 个工作日")


def child() -> str:
    """A work instruction below CP-07 that cites it."""
    body = "\n{#a}\n# 1 目的\n\n见 CP-07 §2.1 与 CP-99。\n"
    return source("WI-07-01", kind="work-instruction", more="parent: CP-07", body=body)


@pytest.fixture
def papers(runtime: Runtime) -> Papers:
    """The desk of the workspace."""
    return Papers(runtime)


@pytest.fixture(scope="session")
def rendered() -> bytes:
    """A real sheet, set once."""
    with Pool() as pool:
        return pool.render(text_sheet(), SOURCE, "CP-07.md").pdf


def _numbers(person: Browser, address: str) -> list[str]:
    found = person.dom(address).xpath("//table//tr[@class='row']/td[1]/text()")
    return [str(each) for each in found]


def test_the_library_lists_what_is_in_force(papers: Papers, browser: Open) -> None:
    """R01, DOC-03: drafts are not in it unless asked for; filters narrow it in words."""
    papers.issued()
    papers.issued(source("CP-08", title="目标管理程序", english="Objectives", more="secrecy: public"))
    papers.drafted(source("CP-09"))
    reader = browser("reader")
    assert _numbers(reader, "/d") == ["CP-07", "CP-08"]
    assert _numbers(reader, "/d?q=目标") == ["CP-08"]
    assert _numbers(reader, "/d?q=cp-07") == ["CP-07"]
    assert _numbers(reader, "/d?kind=form") == []
    assert _numbers(reader, "/d?secrecy=1") == ["CP-07"]
    assert _numbers(reader, "/d?secrecy=0") == ["CP-08"]
    assert _numbers(reader, "/d?state=all") == ["CP-07", "CP-08"]
    assert _numbers(browser("author"), "/d?state=work") == ["CP-09"]
    assert "No document fits" in words_of(reader.dom("/d?clause=7.5"))


def test_the_library_as_it_stood_on_a_day(papers: Papers, browser: Open, clock: SimulatedClock) -> None:
    """DOC-03: a chosen day shows the revision of that day, and leads to exactly that one."""
    papers.issued()
    clock.advance(timedelta(days=3))
    papers.issued(source(reason="修订", summary="更改", body=BETTER))
    reader = browser("reader")
    assert reader.dom("/d").xpath("//tr[@class='row']/td[3]/text()") == ["A/1"]
    old = reader.dom("/d?day=2026-11-03")
    assert old.xpath("//tr[@class='row']/td[3]/text()") == ["A/0"]
    assert old.xpath("//tr[@class='row']//a/@href")[0].startswith("/d/CP-07/A-0")
    assert "No document fits" in words_of(reader.dom("/d?day=2026-11-01"))


def test_a_day_that_is_none_is_named_beside_its_field(browser: Open) -> None:
    """What was typed stays, with the sentence that mends it."""
    answer = browser("reader").get("/d?day=yesterday&q=risk")
    assert answer.status_code == 422
    assert "Write a day such as 2026-11-22." in answer.text
    assert 'value="yesterday"' in answer.text
    assert 'value="risk"' in answer.text


def test_the_list_leaves_as_it_is_narrowed(papers: Papers, browser: Open) -> None:
    """SEC-21: the file holds the same rows, and no cell that a spreadsheet would compute."""
    papers.issued(source(title='"=1+1"', english='"=1+1"'))
    papers.issued(source("CP-08"))
    reader = browser("reader")
    answer = reader.get("/d/list/master-list.csv?q=CP-07")
    rows = list(csv.reader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert [row[0] for row in rows] == ["Number", "CP-07"]
    assert rows[1][1] == "'=1+1"
    assert "attachment" in answer.headers["Content-Disposition"]
    book = reader.get("/d/list/master-list.xlsx")
    assert book.get_data().startswith(b"PK")
    assert reader.get("/d/list/master-list.exe").status_code == 404


def test_an_empty_library_says_what_would_stand_here(browser: Open) -> None:
    """A person without any document is told the first step."""
    assert "Nothing is in force yet." in words_of(browser("reader").dom("/d"))
    assert browser("system-administrator").get("/d").status_code == 404


def test_the_document_page_shows_text_state_and_surroundings(papers: Papers, browser: Open) -> None:
    """The text by clause with lasting anchors, its state, who signed, and what leans on it."""
    papers.issued()
    papers.issued(
        source(
            "WI-07-01",
            kind="work-instruction",
            more="parent: CP-07",
            body="\n{#a}\n# 1 目的\n\n见 CP-07 §2.1 与 CP-99。\n",
        )
    )
    reader = browser("reader")
    page = reader.dom("/d/cp07")
    assert page.xpath("//section[@class='clause']/*[1]/@id") == ["purpose", "steps", "first"]
    assert page.xpath("//nav[@class='contents']/a/@href") == ["#purpose", "#steps", "#first"]
    assert page.xpath("//a[@class='anchor']/@href")[2] == "/d/CP-07#first"
    said = words_of(page)
    assert "CP-07 A/0" in said
    assert "2026-11-02" in said
    assert "WI-07-01" in said
    for name in ("Author", "Reviewer", "Approver", "Document controller"):
        assert name in said
    assert "UTC+08:00" in said
    assert "does not verify" not in said
    child = reader.dom("/d/WI-07-01")
    cited = child.xpath("//a[@class='citation']/@href")
    assert cited == ["/d/CP-07?clause=2.1"]
    assert reader.get(cited[0]).location == "/d/CP-07?lang=zh-Hans#first"
    assert child.xpath("//*[@class='plain near']//a/@href") == ["/d/CP-07"]


def test_a_superseded_revision_wears_its_band(papers: Papers, browser: Open, clock: SimulatedClock) -> None:
    """DOC-04: nobody takes it for the one in force, which is one step away."""
    papers.issued()
    clock.advance(timedelta(days=3))
    papers.issued(source(reason="修订", summary="更改", body=BETTER))
    reader = browser("reader")
    old = reader.dom("/d/CP-07/A-0")
    band = " ".join(old.xpath("//*[@class='band']//text()"))
    assert "This revision is superseded. Do not work by it." in band
    assert "It was in force until 2026-11-04." in band
    assert old.xpath("//*[@class='band']//a/@href") == ["/d/CP-07?lang=zh-Hans"]
    assert "3 个工作日" in words_of(old)
    now = reader.dom("/d/CP-07")
    assert not now.xpath("//*[starts-with(@class, 'band')]")
    assert [each.strip() for each in now.xpath("//ol[@class='timeline']/li/*[1]/text()")] == ["A/1", "A/0"]
    assert reader.get("/d/CP-07/A-7").status_code == 404
    assert reader.get("/d/CP-07?lang=en").status_code == 404


def test_what_changed_since_i_read_is_marked(papers: Papers, browser: Open, clock: SimulatedClock) -> None:
    """DOC-06: the clauses changed since the revision I signed for are marked in the margin and listed."""
    ref = papers.issued()
    with papers.acting("reader") as work:
        documents.acknowledge(work, ref, password=PASSWORD)
    clock.advance(timedelta(days=3))
    papers.issued(source(reason="修订", summary="更改", body=BETTER))
    page = browser("reader").dom("/d/CP-07")
    assert page.xpath("//section[@class='clause changed']/*[1]/@id") == ["first"]
    assert "Changed since A/0, which you confirmed: 2.1 第一步" in words_of(page)
    other = browser("manager").dom("/d/CP-07")
    assert not other.xpath("//section[@class='clause changed']")


def test_what_is_not_for_me_does_not_exist(papers: Papers, browser: Open) -> None:
    """SEC-06: a document of another circle of readers is answered as if there were none."""
    ref = papers.issued(source(more="distribution: {departments: [risk]}"))
    outsider = browser("outsider")
    assert _numbers(outsider, "/d?state=all") == []
    for address in (
        "/d/CP-07",
        "/d/CP-07/A-0",
        "/d/CP-07/A-0/zh-Hans/screen.pdf",
        "/d/CP-07/A-0/zh-Hans/copy.pdf",
        "/d/CP-07/A-0/zh-Hans/readers",
        "/r/CP-07/zh-Hans/A-0",
        "/drafts/CP-07/zh-Hans/A-0/review",
    ):
        assert outsider.get(address).status_code == 404, address
    assert papers.revision(ref).code


def test_reading_is_confirmed_with_the_password(papers: Papers, browser: Open) -> None:
    """DOC-07: a wrong password signs nothing, is told beside its field, and stands in the trail."""
    ref = papers.issued()
    papers.day()
    reader = browser("reader")
    assert "Read this and confirm by 2026-11-16." in words_of(reader.dom("/d/CP-07"))
    where = "/d/CP-07/A-0"
    wrong = reader.submit("/d/CP-07", {"password": "not this one"}, action=where)
    assert wrong.status_code == 403
    assert 'href="#password"' in wrong.text
    assert "The password is not right; nothing was signed." in wrong.text
    empty = reader.submit("/d/CP-07", {"password": ""}, action=where)
    assert empty.status_code == 422
    with papers.looking() as work:
        refused = [row for row in trail.since(work.session, 0, 1000) if row.action == "signature:refuse"]
        assert [(row.ref, row.actor) for row in refused] == [(ref, f"person:{person_id(work, 'reader')}")]
        assert not documents.acknowledgements(work.session, work.rights, ref, work.today)
    done = reader.submit("/d/CP-07", {"password": PASSWORD}, action=where)
    assert (done.status_code, done.location) == (303, "/d/CP-07/A-0?lang=zh-Hans")
    assert "You confirmed reading on 2026-11-02." in words_of(reader.dom("/d/CP-07"))
    with papers.looking() as work:
        assert person_id(work, "reader") not in {
            each.person_id for each in tasks.outstanding(work.session, "documents:read", ref)
        }
    manager = browser("manager").dom("/d/CP-07/A-0/zh-Hans/readers")
    assert "Reader" in " ".join(manager.xpath("//main/ul[2]//text()"))
    assert "Approver" in " ".join(manager.xpath("//main/ul[1]//text()"))


def test_copies_say_what_they_are(papers: Papers, browser: Open, rendered: bytes) -> None:
    """DOC-11: the screen gets the stored bytes, a download is stamped, the original is the controller's."""
    papers.issued(pdf=rendered)
    reader = browser("reader")
    where = "/d/CP-07/A-0/zh-Hans"
    screen = reader.get(f"{where}/screen.pdf")
    assert screen.get_data() == rendered
    assert screen.headers["Content-Disposition"].startswith("inline")
    copy = reader.get(f"{where}/copy.pdf")
    assert copy.headers["Content-Disposition"].startswith("attachment")
    with pikepdf.open(io.BytesIO(copy.get_data())) as made:
        assert "/AF" not in made.Root
        subject = str(made.docinfo["/Subject"])
        assert "Reader" in subject
        assert "非受控" in subject
    assert reader.get(f"{where}/original.pdf").status_code == 404
    assert browser("controller").get(f"{where}/original.pdf").get_data() == rendered
    assert reader.get(f"{where}/source").status_code == 404
    assert browser("author").get(f"{where}/source").get_data().decode() == source()


def test_traditional_script_is_a_labelled_conversion(papers: Papers, browser: Open) -> None:
    """Law 17: offered where there is no text of its own, said to be a conversion, and not signed for."""
    papers.issued()
    reader = browser("reader")
    plain = reader.dom("/d/CP-07")
    (offered,) = plain.xpath("//span[@class='tongues']//a[@lang='zh-Hant']/@href")
    assert offered == "/d/CP-07/A-0?lang=zh-Hans&script=zh-Hant"
    shown = reader.dom(offered)
    assert "客戶經理在 3 個工作日內提交審核。" in words_of(shown)
    assert "客户经理在 3 个工作日内提交审核。" not in words_of(shown)
    assert shown.xpath("string(//h1)") == "風險控制程序"
    assert shown.xpath("//div[contains(@class, 'prose')]/@lang") == ["zh-Hant"]
    assert "The text that was approved is the simplified one." in words_of(shown)
    assert plain.xpath("//input[@id='password']")
    assert shown.xpath("//input[@id='password']") == []
    assert reader.dom("/d/CP-07?script=en").xpath("string(//h1)") == "风险控制程序"
    moved = reader.get("/d/CP-07?script=zh-Hant&clause=2.1")
    assert moved.headers["Location"] == "/d/CP-07?lang=zh-Hans&script=zh-Hant#first"
    papers.issued(source("CP-08", language="zh-Hant", title="目標管理程序"))
    assert reader.dom("/d/CP-08?script=zh-Hant").xpath("//span[@class='tongues']") == []


def test_a_draft_is_printed_as_a_draft(papers: Papers, browser: Open) -> None:
    """DOC-11: who works on it sees the sheet it would become, stamped; an issued one has none."""
    papers.drafted()
    where = "/d/CP-07/A-0/zh-Hans/draft.pdf"
    answer = browser("author").get(where)
    with pikepdf.open(io.BytesIO(answer.get_data())) as made:
        assert "草案" in str(made.docinfo["/Subject"])
    assert browser("reader").get(where).status_code == 404
    papers.issued(source("CP-08"))
    assert browser("author").get("/d/CP-08/A-0/zh-Hans/draft.pdf").status_code == 404


def test_damaged_bytes_are_never_served(papers: Papers, browser: Open, runtime: Runtime) -> None:
    """Law 8: the hash is checked on every read."""
    ref = papers.issued()
    digest = papers.revision(ref).pdf_digest or ""
    path = next(runtime.settings.at(runtime.settings.records).rglob(digest))
    path.chmod(0o600)
    path.write_bytes(PDF.replace(b"bytes", b"bites"))
    assert browser("reader").get("/d/CP-07/A-0/zh-Hans/screen.pdf").status_code == 500


def test_damaged_sources_are_never_shown(papers: Papers, browser: Open, runtime: Runtime) -> None:
    """Law 8, D-0028: a text that a process has set before is held against the stored bytes each time."""
    ref = papers.issued()
    reader = browser("reader")
    assert reader.get("/d/CP-07").status_code == 200
    digest = papers.revision(ref).source_digest
    path = next(runtime.settings.at(runtime.settings.records).rglob(digest))
    path.chmod(0o600)
    path.write_bytes(path.read_bytes() + b"\n")
    assert reader.get("/d/CP-07").status_code == 500


def test_what_is_taken_away_is_gone_at_the_next_request(
    papers: Papers, browser: Open, runtime: Runtime
) -> None:
    """SEC-06, D-0028: the same process has set the text before, for the same person."""
    papers.issued(source(more="distribution: {departments: [risk]}"))
    papers.issued(source("CP-08", body="\n{#a}\n# 1 目的\n\n见 CP-07 §2.1。\n"))
    reader, controller = browser("reader"), browser("controller")
    for address in ("/d/CP-07", "/d/CP-08"):
        for _ in range(2):
            assert reader.get(address).status_code == 200
    assert reader.dom("/d/CP-08").xpath("//section//a[contains(@href, 'CP-07')]")
    with runtime.works.writing(KEEPER, every_permission()) as work:
        accounts.leave(work, person_id(work, "reader"), "risk", work.today)
        accounts.join(work, person_id(work, "reader"), "loans", work.today)
    assert reader.get("/d/CP-07").status_code == 404
    assert _numbers(reader, "/d") == ["CP-08"]
    assert not reader.dom("/d/CP-08").xpath("//a[contains(@href, 'CP-07')]")
    assert controller.get("/d/CP-07").status_code == 200


def test_what_supersedes_is_shown_at_the_next_request(
    papers: Papers, browser: Open, clock: SimulatedClock
) -> None:
    """DOC-03, D-0028: a text that is remembered belongs to its revision, never to an address."""
    papers.issued()
    reader = browser("reader")
    assert "3 个工作日" in words_of(reader.dom("/d/CP-07"))
    clock.advance(timedelta(days=3))
    papers.issued(source(reason="修订", summary="更改", body=BETTER))
    reader = browser("reader")  # another day, the same process
    assert "2 个工作日" in words_of(reader.dom("/d/CP-07"))
    old = words_of(reader.dom("/d/CP-07/A-0?lang=zh-Hans"))
    assert "3 个工作日" in old
    assert "This revision is superseded." in old


def test_a_withdrawal_goes_its_route_on_the_pages(
    papers: Papers, browser: Open, clock: SimulatedClock
) -> None:
    """DOC-02: asked for, reviewed, approved, decided; then the page wears its band."""
    papers.issued()
    papers.issued(child())
    clock.advance(timedelta(days=3))
    where = "/d/CP-07/A-0/zh-Hans/withdrawal"
    author = browser("author")
    assert "WI-07-01" in words_of(author.dom(f"{where}/ask"))
    typed = {"reason": "由新程序代替", "on": "2026-11-05", "password": "wrong"}
    refused = author.submit(f"{where}/ask", typed)
    assert refused.status_code == 403
    assert "由新程序代替" in refused.text
    early = author.submit(f"{where}/ask", {**typed, "on": "2026-11-04", "password": PASSWORD})
    assert early.status_code == 409
    dangling = author.submit(f"{where}/ask", {**typed, "password": PASSWORD})
    assert dangling.status_code == 409
    assert "Say why they may stay" in dangling.text
    typed["family"] = "作业指导书移至新程序"
    asked = author.submit(f"{where}/ask", {**typed, "password": PASSWORD})
    assert (asked.status_code, asked.location) == (303, where)
    assert "Review: waits for" in words_of(author.dom(where))
    for login in ("reviewer", "approver", "controller"):
        person = browser(login)
        signed = person.submit(where, {"password": PASSWORD, "opinion": "同意"}, action=f"{where}/sign")
        assert (signed.status_code, signed.location) == (303, where), login
    said = words_of(author.dom(where))
    assert "Withdrawn: out of force from 2026-11-05." in said
    band = author.dom("/d/CP-07").xpath("//*[@class='band']//text()")
    assert "This document is withdrawn. Do not work by it." in " ".join(band)


def test_a_withdrawal_is_called_off_with_a_reason(papers: Papers, browser: Open) -> None:
    """Without a reason nothing happens; with one the document stays in force."""
    ref = papers.issued()
    with papers.acting("author") as work:
        documents.withdraw(work, ref, reason="不再需要", password=PASSWORD)
    where = "/d/CP-07/A-0/zh-Hans/withdrawal"
    author = browser("author")
    assert author.submit(where, {"reason": " "}, action=f"{where}/cancel").status_code == 422
    done = author.submit(where, {"reason": "仍在使用"}, action=f"{where}/cancel")
    assert (done.status_code, done.location) == (303, "/d/CP-07/A-0?lang=zh-Hans")
    assert "Called off" in words_of(author.dom(where))
    assert author.post(f"{where}/sign").status_code == 404


def test_a_periodic_review_is_concluded_with_reasons(papers: Papers, browser: Open) -> None:
    """DOC-13: it stays, or the next page opens for what follows; others see only what was concluded."""
    ref = papers.issued()
    where = "/d/CP-07/A-0/zh-Hans/periodic-review"
    author = browser("author")
    assert where in author.get("/d/CP-07").text
    assert "None has been concluded yet." in words_of(author.dom(where))
    assert author.submit(where, {"outcome": "keep", "note": " "}).status_code == 422
    assert author.submit(where, {"outcome": "burn", "note": "对照法规"}).status_code == 422
    kept = author.submit(where, {"outcome": "keep", "note": "对照法规"})
    assert (kept.status_code, kept.location) == (303, "/d/CP-07/A-0?lang=zh-Hans")
    said = words_of(author.dom(where))
    assert "It stays as it is" in said
    assert "对照法规" in said
    revised = author.submit(where, {"outcome": "revise", "note": "时限已变"})
    assert revised.status_code == 303
    assert author.get(revised.location).status_code == 200
    reader = browser("reader")
    assert '<form action="' + where not in reader.get(where).text
    assert reader.post(where, {"outcome": "keep", "note": "x"}).status_code in {403, 404}
    with papers.looking() as work:
        done = documents.periodic_reviews(work.session, work.rights, ref, work.today)
    assert [each.outcome for each in done] == ["keep", "revise", None]


def test_tasks_lead_to_what_can_be_done(papers: Papers, browser: Open) -> None:
    """Each task opens the page where it is done."""
    ref = papers.submitted()
    reviewer = browser("reviewer")
    assert reviewer.dom("/tasks").xpath("//a[@class='whole']/@href") == ["/r/CP-07/zh-Hans/A-0"]
    assert reviewer.get("/r/CP-07/zh-Hans/A-0").location == "/drafts/CP-07/zh-Hans/A-0/review"
    with papers.acting("reviewer") as work:
        documents.return_to_draft(work, ref, "请补充职责")
    assert browser("author").get("/r/CP-07/zh-Hans/A-0").location == "/drafts/CP-07/zh-Hans/A-0"
