"""What is told of a party, checked before anything of it is written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, select

from qms import accounts
from qms.kernel.errors import Problem
from qms.kernel.labels import N_
from qms.kernel.ports import Secrecy
from qms.parties import access, rows
from qms.parties.errors import IdentifierTaken, PartyBeyondYou, PartyInvalid
from qms.parties.kinds import Kind, folded
from qms.parties.models import Party, PartyIdentifier

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qms.kernel.work import Work
    from qms.parties.choices import Lists

_LONGEST: Final = {"name": 200, "short_name": 60, "note": 4000}
_TOO_LONG: Final = N_("Write at most {most} characters.")
_NOT_LISTED: Final = N_("Choose one from the list.")
_IDENTIFIER: Final = 120


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that is told of a party but whom one speaks to; empty texts mean nothing is told."""

    name: str
    department: str
    short_name: str = ""
    owner: str = ""
    tier: str = ""
    stage: str = ""
    secrecy: int = Secrecy.INTERNAL
    circle: str = ""
    note: str = ""
    identifiers: Mapping[str, str] = field(default_factory=dict)


def checked(work: Work, facts: Facts) -> dict[str, Any]:
    """The facts as the columns of a row; every fault is named by its field."""
    values: dict[str, Any] = {
        "name": " ".join(facts.name.split()),
        "short_name": " ".join(facts.short_name.split()),
        "department": facts.department.strip(),
        "owner_id": None,
        "tier": facts.tier.strip() or None,
        "stage": facts.stage.strip() or None,
        "secrecy": int(facts.secrecy),
        "circle": facts.circle.strip() or None,
        "note": facts.note.strip(),
    }
    found = list(_faults(work, facts, values, rows.present_lists(work.session)))
    if facts.owner.strip():
        owner = accounts.person_by_login(work.session, facts.owner)
        if owner is None or not owner.active:
            found.append(Problem(N_("There is nobody of this login."), field="owner"))
        else:
            values["owner_id"] = owner.id
    if found:
        raise PartyInvalid(found)
    if not access.within(work.rights, values["secrecy"], values["circle"]):
        raise PartyBeyondYou
    values["folded"] = f"{folded(values['name'])} {folded(values['short_name'])}"
    return values


def _faults(work: Work, facts: Facts, values: Mapping[str, Any], lists: Lists) -> Iterator[Problem]:
    if not values["name"]:
        yield Problem(N_("Fill this in."), field="name")
    for name, most in _LONGEST.items():
        if len(values[name]) > most:
            yield Problem(_TOO_LONG, field=name, facts={"most": most})
    departments = {each.code for each in accounts.departments(work.session)}
    circles = {each.code for each in accounts.circles(work.session)}
    offered: dict[str, set[Any]] = {
        "department": departments,
        "tier": {None, *lists.tiers},
        "stage": {None, *lists.stages},
        "circle": {None, *circles},
        "secrecy": {int(each) for each in Secrecy},
    }
    for name, choices in offered.items():
        if values[name] not in choices:
            yield Problem(_NOT_LISTED, field=name)
    for scheme, value in facts.identifiers.items():
        if scheme not in lists.identifiers:
            yield Problem(_NOT_LISTED, field="identifiers")
        if len(value) > _IDENTIFIER:
            yield Problem(_TOO_LONG, field=f"identifier-{scheme}", facts={"most": _IDENTIFIER})


def identifiers_of(work: Work, row: Party) -> dict[str, str]:
    """What identifies the party, by scheme."""
    query = select(PartyIdentifier.scheme, PartyIdentifier.value).where(PartyIdentifier.party_id == row.id)
    return {each.scheme: each.value for each in work.session.execute(query.order_by(PartyIdentifier.scheme))}


def identify(work: Work, row: Party, given: Mapping[str, str]) -> None:
    """Keep what identifies the party; the same number never stands for two (R59).

    Whose it is already is not told: it may be a party that does not exist for who asks.
    """
    session = work.session
    session.execute(delete(PartyIdentifier).where(PartyIdentifier.party_id == row.id))
    for scheme, text in sorted(given.items()):
        value = " ".join(text.split())
        if not value:
            continue
        key = folded(value)
        taken = select(PartyIdentifier.id).where(
            PartyIdentifier.scheme == scheme, PartyIdentifier.folded == key
        )
        if session.scalar(taken) is not None:
            raise IdentifierTaken(value=value)
        session.add(PartyIdentifier(party_id=row.id, scheme=scheme, value=value, folded=key))
        session.flush()


def told(row: Party) -> dict[str, Any]:
    """What the trail tells of a party for ever; names and numbers stand beside it, erasable (CN-10)."""
    return {
        "kind": row.kind.value,
        "state": row.state.value,
        "department": row.department,
        "owner": row.owner_id,
        "tier": row.tier,
        "stage": row.stage,
        "secrecy": row.secrecy,
        "circle": row.circle,
    }


def personal(row: Party, identifiers: Mapping[str, str]) -> dict[str, str]:
    """What the trail tells of a party until it is erased."""
    given = {f"identifier {scheme}": value for scheme, value in identifiers.items()}
    named = {"name": row.name, "short_name": row.short_name, "note": row.note, **given}
    return {key: value for key, value in named.items() if value}


KIND_UNKNOWN: Final = N_("Choose one from the list.")


def kind_of(text: str) -> Kind:
    """The kind of a text, refused where there is no such kind."""
    try:
        return Kind(text)
    except ValueError:
        raise PartyInvalid([Problem(KIND_UNKNOWN, field="kind")]) from None
