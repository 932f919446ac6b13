"""Answers from the register's own entries, where the index cannot."""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from qms.search.engine import Answer, Found, Suggestion, Wanted
from qms.search.entries import Guard, View, wholes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from qms.kernel.ports import Entry, Rights
    from qms.search.analysis.query import Query


def scan(
    groups: Iterable[Sequence[Entry]],
    query: Query,
    rights: Rights,
    day: date,
    *,
    wanted: Wanted,
    offset: int = 0,
    limit: int = 20,
) -> Answer:
    """What an engine would find, by looking at every entry: the same hits under the same rights (SEC-07)."""
    found = [
        Found(view.entry, view.score(query), view.whole)
        for view in _views(groups, rights, day, wanted)
        if view.answers(query)
    ]
    best = heapq.nlargest(offset + limit, found, key=lambda one: (one.score, one.entry.key))
    return Answer(tuple(best[offset:]), len(found))


def scan_suggestions(
    groups: Iterable[Sequence[Entry]], prefix: str, rights: Rights, day: date, limit: int = 10
) -> list[Suggestion]:
    """What an engine would suggest, by looking at every document."""
    found = {view.goes_on(prefix) for view in _views(groups, rights, day, Wanted())}
    return sorted(one for one in found if one is not None)[:limit]


def _views(groups: Iterable[Sequence[Entry]], rights: Rights, day: date, wanted: Wanted) -> Iterator[View]:
    for entries in groups:
        documents = wholes(entries)
        for entry in entries:
            if Guard.of(entry).opens(rights, day, wanted):
                yield View(entry, whole=entry.key in documents)
