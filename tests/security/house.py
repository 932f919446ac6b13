"""One organisation for all attacks: a person for each role and reach, and documents in every state.

Made by the real operations, except that people, keys and sessions are written as rows, so that no
slow password hash is paid for fifty people.
"""

from __future__ import annotations

import base64
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from qms import accounts, actions, competence, documents, evidence, parties, standards, trail
from qms.accounts import secrets
from qms.accounts.models import (
    Circle,
    CircleMember,
    Clearance,
    Credential,
    Department,
    Grant,
    LoginSession,
    Membership,
    Person,
    Post,
    PostHolding,
    Role,
    SigningKey,
)
from qms.accounts.operations.founding import _write_roles
from qms.accounts.permissions import ADMINISTRATORS, PERMISSIONS, ROLES, Reach
from qms.kernel.ports import Actor, Rights, Scope, Secrecy
from qms.parties import Facts, Kind
from qms.runtime import KEEPER, every_permission
from qms.schedules.models import Occurrence, Schedule
from tests.security import filed, guarded
from tests.uploads import bringing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qms.accounts import OpenKey
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work, Works

PASSWORD: Final = "nine silver kettles 58"  # noqa: S105 - of people who exist in tests alone
# Those who type their password on pages; sealing a key costs a slow hash.
TYPING: Final = {"quality-manager", "author"}
SINCE: Final = date(2026, 1, 1)
CIRCLE: Final = "board"
OWNER: Final = "risk"
ELSEWHERE: Final = "business"
PICTURE: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
QUIZ: Final = (
    b"quiz: {questions: [{ask: How many?, options: [one, two], right: [2]}]}\n"
    b"external: {issuer: Canary, edition: one}\n"
)
PDF: Final = b"%PDF-1.7 the bytes of a sheet"
# Above a department stand those that see what it sees (law 11), so the two lie beside each other.
DEPARTMENTS: Final = {"centre": None, OWNER: "centre", ELSEWHERE: "centre"}


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody of the matrix: one role, where it was granted, and how far they may see."""

    role: str
    reach: str = ""  # "" everywhere, "other" for another department only
    clearance: Secrecy = Secrecy.SECRET
    in_circle: bool = True

    @property
    def login(self) -> str:
        """A name that says what is special about the person."""
        marks = [
            self.reach,
            "low" if self.clearance < Secrecy.SECRET else "",
            "" if self.in_circle else "out",
        ]
        return ".".join(filter(None, (self.role, *marks)))

    @property
    def department(self) -> str:
        """Where the person belongs."""
        return ELSEWHERE if self.reach == "other" else OWNER

    def may(self, permission: str, department: str | None = OWNER) -> bool:
        """What the table of permissions says, read here a second time and without the product's code."""
        role = ROLES.get(self.role)
        if role is None or permission not in role.permissions:
            return False
        if self.reach != "other" or PERMISSIONS[permission].reach is Reach.OWN:
            return True
        return PERMISSIONS[permission].reach is Reach.DEPARTMENT and department in {ELSEWHERE, None}

    @property
    def oversees(self) -> bool:
        """Whether the role sees every department."""
        role = ROLES.get(self.role)
        return role is not None and role.oversees and self.reach != "other"


NOBODY: Final = Persona("none")
WHOLE: Final = tuple(Persona(role) for role in ROLES)
OTHERS: Final = tuple(Persona(role, reach="other") for role in ROLES if role not in ADMINISTRATORS)
LOW: Final = tuple(Persona(role, clearance=Secrecy.INTERNAL) for role in ROLES)
OUT: Final = tuple(Persona(role, in_circle=False) for role in ROLES)
PERSONAS: Final = (NOBODY, *WHOLE, *OTHERS, *LOW, *OUT)


@dataclass(frozen=True, slots=True)
class Variant:
    """A kind of document by who may see it: grade, circle, distribution."""

    name: str
    place: int
    secrecy: Secrecy = Secrecy.INTERNAL
    circle: str | None = None
    closed: bool = False

    @property
    def head(self) -> str:
        """The lines of a head that say so."""
        lines = [f"secrecy: {self.secrecy.name.lower()}"]
        lines += [f"circle: {self.circle}"] if self.circle else []
        lines += [f"distribution: {{departments: [{OWNER}]}}"] if self.closed else []
        return "\n".join(lines)

    def shows(self, persona: Persona) -> bool:
        """Grade and circle, which bind everybody."""
        return persona.clearance >= self.secrecy and (self.circle is None or persona.in_circle)


