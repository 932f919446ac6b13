"""Puts the parts together once; knows no web framework and no command line."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy.exc import OperationalError

from qms import (
    accounts,
    actions,
    audits,
    changes,
    clocks,
    competence,
    documents,
    evidence,
    feedback,
    forms,
    impact,
    jobs,
    management_review,
    migrations,
    nonconformities,
    objectives,
    parties,
    records,
    registers,
    retention,
    risks,
    schedules,
    scoring,
    standards,
    tasks,
    trail,
    trail_reviews,
)
from qms.kernel import settings as configuration
from qms.kernel.clock import SystemClock
from qms.kernel.database import assert_safe, build_engine
from qms.kernel.errors import Conflict, Forbidden, QmsError
from qms.kernel.labels import N_
from qms.kernel.ports import Actor, Change, Rights, Secrecy
from qms.kernel.refs import Ref
from qms.kernel.vault import LocalVault
from qms.kernel.work import Work, Works
from qms.runtime import sight, startup, tables
from qms.search import Register, Search, open_search

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Engine

    from qms.kernel.clock import Clock
    from qms.kernel.settings import Settings

METADATA: Final = tables.METADATA
FINISHED: Final = "web.secret"
"""Written last when a workspace is made: without it the workspace is not finished."""
SENTENCES: Final[Mapping[str, str]] = {
    "workspace:backup": N_("{actor} made the backup {ref} of {entries} entries."),
    "workspace:upgrade": N_("{actor} brought {ref} from schema {old_schema} to {schema}."),
    "workspace:export-site": N_("{actor} exported the documents in force to {ref} as plain pages."),
    "scrub:ask": N_("{actor} asked for a full check of everything that is kept."),
    "scrub:run": N_("{actor} checked everything that is kept: {found} fault(s)."),
    "workspace:drill": N_(
        "{actor} practised a restore of {ref}: {entries} entries came back, {lost} were written since,"
        " {found} fault(s)."
    ),
    "workspace:restore": N_("{actor} restored the backup {ref} of {entries} entries."),
}
KEEPER: Final = Actor("service:keeper", "workspace keeper")


class NotAWorkspace(Conflict):
    """The folder holds no workspace yet."""

    message = "There is no workspace in {folder}; make one with: qms init {folder}"


class DatabaseUnreachable(Conflict):
    """The database the settings name does not answer."""

    message = "The database cannot be reached: {said}"


class AlreadyAWorkspace(Conflict):
    """The folder holds a workspace already."""

    message = "There is a workspace in {folder} already; it is left as it is."


class SchemaBehind(Conflict):
    """The database was made by another version of the program."""

    message = "The database is at schema {found}, this program needs {wanted}; run: qms upgrade"


class SchemaUnknown(Conflict):
    """The database was made by a later version of the program."""

    message = "The database is at schema {found}, which this program does not know; use a later version."


class SimulatedClockRefused(Forbidden):
    """A real workspace runs on the machine's clock only (law 16)."""

    message = "Only a demonstration workspace may run on a simulated clock."


@dataclass(frozen=True, slots=True)
class Visitor:
    """The signed-in person a request comes from."""

    person_id: int
    name: str
    session_id: int
    must_change: bool
    authenticated_at: datetime
    must_enrol: bool = False
    """A second factor is demanded and not there yet: only that may be done (MLP-03)."""
    bound: bool = False
    """An administrator, where those may come in from named places only (MLP-07)."""


