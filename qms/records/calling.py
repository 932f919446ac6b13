"""What answers name, as people call it: people and departments by their names, parties as far as may be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from qms import accounts, parties
from qms.forms import Type
from qms.kernel.labels import in_language

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from qms.forms import Field
    from qms.kernel.work import Work

_NAMED: Final = (Type.PERSON, Type.PARTY)


class Names:
    """The names behind logins, codes and numbers in one language, each looked up once."""

    def __init__(self, work: Work, language: str, *, with_parties: bool = True) -> None:
        """Departments are known at once; `with_parties` says whether who asks is told of parties (SEC-07)."""
        self._work = work
        self._with_parties = with_parties
        self._known: dict[tuple[Type, str], str] = {
            (Type.DEPARTMENT, each.code): in_language(each.names, language)
            for each in accounts.departments(work.session)
        }

    def look_up(self, fields: Iterable[Field], values: Mapping[str, Any]) -> None:
        """Learn everybody these answers name, in one query a kind."""
        found: dict[Type, set[str]] = {kind: set() for kind in _NAMED}
        for kind, value in _named(fields, values):
            if (kind, value) not in self._known:
                found[kind].add(value)
        self._learn(Type.PERSON, found[Type.PERSON])
        self._learn(Type.PARTY, found[Type.PARTY])

    def _learn(self, kind: Type, values: set[str]) -> None:
        if not values:
            return
        session, rights = self._work.session, self._work.rights
        if kind is Type.PERSON:
            told = accounts.called(session, values)
        else:
            names = parties.names(session, rights, values) if self._with_parties else {}
            told = {number: f"{number} {names[number]}" for number in names}
        self._known |= {(kind, value): told.get(value, value) for value in values}

    def called(self, field: Field, value: str) -> str:
        """One person, department or party; what is unknown, or may not be known, as it is kept."""
        if field.type in _NAMED and (field.type, value) not in self._known:
            self._learn(field.type, {value})
        return self._known.get((field.type, value), value)

    def department(self, code: str) -> str:
        """The name of a department."""
        return self._known.get((Type.DEPARTMENT, code), code)

    def is_known(self, kind: Type, value: str) -> bool:
        """Whether there is a name for it, so that a page of it may be offered."""
        return self._known.get((kind, value), value) != value


def _named(fields: Iterable[Field], values: Mapping[str, Any]) -> Iterator[tuple[Type, str]]:
    for field in fields:
        value = values.get(field.id)
        if field.type is Type.TABLE:
            for row in value or ():
                yield from _named(field.columns, row)
        elif field.type in _NAMED and isinstance(value, str):
            yield field.type, value
