"""The embedded engine: Whoosh behind the port, by the API that Whoosh 2.7.4 and whoosh3 share."""

from __future__ import annotations

import heapq
import pickle
import struct
import threading
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from whoosh import index as whoosh_index
from whoosh import query as whoosh_query

from qms.search.engine import Answer, Found, Health, State, Suggestion, Wanted
from qms.search.entries import digest, goes_on, unpack
from qms.search.errors import IndexBusy, IndexDamaged, IndexMissing
from qms.search.folder import (
    MANIFEST,
    IndexFolder,
    Manifest,
    check_digests,
    check_sizes,
    generation,
    read_manifest,
    write_manifest,
)
from qms.search.whoosh_schema import add, analysis_mark, schema
from qms.search.whoosh_walk import Guards, Segment, Walk, hidden_places, read_segment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from qms.kernel.ports import Entry, Rights
    from qms.search.analysis.query import Query

_SEQ: Final = "~seq"
_SEGMENTS: Final = 256
_GROUPS_AT_ONCE: Final = 500
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
        self._segments: dict[tuple[str, str], Segment] = {}
        self._guards = Guards()
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
                    add(writer, entries)
                if seq is not None:
                    writer.add_document(key=_SEQ, group=_SEQ, entry={"seq": seq})

    def rebuild(self, groups: Iterable[Sequence[Entry]], seq: int) -> None:
        """Build a new index beside the old one, which answers until both are swapped in one step."""
        with self.folder.writing(self.timeout):
            build = self.folder.fresh()
            with self._writer(whoosh_index.create_in(str(build), schema()), build) as writer:
                for entries in groups:
                    add(writer, entries)
                writer.add_document(key=_SEQ, group=_SEQ, entry={"seq": seq})
            self.at("built")
            self.folder.swap(build)
            self.at("swapped")

    def _begin(self) -> Path:
        build = self.folder.fresh()
        whoosh_index.create_in(str(build), schema())
        write_manifest(build, analysis_mark(), None)
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
        write_manifest(build, mark, known)
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
                Walk(leaf, first, self._segment(leaf, opened), query)
                for leaf, first in opened.searcher.leaf_searchers()
            ]
            view = self._guards.view(rights, day, wanted)
            weights = self._guards.weights(query)
            hits = [hit for walk in walks for hit in walk.hits(view, weights, wanted.without)]
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
                hidden = hidden_places(reader, wanted.without)
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
        if opened is not None and opened.stamp == _stamp(build) and _whole(opened):
            return opened
        opened = self._reopen(build)
        self._local.opened = opened
        return opened

    def _reopen(self, build: Path) -> _Opened:
        while True:
            before = _stamp(build), generation(build)
            try:
                manifest = read_manifest(build)
                # A newer commit without its manifest is in progress, or was killed before the manifest:
                # the former manifest says nothing of it.
                told = before[1] == manifest.generation
                if told:
                    check_sizes(build, manifest)
                    check_digests(build, manifest, self._checked)
                searcher = whoosh_index.open_dir(str(build)).searcher()
                break
            except (IndexDamaged, *_DAMAGE):
                if (_stamp(build), generation(build)) == before:
                    raise
        stamp = before[0]
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

    def _segment(self, leaf: Any, opened: _Opened) -> Segment:
        reader = leaf.reader()
        name = (opened.build.name, reader.segment().segment_id())
        known = self._segments.get(name)
        if known is None:
            known = read_segment(reader, self._guards)
            if len(self._segments) > _SEGMENTS:
                self._segments.clear()
            self._segments[name] = known
        return known


def _whole(opened: _Opened) -> bool:
    """Whether the files are still there in full; a commit in progress may have taken some away."""
    if opened.manifest is None:
        return True
    try:
        check_sizes(opened.build, opened.manifest)
    except IndexDamaged:
        return False
    return True


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
