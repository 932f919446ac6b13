"""`qms schedule`: what documents in force ask for again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from qms import accounts, schedules
from qms.kernel.labels import N_, in_language

if TYPE_CHECKING:
    from qms.cli.session import Session
    from qms.schedules import Due


@click.group()
def schedule() -> None:
    """What documents in force ask for again and again."""


@schedule.command("list")
@click.option("--missed", is_flag=True, help="Only what was missed.")
@click.option("--overdue", is_flag=True, help="Only what is open though its day has passed.")
@click.pass_obj
def listing(session: Session, missed: bool, overdue: bool) -> None:
    """List what is to be done, when, for whom; by default what is open."""
    with session.reading() as work:
        accounts.require(work, "documents:read")
        states = (schedules.State.MISSED,) if missed else (schedules.State.OPEN,)
        found: list[Due] = []
        # Page by page: what is asked of the register at once stays bounded, and nothing is left out.
        while part := (
            schedules.overdue(work, len(found))
            if overdue
            else schedules.due(work, states=states, first=len(found))
        ):
            found += part
        rows = [
            {
                "ref": each.ref,
                "document": each.document,
                "label": in_language(dict(each.label), work.language),
                "about": each.name,
                "period": each.period,
                "due": each.due_on,
                "state": each.state,
                "people": each.people,
            }
            for each in found
        ]
    session.output.rows(
        {
            "document": N_("Document"),
            "label": N_("Schedule"),
            "about": N_("About"),
            "period": N_("Period"),
            "due": N_("Due on"),
            "people": N_("To be done by"),
        },
        rows,
    )


COMMANDS: Final = (schedule,)
