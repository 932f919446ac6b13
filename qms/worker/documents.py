"""The job that turns a released plan into an issued revision (law 2: prepare outside, decide inside)."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from qms import documents, jobs, trail
from qms.kernel.errors import Conflict, QmsError
from qms.kernel.refs import Ref
from qms.runtime import every_permission

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qms.kernel.ports import Actor
    from qms.kernel.work import Work
    from qms.rendering import Pool
    from qms.runtime import Runtime


def issue(runtime: Runtime, actor: Actor, pool: Pool, claim: jobs.Claim) -> None:
    """Render outside any transaction, store the bytes, then decide in one short Work.

    What cannot be rendered leaves the revision approved, with the reason and a retry (pitfall 7).
    """
    ref = Ref.parse(claim.payload["revision"])
    works = runtime.works
    with works.reading(actor, every_permission()) as work:
        plan = documents.stored_plan(work, ref)
        printed = documents.printed(work, plan)
    try:
        rendered = pool.render(printed.sheet, printed.source, printed.source_name)
        digest = works.vault.put(rendered.pdf)
        with works.writing(actor, every_permission()) as work:
            documents.decide_issue(
                work, plan, pdf_digest=digest, pages=rendered.pages, versions=rendered.versions
            )
            jobs.finish(work, claim, {"pdf": digest, "pages": rendered.pages})
    except (jobs.LeaseLost, ConnectionError):
        raise
    except QmsError as refusal:
        with works.writing(actor, every_permission()) as work:
            give_up(work, claim.payload, refusal.sentence(work.language))
            jobs.refuse(work, claim, refusal.sentence("en"))
        return
    trail.checkpoint(works, actor, f"issue {ref.key}")


def give_up(work: Work, payload: Mapping[str, Any], reason: str) -> None:
    """A dead job leaves its revision approved, with the reason and a retry, never "being issued" for ever.

    One that is no longer being issued stays as it is: somebody else was quicker.
    """
    with suppress(Conflict):
        documents.fail_issue(work, Ref.parse(payload["revision"]), reason)
