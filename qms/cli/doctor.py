"""`qms doctor`: is everything as it should be, and what is declared but not yet enacted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from qms import documents, jobs, runtime, tasks
from qms import trail as trails
from qms.cli.exits import EXIT
from qms.kernel.errors import Damaged
from qms.kernel.labels import N_, say
from qms.runtime import KEEPER

if TYPE_CHECKING:
    from qms.cli.session import Session


@click.command()
@click.option("--deep", is_flag=True, help="Read every stored byte and every entry of the trail again.")
@click.pass_obj
def doctor(session: Session, deep: bool) -> int:
    """Check settings, schema, trail, stored bytes, index and jobs."""
    rows: list[dict[str, Any]] = []

    def note(what: str, text: str, *, ok: bool = True) -> None:
        rows.append({"ok": ok, "what": session.output.word(what), "text": text})

    made, language = session.runtime, session.output.language
    found, wanted = runtime.schema(session.home)
    note(N_("Database"), f"{made.engine.dialect.name}, {found}", ok=found == wanted)
    report = trails.check(made.works, KEEPER, whole=deep)
    fault = report.fault.sentence(language) if report.fault else ""
    told = say("{last} entries, {checked} checked", language, last=report.last, checked=report.checked)
    note(N_("Trail"), fault or told, ok=report.ok)
    with session.keeping() as work:
        standing = made.search.state(work)
        note(
            N_("Search index"),
            say(
                "{health}, {behind} entries behind",
                language,
                health=standing.health.value,
                behind=standing.behind,
            ),
            ok=standing.health.value == "sound",
        )
        counted = jobs.counts(work.session)
        dead = counted[jobs.State.DEAD]
        note(N_("Jobs"), ", ".join(f"{state.value} {count}" for state, count in counted.items()), ok=not dead)
        note(N_("Messages waiting"), str(tasks.waiting(work.session)))
        digests = sorted(documents.blobs(work.session))
        declared = documents.not_enacted(work)
    missing = [digest for digest in digests if not made.works.vault.has(digest)]
    told = say("{count} named, {missing} missing", language, count=len(digests), missing=len(missing))
    note(N_("Stored content"), told, ok=not missing)
    if deep:
        for digest in digests:
            if digest not in missing:
                made.works.vault.read(digest)
    for key, numbers in declared.items():
        note(N_("Declared, not yet enacted"), f"{key}: {', '.join(numbers)}")
    session.output.rows({"ok": N_("OK"), "what": N_("What"), "text": N_("State")}, rows)
    return 0 if all(row["ok"] for row in rows) else EXIT[Damaged]


COMMANDS: Final = (doctor,)
