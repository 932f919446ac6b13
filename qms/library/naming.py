"""Pure rules: documents, posts, roles and departments that heads name and nobody has."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from qms.documents import source as papers
from qms.kernel.errors import Problem
from qms.kernel.labels import N_
from qms.library.shelf import Shelf

_Found = Iterator[tuple[papers.Source, Problem]]
_Named = Iterator[tuple[str, str]]
_LISTS: Final = ("forms", "registers", "references", "from")
_ONE: Final = ("parent", "register", "part-of")
_SEATS: Final = {"posts": "posts", "roles": "roles", "departments": "departments"}
_OWNERS: Final = "owner"


def missing_numbers(shelf: Shelf) -> _Found:
    """Every document a head names is in the library."""
    for source in shelf.sources:
        yield from ((source, problem) for problem in unknown_numbers(source, shelf.numbers))


def unknown_numbers(source: papers.Source, known: Collection[str]) -> Iterator[Problem]:
    """The documents one head names that are not among those known."""
    for path, number in _numbers(source.head):
        if number not in known:
            text = N_("There is no document {number} in this library.")
            yield Problem(text, field=path, facts={"number": number})


def numbers(source: papers.Source) -> frozenset[str]:
    """The numbers of all documents one head names."""
    return frozenset(number for _, number in _numbers(source.head))


def _numbers(head: Mapping[str, Any]) -> _Named:
    for key in _ONE:
        if key in head:
            yield key, head[key]
    for key in _LISTS:
        yield from ((f"{key}.{place}", number) for place, number in enumerate(head.get(key, ()), 1))
    for key in ("opens", "schedules"):
        for place, item in enumerate(head.get(key, ()), 1):
            if isinstance(item.get("form"), str):
                yield f"{key}.{place}.form", item["form"]
    for place, item in enumerate(head.get("fields", ()), 1):
        yield from _field_numbers(f"fields.{place}", item)


def _field_numbers(path: str, item: Mapping[str, Any]) -> _Named:
    yield from ((f"{path}.form.{place}", number) for place, number in enumerate(item.get("form", ()), 1))
    if isinstance(item.get("options"), Mapping):
        yield f"{path}.options.register", item["options"]["register"]
    for place, column in enumerate(item.get("columns", ()), 1):
        yield from _field_numbers(f"{path}.columns.{place}", column)


def missing_seats(shelf: Shelf) -> _Found:
    """Every post, role and department a head names is in the structure of the organisation."""
    texts = {
        "posts": N_("The structure has no post {code}."),
        "roles": N_("There is no role {code}."),
        "departments": N_("The structure has no department {code}."),
    }
    for source in shelf.sources:
        for path, kind, code in _seats(source.head):
            if str(code) not in getattr(shelf.structure, kind):
                yield source, Problem(texts[kind], field=path, facts={"code": code})


def _seats(head: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    yield _OWNERS, "departments", head["owner"]
    for key in ("route", "distribution", "steps", "opens", "schedules"):
        yield from _within(key, head.get(key, {}))
    for place, item in enumerate(head.get("control-points", ()), 1):
        if "owner" in item:
            yield f"control-points.{place}.owner", "posts", item["owner"]


def _within(path: str, value: Any) -> Iterator[tuple[str, str, str]]:
    """Seats stand as lists of codes under these keys, however deep."""
    if isinstance(value, list):
        for place, item in enumerate(value, 1):
            yield from _within(f"{path}.{place}", item)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if key in _SEATS and isinstance(inner, list):
                for place, code in enumerate(inner, 1):
                    yield f"{path}.{key}.{place}", _SEATS[key], code
            else:
                yield from _within(f"{path}.{key}", inner)
