"""The way to issue: draft, submit, sign, return, release, acknowledge."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from qms import documents
from qms.accounts import Meaning
from qms.cli.documents.group import DAY, document, key, principal, ref_of
from qms.kernel.labels import N_

if TYPE_CHECKING:
    from qms.cli.session import Session


@document.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_obj
def draft(session: Session, file: Path) -> None:
    """Draft a document, or its next revision, from a source FILE."""
    works = session.runtime.works
    session.who()
    images = {
        path.name: path.read_bytes()
        for path in file.parent.iterdir()
        if path.suffix in {".png", ".jpg", ".jpeg"}
    }
    ready = documents.prepare(works.vault, works.settings, file.read_bytes(), file.name, images)
    with session.writing("document draft") as work:
        made = documents.draft(work, ready)
        ref = documents.ref_of(made)
    session.output.result({"revision": ref}, N_("{revision} is a draft."))


@document.command()
@click.argument("revision")
@click.pass_obj
def submit(session: Session, revision: str) -> None:
    """Sign a draft as its author and start its route. REVISION is for example CP-12@zh-Hans@A/0."""
    ref = ref_of(revision)
    opened = key(session, ref, Meaning.AUTHOR)
    with session.writing("document submit") as work:
        done = documents.submit(work, ref, password=opened)
    session.output.result(
        {"revision": ref, "dangling": len(done.dangling)},
        N_("{revision} is in review; {dangling} references end nowhere."),
    )


@document.command()
@click.argument("revision")
@click.option("--opinion", required=True, help="The written opinion.")
@click.option("--approve", is_flag=True, help="Approve instead of review.")
@click.option("--for", "login", metavar="LOGIN", help="Sign as the substitute of this person.")
@click.pass_obj
def sign(session: Session, revision: str, opinion: str, approve: bool, login: str | None) -> None:
    """Sign a review or an approval with an opinion."""
    ref = ref_of(revision)
    opened = key(session, ref, Meaning.APPROVED if approve else Meaning.REVIEWED)
    verb = documents.sign_approval if approve else documents.sign_review
    standing = principal(session, login)
    with session.writing("document sign") as work:
        progress = verb(work, ref, password=opened, opinion=opinion, standing_for=standing)
    session.output.result({"revision": ref, "approved": progress.is_approved}, N_("Signed {revision}."))


@document.command("return")
@click.argument("revision")
@click.option("--reason", required=True, help="Why it goes back.")
@click.pass_obj
def return_(session: Session, revision: str, reason: str) -> None:
    """Send a revision back to its author with the reason."""
    ref = ref_of(revision)
    with session.writing("document return") as work:
        documents.return_to_draft(work, ref, reason)
    session.output.result({"revision": ref}, N_("{revision} is a draft again."))


@document.command()
@click.argument("revision")
@click.option("--effective", type=DAY, help="The first day in force; the earliest allowed by default.")
@click.pass_obj
def release(session: Session, revision: str, effective: datetime | None) -> None:
    """Sign the release of an approved revision; the worker makes its PDF and issues it."""
    ref = ref_of(revision)
    day: date | None = effective.date() if effective else None
    with session.reading("document release") as work:
        plan = documents.plan_issue(work, ref, effective_on=day)
    opened = key(session, ref, Meaning.RELEASED)
    with session.writing("document release") as work:
        documents.release(work, plan, password=opened)
    session.output.result(
        {"revision": ref, "effective": plan.effective_on},
        N_("{revision} is being issued, effective from {effective}."),
    )


@document.command()
@click.argument("revision")
@click.pass_obj
def acknowledge(session: Session, revision: str) -> None:
    """Sign that you have read and understood a revision."""
    ref = ref_of(revision)
    opened = key(session, ref, Meaning.ACKNOWLEDGED)
    with session.writing("document acknowledge") as work:
        documents.acknowledge(work, ref, password=opened)
    session.output.result({"revision": ref}, N_("You have acknowledged {revision}."))
