"""The follower on the real trail, on both databases."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from qms import trail
from qms.kernel.refs import Ref
from qms.search import Health, IndexDamaged, IndexMissing, Register, Search
from qms.search.entries import digest
from qms.search.follow import follow, reconcile
from qms.search.listed import ListedAliases
from qms.search.register import GroupMismatchError
from qms.search.whoosh_engine import WhooshEngine
from tests.search.factories import Shelf, entry, library

if TYPE_CHECKING:
    from qms.kernel.ports import Actor, Rights
    from qms.kernel.work import Works

STEPS = ("added", "committed", "written")
REBUILD_STEPS = (*STEPS, "built", "swapped")
KILLED = 41


def head(works: Works, service: Actor) -> int:
    with works.reading(service) as work:
        return trail.head(work.session)[0]


def indexed(search: Search) -> dict[str, str]:
    return {key: known for _, key, known in search.engine.digests()}


def test_follows_from_nothing(works: Works, service: Actor, search: Search, shelf: Shelf) -> None:
    """A first round builds; the next ones follow; what is withdrawn goes."""
    with works.writing(service) as work:
        for entries in library().values():
            shelf.put(work, entries)
    done = search.follow(works, service)
    assert (done.seq, done.behind) == (head(works, service), 0)
    assert indexed(search) == {one.key: digest(one) for each in library().values() for one in each}
    with works.writing(service) as work:
        shelf.remove(work, "document:CP-14")
        work.record("task:settle", Ref("task", "3"))
    done = search.follow(works, service)
    assert (done.rows, done.groups, done.behind) == (2, 1, 0)
    assert not any(key.startswith("CP-14") for key in indexed(search))
    assert search.follow(works, service).rows == 0


def test_two_events_leave_one_entry(works: Works, service: Actor, search: Search, shelf: Shelf) -> None:
    """REL-08: a document changed twice in one batch is deleted once and added once."""
    search.follow(works, service)
    for text in ("文件第一稿", "文件第二稿"):
        with works.writing(service) as work:
            shelf.put(work, [entry(text=text)])
    done = search.follow(works, service)
    assert (done.rows, done.groups) == (2, 1)
    assert indexed(search) == {"CP-12@zh-Hans#1": digest(entry(text="文件第二稿"))}


def test_small_batches_arrive(works: Works, service: Actor, search: Search, shelf: Shelf) -> None:
    """Batch by batch the index comes nearer, and says how far it is."""
    search.follow(works, service)
    for at in range(20, 25):
        with works.writing(service) as work:
            shelf.put(work, [entry(f"CP-{at}")])
    behind = [follow(works, service, search.engine, search.register, limit=2).behind for _ in range(3)]
    assert behind == [3, 1, 0]
    assert len(indexed(search)) == 5


def test_what_is_rolled_back_is_not_followed(
    works: Works, service: Actor, search: Search, shelf: Shelf
) -> None:
    """Only the trail moves the index."""
    search.follow(works, service)

    def act() -> None:
        with works.writing(service) as work:
            shelf.put(work, [entry()])
            raise InterruptedError

    with pytest.raises(InterruptedError):
        act()
    assert search.follow(works, service).rows == 0
    assert indexed(search) == {}


def test_a_follower_alone_builds_nothing(works: Works, service: Actor, search: Search) -> None:
    """Missing and damaged are told; `Search.follow` answers them with a rebuild."""
    with pytest.raises(IndexMissing):
        follow(works, service, search.engine, search.register)
    search.follow(works, service)
    assert isinstance(search.engine, WhooshEngine)
    (search.engine.folder.path / "current").write_text("astray")
    with pytest.raises(IndexDamaged):
        follow(works, service, search.engine, search.register)
    with pytest.raises(IndexDamaged):
        reconcile(works, service, search.engine, search.register)
    search.follow(works, service)
    assert search.engine.state().health is Health.SOUND


def test_a_late_follower_is_put_right(works: Works, service: Actor, search: Search, shelf: Shelf) -> None:
    """Two followers: what the slower one overwrites with an older snapshot is read again."""
    search.follow(works, service)
    with works.writing(service) as work:
        shelf.put(work, [entry(text="旧文")])
    old_seq = head(works, service)
    with works.writing(service) as work:
        shelf.put(work, [entry(text="新文")])
    search.follow(works, service)
    search.engine.apply({"document:CP-12": [entry(text="旧文")]}, old_seq)
    with works.reading(service) as work:
        assert search.state(work).behind == 1
    search.follow(works, service)
    assert indexed(search) == {"CP-12@zh-Hans#1": digest(entry(text="新文"))}


def test_reconciliation_finds_and_mends(works: Works, service: Actor, search: Search, shelf: Shelf) -> None:
    """REL-07: an entry that differs, one that lacks and one too many are named and put right."""
    with works.writing(service) as work:
        for entries in library().values():
            shelf.put(work, entries)
    search.follow(works, service)
    assert search.reconcile(works, service) == []
    search.engine.apply(
        {
            "document:CP-12": [],
            "document:CP-08": [replace(library()["document:CP-08"][0], text="改过的")],
            "document:CP-99": [entry("CP-99")],
        },
        None,
    )
    with works.writing(service) as work:
        shelf.put(work, [entry("WI-13-01", text="索引还不知道")])
    assert search.reconcile(works, service) == ["document:CP-08", "document:CP-12", "document:CP-99"]
    search.follow(works, service)
    assert search.reconcile(works, service) == []
    assert indexed(search)["WI-13-01@zh-Hans#1"] == digest(entry("WI-13-01", text="索引还不知道"))


def test_an_entry_of_another_group_is_a_fault(
    works: Works, service: Actor, search: Search, shelf: Shelf
) -> None:
    """A slice that names the wrong group would leave entries nobody deletes."""
    with works.writing(service) as work:
        shelf.put(work, [entry()])
    shelf.things[Ref("document", "CP-12")] = [entry("CP-13")]
    with pytest.raises(GroupMismatchError):
        search.follow(works, service)


CRASH = """
import os, sys, warnings
warnings.simplefilter("ignore")
from pathlib import Path
from qms.search.whoosh_engine import WhooshEngine
from tests.search.factories import entry
folder, step, how = sys.argv[1:]
def at(name):
    if name == step:
        os._exit(41)
