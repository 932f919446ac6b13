"""Parties for tests, made by the real operations in a small organisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from qms import accounts, parties
from qms.parties import Facts, Kind
from tests.accounts import factories
from tests.accounts.factories import as_person

if TYPE_CHECKING:
    from collections.abc import Callable

    from qms.kernel.ports import Actor, Rights
    from qms.kernel.work import Work, Works

T = TypeVar("T")
_PEOPLE = {
    "credit-head": ("credit", "department-head", "credit"),
    "risk-head": ("risk", "department-head", "risk"),
    "east": ("outlet-east", "reader", None),
    "risk-reader": ("risk", "reader", None),
    "manager": ("centre", "quality-manager", None),
}


@dataclass
class House:
    """Works over an organisation with heads of credit and risk, a reader of each, one who manages all."""

    works: Works
    actor: Actor
    rights: Rights
    people: dict[str, int]

    def act(self, login: str, verb: Callable[[Work], T]) -> T:
        """Do something in somebody's name, or in the service's for ""."""
        with self.works.writing(self.actor, self.rights) as work:
            if login:
                as_person(work, self.people[login])
            return verb(work)

    def see(self, login: str, ask: Callable[[Work], T]) -> T:
        """Look in somebody's name."""
        with self.works.reading(self.actor, self.rights) as work:
            if login:
                as_person(work, self.people[login])
            return ask(work)

    def add(self, name: str = "Sunrise Tools", login: str = "credit-head", **more: Any) -> str:
        """A party of the department credit, added by somebody; gives its number."""
        kind = more.pop("kind", Kind.CLIENT)
        contacts = more.pop("contacts", ())
        told = Facts(**{"name": name, "department": "credit", **more})
        return self.act(login, lambda work: parties.add(work, kind, told, contacts).number)

    def numbers(self, login: str) -> list[str]:
        """The numbers of the parties that exist for somebody."""
        return self.see(
            login, lambda work: [each.number for each in parties.listing(work.session, work.rights)]
        )


def made(works: Works, service: Actor, rights: Rights) -> House:
    """The house with its people and their roles."""
    with works.writing(service, rights) as work:
        factories.organisation(work)
        people = {}
        for login, (department, role, where) in _PEOPLE.items():
            people[login] = factories.person(work, login, department=department)
            accounts.grant(work, people[login], role, where)
    return House(works, service, rights, people)
