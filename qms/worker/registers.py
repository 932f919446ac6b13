"""The job that makes a large export of a register, with the rights of who asked for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qms import accounts, jobs, registers
from qms.kernel.errors import QmsError
from qms.runtime import every_permission

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from qms.kernel.ports import Actor
    from qms.kernel.work import Work
    from qms.rendering import Pool
    from qms.runtime import Runtime


def export(runtime: Runtime, actor: Actor, pool: Pool, claim: jobs.Claim) -> None:  # noqa: ARG001 - one shape for all jobs
    """Stream the view into the vault in one look, then bind it in the transaction that ends the job."""
    export_id = int(claim.payload["export"])
    try:
        number, rows, digest = _made(runtime, actor, claim, export_id)
    except (jobs.LeaseLost, OSError):
        raise
    except QmsError as refusal:
        with runtime.works.writing(actor, every_permission()) as work:
            registers.fail_export(work, export_id, refusal.sentence(work.language))
            jobs.refuse(work, claim, refusal.sentence("en"))
        return
    with runtime.works.writing(actor, every_permission()) as work:
        registers.finish_export(work, export_id, number=number, rows=rows, digest=digest)
        jobs.finish(work, claim, {"rows": rows, "digest": digest})


def _made(runtime: Runtime, actor: Actor, claim: jobs.Claim, export_id: int) -> tuple[str, int, str]:
    works = runtime.works
    with works.reading(actor) as look:
        row = registers.asked_export(look.session, export_id)
        person = accounts.actor_of(look.session, row.person_id)
        rights = accounts.rights_of(look.session, row.person_id, look.today)
        number = registers.number_of(look.session, row.register_id)
        language, kind, content = row.language, row.format, row.view
    with works.reading(person, rights, language) as look:
        register = registers.register(look.session, rights, number, look.today, language)
        view = registers.views.kept(registers.views.loaded(content), register.columns)
        with registers.making.file(look, register, view, kind, _telling(runtime, actor, claim)) as made:
            return number, made.rows, works.vault.put(made.stream)


def _telling(runtime: Runtime, actor: Actor, claim: jobs.Claim) -> Callable[[int], None]:
    """Say how far it is every few thousand rows, which holds the job as well."""
    step = 4_000

    def told(count: int) -> None:
        if count % step == 0:
            with runtime.works.writing(actor, every_permission()) as work:
                jobs.report(work, claim, "rows", done=count)

    return told


def give_up(work: Work, payload: Mapping[str, Any], reason: str) -> None:
    """A dead job leaves its export failed, with the reason."""
    registers.fail_export(work, int(payload["export"]), reason)
