"""Starts what is killed: `python -m tests.nightly.zygote HOME PORT` forks the pages or the worker to order.

A fork has the program read already, so that two hundred starts cost seconds and not minutes. What runs in
it is what `qms serve` and `qms worker` run.
"""

from __future__ import annotations

import functools
import importlib
import os
import signal
import sys
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from qms import jobs
from qms.cli.serving import _serve_pages, _work
from qms.kernel.labels import LANGUAGES, catalogue
from qms.search.analysis.tokens import tokens
from qms.tasks import mail

if TYPE_CHECKING:
    from typing import Never

LEASE: Final = timedelta(seconds=8)
"""Short, so that what a killed worker held is taken over while the test still runs."""


def _pages(home: Path, port: int) -> None:
    _serve_pages(
        home,
        {
            "bind": f"127.0.0.1:{port}", "workers": 2, "threads": 4, "worker_class": "gthread",
            "loglevel": "critical", "graceful_timeout": 1, "timeout": 60, "control_socket_disable": True,
        },
    )  # fmt: skip


def _fork(what: str, home: Path, port: int) -> int:
    child = os.fork()
    if child == 0:
        _run(what, home, port)
    return child


def _run(what: str, home: Path, port: int) -> Never:
    try:
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        log = os.open(home / f"{what}.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        for stream in (0, 1, 2):
            os.dup2(os.open(os.devnull, os.O_RDONLY) if stream == 0 else log, stream)
        if what == "pages":
            _pages(home, port)
        else:
            _work(home)
    finally:
        os._exit(0)


def main() -> None:
    """Answer each order, `pages` or `worker`, with the number of a process that leads a group."""
    home, port = Path(sys.argv[1]), int(sys.argv[2])
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the killed
    importlib.import_module("qms.app")
    for language in LANGUAGES:
        catalogue(language)
    tokens("文件控制程序")
    jobs.claim = functools.partial(jobs.claim, lease=LEASE)
    mail.LEASE = LEASE  # type: ignore[misc]  # shorter in this process alone
    for line in sys.stdin:
        sys.stdout.write(f"{_fork(line.strip(), home, port)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
