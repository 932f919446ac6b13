"""A workspace that can be closed, copied, and opened again by another process."""

from __future__ import annotations

import email
import json
import secrets
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select, text, update

from qms import accounts, evidence, trail
from qms.accounts.models import Person
from qms.documents.models import Acknowledgement, Document, Enactment, Revision, Validity
from qms.evidence.models import EvidenceRequest
from qms.jobs.models import Job
from qms.kernel.clock import SimulatedClock
from qms.kernel.database import Base, build_engine
from qms.kernel.settings import Settings
from qms.runtime import Runtime
from qms.runtime.parts import assemble
from qms.tasks.models import Notice, Task
from qms.worker.loop import Loop
from tests.crash import filed
from tests.documents import factories
from tests.documents.factories import EVERYTHING, SERVICE, Organisation

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from sqlalchemy.orm import Session

    from qms.kernel.work import Work
    from qms.rendering import Pool

START: Final = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
LATER: Final = timedelta(minutes=6)
"""Longer than any lease: whoever was killed is known to be gone."""
BODY: Final = "{#purpose}\n# 1 Purpose\n\nRisk is controlled.\n"
_KEYS: Final = "opened-keys.json"
TYPIST: Final = "typist"
"""A reader with a real password, whose key opens by nothing else."""


@dataclass(slots=True)
class House:
    """The running parts of a workspace and its people."""

    runtime: Runtime
    people: Organisation

    @property
    def clock(self) -> SimulatedClock:
        """The clock of this opening."""
        clock = self.runtime.works.clock
        assert isinstance(clock, SimulatedClock)
        return clock

    @contextmanager
    def looking(self) -> Iterator[Work]:
        """A reading Work that sees everything."""
        with self.runtime.works.reading(SERVICE, EVERYTHING) as work:
            yield work

    def loop(self, pool: Pool) -> Loop:
        """A worker that renders in a pool which is there already."""
        loop = Loop(self.runtime, lanes=1)
        loop.pool = pool
        return loop

    def head(self) -> int:
        """The number of the last trail entry."""
        with self.looking() as work:
            return trail.head(work.session)[0]

    def close(self) -> None:
        """Give the connections back."""
        self.runtime.close()


def opened(home: Path, url: str, at: datetime) -> House:
    """The workspace in a folder, at an instant."""
    settings = Settings(home=home, database_url=url, public_url="https://qms.example.org")
    runtime = assemble(settings, SimulatedClock(at))
    people = Organisation(runtime.works)
    kept = home / _KEYS
    if kept.exists():
        told = json.loads(kept.read_text("utf-8"))
        people.ids.update(told["ids"])
        for login, (key_id, private) in told["keys"].items():
            people.keys[login] = accounts.OpenKey(key_id, people.ids[login], bytes.fromhex(private))
    return House(runtime, people)


def founded(home: Path, url: str) -> House:
    """A new workspace with keys and people who get mail, nothing drafted yet."""
    home.mkdir(parents=True)
    house = opened(home, url, START)
    settings, works = house.runtime.settings, house.runtime.works
    settings.at(settings.records).mkdir(parents=True)
    Base.metadata.create_all(house.runtime.engine)
    folder = settings.at(settings.keys)
    folder.mkdir(mode=0o700, parents=True)
    trail.make_key(folder)
    evidence.make_key(folder, settings.organisation, works.clock.now())
    house.people = factories.organisation(works)
    with works.writing(SERVICE, EVERYTHING) as work:
        typist, first = accounts.add_person(work, TYPIST, "Typist", verified="known")
        accounts.grant(work, typist.id, "reader")
        accounts.join(work, typist.id, "outlet-east", factories.SINCE)
        work.session.execute(update(Person).values(email=Person.login + "@example.org"))
        house.people.ids[TYPIST] = typist.id
    with house.people.acting(TYPIST) as work:
        accounts.change_password(work, first, secrets.token_urlsafe(24))
    keys = {login: (key.key_id, key.private.hex()) for login, key in house.people.keys.items()}
    (home / _KEYS).write_text(json.dumps({"ids": house.people.ids, "keys": keys}), "utf-8")
    return house


def source(reason: str = "It is new") -> bytes:
    """A document of one line, so that it is set quickly."""
    return factories.source(language="en", body=BODY, reason=reason)


# Copies. SQLite lies in the folder and is copied with it; on PostgreSQL one database is emptied and filled.


@dataclass(frozen=True, slots=True)
class Content:
    """Every row of a PostgreSQL database, and where its sequences stand."""

    rows: dict[str, list[dict[str, Any]]]
    sequences: dict[str, tuple[int, bool]]


