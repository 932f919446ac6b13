"""The worker reads every byte of the index once a day: what gives normal hits is noticed too (REL-07)."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from qms.runtime import Runtime
from qms.search import Health, Source
from qms.search.whoosh_engine import WhooshEngine
from qms.worker.loop import Loop
from tests.search.factories import Shelf, entry, library
from tests.search.test_damage import DAMAGES
from tests.search.test_find import keys, page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qms.kernel.clock import SimulatedClock
    from qms.kernel.ports import Actor
    from qms.kernel.settings import Settings
    from qms.kernel.work import Works
    from qms.search import Search

FIVE = ("segment cut", "segment lost", "contents cut", "contents lost", "byte flipped")


@pytest.fixture
def loop(works: Works, settings: Settings, service: Actor, search: Search, shelf: Shelf) -> Iterator[Loop]:
    """A worker over a shelf that is indexed, which has looked at it today."""
    with works.writing(service) as work:
        for entries in library().values():
            shelf.put(work, entries)
    made = Loop(Runtime(settings, works.engine, works, search, demo=False), lanes=1)
    made.follow()
    made.reconcile()
    yield made
    made.close()


def _engine(search: Search) -> WhooshEngine:
    assert isinstance(search.engine, WhooshEngine)
    return search.engine


@pytest.mark.parametrize("damage", FIVE)
def test_damage_is_answered_meanwhile_and_healed_the_next_day(  # noqa: PLR0917 - all are fixtures
    loop: Loop, search: Search, works: Works, service: Actor, clock: SimulatedClock, damage: str
) -> None:
    """The same hits before, while nothing works, at each step of building beside, and afterwards.

    Guards `Loop.reconcile`: without it the flipped byte stays for as long as the process lives.
    """
    engine = _engine(search)
    before = keys(page(search, works, service, "文件"))
    DAMAGES[damage](engine.folder.current())
    asked: dict[str, object] = {}

    def ask(step: str) -> None:
        def other() -> None:
            found = page(search, works, service, "文件")
            asked[step] = (keys(found), found.source)

        reader = threading.Thread(target=other)  # a reader of its own, as the web has them
        reader.start()
        reader.join()

    ask("damaged")
    engine.at = ask
    assert loop.reconcile() is False
    clock.advance(timedelta(days=1))
    assert loop.reconcile() is True
    found = page(search, works, service, "文件")
    assert (keys(found), found.source) == (before, Source.INDEX)
    assert engine.check().health is Health.SOUND
    meanwhile = asked.pop("damaged")
    if damage != "byte flipped":  # it may hit a byte nobody reads, and is then told by reading all
        assert meanwhile == (before, Source.REGISTER)
    assert {"built", "swapped"} <= set(asked)
    assert asked.pop("swapped") == (before, Source.INDEX)
    assert all(answer == (before, Source.REGISTER) for answer in asked.values())


def test_what_differs_from_the_register_is_mended_the_next_day(
    loop: Loop, search: Search, clock: SimulatedClock
) -> None:
    """An entry that is no longer what the register has, and one the register does not know."""
    wrong = replace(library()["document:CP-08"][0], text="改过的")
    search.engine.apply({"document:CP-08": [wrong], "document:CP-99": [entry("CP-99")]}, None)
    clock.advance(timedelta(days=1))
    assert loop.reconcile() is True
    clock.advance(timedelta(days=1))
    assert loop.reconcile() is False
