"""The job that carries an approved disposal list out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qms import jobs, retention
from qms.runtime import every_permission
from qms.runtime import scrub as scrubs

if TYPE_CHECKING:
    from qms.kernel.ports import Actor
    from qms.kernel.work import Work
    from qms.rendering import Pool
    from qms.runtime import Runtime


def dispose(runtime: Runtime, actor: Actor, pool: Pool, claim: jobs.Claim) -> None:  # noqa: ARG001 - one shape for all jobs
    """Dispose record by record, certify, and have what nothing names any more swept from the vault.

    The full check knows every row and every frozen plan that names a stored content; nobody else sweeps.
    """

    def last(work: Work) -> None:
        jobs.finish(work, claim)
        jobs.enqueue(work, scrubs.JOB, scrubs.KEY, {})

    retention.carry_out(runtime.works, actor, every_permission(), str(claim.payload["number"]), last)
