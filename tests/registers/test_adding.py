"""Totals: sum, count and mean per column and period, of what the person may see."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from qms import registers
from qms.registers import View
from tests.registers.factories import House


def periods(made: House, size: str, login: str = "manager", **view: object) -> list[registers.Period]:
    """The totals as somebody gets them."""
    with made.people.looking(login) as work:
        register = made.register(work)
        columns = [each for each in register.columns if each.is_figure]
        return registers.totals(
            work.session, work.rights, register, View(**view), work.settings.zone_info,  # type: ignore[arg-type]
            size=size, columns=columns,
        )  # fmt: skip


def test_months_quarters_and_years_add_up(made: House) -> None:
    """Nothing is rounded, negative amounts included; records without an amount count as records."""
    for day, amount in (
        (date(2025, 12, 31), "0.1"),
        (date(2026, 1, 1), "0.2"),
        (date(2026, 2, 1), "-5.000001"),
        (date(2026, 4, 1), None),
    ):
        made.file(filed_on=day, amount=amount)
    assert [each.name for each in periods(made, "month")] == ["2025-12", "2026-01", "2026-02", "2026-04"]
    assert [(each.name, each.rows) for each in periods(made, "quarter")] == [
        ("2025-Q4", 1),
        ("2026-Q1", 2),
        ("2026-Q2", 1),
    ]
    years = periods(made, "year")
    assert [(each.name, each.rows) for each in years] == [("2025", 1), ("2026", 3)]
    sums = years[1].totals["amount"]
    assert (sums.figure, sums.counted) == (Decimal("-4.800001"), 2)
    assert sums.mean == Decimal("-2.4000")
    whole = registers.grand(years)
    assert (whole.rows, whole.totals["amount"].figure) == (4, Decimal("-4.700001"))


def test_what_one_may_not_see_is_not_added(made: House) -> None:
    """Rights bind totals as they bind rows."""
    made.file(amount="1", department="risk")
    made.file(amount="10", department="centre", login="reader")
    (month,) = periods(made, "month", "author")
    assert (month.rows, month.totals["amount"].figure) == (1, Decimal(1))


def test_what_is_too_large_or_too_fine_is_left_out_and_told(made: House) -> None:
    """A sum never pretends."""
    made.file(amount="1.0000001")
    made.file(amount="99999999999999999999")
    made.file(amount="3")
    (month,) = periods(made, "month")
    total = month.totals["amount"]
    assert (total.figure, total.counted, total.left_out) == (Decimal(3), 1, 2)


def test_a_share_of_yes_is_a_mean(made: House) -> None:
    """Yes counts one, no counts nothing."""
    for fast in (True, False, True, True):
        made.file(fast=fast)
    (month,) = periods(made, "month")
    assert month.totals["fast"].mean == Decimal("0.7500")


def test_filters_narrow_totals(made: House) -> None:
    """A total is that of its view."""
    made.file(amount="1", product="loan")
    made.file(amount="2", product="bond")
    (month,) = periods(made, "month", filters=(registers.Filter("product", "is", "bond"),))
    assert month.totals["amount"].figure == Decimal(2)
