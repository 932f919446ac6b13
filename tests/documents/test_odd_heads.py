"""Whatever stands under a key of a head is saved with its faults told; no Section breaks on it."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import given as assuming
from hypothesis import strategies as given

from qms import documents
from qms.documents.source import read_source, write_source
from qms.kernel.errors import QmsError
from qms.runtime import ports
from tests.documents import factories

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qms.kernel.work import Works

ROOT: Final = Path(__file__).parents[2]
HEADS: Final = [
    read_source(path.read_bytes(), path.name).head
    for path in sorted([*ROOT.glob("procedures/*.md"), *ROOT.glob("forms/*.yaml")])
]
KEYS: Final = sorted({section.key for section in ports()["sections"]} - {"forms", "registers"})
WORDS: Final = given.sampled_from(
    ["", "a", "id", "workday", "same day", "month", "T+1", "x == ", "author", "5"]
)
ODD: Final = given.recursive(
    given.none() | given.booleans() | given.integers(-1, 99) | WORDS,
    lambda inner: given.lists(inner, max_size=2) | given.dictionaries(WORDS, inner, max_size=2),
    max_leaves=4,
)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Each key and list place below a value, with what holds it."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in [*inner]:
        yield value, key
        yield from _places(each)


@given.composite
def odd(draw: given.DrawFn) -> tuple[str, Any]:
    """A key, and what a shipped document declares under it with one thing taken away or put in its place."""
    key = draw(given.sampled_from(KEYS))
    declared = [head[key] for head in HEADS if key in head]
    if not declared or draw(given.integers(0, 3)) == 0:
        return key, draw(ODD)
    held = {key: deepcopy(draw(given.sampled_from(declared)))}
    for _ in range(draw(given.integers(1, 2))):
        places = [*_places(held)]
        if not places:
            break
        holder, place = draw(given.sampled_from(places))
        if draw(given.booleans()):
            del holder[place]
        else:
            holder[place] = draw(ODD)
    return key, held.get(key)


@pytest.fixture
def saving(works: Works) -> factories.Organisation:
    """The people, with everything that is installed."""
    works.ports = ports()
    return factories.organisation(works)


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    database=None,
)
@assuming(odd())
def test_odd_heads_are_told_or_foretold(saving: factories.Organisation, written: tuple[str, Any]) -> None:
    """Saved, told of, and foretold; or refused in a sentence."""
    key, value = written
    whole = key not in {"schedules", "control-points", "training", "quiz"}
    old = read_source(factories.source(), "CP-07.md")
    head = {**old.head, key: value}
    file, body = "CP-07.md", old.body
    if whole:
        fields = [{"id": "a", "label": "甲", "type": "text"}]
        head = {**old.head, "kind": "form", "number": "FM-07-01", "fields": fields, key: value}
        file, body = "FM-07-01.yaml", ""
    with saving.service() as work:
        try:
            ready = factories.prepared(saving.works, write_source(head, body), file)
            ref = documents.ref_of(documents.draft(work, ready))
        except QmsError:
            work.session.rollback()
            return
        documents.faults(work, ref, ready.source)
        documents.consequences(work, ref)
        work.session.rollback()
