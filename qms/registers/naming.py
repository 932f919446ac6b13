"""What the refs in cells are called: people and departments by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qms import accounts
from qms.forms import Type
from qms.kernel.labels import in_language
from qms.registers.models import Mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.orm import Session

    from qms.registers.columns import Column
    from qms.registers.looking import Line
    from qms.registers.views import View

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
    return {(Type.PERSON, login): name for login, name in accounts.called(session, logins).items()}


def asked(session: Session, view: View, columns: Sequence[Column], language: str) -> Names:
    """The names of the people and departments a view is narrowed to."""
    kinds = {column.id: column.type for column in columns}
    logins = [each.value for each in view.filters if kinds.get(each.column) is Type.PERSON]
    told = accounts.called(session, logins)
    return departments(session, language) | {(Type.PERSON, login): told[login] for login in told}


def named(names: Mapping[tuple[Type, str], str], kind: Type, value: str) -> str:
    """The name of what a value points at, else the value."""
    return names.get((kind, value), value)
