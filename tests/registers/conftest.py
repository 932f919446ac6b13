"""The application over a house with a register, and a browser that is signed in already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from qms import trail
from qms.accounts import secrets
from qms.accounts.models import Credential, LoginSession
from qms.app import create_app
from qms.http import session as cookie
from qms.runtime import Runtime, register
from qms.search import open_search
from tests.registers.factories import House, house
from tests.web.house import Browser

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from qms.kernel.settings import Settings
    from qms.kernel.work import Works
    from tests.documents.factories import Organisation


@dataclass(frozen=True, slots=True)
class Peopled:
    """What the fixtures of pages ask of a house: who is in it, and where it is kept."""

    people: Organisation

    @property
    def works(self) -> Works:
        """Where it is kept."""
        return self.people.works


@pytest.fixture
def made(works: Works) -> House:
    """A register and its form in force, and nothing filed yet."""
    return house(works)


@pytest.fixture
def runtime(made: House, settings: Settings) -> Runtime:
    """The running parts over it."""
    keys = settings.at(settings.keys)
    keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    (keys / "web.secret").write_text("5e" * 32)
    if not (keys / "trail-signing.pem").exists() and not any(keys.glob("*.pem")):
        trail.make_key(keys)
    return Runtime(settings, made.works.engine, made.works, open_search(settings, register()), demo=False)


@pytest.fixture
def app(runtime: Runtime) -> Flask:
    """The application."""
    return create_app(runtime)


@pytest.fixture
def browser(app: Flask, made: House) -> Callable[..., Browser]:
    """A browser for a login, in a language."""

    def opened(login: str, language: str = "en") -> Browser:
        token = f"token-of-{login}-{language}"
        with made.people.service() as work:
            person_id = made.people.ids[login]
            if work.session.get(Credential, person_id) is None:
                work.session.add(
                    Credential(person_id=person_id, hashed="-", must_change=False, changed_at=work.now)
                )
            work.session.add(
                LoginSession(
                    person_id=person_id,
                    token_hash=secrets.token_hash(token),
                    authenticated_at=work.now,
                    ends_at=work.now.replace(year=work.now.year + 1),
                )
            )
        found = Browser(app, language)
        value = cookie._signer(app).sign(token).decode("ascii")
        found.client.set_cookie(cookie.COOKIE, value, domain="localhost", secure=True)
        return found

    return opened
