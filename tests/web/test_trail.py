"""The trail for people: sentences, what changed, filters, files to take along, reviews, going on (TRL-15)."""

from __future__ import annotations

import csv
import io
import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from qms import trail, trail_reviews
from qms.kernel.refs import Ref
from qms.runtime import KEEPER, every_permission, startup
from qms.trail.checkpoints import keep
from qms.trail.proof import check_extract
from tests.web.house import PASSWORD, words_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from qms.kernel.clock import SimulatedClock
    from qms.runtime import Runtime
    from tests.web.house import Browser

    Open = Callable[..., Browser]


@pytest.fixture
def told(runtime: Runtime) -> Runtime:
    """A few entries with values, one of which a spreadsheet would calculate."""
    with runtime.works.writing(KEEPER, every_permission()) as work:
        work.record(
            "document:rename",
            Ref("document", "CP-12"),
            before={"title": "旧", "owner": "risk"},
            after={"title": "=1+1", "owner": "risk"},
            why="=cmd()",
        )
    return runtime


@pytest.mark.usefixtures("told")
def test_what_changed_is_marked_and_named(browser: Open) -> None:
    """Old and new beside each other under a name for people; what stayed is not marked."""
    page = browser("manager").dom("/trail?ref=document:CP-12")
    rows = {row.xpath("string(th)"): row for row in page.xpath("//table[@class='values']//tbody/tr")}
    assert list(rows) == ["owner owner", "title title"]
    assert rows["title title"].xpath("string(.//del)") == "旧"
    assert rows["title title"].xpath("string(.//ins)") == "=1+1"
    assert not rows["owner owner"].xpath(".//del|.//ins")
    assert "标题" in words_of(browser("manager", "zh-Hans").dom("/trail?ref=document:CP-12"))


@pytest.mark.usefixtures("told")
def test_filters_narrow_and_pages_go_on(browser: Open) -> None:
    """By person, kind, thing, period and refusals alone; further pages keep the filters."""
    reader = browser("reader")
    assert reader.post("/trail/verify").status_code == 403
    manager = browser("manager")
    entries = "//ol[contains(@class, 'trail')]/li"
    only = manager.dom("/trail?refused=yes")
    assert [row.xpath("string(.//code)") for row in only.xpath(entries)] == ["trail:refuse"]
    assert len(manager.dom("/trail?kind=document").xpath(entries)) == 1
    assert manager.dom("/trail?from=2030-01-01").xpath("//p[@class='empty']")
    first = manager.dom("/trail?action=person:")
    assert len(first.xpath(entries)) == 50
    (more,) = first.xpath("//a[contains(@href, 'below=')]/@href")
    assert "action=person:" in more.replace("%3A", ":")
    seqs = [int(text) for text in first.xpath("//summary/text()") if text.strip().isdigit()]
    later = [int(text) for text in manager.dom(more).xpath("//summary/text()") if text.strip().isdigit()]
    assert later
    assert max(later) < min(seqs)


@pytest.mark.usefixtures("told")
def test_a_table_to_take_along_calculates_nothing(browser: Open) -> None:
    """SEC-21: what begins like a formula is text; every entry that fits is there, in order."""
    answer = browser("manager").get("/trail/export.csv?kind=document")
    assert answer.headers["Content-Disposition"] == "attachment; filename=trail.csv"
    head, row = csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert head[:4] == ["No.", "When", "Who", "What"]
    assert row[8] == "'=cmd()"
    assert json.loads(row[7])["title"] == "=1+1"
    assert browser("reader").get("/trail/export.csv").status_code == 404


def test_proofs_to_take_along_verify_alone(told: Runtime, browser: Open) -> None:
    """TRL-08: what fits is open, all between is there as digests, under a signed checkpoint."""
    manager = browser("manager")
    assert manager.get("/trail/export.jsonl").location == "/trail"
    assert "sign one first" in words_of(manager.dom("/trail"))
    trail.checkpoint(told.works, KEEPER, "test")
    answer = manager.get("/trail/export.jsonl?actor=service:keeper&kind=person")
    found = check_extract(answer.text.splitlines(keepends=True))
    assert (found.ok, found.bodies > 3, found.bodies < found.last - found.first + 1) == (True, True, True)
    assert not check_extract(answer.text.replace('"bodies', '"x').replace("person", "parson").splitlines()).ok


