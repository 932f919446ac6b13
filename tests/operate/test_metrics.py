"""The metrics page: closed until it is opened, right in what it counts, and without a word of content."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from qms import jobs, runtime, trail
from qms.app import create_app
from qms.runtime import KEEPER, every_permission
from tests.cli.terminal import PASSWORD, copied
from tests.web.house import BASE, Browser

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask
    from werkzeug.test import TestResponse

    from qms.kernel.clock import SimulatedClock
    from tests.operate.conftest import Made

TOKEN = "canary-of-the-bearer"  # noqa: S105 - of the tests


def _ask(app: Flask, address: str = "127.0.0.1", **headers: str) -> TestResponse:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return app.test_client().get(
        "/metrics", base_url=BASE, headers=named, environ_base={"REMOTE_ADDR": address}
    )


def figures(text: str) -> dict[tuple[str, ...], float]:
    """Each sample of a page by its name and the values of its labels, in the order of their names."""
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_the_page_is_closed_by_default(home: Path, opened: Made) -> None:
    """SEC-06: nobody has opened it, so it is not there; nothing is counted either."""
    app = create_app(opened(home))
    assert _ask(app).status_code == 404
    assert _ask(app, Authorization="Bearer ").status_code == 404
    assert "qms_requests_total{" not in str(app.extensions["qms-meters"].registry.collect())


@pytest.mark.parametrize(("settings", "asking", "status"), [
    ({"metrics_from": "127.0.0.1"}, {}, 200),
    ({"metrics_from": "10.0.0.0/8, ::1"}, {"address": "10.1.2.3"}, 200),
    ({"metrics_from": "10.0.0.0/8, ::1"}, {"address": "::1"}, 200),
    ({"metrics_from": "10.0.0.0/8"}, {"address": "11.1.2.3"}, 404),
    ({"metrics_from": "10.0.0.0/8"}, {"address": "unix:"}, 404),
    ({"metrics_from": "127.0.0.1"}, {"X_Forwarded_For": "9.9.9.9"}, 404),
    ({"metrics_from": "127.0.0.1"}, {"Forwarded": "for=9.9.9.9"}, 404),
    ({"metrics_from": "127.0.0.1", "proxy_hops": 1}, {"X_Forwarded_For": "9.9.9.9"}, 404),
    ({"metrics_from": "9.9.9.9", "proxy_hops": 1}, {"X_Forwarded_For": "9.9.9.9"}, 200),
    ({"metrics_token": TOKEN}, {"Authorization": f"Bearer {TOKEN}"}, 200),
    ({"metrics_token": TOKEN}, {"Authorization": f"bearer {TOKEN}"}, 200),
    ({"metrics_token": TOKEN}, {"Authorization": f"Bearer {TOKEN}x"}, 404),
    ({"metrics_token": TOKEN}, {"Authorization": f"Basic {TOKEN}"}, 404),
    ({"metrics_token": TOKEN}, {"Authorization": "Bearer 密"}, 404),
    ({"metrics_token": TOKEN}, {}, 404),
])  # fmt: skip
def test_who_may_read_it(
    founded: Path,
    opened: Made,
    tmp_path: Path,
    *,
    settings: dict[str, Any],
    asking: dict[str, str],
    status: int,
) -> None:
    """By address where it is surely the caller's own (SEC-24), or by the bearer; all others find nothing."""
    made = opened(copied(founded, tmp_path / "workspace").home, **settings)
    asking = {name: value.encode().decode("latin-1") for name, value in asking.items()}
    assert _ask(create_app(made), **asking).status_code == status


def test_requests_and_failed_sign_ins_are_counted(home: Path, opened: Made) -> None:
    """By route and status, never by an address that was typed; what leads nowhere is one line."""
    app = create_app(opened(home, metrics_from="127.0.0.1"))
    browser = Browser(app)
    browser.submit("/sign-in", {"login": "author", "password": "wrong"})
    browser.sign_in("author", PASSWORD)
    browser.get("/me")
    for path in ("/canary-1", "/canary-2"):
        browser.get(path)
    app.test_client().open("/me", method="CANARY", base_url=BASE)
    page = _ask(app)
    assert page.mimetype == "text/plain"
    found = figures(page.text)
    assert found["qms_requests_total", "other", "none", "405"] == 1
    assert found["qms_requests_total", "GET", "accounts.me", "200"] == 1
    assert found["qms_requests_total", "POST", "accounts.sign_in", "403"] == 1
    assert found["qms_requests_total", "POST", "accounts.sign_in", "303"] == 1
    assert found["qms_requests_total", "GET", "none", "404"] == 2
    assert found["qms_sign_ins_failed_total",] == 1
    assert found["qms_request_seconds_count", "accounts.me"] == 1
    assert found["qms_request_seconds_bucket", "+Inf", "accounts.me"] == 1
    assert "canary" not in page.text.lower()
    assert "author" not in page.text


def test_how_the_workspace_stands(home: Path, opened: Made, clock: SimulatedClock) -> None:
    """REL-16: jobs, index, trail, space and the worker, as they are when the page is asked for."""
    made = opened(home, metrics_from="127.0.0.1")
    app = create_app(made)
    made.search.follow(made.works, KEEPER)
    trail.checkpoint(made.works, KEEPER, "test")
    runtime.beat(made)
    with made.works.writing(KEEPER, every_permission()) as work:
        jobs.enqueue(work, "documents.issue", "x", {})
    clock.advance(timedelta(minutes=10))
    found = figures(_ask(app).text)
    assert found["qms_jobs", "queued"] == 1
    assert found["qms_jobs", "dead"] == 0
    assert found["qms_jobs_oldest_waiting_seconds",] == 600
    assert found["qms_worker_silent_seconds",] == 600
    assert found["qms_trail_checkpoint_age_seconds",] == 600
    assert found["qms_index_sound",] == 1
    with made.works.reading(KEEPER) as work:
        head = trail.head(work.session)[0]
        behind = made.search.state(work).behind
    assert (found["qms_trail_entries",], found["qms_index_behind_entries",]) == (head, behind)
    assert found["qms_free_bytes", "records"] > 0
