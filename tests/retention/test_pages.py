"""The pages of retention: what is due, a list and its decision, a record's hold, export and erasure."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from qms import retention
from tests.documents.factories import EVERYTHING, SERVICE
from tests.records import factories as sheets
from tests.registers import conftest as pages
from tests.registers.conftest import Peopled
from tests.retention.test_operations import PERSONAL, house
from tests.web.house import words_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from qms.kernel.clock import SimulatedClock
    from qms.kernel.settings import Settings
    from qms.kernel.work import Works
    from tests.web.house import Browser

    Opened = Callable[..., Browser]


@pytest.fixture
def made(works: Works) -> Peopled:
    """A house with a kept form that has a personal field."""
    return Peopled(house(works, fields=PERSONAL))


@pytest.fixture
def browser(made: Peopled, settings: Settings) -> Opened:
    """A browser for a login."""
    runtime = pages.runtime.__wrapped__(made, settings)  # type: ignore[attr-defined]
    opened: Opened = pages.browser.__wrapped__(pages.create_app(runtime), made)  # type: ignore[attr-defined]
    return opened


def test_what_is_due_goes_over_the_pages(made: Peopled, browser: Opened, clock: SimulatedClock) -> None:
    """Proposed on the page, approved by another, certified; the page of the stub stays readable."""
    ref = sheets.closed(made.people)
    clock.advance(timedelta(days=40))
    manager = browser("manager")
    assert ref.key in manager.get("/retention").text
    sent = manager.post("/retention", {"records": [ref.key]})
    assert sent.status_code == 303
    path = sent.headers["Location"]
    said = words_of(manager.dom(path))
    assert ref.key in said
    assert "C10 1 month" in said
    assert "You proposed this list; somebody else decides on it." in said
    assert "The answers and files of 1 record(s) are destroyed" in words_of(browser("second").dom(path))
    assert "DL-2026-0001 proposed by Manager" in words_of(manager.dom("/retention"))
    with made.people.acting("second") as work:
        retention.approve(work, "DL-2026-0001", password=made.people.keys["second"])
    retention.carry_out(made.works, SERVICE, EVERYTHING, "DL-2026-0001")
    page = manager.dom(path)
    assert page.xpath(f"//a[@href='{path}/certificate']/text()") == ["Certificate of disposal DL-2026-0001"]
    assert "C10，自办结起保存 1 个月" in manager.get(f"{path}/certificate").text
    assert ref.key in manager.get(f"{path}/certificate").text
    assert manager.get(f"/records/{ref.key}").status_code == 200
    assert browser("author").get("/retention").status_code == 404


def test_a_record_is_held_exported_and_erased(made: Peopled, browser: Opened) -> None:
    """From its own page, by who may."""
    ref = sheets.filed(made.people, purpose="设备", amount="1200.50", holder="某甲")
    manager, url = browser("manager"), f"/records/{ref.key}"
    assert "C10" in manager.get(url).text
    assert manager.post(f"{url}/hold", {"reason": "诉讼"}).status_code == 303
    assert "诉讼" in manager.get(url).text
    assert f"{ref.key} Approval sheet 诉讼 Manager" in words_of(manager.dom("/retention"))
    packed = zipfile.ZipFile(io.BytesIO(manager.post(f"{url}/export").data))
    assert {"history.csv", "manifest-sha256.txt", "record.html", "record.json"} <= set(packed.namelist())
    assert "某甲" in packed.read("record.json").decode()
    assert manager.post(f"{url}/erase", {"reason": "本人要求"}).status_code == 303
    assert "某甲" not in manager.get(url).text
    said = words_of(manager.dom(url))
    assert "The sealed answers were erased by Manager on" in said
    assert "本人要求" in said
    assert "No bundle and no backup known here holds a copy." in said
