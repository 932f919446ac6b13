"""The change simulator from a terminal: the list, and what is concluded of it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

import click

from qms import changes, documents
from qms import impact as touching
from qms.cli.documents.group import DAY, document, ref_of
from qms.impact import Verdict
from qms.kernel.labels import N_, say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qms.cli.session import Session

_COLUMNS: Final[Mapping[str, str]] = {
    "touched": N_("How it is touched"),
    "what": N_("What"),
    "detail": N_("Detail"),
    "verdict": N_("Conclusion"),
    "remark": N_("Remark"),
    "until": N_("Until"),
}
_BARE: Final = {"detail": "", "verdict": "", "remark": "", "until": None}


@document.command()
@click.argument("revision")
@click.pass_obj
def impact(session: Session, revision: str) -> None:
    """List what the change of a document touches, what was concluded of it, and what its release will do."""
    ref, language = ref_of(revision), session.output.language
    with session.reading() as work:
        listed = touching.checklist(work, ref)
        rows = [
            {
                "touched": say(touching.KINDS[each.kind], language),
                "what": each.what,
                "detail": each.detail,
                "verdict": say(touching.VERDICTS[each.verdict], language)
                if each.verdict
                else say(N_("open"), language),
                "remark": each.remark,
                "until": each.until_on,
            }
            for each in listed
        ]
        named = {each.what for each in listed}
        rows += [
            {
                **_BARE,
                "touched": say(touching.KINDS[each.kind], language),
                "what": each.what,
                "detail": each.detail,
            }
            for each in touching.impact(work, ref)
            if each.what not in named
        ]
        rows += [
            {
                **_BARE,
                "touched": say(N_("objective measured by it"), language),
                "what": f"{each.code} {each.name}",
            }
            for each in touching.measured(work, ref)
        ]
        rows += [
            {**_BARE, "touched": say(N_("will happen"), language), "what": each}
            for each in documents.consequences(work, ref)
        ]
    session.output.rows(_COLUMNS, rows)


@document.command()
@click.argument("revision")
@click.argument("request")
@click.pass_obj
def lead(session: Session, revision: str, request: str) -> None:
    """Say from which approved REQUEST for change a draft was begun; it stays open until that is done."""
    ref = ref_of(revision)
    with session.writing("document lead") as work:
        changes.lead(work, request, ref)
    session.output.result({"revision": ref, "request": request}, N_("{revision} was begun from {request}."))


@document.command("conclude-impact")
@click.argument("revision")
@click.argument("what", nargs=-1, required=True)
@click.option(
    "--verdict",
    type=click.Choice([each.value for each in Verdict]),
    required=True,
    help="Done together with this change, nothing to do, or done later.",
)
@click.option("--remark", default="", help="The reason; needed where there is nothing to do.")
@click.option("--until", type=DAY, help="The last day; needed for what is done later.")
@click.pass_obj
def conclude_impact(  # noqa: PLR0917 - each is an option of the command
    session: Session, revision: str, what: tuple[str, ...], verdict: str, remark: str, until: datetime | None
) -> None:
    """Conclude lines of the impact list of a revision in review; WHAT is what `impact` shows."""
    ref = ref_of(revision)
    with session.writing("document conclude-impact") as work:
        found = touching.conclude(
            work,
            ref,
            what,
            Verdict(verdict),
            remark=remark,
            until_on=until.date() if until else None,
        )
    session.output.result(
        {"revision": ref, "count": len(found)}, N_("Concluded {count} line(s) of {revision}.")
    )
