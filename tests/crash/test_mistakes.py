"""The classic mistakes of programs that keep things, each with the tests that would fail if we made it."""

from __future__ import annotations

import shutil
import sqlite3
import zipfile
from contextlib import closing
from typing import TYPE_CHECKING, Final

import pytest

from qms import documents, trail
from qms.kernel.refs import Ref
from qms.runtime import KEEPER, backup, build, every_permission, scrub
from tests.crash.test_workspace import Place, founded
from tests.documents import factories
from tests.documents.factories import EVERYTHING, SERVICE
from tests.house.reading import ROOT
from tests.house.test_laws import _tests_of

if TYPE_CHECKING:
    from pathlib import Path

    from qms.kernel.work import Works

MISTAKES: Final[dict[str, tuple[str, ...]]] = {
    "file written, database rolled back": (
        "crash/test_mistakes.py::test_bytes_of_an_act_that_was_rolled_back_are_nobodys",
        "runtime/test_scrub.py::test_what_nobody_names_is_swept_late_and_never_during_a_backup",
    ),
    "database committed, file missing": (
        "crash/test_crash.py::test_killed_at_every_telling_step",
        "crash/test_crash.py::test_the_look_bites",
    ),
    "index updated before the commit, or never": (
        "search/test_follow.py::test_what_is_rolled_back_is_not_followed",
        "search/test_reconciling.py::test_what_differs_from_the_register_is_mended_the_next_day",
    ),
    "trail row in another transaction": (
        "trail/test_journal.py::test_an_act_that_fails_leaves_no_entry_and_no_gap",
        "kernel/test_work.py::test_a_trail_that_cannot_be_written_undoes_the_act",
    ),
    "a repeated act that signs twice": (
        "accounts/test_signing.py::test_sixteen_tries_at_once_are_one_signature",
        "concurrency/pages/test_pages.py::test_a_deadlock_is_tried_again_and_nothing_happens_twice",
        "concurrency/pages/test_pages.py::test_a_second_click_does_not_sign_the_next_stage",
    ),
    "backup of the file without its log": (
        "crash/test_mistakes.py::test_a_backup_holds_what_is_still_in_the_log",
    ),
    "NORMAL taken for durable": ("runtime/test_startup.py::test_an_unsafe_database_is_refused",),
    "mail sent before the commit": ("tasks/test_mail.py::test_nothing_leaves_before_the_act_is_committed",),
    "a sequence or max()+1 for numbers": (
        "evidence/test_operations.py::test_concurrent_requests_get_numbers_without_gap",
        "trail/test_processes.py::test_racing_writers_never_fork_and_leave_no_gap",
    ),
    "a permission kept after it was withdrawn": (
        "web/test_security.py::test_a_withdrawn_right_ends_with_the_open_page",
        "accounts/test_rights.py::test_a_withdrawn_right_is_gone_at_once",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_each_mistake_has_its_tests(mistake: str) -> None:
    """Whoever renames or drops one hears of it here."""
    for test in MISTAKES[mistake]:
        path, _, name = test.partition("::")
        assert (ROOT / "tests" / path).is_file(), test
        assert name in _tests_of(path), test


def test_bytes_of_an_act_that_was_rolled_back_are_nobodys(works: Works) -> None:
    """The blob lies there, no row and no entry names it, and the next try finds it and goes on (law 9)."""
    made = factories.organisation(works)
    ready = factories.prepared(works)
    with works.reading(SERVICE, EVERYTHING) as work:
        before = trail.head(work.session)

    def fail() -> None:
        with made.acting("author") as work:
            documents.draft(work, ready)
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail()
    lying = list(works.vault.digests())
    with works.reading(SERVICE, EVERYTHING) as work:
        assert lying
        assert trail.head(work.session) == before
        assert documents.library(work.session, EVERYTHING, work.today) == []
        assert set(scrub.named(work.session)).isdisjoint(lying)
    with made.acting("author") as work:
        documents.draft(work, ready)
    assert list(works.vault.digests()) == lying


def test_a_backup_holds_what_is_still_in_the_log(tmp_path: Path) -> None:
    """With readers at work the main file lags behind; the backup does not (REL-09)."""
    home = tmp_path / "home"
    founded(Place(home, ""))
    made = build(home)
    with made.works.reading(KEEPER) as held:
        trail.head(held.session)  # an open look keeps the log from being folded into the file
        with made.works.writing(KEEPER, every_permission()) as work:
            work.record("workspace:backup", Ref("backup", "x"), after={"entries": 1, "blobs": 0})
        with made.works.reading(KEEPER) as work:
            head = trail.head(work.session)[0]
        shutil.copy(home / "records" / "qms.sqlite3", tmp_path / "copied.sqlite3")
        backup(home, tmp_path / "kept.zip")
    made.close()
    with zipfile.ZipFile(tmp_path / "kept.zip") as packed:
        packed.extract("database.sqlite3", tmp_path)
    assert _head(tmp_path / "copied.sqlite3") < head <= _head(tmp_path / "database.sqlite3")


def _head(path: Path) -> int:
    with closing(sqlite3.connect(path)) as database:
        try:
            return int(database.execute("SELECT seq FROM trail_head").fetchone()[0])
        except sqlite3.DatabaseError:
            return -1
