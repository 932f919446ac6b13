"""`qms people`: who there is."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from qms import accounts
from qms.kernel.labels import N_

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from qms.cli.session import Session
    from qms.kernel.work import Work

_ADDED: Final[Mapping[str, str]] = {
    "departments": N_("departments"),
    "posts": N_("posts"),
    "circles": N_("closed circles"),
    "people": N_("people"),
    "substitutions": N_("substitutions"),
}


@click.group()
def people() -> None:
    """People, departments, posts and passwords."""


@people.command("list")
@click.option("--all", "everybody", is_flag=True, help="Those who have left too.")
@click.pass_obj
def listing(session: Session, everybody: bool) -> None:
    """List the people with their posts and departments."""
    with session.reading() as work:
        accounts.require(work, "people:manage")
        rows = [
            {
                "login": person.login,
                "name": person.name,
                "departments": accounts.departments_of(work.session, person.id, work.today),
                "posts": accounts.posts_of(work.session, person.id, work.today),
                "active": person.active,
            }
            for person in accounts.people(work.session, active=None if everybody else True)
        ]
    session.output.rows(
        {
            "login": N_("Sign-in name"),
            "name": N_("Name"),
            "departments": N_("Departments"),
            "posts": N_("Posts"),
            "active": N_("Active"),
        },
        rows,
    )


@people.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.pass_obj
def import_(session: Session, file: Path) -> None:
    """Add the departments, posts and people of a YAML FILE, all of them or none.

    First passwords are printed once. Grants in the file need the security administrator.
    """
    with session.writing("people import") as work:
        applied = accounts.apply_organisation(work, file.read_text("utf-8"), file.name)
    output = session.output
    if output.as_json:
        output.value({"added": applied.added, "passwords": applied.passwords})
        return
    added = [f"{output.word(_ADDED[what])} {count}" for what, count in applied.added.items()]
    output.say("Added: {added}.", added=", ".join(added) or "-")
    if applied.passwords:
        output.rows(
            {"login": N_("Sign-in name"), "password": N_("Password")},
            [{"login": login, "password": password} for login, password in applied.passwords.items()],
        )


@people.command("password")
@click.pass_obj
def password(session: Session) -> None:
    """Change the password of the acting person; a first password must be changed."""
    login, old = session.named(), session.password()
    session.prove(login, old)
    new = session.secret(N_("New password"), twice=True)
    actor, rights = session.runtime.person(login)
    with session.journalled(actor, "people password"), session.runtime.works.writing(actor, rights) as work:
        accounts.sign_out(work, accounts.change_password(work, old, new).token)
    session.output.result(
        {"login": login, "changed": True}, N_("The password is changed; all other sessions have ended.")
    )


@people.command("reset")
@click.argument("login")
@click.option("--reason", required=True, help="Why the password is reset, and how the person was recognised.")
@click.pass_obj
def reset(session: Session, login: str, reason: str) -> None:
    """Give a person a new first password; the old signing key is retired."""
    with session.writing("people reset") as work:
        made = accounts.reset_password(work, _id(work, login), reason)
    session.output.result({"login": login, "password": made}, N_("{login}: {password}"))


@people.command("substitute")
@click.argument("login")
@click.option("--of", "person", metavar="LOGIN", help="Who is stood in for; the acting person by default.")
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The first day.")
@click.option("--until", "last", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The last day.")
@click.pass_obj
def substitute(session: Session, login: str, person: str | None, first: datetime, last: datetime) -> None:
    """Let LOGIN stand in on these days: sign as substitute, see what waits."""
    of = person or session.named()
    until = last.date() + timedelta(days=1)
    with session.writing("people substitute") as work:
        pair = [_id(work, of), _id(work, login)]
        accounts.substitute(work, *pair, from_on=first.date(), until_on=until)
    session.output.result(
        {"login": login, "of": of, "from": first.date(), "until": last.date()},
        N_("{login} stands in for {of} from {from} to {until}."),
    )


def _id(work: Work, login: str) -> int:
    found = accounts.person_by_login(work.session, login)
    if found is None:
        raise accounts.NoSuchPerson(person=login)
    return found.id


COMMANDS: Final = (people,)