PLAIN: Final = Variant("plain", 0, closed=True)
SECRET: Final = Variant("secret", 1, secrecy=Secrecy.SECRET)
BOARD: Final = Variant("board", 2, circle=CIRCLE)
VARIANTS: Final = (PLAIN, SECRET, BOARD)
# The states an operation may start from, each with the number of its document: CP-STATE+VARIANT.
STATES: Final = {
    "draft": 34,
    "review": 20,
    "approval": 30,
    "approved": 40,
    "issuing": 50,
    "failed": 60,
    "issued": 70,
    "leaving": 80,
    "leaving-approval": 84,
    "leaving-decision": 88,
}
_SOURCE: Final = """---
number: {number}
kind: control-procedure
language: zh-Hans
title: {{zh-Hans: {title}, en: {title}}}
owner: {owner}
route:
  review: {{roles: [{review}]}}
  approve: {{roles: [{approve}], quorum: any}}
  release: {{roles: [document-controller, quality-manager], quorum: any}}
{more}
references: [{reference}]
change: {{reason: {title}, summary: {title}}}
---

{{#purpose}}
# 1 目的

{text}

![图](x.png)
"""
_REVIEWERS: Final = "reviewer, quality-manager, department-head"
_APPROVERS: Final = "approver, quality-manager, department-head"


def number_of(state: str, variant: Variant) -> str:
    """The number of the document of a state and variant."""
    return f"CP-{STATES[state] + variant.place}"


def source(number: str, variant: Variant, *, review: str = _REVIEWERS, text: str = "") -> bytes:
    """The source of a document; every word of it that could betray it begins with the same marker."""
    return _SOURCE.format(
        number=number,
        title=f"Canary{variant.name}{number.replace('-', '')}",
        owner=OWNER,
        review=review,
        approve=_APPROVERS,
        more=variant.head,
        reference=number_of("leaving", variant),
        text=text or f"Canary{variant.name} 金丝雀{variant.name} 本程序规定风险控制。",
    ).encode()


@dataclass(slots=True)
class House:
    """The organisation over one database: who there is, their keys, and what was made."""

    works: Works
    ids: dict[str, int] = field(default_factory=dict)
    keys: dict[str, OpenKey] = field(default_factory=dict)
    rights: dict[str, Rights] = field(default_factory=dict)
    refs: dict[tuple[str, str], Ref] = field(default_factory=dict)
    comments: dict[str, int] = field(default_factory=dict)
    requests: dict[str, str] = field(default_factory=dict)
    actions: dict[str, str] = field(default_factory=dict)
    parties: dict[str, str] = field(default_factory=dict)
    occurrences: dict[str, int] = field(default_factory=dict)
    certificate: int = 0
    pieces: dict[str, int] = field(default_factory=dict)
    records: dict[tuple[str, str], Ref] = field(default_factory=dict)
    drafts: dict[str, int] = field(default_factory=dict)
    openings: dict[str, int] = field(default_factory=dict)
    views: dict[str, int] = field(default_factory=dict)
    exports: dict[str, int] = field(default_factory=dict)
    papers: dict[str, int] = field(default_factory=dict)
    warnings: dict[str, int] = field(default_factory=dict)
    objectives: dict[str, str] = field(default_factory=dict)
    letters: dict[str, int] = field(default_factory=dict)
    holds: dict[str, int] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    plans: dict[str, documents.IssuePlan] = field(default_factory=dict)
    substitution: int = 0

    def numbers(self, variant: Variant) -> set[str]:
        """The number of every document, record, action and party of a variant."""
        papers = {
            ref.key.split("@")[0]
            for (state, name), ref in self.refs.items()
            if name == variant.name and state != "request"  # every reader may see that one
        }
        sheets = {
            ref.key for key, ref in self.records.items() if key[1] == variant.name and ref.kind == "record"
        }
        return papers | sheets | {self.actions[variant.name], self.parties[variant.name]}

    def actor(self, login: str) -> Actor:
        """The person as who acts."""
        return Actor(f"person:{self.ids[login]}", login, self.ids[login])

    @contextmanager
    def acting(self, login: str) -> Iterator[Work]:
        """An act in the person's name with their rights of now."""
        with self.works.writing(self.actor(login), self.now(login)) as work:
            yield work

    @contextmanager
    def looking(self, login: str) -> Iterator[Work]:
        """A look in the person's name with their rights of now."""
        with self.works.reading(self.actor(login), self.now(login)) as work:
            yield work

    @contextmanager
    def keeping(self) -> Iterator[Work]:
        """An act of the keeper."""
        with self.works.writing(KEEPER, every_permission()) as work:
            yield work

    def now(self, login: str) -> Rights:
        """The rights of a login as the register gives them now."""
        with self.works.reading(KEEPER) as work:
            return accounts.rights_of(work.session, self.ids[login], work.today)


