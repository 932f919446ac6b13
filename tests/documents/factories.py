"""A small organisation with people on every seat, and documents brought as far as a test wants them."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Final, NoReturn

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from qms import accounts, documents, trail
from qms.accounts import secrets
from qms.accounts.models import (
    Clearance,
    Department,
    Grant,
    Membership,
    Person,
    Post,
    PostHolding,
    Role,
    SigningKey,
    Substitution,
)
from qms.accounts.operations.founding import _write_roles
from qms.documents.prepared import prepare
from qms.kernel.database import build_engine
from qms.kernel.ports import Actor, Rights, Secrecy
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from qms.accounts import OpenKey
    from qms.documents.models import Revision
    from qms.documents.plan import IssuePlan
    from qms.kernel.work import Work, Works

SERVICE = Actor("service:test", "test service")
EVERYTHING = Rights(permissions=dict.fromkeys(accounts.PERMISSIONS), secrecy=Secrecy.SECRET, oversees=True)
SINCE = date(2026, 1, 1)
DEPARTMENTS = {"centre": None, "risk": "centre", "credit": "centre", "outlet-east": "credit"}
POSTS = ("quality-manager", "deputy-general-manager", "document-controller", "risk-head", "general-manager")
KILLED: Final = 9
PDF = b"%PDF-1.7 the bytes of a rendered sheet"


@dataclass(slots=True)
class Organisation:
    """The people of a test by login, and their opened keys, so that signing needs no slow hash."""

    works: Works
    ids: dict[str, int] = field(default_factory=dict)
    keys: dict[str, OpenKey] = field(default_factory=dict)

    @contextmanager
    def acting(self, login: str) -> Iterator[Work]:
        """A writing Work of this person with their own rights; committed at its end."""
        with self.works.reading(SERVICE) as look:
            actor = accounts.actor_of(look.session, self.ids[login])
            rights = accounts.rights_of(look.session, self.ids[login], look.today)
        with self.works.writing(actor, rights) as work:
            yield work

    @contextmanager
    def looking(self, login: str) -> Iterator[Work]:
        """A reading Work of this person with their own rights."""
        with self.works.reading(SERVICE) as look:
            actor = accounts.actor_of(look.session, self.ids[login])
            rights = accounts.rights_of(look.session, self.ids[login], look.today)
        with self.works.reading(actor, rights) as work:
            yield work

    @contextmanager
    def service(self) -> Iterator[Work]:
        """A writing Work of a named service."""
        with self.works.writing(SERVICE, EVERYTHING) as work:
            yield work


def organisation(works: Works) -> Organisation:
    """Departments, posts, roles and one person for each seat of the usual routes."""
    made = Organisation(works)
    with works.writing(SERVICE, EVERYTHING) as work:
        _write_roles(work)
        _places(work)
        add(work, made, "author", role="author", department="risk")
        add(work, made, "writer", role="author", department="risk")
        add(work, made, "manager", role="quality-manager", post="quality-manager")
        add(work, made, "deputy", role="approver", post="deputy-general-manager")
        add(work, made, "general", role="approver", post="general-manager")
        add(work, made, "controller", role="document-controller", post="document-controller")
        add(work, made, "risk-head", role="department-head", post="risk-head", department="risk")
        add(work, made, "reader", role="reader", department="outlet-east")
        add(work, made, "outsider", role="reader")
    return made


def _places(work: Work) -> None:
    ids: dict[str | None, int | None] = {None: None}
    for code, parent in DEPARTMENTS.items():
        row = Department(code=code, names={"en": code.title()}, parent_id=ids[parent], is_root=parent is None)
        work.session.add(row)
        work.session.flush()
        ids[code] = row.id
    for code in POSTS:
        work.session.add(Post(code=code, names={"en": code.replace("-", " ").title(), "zh-Hans": code}))
    work.session.flush()


def add(
    work: Work,
    made: Organisation,
    login: str,
    *,
    role: str | None = None,
    post: str | None = None,
    department: str | None = "centre",
    since: date = SINCE,
) -> int:
    """Somebody with a key of their own, a role everywhere, a post and a department."""
    person = Person(login=login, name=login.title(), enrolled_by="service:test", enrolled_at=work.now)
    work.session.add(person)
    work.session.flush()
    private = Ed25519PrivateKey.generate()
    key = SigningKey(
        person_id=person.id,
        public=secrets._text(private.public_key().public_bytes_raw()),
        sealed={"test": "opened already"},
        made_at=work.now,
    )
    work.session.add(key)
    work.session.flush()
    made.ids[login] = person.id
    made.keys[login] = accounts.OpenKey(key.id, person.id, private.private_bytes_raw())
    if department is not None:
        place = accounts.department(work.session, department)
        work.session.add(Membership(person_id=person.id, department_id=place.id, from_on=since))
    if role is not None:
        found = work.session.scalars(select(Role).where(Role.code == role)).one()
        work.session.add(
            Grant(person_id=person.id, role_id=found.id, granted_by="service:test", granted_at=work.now)
        )
    if post is not None:
        hold(work, person.id, post)
    work.session.flush()
    return person.id


def hold(work: Work, person_id: int, post: str) -> None:
    """Let a person hold a post."""
    found = work.session.scalars(select(Post).where(Post.code == post)).one()
    work.session.add(PostHolding(person_id=person_id, post_id=found.id, from_on=SINCE))
    work.session.flush()


def stand_in(work: Work, made: Organisation, login: str, substitute: str) -> None:
    """Let one person stand in for another for a year."""
    work.session.add(
        Substitution(
            person_id=made.ids[login],
            substitute_id=made.ids[substitute],
            from_on=SINCE,
            until_on=SINCE.replace(year=SINCE.year + 1),
            given_by="service:test",
        )
    )
    work.session.flush()


def clear(work: Work, person_id: int, grade: Secrecy) -> None:
    """Give a person a clearance."""
    work.session.add(
        Clearance(person_id=person_id, grade=int(grade), given_by="service:test", given_at=work.now)
    )
    work.session.flush()


HEAD = """---
number: {number}
kind: {kind}
language: {language}
title: {{zh-Hans: 风险控制程序, en: Risk control}}
owner: {owner}
{more}change: {{reason: "{reason}", summary: "{summary}"}}
---