@dataclass(slots=True)
class Runtime:
    """The running parts of one workspace."""

    settings: Settings
    engine: Engine
    works: Works
    search: Search
    demo: bool
    gate: startup.Gate = field(default_factory=startup.Gate)

    def visitor(self, work: Work, token: str) -> Visitor | None:
        """Who the session token belongs to, while the session lasts."""
        found = accounts.session_of(work.session, token, work.now)
        if found is None:
            return None
        return Visitor(
            found.person_id,
            found.name,
            found.session_id,
            found.must_change,
            found.authenticated_at,
            accounts.must_enrol(work.session, work.settings, found.person_id),
            self.bound(work, found.person_id),
        )

    def bound(self, work: Work, person_id: int) -> bool:
        """Whether a person may come in from the places of `administer_from` only (MLP-07)."""
        return bool(self.settings.administer_from) and accounts.is_administrator(work.session, person_id)

    def identify(self, work: Work, visitor: Visitor) -> None:
        """Let the Work act in the person's name with the rights of today (law 11)."""
        work.actor = accounts.actor_named(visitor.person_id, visitor.name)
        work.rights = accounts.rights_of(work.session, visitor.person_id, work.today)

    def person(self, login: str) -> tuple[Actor, Rights]:
        """The actor and today's rights of a login, for the command line and for jobs."""
        with self.works.reading(KEEPER) as work:
            found = accounts.person_by_login(work.session, login)
            if found is None:
                raise accounts.NoSuchPerson(person=login)
            return (
                accounts.actor_of(work.session, found.id),
                accounts.rights_of(work.session, found.id, work.today),
            )

    def record_refusal(self, actor: Actor, *, attempt: str, ref: Ref, refusal: QmsError) -> None:
        """Journal a refusal in a second Work, after the first has rolled back (law 10).

        While the workspace is closed to acts the log alone has it (REL-17).
        """
        if self.gate():
            return
        trail.record_refusal(self.works, actor, attempt=attempt, ref=ref, refusal=refusal)

    def web_secret(self) -> str:
        """The secret that signs cookies: random, made with the workspace, 0600 beside the other keys."""
        path = self.settings.at(self.settings.keys) / FINISHED
        return path.read_text("ascii").strip()

    def assure(self) -> QmsError | None:
        """Hold the end of the trail against its last checkpoint too, for who goes on for long (REL-15)."""
        self.gate.checks = (*self.gate.checks, partial(startup.trail_whole, self.works, KEEPER))
        self.gate.look()
        return self.gate()

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def append_to_trail(work: Work, changes: Sequence[Change]) -> None:
    """Write the collected changes of a Work to the trail."""
    trail.append(work, changes)


class _Everything(dict[str, None]):
    def __contains__(self, key: object) -> bool:
        return True

    def __missing__(self, key: str) -> None:
        return None


def every_permission() -> Rights:
    """The rights of a named service of the house, which acts by rules and not by choice."""
    return Rights(permissions=_Everything(), secrecy=Secrecy.SECRET, oversees=True)


def ports() -> Mapping[str, Sequence[Any]]:
    """What the slices offer to the floors below them (design: ports)."""
    return {
        "bodies": (forms.Blank(),),
        "sections": (
            *forms.sections(),
            registers.CodesSection("columns"),
            registers.CodesSection("fields"),
            schedules.ScheduleSection(),
            competence.TrainingSection(),
            competence.QuizSection(),
            risks.ControlPointSection(),
            forms.BindingSection(nonconformities.BINDING),
            forms.BindingSection(feedback.BINDING),
            *map(forms.BindingSection, objectives.BINDINGS),
            forms.BindingSection(management_review.BINDING),
            scoring.ScoringSection(),
            retention.RetentionSection(),
            registers.PublicationSection(),
            forms.BindingSection(audits.AUDIT),
            audits.FindingSection(),
        ),
        "reading-guards": (competence.ReadingGuard(),),
        "signing-guards": (competence.SigningGuard(),),
        "reviews": (impact.ImpactLaw(),),
        "followers": (
            schedules.ScheduleFollower(),
            registers.RegisterFollower(),
            changes.ChangeFollower(),
            risks.CheckFollower(),
            nonconformities.CorrectiveActionFollower(),
            feedback.ComplaintFollower(),
            objectives.ObjectiveFollower(),
            management_review.ReviewFollower(),
            scoring.ScoreFollower(),
            audits.AuditFollower(),
            audits.FindingFollower(),
        ),
        "guards": (
            changes.ChangeGuard(),
            nonconformities.CorrectiveActionGuard(),
            feedback.ComplaintGuard(),
            objectives.ObjectiveGuard(),
            management_review.ReviewGuard(),
            scoring.ScoreGuard(),
            audits.AuditGuard(),
            audits.FindingGuard(),
        ),
        "openers": (records,),
        "parties": (parties.PartyDirectory(),),
        "registers": (registers.RegisterAnswers(),),
        "dossiers": (registers.RegisterAnswers(),),
        "published": (objectives.PublishedObjectives(),),
        "previews": (records.RecordPreview(), records.PromisePreview(), retention.RetentionSection()),
        "keys": (records.keys,),
        "copies": (evidence.holding,),
        "sight": (sight.hidden,),
        "uploads": (records.brought, actions.brought, competence.brought),
        "entries": (
            documents.DocumentEntries(),
            actions.ActionEntries(),
            parties.PartyEntries(),
            records.RecordEntries(),
        ),
        "evidence": (
            documents.DocumentEvidence(),
            actions.ActionEvidenceItems(),
            parties.PartyEvidence(),
            registers.RegisterEvidence(),
            records.RecordEvidence(),
            impact.ImpactEvidence(),
            management_review.ReviewEvidence(),
        ),
    }


