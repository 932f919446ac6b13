"""The metrics page for Prometheus: what each process counted, and how the workspace stands at the moment.

Closed until a setting opens it to addresses or to a bearer. Several web processes add up by files in
the folder that `PROMETHEUS_MULTIPROC_DIR` names, which `qms serve` sets before this module is read.
"""

from __future__ import annotations

import hmac
import os
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, current_app, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from qms import __version__, jobs, trail
from qms import runtime as parts
from qms.http.addresses import comes_from
from qms.http.edge import NothingToSee, bare, runtime
from qms.http.limits import limiter
from qms.runtime import KEEPER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from flask import Flask, Response
    from prometheus_client.metrics_core import Metric

    from qms.kernel.settings import Settings
    from qms.kernel.work import Work
    from qms.runtime import Runtime

pages = Blueprint("metrics", __name__)
FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Meters:
    """What this process counts; without anybody to read it nothing is counted."""

    def __init__(self, settings: Settings) -> None:
        """Make the counters of one application."""
        self.on = bool(settings.metrics_from or settings.metrics_token)
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "qms_requests", "Requests answered.", ("route", "method", "status"), registry=self.registry
        )
        self._seconds = Histogram(
            "qms_request_seconds",
            "How long answers took.",
            ("route",),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self._refused = Counter("qms_sign_ins_failed", "Sign-ins refused.", registry=self.registry)

    def count(self, route: str | None, method: str, status: int, seconds: float) -> None:
        """One request; what leads nowhere is counted under one name, so that nobody can make up others."""
        if self.on:
            named = route or "none"
            self._requests.labels(named, method if method in _METHODS else "other", str(status)).inc()
            self._seconds.labels(named).observe(seconds)

    def refused(self) -> None:
        """One sign-in that was not let in (SEC-09)."""
        if self.on:
            self._refused.inc()


class Standing(Collector):
    """How the workspace stands, asked of the register while the page is made."""

    def __init__(self, made: Runtime) -> None:
        """Nothing is asked yet."""
        self.made = made

    def collect(self) -> Iterator[Metric]:
        """Every figure that is true of the whole workspace and not of one process."""
        yield _gauge("qms_info", "The version that answers.", {(__version__,): 1}, "version")
        free = {(name,): count for name, count in parts.free_bytes(self.made.settings).items()}
        yield _gauge("qms_free_bytes", "Free space where a folder lies.", free, "folder")
        seen = parts.last_beat(self.made.settings)
        if seen is not None:
            silent = (self.made.works.clock.now() - seen).total_seconds()
            yield _gauge("qms_worker_silent_seconds", "Since a worker gave its last sign.", {(): silent})
        with self.made.works.reading(KEEPER) as work:
            yield from self._register(work)

    def _register(self, work: Work) -> Iterator[Metric]:
        counted = {(state.value,): count for state, count in jobs.counts(work.session).items()}
        yield _gauge("qms_jobs", "Jobs in each state.", counted, "state")
        since = jobs.waiting_since(work.session, work.now)
        waited = (work.now - since).total_seconds() if since else 0
        yield _gauge(
            "qms_jobs_oldest_waiting_seconds", "How long the oldest due job has waited.", {(): waited}
        )
        standing = self.made.search.state(work)
        yield _gauge("qms_index_behind_entries", "Trail entries not in the index.", {(): standing.behind})
        sound = int(standing.health.value == "sound")
        yield _gauge("qms_index_sound", "1 where the index answers and is up to date in form.", {(): sound})
        yield _gauge("qms_trail_entries", "Entries of the trail.", {(): trail.head(work.session)[0]})
        last = trail.checkpoints(work.session, 1)
        if last:
            age = (work.now - last[0].at).total_seconds()
            yield _gauge("qms_trail_checkpoint_age_seconds", "Since the trail was last signed.", {(): age})


def _gauge(name: str, told: str, values: Mapping[Any, float], *labels: str) -> Metric:
    found = GaugeMetricFamily(name, told, labels=labels)
    for names, value in values.items():
        found.add_metric(names, value)
    return found


def attach(app: Flask) -> None:
    """Give the application its meters."""
    app.extensions["qms-meters"] = Meters(app.extensions["qms"].settings)


@pages.get("/metrics")
@bare
@limiter.exempt
def page() -> Response:
    """All figures, for those the settings name; for everybody else there is nothing here (SEC-06)."""
    made = runtime()
    if not _allowed(made.settings):
        raise NothingToSee
    if os.environ.get(FOLDER):
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # it carries no types
    else:
        registry = current_app.extensions["qms-meters"].registry
    whole = CollectorRegistry()
    whole.register(Standing(made))
    body = generate_latest(registry) + generate_latest(whole)
    return current_app.response_class(body, content_type=CONTENT_TYPE_LATEST)


def _allowed(settings: Settings) -> bool:
    """By the bearer, or by an address that is surely the caller's own."""
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    wanted = settings.metrics_token.encode()
    if wanted and kind.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), wanted):
        return True
    return comes_from(settings.metrics_from, settings)
