"""Totals of a view: how many, how much and the mean, by column and by month, quarter or year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import case, func, select

from qms.registers import seeking, views
from qms.registers.cells import SCALE
from qms.registers.models import RegisterCell, RegisterRow
from qms.registers.views import Total

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session

    from qms.kernel.ports import Rights
    from qms.registers.columns import Column
    from qms.registers.declared import Register
    from qms.registers.views import View


@dataclass(frozen=True, slots=True)
class Period:
    """One month, quarter or year: how many records, and the totals of each column."""

    name: str
    rows: int
    totals: Mapping[str, Total]


def totals(
    session: Session,
    rights: Rights,
    register: Register,
    view: View,
    zone: ZoneInfo,
    *,
    size: str = "month",
    columns: Sequence[Column] = (),
) -> list[Period]:
    """What a view adds up to in each period of filing, the earliest first.

    Only what the person may see is added. A number too large or too fine to be added is left out and
    counted as such, never rounded in.
    """
    found = seeking.sought(session, rights, register, view, zone)
    rows: dict[str, int] = {}
    made: dict[str, dict[str, Total]] = {}
    counted = select(RegisterRow.month, func.count()).where(found.where).group_by(RegisterRow.month)
    for month, count in session.execute(counted.order_by(RegisterRow.month)):
        name = views.period(month, size)
        rows[name] = rows.get(name, 0) + count
        made.setdefault(name, {})
    figure, amount = RegisterCell.key, RegisterCell.number
    summed = (
        select(
            RegisterRow.month,
            RegisterCell.column_id,
            func.count(figure),
            func.count(amount),
            func.sum(amount // SCALE),
            func.sum(amount % SCALE),
            func.sum(case((figure.is_not(None) & amount.is_(None), 1), else_=0)),
        )
        .join(RegisterCell, RegisterCell.row_id == RegisterRow.id)
        .where(found.where, RegisterCell.column_id.in_([column.id for column in columns]),
               RegisterCell.place == 0)
        .group_by(RegisterRow.month, RegisterCell.column_id)
    )  # fmt: skip
    figures = {column.id for column in columns if column.is_figure}
    for month, column_id, count, numbers, whole, rest, odd in session.execute(summed) if columns else ():
        total = made[views.period(month, size)].setdefault(column_id, Total())
        amount_of = int(whole or 0) * SCALE + int(rest or 0)
        total.add(count, numbers, amount_of, int(odd) if column_id in figures else 0)
    return [Period(name, rows[name], made[name]) for name in rows]


def grand(periods: Sequence[Period]) -> Period:
    """All periods together."""
    whole: dict[str, Total] = {}
    for each in periods:
        for column_id, total in each.totals.items():
            whole.setdefault(column_id, Total()).add(total.count, total.counted, total.sum, total.left_out)
    return Period("", sum(each.rows for each in periods), whole)
