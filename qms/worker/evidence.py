"""The job that builds an approved bundle; what goes wrong is written on the request."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from qms import evidence, jobs
from qms.kernel.errors import QmsError
from qms.runtime import every_permission

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qms.kernel.ports import Actor
    from qms.kernel.work import Work
    from qms.rendering import Pool
    from qms.runtime import Runtime


def build(runtime: Runtime, actor: Actor, pool: Pool, claim: jobs.Claim) -> None:  # noqa: ARG001 - one shape for all jobs
    """Gather, stream and record the bundle; the job ends in the transaction that records it (law 2)."""
    number = str(claim.payload["number"])
    works = runtime.works

    def told(step: str) -> None:
        with works.writing(actor, every_permission()) as work:
            jobs.report(work, claim, step)

    try:
        evidence.build(works, number, progress=told, last=lambda work: jobs.finish(work, claim))
    except (jobs.LeaseLost, OSError):
        raise  # taken over by another worker, or the disk may be better at the next attempt
    except evidence.RequestNotApproved as refusal:
        with works.writing(actor, every_permission()) as work:
            jobs.refuse(work, claim, refusal.sentence("en"))
    except QmsError as refusal:
        _give_up(runtime, claim, number, refusal.sentence(runtime.settings.language), refusal.sentence("en"))
    except ValueError as fault:
        _give_up(runtime, claim, number, str(fault), str(fault))


def _give_up(runtime: Runtime, claim: jobs.Claim, number: str, said: str, noted: str) -> None:
    """Write it on the request, so that the next build gathers anew instead of keeping a plan that fails."""
    with runtime.works.writing(evidence.SERVICE, evidence.SERVICE_RIGHTS) as work:
        evidence.fail(work, number, reason=said)
        jobs.refuse(work, claim, noted)


def give_up(work: Work, payload: Mapping[str, Any], reason: str) -> None:
    """A dead job leaves its request failed, with the reason, so that somebody may have it tried again."""
    with suppress(evidence.RequestNotApproved):
        evidence.fail(work, str(payload["number"]), reason=reason)
