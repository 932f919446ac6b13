"""A beginning or a return that was cut short: done again it is whole, undone it leaves nothing (REL-10)."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, Final, Never

import pytest
from sqlalchemy import Engine, event, text

from qms import accounts, evidence, migrations, runtime, trail
from qms.cli import workspace
from qms.cli.main import main
from qms.kernel.database import build_engine
from qms.runtime import making
from tests.cli.databases import fresh_postgresql
from tests.cli.terminal import Terminal, run
from tests.upgrade.golden import KINDS, unpacked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

KILLED: Final = 9
CHOSEN: Final = "eleven quiet harbours 7"


def _die(*_: object, **__: object) -> Never:
    os._exit(KILLED)


def _after(function: Callable[..., Any]) -> Callable[..., Never]:
    def done(*given: object, **more: object) -> Never:
        function(*given, **more)
        os._exit(KILLED)

    return done


def _half_a_key(folder: Path) -> Never:
    (folder / "trail-key.pem").touch(mode=0o600)
    os._exit(KILLED)


def _cut(patch: pytest.MonkeyPatch, place: str) -> None:
    if place == "settings":
        patch.setattr(making, "_folders", _die)
    elif place == "schema":
        patch.setattr(migrations, "upgrade", _after(migrations.upgrade))
    elif place == "half a key":
        patch.setattr(trail, "make_key", _half_a_key)
    elif place == "keys":
        patch.setattr(evidence, "make_key", _after(evidence.make_key))
    elif place == "in the founding":
        patch.setattr(accounts, "found", _after(accounts.found))
    elif place == "founded":
        event.listen(Engine, "commit", lambda _: None)
        patch.setattr(workspace, "_tell_passwords", _die)
    else:
        patch.setattr(making, "_secret", _die)


PLACES: Final = ("settings", "schema", "half a key", "keys", "in the founding", "founded", "told")


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """An empty database, or none for the embedded one."""
    if request.param == "sqlite":
        yield ""
        return
    with fresh_postgresql() as found:
        yield found


def test_a_killed_beginning_begins_again(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed at each step in turn, and at last whole: the passwords told last are those that open."""
    home = tmp_path / "workspace"
    words = ["init", str(home), "--name", "中心", "--empty", *(["--database-url", url] if url else [])]
    for place in PLACES:
        child = os.fork()
        if child == 0:
            _cut(monkeypatch, place)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            try:
                main(["--json", *words])
            except BaseException:  # noqa: BLE001 - the fork must never go on as its parent
                os._exit(1)
        _, status = os.waitpid(child, 0)
        assert os.waitstatus_to_exitcode(status) == KILLED, place
        assert not runtime.is_workspace(home), place
    answer = run("--json", *words)
    assert (answer.code, answer.err) == (0, "")
    rows = answer.value["administrators"]
    assert len(rows) == 3
    terminal = Terminal(home)
    for row in rows:
        chosen = terminal("people", "password", login=row["login"], typed=(row["password"], CHOSEN))
        assert (chosen.code, chosen.err) == (0, "")
    assert terminal("doctor", "--deep").code == 0
    assert run("--json", *words).code == 6
    made = runtime.build(home)
    with made.engine.connect() as connection:
        counted = connection.execute(text("SELECT count(*) FROM person")).scalar()
    assert (counted, made.assure()) == (3, None)
    made.close()


def test_a_beginning_never_takes_over_another_s_database(tmp_path: Path) -> None:
    """What another workspace keeps there stays, and its passwords too."""
    with fresh_postgresql() as url:
        assert run("init", tmp_path / "one", "--empty", "--database-url", url).code == 0
        engine = build_engine(url)
        with engine.connect() as connection:
            before = connection.execute(text("SELECT person_id, hashed FROM credential")).all()
        answer = run("--json", "init", tmp_path / "two", "--empty", "--database-url", url)
        assert answer.code in {4, 6}
        assert json.loads(answer.err)["refused"] in {"AlreadyAWorkspace", "KeyMissing"}
        with engine.connect() as connection:
            assert connection.execute(text("SELECT person_id, hashed FROM credential")).all() == before
        engine.dispose()


# restoring into PostgreSQL


def test_a_restore_that_fails_at_the_end_leaves_the_database_empty(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It can be tried again into the same one; a filled one is refused and left as it is (REL-10)."""
    file, keys = tmp_path / "backup.zip", tmp_path / "keys.zip"
    with unpacked("0.1.0", "postgresql", tmp_path / "golden") as home, fresh_postgresql() as url:
        terminal = Terminal(home)
        assert terminal("upgrade").code == 0
        assert terminal("backup", file, "--keys", keys).code == 0
        words = ("restore", file, tmp_path / "back", "--keys", keys, "--database-url", url)
        broken = trail.Fault(1, "Entry {seq} is missing.")
        report = trail.Report(0, 0, "", "", 0, broken)
        with monkeypatch.context() as patch:
            patch.setattr(trail, "check", lambda *_, **__: report)
            failed = run("--json", *words)
            assert json.loads(failed.err)["refused"] == "BackupDamaged"
        assert not (tmp_path / "back").exists()
        engine = build_engine(url)
        with engine.connect() as connection:
            asked = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            assert connection.execute(text(asked)).scalar() == 0
        assert run("--json", *words).code == 0
        assert Terminal(tmp_path / "back")("trail", "verify").code == 0
        again = run("--json", "restore", file, tmp_path / "more", "--keys", keys, "--database-url", url)
        assert (again.code, json.loads(again.err)["refused"]) == (6, "DatabaseNotEmpty")
        assert Terminal(tmp_path / "back")("trail", "verify").code == 0
        engine.dispose()
