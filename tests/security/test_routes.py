"""Role by route and role by command: each really asked, and none without its line (P11-10g, P11-10d)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from qms import runtime as runtimes
from qms.cli.main import cli, main
from qms.cli.session import Session
from tests.house.reading import ROOT
from tests.security.face import Address, addresses, send, signed_in
from tests.security.gates import COMMANDS, KEEPER, ROUTES, Gate, may_pass
from tests.security.house import LOW, NOBODY, OUT, PASSWORD, VARIANTS, WHOLE, Persona
from tests.web.house import BASE, Browser
from tests.web.routes import SAFE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import click
    from flask import Flask

    from qms.runtime import Runtime
    from tests.security.house import House

# It asks for a password and refuses a wrong one as it refuses a person; it sets a sheet for seconds.
_LATER: Final = {"accounts.password", "documents.draft"}
CLOSED: Final = {403, 404}
_TRIED: Final = (NOBODY, *WHOLE)
_AT_ONCE: Final = {"none", "quality-manager", "system-administrator"}
# A role costs seconds by its pages; the others follow at night.
_ROLES: Final = [
    pytest.param(each, id=each.login, marks=() if each.login in _AT_ONCE else pytest.mark.nightly)
    for each in _TRIED
]


def test_no_route_is_unlisted(app: Flask) -> None:
    """P11-10g: a new route needs its line, and a line its route."""
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()} - {"static"}
    assert endpoints == set(ROUTES)
    public = {name for name in endpoints if getattr(app.view_functions[name], "qms_public", False)}
    assert {name for name, gate in ROUTES.items() if gate.public} == public


@pytest.mark.parametrize("persona", _ROLES)
def test_each_role_passes_the_routes_of_the_table(app: Flask, own: House, persona: Persona) -> None:
    """P11-10g, SEC-06: every route and method, by every role, on real addresses."""
    browser = signed_in(app, persona.login)
    token = browser.token("/me")
    wrong = []
    for address in _ordered(addresses(app, own)):
        if address.variant not in {"", "plain"} or address.endpoint in _LATER:
            continue
        for method in sorted(address.methods - {"OPTIONS", "HEAD"}):
            answer = send(browser, address, method, token)
            passed = answer.status_code not in CLOSED
            right = may_pass(ROUTES[address.endpoint], persona, address.variant, method)
            waits = address.endpoint == "health.ready"  # nobody runs a worker here
            assert answer.status_code < 500 or waits, (method, address, answer.status_code)
            # What everybody may call may still find nothing, or refuse a wrong password.
            if passed is not right and not ROUTES[address.endpoint].public:
                wrong.append((method, address.endpoint, address.variant, answer.status_code, right))
    assert wrong == []


def _ordered(found: list[Address]) -> list[Address]:
    """What ends the session or the state of things comes last."""
    last = ("jobs.", "drafts.retry", "evidence.retry", "accounts.end_sessions", "accounts.sign_out")
    return sorted(
        found, key=lambda each: max((last.index(x) for x in last if each.endpoint.startswith(x)), default=-1)
    )


@pytest.mark.parametrize("persona", [LOW[4], OUT[5]], ids=lambda each: each.login)
def test_grade_and_circle_close_every_route(app: Flask, own: House, persona: Persona) -> None:
    """SEC-06: what lies above the grade or outside the circle answers as if it were not."""
    browser = signed_in(app, persona.login)
    token = browser.token("/me")
    hidden = [each.name for each in VARIANTS if not each.shows(persona)]
    asked = 0
    for address in addresses(app, own):
        if address.variant not in hidden:
            continue
        for method in sorted(address.methods - {"OPTIONS", "HEAD"}):
            answer = send(browser, address, method, token)
            asked += 1
            assert answer.status_code in CLOSED, (method, address, answer.status_code)
            text = answer.get_data(as_text=True)
            assert f"Canary{address.variant}" not in text
    assert asked >= 30


def test_a_stranger_is_shown_nothing_anywhere(app: Flask, own: House) -> None:
    """P11-10d: an anonymous crawl of the whole map: sign-in, verification, files of the pages, no more."""
    stranger = Browser(app)
    token = stranger.token()
    open_ones = set()
    for address in addresses(app, own):
        for method in sorted(address.methods - {"OPTIONS"}):
            answer = send(stranger, address, method, token)
            text = answer.get_data(as_text=True)
            for betrayal in ("Canary", "金丝雀", "desk-author", "quality-manager"):
                assert betrayal not in text, (method, address)
            if ROUTES[address.endpoint].public:
                open_ones.add(address.endpoint)
            elif method in SAFE:
                assert answer.status_code == 303, (method, address)
                assert answer.location.startswith("/sign-in?next="), address
            else:
                assert answer.status_code == 401, (method, address)
    assert {"accounts.sign_in", "home.language"} <= open_ones


def test_no_method_stands_open_beside_those_of_the_map(app: Flask, own: House) -> None:
    """SEC-06: TRACE, PUT, PATCH, DELETE and made-up methods get a refusal on every address."""
    browser = signed_in(app, "quality-manager")
    odd = ("TRACE", "PUT", "PATCH", "DELETE", "PROPFIND", "GETT")
    for place, address in enumerate(each for each in addresses(app, own) if each.variant in {"", "plain"}):
        # Every method meets many addresses, every address some methods: one answer costs a page.
        for method in (odd[place % len(odd)], odd[(place + 3) % len(odd)]):
            answer = browser.client.open(address.path, method=method, base_url=BASE)
            assert answer.status_code in {400, 404, 405}, (method, address, answer.status_code)


def test_b_replays_all_addresses_of_a(app: Flask, own: House) -> None:
    """SEC-06: whatever A could open or do, B without the right gets the answer of an address that is not."""
    one, other = signed_in(app, "document-controller"), signed_in(app, "reader.out")
    token = other.token("/me")
    absent = other.get("/d/CP-98").status_code
    opened = 0
    for address in addresses(app, own):
        if address.variant != "board":
            continue
        if "GET" in address.methods:
            opened += one.get(address.path).status_code in {200, 302, 303}
        for method in sorted(address.methods - {"OPTIONS", "HEAD"}):
            answer = send(other, address, method, token)
            assert answer.status_code in {absent, 403}, (method, address)
    assert opened >= 8


def commands(group: click.Group = cli, path: tuple[str, ...] = ()) -> Iterator[str]:
    """Every command there is."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))  # type: ignore[arg-type]  # it has commands
        else:
            yield " ".join((*path, name))


