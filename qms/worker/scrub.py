"""The job that scrubs the workspace; it says now and then that it is still at it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

from qms import jobs
from qms.runtime import every_permission
from qms.runtime import scrub as scrubs

if TYPE_CHECKING:
    from qms.kernel.ports import Actor
    from qms.kernel.work import Work
    from qms.rendering import Pool
    from qms.runtime import Runtime

_SILENCE: Final = 20.0


def scrub(runtime: Runtime, actor: Actor, pool: Pool, claim: jobs.Claim) -> None:  # noqa: ARG001 - one shape for all jobs
    """Look at everything; the job ends in the transaction that keeps what was found (law 2, REL-14)."""
    works = runtime.works
    told = time.monotonic()

    def progress(step: str) -> None:
        nonlocal told
        if time.monotonic() - told > _SILENCE:
            told = time.monotonic()
            with works.writing(actor, every_permission()) as work:
                jobs.report(work, claim, step)

    done = scrubs.look(runtime, progress)
    with works.writing(actor, every_permission()) as work:
        scrubs.record(work, done)
        jobs.finish(work, claim, {"found": sum(done.told.values())})


def order(work: Work) -> None:
    """Order a scrub where one is due; asking twice is asking once."""
    if scrubs.is_due(work):
        jobs.enqueue(work, scrubs.JOB, scrubs.KEY, {})
