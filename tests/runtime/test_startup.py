"""What is wrong at the start is said by its name, and closes the workspace to acts, not to looks (REL-15)."""

from __future__ import annotations

import logging
import re
import shutil
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from lxml import html  # type: ignore[import-untyped]  # it comes without stubs
from sqlalchemy import text
from sqlalchemy.engine import make_url

from qms import runtime, trail
from qms.app import create_app
from qms.kernel.clock import SimulatedClock, SystemClock
from qms.kernel.database import DatabaseUnsafe, build_engine
from qms.kernel.labels import LANGUAGES
from qms.kernel.refs import Ref
from qms.kernel.settings import load
from qms.runtime import KEEPER, every_permission, startup
from qms.worker.loop import Loop
from tests.cli.terminal import Terminal
from tests.web.house import Browser, words_of

if TYPE_CHECKING:
    from collections.abc import Callable


def _set(terminal: Terminal, line: str) -> None:
    with (terminal.home / "qms.toml").open("a", encoding="utf-8") as stream:
        stream.write(f"{line}\n")


def read_only(terminal: Terminal, _: pytest.MonkeyPatch) -> None:
    """The setting."""
    _set(terminal, "read_only = true")


def another_key(terminal: Terminal, _: pytest.MonkeyPatch) -> None:
    """The keys of another workspace."""
    keys = terminal.home / "records" / "keys"
    for path in keys.glob("trail-key*"):
        path.unlink()
    trail.make_key(keys)


def open_key(terminal: Terminal, _: pytest.MonkeyPatch) -> None:
    """A key that others may read."""
    (terminal.home / "records" / "keys" / "trail-key.pem").chmod(0o644)


def lost_key(terminal: Terminal, _: pytest.MonkeyPatch) -> None:
    """No key."""
    (terminal.home / "records" / "keys" / "trail-key.pem").unlink()


def no_vault(terminal: Terminal, _: pytest.MonkeyPatch) -> None:
    """A file stands where stored content goes."""
    vault = terminal.home / "records" / "vault"
    shutil.rmtree(vault, ignore_errors=True)
    vault.write_text("not a folder")


def little_room(terminal: Terminal, _: pytest.MonkeyPatch) -> None:
    """More has to stay free than there is."""
    _set(terminal, "stop_megabytes = 1000000000")


def late_program(_: Terminal, patch: pytest.MonkeyPatch) -> None:
    """A clock that fell back to its first day."""
    patch.setattr(SystemClock, "now", lambda _: datetime(2001, 1, 1, tzinfo=UTC))


def late_trail(_: Terminal, patch: pytest.MonkeyPatch) -> None:
    """A clock two hours before the last entry, of a program that is older than that."""
    then = SystemClock().now() - 2 * startup.TOLERANCE
    patch.setattr(SystemClock, "now", lambda _: then)
    patch.setattr(startup, "installed", lambda: datetime(2020, 1, 1, tzinfo=UTC))


def altered_trail(terminal: Terminal, _: pytest.MonkeyPatch) -> None:
    """The last entry says something else than it did."""
    engine = build_engine(load(terminal.home).database)
    sqlite = engine.dialect.name == "sqlite"
    with engine.begin() as connection:
        if sqlite:
            connection.execute(text("DROP TRIGGER trail_entry_refuse_update"))
        else:
            connection.execute(text("ALTER TABLE trail_entry DISABLE TRIGGER USER"))
        connection.execute(
            text("UPDATE trail_entry SET body = body || ' ' WHERE seq = (SELECT max(seq) FROM trail_entry)")
        )
    engine.dispose()


def older_trail(terminal: Terminal, _: pytest.MonkeyPatch) -> None:
    """A checkpoint was signed, then a database from before it was put back."""
    made = runtime.build(terminal.home)
    if made.engine.dialect.name == "sqlite":
        database = Path(str(make_url(load(terminal.home).database).database))
        made.close()
        kept = database.read_bytes()
        made = runtime.build(terminal.home)
        with made.works.writing(KEEPER, every_permission()) as work:
            work.record("workspace:backup", Ref("backup", "x"), after={"entries": 1})
        trail.checkpoint(made.works, KEEPER, "a test")
        made.close()
        for path in database.parent.glob(f"{database.name}*"):
            path.unlink()
        database.write_bytes(kept)
        return
    trail.checkpoint(made.works, KEEPER, "a test")
    with made.works.reading(KEEPER) as work:
        (signed,) = trail.checkpoints(work.session)
    with made.engine.begin() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        for table in ("trail_checkpoint", "trail_personal", "trail_entry"):
            column = "size" if table == "trail_checkpoint" else "seq"
            connection.execute(text(f"DELETE FROM {table} WHERE {column} > :last"), {"last": signed.size - 2})  # noqa: S608
        row = connection.execute(text("SELECT seq, hash FROM trail_entry ORDER BY seq DESC LIMIT 1")).one()
        told = {"seq": row.seq, "hash": row.hash}
        connection.execute(text("UPDATE trail_head SET seq = :seq, hash = :hash"), told)
        connection.execute(text("SET session_replication_role = DEFAULT"))
    made.close()


CLOSING: Final = {
    "ClosedBySetting": read_only,
    "KeyOfAnother": another_key,
    "KeyUnusable": open_key,
    "KeyUnusable lost": lost_key,
    "VaultClosed": no_vault,
    "SpaceLow": little_room,
    "ClockBehindProgram": late_program,
    "ClockBehindTrail": late_trail,
    "TrailBroken": altered_trail,
    "TrailOlder": older_trail,
}


