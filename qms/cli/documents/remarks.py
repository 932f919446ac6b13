"""Remarks on a revision in review: made, listed, closed with an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from qms import accounts, documents
from qms.cli.documents.group import document, ref_of
from qms.kernel.labels import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qms.cli.session import Session

_COLUMNS: Final[Mapping[str, str]] = {
    "id": N_("Remark"),
    "anchor": N_("Clause"),
    "by": N_("By"),
    "text": N_("Text"),
    "answer": N_("Answer"),
}


@document.command()
@click.argument("revision")
@click.argument("text")
@click.option("--at", "anchor", default="", help="The stable id of the clause it is about.")
@click.pass_obj
def comment(session: Session, revision: str, text: str, anchor: str) -> None:
    """Remark on a revision in review; while a remark is open nobody approves."""
    ref = ref_of(revision)
    with session.writing("document comment") as work:
        made = documents.comment(work, ref, text, anchor=anchor)
        number = made.id
    session.output.result({"revision": ref, "id": number}, N_("Remark {id} on {revision}."))


@document.command()
@click.argument("revision")
@click.option("--open", "only_open", is_flag=True, help="Only those that wait for an answer.")
@click.pass_obj
def comments(session: Session, revision: str, only_open: bool) -> None:
    """List the remarks on a revision."""
    ref = ref_of(revision)
    with session.reading() as work:
        query = documents.open_comments if only_open else documents.comments
        found = query(work.session, work.rights, ref, work.today)
        names = accounts.names_of(work.session, [each.person_id for each in found])
        rows = [
            {
                "id": each.id,
                "anchor": each.anchor,
                "by": names.get(each.person_id, ""),
                "text": each.text,
                "answer": each.resolution,
            }
            for each in found
        ]
    session.output.rows(_COLUMNS, rows)


@document.command()
@click.argument("remark", type=int)
@click.argument("answer")
@click.pass_obj
def resolve(session: Session, remark: int, answer: str) -> None:
    """Close a remark with the answer to it."""
    with session.writing("document resolve") as work:
        documents.resolve_comment(work, remark, answer)
    session.output.result({"id": remark}, N_("Remark {id} is closed."))
