"""Administrators come in from the named places of the network only; everybody else from anywhere (MLP-07)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest

from qms import trail
from qms.app import create_app
from qms.runtime import KEEPER
from tests.web.house import BASE, PASSWORD, Browser

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from qms.runtime import Runtime

OFFICE: Final = "10.0.8.17"
OUTSIDE: Final = "203.0.113.9"
PLACES: Final = "10.0.8.0/24, 2001:db8::/32"


@pytest.fixture
def bound(runtime: Runtime) -> Runtime:
    """The workspace of an organisation that named the office of its administrators."""
    runtime.settings = replace(runtime.settings, administer_from=PLACES)
    return runtime


def enter(browser: Browser, login: str, address: str, **headers: str) -> TestResponse:
    """Sign in from an address."""
    data = {"login": login, "password": PASSWORD, "csrf_token": browser.token()}
    where = {"REMOTE_ADDR": address}
    return browser.client.post("/sign-in", base_url=BASE, data=data, environ_base=where, headers=headers)


def look(browser: Browser, address: str) -> int:
    """What an administrator's own page answers there."""
    return browser.client.get("/me", base_url=BASE, environ_base={"REMOTE_ADDR": address}).status_code


@pytest.mark.parametrize("login", ["system-administrator", "security-administrator", "audit-administrator"])
@pytest.mark.parametrize(("address", "taken"), [(OFFICE, True), ("2001:db8::5", True), (OUTSIDE, False)])
def test_an_administrator_signs_in_from_the_named_places_alone(
    bound: Runtime, login: str, address: str, *, taken: bool
) -> None:
    """No session begins elsewhere, the page says why, and the refusal is journalled."""
    browser = Browser(create_app(bound))
    answer = enter(browser, login, address)
    assert (answer.status_code == 303) is taken
    assert (browser.cookie() is not None) is taken
    with bound.works.reading(KEEPER) as work:
        refused = [row for row in trail.browse(work.session, limit=20) if "refus" in row.action]
    assert bool(refused) is not taken
    if not taken:
        assert f"certain places of the network only; {address}" in answer.text


def test_everybody_else_comes_in_from_anywhere(bound: Runtime) -> None:
    """The list binds the three, nobody else."""
    browser = Browser(create_app(bound))
    assert enter(browser, "author", OUTSIDE).status_code == 303
    assert look(browser, OUTSIDE) == 200


def test_a_session_that_is_carried_elsewhere_ends_in_signing_out(bound: Runtime) -> None:
    """Each request is asked; leaving is always possible."""
    browser = Browser(create_app(bound))
    enter(browser, "system-administrator", OFFICE)
    assert [look(browser, OFFICE), look(browser, OUTSIDE)] == [200, 403]
    page = browser.client.get("/me", base_url=BASE, environ_base={"REMOTE_ADDR": OFFICE}).text
    token = page.partition('name="csrf-token" content="')[2].partition('"')[0]
    answer = browser.client.post(
        "/sign-out", base_url=BASE, data={"csrf_token": token}, environ_base={"REMOTE_ADDR": OUTSIDE}
    )
    assert answer.status_code == 303
    assert look(browser, OFFICE) == 303


def test_a_forwarded_address_is_believed_of_the_own_proxies_alone(bound: Runtime) -> None:
    """SEC-24: whoever only says that they come from the office does not."""
    for hops, taken in ((0, False), (1, True)):
        bound.settings = replace(bound.settings, proxy_hops=hops)
        answer = enter(
            Browser(create_app(bound)), "system-administrator", "127.0.0.1", X_Forwarded_For=OFFICE
        )
        assert (answer.status_code == 303) is taken


def test_without_the_setting_nobody_is_bound(runtime: Runtime) -> None:
    """As it is shipped."""
    browser = Browser(create_app(runtime))
    assert enter(browser, "system-administrator", OUTSIDE).status_code == 303
    assert look(browser, OUTSIDE) == 200
