"""What a start learns of the trail, and how it goes on openly after a restore (TRL-10, REL-15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from qms import trail
from qms.kernel.errors import Conflict
from qms.kernel.ports import Rights
from qms.trail.checkpoints import keep
from tests.trail.factories import CLERK, entries, tear_down_fence, with_key

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from qms.kernel.settings import Settings
    from qms.kernel.work import Works

RESTARTER = Rights(permissions={"trail:restart": None})


@pytest.fixture
def signed(works: Works, settings: Settings) -> Works:
    """Three entries and a checkpoint over them."""
    with_key(settings)
    entries(works, 3)
    trail.checkpoint(works, CLERK, "issue")
    return works


def lose(works: Works) -> None:
    """Keep a checkpoint of entries that this database does not have: it is an old backup."""
    settings = works.settings
    note = trail.load_key(settings.at(settings.keys)).sign(9, b"\x07" * 32)
    keep(settings.at(settings.checkpoints), note)


def test_a_database_that_continues_may_be_written(signed: Works) -> None:
    """The usual case, and the one of a new workspace that has signed nothing yet."""
    found = trail.standing(signed, CLERK)
    assert (found.state, found.signed, found.last, found.fault) == (trail.State.CONTINUES, 3, 4, None)
    assert found.may_write


def test_nothing_signed_yet(works: Works, settings: Settings) -> None:
    """There is nothing to contradict."""
    with_key(settings)
    found = trail.standing(works, CLERK)
    assert (found.state, found.signed, found.last) == (trail.State.CONTINUES, 0, 0)


def test_an_old_backup_is_older_until_a_restart_says_why(signed: Works, settings: Settings) -> None:
    """Nothing is signed, nothing may be written, until an entry with a reason names what was given up."""
    lose(signed)
    found = trail.standing(signed, CLERK)
    assert (found.state, found.signed, found.last, found.may_write) == (trail.State.OLDER, 9, 4, False)
    assert found.fault is not None
    assert found.fault.sentence() == "Entry 5 is missing: a checkpoint of 9 entries was signed."
    with pytest.raises(trail.CheckpointInconsistent):
        trail.checkpoint(signed, CLERK, "issue")
    public = trail.load_key(settings.at(settings.keys)).public
    with signed.writing(CLERK, RESTARTER) as work:
        with pytest.raises(trail.RestartWithoutReason):
            trail.restart(work, trail.kept(settings), public, " ")
        trail.restart(work, trail.kept(settings), public, "the disk was lost")
    found = trail.standing(signed, CLERK)
    assert (found.state, found.signed, found.last) == (trail.State.CONTINUES, 3, 5)
    with signed.writing(CLERK, RESTARTER) as work, pytest.raises(Conflict):
        trail.restart(work, trail.kept(settings), public, "again")


def test_a_damaged_trail_is_no_old_backup(signed: Works, engine: Engine, settings: Settings) -> None:
    """What does not verify by itself is not healed by a restart; nor is a lost or exposed key."""
    with engine.begin() as connection:
        tear_down_fence(connection)
        connection.execute(text("UPDATE trail_entry SET body = body || ' ' WHERE seq = 4"))
    found = trail.standing(signed, CLERK)
    assert (found.state, found.fault and found.fault.seq) == (trail.State.DAMAGED, 4)
    folder = settings.at(settings.checkpoints)
    (folder / "999999999999-x.txt").write_text("x", "utf-8")
    assert trail.standing(signed, CLERK).state is trail.State.DAMAGED
    key = settings.at(settings.keys) / "trail-key.pem"
    key.chmod(0o644)
    exposed = trail.standing(signed, CLERK)
    key.unlink()
    missing = trail.standing(signed, CLERK)
    assert [each.state for each in (exposed, missing)] == [trail.State.DAMAGED] * 2
    assert missing.fault is not None
    assert "is missing" in missing.fault.sentence()
