"""What pages, forms and schedules ask of parties; everything inside the rights of who asks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import false, func, or_, select

from qms import accounts, trail
from qms.kernel.errors import Damaged
from qms.parties import access, rows
from qms.parties.gaps import Facts, missing
from qms.parties.kinds import Kind, State, folded
from qms.parties.models import LONGEST_FOLDED, Party, PartyContact, PartyIdentifier
from qms.parties.operations.keeping import Contact, opened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from qms.kernel.labels import Phrase
    from qms.kernel.ports import Rights
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work
    from qms.parties.choices import Lists
    from qms.trail import TrailRow

PAGE: Final = 50
_BATCH: Final = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list is asked for; empty values mean no restriction."""

    words: str = ""
    kind: Kind | None = None
    state: State | None = State.ACTIVE
    tier: str = ""
    department: str = ""
    owner_id: int | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """A party as a line of a list."""

    id: int
    number: str
    kind: Kind
    state: State
    name: str
    short_name: str
    department: str
    owner_id: int | None
    owner: str
    tier: str | None
    stage: str | None
    secrecy: int
    circle: str | None


@dataclass(frozen=True, slots=True)
class Card:
    """One party with all that is told of it but whom one speaks to."""

    line: Listed
    identifiers: Mapping[str, str]
    note: str
    version: int
    owner_login: str
    into: str | None
    duplicates: tuple[str, ...]
    added_at: datetime
    ended_at: datetime | None
    erased_at: datetime | None
    manages: bool


@dataclass(frozen=True, slots=True)
class Subject:
    """A party as schedules and tasks need it, whoever looks."""

    id: int
    number: str
    name: str
    owner_id: int | None
    department: str
    secrecy: int
    circle: str | None


def party(session: Session, rights: Rights, number: str) -> Card:
    """The party of this number, for whom it exists."""
    row = rows.seen(session, rights, number)
    owner = accounts.person(session, row.owner_id) if row.owner_id else None
    into = session.get(Party, row.merged_into_id) if row.merged_into_id else None
    given = select(PartyIdentifier.scheme, PartyIdentifier.value).where(PartyIdentifier.party_id == row.id)
    merged = select(Party.number).where(Party.merged_into_id == row.id, access.visible(rights))
    return Card(
        line=_listed(row, owner.name if owner else ""),
        identifiers={each.scheme: each.value for each in session.execute(given)},
        note=row.note,
        version=row.version,
        owner_login=owner.login if owner else "",
        into=into.number if into else None,
        duplicates=tuple(session.scalars(merged.order_by(Party.number))),
        added_at=row.added_at,
        ended_at=row.ended_at,
        erased_at=row.erased_at,
        manages=rights.may(access.MANAGE, row.department),
    )


def kept_number(session: Session, number: str) -> str:
    """The number a party is kept under: its own, or that of the one it was merged into."""
    row = session.scalar(select(Party).where(Party.number == number))
    while row is not None and row.merged_into_id is not None:
        row = session.get_one(Party, row.merged_into_id)
    return number if row is None else row.number


def contacts(work: Work, number: str) -> list[Contact]:
    """Whom one speaks to at a party, for whom it exists."""
    return opened(work, rows.seen(work.session, work.rights, number))


def unopened(work: Work) -> Iterator[str | None]:
    """The number of each party whose sealed contacts do not open; None for each sound one (D-0022)."""
    sealed = select(Party).where(Party.seal.is_not(None), Party.erased_at.is_(None)).order_by(Party.id)
    for row in work.session.scalars(sealed.execution_options(yield_per=_BATCH)):
        try:
            opened(work, row)
        except Damaged:
            yield row.number
        else:
            yield None


def listing(
    session: Session, rights: Rights, wanted: Wanted | None = None, *, after: str = "", limit: int = PAGE
) -> list[Listed]:
    """The parties that exist for who asks, by number; `after` is the last number of the page before."""
    query = _wanted(select(Party), rights, wanted or Wanted()).where(Party.number > after)
    found = session.scalars(query.order_by(Party.number).limit(limit)).all()
    return _lines(session, found)


def count(session: Session, rights: Rights, wanted: Wanted | None = None) -> int:
    """How many there are of them; what one may not see is not counted (SEC-07)."""
    query = _wanted(select(func.count()).select_from(Party), rights, wanted or Wanted())
    return int(session.scalar(query) or 0)


def matching(
    session: Session, rights: Rights, text: str, kinds: Collection[Kind] = (), limit: int = 10
) -> list[Listed]:
    """The parties dealt with whose number, name or identifier holds the text, for pickers of fields."""
    query = _wanted(select(Party), rights, Wanted(words=text))
    if kinds:
        query = query.where(Party.kind.in_(sorted(kinds)))
    return _lines(session, session.scalars(query.order_by(Party.number).limit(limit)).all())