def build(works: Works) -> House:
    """The whole organisation, its people, its documents in every state, and requests for evidence."""
    house = House(works)
    folder = works.settings.at(works.settings.keys)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    trail.make_key(folder)
    evidence.make_key(folder, works.settings.organisation, works.clock.now())
    with house.keeping() as work:
        _places(work)
        hashed = secrets.hashed(PASSWORD)
        for persona in PERSONAS:
            _enrol(work, house, persona, hashed)
        # Those who bring a document as far as a test wants it; the matrix tries everybody else.
        for role in ("author", "reviewer", "approver", "document-controller"):
            _enrol(work, house, Persona(role), hashed, login=f"desk-{role}")
        post = Post(code="deputy-general-manager", names={"en": "Deputy", "zh-Hans": "副总经理"})
        work.session.add(post)
        work.session.flush()
        work.session.add(PostHolding(person_id=house.ids["approver"], post_id=post.id, from_on=SINCE))
        _special(work, house, hashed)
        standards.load_edition(work, standards.shipped()["iso9001-2015"], "iso9001-2015.yaml")
    house.rights = {login: house.now(login) for login in house.ids}
    for variant in VARIANTS:
        for state in STATES:
            _document(house, state, variant)
    _evidence(house)
    _paper(house, "request", PLAIN, "FM-12-01", filed.REQUEST.format(owner=OWNER).encode())
    for variant in VARIANTS:
        _action(house, variant)
        _party(house, variant)
        _papers(house, variant)
        filed.fill(house, variant)
        guarded.fill(house, variant)
    _competence(house)
    return house


def _places(work: Work) -> None:
    _write_roles(work)
    ids: dict[str | None, int | None] = {None: None}
    for code, parent in DEPARTMENTS.items():
        row = Department(code=code, names={"en": code}, parent_id=ids[parent], is_root=parent is None)
        work.session.add(row)
        work.session.flush()
        ids[code] = row.id
    work.session.add(Circle(code=CIRCLE, names={"en": "Board"}))
    work.session.flush()


def _enrol(work: Work, house: House, persona: Persona, hashed: str, login: str = "") -> None:
    login = login or persona.login
    person = Person(
        login=login,
        name=login,
        email=f"{login}@example.org",
        enrolled_by="service:test",
        enrolled_at=work.now,
    )
    work.session.add(person)
    work.session.flush()
    private = Ed25519PrivateKey.generate()
    public = secrets._text(private.public_key().public_bytes_raw())
    sealed: dict[str, str | int] = {"test": "open"}
    if login in TYPING:
        sealed = secrets._sealed(private.private_bytes_raw(), person.id, public, PASSWORD)
    key = SigningKey(person_id=person.id, public=public, sealed=sealed, made_at=work.now)
    place = accounts.department(work.session, persona.department)
    work.session.add_all(
        [
            key,
            Credential(person_id=person.id, hashed=hashed, must_change=False, changed_at=work.now),
            LoginSession(
                person_id=person.id,
                token_hash=secrets.token_hash(token_of(login)),
                authenticated_at=work.now,
                ends_at=work.now.replace(year=work.now.year + 1),
            ),
            Membership(person_id=person.id, department_id=place.id, from_on=SINCE),
            Clearance(person_id=person.id, grade=int(persona.clearance), given_by="test", given_at=work.now),
        ]
    )
    role = work.session.scalar(select(Role).where(Role.code == persona.role))
    if role is not None:
        where = place.id if persona.reach == "other" else None
        grant = Grant(person_id=person.id, role_id=role.id, department_id=where, granted_by="test")
        grant.granted_at, grant.administrator = work.now, role.administrator
        work.session.add(grant)
    if persona.in_circle:
        circle = work.session.scalars(select(Circle).where(Circle.code == CIRCLE)).one()
        entry = CircleMember(circle_id=circle.id, person_id=person.id, entered_by="test")
        entry.entered_at = work.now
        work.session.add(entry)
    work.session.flush()
    house.ids[login] = person.id
    house.keys[login] = accounts.OpenKey(key.id, person.id, private.private_bytes_raw())


