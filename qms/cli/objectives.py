"""`qms objective`: the objectives of a year and how each stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from qms import objectives, records, rendering
from qms.kernel.labels import N_, say

if TYPE_CHECKING:
    from decimal import Decimal

    from qms.cli.session import Session
    from qms.objectives import Standing


@click.group("objective")
def objective() -> None:
    """Objectives: targets, results, forecasts."""


@objective.command("list")
@click.option("--year", type=click.IntRange(1, 9998), help="The year; this one if left out.")
@click.option("--department", default="", help="Only of this department.")
@click.option("--status", type=click.Choice([each.value for each in objectives.Status]), help="Only these.")
@click.pass_obj
def listing(session: Session, year: int | None, department: str, status: str | None) -> None:
    """List the objectives of a year with how each stands."""
    with session.reading() as work:
        records.require_reader(work)
        found = objectives.listing(work, year or work.today.year, department=department, status=status or "")
        rows = [_row(each, work.language) for each in found]
    session.output.rows(
        {
            "number": N_("Objective number"),
            "name": N_("Objective"),
            "department": N_("Department"),
            "target": N_("Target"),
            "so_far": N_("So far"),
            "missing": N_("Without result"),
            "state": N_("State"),
            "record": N_("Record"),
        },
        rows,
    )


@objective.command("show")
@click.argument("record")
@click.pass_obj
def show(session: Session, record: str) -> None:
    """Show the parts of an objective, by the number of its RECORD, and what the year may come to."""
    with session.reading() as work:
        records.require_reader(work)
        found = objectives.one(work, record)
        lines = [objectives.so_far(found, work.language), *objectives.forecasts(found, work.language)]
        rows = [
            {
                "part": each.label,
                "target": _figure(each.target),
                "actual": _figure(each.actual),
                "state": say(objectives.STATUSES[each.status], work.language),
                "check": each.record,
            }
            for each in found.points
        ]
    heads = {
        "part": N_("Part of the period"),
        "target": N_("Target"),
        "actual": N_("Result"),
        "state": N_("State"),
        "check": N_("Check record"),
    }
    session.output.rows(heads, rows)
    for line in lines if rows else ():
        session.output.told(line)


def _row(each: Standing, language: str) -> dict[str, Any]:
    told = objectives.STATES[each.state] if each.status is None else objectives.STATUSES[each.status]
    return {
        "number": each.code,
        "name": each.name,
        "department": each.department,
        "target": _figure(each.target),
        "so_far": _figure(each.so_far.actual),
        "missing": each.so_far.missing,
        "state": say(told, language),
        "record": each.record,
    }


def _figure(value: Decimal | None) -> str:
    return "" if value is None else rendering.chart.plain(round(value, 2))


COMMANDS: Final = (objective,)