def test_no_command_is_unlisted() -> None:
    """P11-10g: a new command needs its line."""
    assert set(commands()) == set(COMMANDS) | set(KEEPER)
    assert all(reason.endswith(".") for reason in KEEPER.values())


@pytest.mark.parametrize("persona", _ROLES)
def test_each_role_may_run_the_commands_of_the_table(  # noqa: PLR0917 - each is a fixture
    runtime: Runtime,
    own: House,
    persona: Persona,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """P11-10g: the terminal asks for the same rights as the pages; only the password is taken as typed."""
    monkeypatch.setattr(runtimes, "build", lambda *_, **__: runtime)
    monkeypatch.setattr(type(runtime), "close", lambda _: None)
    who = (own.actor(persona.login), own.rights[persona.login])
    monkeypatch.setattr(Session, "who", lambda _: who)
    monkeypatch.setattr(Session, "password", lambda _: PASSWORD)
    monkeypatch.setattr("qms.accounts.open_key", lambda *_, **__: own.keys[persona.login])
    wrong = []
    for name, command in COMMANDS.items():
        words = [str(word) for word in command.words(own, tmp_path)]
        with pytest.raises(SystemExit) as ended:
            main(["--home", str(tmp_path), "--as", persona.login, *words])
        told = capsys.readouterr()
        passed = ended.value.code not in {4, 5}
        assert ended.value.code != 1, (name, told.err)
        assert ended.value.code != 2, (name, told.err)
        if passed is not may_pass(command.gate, persona, "plain", "POST"):
            wrong.append((name, ended.value.code, told.err))
        if not passed:
            assert "Canary" not in told.out
    assert wrong == []


def test_gates_are_told_apart() -> None:
    """A table in which everybody passes everything, or nobody anything, would prove nothing."""
    for name, gate in ROUTES.items():
        if gate.public or gate == Gate():
            continue
        if gate.apart:
            assert "status_code == 404" in (ROOT / gate.apart).read_text("utf-8"), name
            continue
        found = {
            may_pass(gate, persona, variant, method)
            for persona in _TRIED
            for variant in ("", "plain")
            for method in ("GET", "POST")
        }
        assert found == {True, False}, name
