"""Withdrawal: asked for, signed on its route, called off."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

import click

from qms import documents
from qms.accounts import Meaning
from qms.cli.documents.group import DAY, document, key, principal, ref_of
from qms.kernel.labels import N_

if TYPE_CHECKING:
    from qms.cli.session import Session

_VERBS: Final = {
    "review": (documents.sign_withdrawal_review, Meaning.REVIEWED),
    "approve": (documents.sign_withdrawal_approval, Meaning.APPROVED),
    "release": (documents.decide_withdrawal, Meaning.WITHDRAWN),
}


@document.command()
@click.argument("revision")
@click.option("--reason", required=True, help="Why it is to go.")
@click.option("--on", "day", type=DAY, help="The first day out of force; the earliest by default.")
@click.option("--family", default="", help="Why what belongs to it may stay in force.")
@click.pass_obj
def withdraw(session: Session, revision: str, reason: str, day: datetime | None, family: str) -> None:
    """Ask, signed, that a revision be out of force; it goes the same route as the issue."""
    ref = ref_of(revision)
    opened = key(session, ref, Meaning.AUTHOR)
    with session.writing("document withdraw") as work:
        asked = documents.withdraw(
            work, ref, reason=reason, on=day.date() if day else None, password=opened, family=family
        )
        until, leaning = asked.withdrawal.until_on, sorted({link.source for link in asked.leaning})
    session.output.result(
        {"revision": ref, "until": until, "leaning": leaning},
        N_("The withdrawal of {revision} from {until} goes its route."),
    )


@document.command("sign-withdrawal")
@click.argument("revision")
@click.argument("stage", type=click.Choice(list(_VERBS)))
@click.option("--opinion", default="", help="The written opinion.")
@click.option("--for", "login", metavar="LOGIN", help="Sign as the substitute of this person.")
@click.pass_obj
def sign_withdrawal(session: Session, revision: str, stage: str, opinion: str, login: str | None) -> None:
    """Sign a STAGE of a withdrawal; with the last signature it is decided."""
    ref = ref_of(revision)
    verb, meaning = _VERBS[stage]
    opened = key(session, ref, meaning)
    standing = principal(session, login)
    with session.writing("document sign-withdrawal") as work:
        verb(work, ref, password=opened, opinion=opinion, standing_for=standing)
    session.output.result({"revision": ref}, N_("Signed {revision}."))


@document.command("cancel-withdrawal")
@click.argument("revision")
@click.option("--reason", required=True, help="Why it stays.")
@click.pass_obj
def cancel_withdrawal(session: Session, revision: str, reason: str) -> None:
    """Call a withdrawal off; the document stays in force."""
    ref = ref_of(revision)
    with session.writing("document cancel-withdrawal") as work:
        documents.cancel_withdrawal(work, ref, reason)
    session.output.result({"revision": ref}, N_("{revision} stays in force."))
