"""What people are called where an answer or a column names them by login."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from qms.accounts.models import Person

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session


def called(session: Session, logins: Iterable[str]) -> dict[str, str]:
    """The names of the people of these logins, in one query; the login beside a name that others bear."""
    asked = sorted(set(logins))
    if not asked:
        return {}
    other = aliased(Person)
    is_shared = exists().where(other.name == Person.name, other.id != Person.id)
    rows = session.execute(select(Person.login, Person.name, is_shared).where(Person.login.in_(asked)))
    return {login: f"{name} ({login})" if shared else name for login, name, shared in rows}