def _special(work: Work, house: House, hashed: str) -> None:
    """Somebody who has left, somebody whose key waits, and somebody who stands in."""
    for login in ("gone", "gone-key"):
        _enrol(work, house, NOBODY, hashed, login=login)
    work.session.get_one(Person, house.ids["gone"]).active = False
    key = work.session.scalars(select(SigningKey).where(SigningKey.person_id == house.ids["gone-key"])).one()
    key.needs_confirmation, key.reset_by = True, "service:test"
    work.session.flush()
    ids = house.ids["gone-key"], house.ids["none"]
    until = work.today + timedelta(days=9)
    house.substitution = accounts.substitute(work, *ids, from_on=work.today, until_on=until).id


def token_of(login: str) -> str:
    """The token of the session that a login has open."""
    return f"token-of-{login}"


def prepared(house: House, data: bytes, file: str) -> documents.Prepared:
    """A source made ready."""
    return documents.prepare(house.works.vault, house.works.settings, data, file, {"x.png": PICTURE})


def _document(house: House, state: str, variant: Variant) -> None:
    """Bring a document to its state, each step by the person who takes it."""
    number = number_of(state, variant)
    review = _REVIEWERS if state == "review" else "reviewer"
    review = review if not state.startswith("leaving") and state != "issued" else "reviewer"
    data = source(number, variant, review=review)
    more = {"leaving": QUIZ, "issued": guarded.POINT.format(form=filed.number_of(variant)).encode()}
    data = data.replace(b"references:", more.get(state, b"") + b"references:")
    _taken(house, state, variant, prepared(house, data, f"{number}.md"))


def _papers(house: House, variant: Variant) -> None:
    """A form in force, on which the records of the variant are filed, and the register they stand in."""
    for state, number, data in (
        ("form", filed.number_of(variant), filed.form(variant, OWNER)),
        ("register", filed.register_of(variant), filed.register(variant, OWNER)),
    ):
        _paper(house, state, variant, number, data)


def _paper(house: House, state: str, variant: Variant, number: str, data: bytes) -> None:
    """A form or register in force."""
    vault, settings = house.works.vault, house.works.settings
    _taken(house, state, variant, documents.prepare(vault, settings, data, f"{number}.yaml", {}))


def _taken(house: House, state: str, variant: Variant, ready: documents.Prepared) -> None:
    with house.acting("desk-author") as work:
        ref = documents.ref_of(documents.draft(work, ready))
    house.refs[state, variant.name] = ref
    if state == "draft":
        return
    with house.acting("desk-author") as work:
        documents.submit(work, ref, password=house.keys["desk-author"])
    if state == "review":
        with house.acting("desk-reviewer") as work:
            house.comments[variant.name] = documents.comment(work, ref, f"Canary{variant.name} remark").id
        return
    with house.acting("desk-reviewer") as work:
        documents.sign_review(work, ref, password=house.keys["desk-reviewer"])
    if state == "approval":
        return
    with house.acting("desk-approver") as work:
        documents.sign_approval(work, ref, password=house.keys["desk-approver"])
    if state != "approved":
        _released(house, ref, state)


