"""Which acts ask for the password again, from the route table: whoever adds an act has to say so."""

from __future__ import annotations

import ast
import inspect
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from lxml import html  # type: ignore[import-untyped]  # it comes without stubs

import qms
from qms.accounts import RESERVED
from qms.http.guard import DOWNLOADS, EVERYDAY, SIGNED, asks_again
from qms.runtime import Runtime
from tests.web.house import BASE, PASSWORD, Browser
from tests.web.routes import Route, routes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

    from qms.kernel.clock import SimulatedClock

    Open = Callable[..., Browser]

ADMINISTERING = RESERVED | {"standards:import"}
"""Permissions whose acts administer: none of them is an everyday act (SEC-12)."""
REQUIRE = re.compile(r"require(?:_covering|_scope)?\(\s*work,\s*\"([a-z]+:[a-z]+)\"")
# Named here as well, so that nobody makes a further act an everyday one without this test noticing.
SINGLE = {
    "accounts.end_sessions",
    "accounts.sign_out",
    "evidence.new",
    "evidence.reject",
    "evidence.retry",
    "parties.contacts",
    "parties.edit",
    "parties.new",
    "trail.begin_review",
    "trail.verify",
}
WHOLE = {
    *("home", "tasks", "documents", "drafts", "actions", "changes", "competence", "registers", "records"),
    *("complaints", "management_review", "objectives", "risks", "search", "verification"),
}


def _acts(app: Flask) -> list[Route]:
    return [route for route in routes(app) if route.unsafe and not route.public]


def test_every_act_asks_again_unless_it_is_everyday_or_signed(
    app: Flask, browser: Open, clock: SimulatedClock
) -> None:
    """SEC-12: with an old proof each act of the route table asks, and only those listed do not."""
    person = browser("system-administrator")
    token = person.token("/me")
    clock.advance(timedelta(minutes=11))
    asked = set()
    for route in _acts(app):
        if route.endpoint in {"accounts.sign_out", "accounts.end_sessions"}:
            continue
        answer = person.client.post(route.path, base_url=BASE, data={"csrf_token": token})
        question = answer.status_code == 403 and 'name="confirm-password"' in answer.text
        assert question is asks_again(route.endpoint), route
        asked |= {route.endpoint} if question else set()
    assert {"accounts.change_person", "accounts.role", "evidence.bundle", "jobs.retry"} <= asked
    assert {"accounts.add_person", "accounts.change_factor", "accounts.change_me"} <= asked


def test_the_list_of_exceptions_is_known() -> None:
    """A new everyday act, or a whole blueprint of them, is entered in two places on purpose."""
    assert {each for each in EVERYDAY if "." in each} == SINGLE
    assert {each for each in EVERYDAY if "." not in each} == WHOLE
    assert not EVERYDAY & {"accounts", "jobs", "trail", "evidence", "api"}
    assert all("." in each for each in SIGNED)
    assert asks_again("nobody.knows")


def _administering() -> set[str]:
    """The operations that need a permission of administrators, as `slice.verb`."""
    package = Path(qms.__file__).parent
    paths = [*package.glob("*/operations/*.py"), *package.glob("*/operations.py")]
    return {f"{path.relative_to(package).parts[0]}.{verb}" for path in paths for verb in _needing(path)}


def _needing(path: Path) -> Iterator[str]:
    text = path.read_text("utf-8")
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef):
            found = REQUIRE.findall(ast.get_source_segment(text, node) or "")
            if set(found) & ADMINISTERING:
                yield node.name


def _called(view: Any) -> set[str]:
    """Every `slice.verb` a view uses, and those of the functions of its own module that it calls."""
    seen: set[str] = set()
    done: set[str] = set()
    waiting = [inspect.unwrap(view)]
    while waiting:
        function = waiting.pop()
        for node in ast.walk(ast.parse(inspect.getsource(function))):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                seen.add(f"{node.value.id}.{node.attr}")
            if isinstance(node, ast.Name) and node.id not in done:
                done.add(node.id)
                other = function.__globals__.get(node.id)
                if inspect.isfunction(other) and other.__module__ == function.__module__:
                    waiting.append(other)
    return seen