def content(url: str) -> Content | None:
    """What a database holds; None where the folder holds it."""
    if url.startswith("sqlite"):
        return None
    engine = build_engine(url)
    with engine.connect() as connection:
        rows = {
            table.name: [dict(row) for row in connection.execute(table.select()).mappings()]
            for table in Base.metadata.sorted_tables
        }
        sequences = {
            name: connection.execute(text(f'SELECT last_value, is_called FROM "{name}"')).one()  # noqa: S608 - our own names
            for name in connection.scalars(text("SELECT sequencename FROM pg_sequences")).all()
        }
    engine.dispose()
    return Content(rows, {name: (int(row[0]), bool(row[1])) for name, row in sequences.items()})


def fill(url: str, kept: Content) -> None:
    """Put a database back to what it held; its fences are down meanwhile, its constraints are not."""
    engine = build_engine(url)
    tables = Base.metadata.sorted_tables
    with engine.begin() as connection:
        for table in tables:
            connection.execute(text(f'ALTER TABLE "{table.name}" DISABLE TRIGGER USER'))
        for table in reversed(tables):
            connection.execute(table.delete())
        for table in tables:
            if kept.rows[table.name]:
                connection.execute(table.insert(), kept.rows[table.name])
            connection.execute(text(f'ALTER TABLE "{table.name}" ENABLE TRIGGER USER'))
        for name, (value, called) in kept.sequences.items():
            connection.execute(select(func.setval(name, value, called)))
    engine.dispose()


# What is true of a workspace, in words that do not depend on chance or on who did it.


def world(house: House) -> dict[str, Any]:
    """The facts that have to come out the same, however often somebody was killed on the way."""
    with house.looking() as work:
        return {
            "revisions": _revisions(work.session),
            "tasks": _tasks(work.session),
            "notices": _counted(
                work.session.execute(select(Notice.person_id, Notice.subject, Notice.sent_at.is_not(None)))
            ),
            "jobs": _counted(work.session.execute(select(Job.kind, Job.key, Job.state))),
            "evidence": _counted(work.session.execute(select(EvidenceRequest.number, EvidenceRequest.state))),
            "trail": _told(work.session),
            "letters": len(letters(house)),
            **filed.facts(work),
            "index": sorted(key for _, key, _ in house.runtime.search.engine.digests()),
        }


def letters(house: House) -> dict[str, str]:
    """The messages in the outbox: file and Message-ID."""
    outbox = house.runtime.settings.at(house.runtime.settings.outbox)
    return {
        path.name: str(email.message_from_bytes(path.read_bytes())["Message-ID"])
        for path in sorted(outbox.glob("*.eml"))
    }


def _counted(rows: Iterable[Any]) -> Counter[tuple[Any, ...]]:
    return Counter(tuple(row) for row in rows)


def _revisions(session: Session) -> list[tuple[Any, ...]]:
    spans = {
        row.revision_id: (row.from_on, row.until_on, row.ended_by)
        for row in session.scalars(select(Validity))
    }
    passed: dict[int, list[tuple[str, date]]] = {}
    for row in session.scalars(select(Enactment).order_by(Enactment.id)):
        passed.setdefault(row.revision_id, []).append((row.passage.value, row.on))
    read: dict[int, list[int]] = {}
    for one in session.scalars(select(Acknowledgement).order_by(Acknowledgement.person_id)):
        read.setdefault(one.revision_id, []).append(one.person_id)
    found = session.execute(select(Document.number, Revision).join(Document).order_by(Revision.id))
    return [
        (
            number, row.label, row.state, row.round, row.releases, row.effective_on, row.issue_failure,
            spans.get(row.id), passed.get(row.id), read.get(row.id),
        )
        for number, row in found
    ]  # fmt: skip


def _named(ref: object) -> str:
    """A ref as it comes out each time: PostgreSQL gives the ids of a killed act to nobody else."""
    kind, _, key = str(ref).partition(":")
    return f"{kind}:{'#' if key.isdecimal() else key}"


def _tasks(session: Session) -> Counter[tuple[Any, ...]]:
    return Counter(
        (row.kind, _named(row.ref), row.person_id, row.settled_at is not None, row.cancelled_at is not None)
        for row in session.scalars(select(Task))
    )


def _told(session: Session) -> Counter[tuple[str, str]]:
    """Every entry but the checkpoints: a killed one is not made up for, the next one covers it."""
    return Counter(
        (row.action, _named(row.ref))
        for row in trail.since(session, 0, 1_000_000)
        if row.action != "trail:checkpoint"
    )


def rows(house: House) -> dict[str, list[str]]:
    """Every row of every table, to tell whether anything at all has changed."""
    with house.runtime.engine.connect() as connection:
        return {
            name: sorted(repr(tuple(row)) for row in connection.execute(table.select()))
            for name, table in Base.metadata.tables.items()
        }
