"""`qms trail`: read it, check it, sign a checkpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from qms import accounts
from qms import trail as trails
from qms.cli.exits import EXIT
from qms.kernel.errors import Damaged
from qms.kernel.labels import N_
from qms.kernel.refs import Ref
from qms.runtime import KEEPER, sentences

if TYPE_CHECKING:
    from qms.cli.session import Session


@click.group()
def trail() -> None:
    """The trail: who did what, when and why."""


@trail.command()
@click.option("--ref", "about", help="Only about this, for example revision:CP-12@zh-Hans@A/0.")
@click.option("--most", default=50, show_default=True, help="How many entries at the most.")
@click.pass_obj
def show(session: Session, about: str | None, most: int) -> None:
    """Read the newest entries in plain sentences."""
    with session.reading() as work:
        accounts.require(work, "trail:read")
        rows = (
            trails.history(work.session, Ref.parse(about), most)
            if about
            else trails.browse(work.session, limit=most)
        )
    session.output.rows(
        {"seq": N_("No."), "at": N_("When"), "text": N_("What")},
        [
            {
                "seq": row.seq,
                "at": row.at,
                "text": trails.describe(row, session.output.language, sentences()),
                "action": row.action,
                "ref": str(row.ref),
            }
            for row in rows
        ],
    )


@trail.command()
@click.option("--since-checkpoint", is_flag=True, help="Only what was added since the last checkpoint.")
@click.pass_obj
def verify(session: Session, since_checkpoint: bool) -> int:
    """Check every entry, and the end against the signed checkpoints; names the first bad entry."""
    report = trails.check(session.runtime.works, KEEPER, whole=not since_checkpoint)
    facts = {
        "ok": report.ok,
        "checked": report.checked,
        "last": report.last,
        "checkpoints": report.checkpoints,
        "fault": report.fault.sentence(session.output.language) if report.fault else "",
        "clock_steps": report.clock_steps,
        "restarts": report.restarts,
    }
    for step in report.clock_steps:
        session.output.say(
            N_("Entry {seq}: the clock was moved from {expected} to {found}."),
            seq=step.seq,
            expected=step.expected,
            found=step.found,
        )
    if report.ok:
        session.output.result(
            facts, N_("{checked} entries verify, up to {last}, bounded by {checkpoints} signed checkpoints.")
        )
        return 0
    session.output.result(facts, N_("The trail does not verify: {fault}"))
    return EXIT[Damaged]


@trail.command()
@click.option("--reason", default="by hand", show_default=True, help="Why it is signed now.")
@click.pass_obj
def checkpoint(session: Session, reason: str) -> None:
    """Sign the trail as it stands and keep the checkpoint outside the database."""
    actor, _ = session.who()
    with session.reading("trail checkpoint") as work:
        accounts.require(work, "trail:verify")
    made = trails.checkpoint(session.runtime.works, actor, reason)
    session.output.result(
        {"size": made.size, "root": made.root}, N_("Checkpoint over {size} entries: {root}")
    )


COMMANDS: Final = (trail,)
