"""A workspace with keys, people and papers, and Evidence that reads what is really there."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from qms import accounts, evidence, trail
from qms.accounts import secrets
from qms.accounts.models import Clearance, Department, Grant, Membership, Person, Role, SigningKey
from qms.accounts.operations.founding import _write_roles
from qms.evidence import csvs
from qms.kernel.ports import Actor, Item, Rights, Scope, Secrecy
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from qms.accounts import OpenKey
    from qms.evidence import BundleKey, Request
    from qms.kernel.work import Work, Works

SERVICE = Actor("service:test", "test service")
EVERYTHING = Rights(permissions=dict.fromkeys(accounts.PERMISSIONS), secrecy=Secrecy.SECRET, oversees=True)
SINCE = date(2026, 1, 1)
DEPARTMENTS = {"centre": None, "risk": "centre", "credit": "centre"}


@dataclass(frozen=True, slots=True)
class Paper:
    """A revision as far as a bundle cares: what it is, when it was in force, who may see it."""

    number: str
    label: str
    content: bytes
    from_on: date
    until_on: date | None = None
    secrecy: int = Secrecy.INTERNAL
    departments: frozenset[str] | None = None
    title: str = "文件与记录控制程序"

    @property
    def ref(self) -> Ref:
        """The revision."""
        return Ref("revision", f"{self.number}@zh-Hans@{self.label}")


@dataclass(slots=True)
class Papers:
    """Evidence over papers in the vault: those in force on the scope's day which the receiver may see."""

    held: list[tuple[Paper, str]] = field(default_factory=list)

    def add(self, works: Works, paper: Paper) -> None:
        """Store the bytes and write that the paper was issued."""
        self.held.append((paper, works.vault.put(paper.content)))
        with works.writing(SERVICE, EVERYTHING) as work:
            after = {"number": paper.number, "label": paper.label, "state": "issued"}
            work.record("document:revision:issue", paper.ref, after=after)

    def gather(self, work: Work, scope: Scope, rights: Rights) -> Sequence[Item]:
        """A PDF for each paper, and the list of what was in force."""
        del work
        found = [(paper, digest) for paper, digest in self.held if _wanted(paper, scope, rights)]
        items = [
            Item(
                f"documents/{paper.number}/{paper.number}_{paper.label.replace('/', '-')}.pdf",
                digest=digest,
                title=paper.title,
                refs=(Ref("document", paper.number), paper.ref),
            )
            for paper, digest in found
        ]
        rows = [(paper.number, paper.label, paper.title, paper.from_on) for paper, _ in found]
        table = csvs.table(("number", "revision", "title", "from"), rows)
        return [*items, Item("03-in-force.csv", content=table, title="现行文件清单")]


def _wanted(paper: Paper, scope: Scope, rights: Rights) -> bool:
    day = scope.as_of or scope.until
    assert day is not None
    first = scope.as_of or scope.since
    in_force = paper.from_on <= day and (
        paper.until_on is None or (first is not None and first < paper.until_on)
    )
    named = not scope.numbers or paper.number in scope.numbers
    seen = rights.sees(secrecy=paper.secrecy, circle=None, departments=paper.departments)
    return in_force and named and seen


class People:
    """Evidence that reads the register itself: everybody enrolled, and what the trail says of them."""

    @staticmethod
    def enrol(work: Work, login: str) -> Person:
        """A new person."""
        row = Person(login=login, name=login, enrolled_by="service:test", enrolled_at=work.now)
        work.session.add(row)
        work.session.flush()
        return row

    def gather(self, work: Work, scope: Scope, rights: Rights) -> Sequence[Item]:
        """One row for each person; every person's entries are opened."""
        del scope, rights
        rows = work.session.execute(select(Person.id, Person.login).order_by(Person.id)).all()
        refs = tuple(Ref("person", str(row.id)) for row in rows)
        table = csvs.table(("id", "login"), [tuple(row) for row in rows])
        return [Item("people.csv", content=table, title="People", refs=refs)]


