"""The trail from a terminal: reviews, time-stamps, a file to take along, going on after a restore."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from qms import runtime, trail
from qms.runtime import KEEPER
from qms.trail.checkpoints import keep
from qms.trail.proof import check_extract
from tests.cli.terminal import PASSWORD, Terminal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import At

AUDITOR = "audit-administrator"


def test_a_review_from_a_terminal(at: At) -> None:
    """Listed, begun, signed with the password; refused to who may only read, and where none is open."""
    terminal = at("founded")
    assert terminal.json("trail", "review", login=AUDITOR).value == []
    assert terminal("trail", "review", "--found", "x", login=AUDITOR).code == 6
    assert terminal("trail", "review", "--begin", login="reader").code == 5
    assert terminal("trail", "review", "--begin", login=AUDITOR).code == 0
    (opened,) = terminal.json("trail", "review", login=AUDITOR).value
    assert (opened["state"], opened["first"], opened["valid"]) == ("open", 1, False)
    signed = terminal("trail", "review", "--found", "looked at all", "--last", "5", login=AUDITOR)
    assert (signed.code, signed.err) == (0, "")
    assert "looked at all" in signed.out
    (row,) = terminal.json("trail", "review", login=AUDITOR).value
    assert (row["state"], row["last"], row["clean"], row["valid"]) == ("signed", 5, True, True)


def test_a_file_to_take_along(at: At) -> None:
    """Every entry under the last checkpoint, with its proof; never over a file that is there."""
    terminal = at("founded")
    file = terminal.home / "trail.jsonl"
    assert terminal("trail", "export", file, "--last", "99999", login="manager").code == 6
    assert not file.exists()
    assert terminal("trail", "checkpoint", login="manager").code == 0
    made = terminal.json("trail", "export", file, login="manager")
    found = check_extract(file.read_text("utf-8").splitlines(keepends=True))
    assert (found.ok, found.bodies) == (True, made.value["count"])
    assert terminal("trail", "export", file, login="manager").code == 1
    assert terminal("trail", "export", terminal.home / "x", login="reader").code == 5
    assert not (terminal.home / "x").exists()


def test_no_time_stamps_yet(at: At) -> None:
    """Without an authority the list is empty, which is not wrong."""
    terminal = at("founded")
    assert terminal.json("trail", "stamps", login="manager").value == []
    assert terminal("trail", "stamps", login="reader").code == 5


def test_going_on_after_an_old_backup(at: At) -> None:
    """Nobody acts from a terminal until the audit administrator says why it goes on (TRL-10)."""
    terminal = at("founded")
    assert terminal("trail", "restart", "--why", "x", login=AUDITOR).code == 6
    _lose(terminal)
    refused = terminal("trail", "checkpoint", login="manager")
    assert (refused.code, "qms trail restart" in refused.err) == (9, True)
    assert terminal("trail", "restart", "--why", "disk lost", login="manager").code == 5
    assert terminal("trail", "restart", "--why", " ", login=AUDITOR).code == 6
    done = terminal("trail", "restart", "--why", "disk lost", login=AUDITOR)
    assert (done.code, done.err) == (0, "")
    assert terminal("trail", "checkpoint", login="manager").code == 0
    assert terminal.json("trail", "verify").value["ok"] is True
    told = terminal.json("trail", "show", login="manager").value
    assert [row["ref"] for row in told if row["action"] == "trail:refuse"] == ["command:trail restart"] * 1


def test_a_restore_names_what_it_lost(at: At, tmp_path: Path) -> None:
    """With the checkpoints kept elsewhere the restore itself records the restart; a foreign one stops it."""
    terminal = at("founded")
    kept, backup, keys = tmp_path / "kept", tmp_path / "backup.zip", tmp_path / "keys.zip"
    assert terminal("backup", backup, "--keys", keys).code == 0
    assert terminal("trail", "checkpoint", login="manager").code == 0
    shutil.copytree(terminal.home / "records" / "checkpoints", kept)
    back = Terminal(tmp_path / "back")
    done = terminal("restore", backup, back.home, "--keys", keys, "--checkpoints", kept)
    assert (done.code, done.err) == (0, "")
    told = back.json("trail", "show", login="manager").value
    assert {"workspace:restore", "trail:restart"} <= {row["action"] for row in told}
    assert back.json("trail", "verify").value["ok"] is True
    assert back("trail", "checkpoint", login="manager").code == 0
    (kept / "x.txt").write_text("x", "utf-8")
    other = tmp_path / "other"
    assert terminal("restore", backup, other, "--keys", keys, "--checkpoints", kept).code == 8
    assert not other.exists() or not list(other.iterdir())


def test_a_failed_sign_in_is_journalled_from_a_terminal(at: At) -> None:
    """TRL-16: who typed a wrong password, and who was denied, stand in the trail from here too."""
    terminal = at("founded")
    assert terminal("trail", "show", login="reader", typed=("wrong",)).code == 5
    assert terminal("trail", "checkpoint", login="reader").code == 5
    rows = terminal.json("trail", "show", login="manager", typed=(PASSWORD,)).value
    assert {"person:sign-in:refuse", "trail:refuse"} <= {row["action"] for row in rows}


def _lose(terminal: Terminal) -> None:
    """Keep a checkpoint of entries that this database does not have."""
    opened = runtime.build(terminal.home)
    try:
        assert trail.standing(opened.works, KEEPER).may_write
        settings = opened.settings
        note = trail.load_key(settings.at(settings.keys)).sign(99_999, b"\x07" * 32)
        keep(settings.at(settings.checkpoints), note)
    finally:
        opened.close()
