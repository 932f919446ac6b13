"""Evidence on the web: asked for, approved, built, handed over, verified (BND-08, R18)."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from lxml import html  # type: ignore[import-untyped]  # it comes without stubs

from qms import evidence, trail
from qms.worker.loop import Loop
from tests.web.house import PASSWORD, Browser, person_id, words_of
from tests.web.papers import Papers

if TYPE_CHECKING:
    from collections.abc import Callable

    from qms.runtime import Runtime

    Open = Callable[..., Browser]

ONE = "/evidence/EB-2026-0001"


@pytest.fixture
def papers(runtime: Runtime) -> Papers:
    """A workspace with one issued document and the key that seals bundles."""
    settings = runtime.settings
    evidence.make_key(settings.at(settings.keys), settings.organisation, runtime.works.clock.now())
    made = Papers(runtime)
    made.issued()
    return made


def _facts(papers: Papers, **more: str) -> dict[str, str]:
    with papers.looking() as work:
        receiver = str(person_id(work, "auditor"))
    return {"purpose": "外部审核：文件控制", "receiver": receiver, "numbers": "CP-07", **more}


def _asked(papers: Papers, browser: Open) -> Browser:
    asker = browser("controller")
    done = asker.submit("/evidence/new", _facts(papers))
    assert (done.status_code, done.location) == (303, ONE)
    return asker


def _built(papers: Papers, browser: Open) -> Browser:
    asker = _asked(papers, browser)
    signed = browser("manager").submit(ONE, {"password": PASSWORD}, action="/approve")
    assert (signed.status_code, signed.location) == (303, ONE)
    loop = Loop(papers.runtime, lanes=1)
    try:
        loop.drain()
    finally:
        loop.close()
    return asker


def test_a_request_says_what_for_whom_and_of_what(papers: Papers, browser: Open) -> None:
    """R18: what is missing is named beside its field, and everything typed stays."""
    asker = browser("controller")
    assert "No evidence has been asked for." in words_of(asker.dom("/evidence"))
    refused = asker.submit("/evidence/new", _facts(papers, purpose="", organisation="某认证机构"))
    assert refused.status_code == 422
    page = html.fromstring(refused.text)
    assert page.xpath("//*[@id='faults']//a/@href") == ["#purpose"]
    assert page.xpath("//input[@id='organisation']/@value") == ["某认证机构"]
    future = asker.submit("/evidence/new", _facts(papers, as_of="2027-01-01"))
    assert "The day lies in the future." in future.text
    turned = asker.submit(
        "/evidence/new", _facts(papers, when="period", since="2026-10-02", until="2026-10-01")
    )
    assert "The period ends before it begins." in turned.text
    nobody = asker.post("/evidence/new", {**_facts(papers), "receiver": "x", "as_of": "2026-11-02"})
    assert nobody.status_code == 422
    assert browser("reader").get("/evidence/new").status_code == 404
    assert browser("reader").get("/evidence").status_code == 404


def test_a_period_with_kinds_and_departments_is_kept(papers: Papers, browser: Open) -> None:
    """The scope is shown again in words."""
    asker = browser("controller")
    done = asker.submit(
        "/evidence/new",
        _facts(
            papers,
            when="period",
            since="2026-10-01",
            until="2026-11-01",
            kinds="control-procedure",
            departments="risk",
            clauses="",
        ),
    )
    assert done.location == ONE
    said = words_of(asker.dom(ONE))
    assert "2026-10-01 – 2026-11-01" in said
    assert "Control procedure" in said
    assert "风控合规部" in said
    assert "EB-2026-0001" in words_of(asker.dom("/evidence"))


def test_somebody_else_approves(papers: Papers, browser: Open) -> None:
    """R27: who asked gets no form and is refused; a wrong password signs nothing and is journalled."""
    asker = _asked(papers, browser)
    assert not asker.dom(ONE).xpath("//form[contains(@action, 'approve')]")
    assert asker.post(f"{ONE}/approve", {"password": PASSWORD}, page=ONE).status_code == 403
    manager = browser("manager")
    wrong = manager.submit(ONE, {"password": "wrong"}, action="/approve")
    assert wrong.status_code == 403
    assert "The password is not right; nothing was signed." in wrong.text
    with papers.looking() as work:
        rows = trail.since(work.session, 0, 999)
        assert [str(row.ref) for row in rows if row.action == "signature:refuse"] == ["evidence:EB-2026-0001"]
    assert manager.submit(ONE, {"reason": " "}, action="/reject").status_code == 422
    assert manager.submit(ONE, {"reason": "范围过大"}, action="/reject").location == ONE
    assert "Rejected: 范围过大" in words_of(asker.dom(ONE))
    assert manager.post(f"{ONE}/approve", {"password": PASSWORD}, page=ONE).status_code == 409


def test_a_bundle_is_handed_over_and_verifies(papers: Papers, browser: Open) -> None:
    """BND-08, R18: each download of a builder is on record; the file is what was sealed."""
    asker = _built(papers, browser)
    page = asker.dom(ONE)
    assert "The bundle is ready to be handed over." in words_of(page)
    spelled = " ".join(page.xpath("//*[@class='code print']//text()"))
    receiver = browser("auditor")
    assert receiver.post(f"{ONE}/bundle", page="/me").status_code == 409
    given = asker.submit(ONE, action="/bundle")
    assert given.status_code == 200
    assert given.headers["Content-Disposition"] == "attachment; filename=EB-2026-0001.zip"
    assert int(given.headers["Content-Length"]) == len(given.get_data())
    report = evidence.verify_bundle(io.BytesIO(given.get_data()), spelled)
    assert report.ok, report.sentences()
    assert report.authentic
    with papers.looking() as work:
        rows = [row for row in trail.since(work.session, 0, 999) if row.action == "evidence:hand-over"]
        assert [row.actor for row in rows] == [f"person:{person_id(work, 'controller')}"]
    assert "First handed over on 2026-11-02" in words_of(asker.dom(ONE))
    assert receiver.submit(ONE, action="/bundle").get_data() == given.get_data()
    outsider = browser("outsider")
    assert outsider.get(ONE).status_code == 404
    assert outsider.post(f"{ONE}/bundle").status_code == 404


def test_a_failed_bundle_says_why_and_is_built_again(papers: Papers, browser: Open) -> None:
    """The reason stands on the page with the way to try again."""
    asker = _asked(papers, browser)
    browser("manager").submit(ONE, {"password": PASSWORD}, action="/approve")
    waiting = asker.dom(ONE)
    assert waiting.xpath("//*[@id='progress']/@hx-trigger") == ["every 2s"]
    with papers.runtime.works.writing(evidence.SERVICE, evidence.SERVICE_RIGHTS) as work:
        evidence.fail(work, "EB-2026-0001", reason="没有空间")
    assert "The bundle could not be built: 没有空间" in words_of(asker.dom(ONE))
    assert asker.submit(ONE, action="/retry").location == ONE
