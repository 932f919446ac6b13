"""Pages of parties and schedules: added, kept, merged, erased; what is due is listed and signed."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from lxml import html  # type: ignore[import-untyped]  # it comes without stubs
from sqlalchemy import select

from qms import schedules, tasks
from qms.kernel.refs import Ref
from qms.runtime import KEEPER, every_permission
from qms.schedules.models import Occurrence, Schedule
from tests.web.house import PASSWORD, person_id, words_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from qms.runtime import Runtime
    from tests.web.house import Browser


def add(browser: Browser, name: str, **more: str) -> str:
    """Add a party on the page; gives its number."""
    answer = browser.submit("/parties/new", {"name": name, "department": "risk", **more})
    assert answer.status_code == 303, words_of(html.fromstring(answer.text))
    return str(answer.location).rsplit("/", 1)[-1]


def test_a_party_lives_on_its_pages(browser: Callable[..., Browser]) -> None:
    """Added, completed, found, spoken to; a change by somebody else meanwhile is not written over."""
    manager = browser("manager")
    number = add(
        manager, "晨光工具有限公司", **{"identifier-business-licence": "9132 0001", "owner": "reader"}
    )
    page = f"/parties/{number}"
    said = words_of(manager.dom(page))
    assert "晨光工具有限公司" in said
    assert "The file lacks: Tier Stage of data collection Somebody to speak to" in said
    stale = dict(manager.dom(f"{page}/edit").forms[-1].form_values())
    assert manager.submit(f"{page}/edit", {"tier": "vip", "stage": "contact"}).status_code == 303
    late = manager.post(f"{page}/edit", {**stale, "name": "Late"})
    assert late.status_code == 409
    assert "was changed by somebody else" in late.text
    told = {"name-0": "Li Somebody", "phone-0": "13800000000"}
    assert manager.submit(f"{page}/contacts", told).status_code == 303
    said = words_of(manager.dom(page))
    assert "13800000000" in said
    assert "The file holds everything that is expected." in said
    assert number in words_of(manager.dom("/parties?q=9132-00&kind=client&tier=vip"))
    assert manager.get("/parties/suggest?q=晨光&kind=client").json == [
        {"number": number, "name": "晨光工具有限公司", "kind": "client"}
    ]


def test_faults_stand_beside_their_fields(browser: Callable[..., Browser]) -> None:
    manager = browser("manager")
    add(manager, "One", **{"identifier-business-licence": "1"})
    answer = manager.submit(
        "/parties/new", {"name": "One", "department": "risk", "identifier-business-licence": "1"}
    )
    assert answer.status_code == 409
    said = words_of(html.fromstring(answer.text))
    assert "1 identifies another party already" in said
    assert "There are parties of this name already: C-000001 One" in said
    assert manager.post("/parties/new", {"kind": "rival", "name": "x"}).status_code == 422


def test_readers_read_and_others_see_nothing(browser: Callable[..., Browser]) -> None:
    number = add(browser("manager"), "One")
    reader, outsider = browser("reader"), browser("outsider")
    assert "One" in words_of(reader.dom(f"/parties/{number}"))
    for path in ("/parties/new", f"/parties/{number}/edit", f"/parties/{number}/act/end", "/parties/lists"):
        assert reader.get(path).status_code == 404
    assert outsider.get(f"/parties/{number}").status_code == 404
    assert "One" not in words_of(outsider.dom("/parties"))
    assert outsider.get("/parties/suggest?q=One").json == []


def test_duplicates_are_merged_and_personal_data_erased(browser: Callable[..., Browser]) -> None:
    manager = browser("manager")
    kept, double = add(manager, "One"), add(manager, "One again")
    manager.submit(f"/parties/{double}/contacts", {"name-0": "Li Somebody"})
    wrong = manager.submit(f"/parties/{double}/act/merge", {"into": "C-999999", "why": "same"})
    assert wrong.status_code == 404
    merged = manager.submit(f"/parties/{double}/act/merge", {"into": kept, "why": "the same firm"})
    assert merged.location == f"/parties/{kept}"
    assert "Li Somebody" in words_of(manager.dom(f"/parties/{kept}"))
    assert f"This is the same party as {kept}" in words_of(manager.dom(f"/parties/{double}"))
    assert manager.submit(f"/parties/{kept}/act/erase", {"why": "asked to"}).status_code == 303
    said = words_of(manager.dom(f"/parties/{kept}"))
    assert "Li Somebody" not in said
    assert "The personal data were erased" in said
    manager.submit(f"/parties/{kept}/act/end", {"why": "left"})
    assert "It is dealt with no more." in words_of(manager.dom(f"/parties/{kept}"))
    manager.submit(f"/parties/{kept}/act/resume", {"why": "back"})
    assert manager.get(f"/parties/{kept}/act/paint").status_code == 404


def test_the_lists_are_changed_on_their_page(browser: Callable[..., Browser]) -> None:
    manager = browser("manager")
    text = "tiers:\n  - {code: gold, names: {en: Gold}}\n"
    assert manager.submit("/parties/lists", {"lists": "tiers: 3"}).status_code == 422
    assert manager.submit("/parties/lists", {"lists": text}).status_code == 303
    assert "Gold" in words_of(manager.dom("/parties/new"))


def _due(runtime: Runtime, login: str, form: str | None = None) -> str:
    """Something that is due for somebody; gives the address of its page."""
    with runtime.works.writing(KEEPER, every_permission()) as work:
        row = Schedule(
            document="CP-07", code="check", revision=f"revision:{form}", owner="risk", secrecy=1,
            definition={"id": "check", "every": "month", "for": "department"}, from_on=work.today,
        )  # fmt: skip
        work.session.add(row)
        work.session.flush()
        day = work.today + timedelta(days=2)
        made = Occurrence(
            schedule_id=row.id, document="CP-07", code="check", subject="department:risk", period=f"p-{form}",
            label={"en": "Monthly check"}, form=form, opens_on=work.today, due_on=day, ends_on=day,
            department="risk", secrecy=1,
        )  # fmt: skip
        work.session.add(made)
        work.session.flush()
        ref = Ref("occurrence", str(made.id))
        facts = {
            "label": {"en": "Monthly check"},
            "subject": "风控合规部",
            "period": "p",
            "document": "CP-07",
        }
        tasks.owe(
            work,
            kind=schedules.TASK,
            ref=ref,
            person_ids=[person_id(work, login)],
            subject="{label} · {subject} · {period} ({document})",
            facts=facts,
            due_on=day,
        )
        return f"/schedules/{made.id}"


def test_a_long_month_is_paged(
    runtime: Runtime, browser: Callable[..., Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is cut silently: each page says which it is, what is missed is counted over the month."""
    monkeypatch.setattr("qms.web.schedules._SIZE", 2)
    paths = [_due(runtime, "reader", f"FM-{place}") for place in range(5)]
    with runtime.works.writing(KEEPER, every_permission()) as work:
        for row in work.session.scalars(select(Occurrence)):
            row.state = schedules.State.MISSED
    reader = browser("reader")
    shown = []
    for place in (1, 2, 3):
        dom = reader.dom(f"/schedules?page={place}")
        assert f"{place} / 3" in words_of(dom)
        assert "5 missed this month" in words_of(dom)
        shown += [each for each in dom.xpath("//main//li//a/@href") if each in paths]
    assert shown == paths
    assert "3 / 3" in words_of(reader.dom("/schedules?page=99999999999999999999999"))