def _released(house: House, ref: Ref, state: str) -> None:
    key = house.keys["desk-document-controller"]
    with house.acting("desk-document-controller") as work:
        plan = documents.plan_issue(work, ref)
        documents.release(work, plan, password=key)
    if state == "issuing":
        return
    if state == "failed":
        with house.keeping() as work:
            documents.fail_issue(work, ref, "no paper")
        return
    digest = house.works.vault.put(PDF + ref.key.encode())
    with house.keeping() as work:
        documents.decide_issue(work, plan, pdf_digest=digest, pages=1, versions={"test": "1"})
    if state in {"issued", "form", "register", "request"}:
        return
    with house.acting("desk-author") as work:
        documents.withdraw(work, ref, reason="no use", password=house.keys["desk-author"])
    if state == "leaving":
        return
    with house.acting("desk-reviewer") as work:
        documents.sign_withdrawal_review(work, ref, password=house.keys["desk-reviewer"])
    if state == "leaving-approval":
        return
    with house.acting("desk-approver") as work:
        documents.sign_withdrawal_approval(work, ref, password=house.keys["desk-approver"])


def _competence(house: House) -> None:
    """A competence that is asked of a post, and evidence that nobody has verified yet."""
    kept = bringing.kept(house.works, "certificate.txt", b"Canary certificate")
    with house.acting("quality-manager") as work:
        competence.require(
            work,
            "certificate",
            {"en": "Certificate"},
            basis=competence.Basis.CERTIFICATE,
            posts=["deputy-general-manager"],
        )
    with house.acting("desk-author") as work:
        house.certificate = competence.record_evidence(
            work,
            house.ids["desk-author"],
            competence.requirement_ref("certificate"),
            basis=competence.Basis.CERTIFICATE,
            title="Canary certificate",
            from_on=SINCE,
            file=kept,
        ).id


def _action(house: House, variant: Variant) -> None:
    """An action with evidence, which somebody was asked to take over."""
    kept = bringing.kept(house.works, "proof.txt", f"Canary{variant.name} proof".encode())
    with house.acting("desk-author") as work:
        made = actions.open(
            work,
            title=f"Canary{variant.name} action",
            owner_id=house.ids["desk-author"],
            due_on=work.today + timedelta(days=30),
            department=OWNER,
            secrecy=variant.secrecy,
            circle=variant.circle,
        )
        house.actions[variant.name] = made.number
        piece = actions.add_evidence(work, made.number, text=f"Canary{variant.name} done", file=kept)
        house.pieces[variant.name] = piece.id
        actions.ask_hand_over(work, made.number, to=house.ids["author"], reason="leave")


def _party(house: House, variant: Variant) -> None:
    """A client, and a visit that is due."""
    with house.works.writing(KEEPER, every_permission()) as work:
        told = Facts(
            name=f"Canary{variant.name} party",
            department=OWNER,
            secrecy=variant.secrecy,
            circle=variant.circle or "",
        )
        work.rights = replace(every_permission(), circles=frozenset({CIRCLE}))
        party = parties.add(work, Kind.CLIENT, told)
        house.parties[variant.name] = party.number
        about = {"department": OWNER, "secrecy": variant.secrecy, "circle": variant.circle}
        row = Schedule(
            document=f"CP-0{variant.place}", code="visit", revision=f"revision:x@{variant.name}",
            definition={"id": "visit", "every": "month", "for": "client"}, owner=OWNER,
            secrecy=variant.secrecy, circle=variant.circle, from_on=SINCE,
        )  # fmt: skip
        work.session.add(row)
        work.session.flush()
        day = work.today + timedelta(days=30)
        due = Occurrence(
            schedule_id=row.id, document=row.document, code="visit", subject=f"party:{party.number}",
            period="2026-11", label={"en": f"Canary{variant.name} visit"}, opens_on=work.today, due_on=day,
            ends_on=day, **about,
        )  # fmt: skip
        work.session.add(due)
        work.session.flush()
        house.occurrences[variant.name] = due.id


def _evidence(house: House) -> None:
    """Requests: one to decide, one approved, one failed, one built."""
    for state in ("asked", "approved", "failed", "built"):
        with house.acting("desk-document-controller") as work:
            made = evidence.request(
                work,
                purpose=f"Canary {state}",
                receiver_id=house.ids["auditor"],
                scope=Scope(departments=(OWNER,)),
            )
        house.requests[state] = made.number
        if state == "asked":
            continue
        with house.acting("quality-manager") as work:
            evidence.approve(work, made.number, password=house.keys["quality-manager"])
        if state == "failed":
            with house.keeping() as work:
                evidence.fail(work, made.number, reason="no room")
        if state == "built":
            evidence.build(house.works, made.number)
