"""Whom a schedule is about today, and who does it for each of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from qms import accounts, parties
from qms.accounts import Person
from qms.kernel.labels import in_language
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date

    from sqlalchemy.orm import Session

    from qms.schedules.definition import Definition, To
    from qms.schedules.models import Schedule

ITSELF = "organisation:itself"


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing a schedule is about: its ref, the department it belongs to, how secret it is, who owns it."""

    ref: str
    department: str
    secrecy: int
    circle: str | None
    owners: tuple[int, ...]


def of(session: Session, row: Schedule, definition: Definition, day: date) -> list[Subject]:
    """The subjects there are on the day, in order of their refs."""
    wanted = definition.subjects
    match wanted.what:
        case "parties":
            found = parties.subjects(
                session,
                kinds=wanted.kinds,
                tiers=wanted.tiers,
                departments=_below(session, wanted.departments),
            )
            made = [
                Subject(
                    str(Ref("party", each.number)),
                    each.department,
                    max(each.secrecy, row.secrecy),
                    each.circle or row.circle,
                    (each.owner_id,) if each.owner_id else (),
                )
                for each in found
            ]
        case "departments":
            made = [
                Subject(str(Ref("department", code)), code, row.secrecy, row.circle, ())
                for code in wanted.departments or (row.owner,)
            ]
        case "people":
            made = [
                _person(session, row, each, day) for each in sorted(_people(session, row, definition, day))
            ]
        case _:
            made = [Subject(ITSELF, row.owner, row.secrecy, row.circle, ())]
    return sorted(made, key=lambda each: each.ref)


def _below(session: Session, codes: Collection[str]) -> frozenset[str]:
    return accounts.tree(session).subtrees(codes) if codes else frozenset()


def _people(session: Session, row: Schedule, definition: Definition, day: date) -> set[int]:
    """Who holds one of the posts or roles and belongs to one of the departments."""
    wanted = definition.subjects
    held = holders(session, wanted.posts, wanted.roles, row.owner, day)
    if not wanted.departments:
        return held
    inside = set(accounts.members(session, wanted.departments, day))
    active = set(session.scalars(select(Person.id).where(Person.id.in_(inside), Person.active)))
    return held & active if wanted.posts or wanted.roles else active


def holders(
    session: Session, posts: Iterable[str], roles: Iterable[str], department: str | None, day: date
) -> set[int]:
    """Everybody who holds one of the posts, or one of the roles for the department."""
    found: set[int] = set()
    for post in posts:
        found.update(accounts.post_holders(session, post, day))
    for role in roles:
        found.update(accounts.role_holders(session, role, day, department))
    return found


def _person(session: Session, row: Schedule, person_id: int, day: date) -> Subject:
    own = accounts.departments_of(session, person_id, day)
    return Subject(
        str(Ref("person", str(person_id))),
        own[0] if own else row.owner,
        row.secrecy,
        row.circle,
        (person_id,),
    )


def doers(session: Session, to: To, subject: Subject, circle: str | None, day: date) -> list[int]:
    """Who does it for a subject: its owner, else the heads of its department; or who holds post or role.

    Only who may see the subject, and is in the circle of the document that asks, is given it; that may
    leave nobody, which the page of schedules shows.
    """
    if to.owner:
        found = set(subject.owners) or _heads(session, subject.department, day)
    else:
        found = holders(session, to.posts, to.roles, subject.department, day)
    cleared = accounts.cleared(session, subject.secrecy, subject.circle)
    if circle is not None and circle != subject.circle:
        cleared &= accounts.cleared(session, subject.secrecy, circle)
    return sorted(found & cleared)


def _heads(session: Session, department: str, day: date) -> set[int]:
    """Who leads the department, or the nearest one above it that somebody leads."""
    heads: dict[str, list[str]] = {}
    codes = {each.id: each.code for each in accounts.departments(session)}
    for post in accounts.posts(session):
        if post.is_head and post.department_id is not None:
            heads.setdefault(codes[post.department_id], []).append(post.code)
    for code in accounts.tree(session).line(department):
        found = holders(session, heads.get(code, ()), (), None, day)
        if found:
            return found
    return set()


def names(session: Session, refs: Iterable[str], language: str) -> dict[str, str]:
    """What people call the subjects, by ref; the rights of who looks were asked before."""
    wanted = {ref: Ref.parse(ref) for ref in set(refs)}
    people = accounts.names_of(session, [int(ref.key) for ref in wanted.values() if ref.kind == "person"])
    numbers = [ref.key for ref in wanted.values() if ref.kind == "party"]
    query = select(parties.Party.number, parties.Party.name).where(parties.Party.number.in_(numbers))
    known = {str(Ref("party", row.number)): f"{row.number} {row.name}" for row in session.execute(query)}
    known |= {f"person:{key}": name for key, name in people.items()}
    known |= {
        f"department:{each.code}": in_language(each.names, language) for each in accounts.departments(session)
    }
    return {text: known.get(text, ref.key) for text, ref in wanted.items()}
