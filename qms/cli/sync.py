"""`qms sync`: the folder as a door to drafts (law 14)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from qms import documents
from qms.cli.exits import EXIT
from qms.kernel.errors import Conflict
from qms.kernel.labels import N_

if TYPE_CHECKING:
    from qms.cli.session import Session

_WRONG: Final = frozenset(
    {documents.sync.Deed.CONFLICT, documents.sync.Deed.REFUSED, documents.sync.Deed.INVALID}
)


@click.command()
@click.option("--dry-run", is_flag=True, help="Say what would happen, do nothing.")
@click.option(
    "--overwrite", is_flag=True, help="Where file and register have both changed, let the file win."
)
@click.pass_obj
def sync(session: Session, dry_run: bool, overwrite: bool) -> int:
    """Turn changed files of procedures/ and forms/ into drafts; the register is the truth."""
    with session.reading() as work:
        steps = documents.sync.plan_sync(work)
    works = session.runtime.works
    if not dry_run:
        for step in steps:
            if step.deed in documents.sync.CHANGES or (
                overwrite and step.deed is documents.sync.Deed.CONFLICT
            ):
                path = works.settings.home / step.path
                ready = documents.sync.prepare_file(works.vault, works.settings, path)
                with session.writing("sync") as work:
                    documents.sync.sync_file(work, path, ready, overwrite=overwrite)
    wrong = _WRONG - ({documents.sync.Deed.CONFLICT} if overwrite else set())
    session.output.rows(
        {"path": N_("File"), "deed": N_("What happens"), "revision": N_("Revision"), "problem": N_("Fault")},
        [
            {
                "path": step.path,
                "deed": session.output.word(documents.sync.DEEDS[step.deed]),
                "revision": step.revision,
                "problem": "\n".join(each.sentence(session.output.language) for each in step.problems),
                "difference": step.difference,
            }
            for step in steps
            if step.deed is not documents.sync.Deed.UNCHANGED or session.output.as_json
        ],
    )
    for step in steps:
        if step.deed is documents.sync.Deed.CONFLICT and not overwrite and not session.output.as_json:
            click.echo(step.difference)
    return EXIT[Conflict] if any(step.deed in wrong for step in steps) else 0


COMMANDS: Final = (sync,)
