"""One Work is one act or one look: the single argument of every operation (law 1)."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar, TypeVarTuple

from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from qms.kernel.clock import local_day
from qms.kernel.database import READING, WRITING, is_collision, is_full, options
from qms.kernel.errors import Collided, DiskFull
from qms.kernel.ports import Actor, Change, Rights

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy import Engine, Result
    from sqlalchemy.sql.selectable import TypedReturnsRows

    from qms.kernel.clock import Clock
    from qms.kernel.errors import QmsError
    from qms.kernel.refs import Ref
    from qms.kernel.settings import Settings
    from qms.kernel.vault import Vault


_Made = TypeVar("_Made")
_Columns = TypeVarTuple("_Columns")


class WroteWhileReading(RuntimeError):  # noqa: N818 - named after the fact
    """A fault of the program: something tried to write in a reading Work."""


@dataclass(slots=True)
class Work:
    """Everything an operation needs; built by `Works`, committed by the edge alone.

    `now` is taken once, so that all rows of one act share one instant. `ports` gives operations
    what upper floors registered (Sections, Bodies) without knowing them. `leap` is how far the clock
    was moved since the last act of this process, by one that nobody can set; None where none is known.
    """

    session: Session
    actor: Actor
    rights: Rights
    now: datetime
    language: str
    vault: Vault
    settings: Settings
    writing: bool
    ports: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    demo: bool = False
    leap: timedelta | None = None
    changes: list[Change] = field(default_factory=list)

    @property
    def today(self) -> date:
        """The present day in the organisation's zone."""
        return local_day(self.now, self.settings.zone_info)

    def hidden(self, refs: Iterable[Ref], rights: Rights | None = None) -> frozenset[Ref]:
        """Those of the refs that do not exist for who acts, or for who holds the rights (SEC-07).

        The rule of every slice is asked, so that a lower floor may name what lies on an upper one.
        """
        (sight,) = self.ports["sight"]
        found: frozenset[Ref] = sight(self if rights is None else replace(self, rights=rights), refs)
        return found

    def record(
        self,
        action: str,
        ref: Ref,
        *,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
        why: str | None = None,
        personal: Mapping[str, str] | None = None,
    ) -> None:
        """Collect a trail entry; it is appended as the last statement of the transaction (law 3)."""
        if not self.writing:
            raise WroteWhileReading(action)
        self.changes.append(Change(action, ref, before, after, why, dict(personal or {})))


def _open() -> QmsError | None:
    """Nothing speaks against an act."""


@dataclass(slots=True)
class Works:
    """Opens Works over one engine; the only place that commits for an operation.

    `append` writes the collected changes to the trail, `rights_of` computes an actor's rights;
    both come from upper slices through `runtime`.
    `closed` says why no act may be written now, while looking goes on (REL-17).
    """

    engine: Engine
    vault: Vault
    settings: Settings
    clock: Clock
    append: Callable[[Work, Sequence[Change]], None]
    ports: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    closed: Callable[[], QmsError | None] = _open
    demo: bool = False
    _seen: tuple[datetime, float] | None = None

    @contextmanager
    def reading(
        self, actor: Actor, rights: Rights | None = None, language: str | None = None
    ) -> Iterator[Work]:
        """A look: a consistent snapshot that cannot write; what was read stays readable after it."""
        with self._session(READING) as session:
            yield self._work(session, actor, rights, language, writing=False)

    @contextmanager
    def writing(
        self, actor: Actor, rights: Rights | None = None, language: str | None = None
    ) -> Iterator[Work]:
        """An act: all of it with its trail, or nothing.

        Whatever is raised inside rolls everything back. The trail is the last statement, so the
        locked head is held for one insert. Refused while the workspace is closed to acts (REL-17),
        or when the disk takes no more (REL-04). What lost to another act at the same moment says so:
        nothing of it is kept, and whoever opened it may repeat it whole (REL-05).
        """
        if refusal := self.closed():
            raise refusal
        with self._session(WRITING) as session:
            work = self._work(session, actor, rights, language, writing=True)
            ticks = self.clock.ticks()
            work.leap = self._leap(work.now, ticks)
            try:
                yield work
                session.flush()
                if work.changes:
                    self.append(work, tuple(work.changes))
                session.commit()
                if work.changes and ticks is not None:
                    self._seen = work.now, ticks
            except OperationalError as fault:
                session.rollback()
                if is_full(fault):
                    raise DiskFull from fault
                if is_collision(fault):
                    raise Collided from fault
                raise
            except BaseException:
                session.rollback()
                raise

    def _leap(self, now: datetime, ticks: float | None) -> timedelta | None:
        """How far the clock moved away from the steady one since the last act that left an entry."""
        if self._seen is None or ticks is None:
            return None
        then, ticked = self._seen
        return now - then - timedelta(seconds=ticks - ticked)

    @contextmanager
    def _session(self, mode: str) -> Iterator[Session]:
        with self.engine.connect().execution_options(**options(self.engine, mode)) as connection:
            if mode == WRITING:
                session = Session(bind=connection, expire_on_commit=False)
            else:
                session = _Look(bind=connection, expire_on_commit=False, autoflush=False)
            try:
                yield session
            finally:
                session.close()

    def _work(
        self, session: Session, actor: Actor, rights: Rights | None, language: str | None, *, writing: bool
    ) -> Work:
        return Work(
            session=session,
            actor=actor,
            rights=rights or Rights(),
            now=self.clock.now(),
            language=language or self.settings.language,
            vault=self.vault,
            settings=self.settings,
            writing=writing,
            ports=self.ports,
            demo=self.demo,
        )


class _Look(Session):
    """The session of a reading Work."""


def remembered(session: Session, key: Hashable, make: Callable[[], _Made]) -> _Made:
    """What `make` gives, asked once in a look: its snapshot cannot change. In an act it is always asked."""
    if not isinstance(session, _Look):
        return make()
    if key not in session.info:
        session.info[key] = make()
    found: _Made = session.info[key]
    return found


def ask(session: Session, statement: TypedReturnsRows[*_Columns], **given: object) -> Result[*_Columns]:
    """The rows of a statement of columns that was built once, with what it is given now (D-0028).

    Nothing is kept between two askings: only the building of the statement and the machinery for
    entities are spared. In an act, what waits is written first, as a session does.
    """
    if session.autoflush:
        session.flush()
    return session.connection().execute(statement, given)


def _refuse_flush(session: Session, *_: object) -> None:
    if session.new or session.dirty or session.deleted:
        raise WroteWhileReading


event.listen(_Look, "before_flush", _refuse_flush)
