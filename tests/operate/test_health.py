"""What a machine may ask: whether the process lives, and whether the workspace can serve."""

from __future__ import annotations

import os
import re
import shutil
import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from qms import jobs, runtime
from qms.app import create_app
from qms.http import health
from qms.kernel.database import build_engine
from qms.kernel.refs import Ref
from qms.kernel.work import Works
from qms.runtime import KEEPER, every_permission
from qms.runtime.readiness import MOST_BEHIND, SILENT
from qms.worker.loop import Loop
from tests.cli.terminal import copied
from tests.web.house import BASE

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from werkzeug.test import TestResponse

    from qms.kernel.clock import SimulatedClock
    from qms.runtime import Runtime
    from tests.operate.conftest import Made


NOWHERE = "postgresql://127.0.0.1:1/nowhere"


@pytest.fixture(autouse=True)
def _never_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test asks for what is, not for what was a moment ago."""
    monkeypatch.setattr(health.Remembered.__init__, "__defaults__", (0.0,))


def _ask(app: Flask, path: str = "/readyz", **headers: str) -> TestResponse:
    return app.test_client().get(path, base_url=BASE, headers=headers)


def _told(app: Flask) -> dict[str, str]:
    lines = _ask(app).text.splitlines()
    return dict(line.split(" ", 1) for line in lines)


def _whole(made: Runtime) -> Flask:
    """The application over a workspace where nothing is wrong."""
    runtime.beat(made)
    made.search.follow(made.works, KEEPER)
    return create_app(made)


def test_a_whole_workspace_is_ready(home: Path, opened: Made) -> None:
    """REL-16: each part is named and well, in words for people and in JSON for programs."""
    app = _whole(opened(home))
    parts = {"database", "schema", "writing", "index", "jobs", "space", "worker"}
    assert _told(app) == dict.fromkeys({"state", *parts}, "ok")
    answer = _ask(app, Accept="application/json")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    assert answer.json == {"state": "ok", "checks": dict.fromkeys(parts, "ok")}


def test_the_process_answers_without_a_database(
    home: Path, opened: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`/healthz` opens no Work, looks at no cookie, sets none, and says one word."""
    app = create_app(opened(home))
    monkeypatch.setattr(Works, "reading", lambda *_, **__: pytest.fail("it asked the database"))
    answer = _ask(app, "/healthz", Cookie="__Host-qms=forged")
    assert (answer.status_code, answer.text, answer.headers.getlist("Set-Cookie")) == (200, "ok\n", [])


def test_without_its_database_it_is_down(home: Path, opened: Made) -> None:
    """A database that does not answer is 503 and no word of why; the process itself still answers."""
    made = opened(home)
    app = _whole(made)
    made.engine.dispose()
    made.engine = build_engine(
        f"sqlite:///{home}/no/such/folder/x" if made.engine.dialect.name == "sqlite" else NOWHERE
    )
    answer = _ask(app)
    assert answer.status_code == 503
    assert "database down unreachable\n" in answer.text
    assert answer.text.startswith("state down\n")
    assert _ask(app, "/healthz").status_code == 200
    assert not re.search(r"sqlite|psycopg|/|5432|Traceback", answer.text)


def test_another_schema_is_down(home: Path, opened: Made) -> None:
    """A database that was brought forward under a running program stops it from being asked."""
    made = opened(home)
    app = _whole(made)
    with made.engine.connect() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.commit()
    answer = _ask(app)
    assert (answer.status_code, _told(app)["schema"]) == (503, "down another version")


def test_what_is_not_well_is_degraded_and_still_served(
    home: Path, opened: Made, clock: SimulatedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """REL-04, REL-07: no worker, no index, no space, no writing: the pages stay readable, each is said."""
    made = opened(home)
    app = create_app(made)
    for path in (home / "search_index").iterdir():
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    assert _told(app)["worker"] == "degraded never seen"
    assert _told(app)["index"] == "degraded missing"
    _whole(made)
    assert _told(app)["state"] == "ok"
    clock.advance(SILENT + timedelta(seconds=1))
    assert _told(app)["worker"] == "degraded silent"
    object.__setattr__(made.settings, "free_megabytes", 10**9)
    assert _told(app)["space"] == "degraded low"
    if made.engine.dialect.name == "sqlite":
        monkeypatch.setattr(os, "access", lambda *_: False)  # as on a file system mounted read-only
    else:
        with made.engine.connect() as connection:
            name = connection.execute(text("SELECT current_database()")).scalar()
            connection.execute(text(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on'))
            connection.commit()
        made.engine.dispose()
    assert _told(app)["writing"] == "degraded read only"
    answer = _ask(app)
    assert (answer.status_code, answer.text.splitlines()[0]) == (200, "state degraded")


def test_a_workspace_closed_to_acts_says_so(home: Path, opened: Made) -> None:
    """REL-17: whatever closed it, the pages are served and the probe tells."""
    app = _whole(opened(home, read_only=True))
    assert _told(app)["writing"] == "degraded read only"


def test_a_dead_job_and_an_index_left_behind_are_said(home: Path, opened: Made) -> None:
    """REL-16: what waits for a person is not silently good."""
    made = opened(home)
    app = _whole(made)
    with made.works.writing(KEEPER, every_permission()) as work:
        jobs.enqueue(work, "documents.issue", "x", {})
    claim = jobs.claim(made.works, KEEPER, ("documents.issue",))
    assert claim is not None
    with made.works.writing(KEEPER, every_permission()) as work:
        jobs.refuse(work, claim, "the canary of its reason")
        for number in range(MOST_BEHIND):
            work.record("job:retry", Ref("job", str(number)))
    told = _told(app)
    assert (told["jobs"], told["index"]) == ("degraded 1 dead", "degraded behind")
    assert "canary" not in _ask(app).text


def test_a_look_is_remembered_for_a_second(
    founded: Path, tmp_path: Path, opened: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However often it is asked, the database is looked at once a second."""
    made = opened(copied(founded, tmp_path / "workspace").home)
    app = create_app(made)
    app.extensions["qms-readiness"].keep = 1.0
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    assert _told(app)["worker"] == "degraded never seen"
    runtime.beat(made)
    assert _told(app)["worker"] == "degraded never seen"
    now[0] += 1.1
    assert _told(app)["worker"] == "ok"


def test_the_worker_leaves_its_sign(founded: Path, tmp_path: Path, opened: Made) -> None:
    """At every turn of its loop, by the clock of the workspace."""
    made = opened(copied(founded, tmp_path / "workspace").home)
    loop = Loop(made, lanes=1)
    stop = threading.Event()
    thread = threading.Thread(target=loop.run, args=(stop,))
    thread.start()
    for _ in range(600):
        if runtime.last_beat(made.settings) is not None:
            break
        stop.wait(0.05)
    stop.set()
    thread.join()
    assert runtime.last_beat(made.settings) == made.works.clock.now()