def test_no_administering_act_is_an_everyday_one(app: Flask) -> None:
    """SEC-12: a route whose view uses an operation of administrators asks again, wherever it stands."""
    names = _administering()
    wanted = ("add_person", "grant", "set_role", "reset_password", "remove_factor", "unlock")
    assert {f"accounts.{each}" for each in wanted} <= names
    strays = {
        route.endpoint: sorted(_called(app.view_functions[route.endpoint]) & names)
        for route in _acts(app)
        if not asks_again(route.endpoint) and _called(app.view_functions[route.endpoint]) & names
    }
    assert strays == {}
    assert _called(app.view_functions["accounts.add_person"]) & names


def test_no_exporting_act_is_an_everyday_one(app: Flask) -> None:
    """SEC-12: a route that takes a register or a record out as a file asks again, wherever it stands."""
    names = {"registers.ask_export", "registers.note_export", "records.export", "records.note_export"}
    found = {
        route.endpoint: asks_again(route.endpoint)
        for route in _acts(app)
        if _called(app.view_functions[route.endpoint]) & names
    }
    assert found == {"registers.export": True, "retention.export": True}


def test_every_look_that_takes_a_list_out_asks_too(app: Flask, browser: Open, clock: SimulatedClock) -> None:
    """SEC-12: of all looks of the route table those listed as downloads ask after ten minutes, no other."""
    person = browser("manager")
    clock.advance(timedelta(minutes=11))
    asked = set()
    for route in routes(app):
        if not route.unsafe and not route.public:
            answer = person.get(route.path)
            if answer.status_code == 403 and 'name="confirm-password"' in answer.text:
                asked.add(route.endpoint)
    assert asked == DOWNLOADS


def test_whatever_answers_with_a_list_is_a_download(app: Flask) -> None:
    """SEC-12: a look whose address ends like a table or names an export is listed; empty tables are none."""
    found = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and (
            rule.rule.endswith((".csv", ".xlsx", ".jsonl", ".<suffix>", ".<kind>")) or "/export" in rule.rule
        )
    }
    assert found - DOWNLOADS == {"records.template", "registers.exports"}
    assert found >= DOWNLOADS


def test_a_download_goes_on_after_the_password(browser: Open, clock: SimulatedClock) -> None:
    """SEC-12: a wrong password is refused, the right one leads to the file; the address cannot lead away."""
    person = browser("manager")
    clock.advance(timedelta(minutes=11))
    path = "/d/list/master-list.csv?state=all"
    shown = person.get(path)
    assert shown.status_code == 403
    (field,) = html.fromstring(shown.text).xpath("//form[@action='/confirm']//input[@name='next']/@value")
    assert field == path
    wrong = person.post("/confirm", {"next": path, "confirm-password": "wrong"})
    assert (wrong.status_code, "confirm-password" in wrong.text) == (403, True)
    assert person.get(path).status_code == 403
    right = person.post("/confirm", {"next": path, "confirm-password": PASSWORD})
    assert (right.status_code, right.location) == (303, path)
    assert person.get(path).headers["Content-Disposition"].startswith("attachment")
    assert person.post("/confirm", {"next": "//evil.example"}).location == "/"


@pytest.mark.parametrize(("minutes", "asked"), [(1, True), (11, True), (12, False)])
def test_how_long_a_proof_lasts_is_a_setting(
    browser: Open, runtime: Runtime, clock: SimulatedClock, minutes: int, *, asked: bool
) -> None:
    """SEC-12: `fresh_minutes` since the last proof, which a right password renews."""
    runtime.works.settings = replace(runtime.works.settings, fresh_minutes=minutes)
    person = browser("system-administrator")
    clock.advance(timedelta(minutes=11))
    answer = person.post("/people/new", {"name": "x"}, page="/people/new")
    assert ("confirm-password" in answer.text) is asked
    if asked:
        answer = person.post("/people/new", {"name": "x", "confirm-password": PASSWORD}, page="/people/new")
        assert answer.status_code == 422
        assert "confirm-password" not in person.post("/people/new", {"name": "x"}, page="/people/new").text
