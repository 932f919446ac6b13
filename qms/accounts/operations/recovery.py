"""A lost administrator comes back through two people at the console, in the trail for ever (MLP-04)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from qms.accounts.errors import (
    NoAdministrator,
    NoSuchPerson,
    OnlyAtTheConsole,
    SignInOver,
    WitnessesWrong,
)
from qms.accounts.models import Grant
from qms.accounts.operations._allow import active_person, require
from qms.accounts.operations.factor import drop_factor, factor_on
from qms.accounts.operations.people import give_password
from qms.accounts.operations.sign_in import session_of
from qms.accounts.queries import names_of, person_by_login
from qms.kernel.errors import Invalid, Problem
from qms.kernel.labels import N_
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from qms.kernel.work import Work

_TWO = 2


def recover(
    work: Work, login: str, tokens: Sequence[str], why: str, *, keeper: str = "", with_factor: bool = False
) -> str:
    """Give a lost administrator a first password: two people, or one and the machine's named keeper.

    `tokens` are the live sessions of those who proved themselves at the console. Two are two other
    administrators; with one, who stands at the console gives a name. All sessions of the lost one
    end, and the signing key waits for confirmation. `with_factor` takes a lost second factor away
    as well. Nobody does this from a page, nor for somebody who is no administrator.
    """
    if work.actor.person_id is not None:
        raise OnlyAtTheConsole
    require(work, "people:manage")
    found = person_by_login(work.session, login)
    if found is None:
        raise NoSuchPerson(person=login)
    lost = active_person(work, found.id)
    if not is_administrator(work.session, lost.id):
        raise NoAdministrator(person=lost.name)
    witnesses = [_proven(work, token) for token in tokens]
    people = set(witnesses)
    if not people or len(people) != len(witnesses) or lost.id in people:
        raise WitnessesWrong(person=lost.name)
    alone = len(people) < _TWO
    if (alone and not keeper.strip()) or not (
        alone or all(is_administrator(work.session, each) for each in people)
    ):
        raise WitnessesWrong(person=lost.name)
    if not why.strip():
        raise Invalid([Problem(N_("Give a reason."), field="why")])
    names = names_of(work.session, people)
    work.record(
        "person:recover",
        Ref("person", str(lost.id)),
        after={"witnesses": sorted(people), "keeper": alone},
        why=why,
        personal={"witnesses": ", ".join(names[each] for each in sorted(people))}
        | ({"keeper": keeper.strip()} if alone else {}),
    )
    if with_factor and factor_on(work.session, lost.id) is not None:
        drop_factor(work, lost.id, why)
    return give_password(work, lost.id, why, {"witnesses": sorted(people)})


def is_administrator(session: Session, person_id: int) -> bool:
    """Whether the person holds one of the three administrator roles."""
    held = select(Grant.id).where(
        Grant.person_id == person_id, Grant.administrator, Grant.withdrawn_at.is_(None)
    )
    return session.scalar(held.limit(1)) is not None


def _proven(work: Work, token: str) -> int:
    found = session_of(work.session, token, work.now)
    if found is None or found.must_change:
        raise SignInOver
    return found.person_id
