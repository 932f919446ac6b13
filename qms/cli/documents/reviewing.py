"""The periodic review of a document in force (DOC-13)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from qms import documents
from qms.cli.documents.group import document, ref_of
from qms.documents import OUTCOMES, Outcome
from qms.kernel.labels import N_, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qms.cli.session import Session

_COLUMNS: Final[Mapping[str, str]] = {
    "due": N_("Due"),
    "concluded": N_("Concluded"),
    "outcome": N_("What follows"),
    "note": N_("Reason"),
}


@document.command("conclude-review")
@click.argument("revision")
@click.option(
    "--outcome", required=True, type=click.Choice([each.value for each in Outcome]), help="What follows."
)
@click.option("--note", required=True, help="What was looked at, and why.")
@click.pass_obj
def conclude_review(session: Session, revision: str, outcome: str, note: str) -> None:
    """Conclude the periodic review of a document in force; the next one is planned."""
    ref = ref_of(revision)
    with session.writing("document conclude-review") as work:
        done = documents.conclude_periodic_review(work, ref, Outcome(outcome), note)
        due = done.due_on
    session.output.result(
        {"revision": ref, "due": due}, N_("The review of {revision} due {due} is concluded.")
    )


@document.command()
@click.argument("revision")
@click.pass_obj
def reviews(session: Session, revision: str) -> None:
    """List the periodic reviews of a revision."""
    ref = ref_of(revision)
    language = session.output.language
    with session.reading() as work:
        rows = [
            {
                "due": each.due_on,
                "concluded": each.done_at,
                "outcome": say(OUTCOMES[each.outcome], language) if each.outcome else "",
                "note": each.note,
            }
            for each in documents.periodic_reviews(work.session, work.rights, ref, work.today)
        ]
    session.output.rows(_COLUMNS, rows)
