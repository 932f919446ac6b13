"""One run of the scrub, and what becomes of its findings (REL-14).

It finds and tells, and mends nothing but the index and what nobody names any more. What it costs in
memory does not grow with what is kept, but for the keys of the index.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from qms import accounts, evidence, jobs, tasks, trail
from qms.kernel.errors import QmsError
from qms.kernel.labels import N_, Phrase
from qms.kernel.refs import Ref
from qms.runtime.parts import KEEPER, METADATA, every_permission
from qms.runtime.scrub import rows
from qms.runtime.scrub.findings import Finding, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sqlalchemy import Column
    from sqlalchemy.orm import Session

    from qms.kernel.work import Work
    from qms.runtime.parts import Runtime

JOB: Final = "scrub"
KEY: Final = "all"
RUN: Final = "scrub:run"
TASK: Final = "scrub:findings"
REF: Final = Ref("scrub", "findings")
DELAY: Final = timedelta(days=2)
"""How long a content nobody names is left alone: whoever stored it may still be about to name it."""
MOST: Final = 100
"""How many findings of one kind are told; the rest is counted."""
BLOBS: Final = (
    ("action_evidence", "digest"),
    ("competence_evidence", "digest"),
    ("disposal_list", "certificate_digest"),
    ("evidence_request", "bundle_digest"),
    ("evidence_request", "plan_digest"),
    ("record_file", "digest"),
    ("register_export", "digest"),
    ("review_pack", "digest"),
    ("revision", "pdf_digest"),
    ("revision", "source_digest"),
    ("revision_image", "digest"),
    ("synced_file", "source_digest"),
)
"""The columns that name stored content."""
FOUND: Final = N_("The check of everything that is kept found {count} fault(s)")
COUNTED: Final = {
    "contents": N_("Stored contents"),
    "orphans": N_("named by nothing"),
    "swept": N_("swept"),
    "rows": N_("Rows"),
    "signatures": N_("Signatures"),
    "frozen": N_("Frozen contents"),
    "witnessed": N_("Records against the trail"),
    "sealed": N_("Sealed contents"),
    "entries": N_("Entries of the trail"),
    "checkpoints": N_("Kept checkpoints"),
    "clauses": N_("Clauses in the index"),
}
"""What the figures of a run are called."""
_PARTS: Final = "0123456789abcdef"


def _column(named: tuple[str, str]) -> Column[Any]:
    table, name = named
    return METADATA.tables[table].columns[name]


def named(session: Session) -> set[str]:
    """Every digest that a row names; what a frozen plan names beside is read by the full check alone."""
    columns = map(_column, BLOBS)
    return {each for column in columns for each in session.scalars(select(column).where(column.is_not(None)))}


@dataclass(slots=True)
class Scrubbed:
    """What a scrub read, what it found wrong, and what it could not look at."""

    counts: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)
    remarks: list[Finding] = field(default_factory=list)
    told: Counter[Kind] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.told

    def add(self, finding: Finding) -> None:
        """Count a finding, and keep it while there are not too many of its kind."""
        self.told[finding.kind] += 1
        if self.told[finding.kind] <= MOST:
            self.findings.append(finding)


class Scrub:
    """One run over a workspace; `progress` hears after each piece of work how far it is."""

    def __init__(self, made: Runtime, progress: Callable[[str], None] = lambda _: None) -> None:
        """Look at nothing yet."""
        self.made = made
        self.works = made.works
        self.vault = made.works.vault
        self.progress = progress
        self.done = Scrubbed()
        self.plans_read = True

    def run(self) -> Scrubbed:
        """Every check, each on its own: what breaks one is a finding and does not end the others."""
        began = time.monotonic()
        for name, check in (
            ("database", self._database),
            ("trail", self._trail),
            ("register", self._register),
            ("content", self._content),
            ("index", self._index),
        ):
            self.progress(name)
            try:
                for found in check():
                    self.done.add(found)
            except (DBAPIError, OSError, ValueError, KeyError, TypeError) as fault:
                said = " ".join(str(getattr(fault, "orig", None) or fault).split())
                self.done.add(Finding(Kind.UNREADABLE, N_("{part} cannot be read: {said}"),
                                      {"part": name, "said": said}))  # fmt: skip
        self.done.seconds = round(time.monotonic() - began, 3)
        return self.done

    # The parts.

    def _database(self) -> Iterator[Finding]:
        yield from rows.integrity(self.made, self.done.remarks.append)
        with self.works.reading(KEEPER) as work:
            for name in sorted(METADATA.tables):
                count, found = rows.foreign_keys(work.session, METADATA.tables[name])
                self.done.counts["rows"] += count
                yield from found

    def _trail(self) -> Iterator[Finding]:
        try:
            report = trail.check(self.works, KEEPER)
        except QmsError as refusal:
            yield Finding(Kind.TRAIL, refusal.message, refusal.facts)
            return
        self.done.counts["entries"] += report.checked
        self.done.counts["checkpoints"] += report.checkpoints
        if report.fault:
            yield Finding(Kind.TRAIL, report.fault.message, {"seq": report.fault.seq, **report.fault.facts})

    def _register(self) -> Iterator[Finding]:
        with self.works.reading(KEEPER) as work:
            yield from rows.two_in_force(work.session)
            yield from rows.issued_without(work.session)
            for finding in rows.signatures(work.session):
                self.done.counts["signatures"] += 1
                if finding is not None:
                    yield finding
            yield from rows.lost_numbers(work.session)
            for finding in rows.frozen(work):
                self.done.counts["frozen"] += 1
                if finding is not None:
                    yield finding
            for finding in rows.witnessed(work):
                self.done.counts["witnessed"] += 1
                if finding is not None:
                    yield finding
            for finding in rows.sealed(work):
                self.done.counts["sealed"] += 1
                if finding is not None:
                    yield finding

    def _content(self) -> Iterator[Finding]:
        for part in (*_PARTS, ""):
            yield from self._part_of_content(part)
            self.progress(f"content {part}")
        for name in self.vault.strays():
            yield Finding(Kind.STRAY, N_("{name} lies among the stored content and is none."), {"name": name})

    def _part_of_content(self, part: str) -> Iterator[Finding]:
        # Listed before the rows are read: bytes come first (law 9). No blob begins like no digit.
        there = set(self.vault.digests(part)) if part else set()
        with self.works.reading(KEEPER) as work:
            named = self._planned(work, part) if part else {}
            named |= {digest: place for column in BLOBS for digest, place in self._named(work, column, part)}
        for digest in sorted(there):
            self.done.counts["contents"] += 1
            if not self.vault.sound(digest):
                facts = {"digest": digest, "named": named.get(digest, "-")}
                yield Finding(Kind.DAMAGED, N_("The stored content {digest} of {named} was altered."), facts)
            if self.done.counts["contents"] % 100 == 0:
                self.progress(f"content {digest[:4]}")
        for digest in sorted(named.keys() - there):
            if not self.vault.has(digest):
                facts = {"digest": digest, "named": named[digest]}
                yield Finding(Kind.MISSING, N_("The stored content {digest} of {named} is missing."), facts)
        if self.plans_read and self.done.ok:
            self._sweep(sorted(there - named.keys()))

    def _sweep(self, orphans: Sequence[str]) -> None:
        """Take away what nobody names and nobody has put for a while; never while a backup copies.

        Nothing goes while anything is wrong: an altered row may have named it, and it is evidence.
        """
        self.done.counts["orphans"] += len(orphans)
        for digest in orphans[: MOST - len(self.done.remarks)]:
            told = N_("The stored content {digest} is named by nothing.")
            self.done.remarks.append(Finding(Kind.ORPHAN, told, {"digest": digest}))
        if self.made.gate() is not None:
            return
        before = (self.works.clock.now() - DELAY).timestamp()
        with self.vault.sweeping() as alone:
            if not alone:
                self.done.counts["unswept"] += len(orphans)
                return
            self.done.counts["swept"] += sum(self.vault.sweep(digest, before) for digest in orphans)
            self.done.counts["leftovers"] += self.vault.tidy(before)

    def _planned(self, work: Work, part: str) -> dict[str, str]:
        """What frozen plans of bundles name; while one of them cannot be read nothing at all is swept."""
        try:
            return dict.fromkeys(evidence.planned(work, part), "evidence_request.plan_digest")
        except (QmsError, ValueError, KeyError, TypeError):
            self.plans_read = False  # the plan itself is told of as damaged or missing
            return {}

    def _named(self, work: Work, column: tuple[str, str], part: str) -> Iterable[tuple[str, str]]:
        parts = (part,) if part else _PARTS
        return rows.named(work.session, _column(column), parts, beside=not part)

    def _index(self) -> Iterator[Finding]:
        search = self.made.search
        with self.works.reading(KEEPER, every_permission()) as work:
            standing = search.state(work)
        self.done.counts["clauses"] += standing.entries
        if standing.health.value != "sound":
            facts = {"health": standing.health.value, "fault": standing.fault or "-"}
            yield Finding(Kind.INDEX, N_("The search index is {health}: {fault}"), facts)
            return
        try:
            differing = search.reconcile(self.works, KEEPER)
        except QmsError as refusal:
            yield Finding(Kind.INDEX, refusal.message, refusal.facts)
            return
        for thing in differing:
            yield Finding(Kind.INDEX, N_("The search index told other things of {thing} than the register; "
                                         "it was mended."), {"thing": thing})  # fmt: skip


def look(made: Runtime, progress: Callable[[str], None] = lambda _: None) -> Scrubbed:
    """Read everything once; `progress` hears how far it is."""
    return Scrub(made, progress).run()


def record(work: Work, done: Scrubbed) -> None:
    """The result is an entry; what was found is owed to the system administrators until a run finds nothing.

    The findings of one run are one task: a later run with findings renews it (REL-14).
    """
    after: dict[str, Any] = {
        "found": sum(done.told.values()),
        "kinds": {kind.value: count for kind, count in sorted(done.told.items())},
        "counts": dict(sorted(done.counts.items())),
        "findings": [each.packed() for each in done.findings[:MOST]],
        "remarks": [each.packed() for each in done.remarks],
        "milliseconds": round(done.seconds * 1000),
    }
    if done.ok:
        tasks.settle(work, TASK, REF)
    else:
        administrators = accounts.role_holders(work.session, "system-administrator", work.today)
        tasks.cancel(work, TASK, REF)
        tasks.owe(work, kind=TASK, ref=REF, person_ids=administrators, subject=FOUND,
                  facts={"count": after["found"]}, due_on=work.today)  # fmt: skip
    work.record(RUN, REF, after=after)


def ask(work: Work) -> None:
    """Order a scrub now, for those who manage jobs; while one waits or runs, it is that one."""
    if not work.rights.may("jobs:manage"):
        raise jobs.MayNotManageJobs
    job = jobs.enqueue(work, JOB, KEY, {})
    work.record("scrub:ask", REF, after={"job": job.id})


def last(work: Work) -> trail.TrailRow | None:
    """The entry of the newest scrub."""
    return next(iter(trail.browse(work.session, action=RUN, limit=1)), None)


def is_due(work: Work) -> bool:
    """Whether the last scrub, or the founding where there is none, is as long ago as the settings say."""
    days = work.settings.scrub_days
    begun = last(work) or next(iter(trail.since(work.session, 0, 1)), None)
    return bool(days) and begun is not None and work.now - begun.at >= timedelta(days=days)


def sentences_of(row: trail.TrailRow, language: str, which: str = "findings") -> list[str]:
    """What an entry of a scrub tells, in sentences."""
    return [Phrase(each["message"], **each["facts"]).sentence(language) for each in row.after[which]]
