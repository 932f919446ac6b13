"""Pure rules: the tree of parents and the graph of references, with circles and loose ends (DOC-14)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from qms.documents.errors import ParentCycle


@dataclass(frozen=True, slots=True, order=True)
class Link:
    """One document leans on another, or on a clause of it, in a named way (`reference`, `form` ...)."""

    source: str
    target: str
    way: str = "reference"
    clause: str = ""


def cycle(number: str, parents: Mapping[str, str | None]) -> tuple[str, ...] | None:
    """The circle that is met going up from a document, beginning and ending with the same number."""
    path: list[str] = []
    here: str | None = number
    while here is not None:
        if here in path:
            return (*path[path.index(here) :], here)
        path.append(here)
        here = parents.get(here)
    return None


def check_parent(number: str, parent: str | None, parents: Mapping[str, str | None]) -> None:
    """Refuse a parent that would stand, over any number of steps, below its own child."""
    found = cycle(number, {**parents, number: parent})
    if found is not None:
        raise ParentCycle(path=" › ".join(found))


def above(number: str, parents: Mapping[str, str | None]) -> tuple[str, ...]:
    """The documents above one, the nearest first; a circle is walked once."""
    path: list[str] = []
    here = parents.get(number)
    while here is not None and here not in path and here != number:
        path.append(here)
        here = parents.get(here)
    return tuple(path)


def below(number: str, parents: Mapping[str, str | None]) -> tuple[str, ...]:
    """All documents below one, level by level, each level in order."""
    children: dict[str, list[str]] = {}
    for child, parent in sorted(parents.items()):
        if parent is not None:
            children.setdefault(parent, []).append(child)
    found: list[str] = []
    level = [number]
    while level:
        level = [child for parent in level for child in children.get(parent, ()) if child not in found]
        level = [child for child in level if child != number]
        found.extend(level)
    return tuple(found)


def dangling(
    links: Iterable[Link], numbers: Collection[str], clauses: Mapping[str, Collection[str]] | None = None
) -> tuple[Link, ...]:
    """The links that end nowhere: no such document, or no such clause where its clauses are known."""
    known = clauses or {}
    return tuple(
        sorted(
            link
            for link in links
            if link.target not in numbers
            or (link.clause and link.target in known and link.clause not in known[link.target])
        )
    )


def leaning_on(number: str, links: Iterable[Link]) -> tuple[Link, ...]:
    """The links that end at a document: what a change or withdrawal of it touches (R12)."""
    return tuple(sorted(link for link in links if link.target == number and link.source != number))
