"""The narrow port every engine stands behind, and the plain values that pass through it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from qms.kernel.ports import Entry, Rights
    from qms.search.analysis.query import Query


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a search is narrowed to besides its words; empty means no restriction.

    `without` names groups that are answered from the register, because they changed since.
    """

    kinds: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Found:
    """An entry that answers a query; `whole` entries stand for their document."""

    entry: Entry
    score: float
    whole: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """The best entries and the number of all that the person may see.

    `capped` says that a beginning of a word stood for more words than are looked up.
    """

    found: tuple[Found, ...] = ()
    total: int = 0
    capped: bool = False


@dataclass(frozen=True, slots=True, order=True)
class Suggestion:
    """A document whose number, title or pinyin goes on from what was typed."""

    number: str
    title: str
    language: str


class Health(StrEnum):
    """How an index is: only a sound one answers; an outdated one answers and wants a rebuild."""

    SOUND = "sound"
    OUTDATED = "outdated"
    MISSING = "missing"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class State:
    """What an engine knows of its index: its health, and the trail entry it has followed to."""

    health: Health
    seq: int = 0
    entries: int = 0
    fault: str = ""

    @property
    def answers(self) -> bool:
        """Whether the index can be asked."""
        return self.health in {Health.SOUND, Health.OUTDATED}


class Engine(Protocol):
    """An index of entries; folding, tokens and highlights are not its business.

    Readers raise `IndexMissing` or `IndexDamaged`, writers also `IndexBusy`.
    """

    def index(self, entries: Iterable[Entry]) -> None:
        """Put entries in, in place of all former ones of their groups."""
        ...

    def delete(self, groups: Iterable[str]) -> None:
        """Take all entries of groups out."""
        ...

    def apply(self, changes: Mapping[str, Sequence[Entry]], seq: int | None) -> None:
        """Put the present entries of each group in place of its former ones, and `seq` with them."""
        ...

    def rebuild(self, groups: Iterable[Sequence[Entry]], seq: int) -> None:
        """Build a new index beside the old one and swap them in one step."""
        ...

    def find(
        self,
        query: Query,
        rights: Rights,
        day: date,
        *,
        wanted: Wanted,
        offset: int = 0,
        limit: int = 20,
    ) -> Answer:
        """The entries in force on the day that answer the query and exist for the person."""
        ...

    def suggest(
        self, prefix: str, rights: Rights, day: date, *, wanted: Wanted, limit: int = 10
    ) -> list[Suggestion]:
        """Documents in force that exist for the person and go on from the prefix."""
        ...

    def state(self) -> State:
        """Where the index stands and whether it is sound."""
        ...

    def check(self) -> State:
        """The same after reading every byte again (REL-07)."""
        ...

    def digests(self) -> Iterator[tuple[str, str, str]]:
        """Group, key and digest of each entry, to compare with the register."""
        ...
