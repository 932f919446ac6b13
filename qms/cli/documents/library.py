"""Looking up: the library, one document, its source and its PDF."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from qms import accounts, documents
from qms.cli.documents.group import DAY, document, ref_of
from qms.kernel.labels import N_, in_language

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qms.cli.session import Session

_COLUMNS: Final[Mapping[str, str]] = {
    "number": N_("Number"),
    "revision": N_("Revision"),
    "language": N_("Language"),
    "title": N_("Title"),
    "state": N_("State"),
    "effective_on": N_("Effective from"),
    "owner": N_("Owner"),
}


def _row(found: documents.Listed, language: str) -> dict[str, object]:
    return {
        "number": found.number,
        "revision": found.label,
        "language": found.language,
        "title": in_language(found.title, language),
        "state": found.standing.value,
        "effective_on": found.effective_on,
        "owner": found.owner,
        "ref": str(found.ref),
    }


@document.command("list")
@click.option("--on", "day", type=DAY, help="As it stood on this day.")
@click.option("--drafts", is_flag=True, help="What is on its way to issue instead.")
@click.pass_obj
def listing(session: Session, day: datetime | None, drafts: bool) -> None:
    """List the library in force, today or as it stood on a day."""
    with session.reading() as work:
        on = day.date() if day else work.today
        query = documents.unissued if drafts else documents.library
        rows = [_row(found, session.output.language) for found in query(work.session, work.rights, on)]
    session.output.rows(_COLUMNS, rows)


@document.command("export-list")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--on", "day", type=DAY, help="As it stood on this day.")
@click.pass_obj
def export_list(session: Session, file: Path, day: datetime | None) -> None:
    """Write the master list to FILE, as .csv or .xlsx, safe against formulas."""
    with session.reading() as work:
        on = day.date() if day else work.today
        listed = documents.master_rows(work.session, work.rights, on)
        names = {
            each.code: in_language(each.names, session.output.language)
            for each in accounts.departments(work.session)
        }
    rows = documents.master_list.table(listed, session.output.language, names)
    if file.suffix == ".xlsx":
        data = documents.master_list.to_xlsx(rows, on.isoformat())
    else:
        data = documents.master_list.to_csv(rows)
    file.write_bytes(data)
    session.output.result({"file": file, "rows": len(listed)}, N_("{rows} rows written to {file}."))


@document.command()
@click.argument("number")
@click.option("--on", "day", type=DAY, help="As it stood on this day.")
@click.pass_obj
def show(session: Session, number: str, day: datetime | None) -> None:
    """Show the revisions of a document."""
    with session.reading() as work:
        on = day.date() if day else work.today
        rows = [
            _row(found, session.output.language)
            for found in documents.timeline(work.session, work.rights, number, on)
        ]
    session.output.rows({**_COLUMNS, "ref": N_("Reference")}, rows)


@document.command()
@click.argument("revision")
@click.option(
    "-o",
    "--output",
    "file",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where the PDF goes.",
)
@click.pass_obj
def pdf(session: Session, revision: str, file: Path) -> None:
    """Write the stored PDF of an issued revision: the original, for document controllers."""
    ref = ref_of(revision)
    with session.reading() as work:
        data = documents.original(work, ref)
    file.write_bytes(data)
    session.output.result(
        {"revision": ref, "file": file, "bytes": len(data)}, N_("{revision} written to {file}.")
    )


@document.command()
@click.argument("number")
@click.option(
    "--in", "language", default="zh-Hans", show_default=True, help="Which language of the document."
)
@click.option(
    "-o",
    "--output",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write here instead of its own place.",
)
@click.pass_obj
def export(session: Session, number: str, language: str, file: Path | None) -> None:
    """Write the current source of a document back to its file."""
    with session.reading() as work:
        exported = documents.sync.export(work, number, language)
    if file:
        file.write_bytes(exported.data)
    else:
        documents.sync.place(exported)
        with session.writing("document export") as work:
            documents.sync.note_export(work, exported)
    session.output.result(
        {"file": file or exported.path, "revision": exported.revision}, N_("{revision} written to {file}.")
    )
