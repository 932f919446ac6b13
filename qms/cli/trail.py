"""`qms trail`: read it, check it, sign a checkpoint, review it, take it along, go on after a restore."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from qms import accounts, trail_reviews
from qms import trail as trails
from qms.accounts import Meaning
from qms.cli.exits import EXIT
from qms.cli.output import plain
from qms.kernel.errors import Damaged
from qms.kernel.labels import N_
from qms.kernel.refs import Ref
from qms.runtime import KEEPER, hidden, restart_trail, told, whole, wording

if TYPE_CHECKING:
    from qms.cli.session import Session
    from qms.kernel.work import Work
    from qms.trail import TrailRow


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
        rows = told(work, _about(work, about, most) if about else trails.browse(work.session, limit=most))
        names = {str(each.id): each.name for each in accounts.people(work.session, active=None)}
    session.output.rows(
        {"seq": N_("No."), "at": N_("When"), "text": N_("What")},
        [
            {
                "seq": row.seq,
                "at": row.at,
                "text": wording.sentence(row, session.output.language, names),
                "action": row.action,
                "ref": str(row.ref),
            }
            for row in rows
        ],
    )


def _about(work: Work, about: str, most: int) -> list[TrailRow]:
    """The entries about one thing; for what the person may not see there are none (SEC-07)."""
    try:
        ref = Ref.parse(about)
    except ValueError as fault:
        raise click.UsageError(str(fault)) from fault
    return [] if hidden(work, [ref]) else trails.history(work.session, ref, most)


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


@trail.command()
@click.option("--why", required=True, help="Why: which backup was restored, and what is lost.")
@click.pass_obj
def restart(session: Session, why: str) -> None:
    """Let the trail go on from an older state, after a restore; the signed checkpoints it lost are named."""
    session.continuing = False  # that it does not continue what was signed is what this act is about
    actor, rights = session.who()
    with session.journalled(actor, "trail restart"):
        count = restart_trail(session.runtime, actor, rights, why)
    session.output.result(
        {"count": count}, N_("The trail goes on; {count} signed checkpoints were given up.")
    )


@trail.command()
@click.option("--found", help="Sign the open review off with what it found.")
@click.option("--action", "needs_action", is_flag=True, help="What was found needs action.")
@click.option("--last", type=int, help="The last entry reviewed.  [default: the newest]")
@click.option("--begin", is_flag=True, help="Begin a review that is not due yet.")
@click.pass_obj
def review(session: Session, found: str | None, needs_action: bool, last: int | None, begin: bool) -> None:
    """List the reviews of the trail, begin one, or sign the open one off."""
    if begin:
        with session.writing("trail review") as work:
            trail_reviews.begin(work)
    if found is not None:
        _sign_off(session, found, last, clean=not needs_action)
    with session.reading() as work:
        accounts.require(work, "trail:read")
        rows = trail_reviews.reviews(work.session, work.today)
    columns = {"id": N_("No."), "state": N_("State"), "due_on": N_("Due on"), "first": N_("From entry")}
    columns |= {"last": N_("To entry"), "by": N_("Signed by"), "found": N_("Found")}
    said = {each.id: session.output.word(trail_reviews.STATES[each.state]) for each in rows}
    if session.output.as_json:
        session.output.value(rows)
    else:
        session.output.rows(columns, [{**plain(each), "state": said[each.id]} for each in rows])


def _sign_off(session: Session, found: str, last: int | None, *, clean: bool) -> None:
    with session.reading("trail review") as work:
        prepared = trail_reviews.prepare(work)
        last = last or trails.head(work.session)[0]
    key = session.key(prepared.ref, Meaning.REVIEWED, "trail review")
    with session.writing("trail review") as work:
        trail_reviews.sign_off(work, password=key, last=last, found=found, clean=clean)


@trail.command()
@click.pass_obj
def stamps(session: Session) -> int:
    """List the time-stamps of the authority, and verify each against its checkpoint."""
    with session.reading() as work:
        accounts.require(work, "trail:read")
        rows = trails.stamps(work.session)
        notes = {each.id: each.note for each in trails.checkpoints(work.session, 100_000)}
    trusted = trails.certificates(session.runtime.settings) if rows else None
    told = [
        {
            "size": each.size,
            "at": each.at,
            "authority": each.authority,
            "until": each.until,
            "valid": trusted is not None
            and trails.is_stamped(each, notes.get(each.checkpoint_id, ""), trusted),
        }
        for each in rows
    ]
    columns = {"size": N_("Entries"), "at": N_("When"), "authority": N_("Authority")}
    session.output.rows(columns | {"until": N_("Certificate ends"), "valid": N_("Valid")}, told)
    return 0 if all(each["valid"] for each in told) else EXIT[Damaged]


@trail.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--first", default=1, show_default=True, help="The first entry.")
@click.option("--last", type=int, help="The last entry.  [default: the last one under a checkpoint]")
@click.pass_obj
def export(session: Session, file: Path, first: int, last: int | None) -> None:
    """Write entries to FILE with their links and their place under a checkpoint, for proof.py to verify."""
    with session.reading("trail export") as work:
        accounts.require(work, "trail:read")
        rows = trails.since(work.session, first - 1, trails.head(work.session)[0])
        seqs = {row.seq for row in whole(work, rows)}
        lines = trails.extract(work.session, None, first - 1, last, seqs=seqs)
        with file.open("x", encoding="utf-8") as stream:
            count = sum(bool(stream.write(line)) for line in lines)
    session.output.result({"file": file, "count": count - 1}, N_("{file}: {count} entries."))


COMMANDS: Final = (trail,)
