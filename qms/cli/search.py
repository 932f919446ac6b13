"""`qms search`: find clauses, look after the index."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from qms import accounts
from qms.kernel.labels import N_
from qms.runtime import KEEPER

if TYPE_CHECKING:
    from datetime import datetime

    from qms.cli.session import Session


@click.group()
def search() -> None:
    """Find clauses in force, and look after the index."""


@search.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="In force on this day instead of today.")
@click.option("--most", default=10, show_default=True, help="How many hits at the most.")
@click.pass_obj
def find(session: Session, words: tuple[str, ...], day: datetime | None, most: int) -> None:
    """Find clauses by words in either Chinese script, pinyin, English or number."""
    with session.reading() as work:
        accounts.require(work, "search:find")
        accounts.require(work, "documents:read")
        page = session.runtime.search.find(work, " ".join(words), day=day.date() if day else None, size=most)
    session.output.rows(
        {
            "number": N_("Number"),
            "revision": N_("Revision"),
            "clause": N_("Clause"),
            "heading": N_("Heading"),
            "snippet": N_("Found"),
        },
        [
            {
                "number": hit.number,
                "revision": hit.revision,
                "language": hit.language,
                "clause": hit.clause,
                "heading": hit.heading.text,
                "snippet": hit.snippet.text,
            }
            for hit in page.hits
        ],
    )
    session.output.say("{total} found.", total=page.total)
    if page.behind:
        session.output.say(
            "The index is {count} entries behind; what changed was answered from the register.",
            count=page.behind,
        )


@search.command()
@click.pass_obj
def rebuild(session: Session) -> None:
    """Build the index from zero beside the old one and swap them."""
    seq = session.runtime.search.rebuild(session.runtime.works, KEEPER)
    session.output.result({"seq": seq}, N_("The index stands at entry {seq}."))


@search.command()
@click.pass_obj
def state(session: Session) -> None:
    """Say how the index stands against the trail."""
    with session.keeping() as work:
        standing = session.runtime.search.state(work)
    session.output.result(
        {
            "health": standing.health.value,
            "seq": standing.seq,
            "behind": standing.behind,
            "entries": standing.entries,
        },
        N_("The index is {health}, {behind} entries behind, and holds {entries} clauses."),
    )


COMMANDS: Final = (search,)
