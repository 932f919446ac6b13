"""`qms serve` and `qms worker`: the two processes of a workspace."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Final

import click

from qms.kernel.labels import N_
from qms.worker.loop import Loop

if TYPE_CHECKING:
    from qms.cli.session import Session

_GRACE: Final = 20


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, help="The port to listen on.")
@click.option("--processes", default=2, show_default=True, help="How many web processes.")
@click.option("--with-worker", is_flag=True, help="Run the worker beside the web; one Ctrl-C stops both.")
@click.pass_obj
def serve(session: Session, host: str, port: int, processes: int, with_worker: bool) -> int:
    """Serve the pages of the workspace."""
    home = session.runtime.settings.home  # refuses here, with a sentence, where there is no workspace
    session.close()
    environment = os.environ | {"QMS_HOME": str(home)}
    commands = [
        [
            sys.executable, "-m", "gunicorn", "qms.app:create_app()", "--bind", f"{host}:{port}",
            "--workers", str(processes), "--threads", "4", "--worker-class", "gthread",
            "--log-level", "warning", "--graceful-timeout", "10", "--timeout", "60", "--no-control-socket",
        ]
    ]  # fmt: skip
    if with_worker:
        commands.append([sys.executable, "-m", "qms.cli", "--home", str(home), "worker"])
    session.output.say("Serving on {address}. Ctrl-C stops.", address=f"http://{host}:{port}/")
    return together(commands, environment)


def together(commands: list[list[str]], environment: dict[str, str]) -> int:
    """Run the commands side by side; when one ends or a signal comes, all end."""
    stop = asked_to_stop()
    children = [subprocess.Popen(command, env=environment) for command in commands]  # noqa: S603 - our own commands
    watchers = [threading.Thread(target=_watch, args=(child, stop), daemon=True) for child in children]
    for watcher in watchers:
        watcher.start()
    stop.wait()
    for child in children:
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
    codes = [_end(child) for child in children]
    return next((code for code in codes if code not in {0, -signal.SIGTERM, -signal.SIGINT}), 0)


def asked_to_stop() -> threading.Event:
    """An event that Ctrl-C or a request to end sets.

    A thread of its own sets it, because the handler may run while the main thread holds its lock.
    """
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: threading.Thread(target=stop.set).start())
    return stop


def _watch(child: subprocess.Popen[bytes], stop: threading.Event) -> None:
    child.wait()
    stop.set()


def _end(child: subprocess.Popen[bytes]) -> int:
    try:
        return child.wait(_GRACE)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait()


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now and stop.")
@click.pass_obj
def worker(session: Session, once: bool) -> None:
    """Run jobs, the day job, mail and the search index."""
    loop = Loop(session.runtime)
    if not once:
        loop.run(asked_to_stop())
        return
    try:
        done = loop.drain()
    finally:
        loop.close()
    session.output.result({"done": done}, N_("{done} jobs done."))


COMMANDS: Final = (serve, worker)
