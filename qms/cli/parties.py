"""`qms party`: clients, members, partners, suppliers, outside people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from qms import accounts, parties, uploads
from qms.kernel.labels import N_
from qms.kernel.ports import Secrecy
from qms.parties import Facts, Kind, State, Wanted

if TYPE_CHECKING:
    from qms.cli.session import Session
    from qms.parties import Listed

_COLUMNS: Final = {
    "number": N_("Number"),
    "name": N_("Name"),
    "kind": N_("Kind"),
    "tier": N_("Tier"),
    "department": N_("Department"),
    "owner": N_("Answers for it"),
    "state": N_("State"),
}
_GRADES: Final = [each.name.lower() for each in Secrecy]


@click.group()
def party() -> None:
    """Clients, members, partners, suppliers and outside people."""


def _row(line: Listed) -> dict[str, Any]:
    return {name: getattr(line, name) for name in _COLUMNS}


@party.command("list")
@click.option("--words", default="", help="Words of the name, a number or an identifier.")
@click.option("--kind", type=click.Choice([each.value for each in Kind]), help="Only this kind.")
@click.option("--all", "everything", is_flag=True, help="Also those ended or merged.")
@click.pass_obj
def listing(session: Session, words: str, kind: str | None, everything: bool) -> None:
    """List the parties that exist for the acting person."""
    wanted = Wanted(
        words=words, kind=Kind(kind) if kind else None, state=None if everything else State.ACTIVE
    )
    with session.reading() as work:
        accounts.require(work, parties.READ)
        rows: list[Listed] = []
        while page := parties.listing(
            work.session, work.rights, wanted, after=rows[-1].number if rows else ""
        ):
            rows += page
    session.output.rows(_COLUMNS, [_row(each) for each in rows])


@party.command("show")
@click.argument("number")
@click.pass_obj
def show(session: Session, number: str) -> None:
    """Show one party with its identifiers and what its file lacks."""
    with session.reading() as work:
        card = parties.party(work.session, work.rights, number)
        lacking = parties.completeness(work, card, parties.dossier(work, card))
        lacks = [each.sentence(work.language) for each in lacking]
    told = {**_row(card.line), **card.identifiers, "stage": card.line.stage, "lacks": lacks}
    if session.output.as_json:
        session.output.value(told)
        return
    rows = [{"name": name, "value": value} for name, value in told.items() if value]
    session.output.rows({"name": N_("Name"), "value": N_("Value")}, rows)


@party.command("add")
@click.argument("kind", type=click.Choice([each.value for each in Kind]))
@click.argument("name")
@click.option("--department", required=True, help="Code of the department it belongs to.")
@click.option("--owner", default="", help="Login of who answers for it.")
@click.option("--tier", default="", help="Code of its tier.")
@click.option("--stage", default="", help="Code of the stage its data were collected to.")
@click.option("--secrecy", type=click.Choice(_GRADES), default="internal", help="Its grade of secrecy.")
@click.option("--identifier", multiple=True, help="What identifies it, as CODE=VALUE.")
@click.pass_obj
def add(  # noqa: PLR0917 - each is an option
    session: Session,
    kind: str,
    name: str,
    department: str,
    owner: str,
    tier: str,
    stage: str,
    secrecy: str,
    identifier: tuple[str, ...],
) -> None:
    """Add a party under the next number of its kind."""
    given = {code: value for code, _, value in (each.partition("=") for each in identifier)}
    facts = Facts(
        name=name,
        department=department,
        owner=owner,
        tier=tier,
        stage=stage,
        secrecy=Secrecy[secrecy.upper()],
        identifiers=given,
    )
    with session.writing("party add") as work:
        made = parties.add(work, Kind(kind), facts)
    session.output.result({"number": made.number}, N_("{number} is added."))


@party.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_obj
def import_(session: Session, file: Path) -> None:
    """Add the parties of a CSV or XLSX FILE, all of them or none; faulty lines are named."""
    lines = uploads.table.read(file.read_bytes(), file.name)
    with session.writing("party import") as work:
        made = parties.import_sheet(work, lines, file.name)
    numbers = [each.number for each in made]
    session.output.result({"added": numbers}, N_("{count} parties are added."), count=len(numbers))


COMMANDS: Final = (party,)
