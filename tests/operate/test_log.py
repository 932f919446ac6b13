"""The log: one line an event, numbered, in UTC, with nothing in it that anybody typed (SEC-25)."""

from __future__ import annotations

import io
import json
import logging
import re
from typing import TYPE_CHECKING

import pytest
from flask import Blueprint
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from qms import jobs, runtime
from qms.app import create_app
from qms.http.edge import public
from qms.kernel.settings import Settings
from qms.runtime import KEEPER, every_permission
from qms.runtime.logs import JsonLine, Line, about, neutral, set_up
from qms.web import BLUEPRINTS
from qms.worker.loop import Loop
from tests.cli.terminal import PASSWORD
from tests.web.house import BASE, Browser, person_id

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from qms.kernel.work import Work
    from tests.operate.conftest import Made

WRONG = "canary-of-a-wrong-password"
BROKEN = Blueprint("broken", __name__)


@pytest.fixture
def said(logging_as_before: None) -> io.StringIO:
    """Where a process set up by a test writes its lines."""
    assert logging_as_before is None
    return io.StringIO()


def _record(message: str, **facts: object) -> logging.LogRecord:
    record = logging.LogRecord("qms.x", logging.WARNING, __file__, 1, message, (), None)
    record.created, record.facts = 1_700_000_000.25, facts
    return record


def test_a_line_is_for_people_and_an_object_for_programs() -> None:
    """The same facts in both forms: instant in UTC, level, who, what; what is not known is left out."""
    record = _record("request", status=200, person=None, said="two words")
    head = "2023-11-14T22:13:20.250Z warning qms.x request"
    assert Line().format(record) == f'{head} status=200 said="two words"'
    assert json.loads(JsonLine().format(record)) == {
        "time": "2023-11-14T22:13:20.250Z",
        "level": "warning",
        "logger": "qms.x",
        "event": "request",
        "status": 200,
        "said": "two words",
    }


@pytest.mark.parametrize("form", [Line, JsonLine])
@pytest.mark.parametrize("nasty", ["a\r\nb", "\x1b[2J\x1b]0;x\x07", "\u202eb", "\x00", "\u2028x", "\x9b31m"])
def test_nobody_writes_a_line_of_their_own(form: type[Line], nasty: str) -> None:
    """Line ends, terminal codes and marks that turn the direction are neutralised wherever they come from."""
    record = _record(f"event {nasty}", fact=nasty)
    record.exc_info = (ValueError, ValueError(nasty), None)
    line = form().format(record)
    assert line.isprintable()
    assert "ValueError" in line
    assert neutral(nasty) in line


def test_where_a_line_comes_from_stands_on_it() -> None:
    """What the edge or the worker is at is told with every line said meanwhile."""
    token = about.set({"request": "4f"})
    try:
        assert "request=4f" in Line().format(_record("x"))
    finally:
        about.reset(token)
    assert "request" not in Line().format(_record("x"))


def test_a_fault_of_the_database_names_no_value(work: Work) -> None:
    """SEC-25: the statement is told, what was to be stored is not."""
    with pytest.raises(IntegrityError) as refused:
        work.session.execute(
            text("INSERT INTO person (id, login) VALUES (:id, :login)"), {"id": 1, "login": "canary-login"}
        )
    assert "canary-login" not in str(refused.value).partition("DETAIL")[0]
    assert "INSERT INTO person" in str(refused.value)


@BROKEN.get("/broken")
@public
def fail() -> str:
    """A view with a fault of the program."""
    raise RuntimeError("a fault\nof the program")


@pytest.fixture
def lines(home: Path, opened: Made, said: io.StringIO) -> Iterator[tuple[Browser, io.StringIO, Made]]:
    """A browser on an application that logs as JSON."""
    made = opened(home, log="json", metrics_token="canary-of-the-bearer")  # noqa: S106 - the canary
    set_up(made.settings, said)
    yield Browser(create_app(made, (*BLUEPRINTS, BROKEN))), said, opened
    assert all(json.loads(line) for line in said.getvalue().splitlines())


def _events(said: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in said.getvalue().splitlines()]


def test_nothing_typed_and_no_secret_is_in_the_log(lines: tuple[Browser, io.StringIO, Made]) -> None:
    """Passwords, codes, cookies, tokens, names: a whole morning's work leaves none of them (SEC-25)."""
    browser, said, _ = lines
    secrets = [WRONG, PASSWORD, "canary"]
    browser.submit("/sign-in", {"login": "canary-login", "password": WRONG})
    browser.submit("/sign-in", {"login": "author", "password": WRONG})
    browser.post("/sign-in", {"login": "author", "password": WRONG, "code": "canary-123456"}, page="/sign-in")
    assert browser.sign_in("author", PASSWORD).status_code == 303
    secrets += [str(browser.cookie()), browser.token("/me"), str(browser.cookie("__Host-qms-form"))]
    new = "canary and nine yellow kites"
    browser.submit("/password", {"old": PASSWORD, "new": new, "again": new})
    secrets.append(str(browser.cookie()))
    browser.get("/search?q=canary", headers={"User-Agent": "canary\x1b[2J", "Referer": "https://canary/"})
    browser.get("/d/canary/A-0", headers={"X-Request-Id": "canary-number", "X-Forwarded-For": "canary"})
    browser.get("/metrics", headers={"Authorization": "Bearer canary-of-the-bearer"})
    browser.get("/broken?canary")
    browser.post("/people/1/rename", {"name": "canary", "why": "canary"})
    browser.post("/sign-out")
    whole = said.getvalue()
    assert len(whole.splitlines()) > 15
    assert [secret for secret in secrets if secret in whole] == []
    assert not re.search(r"author|Author", whole)


