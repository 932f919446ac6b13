"""`qms action`: what is to be done, opened and closed at the terminal."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

import click

from qms import accounts
from qms import actions as register
from qms.kernel.labels import N_
from qms.kernel.ports import Secrecy
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from qms.cli.session import Session

_DAY: Final = click.DateTime(["%Y-%m-%d"])


@click.group()
def action() -> None:
    """What somebody has to do until a day."""


@action.command("list")
@click.option(
    "--which",
    type=click.Choice([each.value for each in register.Which]),
    default=register.Which.DEPARTMENT.value,
    help="One's own, all open ones, those overdue, or those that have ended.",
)
@click.pass_obj
def listing(session: Session, which: str) -> None:
    """List actions, the most urgent first."""
    with session.reading() as work:
        found, _ = register.listing(work.session, work.rights, work.today, register.Which(which), size=1000)
    session.output.rows(
        {
            "number": N_("Number"),
            "due": N_("Due"),
            "owner": N_("Responsible person"),
            "state": N_("State"),
            "title": N_("Title"),
        },
        [
            {
                "number": each.number,
                "due": each.due_on.isoformat(),
                "owner": each.owner,
                "state": each.state.value,
                "title": each.title,
            }
            for each in found
        ],
    )


@action.command("open")
@click.argument("title")
@click.option("--owner", required=True, help="The sign-in name of who has to do it.")
@click.option("--due", required=True, type=_DAY, help="The last day.")
@click.option("--department", required=True, help="The department it belongs to.")
@click.option("--origin", help="What made it necessary, such as document:CP-12.")
@click.option("--detail", default="", help="More about it.")
@click.option(
    "--secrecy",
    type=click.Choice([each.name.lower() for each in Secrecy]),
    default="internal",
    help="The grade of secrecy.",
)
@click.pass_obj
def open_(  # noqa: PLR0917 - click passes one argument an option, by name
    session: Session,
    title: str,
    owner: str,
    due: datetime,
    department: str,
    origin: str | None,
    detail: str,
    secrecy: str,
) -> None:
    """Open an action for somebody until a day."""
    try:
        ref = Ref.parse(origin) if origin else None
    except ValueError as fault:
        raise click.BadParameter(str(fault), param_hint="--origin") from fault
    with session.writing("action open") as work:
        person = accounts.person_by_login(work.session, owner)
        if person is None:
            raise accounts.NoSuchPerson(person=owner)
        made = register.open(
            work,
            title=title,
            owner_id=person.id,
            due_on=due.date(),
            department=department,
            origin=ref,
            detail=detail,
            secrecy=Secrecy[secrecy.upper()],
        )
    session.output.result({"number": made.number}, N_("{number} is opened."))


@action.command()
@click.argument("number")
@click.option("--outcome", default="", help="What came of it.")
@click.pass_obj
def close(session: Session, number: str, outcome: str) -> None:
    """Close an action on its evidence; its owner cannot."""
    with session.writing("action close") as work:
        register.close(work, number, outcome=outcome)
    session.output.result({"number": number}, N_("{number} is closed."))


COMMANDS: Final = (action,)
