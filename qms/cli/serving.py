"""`qms serve` and `qms worker`: the two processes of a workspace."""

from __future__ import annotations

import gc
import importlib
import multiprocessing
import os
import shutil
import signal
import socket
import threading
from functools import partial
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any, Final

import click
from gunicorn.app.base import BaseApplication
from gunicorn.util import import_app

from qms import runtime
from qms.kernel.labels import N_
from qms.worker.loop import Loop

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from multiprocessing.process import BaseProcess
    from pathlib import Path

    from qms.cli.session import Session

_APPLICATION: Final = "qms.app:create_app()"
_GRACE: Final = 20


class Pages(BaseApplication):  # type: ignore[misc]  # gunicorn carries no types
    """Gunicorn over the application named by its import string."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        """Take the options over."""
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> object:
        """Build the application; each web process builds its own, and looks through it for garbage once."""
        built = import_app(_APPLICATION)
        gc.collect()
        gc.freeze()
        return built


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, help="The port to listen on.")
@click.option("--processes", default=2, show_default=True, help="How many web processes.")
@click.option("--with-worker", is_flag=True, help="Run the worker beside the web; one Ctrl-C stops both.")
@click.pass_obj
def serve(session: Session, host: str, port: int, processes: int, with_worker: bool) -> int:
    """Serve the pages of the workspace."""
    settings = session.runtime.settings  # refuses here, with a sentence, where there is no workspace
    home = settings.home
    _tell_closed(session)
    session.close()
    if settings.metrics_from or settings.metrics_token:
        _count_together(settings.at(settings.records) / "metrics" / f"{socket.gethostname()}-{port}")
    options = {
        "bind": f"{host}:{port}",
        "workers": processes,
        "threads": 4,
        "worker_class": "gthread",
        "loglevel": "warning",
        "graceful_timeout": 10,
        "timeout": 60,
        "control_socket_disable": True,
    }
    parts: list[Callable[[], None]] = [partial(_serve_pages, home, options)]
    if with_worker:
        parts.append(partial(_work, home))
    importlib.import_module(_APPLICATION.partition(":")[0])
    session.output.say("Serving on {address}. Ctrl-C stops.", address=f"http://{host}:{port}/")
    return together(parts)


def _tell_closed(session: Session) -> None:
    """Say at the start why nothing can be changed, where that is so (REL-15)."""
    if refusal := session.runtime.assure():
        click.echo(refusal.sentence(session.output.language), err=True)


def _count_together(folder: Path) -> None:
    """Let the web processes add up what they count, from zero at each start.

    The library reads the name when it is first imported, which the application does.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def _serve_pages(home: Path, options: Mapping[str, Any]) -> None:
    os.environ["QMS_HOME"] = str(home)
    os.environ["QMS_WEB_PROCESSES"] = str(options["workers"])
    Pages(options).run()


def _work(home: Path) -> None:
    stop = asked_to_stop()
    made = runtime.build(home)
    runtime.logs.set_up(made.settings)
    Loop(made).run(stop)


def together(parts: Sequence[Callable[[], None]]) -> int:
    """Run the parts side by side, each in a process; when one ends or a signal comes, all end.

    The processes are forks of this one, so the program is read once and its memory shared.
    """
    stop = asked_to_stop()
    gc.collect()
    gc.freeze()
    forked = multiprocessing.get_context("fork")
    children = [forked.Process(target=part) for part in parts]
    for child in children:
        child.start()
    for child in children:
        threading.Thread(target=_watch, args=(child.sentinel, stop), daemon=True).start()
    stop.wait()
    for child in children:
        if child.is_alive():
            child.terminate()
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


def _watch(sentinel: int, stop: threading.Event) -> None:
    wait([sentinel])
    stop.set()


def _end(child: BaseProcess) -> int:
    child.join(_GRACE)
    if child.exitcode is None:
        child.kill()
        child.join()
    return child.exitcode or 0


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now and stop.")
@click.pass_obj
def worker(session: Session, once: bool) -> None:
    """Run jobs, the day job, mail and the search index."""
    _tell_closed(session)
    loop = Loop(session.runtime)
    if not once:
        runtime.logs.set_up(session.runtime.settings)
        loop.run(asked_to_stop())
        return
    try:
        done = loop.drain()
        loop.reconcile()
    finally:
        loop.close()
    session.output.result({"done": done}, N_("{done} jobs done."))


COMMANDS: Final = (serve, worker)
