"""`qms control-point`: the control points of documents in force."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from qms import accounts, risks
from qms.kernel.labels import N_, in_language

if TYPE_CHECKING:
    from qms.cli.session import Session


@click.group("control-point")
def control_point() -> None:
    """The control points of documents in force."""


@control_point.command("list")
@click.option("--unchecked", is_flag=True, help="Only what was never checked.")
@click.option("--warned", is_flag=True, help="Only what has warnings under way.")
@click.pass_obj
def listing(session: Session, unchecked: bool, warned: bool) -> None:
    """List the control points with their last check and open warnings."""
    with session.reading() as work:
        accounts.require(work, "documents:read")
        rows = [
            {
                "point": each.declared.ref.key,
                "kind": each.declared.point.kind,
                "standard": in_language(dict(each.declared.point.standard), work.language),
                "owner": each.declared.point.owner,
                "last": each.last and each.last.on,
                "verdict": each.last and each.last.verdict,
                "warnings": each.warnings,
                "overdue": each.overdue,
            }
            for each in risks.points(work, unchecked=unchecked, warned=warned)
        ]
    session.output.rows(
        {
            "point": N_("Control point"),
            "standard": N_("Standard"),
            "owner": N_("Owner"),
            "last": N_("Last check"),
            "verdict": N_("Verdict"),
            "warnings": N_("Open warnings"),
        },
        rows,
    )


COMMANDS: Final = (control_point,)
