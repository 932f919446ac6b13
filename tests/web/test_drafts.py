"""The draft desk on the web: writing, review, release."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from qms import documents, jobs, trail
from qms.runtime import KEEPER, every_permission, ports
from tests.web.house import PASSWORD, Browser, words_of
from tests.web.papers import BODY, Papers, source

if TYPE_CHECKING:
    from collections.abc import Callable

    from qms.kernel.clock import SimulatedClock
    from qms.kernel.refs import Ref
    from qms.runtime import Runtime

    Open = Callable[..., Browser]

AT = "/drafts/CP-07/zh-Hans/A-0"
PIXEL = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"
)

SCANNER = "sh -c 'if grep -q harm; then exit 1; fi'"


@pytest.fixture
def papers(runtime: Runtime) -> Papers:
    """The desk of the workspace, with the bodies of declared kinds."""
    runtime.works.ports = ports()
    return Papers(runtime)


def _text(person: Browser, at: str = AT) -> str:
    return str(person.dom(at).xpath("//textarea[@id='source']")[0].text or "").lstrip("\n")


def test_a_document_begins_from_a_few_facts(papers: Papers, browser: Open) -> None:
    """DOC-01: number, kind, title and owner make a draft that opens in the editor."""
    author = browser("author")
    facts = {
        "kind": "control-procedure",
        "number": "CP-07",
        "title": "Risk control",
        "lang": "en",
        "owner": "risk",
    }
    begun = author.submit("/drafts/new", facts)
    assert (begun.status_code, begun.location) == (303, "/drafts/CP-07/en/A-0")
    assert "# 1 Purpose" in _text(author, begun.location)
    assert "CP-07 A/0" in words_of(author.dom("/drafts"))
    again = author.submit("/drafts/new", {**facts, "title": "Typed with care"})
    assert again.status_code == 409
    assert "Typed with care" in again.text
    wrong = author.submit("/drafts/new", {**facts, "number": "7"})
    assert wrong.status_code == 422
    assert browser("reader").get("/drafts/new").status_code == 404
    assert browser("reader").get("/drafts").status_code == 404
    assert papers.runtime.demo is False


@pytest.mark.parametrize("kind", ["form", "register"])
def test_a_declared_kind_begins_too(papers: Papers, browser: Open, kind: str) -> None:
    """A form or register begins as YAML and its preview is the blank sheet."""
    del papers
    author = browser("author")
    number = "FM-07-01" if kind == "form" else "RG-07-01"
    facts = {"kind": kind, "number": number, "title": "登记", "lang": "zh-Hans", "owner": "risk"}
    begun = author.submit("/drafts/new", facts)
    assert begun.status_code == 303
    page = author.dom(begun.location)
    assert not page.xpath("//*[@id='faults']")
    assert page.xpath("//div[@class='prose sheet']//table")


def test_what_is_typed_is_saved(papers: Papers, browser: Open) -> None:
    """Saving stores the text as typed, and the editor shows it as it will be set."""
    papers.drafted()
    author = browser("author")
    new = _text(author).replace("3 个工作日", "2 个工作日").replace("\n", "\r\n")
    saved = author.submit(AT, {"source": new})
    assert (saved.status_code, saved.location) == (303, AT)
    assert "2 个工作日" in words_of(author.dom(AT))
    assert "\r" not in _text(author)
    assert browser("reader").get(AT).status_code == 404


def test_faults_are_named_by_line_and_nothing_typed_is_lost(papers: Papers, browser: Open) -> None:
    """A head that cannot be read is refused with each fault at its line; the typed text stays."""
    ref = papers.drafted()
    author = browser("author")
    broken = _text(author).replace("owner: risk", "owner: risk\ncolour: blue")
    refused = author.submit(AT, {"source": broken})
    assert refused.status_code == 422
    assert "colour: blue" in refused.text
    assert 'data-line="7"' in refused.text
    with papers.looking() as work:
        assert b"colour" not in documents.source_of(work, ref)[1]
    hidden = author.submit(
        AT, {"source": _text(author).replace("owner: risk", "owner: risk\nsecrecy: secret")}
    )
    assert hidden.status_code == 403
    assert "secrecy: secret" in hidden.text
    unknown = author.submit(AT, {"source": _text(author).replace("owner: risk", "owner: nowhere")})
    assert "owner: nowhere" in unknown.text
    assert unknown.status_code == 422


def test_faults_of_the_text_are_kept_and_told(papers: Papers, browser: Open) -> None:
    """A draft may be half finished: it is saved, and what is to be mended is listed by line."""
    papers.drafted()
    author = browser("author")
    half = _text(author) + "\n# 4 Out of order\n"
    assert author.submit(AT, {"source": half}).status_code == 303
    page = author.dom(AT)
    faults = " ".join(page.xpath("//*[@id='faults']//text()"))
    assert "Clause 4 is out of order; 3 comes next here." in faults


def test_a_faulty_form_is_saved_and_its_faults_are_told(papers: Papers, browser: Open) -> None:
    """Law 14: no slip in a declaration loses the text; every page of the draft can be looked at."""
    del papers
    author = browser("author")
    facts = {"kind": "form", "number": "FM-07-01", "title": "登记", "lang": "zh-Hans", "owner": "risk"}
    at = author.submit("/drafts/new", facts).location
    sound = _text(author, at)
    plain, label = "type: text", "label: 内容"
    for slip in ((plain, "type: persn"), (plain, "type: [person]"), (label, "label: 5")):
        assert slip[0] in sound
        saved = author.submit(at, {"source": sound.replace(*slip)})
        assert (saved.status_code, saved.location) == (303, at)
        assert slip[1] in _text(author, at)
        page = author.dom(at)
        assert page.xpath("//*[@id='faults']//*[@data-line]")
        assert not page.xpath("//div[@class='prose sheet']//table")
        assert author.get(f"{at}/review").status_code == 200
        assert author.get(f"{at}/impact").status_code == 200
        assert author.submit(f"{at}/submit", {"password": PASSWORD}).status_code == 422


def test_faults_of_a_head_are_told_before_the_password(papers: Papers, browser: Open) -> None:
    """DOC-02: what submission would be refused for is told by line when it is saved and while it is typed."""
    papers.drafted()
    author = browser("author")
    head = """control-points:
  - {id: a, kind: review, standard: 有据, owner: nobody, record: FM-12-01, every: workday, form: FM-12-01}
