"""Background jobs: what waits, runs, is done or failed for good, and letting it run again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, redirect, request, url_for

from qms import jobs
from qms.http.edge import NothingToSee, act, look, page, runtime, tell
from qms.jobs import STATES, State
from qms.kernel.labels import N_
from qms.runtime import jobs_told, scrub, wording

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from qms.kernel.work import Work

pages = Blueprint("jobs", __name__)
_PAGE: Final = 50
_OPEN: Final = frozenset({State.QUEUED, State.RUNNING})


def _seen() -> Work:
    work = look()
    if not work.rights.may("jobs:read"):
        raise NothingToSee
    return work


@pages.get("/jobs")
def listing() -> str:
    """The newest jobs, of one state where asked; those that failed for good are counted first."""
    work = _seen()
    asked = next((state for state in State if state.value == request.args.get("state")), None)
    below = request.args.get("below", type=int)
    rows = jobs.listing(work.session, {asked} if asked else None, below=below, limit=_PAGE + 1)
    return page(
        "jobs/listing.html",
        rows=jobs_told(work, rows[:_PAGE]),
        more=rows[_PAGE - 1].id if len(rows) > _PAGE else None,
        asked=asked,
        states=STATES,
        counts=jobs.counts(work.session),
        is_open=_OPEN,
        wording=wording,
    )


@pages.get("/jobs/full-check")
def full_check() -> str:
    """What the last full check of everything that is kept has found (REL-14)."""
    work = _seen()
    last = scrub.last(work)
    return page(
        "jobs/full_check.html",
        last=last,
        findings=scrub.sentences_of(last, work.language) if last else [],
        remarks=scrub.sentences_of(last, work.language, "remarks") if last else [],
        counted=scrub.COUNTED,
        job=jobs.latest(work.session, scrub.JOB, scrub.KEY),
        is_open=_OPEN,
        days=runtime().settings.scrub_days,
    )


@pages.post("/jobs/full-check")
def check_now() -> Response:
    """Order one now."""
    with act() as work:
        scrub.ask(work)
    tell(N_("The check begins as soon as a worker is free."))
    return redirect(url_for("jobs.full_check"), 303)


@pages.get("/jobs/<int:job_id>")
def one(job_id: int) -> str:
    """One job with its progress, error and result."""
    work = _seen()
    (job,) = jobs_told(work, [jobs.job(work.session, job_id)])
    return page("jobs/one.html", job=job, states=STATES, is_open=_OPEN, wording=wording)


@pages.post("/jobs/<int:job_id>/retry")
def retry(job_id: int) -> Response:
    """Let a job that failed for good, or was cancelled, run again from its first attempt."""
    with act() as work:
        jobs.retry(work, job_id)
    tell(N_("Job {id} runs again as soon as a worker is free."), id=job_id)
    return redirect(url_for("jobs.one", job_id=job_id), 303)


@pages.post("/jobs/<int:job_id>/cancel")
def cancel(job_id: int) -> Response:
    """Cancel a job that waits or runs."""
    with act() as work:
        jobs.cancel(work, job_id)
    tell(N_("Job {id} is cancelled."), id=job_id)
    return redirect(url_for("jobs.one", job_id=job_id), 303)
