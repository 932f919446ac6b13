"""A house in which the whole library is in force: the demonstration's people, opened keys, no PDFs."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from qms import accounts, documents, parties, tasks
from qms.accounts import secrets
from qms.accounts.models import SigningKey
from qms.cli.demo.cast import FOUNDER, ORGANISATION
from qms.cli.starter import LIBRARY, STRUCTURE
from qms.kernel.clock import SimulatedClock
from qms.runtime import every_permission, make
from tests.documents.factories import PDF, Organisation

if TYPE_CHECKING:
    from qms.kernel.refs import Ref
    from qms.runtime import Runtime

START = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
_SIGNED = {"documents:review": documents.sign_review, "documents:approve": documents.sign_approval}


@dataclass(slots=True)
class House(Organisation):
    """People by login with their keys, over a whole runtime."""

    runtime: Runtime = field(kw_only=True)
    clock: SimulatedClock = field(kw_only=True)
    known: dict[str, str] = field(default_factory=dict, kw_only=True)


def house(home: Path, url: str = "", forms: tuple[str, ...] = ()) -> House:
    """The house with every form and register in force, or these forms with what they name."""
    home.mkdir(parents=True, exist_ok=True)
    elsewhere = f'database_url = "{url}"\n' if url else ""
    (home / "qms.toml").write_text(f'public_url = "https://qms.example.org"\n{elsewhere}', "utf-8")
    clock = SimulatedClock(START)
    runtime, _ = make(home, {"zh-Hans": "中心", "en": "Centre"}, demo=True, clock=clock)
    made = House(runtime.works, runtime=runtime, clock=clock)
    _people(made)
    files = [LIBRARY / "procedures/CP-12.md", *sorted(LIBRARY.glob("forms/*.yaml"))]
    _issue(made, [path for path in files if not forms or path.stem in forms or path.suffix == ".md"])
    _parties(made)
    return made


def _people(made: House) -> None:
    with made.works.writing(FOUNDER, every_permission()) as work:
        accounts.apply_organisation(work, STRUCTURE.read_text("utf-8"), STRUCTURE.name)
        applied = accounts.apply_organisation(work, ORGANISATION.read_text("utf-8"), ORGANISATION.name)
        for login in applied.passwords:
            person = accounts.person_by_login(work.session, login)
            assert person is not None
            private = Ed25519PrivateKey.generate()
            public = secrets._text(private.public_key().public_bytes_raw())
            key = SigningKey(person_id=person.id, public=public, sealed={"test": "opened"}, made_at=work.now)
            work.session.add(key)
            work.session.flush()
            made.ids[login] = person.id
            made.keys[login] = accounts.OpenKey(key.id, person.id, private.private_bytes_raw())


def _issue(made: House, files: list[Path]) -> None:
    for path in files:
        ready = documents.prepare(made.works.vault, made.works.settings, path.read_bytes(), path.name)
        clerk = f"{ready.source.head['owner']}-clerk"
        with made.acting(clerk) as work:
            ref = documents.ref_of(documents.draft(work, ready))
        with made.acting(clerk) as work:
            documents.submit(work, ref, password=made.keys[clerk])
        _sign(made, ref)
        with made.looking("document-controller") as work:
            plan = documents.plan_issue(work, ref)
        with made.acting("document-controller") as work:
            documents.release(work, plan, password=made.keys["document-controller"])
        digest = made.works.vault.put(PDF)
        with made.service() as work:
            documents.decide_issue(work, plan, pdf_digest=digest, pages=1, versions={"weasyprint": "70.0"})
    made.clock.advance(timedelta(minutes=1))
    with made.service() as work:
        documents.day.run(work)


def _sign(made: House, ref: Ref) -> None:
    """Everybody signs what the route asks of them, until it asks no more."""
    for kind, sign in _SIGNED.items():
        while True:
            with made.looking("document-controller") as work:
                owed = tasks.outstanding(work.session, kind, ref)
            if not owed:
                break
            login = next(name for name, number in made.ids.items() if number == owed[0].person_id)
            with made.acting(login) as work:
                sign(work, ref, password=made.keys[login], opinion="同意。")


def _parties(made: House) -> None:
    for kind in parties.Kind:
        facts = parties.Facts(name=f"示例{kind.value}", department="centre", owner="client-manager")
        with made.works.writing(FOUNDER, every_permission()) as work:
            made.known[kind.value] = parties.add(work, kind, facts).number
