"""What the refs in cells are called: people and departments by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from qms import accounts
from qms.accounts.models import Person
from qms.forms import Type
from qms.kernel.labels import in_language
from qms.registers.models import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.orm import Session

    from qms.registers.columns import Column
    from qms.registers.looking import Line

Names = dict[tuple[Type, str], str]


def departments(session: Session, language: str) -> Names:
    """Every department's name."""
    return {
        (Type.DEPARTMENT, each.code): in_language(each.names, language)
        for each in accounts.departments(session)
    }


def people(session: Session, lines: Iterable[Line], columns: Sequence[Column]) -> Names:
    """The names of the people these lines mention, in one query."""
    asked = [column.id for column in columns if column.type is Type.PERSON]
    logins = {
        value
        for line in lines
        for column_id in asked
        if not isinstance(shown := line.cells.get(column_id, ()), Mark)
        for value in shown
    }
    if not logins:
        return {}
    rows = session.execute(select(Person.login, Person.name).where(Person.login.in_(logins)))
    return {(Type.PERSON, row.login): row.name for row in rows}


def named(names: Mapping[tuple[Type, str], str], kind: Type, value: str) -> str:
    """The name of what a value points at, else the value."""
    return names.get((kind, value), value)
