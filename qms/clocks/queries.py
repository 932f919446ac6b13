"""Which limits run on what, the register of a day and the bulletin of a month, as far as one may see them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, exists, or_, select

from qms.accounts import names_of
from qms.calendar import CalendarsUnreadable, NoSuchCalendar, Span, calendars, phrase, span
from qms.clocks.models import Clock, ClockOwner
from qms.clocks.standing import Standing, State, Totals, add_up, standing
from qms.kernel.clock import start_of
from qms.kernel.labels import Phrase, in_language
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from sqlalchemy.orm import Session

    from qms.kernel.errors import QmsError
    from qms.kernel.ports import Rights

_READ: Final = "documents:read"
_DAY: Final = timedelta(days=1)
_AT_ONCE: Final = 500
_ORDER: Final = (
    State.OVERDUE,
    State.DUE_TODAY,
    State.WARNED,
    State.RUNNING,
    State.PAUSED,
    State.STOPPED,
    State.CANCELLED,
)


@dataclass(frozen=True, slots=True)
class Row:
    """One limit as the register and the bulletin tell it."""

    clock: Clock
    subject: Ref
    standing: Standing
    owners: tuple[str, ...]

    @property
    def limit(self) -> Phrase:
        """How long it may take."""
        return phrase(span(self.clock.length))

    @property
    def late(self) -> Phrase | None:
        """By how much it is over."""
        late: Span | None = self.standing.late
        return phrase(late) if late else None

    def label(self, language: str) -> str:
        """What it is called."""
        label: str | Mapping[str, str] = self.clock.label
        return label if isinstance(label, str) else in_language(label, language)


@dataclass(frozen=True, slots=True)
class Register:
    """The limits of one day: what ran, was due, overdue, paused or done on it, most urgent first (R28)."""

    day: date
    rows: tuple[Row, ...]
    counts: Mapping[State, int]


@dataclass(frozen=True, slots=True)
class Bulletin:
    """The limits due in one month with their totals, whole and by name and department (R28)."""

    month: date
    rows: tuple[Row, ...]
    totals: Totals
    by_name: Mapping[str, Totals]
    by_department: Mapping[str, Totals]


def clock(session: Session, subject: Ref, name: str) -> Clock | None:
    """The limit of a name on a subject: the open one, else the last that was."""
    found = [row for row in of(session, subject) if row.name == name]
    open_ones = [row for row in found if row.stopped_at is None and row.cancelled_at is None]
    last: list[Clock] = open_ones or found
    return last[-1] if last else None


def of(session: Session, subject: Ref) -> list[Clock]:
    """Every limit that runs or ran on a subject, in order of starting."""
    return of_many(session, [subject]).get(subject, [])


def of_many(session: Session, subjects: Iterable[Ref]) -> dict[Ref, list[Clock]]:
    """The limits of several subjects, for lists: one query for each five hundred."""
    asked = [str(subject) for subject in subjects]
    found: dict[Ref, list[Clock]] = defaultdict(list)
    for first in range(0, len(asked), _AT_ONCE):
        query = select(Clock).where(Clock.subject.in_(asked[first : first + _AT_ONCE]))
        for row in session.scalars(query.order_by(Clock.started_at, Clock.id)):
            found[Ref.parse(row.subject)].append(row)
    return dict(found)


def owners_of(session: Session, clocks: Iterable[int]) -> dict[int, list[int]]:
    """Who answers for each of the limits, by their ids."""
    asked = list(clocks)
    found: dict[int, list[int]] = defaultdict(list)
    for first in range(0, len(asked), _AT_ONCE):
        some = ClockOwner.clock_id.in_(asked[first : first + _AT_ONCE])
        query = select(ClockOwner.clock_id, ClockOwner.person_id).where(some)
        for clock_id, person_id in session.execute(query.order_by(ClockOwner.person_id)):
            found[clock_id].append(person_id)
    return dict(found)


def due(session: Session, rights: Rights, until: date, now: datetime, limit: int = 50) -> list[Row]:
    """The open limits due until a day that one may see, the nearest first; overdue ones among them."""
    query = select(Clock).where(*_open(), Clock.due_on <= until, *_seen(rights))
    rows = session.scalars(query.order_by(Clock.due_at, Clock.id).limit(limit)).all()
    return _rows(session, rows, now)


def faults(session: Session, home: Path) -> list[QmsError]:
    """What keeps limits from being counted: calendars that cannot be read, or that are no longer there."""
    try:
        known = calendars(home)
    except CalendarsUnreadable as refusal:
        return [refusal]
    is_open = (Clock.stopped_at.is_(None), Clock.cancelled_at.is_(None))
    names = session.scalars(select(Clock.calendar).where(Clock.calendar.is_not(None), *is_open).distinct())
    found: list[QmsError] = []
    for name in sorted(each for each in names if each is not None):
        try:
            known.calendar(name)
        except NoSuchCalendar as refusal:
            found.append(refusal)
    return found


def is_something_due(session: Session, now: datetime) -> bool:
    """Whether a limit waits to be warned of or to be overdue: two looks into an index, each minute."""
    unpaused = or_(Clock.paused_at.is_(None), Clock.paused_at >= Clock.due_at)
    late = and_(*_open(), Clock.overdue_at.is_(None), Clock.due_at <= now, unpaused)
    waiting = (Clock.warned_at.is_(None), Clock.overdue_at.is_(None), Clock.warn_at.is_not(None))
    near = and_(*_open(), *waiting, Clock.warn_at <= now, Clock.due_at > now, unpaused)
    return bool(session.scalar(select(exists().where(late)))) or bool(
        session.scalar(select(exists().where(near)))
    )


def register(session: Session, rights: Rights, day: date, now: datetime, zone: ZoneInfo) -> Register:
    """What ran on a day, as it stands now or, for a day that is over, as it stood at its end."""
    begin, over = start_of(day, zone), start_of(day + _DAY, zone)
    query = select(Clock).where(
        Clock.started_at < over,
        Clock.cancelled_at.is_(None),
        or_(Clock.stopped_at.is_(None), Clock.stopped_at >= begin),
        *_seen(rights),
    )
    rows = _rows(
        session, session.scalars(query).all(), now if now < over else over - timedelta(microseconds=1)
    )
    rows.sort(key=lambda row: (_ORDER.index(row.standing.state), row.clock.due_at, row.clock.id))
    counts = {state: sum(row.standing.state is state for row in rows) for state in _ORDER}
    del counts[State.CANCELLED]
    return Register(day, tuple(rows), counts)


def bulletin(session: Session, rights: Rights, month: date, now: datetime) -> Bulletin:
    """The limits whose last day lies in a month: kept, late, overdue or still open, and the rate kept."""
    first = month.replace(day=1)
    following = (first + 31 * _DAY).replace(day=1)
    query = select(Clock).where(
        Clock.due_on >= first, Clock.due_on < following, Clock.cancelled_at.is_(None), *_seen(rights)
    )
    rows = _rows(session, session.scalars(query.order_by(Clock.due_at, Clock.id)).all(), now)
    by_name: dict[str, list[Standing]] = defaultdict(list)
    by_department: dict[str, list[Standing]] = defaultdict(list)
    for row in rows:
        by_name[row.clock.name].append(row.standing)
        by_department[row.clock.department or ""].append(row.standing)
    return Bulletin(
        first,
        tuple(rows),
        add_up(row.standing for row in rows),
        {name: add_up(found) for name, found in sorted(by_name.items())},
        {code: add_up(found) for code, found in sorted(by_department.items())},
    )


def _open() -> tuple[Any, ...]:
    return Clock.stopped_at.is_(None), Clock.cancelled_at.is_(None)


def _seen(rights: Rights) -> tuple[Any, ...]:
    """What one may see: inside grade and circle, one's own, or of one's departments for who reads there.

    R16, R19; the three administrators belong to departments and read nothing of them (MLP-04).
    """
    inside = (
        Clock.secrecy <= int(rights.secrecy),
        or_(Clock.circle.is_(None), Clock.circle.in_(rights.circles)),
    )
    if rights.oversees:
        return inside
    own = exists().where(ClockOwner.clock_id == Clock.id, ClockOwner.person_id == (rights.person_id or 0))
    if not rights.may(_READ):
        return (*inside, own)
    return (*inside, or_(Clock.department.is_(None), Clock.department.in_(rights.departments), own))


def _rows(session: Session, clocks: Sequence[Clock], now: datetime) -> list[Row]:
    owners = owners_of(session, [row.id for row in clocks])
    names = names_of(session, {each for found in owners.values() for each in found})
    return [
        Row(
            row,
            Ref.parse(row.subject),
            standing(row, now),
            tuple(names.get(each, "") for each in owners.get(row.id, ())),
        )
        for row in clocks
    ]
