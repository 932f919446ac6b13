"""A whole organisation from one file: what is missing is added, all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from qms.accounts.errors import AlreadyGranted, NoSuchPerson, NotAllowed, OrganisationWrong, SpanOverlaps
from qms.accounts.models import Circle, Department, Post
from qms.accounts.names import normalised
from qms.accounts.operations.people import add_person, substitute
from qms.accounts.operations.places import add_department, add_post, hold_post, join
from qms.accounts.operations.rights import add_circle, clear, enter_circle, grant
from qms.accounts.queries import clearance_of, departments_of, person_by_login, posts_of
from qms.accounts.source import Organisation, Path, read_organisation
from qms.kernel.errors import Invalid, Problem, QmsError
from qms.kernel.labels import N_
from qms.kernel.ports import Secrecy

if TYPE_CHECKING:
    from qms.kernel.work import Work


@dataclass(slots=True)
class Applied:
    """What was added; the random first passwords by login are shown once and kept nowhere."""

    added: dict[str, int] = field(default_factory=dict)
    passwords: dict[str, str] = field(default_factory=dict, repr=False)

    def count(self, what: str) -> None:
        """One more of these was added."""
        self.added[what] = self.added.get(what, 0) + 1


class _Loader:
    """Walks through the file, adds what is missing and collects every fault with its place."""

    def __init__(self, work: Work, organisation: Organisation) -> None:
        self.work = work
        self.organisation = organisation
        self.applied = Applied()
        self.problems: list[Problem] = []

    @contextmanager
    def at(self, *path: str | int) -> Iterator[None]:
        """A refusal inside becomes a fault at this place; a missing right stops everything."""
        try:
            yield
        except NotAllowed:
            raise
        except Invalid as fault:
            for problem in fault.problems:
                where: Path = (*path, problem.field) if problem.field else path
                self.problems.append(self.organisation.problem(where, problem.message, **problem.facts))
        except QmsError as fault:
            self.problems.append(self.organisation.problem(path, fault.message, **fault.facts))

    def rows(self, section: str, key: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """The rows of a section, but not one whose key stood there before."""
        seen: set[str] = set()
        for place, row in enumerate(getattr(self.organisation, section)):
            name = normalised(row[key])
            if name in seen:
                path = (section, place, key)
                text = N_("{name} stands in the file twice.")
                self.problems.append(self.organisation.problem(path, text, name=row[key]))
                continue
            seen.add(name)
            yield place, row

    def departments(self) -> None:
        known = set(self.work.session.scalars(select(Department.code)))
        waiting = [each for each in self.rows("departments", "code") if each[1]["code"] not in known]
        while waiting:
            # A department may stand in the file before the one above it.
            codes = {row["code"] for _, row in waiting}
            ready = [each for each in waiting if each[1].get("parent") not in codes]
            for place, row in ready or waiting:
                with self.at("departments", place):
                    add_department(self.work, row["code"], row["names"], row.get("parent"))
                    self.applied.count("departments")
            waiting = [each for each in waiting if ready and each not in ready]

    def posts(self) -> None:
        known = set(self.work.session.scalars(select(Post.code)))
        for place, row in self.rows("posts", "code"):
            if row["code"] not in known:
                with self.at("posts", place):
                    head = row.get("head", False)
                    home = row.get("department")
                    add_post(self.work, row["code"], row["names"], department_code=home, is_head=head)
                    self.applied.count("posts")

    def circles(self) -> None:
        known = set(self.work.session.scalars(select(Circle.code)))
        for place, row in self.rows("circles", "code"):
            if row["code"] not in known:
                with self.at("circles", place):
                    add_circle(self.work, row["code"], row["names"])
                    self.applied.count("circles")

    def people(self) -> None:
        for place, row in self.rows("people", "login"):
            with self.at("people", place):
                self.person(place, row)

    def person(self, place: int, row: Mapping[str, Any]) -> None:
        known = person_by_login(self.work.session, row["login"])
        if known is None:
            details = {key: row[key] for key in ("email", "language", "verified") if key in row}
            known, password = add_person(self.work, row["login"], row.get("name", ""), **details)
            self.applied.passwords[known.login] = password
            self.applied.count("people")
        self._places(place, row, known.id)
        for at, each in enumerate(row.get("grants", ())):
            with self.at("people", place, "grants", at):
                self._once(grant, known.id, each["role"], each.get("department"))
        for at, circle in enumerate(row.get("circles", ())):
            with self.at("people", place, "circles", at):
                self._once(enter_circle, known.id, circle)
        if "clearance" in row:
            grade = Secrecy[row["clearance"].upper()]
            if clearance_of(self.work.session, known.id) != grade:
                with self.at("people", place, "clearance"):
                    clear(self.work, known.id, grade)

    def _places(self, place: int, row: Mapping[str, Any], person_id: int) -> None:
        from_on = row.get("from_on", self.work.today)
        session, today = self.work.session, self.work.today
        here = set(departments_of(session, person_id, max(today, from_on)))
        held = set(posts_of(session, person_id, max(today, from_on)))
        for at, code in enumerate(row.get("departments", ())):
            if code not in here:
                with self.at("people", place, "departments", at):
                    self._once(join, person_id, code, from_on)
        for at, code in enumerate(row.get("posts", ())):
            if code not in held:
                with self.at("people", place, "posts", at):
                    self._once(hold_post, person_id, code, from_on)

    def _once(self, act: Callable[..., object], *facts: object) -> None:
        """What is there already is no fault: a file may be applied again after it has grown."""
        try:
            act(self.work, *facts)
        except (AlreadyGranted, SpanOverlaps):
            return

    def substitutions(self) -> None:
        for place, row in enumerate(self.organisation.substitutions):
            with self.at("substitutions", place):
                pair = [self._id(row[key]) for key in ("person", "substitute")]
                substitute(self.work, *pair, from_on=row["from_on"], until_on=row["until_on"])
                self.applied.count("substitutions")

    def _id(self, login: str) -> int:
        found = person_by_login(self.work.session, login)
        if found is None:
            raise NoSuchPerson(person=login)
        return found.id


def apply_organisation(work: Work, data: str | Organisation, file: str = "organisation.yaml") -> Applied:
    """Add everything of a YAML file that is not there yet; with any fault nothing is added.

    Departments, posts and people need the right to manage people; grants, clearance and circles
    need the right to manage grants, which no one person holds together (MLP-04): two
    administrators apply two files, or the founding service applies one.
    """
    loader = _Loader(work, read_organisation(data, file) if isinstance(data, str) else data)
    steps: Sequence[Callable[[], None]] = (
        loader.departments,
        loader.posts,
        loader.circles,
        loader.people,
        loader.substitutions,
    )
    for step in steps:
        step()
    if loader.problems:
        raise OrganisationWrong(loader.problems)
    return loader.applied