@pytest.mark.parametrize("fault", CLOSING)
def test_each_fault_closes_by_its_name(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    """On the worker, the command line and the pages; in three languages; and everything can be read."""
    CLOSING[fault](terminal, monkeypatch)
    name = fault.split(maxsplit=1)[0]
    code, status = (10, 507) if name == "SpaceLow" else (9, 503)

    once = terminal.json("worker", "--once")
    assert (once.code, name in once.err) == (code, True)
    said = {each: terminal("worker", "--once", language=each).err for each in LANGUAGES}
    assert len(set(said.values())) == len(LANGUAGES)
    made = runtime.build(terminal.home)
    try:
        refusal = made.assure()
        assert refusal is not None
        assert refusal.code == name
        assert all(_undated(refusal.sentence(each)) in _undated(said[each]) for each in LANGUAGES)
        assert _undated(refusal.sentence()) in _undated(caplog.text)
        if not name.startswith("Trail"):  # which is asked of those alone who go on for long
            draft = terminal.json("document", "draft", terminal.write(), login="author")
            assert (draft.code, draft.refused) == (code, name)

        before = _entries(made)
        browser = Browser(create_app(made))
        told = _undated(refusal.sentence())
        assert told in _undated(" ".join(browser.dom("/sign-in").itertext()))
        answer = browser.sign_in("author")
        assert answer.status_code == status
        assert told in _undated(words_of(html.fromstring(answer.text)))
        assert _entries(made) == before

        loop, stop = Loop(made), threading.Event()
        monkeypatch.setattr(loop, "beat", stop.set)
        loop.run(stop)
        assert _entries(made) == before
    finally:
        made.close()


def _undated(text: str) -> str:
    """Without instants and amounts, which go on while the test runs."""
    return re.sub(r"\d+", "#", text)


def _entries(made: runtime.Runtime) -> int:
    with made.works.reading(KEEPER) as work:
        return trail.head(work.session)[0]


@pytest.mark.parametrize("language", ["zh-Hans", "zh-Hant", "en"])
def test_doctor_says_that_it_is_closed(at: Callable[[str], Terminal], language: str) -> None:
    """As a line of its own, in the language asked for, and ends as with any damage."""
    terminal = at("founded")
    _set(terminal, "read_only = true")
    answer = terminal("doctor", language=language)
    assert answer.code == 8
    assert startup.ClosedBySetting().sentence(language) in answer.out


def test_a_mended_fault_opens_it_again(
    at: Callable[[str], Terminal], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Without a restart, after half a minute at the most; until then nobody looks again."""
    terminal = at("founded")
    key = terminal.home / "records" / "keys" / "trail-key.pem"
    key.chmod(0o644)
    made = runtime.build(terminal.home)
    key.chmod(0o600)
    refused = made.gate()
    assert refused is not None
    assert refused.code == "KeyUnusable"
    with pytest.raises(startup.KeyUnusable), made.works.writing(KEEPER):
        pytest.fail("an act began")
    with pytest.raises(startup.KeyUnusable):
        made.works.vault.put(b"x")
    monkeypatch.setattr(startup, "AGAIN", 0.0)
    made.gate.look()
    caplog.set_level(logging.WARNING)
    assert made.gate() is None
    with made.works.writing(KEEPER, every_permission()) as work:
        work.record("workspace:backup", Ref("backup", "x"), after={"entries": 1})
    assert made.works.vault.put(b"x")
    made.close()


def test_a_demonstration_has_its_own_time(tmp_path: Path) -> None:
    """Its clock is simulated, so the machine's says nothing (law 16)."""
    clock = SimulatedClock(datetime(2040, 1, 1, tzinfo=UTC))
    made, _ = runtime.make(tmp_path / "demo", {"en": "x"}, demo=True, clock=clock)
    made.close()
    again = runtime.build(tmp_path / "demo")
    assert again.assure() is None
    again.close()


def test_an_unsafe_database_is_refused(terminal: Terminal) -> None:
    """A server that would forget what it acknowledged is not even opened (REL-03)."""
    url = make_url(load(terminal.home).database)
    if url.get_backend_name() == "sqlite":
        Path(f"{url.database}-wal").mkdir()
    else:
        engine = build_engine(load(terminal.home).database)
        with engine.begin() as connection:
            connection.execute(text(f'ALTER DATABASE "{url.database}" SET synchronous_commit = off'))
        engine.dispose()
    for words in (("worker", "--once"), ("serve",), ("doctor",)):
        answer = terminal.json(*words)
        assert (answer.code, answer.refused) in {(8, "DatabaseUnsafe"), (6, "DatabaseUnreachable")}
    with pytest.raises((DatabaseUnsafe, runtime.DatabaseUnreachable)):
        runtime.build(terminal.home)


def test_a_small_correction_of_the_clock_closes_nothing(
    at: Callable[[str], Terminal], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half an hour back is a correction; the trail tells of it by itself."""
    terminal = at("founded")
    then = SystemClock().now() - startup.TOLERANCE / 2
    monkeypatch.setattr(SystemClock, "now", lambda _: then)
    made = runtime.build(terminal.home)
    assert made.assure() is None
    assert made.gate() is None
    made.close()
