"""`qms management-review`: the reviews, and the pack of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from qms import management_review, records
from qms.kernel.labels import N_, say

if TYPE_CHECKING:
    from qms.cli.session import Session


@click.group("management-review")
def group() -> None:
    """Management reviews: packs and what was decided."""


@group.command("list")
@click.pass_obj
def listing(session: Session) -> None:
    """List the management reviews with their packs and what is left of their decisions."""
    with session.reading() as work:
        records.require_reader(work)
        rows = [
            {
                "record": each.record,
                "from": each.from_on,
                "until": each.until_on,
                "state": say(management_review.STATES[each.state], work.language),
                "pack": each.digest,
                "open": each.left,
            }
            for each in management_review.listing(work)
        ]
    session.output.rows(
        {
            "record": N_("Record"),
            "from": N_("From"),
            "until": N_("Until"),
            "state": N_("State"),
            "pack": N_("SHA-256 of the pack"),
            "open": N_("Decisions open"),
        },
        rows,
    )


@group.command("pack")
@click.argument("record")
@click.pass_obj
def pack(session: Session, record: str) -> None:
    """Show the pack of a review, by the number of its RECORD: frozen, or as it stands now."""
    with session.reading() as work:
        records.require_reader(work)
        found = management_review.one(work, record)
        told = found.pack or management_review.gather(work, record)
        rows = [
            {
                "section": say(title, work.language),
                "text": management_review.spoken(line, work.language)
                if line is not None
                else say(management_review.NONE, work.language),
            }
            for code, title in management_review.SECTIONS.items()
            for line in (told.sections[code] or (None,))
        ]
    session.output.rows({"section": N_("Section"), "text": N_("What it says")}, rows)


COMMANDS: Final = (group,)
