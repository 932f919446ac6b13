"""The face of search: what a person typed becomes a page of clauses in force that exist for that person."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from qms.search import follow as following
from qms.search.analysis.highlight import Fragment, fragment, marks, sought
from qms.search.analysis.query import parse
from qms.search.engine import Answer, Health, Wanted
from qms.search.errors import IndexDamaged, IndexMissing
from qms.search.fallback import scan, scan_suggestions
from qms.search.listed import ListedAliases
from qms.search.whoosh_engine import WhooshEngine

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from qms.kernel.ports import Actor, Entry, Rights
    from qms.kernel.settings import Settings
    from qms.kernel.work import Work, Works
    from qms.search.analysis.highlight import Sought
    from qms.search.analysis.query import Query
    from qms.search.engine import Engine, Found, State, Suggestion
    from qms.search.follow import Followed
    from qms.search.register import Register

LARGEST_PAGE: Final = 100
_MOST_CHANGED: Final = 40
_SHORTEST: Final = 2


class Source(StrEnum):
    """Where a page comes from: the index, or the register while the index cannot answer."""

    INDEX = "index"
    REGISTER = "register"


@dataclass(frozen=True, slots=True)
class Hit:
    """One clause, or a whole document where `clause` is empty, with what was found marked."""

    group: str
    number: str
    title: Fragment
    kind: str
    clause: str
    heading: Fragment
    anchor: str
    snippet: Fragment
    revision: str
    from_on: date
    language: str


@dataclass(frozen=True, slots=True)
class Page:
    """What is shown: some hits of `total`, and how far to trust them.

    `behind` is the number of trail entries the index has not read; `relaxed` says that nothing held all
    words, so that some of them or related ones were enough; `capped` that a beginning was cut short.
    """

    hits: tuple[Hit, ...]
    total: int
    behind: int
    source: Source
    relaxed: bool = False
    capped: bool = False
    page: int = 1
    size: int = 20


@dataclass(frozen=True, slots=True)
class Standing:
    """How search stands, for the page of jobs and `qms doctor`."""

    health: Health
    seq: int
    behind: int
    entries: int
    fault: str = ""
    aliases_fault: str = ""


@dataclass(frozen=True, slots=True)
class _Changed:
    """What the trail has changed since the index: those things, the newest of them with their entries."""

    behind: int
    groups: frozenset[str]
    entries: tuple[Sequence[Entry], ...]


class Search:
    """Engine, register and list of words together; one for a process, shared by its threads."""

    def __init__(self, engine: Engine, register: Register, aliases: ListedAliases) -> None:
        """Put the parts together; nothing is opened yet."""
        self.engine = engine
        self.register = register
        self.aliases = aliases

    def find(
        self,
        work: Work,
        text: str,
        *,
        day: date | None = None,
        kinds: Collection[str] = (),
        languages: Collection[str] = (),
        page: int = 1,
        size: int = 20,
    ) -> Page:
        """The clauses that hold what was typed, in force on the day, visible to `work.rights` (DOC-18).

        The index finds, the register decides: what the trail has changed since the index was written is
        answered from the register.
        """
        query = parse(text, self.aliases.present())
        size = max(1, min(size, LARGEST_PAGE))
        page = max(1, page)
        wanted = Wanted(frozenset(kinds), frozenset(languages))
        asking = _Asking(work, _keyed(work), day or work.today, wanted, (page - 1) * size, size)
        answer, behind, source = self._answer(asking, query)
        wider = query.relaxed() if not answer.total else None
        relaxed = False
        if wider is not None:
            query = wider
            answer, behind, source = self._answer(asking, query)
            relaxed = answer.total > 0
        what = sought(query)
        hits = tuple(_hit(found.entry, what) for found in answer.found)
        return Page(hits, answer.total, behind, source, relaxed, answer.capped, page, size)

    def suggest(
        self, work: Work, prefix: str, *, day: date | None = None, limit: int = 10
    ) -> list[Suggestion]:
        """Documents in force whose number, title or pinyin goes on from two or more characters."""
        if len(prefix.strip()) < _SHORTEST:
            return []
        day = day or work.today
        rights = _keyed(work)
        try:
            changed = self._changed(work, self.engine.state())
            if changed is not None:
                wanted = Wanted(without=changed.groups)
                found = set(self.engine.suggest(prefix, rights, day, wanted=wanted, limit=limit))
                found.update(scan_suggestions(changed.entries, prefix, rights, day, limit))
                return sorted(found)[:limit]
        except (IndexMissing, IndexDamaged):
            changed = None
        return scan_suggestions(self.register.everything(work), prefix, rights, day, limit)

    def state(self, work: Work) -> Standing:
        """Where the index stands against the head of the trail."""
        state = self.engine.state()
        head = self.register.head_seq(work)
        behind = max(0, head - state.seq)
        return Standing(state.health, state.seq, behind, state.entries, state.fault, self.aliases.fault())

    def follow(self, works: Works, actor: Actor) -> Followed:
        """Bring the index to the head of the trail; build it anew where it is not sound."""
        return following.catch_up(works, actor, self.engine, self.register)

    def rebuild(self, works: Works, actor: Actor) -> int:
        """Build the index from zero beside the old one and swap them; gives the trail number."""
        return following.rebuild(works, actor, self.engine, self.register)

    def reconcile(self, works: Works, actor: Actor) -> list[str]:
        """Read every byte, compare every entry with the register, mend; gives what differed (REL-07)."""
        return following.reconcile(works, actor, self.engine, self.register)

    def _answer(self, asking: _Asking, query: Query) -> tuple[Answer, int, Source]:
        work, state = asking.work, self.engine.state()
        try:
            changed = self._changed(work, state)
            if changed is not None:
                return self._from_index(asking, query, changed), changed.behind, Source.INDEX
        except (IndexMissing, IndexDamaged):
            state = self.engine.state()
        behind = max(0, self.register.head_seq(work) - state.seq)
        answer = scan(
            self.register.everything(work),
            query,
            asking.rights,
            asking.day,
            wanted=asking.wanted,
            offset=asking.offset,
            limit=asking.limit,
        )
        return answer, behind, Source.REGISTER

    def _from_index(self, asking: _Asking, query: Query, changed: _Changed) -> Answer:
        rights = asking.rights
        wanted = replace(asking.wanted, without=changed.groups)
        if not changed.entries:
            return self.engine.find(
                query, rights, asking.day, wanted=wanted, offset=asking.offset, limit=asking.limit
            )
        upto = asking.offset + asking.limit
        old = self.engine.find(query, rights, asking.day, wanted=wanted, limit=upto)
        new = scan(changed.entries, query, rights, asking.day, wanted=asking.wanted, limit=upto)
        both = sorted((*_scaled(old), *_scaled(new)), key=lambda found: -found.score)
        return Answer(tuple(both[asking.offset : upto]), old.total + new.total, old.capped)

    def _changed(self, work: Work, state: State) -> _Changed | None:
        """What the trail has changed since the index; None when the index cannot be asked at all."""
        if not state.answers:
            return None
        behind = max(0, self.register.head_seq(work) - state.seq)
        if not behind:
            return _Changed(0, frozenset(), ())
        if behind > following.BATCH:
            return None
        rows = self.register.since(work.session, state.seq, behind)
        groups = self.register.groups_of(reversed(rows))
        entries = tuple(self.register.entries(work, group) for group in groups[:_MOST_CHANGED])
        # A sign-in is an entry too: what touches nothing that can be found is nothing to be behind with.
        return _Changed(behind if groups else 0, frozenset(str(group) for group in groups), entries)


@dataclass(frozen=True, slots=True)
class _Asking:
    work: Work
    rights: Rights
    day: date
    wanted: Wanted
    offset: int
    limit: int


def _keyed(work: Work) -> Rights:
    """The rights of who asks, with the keys by which slices let them in beside department and post."""
    keys: frozenset[str] = frozenset().union(*(give(work) for give in work.ports.get("keys", ())))
    return replace(work.rights, keys=work.rights.keys | keys)


def open_search(settings: Settings, register: Register) -> Search:
    """The search of a workspace: its index folder, and its own list of words where it keeps one."""
    engine = WhooshEngine(settings.at(settings.search_index))
    return Search(engine, register, ListedAliases(settings.home / "aliases.txt"))


def _scaled(answer: Answer) -> list[Found]:
    best = max((found.score for found in answer.found), default=0.0) or 1.0
    return [replace(found, score=found.score / best) for found in answer.found]


def _hit(entry: Entry, what: Sought) -> Hit:
    return Hit(
        group=entry.group,
        number=entry.number,
        title=Fragment(entry.title, marks(entry.title, what)),
        kind=entry.kind,
        clause=entry.clause,
        heading=Fragment(entry.heading, marks(entry.heading, what)),
        anchor=entry.anchor,
        snippet=fragment(entry.text, what),
        revision=entry.revision,
        from_on=entry.from_on,
        language=entry.language,
    )
