"""The embedded engine: Whoosh behind the port, by the API that Whoosh 2.7.4 and whoosh3 share.

Rights and validity are decided inside the walk over the matches, before anything is counted: each entry
carries the name of its guard, and a guard is asked once per person and day.
"""

from __future__ import annotations

import hashlib
import heapq
import pickle
import struct
import threading
import zlib
from array import array
from collections import Counter, OrderedDict
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from whoosh import index as whoosh_index
from whoosh import query as whoosh_query
from whoosh.analysis import Analyzer
from whoosh.analysis import Token as WhooshToken
from whoosh.fields import ID, STORED, TEXT, Schema

from qms.search.analysis.fold import ADDITIONS, TABLE
from qms.search.analysis.pinyin import title_words
from qms.search.analysis.tokens import WORDS, codes, tokens
from qms.search.engine import Answer, Found, Health, State, Suggestion, Wanted
from qms.search.entries import Guard, body, digest, goes_on, pack, unpack, wholes
from qms.search.errors import IndexBusy, IndexDamaged, IndexMissing
from qms.search.folder import (
    MANIFEST,
    IndexFolder,
    Manifest,
    check_digests,
    check_sizes,
    read_manifest,
    write_manifest,
)
from qms.search.whoosh_query import Compiler

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from qms.kernel.ports import Entry, Rights
    from qms.search.analysis.query import Query

_SHAPE: Final = "1"
_TITLE_BOOST: Final = 0.3
_NAME_WEIGHT: Final = 2.0
_NUMBER_WEIGHT: Final = 10.0
_SEQ: Final = "~seq"
_VIEWS: Final = 256
_GROUPS_AT_ONCE: Final = 500
_TITLE_LENGTH: Final = 200
# What Whoosh and the parts under it raise on files that are not what was written (REL-07).
_DAMAGE: Final = (
    EOFError,
    FileNotFoundError,
    struct.error,
    zlib.error,
    pickle.UnpicklingError,
    whoosh_index.IndexError,
    UnicodeDecodeError,
    IndexError,
)


class Words(Analyzer):  # type: ignore[misc]  # Whoosh has no types
    """Our tokens with the place in the text as position, so that phrases are blind to overlaps."""

    def __call__(self, value: str, **_: Any) -> Iterator[Any]:
        """One Whoosh token after the other."""
        token = WhooshToken(positions=True, boosts=True)
        token.boost = 1.0
        for text, start in _title(value) if len(value) < _TITLE_LENGTH else _places(value):
            token.text = text
            token.pos = start
            yield token


class Spaced(Analyzer):  # type: ignore[misc]  # Whoosh has no types
    """Words made elsewhere, with a space between them."""

    def __call__(self, value: str, **_: Any) -> Iterator[Any]:
        """One Whoosh token after the other."""
        token = WhooshToken(positions=True, boosts=True)
        token.boost = 1.0
        for place, text in enumerate(value.split()):
            token.text = text
            token.pos = place
            yield token


def _places(value: str) -> list[tuple[str, int]]:
    return [(token.text, token.start) for token in tokens(value)]


@lru_cache(maxsize=512)
def _title(value: str) -> list[tuple[str, int]]:
    return _places(value)


def _schema() -> Any:
    spaced = {"analyzer": Spaced(), "phrase": False}
    return Schema(
        key=ID(),
        group=ID(),
        guard=ID(),
        clause=ID(),
        text=TEXT(analyzer=Words()),
        title=TEXT(analyzer=Words(), field_boost=_TITLE_BOOST),
        name=TEXT(analyzer=Words()),
        number=TEXT(**spaced),
        pinyin=TEXT(**spaced),
        entry=STORED(),
    )


@lru_cache(maxsize=1)
def analysis_mark() -> str:
    """What an index depends on besides its entries; another mark asks for a rebuild."""
    seen = hashlib.sha256(f"{_SHAPE} {version('rjieba')} {sorted(ADDITIONS.items())}".encode())
    for path in (TABLE, WORDS):
        seen.update(path.read_bytes())
    return seen.hexdigest()[:16]


@dataclass(slots=True)
class _Segment:
    """What is known of one segment, which never changes: the guard of each entry, the documents."""

    guards: array[int]
    documents: dict[int, tuple[str, str, str, tuple[str, ...]]]


