"""The job that has a checkpoint stamped by the authority (TRL-11), and when one is ordered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qms import jobs, trail
from qms.kernel.outbound import OutboundRefused
from qms.runtime import every_permission

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from qms.kernel.ports import Actor
    from qms.kernel.work import Work
    from qms.rendering import Pool
    from qms.runtime import Runtime

STAMP: Final = "trail.stamp"
_HOPELESS: Final = (
    OutboundRefused,
    trail.CertificatesUnreadable,
    trail.NoAuthority,
    trail.NoSuchCheckpoint,
)


def stamp(runtime: Runtime, actor: Actor, pool: Pool, claim: jobs.Claim) -> None:  # noqa: ARG001 - one shape for all jobs
    """Ask outside any transaction, then record the answer and end the job in one (law 2).

    An authority that does not answer is asked again later; what only a person can mend ends the job.
    """
    works = runtime.works
    try:
        trail.stamp(works, actor, int(claim.payload["checkpoint"]), lambda work: jobs.finish(work, claim))
    except _HOPELESS as refusal:
        with works.writing(actor, every_permission()) as work:
            jobs.refuse(work, claim, refusal.sentence("en"))


def give_up(work: Work, payload: Mapping[str, Any], reason: str) -> None:
    """Nobody waits for a time-stamp: its dead job has an entry, and the next checkpoint a job of its own."""


def order(runtime: Runtime, actor: Actor) -> bool:
    """Order what is to be stamped next, once for each checkpoint; says whether anything was ordered.

    Before the authority's certificate ends a new checkpoint is signed first, which covers the stamps so far.
    """
    works = runtime.works
    if not works.settings.timestamp_url:
        return False
    with works.reading(actor) as look:
        wanted = trail.stamp_wanted(look.session, look.now)
        if wanted is None or (wanted.checkpoint_id and _ordered(look, wanted.checkpoint_id)):
            return False
    chosen = wanted.checkpoint_id or trail.checkpoint(works, actor, "time-stamp").id
    with works.writing(actor, every_permission()) as work:
        jobs.enqueue(work, STAMP, str(chosen), {"checkpoint": chosen})
    return True


def _ordered(work: Work, checkpoint_id: int) -> bool:
    """Whether a job for it was made; one that died waits for a person or for the next checkpoint."""
    return jobs.latest(work.session, STAMP, str(checkpoint_id)) is not None