def register() -> Register:
    """What search may ask: the entries of every slice, and the trail to follow."""
    return Register(ports()["entries"], trail.since, trail.head)


def assemble(settings: Settings, clock: Clock) -> Runtime:
    """The parts over a workspace's settings, nothing checked yet."""
    engine = build_engine(settings.database)
    gate = startup.Gate(settings)
    vault = LocalVault(settings.at(settings.records) / "vault", gate)
    works = Works(engine, vault, settings, clock, append_to_trail, ports(), gate)
    return Runtime(settings, engine, works, open_search(settings, register()), demo=False, gate=gate)


def is_workspace(home: Path) -> bool:
    """Whether the folder holds a finished workspace."""
    settings = configuration.load(home)
    return (settings.at(settings.keys) / FINISHED).is_file()


@contextmanager
def reached() -> Iterator[None]:
    """A database that does not answer is a refusal with the reason, not a fault of the program."""
    try:
        yield
    except OperationalError as fault:
        raise DatabaseUnreachable(said=" ".join(str(fault.orig).split())) from fault


def opened(home: Path, clock: Clock | None = None) -> Runtime:
    """The parts over an existing workspace, whatever schema its database is at."""
    if not is_workspace(home):
        raise NotAWorkspace(folder=home)
    made = assemble(configuration.load(home), clock or SystemClock())
    try:
        with reached():
            assert_safe(made.engine)
    except QmsError:
        made.close()
        raise
    return made


def refuse_unknown(found: str | None) -> None:
    """A database of a later version is left as it is: there is no way back (REL-12)."""
    if found is not None and found not in migrations.known():
        raise SchemaUnknown(found=found)


def build(home: Path, clock: Clock | None = None) -> Runtime:
    """The parts over an existing workspace; refused where there is none or the schema differs.

    Where something else is wrong it can be read, and is closed to acts (REL-15).
    """
    made = opened(home, clock)
    found, wanted = migrations.current(made.engine), migrations.head()
    if found != wanted:
        made.close()
        refuse_unknown(found)
        raise SchemaBehind(found=found or "-", wanted=wanted)
    with made.works.reading(KEEPER) as work:
        first = trail.since(work.session, 0, 1)
    made.demo = made.works.demo = bool(first and first[0].after.get("demo"))
    if clock is not None and not made.demo:
        made.close()
        raise SimulatedClockRefused
    key = first[0].after.get("key") if first else None
    made.gate.checks = (
        partial(startup.by_setting, made.settings),
        partial(startup.key_fits, made.settings, key),
        *(() if made.demo else (partial(startup.clock_right, made.works, KEEPER),)),
        partial(startup.vault_open, made.settings),
    )
    made.gate.look()
    return made


def sentences() -> Mapping[str, str]:
    """What every slice says of its trail entries, by tag."""
    told: dict[str, str] = dict(SENTENCES)
    for part in (
        accounts,
        actions,
        audits,
        changes,
        clocks,
        competence,
        documents,
        evidence,
        feedback,
        impact,
        jobs,
        management_review,
        objectives,
        parties,
        registers,
        retention,
        risks,
        schedules,
        scoring,
        records,
        standards,
        tasks,
        trail_reviews,
    ):
        told.update(part.SENTENCES)
    return told