@dataclass(slots=True)
class _Opened:
    """The searcher of one thread and the state of the files it was opened on."""

    stamp: tuple[object, ...]
    build: Path
    manifest: Manifest | None
    searcher: Any
    seq: int
    entries: int
    outdated: bool


@dataclass(slots=True)
class _Guards:
    """All guards met so far by number, and which of them open for whom."""

    numbers: dict[Guard, int] = field(default_factory=dict)
    views: OrderedDict[tuple[object, ...], bytearray] = field(default_factory=OrderedDict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def number(self, guard: Guard) -> int:
        with self.lock:
            return self.numbers.setdefault(guard, len(self.numbers))

    def view(self, rights: Rights, day: date, wanted: Wanted) -> bytearray:
        """For each guard, whether it opens; kept for the next search of the same person."""
        key = (
            rights.person_id,
            rights.secrecy,
            rights.circles,
            rights.departments,
            rights.posts,
            rights.oversees,
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


def _pass(_: str) -> None:
    return


class WhooshEngine:
    """Whoosh in a folder of its own: one writer, one Searcher per thread, the register decides.

    `at` is called at each named step of a write; a test kills the process there.
    """

    def __init__(self, folder: Path, *, timeout: float = 10.0, at: Callable[[str], None] = _pass) -> None:
        """Use `folder` (settings.search_index); nothing is opened yet."""
        self.folder = IndexFolder(folder)
        self.timeout = timeout
        self.at = at
        self._local = threading.local()
        self._segments: dict[tuple[str, str], _Segment] = {}
        self._guards = _Guards()
        self._checked: set[tuple[str, str]] = set()

    # Writing.

    def index(self, entries: Iterable[Entry]) -> None:
        """Put entries in, in place of all former ones of their groups."""
        groups: dict[str, list[Entry]] = {}
        for entry in entries:
            groups.setdefault(entry.group, []).append(entry)
        self.apply(groups, None)

    def delete(self, groups: Iterable[str]) -> None:
        """Take all entries of groups out."""
        self.apply(dict.fromkeys(groups, ()), None)

    def apply(self, changes: Mapping[str, Sequence[Entry]], seq: int | None) -> None:
        """Delete, then add: one commit with the present entries of each group and `seq` (REL-08)."""
        with self.folder.writing(self.timeout), _reading_files():
            try:
                build = self._open().build  # what is damaged must not be written on
            except IndexMissing:
                build = self._begin()
            with self._writer(whoosh_index.open_dir(str(build)), build) as writer:
                names = [*changes, *([_SEQ] if seq is not None else [])]
                for first in range(0, len(names), _GROUPS_AT_ONCE):
                    some = names[first : first + _GROUPS_AT_ONCE]
                    writer.delete_by_query(
                        whoosh_query.Or([whoosh_query.Term("group", name) for name in some])
                    )
                for entries in changes.values():
                    _add(writer, entries)
                if seq is not None:
                    writer.add_document(key=_SEQ, group=_SEQ, entry={"seq": seq})

    def rebuild(self, groups: Iterable[Sequence[Entry]], seq: int) -> None:
        """Build a new index beside the old one, which answers until both are swapped in one step."""
        with self.folder.writing(self.timeout):
            build = self.folder.fresh()
            with self._writer(whoosh_index.create_in(str(build), _schema()), build) as writer:
                for entries in groups:
                    _add(writer, entries)
                writer.add_document(key=_SEQ, group=_SEQ, entry={"seq": seq})
            self.at("built")
            self.folder.swap(build)
            self.at("swapped")

    def _begin(self) -> Path:
        build = self.folder.fresh()
        index = whoosh_index.create_in(str(build), _schema())
        write_manifest(build, analysis_mark(), index.latest_generation(), None)
        self.folder.swap(build)
        return build

    @contextmanager
    def _writer(self, index: Any, build: Path) -> Iterator[Any]:
        try:
            writer = index.writer(timeout=self.timeout, limitmb=64)
        except whoosh_index.LockError as fault:
            raise IndexBusy from fault
        try:
            yield writer
            self.at("added")
        except BaseException:
            writer.cancel()
            raise
        writer.commit()
        self.at("committed")
        known = read_manifest(build) if (build / MANIFEST).exists() else None
        mark = known.analysis if known else analysis_mark()
        write_manifest(build, mark, index.latest_generation(), known)
        self.at("written")

    # Reading.

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
        """The best entries in force on the day that exist for the person, and how many there are."""
        with _reading_files():
            opened = self._open()
            walks = [
                _Walk(leaf, first, self._segment(leaf, opened), query)
                for leaf, first in opened.searcher.leaf_searchers()
            ]
            view = self._guards.view(rights, day, wanted)
            hits = [hit for walk in walks for hit in walk.hits(view, wanted.without)]
            best = heapq.nlargest(offset + limit, hits)[offset:]
            found = tuple(self._found(opened, -number, score) for score, number in best)
            return Answer(found, len(hits), any(walk.compiler.capped for walk in walks))

    def _found(self, opened: _Opened, number: int, score: float) -> Found:
        stored = opened.searcher.stored_fields(number)["entry"]
        return Found(unpack(stored["entry"]), score, stored["whole"])

    def suggest(
        self, prefix: str, rights: Rights, day: date, *, wanted: Wanted, limit: int = 10
    ) -> list[Suggestion]:
        """Documents in force that exist for the person and go on from the prefix."""
        with _reading_files():
            opened = self._open()
            leaves = [
                (leaf.reader(), self._segment(leaf, opened)) for leaf, _ in opened.searcher.leaf_searchers()
            ]
            view = self._guards.view(rights, day, wanted)
            found = set()
            for reader, segment in leaves:
                hidden = _hidden(reader, wanted.without)
                for place, (number, title, language, spoken) in segment.documents.items():
                    if (
                        view[segment.guards[place]]
                        and place not in hidden
                        and goes_on(prefix, number, title, spoken)
                        and not reader.is_deleted(place)
                    ):
                        found.add(Suggestion(number, title, language))
            return sorted(found)[:limit]

    def state(self) -> State:
        """Where the index stands, and whether it is sound as far as sizes and new files tell."""
        try:
            with _reading_files():
                opened = self._open()
        except IndexMissing as fault:
            return State(Health.MISSING, fault=fault.sentence())
        except IndexDamaged as fault:
            return State(Health.DAMAGED, fault=fault.sentence())
        health = Health.OUTDATED if opened.outdated else Health.SOUND
        return State(health, opened.seq, opened.entries)

    def check(self) -> State:
        """The same after reading every byte again; a flipped bit shows here at the latest."""
        self._checked.clear()
        self._local.opened = None
        return self.state()

    def digests(self) -> Iterator[tuple[str, str, str]]:
        """Group, key and digest of each entry, to compare with the register."""
        with _reading_files():
            reader = self._open().searcher.reader()
            for number in reader.all_doc_ids():
                stored = reader.stored_fields(number)["entry"]
                if "entry" in stored:
                    entry = stored["entry"]
                    yield entry["group"], entry["key"], digest(unpack(entry))

    def _open(self) -> _Opened:
        build = self.folder.current()
        opened: _Opened | None = getattr(self._local, "opened", None)
        if opened is not None and opened.stamp == _stamp(build):
            if opened.manifest is not None:
                check_sizes(build, opened.manifest)
            return opened
        opened = self._reopen(build)
        self._local.opened = opened
        return opened

    def _reopen(self, build: Path) -> _Opened:
        while True:
            stamp = _stamp(build)
            manifest = read_manifest(build)
            try:
                index = whoosh_index.open_dir(str(build))
                # A newer generation without its manifest is a commit in progress, or one that was killed
                # before the manifest: the former manifest says nothing of it.
                told = index.latest_generation() == manifest.generation
                if told:
                    check_sizes(build, manifest)
                    check_digests(build, manifest, self._checked)
                searcher = index.searcher()
                break
            except (IndexDamaged, *_DAMAGE):
                if _stamp(build) == stamp:
                    raise
        last = searcher.document(key=_SEQ)
        return _Opened(
            stamp,
            build,
            manifest if told else None,
            searcher,
            last["entry"]["seq"] if last else 0,
            searcher.doc_count() - bool(last),
            manifest.analysis != analysis_mark(),
        )

    def _segment(self, leaf: Any, opened: _Opened) -> _Segment:
        reader = leaf.reader()
        name = (opened.build.name, reader.segment().segment_id())
        known = self._segments.get(name)
        if known is None:
            known = _read_segment(reader, self._guards)
            if len(self._segments) > _VIEWS:
                self._segments.clear()
            self._segments[name] = known
        return known


class _Walk:
    """One walk over the matches of a query in one segment."""

    def __init__(self, leaf: Any, first: int, segment: _Segment, query: Query) -> None:
        self.leaf = leaf
        self.first = first
        self.segment = segment
        self.query = query
        self.compiler = Compiler(leaf.reader())

    def hits(self, view: bytearray, without: frozenset[str]) -> Iterator[tuple[float, int]]:
        """Score and negative number of each match whose guard opens."""
        names = self._names()
        guards, hidden = self.segment.guards, _hidden(self.leaf.reader(), without)
        wanted, enough = self._wanted()
        for place, score in self._scored(wanted):
            if enough is not None and place not in enough and place not in names:
                continue
            extra = names.pop(place, 0.0)
            if view[guards[place]] and place not in hidden:
                yield score + extra, -(self.first + place)
        for place, extra in names.items():
            if view[guards[place]] and place not in hidden:
                yield extra, -(self.first + place)

    def _wanted(self) -> tuple[Any | None, set[int] | None]:
        if self.query.least >= len(self.query.every):
            return self.compiler.every(self.query), None
        each, wanted = self.compiler.some(self.query)
        held: Counter[int] = Counter()
        for query in each:
            held.update(query.matcher(self.leaf, self.leaf.boolean_context()).all_ids())
        return wanted, {place for place, count in held.items() if count >= self.query.least}

    def _names(self) -> dict[int, float]:
        weight = _NUMBER_WEIGHT if self.query.number else _NAME_WEIGHT
        named = self.compiler.named(self.query)
        documents = self.segment.documents
        return {place: 1.0 + score * weight for place, score in self._scored(named) if place in documents}

    def _scored(self, query: Any | None) -> Iterator[tuple[int, float]]:
        if query is None:
            return
        matcher = query.matcher(self.leaf, self.leaf.context(needs_current=True))
        while matcher.is_active():
            yield matcher.id(), matcher.score()
            matcher.next()


def _hidden(reader: Any, groups: frozenset[str]) -> frozenset[int]:
    return frozenset(
        place
        for group in groups
        if ("group", group.encode()) in reader
        for place in reader.postings("group", group).all_ids()
    )


def _read_segment(reader: Any, guards: _Guards) -> _Segment:
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
            spoken = tuple(title_words(entry["title"]))
            documents[place] = (entry["number"], entry["title"], entry["language"], spoken)
    return _Segment(numbers, documents)


def _add(writer: Any, entries: Sequence[Entry]) -> None:
    documents = wholes(entries)
    for entry in entries:
        whole = entry.key in documents
        name = {"name": entry.title, "pinyin": " ".join(title_words(entry.title))} if whole else {}
        writer.add_document(
            key=entry.key,
            group=entry.group,
            guard=_guard_name(Guard.of(entry)),
            clause=entry.clause,
            text=body(entry),
            title=entry.title,
            number=" ".join(codes(entry.number)),
            entry={"entry": pack(entry), "whole": whole},
            **name,
        )


def _guard_name(guard: Guard) -> str:
    parts = (
        guard.kind,
        guard.language,
        guard.secrecy,
        guard.circle,
        None if guard.departments is None else sorted(guard.departments),
        sorted(guard.posts),
        sorted(guard.people),
        guard.from_on,
        guard.until_on,
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:20]


def _stamp(build: Path) -> tuple[object, ...]:
    try:
        seen = (build / MANIFEST).stat()
    except FileNotFoundError:
        raise IndexDamaged(what=f"{MANIFEST} is lost") from None
    return build.name, seen.st_ino, seen.st_mtime_ns, seen.st_size


@contextmanager
def _reading_files() -> Iterator[None]:
    try:
        yield
    except _DAMAGE as fault:
        raise IndexDamaged(what=type(fault).__name__) from fault
