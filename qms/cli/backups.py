"""`qms backup`, `qms restore` and `qms drill`: database first, then blobs, keys apart."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from qms import runtime
from qms.cli.exits import EXIT
from qms.kernel.errors import Damaged
from qms.kernel.labels import N_

if TYPE_CHECKING:
    from qms.cli.session import Session


PASSPHRASE: Final = N_("Passphrase of the backup")


def _opening(session: Session, *files: Path) -> str:
    """The passphrase, asked for where one of the files is sealed."""
    return session.secret(PASSPHRASE) if any(runtime.is_sealed(each) for each in files) else ""


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--keys",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the keys to this separate file too.",
)
@click.option("--sealed", is_flag=True, help="Encrypt both files under a passphrase, which is asked for.")
@click.pass_obj
def backup(session: Session, file: Path, keys: Path | None, sealed: bool) -> None:
    """Write a consistent backup to FILE while people work; keys go into a file of their own."""
    passphrase = session.secret(PASSPHRASE, twice=True) if sealed else None
    made = runtime.backup(session.home, file.resolve(), passphrase=passphrase)
    if keys:
        runtime.backup_keys(session.home, keys.resolve(), passphrase=passphrase)
    session.output.result(
        {"file": file, "entries": made.entries, "blobs": made.blobs, "bytes": made.bytes},
        N_("{file}: {entries} trail entries, {blobs} stored contents, {bytes} bytes."),
    )


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--keys",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    required=True,
    help="The file the keys were written to.",
)
@click.option("--database-url", default="", help="An empty PostgreSQL database to restore into.")
@click.option(
    "--checkpoints",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder of checkpoints kept elsewhere: what was signed after the backup is given up openly.",
)
@click.pass_obj
def restore(  # noqa: PLR0917 - click gives each option by its name
    session: Session, file: Path, folder: Path, keys: Path, database_url: str, checkpoints: Path | None
) -> None:
    """Restore a backup FILE into an empty FOLDER, then check what came back."""
    done = runtime.restore(
        file.resolve(),
        folder.resolve(),
        keys.resolve(),
        database_url,
        checkpoints=checkpoints,
        passphrase=_opening(session, file, keys),
    )
    session.output.result(
        {"folder": folder, "entries": done.entries, "blobs": done.blobs, "ok": done.ok},
        N_("{folder}: {entries} trail entries and {blobs} stored contents are back; the trail verifies."),
    )


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--keys",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    required=True,
    help="The file the keys were written to.",
)
@click.option(
    "--database-url", default="", help="An empty PostgreSQL database to practise in; emptied again."
)
@click.pass_obj
def drill(session: Session, file: Path, keys: Path, database_url: str) -> int:
    """Practise a restore: bring FILE back beside the workspace, read it through, throw it away."""
    passphrase = _opening(session, file, keys)
    done = runtime.drill(session.home, file.resolve(), keys.resolve(), database_url, passphrase=passphrase)
    found = sum(done.scrubbed.told.values())
    facts = {
        "entries": done.entries,
        "lost": done.lost,
        "blobs": done.blobs,
        "pdfs": done.pdfs,
        "seconds": f"{done.seconds:.1f}",
        "found": found,
    }
    session.output.result(
        facts,
        N_(
            "Back in {seconds} s: {entries} trail entries, {blobs} stored contents, {pdfs} PDFs opened,"
            " {found} fault(s). {lost} entries were written since this backup."
        ),
    )
    for finding in done.scrubbed.findings:
        session.output.say(finding.message, **finding.facts)
    return EXIT[Damaged] if found else 0


COMMANDS: Final = (backup, restore, drill)
