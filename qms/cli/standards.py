"""`qms standard`: editions of standards as data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from qms import documents, standards
from qms.kernel.labels import N_, in_language

if TYPE_CHECKING:
    from qms.cli.session import Session


@click.group()
def standard() -> None:
    """Editions of standards: clause numbers with our own titles, and what answers them."""


@standard.command("list")
@click.pass_obj
def listing(session: Session) -> None:
    """List the editions."""
    with session.reading() as work:
        rows = [
            {
                "code": each.code,
                "title": in_language(each.title, session.output.language),
                "status": each.status.value,
                "clauses": len(standards.clauses(work.session, each.code)),
            }
            for each in standards.editions(work.session)
        ]
    session.output.rows(
        {"code": N_("Edition"), "title": N_("Title"), "status": N_("Status"), "clauses": N_("Clauses")}, rows
    )


@standard.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_obj
def import_(session: Session, file: Path) -> None:
    """Import an edition from a YAML FILE."""
    with session.writing("standard import") as work:
        loaded = standards.load_edition(work, file.read_text("utf-8"), file.name)
        code = loaded.code
    session.output.result({"code": code}, N_("{code} is imported."))


@standard.command()
@click.option("--edition", default="iso9001-2015", show_default=True, help="Which edition.")
@click.pass_obj
def matrix(session: Session, edition: str) -> None:
    """Show which documents in force answer each clause, and the gaps both ways."""
    with session.reading() as work:
        found = documents.clause_matrix(work.session, work.rights, edition, work.today)
    session.output.rows(
        {"clause": N_("Clause"), "title": N_("Title"), "documents": N_("Documents")},
        [
            {
                "clause": row.clause.number,
                "title": row.clause.title.get(session.output.language, row.clause.number),
                "documents": list(row.documents),
            }
            for row in found.rows
        ],
    )


COMMANDS: Final = (standard,)
