"""The one way out of the machine: only where it was told to go, no further, and not for ever (SEC-20)."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from qms.kernel.outbound import OutboundFailed, OutboundRefused, address_of, place_of, post

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KIND = "application/x-answer"


@contextmanager
def server(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[str]:
    """A server on this machine that answers each POST so; it ends with the block."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            answer(self)

        def log_message(self, *_: object) -> None:
            pass

    made = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.daemon_threads = True
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{made.server_port}/stamp?x=1"
    finally:
        made.shutdown()
        made.server_close()
        thread.join()


def give(handler: BaseHTTPRequestHandler, content: bytes, code: int = 200, **headers: str) -> None:
    handler.send_response(code)
    for name, value in ({"Content_Type": KIND} | headers).items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(content)


def ask(url: str, **more: Any) -> bytes:
    return post(
        url, b"question", **{"allowed": {"127.0.0.1"}, "content_type": "a/b", "answer_type": KIND} | more
    )


def test_a_question_and_its_answer() -> None:
    """The body goes to the path with its query, and the bytes come back."""
    seen: list[tuple[str, bytes, str | None]] = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        seen.append((handler.path, body, handler.headers["Content-Type"]))
        give(handler, b"answer" * 50_000)

    with server(answer) as url:
        assert ask(url) == b"answer" * 50_000
    assert seen == [("/stamp?x=1", b"question", "a/b")]


def test_a_redirect_is_not_followed() -> None:
    """Wherever it points, it is no answer."""
    asked: list[str] = []

    def answer(handler: BaseHTTPRequestHandler) -> None:
        asked.append(handler.path)
        give(handler, b"", 302, Location="/elsewhere")

    with server(answer) as url, pytest.raises(OutboundFailed, match="HTTP 302"):
        ask(url)
    assert asked == ["/stamp?x=1"]


def test_answers_of_another_kind_or_without_end_are_refused() -> None:
    """Kind and size are bounded."""
    with (
        server(lambda handler: give(handler, b"x", Content_Type="text/html")) as url,
        pytest.raises(OutboundFailed, match="text/html"),
    ):
        ask(url)
    with (
        server(lambda handler: give(handler, b"x" * 2000)) as url,
        pytest.raises(OutboundFailed, match="more than 1999 bytes"),
    ):
        ask(url, limit=1999)


def test_an_answer_that_drips_is_cut_off() -> None:
    """Each byte comes in time and the whole never would."""
    gone = threading.Event()

    def drip(handler: BaseHTTPRequestHandler) -> None:
        give(handler, b"")
        try:
            while not gone.wait(0.05):
                handler.wfile.write(b"x")
        except OSError:
            gone.set()

    with server(drip) as url:
        begun = time.monotonic()
        with pytest.raises(OutboundFailed, match=r"longer than 0\.4 seconds"):
            ask(url, seconds=0.4)
        gone.set()
    assert time.monotonic() - begun < 5


def test_nobody_there() -> None:
    """A closed port is a refusal with its reason, not a fault of the program."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(OutboundFailed, match=str(port)):
        ask(f"http://127.0.0.1:{port}/")


@pytest.mark.parametrize(
    "url",
    [
        r"http://127.0.0.1\@1.1.1.1/",
        "http://user@127.0.0.1/",
        "http://user:secret@127.0.0.1/",
        "http://127.0.0.1 /",
        "http://127.0.0.1\n/",
        "http://127.0.0.1/#x",
        "http://127.0.0.1:x/",
        "http://127.0.0.1:99999/",
        "http:///path",
        "127.0.0.1",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "http://例子.example/",
        "",
    ],
)
def test_an_address_that_may_be_read_two_ways_is_refused(url: str) -> None:
    """Nothing is asked for, not even a name."""
    with pytest.raises(OutboundRefused):
        ask(url)


@pytest.mark.parametrize("url", ["http://127.0.0.2/", "http://[::1]/", "http://example.org/"])
def test_a_host_that_is_not_configured_is_refused(url: str) -> None:
    """The list of hosts is the only permission there is."""
    with pytest.raises(OutboundRefused, match="not among those configured"):
        ask(url)


def test_a_name_that_leads_inside_is_refused() -> None:
    """Whoever answers for a name cannot turn it against this machine; its number may be configured."""
    with pytest.raises(OutboundRefused, match="private network"):
        ask("http://localhost:9/", allowed={"localhost"})
    assert address_of(place_of("http://[::1]:9/")) == "::1"
    assert place_of("https://[::1]/").port == 443