engine = WhooshEngine(Path(folder), at=at)
if how == "follow":
    engine.apply({"document:CP-12": [entry(text="新文件")]}, 2)
else:
    engine.rebuild([[entry(text="新文件")]], 2)
"""


@pytest.mark.parametrize("step", STEPS)
def test_killed_while_following(index: WhooshEngine, step: str) -> None:
    """REL-01: before the commit nothing has happened, after it all has; the seq says which."""
    index.apply({"document:CP-12": [entry(text="旧文件")]}, 1)
    assert _killed(index, step, "follow") == KILLED
    fresh = WhooshEngine(index.folder.path, timeout=5)
    state, kept = fresh.state(), {key: known for _, key, known in fresh.digests()}
    assert state.health is Health.SOUND
    text = "旧文件" if step == "added" else "新文件"
    assert (state.seq, kept) == (1 if step == "added" else 2, {"CP-12@zh-Hans#1": digest(entry(text=text))})
    fresh.apply({"document:CP-12": [entry(text="再新的")]}, 3)
    assert fresh.check().health is Health.SOUND
    assert [known for _, _, known in fresh.digests()] == [digest(entry(text="再新的"))]


@pytest.mark.parametrize("step", REBUILD_STEPS)
def test_killed_while_rebuilding(index: WhooshEngine, step: str) -> None:
    """REL-07: the old index answers until the swap; the next rebuild clears what was left."""
    index.apply({"document:CP-12": [entry(text="旧文件")]}, 1)
    assert _killed(index, step, "rebuild") == KILLED
    fresh = WhooshEngine(index.folder.path, timeout=5)
    expected = 2 if step == "swapped" else 1
    assert (fresh.state().health, fresh.state().seq) == (Health.SOUND, expected)
    fresh.rebuild([[entry(text="再新的")]], 3)
    assert (fresh.check().health, fresh.state().seq) == (Health.SOUND, 3)
    assert len(list(index.folder.path.glob("index-*"))) == 2


def _killed(index: WhooshEngine, step: str, how: str) -> int:
    return subprocess.run(
        [sys.executable, "-c", CRASH, str(index.folder.path), step, how],
        check=False,
        cwd=Path(__file__).parents[2],
    ).returncode


def test_killed_between_act_and_follow(
    works: Works, service: Actor, index: WhooshEngine, shelf: Shelf
) -> None:
    """The act stands, the follower died: the next one catches up and nothing is doubled."""
    register = Register([shelf], trail.since, trail.head)
    search = Search(index, register, ListedAliases())
    search.follow(works, service)
    with works.writing(service) as work:
        shelf.put(work, [entry(text="新文件")])

    def die(step: str) -> None:
        if step == "added":
            raise KeyboardInterrupt

    dying = Search(WhooshEngine(index.folder.path, at=die), register, ListedAliases())
    with pytest.raises(KeyboardInterrupt):
        dying.follow(works, service)
    again = Search(WhooshEngine(index.folder.path), register, ListedAliases())
    assert again.follow(works, service).groups == 1
    assert [known for _, _, known in again.engine.digests()] == [digest(entry(text="新文件"))]


def test_behind_is_said(
    works: Works, service: Actor, search: Search, shelf: Shelf, every_right: Rights
) -> None:
    """The page can say “the index is N entries behind”."""
    search.follow(works, service)
    for at in range(3):
        with works.writing(service, every_right) as work:
            shelf.put(work, [entry(f"CP-{at + 20}")])
    with works.reading(service, every_right) as work:
        assert search.state(work).behind == 3
        assert search.find(work, "文件").behind == 3