schedules:
  - {id: b, label: 检查, form: FM-12-01, every: month, to: {roles: [author]}, due: same day}
clauses: {iso9001-2015: ["99.9"]}"""
    wrong = source(more=head)
    assert author.submit(AT, {"source": wrong}).status_code == 303
    typed = author.post(f"{AT}/preview", {"source": wrong}, page=AT)
    for page in (words_of(author.dom(AT)), typed.text):
        assert "Write one of:" in page
        for place in ("control-points.1.every", "control-points.1.owner", "schedules.1.due"):
            assert place in page
        assert "clauses.iso9001-2015" in page
    assert author.submit(f"{AT}/submit", {"password": PASSWORD}).status_code == 422
    ahead = """control-points:
  - {id: a, kind: review, standard: 有据, owner: risk-head, record: FM-12-01, clause: nowhere}
schedules:
  - {id: b, label: 检查, form: FM-12-01, every: month, to: {roles: [author]}}"""
    assert author.submit(AT, {"source": source(more=ahead)}).status_code == 303
    page = author.dom(AT)
    assert not page.xpath("//*[@id='faults']")
    (loose,) = page.xpath("//*[@id='loose']")
    assert "The text has no clause nowhere" in words_of(loose)
    assert "There is no document FM-12-01 in this library." in words_of(loose)
    assert author.submit(AT, {"source": source()}).status_code == 303
    assert not author.dom(AT).xpath("//*[@id='faults' or @id='loose']")


def test_two_writers_never_overwrite_each_other(papers: Papers, browser: Open) -> None:
    """REL-05: the later save shows both texts and what differs, and goes on from there."""
    papers.drafted()
    author, controller = browser("author"), browser("controller")
    form = {"seen": str(author.dom(AT).xpath("//input[@name='seen']/@value")[0])}
    theirs = _text(controller).replace("3 个工作日", "4 个工作日")
    assert controller.submit(AT, {"source": theirs}).status_code == 303
    mine = theirs.replace("4 个工作日", "5 个工作日")
    both = author.post(AT, {"source": mine, **form}, page=AT)
    assert both.status_code == 409
    assert "4 个工作日" in both.text
    assert "5 个工作日" in both.text
    assert "was saved by somebody else meanwhile" in both.text
    seen = papers.revision(documents.revision_ref("CP-07", "zh-Hans", "A/0")).row_version
    assert f'name="seen" value="{seen}"' in both.text
    assert author.post(AT, {"source": mine, "seen": str(seen)}, page=AT).status_code == 303
    assert "5 个工作日" in _text(author)


def test_the_preview_stores_nothing(papers: Papers, browser: Open, runtime: Runtime) -> None:
    """What is typed is shown as it would be set; neither vault nor register changes."""
    papers.drafted()
    author = browser("author")
    before = sorted(runtime.works.vault.digests())
    seen = author.post(
        f"{AT}/preview", {"source": source(body="\n{#a}\n# 1 新\n\n**重**点 <b>x</b>\n")}, page=AT
    )
    assert seen.status_code == 200
    assert "<strong>重</strong>" in seen.text
    assert "<b>x</b>" not in seen.text
    assert "Raw HTML is not allowed" in seen.text
    bad = author.post(f"{AT}/preview", {"source": "nothing of the kind"}, page=AT)
    assert "begins with a head" in bad.text
    assert sorted(runtime.works.vault.digests()) == before
    assert browser("reader").post(f"{AT}/preview", {"source": "x"}).status_code == 404


def test_a_file_is_brought_with_its_pictures(papers: Papers, browser: Open) -> None:
    """Law 14: an upload is a door to the same draft; its pictures are served to those who may see it."""
    del papers
    author = browser("author")
    text = source(body=BODY + "\n![流程图](flow.png)\n")
    sent = {
        "file": (io.BytesIO(text.encode()), "CP-07.md"),
        "pictures": (io.BytesIO(PIXEL), "flow.png"),
    }
    begun = author.post("/drafts/upload", sent, page="/drafts/new")
    assert (begun.status_code, begun.location) == (303, AT)
    shown = author.dom(AT).xpath("//div[@id='preview']//img/@src")
    assert shown == ["/d/CP-07/A-0/zh-Hans/picture/flow.png"]
    assert author.get(shown[0]).get_data() == PIXEL
    assert author.get("/d/CP-07/A-0/zh-Hans/picture/other.png").status_code == 404
    assert browser("reader").get(shown[0]).status_code == 404
    nothing = author.post("/drafts/upload", {}, page="/drafts/new")
    assert nothing.status_code == 422
    assert "Choose a file." in nothing.text
    broken = author.post(
        "/drafts/upload", {"file": (io.BytesIO(b"---\nnumber: 1\n---\n"), "a.md")}, page="/drafts/new"
    )
    assert broken.status_code == 422


def test_what_the_scanner_finds_makes_no_draft(papers: Papers, browser: Open, runtime: Runtime) -> None:
    """SEC-13: neither the text nor a picture is kept, the page says which, and the trail has the refusal."""
    del papers
    runtime.works.settings = runtime.settings = replace(runtime.settings, scanner=SCANNER)
    author = browser("author")
    before = sorted(runtime.works.vault.digests())
    text = source(body=BODY + "\n![流程图](flow.png)\n").encode()
    for file, picture, named in ((text + b"harm", PIXEL, "CP-07.md"), (text, PIXEL + b"harm", "flow.png")):
        sent = {"file": (io.BytesIO(file), "CP-07.md"), "pictures": (io.BytesIO(picture), "flow.png")}
        answer = author.post("/drafts/upload", sent, page="/drafts/new")
        assert answer.status_code == 422
        assert f"something harmful in {named}" in answer.text
    assert sorted(runtime.works.vault.digests()) == before
    with runtime.works.reading(KEEPER) as work:
        rows = trail.browse(work.session, action="trail:refuse", limit=5)
    assert [row.after["refusal"] for row in rows] == ["Harmful", "Harmful"]


def test_a_picture_the_text_does_not_name_is_put_at_its_end(papers: Papers, browser: Open) -> None:
    """Nothing that is sent is lost: the picture waits at the end of the text for its place."""
    papers.drafted()
    author = browser("author")
    page = author.dom(AT)
    fields = {
        "source": _text(author),
        "seen": str(page.xpath("//input[@name='seen']/@value")[0]),
        "pictures": (io.BytesIO(PIXEL), "new.png"),
    }
    assert author.post(AT, fields, page=AT).status_code == 303
    assert _text(author).rstrip().endswith("![](new.png)")
    assert author.get("/d/CP-07/A-0/zh-Hans/picture/new.png").get_data() == PIXEL


def test_a_draft_is_given_up_with_a_reason(papers: Papers, browser: Open) -> None:
    """DOC-06: no reason, no end; afterwards the draft is gone from every list."""
    papers.drafted()
    author = browser("author")
    assert author.submit(f"{AT}/discard", {"reason": ""}).status_code == 422
    assert author.submit(f"{AT}/discard", {"reason": "不再需要"}).location == "/drafts"
    assert author.get(AT).status_code == 404
    assert "Nothing is being written." in words_of(author.dom("/drafts"))


def test_submission_lists_every_fault_and_takes_the_password(papers: Papers, browser: Open) -> None:
    """Law 7: what is wrong is said at once; a wrong password is journalled; the right one submits."""
    ref = papers.drafted(source(more="parent: CP-01\ndistribution: {departments: [nowhere]}"))
    author = browser("author")
    faulty = author.submit(f"{AT}/submit", {"password": PASSWORD})
    assert faulty.status_code == 422
    assert "There is no department nowhere." in faulty.text
    author.submit(AT, {"source": source(more="parent: CP-01")})
    wrong = author.submit(f"{AT}/submit", {"password": "wrong"})
    assert wrong.status_code == 403
    assert 'aria-invalid="true"' in wrong.text
    with papers.looking() as work:
        assert [row.ref for row in trail.since(work.session, 0, 999) if row.action == "signature:refuse"] == [
            ref
        ]
    done = author.submit(f"{AT}/submit", {"password": PASSWORD})
    assert (done.status_code, done.location) == (303, f"{AT}/review")
    page = author.get(f"{AT}/review").text
    assert "These references end nowhere yet: CP-01" in page
    assert "Review: waits for Reviewer (1 signature(s) wanting)." in page
    assert author.get(AT).location == f"{AT}/review"
    assert author.get(f"{AT}/submit").location == f"{AT}/review"


def test_review_comments_and_approval(papers: Papers, browser: Open) -> None:
    """DOC-02: comments stand at their clause and block approval until they are closed."""
    papers.submitted()
    reviewer, approver, author = browser("reviewer"), browser("approver"), browser("author")
    at = f"{AT}/review"
    empty = reviewer.submit(at, {"text": " ", "anchor": "first"}, action="/comments")
    assert empty.status_code == 422
    said = reviewer.submit(at, {"text": "时限从哪天起算？", "anchor": "first"}, action="/comments")
    assert said.status_code == 303
    assert "#comment-" in said.location
    assert "2.1 第一步" in " ".join(author.dom(at).xpath("//li[@class='open']//text()"))
    wrong = reviewer.submit(at, {"password": "wrong", "opinion": "同意发布"}, action="/sign")
    assert wrong.status_code == 403
    assert "同意发布" in wrong.text
    signed = reviewer.submit(at, {"password": PASSWORD, "opinion": "同意"}, action="/sign")
    assert signed.location == at
    blocked = approver.submit(at, {"password": PASSWORD}, action="/sign")
    assert blocked.status_code == 409
    assert "1 open comment(s)" in blocked.text
    number = said.location.rpartition("-")[2]
    unanswered = author.submit(at, {f"resolution-{number}": ""}, action=f"/comments/{number}")
    assert unanswered.status_code == 422
    closed = author.submit(at, {f"resolution-{number}": "从收到日起算"}, action=f"/comments/{number}")
    assert closed.status_code == 303
    assert approver.submit(at, {"password": PASSWORD, "opinion": "批准"}, action="/sign").status_code == 303
    page = words_of(browser("controller").dom(at))
    assert "Everything is signed." in page
    assert "批准" in page
    assert reviewer.post(f"{AT}/sign", {"password": PASSWORD}, page=at).status_code == 404


def test_the_author_does_not_approve(papers: Papers, browser: Open) -> None:
    """DOC-02: who is not asked gets no form, and a forged one is refused and journalled."""
    papers.submitted()
    author = browser("author")
    assert not author.dom(f"{AT}/review").xpath("//*[@id='sign']")
    forged = author.post(f"{AT}/sign", {"password": PASSWORD}, page=f"{AT}/review")
    assert forged.status_code == 403
    with papers.looking() as work:
        assert [row for row in trail.since(work.session, 0, 999) if row.action == "trail:refuse"]


def test_it_comes_back_with_a_reason(papers: Papers, browser: Open) -> None:
    """Law 7: returned by a reviewer, or recalled by its author; each says why."""
    papers.submitted()
    reviewer, author = browser("reviewer"), browser("author")
    at = f"{AT}/review"
    assert reviewer.submit(at, {"reason": ""}, action="/return").status_code == 422
    assert reviewer.submit(at, {"reason": "职责不清"}, action="/return").location == "/drafts"
    assert author.submit(f"{AT}/submit", {"password": PASSWORD}).status_code == 303
    assert author.submit(at, {"recall_reason": ""}, action="/recall").status_code == 422
    assert author.submit(at, {"recall_reason": "补充附表"}, action="/recall").location == AT
    said = words_of(author.dom(at))
    assert "lapsed, round 1" in said
    assert "lapsed, round 2" in said


def test_a_reviewer_sees_what_changed(papers: Papers, browser: Open, clock: SimulatedClock) -> None:
    """DOC-06: the next revision begins from the page of the issued one; its review shows the difference."""
    papers.issued()
    author = browser("author")
    page = author.dom("/d/CP-07")
    revise = "/drafts/CP-07/zh-Hans/A-0/revise"
    assert revise in page.xpath("//a/@href")
    assert author.submit(revise, {"reason": ""}).status_code == 422
    begun = author.submit(revise, {"reason": "审核发现", "summary": "缩短时限"})
    at = "/drafts/CP-07/zh-Hans/A-1"
    assert (begun.status_code, begun.location) == (303, at)
    assert author.submit(revise, {"reason": "再来"}).status_code == 409
    author.submit(at, {"source": _text(author, at).replace("3 个工作日", "2 个工作日")})
    author.submit(f"{at}/submit", {"password": PASSWORD})
    page = browser("reviewer").dom(f"{at}/review")
    assert page.xpath("//section[@class='change']/h3/a/@href") == ["#first"]
    assert page.xpath("//section[@class='change']//del/text()") == ["3"]
    assert page.xpath("//section[@class='change']//ins/text()") == ["2"]
    assert clock.now()


def _release(papers: Papers, browser: Open) -> tuple[Browser, Ref]:
    ref = papers.approved()
    return browser("controller"), ref


def test_the_plan_is_shown_and_signed(papers: Papers, browser: Open) -> None:
    """Law 2: dates and effects are shown; a wrong day or password changes nothing."""
    controller, ref = _release(papers, browser)
    at = f"{AT}/release"
    page = words_of(controller.dom(at))
    assert "On the effective day CP-07 A/0 enters into force." in page
    assert "Reviewer" in page
    early = controller.submit(at, {"effective": "2026-10-01", "password": PASSWORD})
    assert early.status_code == 409
    assert 'value="2026-10-01"' in early.text
    assert "can take effect on 2026-11-02 at the earliest" in early.text
    assert controller.submit(at, {"effective": "soon", "password": PASSWORD}).status_code == 422
    assert controller.submit(at, {"password": "wrong"}).status_code == 403
    stale = controller.submit(at, {"password": PASSWORD, "mark": "0" * 64})
    assert stale.status_code == 422
    assert "look again" in stale.text
    done = controller.submit(at, {"effective": "2026-11-09", "password": PASSWORD})
    assert (done.status_code, done.location) == (303, f"{AT}/issue")
    waiting = controller.dom(f"{AT}/issue")
    assert "Being issued" in words_of(waiting)
    assert waiting.xpath("//*[@id='issue']/@hx-trigger") == ["every 2s"]
    assert controller.get(f"{AT}/review").location == f"{AT}/issue"
    with papers.looking() as work:
        assert [job.kind for job in jobs.listing(work.session)] == ["documents.issue"]
    digest = papers.runtime.works.vault.put(b"%PDF-1.7")
    with papers.runtime.works.writing(KEEPER, every_permission()) as work:
        plan = documents.stored_plan(work, ref)
        documents.decide_issue(work, plan, pdf_digest=digest, pages=1, versions={})
    polled = controller.get(f"{AT}/issue", headers={"HX-Request": "true"})
    assert polled.headers["HX-Redirect"] == f"{AT}/issue"
    assert controller.get(f"{AT}/issue").location == "/d/CP-07/A-0?lang=zh-Hans"
    assert "It takes effect on 2026-11-09." in words_of(controller.dom("/d/CP-07"))


def test_a_second_release_on_one_day_takes_the_next(papers: Papers, browser: Open) -> None:
    """Law 6: the page says why today is taken, offers the first free day, and takes any later one."""
    papers.issued()
    papers.approved(source(reason="改进", summary="期限", body=BODY.replace("3 个", "2 个")))
    controller, at = browser("controller"), AT.replace("A-0", "A-1") + "/release"
    page = controller.dom(at)
    assert "enters into force on 2026-11-02; a revision after it needs a later day." in words_of(page)
    assert page.xpath("//input[@id='effective']/@value") == ["2026-11-03"]
    assert not page.xpath("//form//button[@disabled]")
    mark = page.xpath("//input[@name='mark']/@value")[0]
    early = controller.post(at, {"effective": "2026-11-02", "mark": mark, "password": PASSWORD}, page=at)
    assert early.status_code == 409
    assert early.text.count("a revision after it needs a later day.") == 2  # on top and beside the day
    assert f'name="mark" value="{mark}"' in early.text
    done = controller.post(at, {"effective": "2026-11-06", "mark": mark, "password": PASSWORD}, page=at)
    assert (done.status_code, done.location) == (303, at.replace("/release", "/issue"))


def test_what_no_day_mends_cannot_be_released(papers: Papers, browser: Open, runtime: Runtime) -> None:
    """Without a public address there is no plan whichever day is chosen; the page says so."""
    papers.approved()
    runtime.works.settings = runtime.settings = replace(runtime.settings, public_url="")
    page = browser("controller").dom(f"{AT}/release")
    assert page.xpath("//*[contains(@class, 'note bad')]")
    assert page.xpath("//form//button[@disabled]")


def test_a_failed_issue_says_why_and_is_tried_again(papers: Papers, browser: Open) -> None:
    """The revision stays approved; the reason and a retry are shown."""
    controller, ref = _release(papers, browser)
    controller.submit(f"{AT}/release", {"password": PASSWORD})
    with papers.runtime.works.writing(KEEPER, every_permission()) as work:
        documents.fail_issue(work, ref, "字体缺字")
    page = controller.dom(f"{AT}/issue")
    assert "The issue failed: 字体缺字" in words_of(page)
    again = controller.submit(f"{AT}/issue", action="/retry")
    assert (again.status_code, again.location) == (303, f"{AT}/issue")
    assert "Being issued" in words_of(controller.dom(f"{AT}/issue"))


def test_who_does_not_release_is_led_to_the_review_page(papers: Papers, browser: Open) -> None:
    """The plan is for those who may sign it."""
    papers.approved()
    assert browser("author").get(f"{AT}/release").location == f"{AT}/review"
