"""`qms people`: locks, second factors, roles, unused accounts, and a lost administrator."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

import click
import segno

from qms import accounts
from qms.cli.people import people
from qms.kernel.labels import N_, Phrase, in_language
from qms.runtime import KEEPER, alarms, every_permission

if TYPE_CHECKING:
    from qms.cli.session import Session
    from qms.kernel.work import Work


def _id(work: Work, login: str) -> int:
    found = accounts.person_by_login(work.session, login)
    if found is None:
        raise accounts.NoSuchPerson(person=login)
    return found.id


@people.command("unlock")
@click.argument("login")
@click.option("--reason", required=True, help="What you found out about the wrong passwords.")
@click.pass_obj
def unlock(session: Session, login: str, reason: str) -> None:
    """Let a person sign and type codes again after wrong passwords."""
    with session.writing("people unlock") as work:
        alarms.unlock(work, _id(work, login), reason)
    session.output.result({"login": login}, N_("{login} is unlocked."))


@people.command("second-factor")
@click.pass_obj
def second_factor(session: Session) -> None:
    """Set up the second factor of the acting person: a secret for the device, then its first code.

    The recovery codes are printed once.
    """
    ticket = session.prove(session.named(), session.password())
    if ticket.must_change:
        raise accounts.PasswordMustChange
    actor, rights = session.runtime.person(session.named())
    works, output = session.runtime.works, session.output
    with session.journalled(actor, "people second-factor"):
        with works.writing(actor, rights, output.language) as work:
            accounts.begin_factor(work)
        with works.reading(actor, rights) as look:
            pending = accounts.pending_factor(look.session, look.settings, ticket.person_id)
        if pending is None:
            raise accounts.SignInOver
        secret, address = pending
        click.echo(address, err=True)
        if not output.as_json:
            segno.make(address, error="l").terminal(compact=True)
            output.say("Secret for the device: {secret}", secret=secret)
        code = session.secret(N_("One-time code"))
        with works.writing(actor, rights, output.language) as work:
            codes = accounts.switch_on(work, code)
    output.rows({"code": N_("Recovery codes")}, [{"code": each} for each in codes])


@people.command("remove-second-factor")
@click.argument("login")
@click.option("--reason", required=True, help="What was lost, and how the person was recognised.")
@click.pass_obj
def remove_second_factor(session: Session, login: str, reason: str) -> None:
    """Take away the second factor of a person who lost it; all their sessions end."""
    with session.writing("people remove-second-factor") as work:
        accounts.remove_factor(work, _id(work, login), reason)
    session.output.result({"login": login}, N_("{login} signs in with the password alone now."))


@people.command("role")
@click.argument("code")
@click.option("--allow", multiple=True, metavar="RIGHT", help="A right to add, such as documents:read.")
@click.option("--withdraw", multiple=True, metavar="RIGHT", help="A right to take away.")
@click.pass_obj
def role(session: Session, code: str, allow: tuple[str, ...], withdraw: tuple[str, ...]) -> None:
    """Show what a role allows, after adding and taking away the rights named."""
    with ExitStack() as opened:
        changes = bool(allow or withdraw)
        work = opened.enter_context(session.writing("people role") if changes else session.reading())
        accounts.require(work, "grants:manage")
        found = next((each for each in accounts.roles(work.session) if each.code == code), None)
        if found is None:
            raise accounts.NoSuchRole(role=code)
        if changes:
            wanted = (set(accounts.permissions_of(work.session, code)) | set(allow)) - set(withdraw)
            accounts.set_role(work, code, found.names, wanted)
        held = accounts.permissions_of(work.session, code)
        name = in_language(found.names, session.output.language)
    session.output.say("{role} allows:", role=name)
    session.output.rows(
        {"right": N_("Right"), "name": N_("Name")},
        [{"right": each, "name": _named(each)} for each in held],
    )


def _named(code: str) -> Phrase | str:
    known = accounts.PERMISSIONS.get(code)
    return code if known is None else Phrase(known.name)


@people.command("unused")
@click.option("--days", default=30, show_default=True, type=click.IntRange(0), help="For how many days.")
@click.pass_obj
def unused(session: Session, days: int) -> None:
    """List the accounts that nobody has signed in to for some time, and which of them sleep."""
    with session.reading() as work:
        accounts.require(work, "people:manage")
        rows = [
            {"login": each.login, "name": each.name, "seen": each.seen_at, "days": each.days,
             "asleep": each.asleep}
            for each in accounts.unused(work.session, work.settings, work.now, days)
        ]  # fmt: skip
    session.output.rows(
        {
            "login": N_("Sign-in name"),
            "name": N_("Name"),
            "seen": N_("Last used"),
            "days": N_("Days"),
            "asleep": N_("asleep"),
        },
        rows,
    )


@people.command("recover")
@click.argument("login")
@click.option(
    "--witness",
    "witnesses",
    multiple=True,
    required=True,
    metavar="LOGIN",
    help="Who proves it; twice, or once.",
)
@click.option("--keeper", default="", help="Your own name at this machine, where there is one witness only.")
@click.option("--second-factor", "with_factor", is_flag=True, help="The second factor is lost as well.")
@click.option("--reason", required=True, help="How the administrator was lost and recognised.")
@click.pass_obj
def recover(
    session: Session, login: str, *, witnesses: tuple[str, ...], keeper: str, with_factor: bool, reason: str
) -> None:
    """Give a lost administrator a new first password, before two people at this machine.

    Two other administrators are the witnesses, or one other person beside the named keeper of the
    machine. Each witness types their own password.
    """
    works = session.runtime.works
    tokens = []
    try:
        for each in witnesses:
            typed = session.secret(N_("Password of {login}"), login=each)
            tokens.append(session.prove(each, typed, keep=True).token)
        with (
            session.journalled(KEEPER, "people recover"),
            works.writing(KEEPER, every_permission(), session.output.language) as work,
        ):
            made = accounts.recover(work, login, tokens, reason, keeper=keeper, with_factor=with_factor)
            alarms.recovered(work, _id(work, login))
    finally:
        for token in tokens:
            with works.writing(KEEPER) as work:
                accounts.sign_out(work, token)
    session.output.result({"login": login, "password": made}, N_("{login}: {password}"))


COMMANDS: Final = (people,)
