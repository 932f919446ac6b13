"""The register of a day and the bulletin of a month as people read them and take them along (R28)."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from qms import clocks
from qms.calendar import span
from qms.kernel.ports import Secrecy
from qms.kernel.refs import Ref
from qms.runtime import KEEPER, Runtime, every_permission
from tests.web.house import Browser, words_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from qms.kernel.clock import SimulatedClock

    Open = Callable[..., Browser]


def _start(runtime: Runtime, number: str, limit: str, **more: Any) -> None:
    given: dict[str, Any] = {"department": None, "secrecy": Secrecy.INTERNAL, "circle": None, **more}
    label = {"zh-Hans": "审查", "en": "Review", "zh-Hant": "審查"}
    with runtime.works.writing(KEEPER, every_permission()) as work:
        clocks.start(work, Ref("record", number), "review", label=label, limit=span(limit), **given)


@pytest.fixture
def running(runtime: Runtime, clock: SimulatedClock) -> Runtime:
    """One overdue, one that will be, one in hours that is closed to most, one done."""
    _start(runtime, "=FM-1", "T+1")
    _start(runtime, "FM-2", "T+9")
    _start(runtime, "FM-3", "2 hours", circle="inner")
    _start(runtime, "FM-4", "T+1")
    with runtime.works.writing(KEEPER, every_permission()) as work:
        clocks.stop(work, Ref("record", "FM-4"), "review")
    clock.advance(timedelta(days=3))
    return runtime


def test_from_december_on_the_page_warns_of_the_coming_year(
    browser: Open, runtime: Runtime, clock: SimulatedClock
) -> None:
    """Not in November; from the first of December while its holidays are not known; own calendars end it."""
    clock.at = datetime(2050, 11, 30, 4, tzinfo=UTC)
    said = "The holidays of 2051 are not known here"
    assert said not in words_of(browser("manager").dom("/time-limits"))
    clock.at = datetime(2050, 12, 1, 4, tzinfo=UTC)
    assert said in words_of(browser("manager").dom("/time-limits"))
    (runtime.settings.home / "calendars.yaml").write_text("calendars: [", "utf-8")
    assert said not in words_of(browser("manager").dom("/time-limits"))


@pytest.mark.usefixtures("running")
def test_the_register_tells_how_each_limit_stands(browser: Open) -> None:
    """Overdue first and by how much; what one may not see is neither listed nor counted."""
    manager = browser("manager")
    shown = words_of(manager.dom("/time-limits"))
    assert "=FM-1" in shown
    assert "FM-2" in shown
    assert "FM-3" not in shown
    assert "FM-4" not in shown
    late = words_of(manager.dom("/time-limits?state=overdue"))
    assert "FM-2" not in late
    earlier = words_of(manager.dom("/time-limits?day=2026-11-02"))
    assert "FM-4" in earlier
    assert manager.get("/time-limits?day=nonsense").status_code == 200
    assert manager.get("/time-limits?day=0001-01-01").status_code == 200
    assert "2026-10-01" in manager.get("/time-limits?day=2026-10-01").text


@pytest.mark.usefixtures("running")
def test_the_bulletin_adds_up(browser: Open) -> None:
    """The rate of the month, its totals, and what was not kept."""
    manager = browser("manager")
    shown = words_of(manager.dom("/time-limits/bulletin"))
    assert "50.0 %" in shown
    assert "=FM-1" in shown
    assert "FM-2" not in shown
    assert "50.0 %" not in manager.get("/time-limits/bulletin?month=2026-09").text
    assert "50.0 %" in manager.get("/time-limits/bulletin?month=2026-13").text


@pytest.mark.usefixtures("running")
def test_files_hold_no_formula(browser: Open) -> None:
    """CSV and XLSX hold what the page holds, and no spreadsheet computes it."""
    manager = browser("manager")
    body = manager.get("/time-limits/register.csv?day=2026-11-05").get_data().decode("utf-8-sig")
    assert '"\'=FM-1"' in body
    assert "FM-3" not in body
    book = openpyxl.load_workbook(io.BytesIO(manager.get("/time-limits/bulletin.xlsx").get_data()))
    cells = [cell for row in book.active.iter_rows(values_only=True) for cell in row if cell]  # type: ignore[union-attr]  # it has one
    assert "'=FM-1" in cells
    assert "50.0 %" in cells
    assert manager.get("/time-limits/register.pdf").status_code == 404
