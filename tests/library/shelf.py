"""The shipped library, read once, and ways to spoil it."""

from __future__ import annotations

import copy
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qms import accounts, forms
from qms.documents.source import read_source
from qms.library import Shelf, Structure

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
FILES = [*sorted(ROOT.glob("procedures/*.md")), *sorted(ROOT.glob("forms/*.yaml"))]


def shipped() -> Shelf:
    """The library of the project in the structure that comes with it."""
    named = accounts.read_organisation((ROOT / "qms/cli/structure.yaml").read_text("utf-8"), "structure.yaml")
    structure = Structure(
        frozenset(each["code"] for each in named.departments) | {"centre"},
        frozenset(each["code"] for each in named.posts),
        frozenset(accounts.ROLES),
    )
    return Shelf(tuple(read_source(path.read_bytes(), path.name) for path in FILES), structure)


@cache
def definition(number: str) -> forms.Definition:
    """The definition of a shipped form."""
    path = ROOT / "forms" / f"{number}.yaml"
    return forms.build(read_source(path.read_bytes(), path.name).head)


def spoilt(shelf: Shelf, file: str, spoil: Callable[[dict[str, Any]], object]) -> Shelf:
    """The library with one head changed."""
    sources = []
    for source in shelf.sources:
        if source.file == file:
            head = copy.deepcopy(dict(source.head))
            spoil(head)
            sources.append(replace(source, head=head))
        else:
            sources.append(source)
    return Shelf(tuple(sources), shelf.structure)
