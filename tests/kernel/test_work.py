"""One Work is one act or one look; all of it, or nothing (laws 1 and 3), on both databases."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import bindparam, event, insert, select, text
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.orm import Session

from qms.kernel import database
from qms.kernel.clock import SimulatedClock, SystemClock, iso, local_day, start_of
from qms.kernel.database import DatabaseUnsafe, assert_safe, build_engine
from qms.kernel.ports import Rights
from qms.kernel.refs import Ref
from qms.kernel.work import WroteWhileReading, ask, remembered
from qms.standards import Edition, Status

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

    from qms.kernel.ports import Actor
    from qms.kernel.work import Work, Works
    from tests.postgresql import Server

REF = Ref("edition", "house-1")


def edition(work: Work, code: str = "house-1") -> Edition:
    """Some row; which kind does not matter here."""
    return Edition(
        code=code,
        title={"en": "文"},
        status=Status.CONFIRMED,
        digest="0" * 64,
        loaded_at=work.now,
        loaded_by="x",
    )


def act(works: Works, actor: Actor, fault: BaseException | None = None) -> None:
    """One row and one entry, and perhaps a fault at the end."""
    with works.writing(actor) as work:
        work.session.add(edition(work))
        work.record("standards:load", REF)
        if fault:
            raise fault


def codes(works: Works, actor: Actor) -> list[str]:
    with works.reading(actor) as work:
        return list(work.session.scalars(select(Edition.code)))


def test_an_act_is_all_or_nothing(works: Works, service: Actor) -> None:
    """Any fault, even an interrupt, leaves nothing; without one everything is there."""
    for fault in (ValueError("x"), KeyboardInterrupt()):
        with pytest.raises(type(fault)):
            act(works, service, fault)
        assert codes(works, service) == []
    act(works, service)
    assert codes(works, service) == ["house-1"]


def test_a_trail_that_cannot_be_written_undoes_the_act(works: Works, service: Actor) -> None:
    """No act without its entry (TRL-01)."""

    def broken(*_: object) -> None:
        raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        act(replace(works, append=broken), service)
    assert codes(works, service) == []


def test_the_trail_is_the_last_thing_written(works: Works, service: Actor, engine: Engine) -> None:
    """Nothing is sent to the database between the entries and the commit (law 3)."""
    seen: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *call: seen.append(call[2]))
    event.listen(engine, "commit", lambda _: seen.append("COMMIT"))
    act(works, service)
    writes = [one.split()[0:3] for one in seen if not one.startswith(("PRAGMA", "BEGIN", "SELECT"))]
    assert [" ".join(words) for words in writes] == [
        "INSERT INTO standard_edition",
        "INSERT INTO trail_entry",
        "UPDATE trail_head SET",
        "COMMIT",
    ]


def test_an_act_without_changes_leaves_the_trail_alone(works: Works, service: Actor) -> None:
    """The head is locked only where something is recorded."""

    def unwanted(*_: object) -> None:
        raise AssertionError

    with replace(works, append=unwanted).writing(service) as work:
        work.session.execute(select(Edition))


def test_a_look_cannot_write(works: Works, service: Actor) -> None:
    """Neither through the session, nor by a statement, nor by recording (law 1)."""

    def flush(work: Work) -> None:
        work.session.add(edition(work))
        work.session.flush()

    def execute(work: Work) -> None:
        values: dict[str, Any] = {"code": "x", "title": {}, "status": "confirmed", "digest": "0" * 64}
        work.session.execute(insert(Edition).values(**values, loaded_at=work.now, loaded_by="x"))

    def record(work: Work) -> None:
        work.record("a:b", REF)

    def look(verb: Any) -> None:
        with works.reading(service) as work:
            verb(work)

    for verb, refusal in ((flush, WroteWhileReading), (execute, DBAPIError), (record, WroteWhileReading)):
        with pytest.raises(refusal):
            look(verb)
    assert codes(works, service) == []


def test_what_was_looked_at_stays_readable(works: Works, service: Actor) -> None:
    """Rows of a closed look or act keep their values."""
    act(works, service)
    with works.reading(service) as work:
        seen = work.session.scalars(select(Edition)).one()
    with works.writing(service) as work:
        acted = work.session.scalars(select(Edition)).one()
    assert (seen.code, acted.title) == ("house-1", {"en": "文"})


def test_a_look_is_one_snapshot(works: Works, service: Actor) -> None:
    """What others commit meanwhile is not seen, though asked again."""
    with works.reading(service) as work:
        assert work.session.scalars(select(Edition.code)).all() == []
        act(works, service)
        assert work.session.scalars(select(Edition.code)).all() == []
    assert codes(works, service) == ["house-1"]


def test_looks_answer_while_an_act_holds_the_lock(works: Works, service: Actor) -> None:
    """A held write lock makes no reader wait."""
    answered = threading.Event()

    def look() -> None:
        assert codes(works, service) == []
        answered.set()

    with works.writing(service) as work:
        work.session.add(edition(work))
        work.session.flush()
        reader = threading.Thread(target=look)
        reader.start()
        assert answered.wait(10)
    reader.join()


def test_one_act_has_one_instant_and_its_own_day(works: Works, service: Actor, clock: SimulatedClock) -> None:
    """`now` is taken once; `today` is the organisation's day (law 16)."""
    clock.at = datetime(2026, 11, 2, 16, 30, tzinfo=UTC)
    with works.reading(service, Rights(secrecy=2), "en") as work:
        clock.advance(timedelta(days=1))
        assert (work.now.hour, work.today) == (16, date(2026, 11, 3))
        assert (work.language, work.rights.secrecy, work.demo) == ("en", 2, False)
    with works.reading(service) as work:
        assert (work.language, work.rights) == ("zh-Hans", Rights())