"""
BODY = """{#purpose}
# 1 Purpose

This procedure says how risk is controlled. 本程序规定风险控制。

{#steps}
# 2 Steps

{#step-one}
## 2.1 First step

Somebody does the first thing within 3 working days.
"""


def source(
    number: str = "CP-07",
    *,
    kind: str = "control-procedure",
    language: str = "zh-Hans",
    owner: str = "risk",
    more: str = "",
    reason: str = "It is new",
    summary: str = "First issue",
    body: str = BODY,
) -> bytes:
    """The bytes of a small document."""
    head = HEAD.format(
        number=number,
        kind=kind,
        language=language,
        owner=owner,
        more=f"{more.rstrip()}\n" if more else "",
        reason=reason,
        summary=summary,
    )
    return (head + body).encode()


def prepared(
    works: Works, data: bytes | None = None, file: str = "CP-07.md", **more: str
) -> documents.Prepared:
    """A source made ready."""
    return prepare(works.vault, works.settings, data or source(**more), file)


def drafted(made: Organisation, data: bytes | None = None, *, login: str = "author", **more: str) -> Ref:
    """A draft."""
    ready = prepared(made.works, data, **more)
    with made.acting(login) as work:
        return documents.ref_of(documents.draft(work, ready))


def submitted(made: Organisation, data: bytes | None = None, *, login: str = "author", **more: str) -> Ref:
    """A revision in review."""
    ref = drafted(made, data, login=login, **more)
    submit(made, ref, login)
    return ref


def submit(made: Organisation, ref: Ref, login: str = "author") -> documents.Submitted:
    """Submit as its author."""
    with made.acting(login) as work:
        return documents.submit(work, ref, password=made.keys[login])


def review(made: Organisation, ref: Ref, login: str = "manager") -> None:
    """Sign the review."""
    with made.acting(login) as work:
        documents.sign_review(work, ref, password=made.keys[login])


def approve(made: Organisation, ref: Ref, login: str = "deputy") -> None:
    """Sign the approval."""
    with made.acting(login) as work:
        documents.sign_approval(work, ref, password=made.keys[login])


def approved(made: Organisation, data: bytes | None = None, **more: str) -> Ref:
    """An approved revision."""
    ref = submitted(made, data, login=more.pop("login", "author"), **more)
    review(made, ref)
    approve(made, ref)
    return ref


def release(
    made: Organisation, ref: Ref, effective_on: date | None = None, login: str = "controller"
) -> IssuePlan:
    """Plan and release."""
    with made.looking(login) as work:
        plan = documents.plan_issue(work, ref, effective_on=effective_on)
    with made.acting(login) as work:
        documents.release(work, plan, password=made.keys[login])
    return plan


def decide(made: Organisation, plan: IssuePlan, pdf: bytes = PDF) -> None:
    """What the job does once it has rendered."""
    digest = made.works.vault.put(pdf)
    with made.service() as work:
        documents.decide_issue(work, plan, pdf_digest=digest, pages=3, versions={"weasyprint": "70.0"})


def issued(
    made: Organisation, data: bytes | None = None, effective_on: date | None = None, **more: str
) -> Ref:
    """An issued revision."""
    ref = approved(made, data, **more)
    decide(made, release(made, ref, effective_on))
    return ref


def revised(made: Organisation, effective_on: date | None = None, **more: str) -> Ref:
    """The next revision of the document, issued."""
    return issued(made, None, effective_on, **{"reason": "It got better", "summary": "Changed", **more})


def state(made: Organisation, ref: Ref) -> Revision:
    """The revision as it is stored."""
    with made.works.reading(SERVICE, EVERYTHING) as work:
        found = documents.revision(work.session, EVERYTHING, ref, work.today)
        work.session.expunge_all()
        return found


def run_day(made: Organisation) -> documents.DayReport:
    """The day job of today."""
    with made.service() as work:
        return documents.day.run(work)


def trail_is_whole(made: Organisation) -> bool:
    """Whether every entry of the trail follows the one before it (TRL-02)."""
    folder = made.works.settings.home / "keys-of-the-test"
    known = folder.is_dir() and any(folder.iterdir())
    public = (trail.load_key(folder) if known else trail.make_key(folder)).public
    with made.works.reading(SERVICE) as work:
        return trail.verify(work.session, [], public).ok


def in_a_process(made: Organisation, act: Callable[[Works], object]) -> int:
    """Run an act in a process of its own, over its own connections; gives the exit status."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    status = 1
    try:
        made.works.engine.dispose(close=False)
        made.works.engine = build_engine(made.works.settings.database)
        act(made.works)
        status = 0
    finally:
        os._exit(status)


def die(*_: object, **__: object) -> NoReturn:
    """Stop this process at once, as a power cut would."""
    os._exit(KILLED)