def test_what_is_due_is_listed_and_signed(runtime: Runtime, browser: Callable[..., Browser]) -> None:
    """From the task to the page; a remark under one's own password does it."""
    path = _due(runtime, "reader")
    reader = browser("reader")
    assert reader.dom("/tasks").xpath(f"//a[@href='{path}']")
    assert "Monthly check · 风控合规部" in words_of(reader.dom("/schedules"))
    assert "Nothing is due in this month." in words_of(reader.dom("/schedules?month=2030-01"))
    assert reader.get("/schedules?month=9999-99").status_code == 200
    assert reader.submit(path, {"remark": " ", "password": PASSWORD}).status_code == 422
    assert reader.submit(path, {"remark": "all well", "password": "wrong"}).status_code == 403
    assert reader.submit(path, {"remark": "all well", "password": PASSWORD}).status_code == 303
    said = words_of(reader.dom(path))
    assert "all well" in said
    assert "the signature is valid" in said
    assert browser("outsider").get(path).status_code == 404


def test_where_a_form_is_named_the_page_says_so(runtime: Runtime, browser: Callable[..., Browser]) -> None:
    path = _due(runtime, "reader", "FM-07-01")
    assert "FM-07-01" in words_of(browser("reader").dom(path))
    assert not browser("author").dom(path).xpath("//textarea")