def test_clocks_and_days() -> None:
    """Midnight of the organisation's zone, the one written form, a clock that ticks and steps back."""
    zone = ZoneInfo("Asia/Shanghai")
    midnight = start_of(date(2026, 11, 3), zone)
    assert midnight == datetime(2026, 11, 2, 16, tzinfo=UTC)
    assert local_day(midnight, zone) == date(2026, 11, 3)
    assert local_day(midnight - timedelta(microseconds=1), zone) == date(2026, 11, 2)
    assert iso(midnight.astimezone(timezone(timedelta(hours=8)))) == "2026-11-02T16:00:00.000000Z"
    clock = SimulatedClock(midnight, timedelta(seconds=1))
    assert (clock.now(), clock.now()) == (midnight, midnight + timedelta(seconds=1))
    clock.advance(timedelta(days=-1))
    assert clock.at < midnight
    assert SystemClock().now().tzinfo is UTC


def test_the_database_keeps_its_promises(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Durable commits and foreign keys are asserted at start; one that lacks them is refused (REL-03)."""
    assert_safe(engine)
    name = engine.dialect.name
    setting = "synchronous" if name == "sqlite" else "synchronous_commit"
    monkeypatch.setitem(database._WANTED, name, {setting: "other"})
    with pytest.raises(DatabaseUnsafe, match=f"The database setting {setting} is"):
        assert_safe(engine)


def test_asserting_waits_for_no_writer(works: Works, service: Actor, engine: Engine) -> None:
    """A start succeeds while somebody else writes."""
    with works.writing(service) as work:
        work.session.add(edition(work))
        work.session.flush()
        assert_safe(engine)


def test_sqlite_is_set_as_promised(tmp_path: Path) -> None:
    """Every new connection: WAL, FULL, foreign keys, a patient lock."""
    engine = build_engine(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    with engine.connect() as connection:
        wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 15_000}
        found = {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in wanted}
    engine.dispose()
    assert found == wanted


def test_an_instant_is_aware_and_utc(works: Works, service: Actor, engine: Engine) -> None:
    """A naive one is refused, another zone converted, microseconds kept, on both databases alike."""
    local = datetime(2026, 11, 2, 9, 0, 0, 123456, tzinfo=ZoneInfo("Asia/Shanghai"))
    with works.writing(service) as work:
        row = edition(work)
        row.loaded_at = local
        work.session.add(row)
    with works.reading(service) as work:
        found = work.session.scalars(select(Edition.loaded_at)).one()
    assert (found.isoformat(), found.tzinfo) == ("2026-11-02T01:00:00.123456+00:00", UTC)
    naive = local.replace(tzinfo=None)
    with Session(engine) as session, pytest.raises(StatementError, match="needs a time zone"):
        session.execute(select(Edition).where(Edition.loaded_at == naive))


def test_a_look_remembers_and_an_act_asks_again(works: Works, service: Actor) -> None:
    """What was found in a snapshot holds to its end; an act may have changed it itself."""
    asked = iter(range(10))
    with works.reading(service) as work:
        assert [remembered(work.session, "count", lambda: next(asked)) for _ in range(3)] == [0, 0, 0]
        assert remembered(work.session, "other", lambda: next(asked)) == 1
    with works.writing(service) as work:
        assert [remembered(work.session, "count", lambda: next(asked)) for _ in range(2)] == [2, 3]
    with works.reading(service) as work:
        assert remembered(work.session, "count", lambda: next(asked)) == 4


def test_a_question_starts_no_second_process(postgresql_server: Server) -> None:
    """A worker of PostgreSQL costs more than the pages we ask for; also after what was asked is undone."""
    engine = build_engine(postgresql_server.url())
    with engine.connect() as connection:
        connection.rollback()
        assert connection.scalar(text("SHOW max_parallel_workers_per_gather")) == "0"
    engine.dispose()


def test_asking_keeps_nothing_and_writes_first_what_waits(works: Works, service: Actor) -> None:
    """D-0028: a statement built once sees the database as it stands, in an act with what the act did."""
    wanted = select(Edition.code).where(Edition.code == bindparam("code"))
    with works.writing(service) as work:
        row = edition(work)
        work.session.add(row)
        assert ask(work.session, wanted, code=row.code).scalars().all() == [row.code]
        code = row.code
    with works.reading(service) as work:
        assert ask(work.session, wanted, code=code).scalars().all() == [code]
        assert ask(work.session, wanted, code="none").scalars().all() == []
