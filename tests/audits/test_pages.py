"""Pages of audits: plan, calendar, one audit, its report, the map; who confirms, and who sees nothing."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from qms import audits, records
from qms.rendering import Pool
from tests.audits import house
from tests.audits.house import DONE, TODAY, act, found, planned, reported
from tests.records import factories
from tests.registers.conftest import Peopled, app, browser, runtime
from tests.web.house import words_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from qms.kernel.refs import Ref
    from qms.kernel.work import Works
    from tests.web.house import Browser

__all__ = ["app", "browser", "runtime"]


@pytest.fixture
def made(works: Works) -> Peopled:
    """The small house of audits."""
    return Peopled(house.house(works))


def whole(made: Peopled) -> Ref:
    """An audit with a finding the unit disputes, spread to another department, its report delivered."""
    factories.head(made.people, "credit-head", "credit")
    ref = reported(made.people)
    finding = found(made.people, ref)
    act(made.people, "manager", finding, "confirm", view="objection", dissent="The receipt came a day later")
    house.meet(made.people, finding, common=True, units=[{"unit": "credit"}])
    act(made.people, "deputy", finding, "deliver")
    act(made.people, "author", ref, "deliver", to=[{"who": "reader"}])
    return ref


def test_an_audit_stands_on_its_pages(made: Peopled, browser: Callable[..., Browser]) -> None:
    """In the calendar of its year and on a page of its own, from the plan to the report."""
    manager = browser("manager")
    assert "No audit in this year" in words_of(manager.dom("/audits"))
    ref = whole(made)
    listed = words_of(manager.dom("/audits?year=2026&stage=closed&department=outlet-east"))
    assert ref.key in listed
    assert "findings: 1" in listed
    assert "No audit fits" in words_of(manager.dom("/audits?stage=planned"))
    told = words_of(manager.dom(f"/audits/{ref.key}"))
    for text in (
        "See whether it is done",
        "Author, Writer",
        "revision then in force: A/0",
        "One file of ten has no receipt",
        "The unit holds against it: The receipt came a day later",
        "minor",
        "CA-2026-",
        "Fulfilled but for one",
        "not confirmed yet",
    ):
        assert text in told, text


def test_a_recipient_confirms_the_report(made: Peopled, browser: Callable[..., Browser]) -> None:
    """Who reads no records sees an audit whose report was delivered to them; once, and nobody else's."""
    ref = whole(made)
    reader, outsider = browser("reader"), browser("outsider")
    assert "The report was delivered to you" in words_of(reader.dom(f"/audits/{ref.key}"))
    assert reader.submit(f"/audits/{ref.key}", {}, action="received").status_code == 303
    assert "The report was delivered to you" not in words_of(reader.dom(f"/audits/{ref.key}"))
    assert reader.post(f"/audits/{ref.key}/received", {}).status_code == 409
    assert browser("manager").post(f"/audits/{ref.key}/received", {}).status_code == 403
    for path in (f"/audits/{ref.key}", f"/audits/{ref.key}/report.pdf"):
        assert outsider.get(path).status_code == 404
    assert outsider.post(f"/audits/{ref.key}/received", {}).status_code == 404
    assert ref.key not in words_of(outsider.dom("/audits"))
    assert outsider.get("/audits/coverage").status_code == 404


def test_the_map_leads_to_a_plan(made: Peopled, browser: Callable[..., Browser]) -> None:
    """What was never looked at is proposed, begun as a draft with its questions; nothing chosen is said."""
    manager = browser("manager")
    page = manager.dom("/audits/coverage")
    assert "never looked at" in words_of(page)
    path = page.xpath("//a[contains(@href, '/audits/plan?')]/@href")[0]
    author = browser("author")
    assert author.dom(path).xpath("//input[@checked]/@value")
    begun = author.submit(path, {}, action="/audits/plan")
    assert begun.status_code == 303, begun.text
    assert begun.headers["Location"].startswith("/records/draft")
    answer = author.post("/audits/plan", {"form": "FM-13-01"})
    assert answer.status_code == 422
    assert answer.text.count("Choose at least one.") >= 2
    ref = whole(made)
    told = words_of(manager.dom("/audits/coverage?kind=control-procedure&months=6&department=outlet-east"))
    assert "findings: 1" in told
    assert TODAY.isoformat() in told
    assert ref.key in manager.dom("/audits/coverage").xpath("string(//table//a/@href)")
    assert "No document in force applies here." in words_of(
        manager.dom("/audits/coverage?kind=policy&by=clause")
    )


def test_the_report_has_its_eleven_elements_on_paper(made: Peopled, tmp_path: Path) -> None:
    """AUD-06, golden: each by its letter, with criterion, evidence, dissent, action and delivery."""
    ref = whole(made)
    with made.people.looking("manager") as work:
        sheet = audits.printed(work, audits.one(work, ref.key))
    with Pool(seconds=120, megabytes=2048, size=1) as pool:
        done = pool.render(sheet.sheet, sheet.source, sheet.source_name)
    path = tmp_path / "report.pdf"
    path.write_bytes(done.pdf)
    said = subprocess.run(
        ["pdftotext", "-layout", path, "-"], check=True, capture_output=True, text=True
    ).stdout
    for letter, text in (
        ("a", "See whether it is done"),
        ("b", "Loans of the quarter"),
        ("c", "General manager"),
        ("d", "Author、Writer"),
        ("e", "East outlet"),
        ("f", "CP-07"),
        ("g", "One file of ten has no receipt"),
        ("h", "It works"),
        ("i", "Fulfilled but for one"),
        ("j", "The receipt came a day later"),
        ("k", "A sample"),
    ):
        assert f"{letter})" in said, letter
        assert text in said, text
    for text in ("File 7", "minor", "A/0", "Reader", ref.key):
        assert text in said, text


def test_a_report_that_is_not_whole_says_so(made: Peopled) -> None:
    """Before the results are there, and where the audit was cancelled."""
    ref = planned(made.people)
    with made.people.looking("manager") as work:
        sheet = audits.printed(work, audits.one(work, ref.key)).sheet
    assert sheet.body.count("未填写") == 4
    assert "没有发现" in sheet.body
    assert sheet.state == "尚未送达"
    with made.people.acting("author") as work:
        records.cancel(work, ref, "not this year")
    with made.people.looking("manager") as work:
        assert audits.printed(work, audits.one(work, ref.key)).sheet.void == "本次检查已取消。"


def test_markup_in_answers_stays_text(made: Peopled) -> None:
    """Whatever somebody writes."""
    ref = reported(made.people, conclusion="<script>alert(1)</script>", results=DONE["results"])
    with made.people.looking("manager") as work:
        body = audits.printed(work, audits.one(work, ref.key)).sheet.body
    assert "<script>" not in body
    assert "&lt;script&gt;" in body
