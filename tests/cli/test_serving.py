"""The two processes of a workspace: they start together, answer, and end together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cli.conftest import At
    from tests.cli.terminal import Terminal

pytestmark = pytest.mark.xdist_group("serving")
PATIENCE = 90.0


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def started(terminal: Terminal, *words: str) -> Iterator[subprocess.Popen[str]]:
    """`qms WORDS` in a process group of its own; whatever of it is left is ended."""
    command = [sys.executable, "-m", "qms.cli", "--home", str(terminal.home), *words]
    child = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    try:
        yield child
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.communicate()


def _answer(port: int, path: str, child: subprocess.Popen[str]) -> tuple[int, str]:
    """The first answer of the server; asked again until it listens."""
    pause = threading.Event()
    for _ in range(int(PATIENCE / 0.2)):
        if child.poll() is not None:
            pytest.fail(f"it ended: {child.communicate()[0]}")
        with closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as line:
            try:
                line.request("GET", path)
            except ConnectionRefusedError:
                pause.wait(0.2)
                continue
            answer = line.getresponse()
            return answer.status, answer.read().decode()
    pytest.fail(f"nobody answers at port {port}")


def _alone(group: int) -> bool:
    """Whether nobody of the process group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return True
    return False


def test_web_and_worker_start_and_stop_together(at: At) -> None:
    """One Ctrl-C ends both, and nothing is left behind."""
    terminal = at("approved")
    assert terminal("document", "release", "CP-07@zh-Hans@A/0", login="controller").code == 0
    port = _free_port()
    with started(terminal, "serve", "--port", str(port), "--processes", "1", "--with-worker") as child:
        status, page = _answer(port, "/sign-in", child)
        assert (status, "<form" in page) == (200, True)
        _until_issued(terminal)
        child.send_signal(signal.SIGINT)
        said, _ = child.communicate(timeout=PATIENCE)
        assert child.returncode == 0
        assert f"http://127.0.0.1:{port}/" in said
        assert "Traceback" not in said
        assert _alone(child.pid)


def _until_issued(terminal: Terminal) -> None:
    """The worker beside the web does the waiting job."""
    pause = threading.Event()
    for _ in range(int(PATIENCE / 0.5)):
        listed = terminal.json("document", "list", login="controller").value
        if [row["state"] for row in listed] == ["in_force"]:
            return
        pause.wait(0.5)
    pytest.fail("the worker did not issue the document")


def test_the_worker_alone_ends_when_asked(at: At) -> None:
    """SIGTERM, as systemd sends it."""
    terminal = at("founded")
    for path in sorted((terminal.home / "search_index").rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    with started(terminal, "worker") as child:
        pause = threading.Event()
        for _ in range(int(PATIENCE / 0.2)):
            if terminal.json("search", "state").value["health"] == "sound":
                break
            pause.wait(0.2)
        else:
            pytest.fail("the worker did not build the index")
        child.terminate()
        said, _ = child.communicate(timeout=PATIENCE)
        assert (child.returncode, said) == (0, "")


def test_a_taken_port_ends_both_with_a_fault(at: At) -> None:
    terminal = at("founded")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        with started(terminal, "serve", "--port", port, "--processes", "1", "--with-worker") as child:
            child.communicate(timeout=PATIENCE)
            assert child.returncode != 0
            assert _alone(child.pid)


def test_what_is_due_is_done_once(at: At) -> None:
    """Nothing waits: nothing is done, and the command ends."""
    answer = at("founded").json("worker", "--once")
    assert (answer.code, answer.value) == (0, {"done": 0})
