"""The noun, and what its verbs share: the day, the reference, the signing key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import click

from qms import accounts
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from qms.accounts import Meaning
    from qms.cli.session import Session

DAY: Final = click.DateTime(["%Y-%m-%d"])


@click.group()
def document() -> None:
    """Controlled documents: draft, sign, release, read, review, withdraw, look up."""


def key(session: Session, ref: Ref, meaning: Meaning) -> accounts.OpenKey:
    """The acting person's key, opened with the password outside any writing Work."""
    return session.key(ref, meaning, "document sign")


def ref_of(text: str) -> Ref:
    """The revision a person means by `CP-12@zh-Hans@A/0`."""
    return Ref.parse(text if text.startswith("revision:") else f"revision:{text}")


def principal(session: Session, login: str | None) -> int | None:
    """The person somebody signs for as a substitute; nobody where no login is given (P11-50)."""
    if login is None:
        return None
    actor, rights = session.who()
    with session.runtime.works.reading(actor, rights) as work:
        person = accounts.person_by_login(work.session, login)
        if person is None:
            raise accounts.NoSuchPerson(person=login)
        return person.id