def names(session: Session, rights: Rights, numbers: Iterable[str]) -> dict[str, str]:
    """The names of these parties by number; one that does not exist for who looks is left out (SEC-07)."""
    asked = sorted(set(numbers))
    if not asked:
        return {}
    query = select(Party.number, Party.name).where(Party.number.in_(asked), access.visible(rights))
    return {row.number: row.name for row in session.execute(query)}


def subjects(
    session: Session,
    *,
    kinds: Collection[str] = (),
    tiers: Collection[str] = (),
    departments: Collection[str] = (),
) -> list[Subject]:
    """The parties dealt with of these kinds, tiers and departments, for a schedule; none named means all."""
    query = select(Party).where(Party.state == State.ACTIVE)
    for column, values in ((Party.kind, kinds), (Party.tier, tiers), (Party.department, departments)):
        if values:
            query = query.where(column.in_(sorted(values)))
    return [
        Subject(row.id, row.number, row.name, row.owner_id, row.department, row.secrecy, row.circle)
        for row in session.scalars(query.order_by(Party.number))
    ]


def completeness(work: Work, card: Card, records: Iterable[Any]) -> tuple[Phrase, ...]:
    """What the party's file lacks of what is expected of its kind: fields and records (S36)."""
    lists = rows.present_lists(work.session)
    line = card.line
    has = select(PartyContact.id).where(PartyContact.party_id == line.id).limit(1)
    told = {
        "owner": line.owner_id,
        "tier": line.tier,
        "stage": line.stage,
        "short-name": line.short_name,
        "contact": work.session.scalar(has),
    }
    filled = {name for name, value in told.items() if value}
    forms = {each.form for each in records}
    expected = lists.expected.get(line.kind, ())
    return missing(expected, Facts(filled, card.identifiers, forms), lists.identifiers)


def dossier(work: Work, card: Card) -> list[Any]:
    """The records about a party and its duplicates, from whichever slices keep any (S33)."""
    numbers = (card.line.number, *card.duplicates)
    return [line for port in work.ports.get("dossiers", ()) for line in port.lines(work, numbers)]


def history(session: Session, card: Card) -> list[TrailRow]:
    """What happened to the party, the newest first."""
    return trail.history(session, rows.ref_of(session.get_one(Party, card.line.id)))


def lists(session: Session) -> Lists:
    """The lists that count now."""
    return rows.present_lists(session)


def lists_text(session: Session) -> str:
    """The same as they are written."""
    return rows.lists_text(session)


def hidden(session: Session, rights: Rights, refs: Iterable[Ref]) -> frozenset[Ref]:
    """Those of the refs about parties that do not exist for who looks (SEC-07)."""
    asked = {ref.key: ref for ref in refs if ref.kind == "party"}
    if not asked:
        return frozenset()
    query = select(Party.number).where(Party.number.in_(sorted(asked)), access.visible(rights))
    seen = set(session.scalars(query))
    return frozenset(ref for number, ref in asked.items() if number not in seen)


def _wanted(query: Select[Any], rights: Rights, wanted: Wanted) -> Select[Any]:
    query = query.where(access.visible(rights))
    for column, value in (
        (Party.kind, wanted.kind),
        (Party.state, wanted.state),
        (Party.tier, wanted.tier),
        (Party.department, wanted.department),
        (Party.owner_id, wanted.owner_id),
    ):
        if value:
            query = query.where(column == value)
    if wanted.words.strip():
        query = query.where(_holding(wanted.words.strip()))
    return query


def _holding(words: str) -> ColumnElement[bool]:
    key = folded(words)
    named = select(PartyIdentifier.party_id).where(PartyIdentifier.folded.startswith(key, autoescape=True))
    if not 0 < len(key) <= LONGEST_FOLDED:
        return false()  # nothing but marks, or more than a name holds: it stands in none
    return or_(
        Party.number.startswith(words.upper(), autoescape=True),
        Party.folded.contains(key, autoescape=True),
        Party.id.in_(named),
    )


def _lines(session: Session, found: Sequence[Party]) -> list[Listed]:
    names = accounts.names_of(session, {row.owner_id for row in found if row.owner_id})
    return [_listed(row, names.get(row.owner_id or 0, "")) for row in found]


def _listed(row: Party, owner: str) -> Listed:
    return Listed(
        id=row.id,
        number=row.number,
        kind=row.kind,
        state=row.state,
        name=row.name,
        short_name=row.short_name,
        department=row.department,
        owner_id=row.owner_id,
        owner=owner,
        tier=row.tier,
        stage=row.stage,
        secrecy=row.secrecy,
        circle=row.circle,
    )
