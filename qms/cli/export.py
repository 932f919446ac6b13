"""`qms export`: copies of many documents at once, for when the system does not answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from qms import runtime
from qms.kernel.labels import N_, say
from qms.kernel.ports import Secrecy

if TYPE_CHECKING:
    from qms.cli.session import Session

_GRADES: Final = {grade.name.lower(): grade for grade in Secrecy}


@click.group()
def export() -> None:
    """Copies of many documents at once."""


@export.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--grade",
    type=click.Choice(list(_GRADES)),
    default="internal",
    show_default=True,
    help="The highest secrecy of what goes in; closed circles never do.",
)
@click.option(
    "--department",
    "departments",
    metavar="CODE",
    multiple=True,
    help="Also what is distributed to this department; may be given again.",
)
@click.option("--all-departments", is_flag=True, help="Also what is distributed to any department.")
@click.pass_obj
def site(
    session: Session, folder: Path, grade: str, departments: tuple[str, ...], all_departments: bool
) -> None:
    """Write every document in force into FOLDER as plain pages that need no program.

    A folder that holds an earlier set is replaced in one step.
    """
    actor, rights = session.who()
    readers = runtime.Readers(_GRADES[grade], None if all_departments else frozenset(departments))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    console = session.output.console
    with (
        session.journalled(actor, "export site"),
        Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bars,
    ):
        bar = bars.add_task(say("Copying documents", session.output.language), total=None)

        def told(done: int, total: int) -> None:
            bars.update(bar, completed=done, total=total)

        made = runtime.export_site(
            session.runtime, actor, rights, folder.absolute(), readers=readers, told=told
        )
    session.output.result(
        {"folder": made.folder, "documents": made.documents, "files": made.files, "bytes": made.bytes},
        N_("{folder}: {documents} documents, {files} files, {bytes} bytes."),
    )


COMMANDS: Final = (export,)
