"""The job that turns a released plan into an issued revision (law 2: prepare outside, decide inside)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qms import documents, jobs, trail
from qms.kernel.errors import QmsError
from qms.kernel.refs import Ref
from qms.runtime import every_permission

if TYPE_CHECKING:
    from qms.kernel.ports import Actor
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
            documents.fail_issue(work, ref, refusal.sentence(work.language))
            jobs.refuse(work, claim, refusal.sentence("en"))
        return
    trail.checkpoint(works, actor, f"issue {ref.key}")
