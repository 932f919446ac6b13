"""`qms backup` and `qms restore`: database first, then blobs, keys apart."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from qms import runtime
from qms.kernel.labels import N_

if TYPE_CHECKING:
    from qms.cli.session import Session


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--keys",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the keys to this separate file too.",
)
@click.pass_obj
def backup(session: Session, file: Path, keys: Path | None) -> None:
    """Write a consistent backup to FILE while people work; keys go into a file of their own."""
    made = runtime.backup(session.home, file.resolve())
    if keys:
        runtime.backup_keys(session.home, keys.resolve())
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
@click.pass_obj
def restore(session: Session, file: Path, folder: Path, keys: Path, database_url: str) -> None:
    """Restore a backup FILE into an empty FOLDER, then check what came back."""
    done = runtime.restore(file.resolve(), folder.resolve(), keys.resolve(), database_url)
    session.output.result(
        {"folder": folder, "entries": done.entries, "blobs": done.blobs, "ok": done.ok},
        N_("{folder}: {entries} trail entries and {blobs} stored contents are back; the trail verifies."),
    )


COMMANDS: Final = (backup, restore)