@dataclass(slots=True)
class House:
    """A workspace for evidence: its Works, its people by login, and their opened keys."""

    works: Works
    papers: Papers
    key: BundleKey
    ids: dict[str, int] = field(default_factory=dict)
    keys: dict[str, OpenKey] = field(default_factory=dict)

    @contextmanager
    def acting(self, login: str) -> Iterator[Work]:
        """A writing Work of this person with their own rights; committed at its end."""
        with self.works.writing(*self.who(login)) as work:
            yield work

    @contextmanager
    def looking(self, login: str) -> Iterator[Work]:
        """A reading Work of this person with their own rights."""
        with self.works.reading(*self.who(login)) as work:
            yield work

    def who(self, login: str) -> tuple[Actor, Rights]:
        """The person as who acts, and their rights today."""
        with self.works.reading(SERVICE) as look:
            person_id = self.ids[login]
            return (
                accounts.actor_of(look.session, person_id),
                accounts.rights_of(look.session, person_id, look.today),
            )

    def asked(
        self, scope: Scope | None = None, *, receiver: str = "auditor", purpose: str = "监督审核"
    ) -> str:
        """A request's number."""
        with self.acting("controller") as work:
            made = evidence.request(
                work,
                purpose=purpose,
                receiver_id=self.ids[receiver],
                scope=scope or Scope(),
                organisation="示例认证机构",
            )
        return made.number

    def approved(self, scope: Scope | None = None, *, receiver: str = "auditor") -> str:
        """The number of a request that somebody else has signed."""
        number = self.asked(scope, receiver=receiver)
        with self.acting("manager") as work:
            evidence.approve(work, number, password=self.keys["manager"])
        return number

    def built(self, scope: Scope | None = None, *, receiver: str = "auditor") -> Request:
        """A request with its finished bundle."""
        return evidence.build(self.works, self.approved(scope, receiver=receiver))


def house(works: Works) -> House:
    """A workspace with both keys, three departments, the shipped roles and the people of a request."""
    folder = works.settings.at(works.settings.keys)
    trail.make_key(folder)
    key = evidence.make_key(folder, works.settings.organisation, works.clock.now())
    made = House(works, Papers(), key)
    works.ports = {"evidence": (made.papers,)}
    with works.writing(SERVICE, EVERYTHING) as work:
        _write_roles(work)
        places: dict[str | None, int | None] = {None: None}
        for code, parent in DEPARTMENTS.items():
            row = Department(code=code, names={"en": code}, parent_id=places[parent], is_root=parent is None)
            work.session.add(row)
            work.session.flush()
            places[code] = row.id
        add(work, made, "controller", "document-controller")
        add(work, made, "manager", "quality-manager")
        add(work, made, "auditor", "auditor")
        add(work, made, "inspector", "auditor", clearance=Secrecy.SECRET)
        add(work, made, "clerk", "reader", department="credit")
        add(work, made, "head", "department-head", department="risk", granted_for="risk")
    return made


def add(
    work: Work,
    made: House,
    login: str,
    role: str,
    *,
    department: str = "centre",
    clearance: Secrecy | None = None,
    granted_for: str | None = None,
) -> None:
    """Somebody with an opened key, a role and a department."""
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
    place = accounts.department(work.session, department)
    work.session.add_all([key, Membership(person_id=person.id, department_id=place.id, from_on=SINCE)])
    found = work.session.scalars(select(Role).where(Role.code == role)).one()
    where = accounts.department(work.session, granted_for).id if granted_for else None
    work.session.add(
        Grant(
            person_id=person.id,
            role_id=found.id,
            department_id=where,
            granted_by="service:test",
            granted_at=work.now,
        )
    )
    if clearance is not None:
        work.session.add(
            Clearance(person_id=person.id, grade=int(clearance), given_by="test", given_at=work.now)
        )
    work.session.flush()
    made.ids[login] = person.id
    made.keys[login] = accounts.OpenKey(key.id, person.id, private.private_bytes_raw())


def some_papers(made: House) -> None:
    """A procedure in two revisions, one for the risk department, and one that is secret."""
    for paper in (
        Paper("CP-12", "A-0", b"%PDF first\n" * 100, date(2026, 3, 1), date(2026, 10, 1)),
        Paper("CP-12", "A-1", b"%PDF second\n" * 100, date(2026, 10, 1)),
        Paper("WI-13-01", "A-0", b"%PDF risk\n", date(2026, 4, 1), departments=frozenset({"risk"})),
        Paper("CP-13", "A-0", b"%PDF secret\n", date(2026, 4, 1), secrecy=Secrecy.SECRET),
    ):
        made.papers.add(made.works, paper)
