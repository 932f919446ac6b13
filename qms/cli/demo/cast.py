"""The people of the demonstration: who they are, their passwords, and acting in their names."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from qms import accounts
from qms.cli.starter import STRUCTURE
from qms.kernel.clock import local_day
from qms.kernel.ports import Actor
from qms.runtime import KEEPER, every_permission

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from qms.kernel.ports import Rights
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work
    from qms.runtime import Runtime

ORGANISATION: Final = Path(__file__).parent / "organisation.yaml"
FOUNDER: Final = Actor("service:demonstration", "demonstration")


@dataclass(slots=True)
class Cast:
    """Everybody by login, with the password each has chosen; printed once, kept nowhere."""

    runtime: Runtime
    people: dict[str, int] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict, repr=False)
    _keys: dict[str, accounts.OpenKey] = field(default_factory=dict, repr=False)
    _rights: dict[str, tuple[date, tuple[Actor, Rights]]] = field(default_factory=dict, repr=False)

    @property
    def logins(self) -> dict[int, str]:
        """Logins by lasting id."""
        return {number: login for login, number in self.people.items()}

    def gather(self) -> None:
        """Load the organisation, then let everybody choose a password of their own."""
        with self.runtime.works.writing(FOUNDER, every_permission()) as work:
            accounts.apply_organisation(work, STRUCTURE.read_text("utf-8"), STRUCTURE.name)
            applied = accounts.apply_organisation(work, ORGANISATION.read_text("utf-8"), ORGANISATION.name)
        for login, first in applied.passwords.items():
            with self.runtime.works.reading(KEEPER) as look:
                person = accounts.person_by_login(look.session, login)
            if person is None:
                raise accounts.NoSuchPerson(person=login)
            self.people[login] = person.id
            self.passwords[login] = self._choose(login, first)

    def _choose(self, login: str, first: str) -> str:
        chosen = accounts.random_password()
        with self.acting(login) as work:
            accounts.change_password(work, first, chosen)
        return chosen

    @contextmanager
    def acting(self, login: str) -> Iterator[Work]:
        """A writing Work in the person's name with the rights of the day."""
        with self.runtime.works.writing(*self._today(login)) as work:
            yield work

    @contextmanager
    def looking(self, login: str) -> Iterator[Work]:
        """A reading Work in the person's name."""
        with self.runtime.works.reading(*self._today(login)) as work:
            yield work

    def _today(self, login: str) -> tuple[Actor, Rights]:
        """Who acts, with what they may: asked once a day, as nobody's rights change within the story."""
        day = local_day(self.runtime.works.clock.now(), self.runtime.settings.zone_info)
        if login not in self._rights or self._rights[login][0] != day:
            self._rights[login] = day, self.runtime.person(login)
        return self._rights[login][1]

    def key(self, login: str, ref: Ref, meaning: accounts.Meaning) -> accounts.OpenKey:
        """The person's signing key, opened with the password, which everybody gives once in the story."""
        if login not in self._keys:
            with self.runtime.works.reading(KEEPER) as work:
                self._keys[login] = accounts.open_key(
                    work.session,
                    self.people[login],
                    self.passwords[login],
                    ref=ref,
                    meaning=meaning,
                    now=work.now,
                )
        return self._keys[login]
