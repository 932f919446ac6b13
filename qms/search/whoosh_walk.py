"""The walk over the matches of a query in one segment, and who may pass its guards.

Rights and validity are decided here, before anything is counted: each entry carries the name of its
guard, and a guard is asked once per person and day (SEC-07).
"""

from __future__ import annotations

import threading
from array import array
from collections import Counter, OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from qms.search.entries import Guard, standing, unpack
from qms.search.whoosh_query import Compiler

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from qms.kernel.ports import Rights
    from qms.search.analysis.query import Query
    from qms.search.engine import Wanted

_NAME_WEIGHT: Final = 2.0
_NUMBER_WEIGHT: Final = 10.0
_CITED: Final = 1_000.0
_VIEWS: Final = 256


@dataclass(slots=True)
class Segment:
    """What is known of one segment, which never changes: the guard of each entry, the documents."""

    guards: array[int]
    documents: dict[int, tuple[str, str, str, tuple[str, ...]]]


@dataclass(slots=True)
class Guards:
    """All guards met so far by number, and which of them open for whom."""

    numbers: dict[Guard, int] = field(default_factory=dict)
    kept: list[bool] = field(default_factory=list)
    views: OrderedDict[tuple[object, ...], bytearray] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def number(self, guard: Guard) -> int:
        """The number of a guard, the same for the life of the process."""
        with self.lock:
            if guard not in self.numbers:
                self.kept.append(guard.kept)
            return self.numbers.setdefault(guard, len(self.numbers))

    def weights(self, query: Query) -> list[float]:
        """For each guard, what the scores of its entries count."""
        told, kept = standing(query, kept=False), standing(query, kept=True)
        return [kept if each else told for each in self.kept]

    def view(self, rights: Rights, day: date, wanted: Wanted) -> bytearray:
        """For each guard, whether it opens; kept for the next search of the same person."""
        key = (
            rights.person_id,
            rights.secrecy,
            rights.circles,
            rights.departments,
            rights.posts,
            rights.oversees,
            rights.keys,
            day,
            wanted.kinds,
            wanted.languages,
        )
        with self.lock:
            view = self.views.get(key)
            if view is None or len(view) < len(self.numbers):
                view = bytearray(guard.opens(rights, day, wanted) for guard in self.numbers)
                self.views[key] = view
            self.views.move_to_end(key)
            while len(self.views) > _VIEWS:
                self.views.popitem(last=False)
            return view


class Walk:
    """One walk over the matches of a query in one segment."""

    def __init__(self, leaf: Any, first: int, segment: Segment, query: Query) -> None:
        self.leaf = leaf
        self.first = first
        self.segment = segment
        self.query = query
        self.compiler = Compiler(leaf.reader())

    def hits(
        self, view: bytearray, weights: Sequence[float], without: frozenset[str]
    ) -> Iterator[tuple[float, int]]:
        """Score and negative number of each match whose guard opens."""
        names = self._names()
        guards = self.segment.guards
        hidden = hidden_places(self.leaf.reader(), without) | self._unwanted()
        cited = frozenset(self._places(self.compiler.cited(self.query)))
        wanted, enough = self._wanted()
        for matcher in self._matches(wanted):
            place = matcher.id()
            if enough is not None and place not in enough and place not in names:
                continue
            extra = names.pop(place, 0.0) + (_CITED if place in cited else 0.0)
            if view[guards[place]] and place not in hidden:
                yield weights[guards[place]] * (matcher.score() + extra), -(self.first + place)
        for place, extra in names.items():
            if view[guards[place]] and place not in hidden:
                yield weights[guards[place]] * extra, -(self.first + place)

    def _wanted(self) -> tuple[Any | None, set[int] | None]:
        if self.query.least >= len(self.query.every):
            return self.compiler.every(self.query), None
        each = self.compiler.each(self.query)
        if len(each) < self.query.least:
            return None, None
        held = Counter(place for query in each for place in self._places(query))
        return Compiler.any_of(each), {place for place, count in held.items() if count >= self.query.least}

    def _unwanted(self) -> frozenset[int]:
        # A set of our own: Whoosh 2.7.4's AndNot lets some of the unwanted through.
        return frozenset(self._places(self.compiler.without(self.query)))

    def _names(self) -> dict[int, float]:
        weight = _NUMBER_WEIGHT if self.query.number else _NAME_WEIGHT
        named = self._matches(self.compiler.named(self.query))
        return {
            matcher.id(): 1.0 + matcher.score() * weight
            for matcher in named
            if matcher.id() in self.segment.documents
        }

    def _places(self, query: Any | None) -> Iterator[int]:
        return (matcher.id() for matcher in self._matches(query))

    def _matches(self, query: Any | None) -> Iterator[Any]:
        """The matcher of the query, standing at one match after the other."""
        if query is None:
            return
        matcher = query.matcher(self.leaf, self.leaf.context(needs_current=True))
        while matcher.is_active():
            yield matcher
            matcher.next()


def hidden_places(reader: Any, groups: frozenset[str]) -> frozenset[int]:
    """The places of all entries of these groups, which are answered from elsewhere."""
    return frozenset(
        place
        for group in groups
        if ("group", group.encode()) in reader
        for place in reader.postings("group", group).all_ids()
    )


def read_segment(reader: Any, guards: Guards) -> Segment:
    """What is needed of a segment besides its postings; read once, for segments never change."""
    numbers = array("L", bytes(array("L").itemsize * reader.doc_count_all()))
    documents = {}
    for raw in reader.lexicon("guard"):
        name = reader.schema["guard"].from_bytes(raw)
        places = list(reader.postings("guard", name).all_ids())
        if not places:
            continue
        guard = Guard.of(unpack(reader.stored_fields(places[0])["entry"]["entry"]))
        number = guards.number(guard)
        for place in places:
            numbers[place] = number
    for place in reader.all_doc_ids():
        stored = reader.stored_fields(place)["entry"]
        if stored.get("whole"):
            entry = stored["entry"]
            documents[place] = (
                entry["number"],
                entry["title"],
                entry["language"],
                tuple(stored.get("spoken", ())),
            )
    return Segment(numbers, documents)
