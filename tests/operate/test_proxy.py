"""The shipped proxy file in a real nginx, in front of real processes: what it lets through and what not."""

from __future__ import annotations

import http.client
import re
import subprocess
import threading
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest
from lxml import html  # type: ignore[import-untyped]  # it comes without stubs

from qms.http.headers import HEADERS
from tests.cli.terminal import PASSWORD, copied
from tests.operate.served import HOST, PATIENCE, TOKEN, Served, serving
from tests.operate.test_manual import commands
from tests.operate.test_metrics import figures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.xdist_group("proxy")


@pytest.fixture(scope="module")
def served(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One workspace served for all tests of this file."""
    folder = tmp_path_factory.mktemp("served")
    home = copied(founded, folder / "workspace").home
    with (home / "qms.toml").open("a", encoding="utf-8") as file:
        file.write(f'proxy_hops = 1\nlog = "json"\nmetrics_token = "{TOKEN}"\n')
    with serving(home, folder / "proxy") as found:
        yield found


def _until(holds: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(int(PATIENCE / 0.1)):
        if holds():
            return
        pause.wait(0.1)
    pytest.fail("it never came")


def _kept(answer: http.client.HTTPResponse, cookies: SimpleCookie) -> str:
    for header in answer.headers.get_all("Set-Cookie") or ():
        cookies.load(header)
    return "; ".join(f"{name}={each.value}" for name, each in cookies.items())


def test_plain_http_leads_to_tls(served: Served) -> None:
    """SEC-05: whoever comes without TLS is sent to it, to the organisation's own name whatever was asked."""
    for host in (HOST, "evil.example"):
        line = http.client.HTTPConnection("127.0.0.1", served.plain, timeout=PATIENCE)
        line.request("GET", "/d/CP-12?x=1", headers={"Host": host})
        answer = line.getresponse()
        line.close()
        assert (answer.status, answer.headers["Location"]) == (301, f"https://{HOST}/d/CP-12?x=1")


def test_one_signs_in_over_tls(served: Served) -> None:
    """SEC-03: page, form, cookies and the page after it, all through the proxy."""
    cookies: SimpleCookie = SimpleCookie()
    answer, page = served.ask("/sign-in")
    sent = _kept(answer, cookies)
    token = html.fromstring(page).xpath("//meta[@name='csrf-token']/@content")[0]
    form = urlencode({"login": "author", "password": PASSWORD, "csrf_token": token}).encode()
    kind = "application/x-www-form-urlencoded"
    answer, _ = served.ask("/sign-in", "POST", form, Cookie=sent, Content_Type=kind)
    assert (answer.status, answer.headers["Location"]) == (303, "/")
    answer, page = served.ask("/me", Cookie=_kept(answer, cookies))
    assert (answer.status, b"author" in page) == (200, True)
    assert all(each["secure"] and each["httponly"] for each in cookies.values())


@pytest.mark.parametrize("path", ["/sign-in", "/nowhere", "/static/qms.css", "/me"])
def test_the_headers_come_through(served: Served, path: str) -> None:
    """SEC-05: on pages, refusals, files and redirects; nobody tells which program answers."""
    answer, _ = served.ask(path)
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS
    assert len(answer.headers.get_all("Strict-Transport-Security") or ()) == 1
    assert answer.headers["Server"] == "nginx"


@pytest.mark.parametrize("path", ["/metrics", "/readyz", "//metrics", "/./readyz", "/%6detrics"])
def test_what_machines_ask_is_not_for_the_world(served: Served, path: str) -> None:
    """SEC-06: not even with the bearer, however the address is written."""
    answer, page = served.ask(path, Authorization=f"Bearer {TOKEN}")
    assert (answer.status, b"qms_" in page, b"database" in page) == (404, False, False)


def test_a_large_upload_is_refused_at_the_door(served: Served) -> None:
    """SEC-13: by its announced size, before a byte of it reaches the pages."""
    answer, _ = served.ask("/sign-in", "POST", None, Content_Length=str(17 << 20))
    assert answer.status == 413


def test_a_forged_address_is_not_believed(served: Served) -> None:
    """SEC-24: the proxy says itself who asks and under which number."""
    answer, _ = served.ask(
        "/nowhere", X_Forwarded_For="9.9.9.9", Forwarded="for=9.9.9.9", X_Request_Id="f" * 32
    )
    number = answer.headers["X-Request-Id"]
    assert number != "f" * 32
    (event,) = [each for each in served.events() if each.get("request") == number]
    assert event["address"] == "127.0.0.1"
    _until(lambda: number in (served.folder / "qms.log").read_text("utf-8"))  # written after the answer
    assert "nowhere" not in (served.folder / "qms.log").read_text("utf-8")


def test_the_processes_add_up(served: Served) -> None:
    """Whichever process is asked tells what all have counted, and both have answered."""
    before = _count(served)
    for _ in range(40):
        assert served.past("/healthz")[0].status == 200
    assert [_count(served) - before for _ in range(8)] == [40] * 8
    counters = list((served.home / "records" / "metrics").rglob("counter_*.db"))
    assert len(counters) >= 2


def _count(served: Served) -> float:
    answer, page = served.past("/metrics", Authorization=f"Bearer {TOKEN}")
    assert answer.status == 200
    return figures(page.decode()).get(("qms_requests_total", "GET", "health.alive", "200"), 0.0)


def test_both_services_are_well_and_say_nothing_else(served: Served) -> None:
    """REL-16: the worker beside the pages gives its sign; both log objects with the instant in UTC."""
    _until(lambda: b"state ok" in served.past("/readyz")[1])
    served.ask("/sign-in?canary")
    events = served.events()
    assert {event["level"] for event in events} == {"info"}
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", event["time"]) for event in events)
    assert "canary" not in (served.folder / "log").read_text("utf-8")


def test_the_manual_asks_as_one_can(served: Served, tmp_path: Path) -> None:
    """Every `curl` of docs/operate.md answers, here and through the proxy."""
    (tmp_path / "qms.token").write_text(TOKEN)
    asked = [line for line in commands() if line.startswith("curl ")]
    assert len(asked) >= 6
    through = f"--cacert {served.folder}/fullchain.pem --resolve {HOST}:{served.secure}:127.0.0.1"
    for line in asked:
        here = line.replace("http://127.0.0.1:8000", f"http://127.0.0.1:{served.port}")
        here = here.replace("/etc/prometheus", str(tmp_path))
        here = here.replace(f"https://{HOST}/", f"{through} https://{HOST}:{served.secure}/")
        done = subprocess.run(["bash", "-c", here], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), line
        assert done.stdout
