"""`qms clock`: the time limits of a day, and the bulletin of a month."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

import click

from qms import accounts, clocks
from qms.clocks import tables
from qms.kernel.labels import N_, in_language

if TYPE_CHECKING:
    from qms.cli.session import Session
    from qms.kernel.work import Work


@click.group()
def clock() -> None:
    """Time limits that run on records and other things."""


@clock.command("list")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="As they stood on this day.")
@click.pass_obj
def listing(session: Session, day: datetime | None) -> None:
    """List the limits of a day, the most urgent first."""
    language = session.output.language
    with session.reading() as work:
        zone = work.settings.zone_info
        on = day.date() if day else work.today
        found = clocks.register(work.session, work.rights, on, work.now, zone)
        names = _departments(work, language)
    session.output.rows(
        {
            "subject": N_("Subject"),
            "limit": N_("Time limit"),
            "department": N_("Department"),
            "due": N_("Due"),
            "state": N_("State"),
            "late": N_("Over by"),
        },
        [
            {
                "subject": row.subject.key,
                "limit": row.label(language),
                "department": names.get(row.clock.department or "", ""),
                "due": tables.due(row, zone),
                "state": row.standing.state.value,
                "late": row.late.sentence(language) if row.late else "",
            }
            for row in found.rows
        ],
    )


@clock.command()
@click.option("--month", type=click.DateTime(["%Y-%m"]), help="Which month, such as 2026-11; else this one.")
@click.pass_obj
def bulletin(session: Session, month: datetime | None) -> None:
    """Add up the limits due in a month: kept, late, overdue, and the rate kept."""
    language = session.output.language
    with session.reading() as work:
        on = month.date() if month else work.today
        found = clocks.bulletin(work.session, work.rights, on, work.now)
    keys = ("limit", "all", "kept", "late", "overdue", "open", "rate")
    session.output.rows(
        dict(zip(keys, tables.TOTALS, strict=True)),
        [dict(zip(keys, line, strict=True)) for line in tables.totals(found, language)[1:]],
    )


def _departments(work: Work, language: str) -> dict[str, str]:
    return {each.code: in_language(each.names, language) for each in accounts.departments(work.session)}


COMMANDS: Final = (clock,)
