"""`qms evidence`: ask for a bundle, approve it, hand it over, verify one without any database."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from qms import accounts
from qms import evidence as bundles
from qms.accounts import Meaning
from qms.cli.exits import EXIT
from qms.kernel.errors import Damaged
from qms.kernel.labels import N_, say
from qms.kernel.ports import Scope
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from qms.cli.session import Session

_DAY: Final = click.DateTime(["%Y-%m-%d"])


@click.group()
def evidence() -> None:
    """Bundles of evidence for somebody outside."""


@evidence.command("list")
@click.pass_obj
def listing(session: Session) -> None:
    """List the requests and where they stand."""
    with session.reading() as work:
        found = bundles.requests(work.session, work.rights)
    session.output.rows(
        {
            "number": N_("Number"),
            "state": N_("State"),
            "receiver": N_("Receiver"),
            "purpose": N_("Purpose"),
            "files": N_("Files"),
        },
        [
            {
                "number": each.number,
                "state": each.state.value,
                "receiver": each.receiver_name,
                "purpose": each.purpose,
                "files": each.files,
                "fingerprint": each.fingerprint,
            }
            for each in found
        ],
    )


@evidence.command()
@click.option("--purpose", required=True, help="What the evidence is for.")
@click.option(
    "--receiver", required=True, help="The sign-in name of who receives it; they see what they may see."
)
@click.option("--organisation", default="", help="The receiver's organisation.")
@click.option("--number", "numbers", multiple=True, help="A document; may be repeated.")
@click.option("--kind", "kinds", multiple=True, help="A kind of document; may be repeated.")
@click.option("--department", "departments", multiple=True, help="An owning department; may be repeated.")
@click.option("--clause", "clauses", multiple=True, help="A clause of the standard; may be repeated.")
@click.option("--as-of", type=_DAY, help="As of one day.")
@click.option("--since", type=_DAY, help="From this day ...")
@click.option("--until", type=_DAY, help="... until this day, both included.")
@click.pass_obj
def request(  # noqa: PLR0917 - click passes one argument an option, by name
    session: Session,
    purpose: str,
    receiver: str,
    organisation: str,
    numbers: tuple[str, ...],
    kinds: tuple[str, ...],
    departments: tuple[str, ...],
    clauses: tuple[str, ...],
    as_of: datetime | None,
    since: datetime | None,
    until: datetime | None,
) -> None:
    """Ask for a bundle; somebody else approves it."""
    scope = Scope(
        numbers=numbers,
        kinds=kinds,
        departments=departments,
        clauses=clauses,
        as_of=as_of.date() if as_of else None,
        since=since.date() if since else None,
        until=until.date() if until else None,
    )
    with session.writing("evidence request") as work:
        person = accounts.person_by_login(work.session, receiver)
        if person is None:
            raise accounts.NoSuchPerson(person=receiver)
        asked = bundles.request(
            work, purpose=purpose, receiver_id=person.id, scope=scope, organisation=organisation
        )
    session.output.result({"number": asked.number}, N_("{number} waits for approval."))


@evidence.command()
@click.argument("number")
@click.pass_obj
def approve(session: Session, number: str) -> None:
    """Approve a request by signature; the worker builds the bundle."""
    key = session.key(Ref("evidence", number), Meaning.APPROVED, "evidence approve")
    with session.writing("evidence approve") as work:
        bundles.approve(work, number, password=key)
    session.output.result({"number": number}, N_("{number} is approved and being built."))


@evidence.command()
@click.argument("number")
@click.option("--reason", required=True, help="Why not.")
@click.pass_obj
def reject(session: Session, number: str, reason: str) -> None:
    """Reject a request with a reason."""
    with session.writing("evidence reject") as work:
        bundles.reject(work, number, reason=reason)
    session.output.result({"number": number}, N_("{number} is rejected."))


@evidence.command("hand-over")
@click.argument("number")
@click.option(
    "-o", "--output", "file", type=click.Path(path_type=Path, dir_okay=False), help="Where the bundle goes."
)
@click.pass_obj
def hand_over(session: Session, number: str, file: Path | None) -> None:
    """Write a built bundle to a file and record that it was given out."""
    target = file or Path(f"{number}.zip")
    with session.writing("evidence hand-over") as work:
        done = bundles.hand_over(work, number)
    with target.open("wb") as stream:
        for chunk in session.runtime.works.vault.chunks(done.bundle_digest or ""):
            stream.write(chunk)
    session.output.result(
        {"number": number, "file": target, "fingerprint": bundles.spelled(done.fingerprint or "")},
        N_("{number} written to {file}. Tell the receiver the fingerprint by another way: {fingerprint}"),
    )


@evidence.command()
@click.argument("bundle", type=click.Path(path_type=Path, exists=True))
@click.option("--fingerprint", help="The SHA-256 fingerprint of the certificate, had by another way.")
@click.pass_obj
def verify(session: Session, bundle: Path, fingerprint: str | None) -> int:
    """Verify a bundle, a ZIP file or its folder, without any database."""
    report = bundles.verify_bundle(bundle, fingerprint)
    language = session.output.language
    wrong = [say(each.message, language, **each.facts) for each in report.wrong]
    if session.output.as_json:
        session.output.value(
            {"ok": report.ok, "authentic": report.authentic, "number": report.number, "wrong": wrong}
        )
    elif report.ok:
        session.output.say(
            "{number}: every byte, the seal and the trail extract verify.", number=report.number
        )
        if report.authentic is None:
            session.output.say("Without a fingerprint had by another way this does not prove who made it.")
    else:
        for sentence in wrong:
            session.output.console.print(sentence, markup=False)
    return 0 if report.ok else EXIT[Damaged]


COMMANDS: Final = (evidence,)
