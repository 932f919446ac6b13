"""`qms doctor`: is everything as it should be, and what is declared but not yet enacted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from qms import calendar, clocks, documents, jobs, runtime, tasks
from qms import library as libraries
from qms import trail as trails
from qms.cli.exits import EXIT
from qms.cli.library import own
from qms.kernel.clock import iso
from qms.kernel.errors import Damaged
from qms.kernel.labels import N_, say
from qms.runtime import KEEPER
from qms.runtime import scrub as scrubs

if TYPE_CHECKING:
    from qms.cli.session import Session

_UNKNOWN: Final = N_(
    "The holidays of {year} are not known here; due days in it are provisional. Install a newer version, or"
    " write them into calendars.yaml."
)


class Notes:
    """The lines of the answer, in the language that was asked for."""

    def __init__(self, session: Session) -> None:
        """Nothing is noted yet."""
        self.session = session
        self.language = session.output.language
        self.rows: list[dict[str, Any]] = []

    def note(self, what: str, text: str, *, ok: bool = True) -> None:
        """One line."""
        self.rows.append({"ok": ok, "what": self.session.output.word(what), "text": text})

    def say(self, what: str, text: str, *, ok: bool = True, **facts: object) -> None:
        """One line of a text of the catalogue."""
        self.note(what, say(text, self.language, **facts), ok=ok)


@click.command()
@click.option("--deep", is_flag=True, help="Read every stored byte, row and entry of the trail again.")
@click.pass_obj
def doctor(session: Session, deep: bool) -> int:
    """Check settings, schema, trail, stored bytes, index and jobs."""
    notes, made = Notes(session), session.runtime
    found, wanted = runtime.schema(session.home)
    notes.note(N_("Database"), f"{made.engine.dialect.name}, {found}", ok=found == wanted)
    refusal = made.gate()
    told = refusal.sentence(notes.language) if refusal else say(N_("may be made"), notes.language)
    notes.note(N_("Changes"), told, ok=refusal is None)
    _calendars(notes)
    if not deep:
        _trail(notes)
    _standing(notes, deep=deep)
    if deep:
        _deep(notes)
    session.output.rows({"ok": N_("OK"), "what": N_("What"), "text": N_("State")}, notes.rows)
    return 0 if all(row["ok"] for row in notes.rows) else EXIT[Damaged]


def _calendars(notes: Notes) -> None:
    """Whether the organisation's calendars can be read, and whether next year's holidays are known."""
    with notes.session.keeping() as work:
        found = clocks.faults(work.session, notes.session.home)
        for refusal in found:
            notes.note(N_("Calendar"), refusal.sentence(notes.language), ok=False)
        kept = calendar.kept(notes.session.home)
        if kept.stands_in:
            return
        year = calendar.unpublished_year(work.today, kept)
    if year is None:
        notes.note(N_("Calendar"), kept.name)
    else:
        notes.say(N_("Calendar"), _UNKNOWN, year=year)


def _trail(notes: Notes) -> None:
    report = trails.check(notes.session.runtime.works, KEEPER, whole=False)
    fault = report.fault.sentence(notes.language) if report.fault else ""
    told = say("{last} entries, {checked} checked", notes.language, last=report.last, checked=report.checked)
    notes.note(N_("Trail"), fault or told, ok=report.ok)


def _standing(notes: Notes, *, deep: bool) -> None:
    """What can be told without reading it all again."""
    made = notes.session.runtime
    with notes.session.keeping() as work:
        standing = made.search.state(work)
        notes.say(
            N_("Search index"),
            N_("{health}, {behind} entries behind"),
            ok=standing.health.value == "sound",
            health=standing.health.value,
            behind=standing.behind,
        )
        counted = jobs.counts(work.session)
        told = ", ".join(f"{state.value} {count}" for state, count in counted.items())
        notes.note(N_("Jobs"), told, ok=not counted[jobs.State.DEAD])
        notes.note(N_("Messages waiting"), str(tasks.waiting(work.session)))
        if doubtful := tasks.doubtful(work.session, work.now):
            notes.note(N_("Messages that may have arrived twice, or never"), str(len(doubtful)))
        digests = scrubs.named(work.session)
        declared = documents.not_enacted(work)
        last = None if deep else scrubs.last(work)
    missing = [digest for digest in digests if not made.works.vault.has(digest)]
    notes.say(
        N_("Stored content"),
        N_("{count} named, {missing} missing"),
        ok=not missing,
        count=len(digests),
        missing=len(missing),
    )
    if last is not None:
        found = last.after["found"]
        facts = {"at": iso(last.at), "count": found}
        notes.say(N_("Last full check"), N_("{at}: {count} fault(s)"), ok=not found, **facts)
    for key, numbers in declared.items():
        notes.note(N_("Declared, not yet enacted"), f"{key}: {', '.join(numbers)}")


def _deep(notes: Notes) -> None:
    """Everything again; what was found is kept, where anything may be written (REL-14)."""
    made = notes.session.runtime
    if apart := libraries.check(*own(notes.session)):
        notes.say(N_("Library"), N_("{count} place(s) do not agree; see qms library check"), count=len(apart))
    done = scrubs.look(made)
    for finding in done.findings:
        notes.note(N_("Full check"), finding.sentence(notes.language), ok=False)
    for remark in done.remarks:
        notes.note(N_("Full check"), remark.sentence(notes.language))
    counts = ", ".join(f"{name} {count}" for name, count in sorted(done.counts.items()))
    facts = {"counts": counts, "seconds": f"{done.seconds:.1f}", "found": sum(done.told.values())}
    notes.say(N_("Full check"), N_("{found} fault(s) in {seconds} s: {counts}"), ok=done.ok, **facts)
    if made.gate() is None:
        with made.works.writing(KEEPER, runtime.every_permission()) as work:
            scrubs.record(work, done)


COMMANDS: Final = (doctor,)
