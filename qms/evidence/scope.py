"""Pure rules of a request's scope: what may be asked, and how the answer is written and read back."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from qms.kernel.errors import Problem
from qms.kernel.labels import N_
from qms.kernel.ports import Rights, Scope

if TYPE_CHECKING:
    from collections.abc import Mapping

_LISTS: Final = ("numbers", "kinds", "departments", "clauses")
_DAYS: Final = ("as_of", "since", "until")
MOST: Final = 1000


def settled(scope: Scope, today: date, edition: str) -> Scope:
    """The scope with what it leaves open filled in: a day, the end of a period, the edition of clauses."""
    as_of, until = scope.as_of, scope.until
    if scope.since is not None and until is None and as_of is None:
        until = today
    if as_of is None and scope.since is None and until is None:
        as_of = today
    return dataclasses.replace(
        scope,
        numbers=_tidy(scope.numbers),
        kinds=_tidy(scope.kinds),
        departments=_tidy(scope.departments),
        clauses=_tidy(scope.clauses),
        as_of=as_of,
        until=until,
        edition=(scope.edition or edition) if scope.clauses else scope.edition,
    )


def _tidy(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({value.strip() for value in values if value.strip()}))


def faults(scope: Scope, today: date) -> list[Problem]:
    """What is wrong with a scope; the future cannot be evidenced."""
    found: list[Problem] = []
    if scope.as_of is not None and (scope.since is not None or scope.until is not None):
        found.append(Problem(N_("Give either one day or a period, not both."), field="as_of"))
    if scope.until is not None and scope.since is None:
        found.append(Problem(N_("A period needs its first day."), field="since"))
    if scope.since is not None and scope.until is not None and scope.since > scope.until:
        found.append(Problem(N_("The period ends before it begins."), field="until"))
    for name in _DAYS:
        day = getattr(scope, name)
        if day is not None and day > today:
            found.append(Problem(N_("The day lies in the future."), field=name))
    found += [
        Problem(N_("Name at most {most}."), field=name, facts={"most": MOST})
        for name in _LISTS
        if len(getattr(scope, name)) > MOST
    ]
    return found


def last_day(scope: Scope) -> date:
    """The last day a settled scope speaks of."""
    day = scope.as_of or scope.until
    if day is None:
        raise ValueError("the scope is not settled")
    return day


def written(scope: Scope) -> dict[str, Any]:
    """The scope as JSON; what restricts nothing is left out."""
    told: dict[str, Any] = {name: list(getattr(scope, name)) for name in _LISTS if getattr(scope, name)}
    told |= {name: getattr(scope, name).isoformat() for name in _DAYS if getattr(scope, name)}
    if scope.edition:
        told["edition"] = scope.edition
    return told


def read(told: Mapping[str, Any]) -> Scope:
    """The scope from its JSON."""
    given: dict[str, Any] = {name: date.fromisoformat(told[name]) for name in _DAYS if name in told}
    given |= {name: tuple(told.get(name, ())) for name in _LISTS}
    return Scope(**given, edition=told.get("edition"))


def allows(rights: Rights, permission: str, departments: tuple[str, ...]) -> bool:
    """Whether the right covers every department the scope names; naming none asks for all of them (R18)."""
    if not departments:
        return rights.may(permission) and rights.permissions[permission] is None
    return all(rights.may(permission, department) for department in departments)


def ceiling(rights: Rights) -> dict[str, Any]:
    """As JSON, how far a person's sight reached when evidence was gathered for them."""
    return {
        "person": rights.person_id,
        "secrecy": int(rights.secrecy),
        "circles": sorted(rights.circles),
        "departments": sorted(rights.departments),
        "posts": sorted(rights.posts),
        "oversees": rights.oversees,
    }


def reaches(rights: Rights, height: Mapping[str, Any]) -> bool:
    """Whether the person may see all that somebody of this ceiling could be given (SEC-06, SEC-07)."""
    if rights.secrecy < height["secrecy"] or not rights.circles >= set(height["circles"]):
        return False
    if rights.oversees:
        return True
    same_sight = rights.departments >= set(height["departments"]) and rights.posts >= set(height["posts"])
    return rights.person_id == height["person"] and not height["oversees"] and same_sight
