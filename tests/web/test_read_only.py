"""While the workspace is closed to changes everything can be read, and every verb says why not (REL-17)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from lxml import html  # type: ignore[import-untyped]  # it comes without stubs

from qms.kernel.database import Base
from qms.runtime import startup
from tests.web.house import BASE, words_of
from tests.web.routes import looks, routes

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

    from qms.runtime import Runtime
    from tests.web.house import Browser


@pytest.fixture
def shut(runtime: Runtime) -> Callable[[], None]:
    """Closes the workspace from now on."""

    def close() -> None:
        runtime.gate.found = startup.ClosedBySetting()
        runtime.gate._until = float("inf")
        runtime.works.closed = runtime.gate

    return close


def _content(runtime: Runtime) -> dict[str, list[str]]:
    with runtime.engine.connect() as connection:
        return {
            name: sorted(repr(tuple(row)) for row in connection.execute(table.select()))
            for name, table in Base.metadata.tables.items()
        }


def test_every_page_is_there_and_says_so(
    app: Flask, browser: Callable[..., Browser], shut: Callable[[], None]
) -> None:
    """The same answers as before, each page with the banner on it."""
    person = browser("manager")
    before = {path: person.get(path).status_code for path in looks(app)}
    shut()
    said = startup.ClosedBySetting().sentence("en")
    seen = 0
    for path, code in before.items():
        answer = person.get(path)
        assert answer.status_code == code, path
        if code == 200 and "<main" in answer.text:
            seen += 1
            assert said in answer.text.replace("&#39;", "'"), path
    assert seen > 10


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
def test_every_verb_is_refused_in_words(
    app: Flask,
    browser: Callable[..., Browser],
    runtime: Runtime,
    shut: Callable[[], None],
    language: str,
) -> None:
    """503 with the sentence; nothing at all is changed, no journal either."""
    person = browser("manager", language)
    token = person.token("/me")
    shut()
    before = _content(runtime)
    verbs = [(route, method) for route in routes(app) for method in route.unsafe]
    assert len(verbs) > 30
    for route, method in verbs:
        if route.endpoint == "accounts.sign_out":
            continue
        answer = person.client.open(
            route.path, method=method, base_url=BASE, data={"csrf_token": token}, buffered=True
        )
        assert answer.status_code == 503, (route.path, answer.status_code)
        assert startup.ClosedBySetting().sentence(language) in words_of(html.fromstring(answer.text))
    assert _content(runtime) == before


def test_signing_out_forgets_the_browser_all_the_same(
    browser: Callable[..., Browser], runtime: Runtime, shut: Callable[[], None]
) -> None:
    """The server keeps the session until it can write, but this browser is signed out."""
    person = browser("reader")
    token = person.token("/me")
    shut()
    answer = person.client.post("/sign-out", base_url=BASE, data={"csrf_token": token})
    assert answer.status_code == 503
    assert not person.cookie()
    assert person.get("/tasks").status_code == 303
    assert runtime.gate() is not None


def test_too_little_room_is_its_own_answer(browser: Callable[..., Browser], runtime: Runtime) -> None:
    """507, and open again as soon as there is room (REL-04)."""
    person = browser("author")
    runtime.works.closed = lambda: startup.SpaceLow(free=1, folder="/srv", least=128)
    runtime.gate.found = startup.SpaceLow(free=1, folder="/srv", least=128)
    runtime.gate._until = float("inf")
    answer = person.post("/sign-in", {"login": "author", "password": "x"}, page="/sign-in")
    assert answer.status_code == 507
    assert "128 MB" in answer.text
    runtime.gate.found = None
    runtime.works.closed = lambda: None
    assert person.post("/sign-out").status_code == 303