def test_a_review_is_done_on_the_page(runtime: Runtime, browser: Open) -> None:
    """Begun, read, signed with the password; nothing typed is lost when the password is wrong."""
    auditor = browser("audit-administrator")
    assert "No review is to be done now." in words_of(auditor.dom("/trail/reviews"))
    assert auditor.submit("/trail/reviews", action="/trail/reviews").status_code == 303
    answers = {"found": "looked at refusals", "clean": "yes", "password": "wrong"}
    refused = auditor.submit("/trail/reviews", answers, action="/sign")
    assert refused.status_code == 403
    assert "looked at refusals" in refused.text
    empty = auditor.submit("/trail/reviews", {**answers, "found": " ", "password": PASSWORD}, action="/sign")
    assert empty.status_code == 422
    beyond = auditor.submit(
        "/trail/reviews", {**answers, "last": "99999", "password": PASSWORD}, action="/sign"
    )
    assert beyond.status_code == 409
    done = auditor.submit("/trail/reviews", {**answers, "password": PASSWORD}, action="/sign")
    assert done.location == "/trail/reviews"
    said = words_of(auditor.dom("/trail/reviews"))
    assert "Signed: the trail was reviewed up to entry" in said
    assert "looked at refusals" in said
    assert "The signature does not fit" not in said
    with runtime.works.reading(KEEPER) as work:
        actions = [row.action for row in trail.browse(work.session, limit=10)]
        assert {"trail-review:sign", "signature:sign"} <= set(actions)
        assert trail.browse(work.session, action="signature:refuse")


def test_who_may_not_review(browser: Open) -> None:
    """Who reads the trail sees the reviews and gets no form; others see nothing (SEC-06)."""
    internal = browser("auditor")
    page = internal.dom("/trail/reviews")
    assert not page.xpath("//main//form")
    assert internal.post("/trail/reviews").status_code == 403
    assert browser("reader").get("/trail/reviews").status_code == 404


def test_an_overdue_review_is_said_on_the_trail(
    runtime: Runtime, browser: Open, clock: SimulatedClock
) -> None:
    """The task is owed by the audit administrator and leads here; after its day the trail says so."""
    clock.advance(timedelta(days=25))
    with runtime.works.writing(KEEPER, every_permission()) as work:
        assert trail_reviews.open_due(work) is not None
    auditor = browser("audit-administrator")
    (link,) = auditor.dom("/tasks").xpath("//a[contains(@href, '/trail/reviews')]/@href")
    assert "To be done: from entry 1 on" in words_of(auditor.dom(link))
    clock.advance(timedelta(days=10))
    assert "The review of the trail was due on 2026-12-04." in words_of(browser("manager").dom("/trail"))


def test_going_on_after_an_old_backup(told: Runtime, browser: Open) -> None:
    """Closed to everything but this; with a reason and the password it opens again, and says so (TRL-10)."""
    trail.checkpoint(told.works, KEEPER, "test")
    auditor = browser("audit-administrator")
    assert "nothing is to be done here" in words_of(auditor.dom("/trail/restart"))
    settings = told.settings
    note = trail.load_key(settings.at(settings.keys)).sign(9999, b"\x07" * 32)
    keep(settings.at(settings.checkpoints), note)
    told.works.closed = told.gate
    assert isinstance(told.assure(), startup.TrailBroken)
    assert browser_is_refused(auditor)
    page = "/trail/restart"
    assert auditor.submit(page, {"why": "", "password": PASSWORD}).status_code == 422
    assert auditor.submit(page, {"why": "disk lost", "password": "wrong"}).status_code in {403, 503}
    told.gate.found = startup.ClosedBySetting()
    assert auditor.submit(page, {"why": "disk lost", "password": PASSWORD}).status_code == 503
    told.assure()
    done = auditor.submit(page, {"why": "disk lost", "password": PASSWORD})
    assert done.location == "/trail"
    assert told.gate() is None
    with told.works.reading(KEEPER) as work:
        (row,) = trail.browse(work.session, action="trail:restart")
    assert (row.why, row.after["count"]) == ("disk lost", 1)
    assert trail.check(told.works, KEEPER).ok


def browser_is_refused(person: Browser) -> bool:
    return person.post("/trail/checkpoint", page="/trail").status_code == 503


def test_only_the_audit_administrator_goes_on(browser: Open) -> None:
    """For others there is no such page."""
    for login in ("manager", "auditor", "system-administrator"):
        assert browser(login).get("/trail/restart").status_code == 404