def test_each_request_is_one_numbered_line(lines: tuple[Browser, io.StringIO, Made]) -> None:
    """Time, number, route, status, duration and the person's number; the answer carries the same number."""
    browser, said, _ = lines
    browser.sign_in("author", PASSWORD)
    said.truncate(0)
    said.seek(0)
    answer = browser.get("/me")
    (event,) = _events(said)
    assert re.fullmatch(r"[0-9a-f]{16}", answer.headers["X-Request-Id"])
    assert event["request"] == answer.headers["X-Request-Id"]
    made = browser.app.extensions["qms"]
    with made.works.reading(KEEPER) as work:
        assert event["person"] == person_id(work, "author")
    assert str(event["time"]).endswith("Z")
    assert {name: event[name] for name in ("event", "level", "method", "route", "status", "address")} == {
        "event": "request",
        "level": "info",
        "method": "GET",
        "route": "accounts.me",
        "status": 200,
        "address": "127.0.0.1",
    }
    assert isinstance(event["ms"], float)
    again = browser.get("/nowhere")
    assert again.headers["X-Request-Id"] != answer.headers["X-Request-Id"]
    assert (_events(said)[-1]["status"], "route" in _events(said)[-1]) == (404, False)


def test_what_is_asked_every_second_is_not_logged(lines: tuple[Browser, io.StringIO, Made]) -> None:
    """Probes and files of the pages fill no log; refusals of them do not either."""
    browser, said, _ = lines
    for path in ("/healthz", "/readyz", "/static/qms.css"):
        assert browser.get(path).status_code == 200
    assert said.getvalue() == ""


def test_a_fault_is_logged_under_the_number_of_its_request(
    lines: tuple[Browser, io.StringIO, Made],
) -> None:
    """Whoever is told that something went wrong can say which line it is (SEC-26)."""
    browser, said, _ = lines
    answer = browser.get("/broken")
    fault, request = _events(said)
    assert fault["request"] == request["request"] == answer.headers["X-Request-Id"]
    assert (fault["level"], request["status"]) == ("error", 500)
    assert str(fault["fault"]).endswith("RuntimeError: a fault | of the program")


def test_a_refusal_and_a_failed_sign_in_are_logged(lines: tuple[Browser, io.StringIO, Made]) -> None:
    """SEC-25: authentication and denied acts, by the name of the refusal."""
    browser, said, _ = lines
    browser.submit("/sign-in", {"login": "author", "password": WRONG})
    assert [each["refusal"] for each in _events(said) if each["event"] == "refused"] == ["SignInRefused"]


@pytest.mark.parametrize(("hops", "given", "kept"), [
    (0, "abcdef0123456789", False),
    (1, "abcdef0123456789", True),
    (1, "short", False),
    (1, "a" * 65, False),
    (1, "abc def 0123456789", False),
])  # fmt: skip
def test_only_the_own_proxy_numbers_requests(
    home: Path, opened: Made, hops: int, given: str, *, kept: bool
) -> None:
    """SEC-24: a number from outside is taken from the organisation's own proxy alone, and only in form."""
    app = create_app(opened(home, proxy_hops=hops))
    answer = app.test_client().get("/healthz", base_url=BASE, headers={"X-Request-Id": given})
    assert (answer.headers["X-Request-Id"] == given) is kept


def test_the_worker_logs_its_jobs(home: Path, opened: Made, said: io.StringIO) -> None:
    """Kind, number, attempt and duration; a fault with its trace, on one line."""
    made = opened(home, log="json")
    set_up(made.settings, said)
    loop = Loop(made, lanes=1)
    loop.handlers = {"good": lambda *_: None, "bad": _bad}
    with made.works.writing(KEEPER, every_permission()) as work:
        for kind in loop.handlers:
            jobs.enqueue(work, kind, "canary", {"password": "canary"})
    assert (loop.turn(), loop.turn(), loop.turn()) == (True, True, False)
    loop.close()
    good, bad = sorted(_events(said), key=lambda each: str(each["kind"]), reverse=True)
    assert (good["event"], good["kind"], good["attempt"]) == ("job ended", "good", 1)
    assert (bad["event"], bad["level"]) == ("job failed", "error")
    assert "OSError: no room | left" in str(bad["fault"])
    assert "canary" not in said.getvalue()


def _bad(*_: object) -> None:
    raise OSError("no room\nleft")


def test_the_servers_own_messages_go_the_same_way(tmp_path: Path, said: io.StringIO) -> None:
    """What gunicorn says is a line like the others; libraries are heard from a warning on."""
    set_up(Settings(home=tmp_path, log="json"), said)
    logging.getLogger("gunicorn.error").warning("a worker %s", "ended")
    logging.getLogger("sqlalchemy").info("SELECT canary")
    (event,) = _events(said)
    assert (event["logger"], event["event"]) == ("gunicorn.error", "a worker ended")
    assert runtime.logs.FORMS == ("text", "json")
