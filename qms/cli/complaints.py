"""`qms complaint`: the complaints and suggestions of a year and how each stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from qms import feedback, records
from qms.kernel.labels import N_, say

if TYPE_CHECKING:
    from qms.cli.session import Session
    from qms.feedback import Case


@click.group("complaint")
def complaint() -> None:
    """Complaints and suggestions: state, grade, owner, what is due."""


@complaint.command("list")
@click.option("--year", type=click.IntRange(1, 9998), help="The year; this one if left out.")
@click.option("--department", default="", help="Only about this department.")
@click.option("--matter", type=click.Choice([each.value for each in feedback.Matter]), help="Only these.")
@click.option("--open", "only_open", is_flag=True, help="Only what is under way.")
@click.pass_obj
def listing(session: Session, year: int | None, department: str, matter: str | None, only_open: bool) -> None:
    """List the cases received in a year with who owns them and what is due."""
    with session.reading() as work:
        records.require_reader(work)
        found = feedback.listing(
            work,
            year or work.today.year,
            department=department,
            matter=matter or "",
            only_open=only_open,
        )
        rows = [_row(each, work.language) for each in found]
    session.output.rows(
        {
            "number": N_("Number"),
            "received_on": N_("Received on"),
            "matter": N_("Kind"),
            "weight": N_("Gravity"),
            "department": N_("Department"),
            "owner": N_("Owned by"),
            "state": N_("State"),
            "due_at": N_("Due"),
        },
        rows,
    )


def _row(each: Case, language: str) -> dict[str, Any]:
    return {
        "number": each.number,
        "received_on": each.received_on,
        "matter": say(feedback.MATTERS[each.matter], language),
        "weight": "" if each.weight is None else say(feedback.WEIGHTS[each.weight], language),
        "department": each.department,
        "owner": each.owner,
        "state": say(feedback.STAGES[each.stage], language),
        "due_at": each.due_at,
    }


COMMANDS: Final = (complaint,)
