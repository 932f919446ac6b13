"""Every change behind the product's back is found and named (TRL-02, TRL-03, TRL-09)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from qms import trail
from qms.kernel.refs import Ref
from qms.trail.proof import GENESIS, TAG, body_digest, link
from tests.trail.factories import CLERK, Tampering, columns, entries, tear_down_fence, with_key

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from qms.kernel.clock import SimulatedClock
    from qms.kernel.settings import Settings
    from qms.kernel.work import Works

COUNT = 14


@pytest.fixture
def signed(works: Works, settings: Settings) -> Works:
    """Works over fourteen entries with two checkpoints between them."""
    with_key(settings)
    entries(works, 4, personal=True)
    trail.checkpoint(works, CLERK, "issue")
    entries(works, 4, start=5)
    trail.checkpoint(works, CLERK, "backup")
    entries(works, 4, start=9, personal=True)
    return works


def verified(works: Works, connection: Connection, *, whole: bool = True) -> trail.Report:
    """A report over what the tampered transaction sees."""
    public = trail.load_key(works.settings.at(works.settings.keys)).public
    with Session(connection, join_transaction_mode="create_savepoint") as session:
        return trail.verify(session, trail.kept(works.settings), public, whole=whole)


def fault_of(works: Works, connection: Connection) -> trail.Fault:
    fault = verified(works, connection).fault
    assert fault is not None
    return fault


def test_an_untouched_trail_is_right(signed: Works) -> None:
    """All is checked and bound by both checkpoints; since the last one only what was added."""
    whole, recent = trail.check(signed, CLERK), trail.check(signed, CLERK, whole=False)
    assert whole.ok
    assert recent.ok
    assert (whole.checked, whole.last, whole.checkpoints) == (COUNT, COUNT, 2)
    assert (recent.checked, recent.last) == (5, COUNT)
    assert (whole.hash, whole.root) == (recent.hash, recent.root)
    assert (whole.clock_steps, whole.restarts) == ((), ())


def test_an_empty_trail_is_right(works: Works, settings: Settings) -> None:
    """Nothing was written, nothing is wrong, and nothing is bound."""
    with_key(settings)
    report = trail.check(works, CLERK)
    assert report.ok
    assert (report.checked, report.last, report.hash, report.checkpoints) == (0, 0, GENESIS, 0)


BENT: dict[str, str | dict[str, str]] = {
    "seq": "seq + 1000",
    "tag": "'qms-trail/2'",
    "at": {"sqlite": "'2026-11-02 01:00:00.000001'", "postgresql": "at + interval '1 microsecond'"},
    "actor": "'person:8'",
    "action": "action || 'd'",
    "ref": "ref || ' '",
    "body": "replace(body, '}', ' }')",
    "prev": "replace(replace(prev, '0', 'f'), '1', '0')",
    "hash": "replace(replace(hash, '0', 'f'), '1', '0')",
}


def test_any_changed_field_is_found_and_named(signed: Works, engine: Engine) -> None:
    """Each column of each entry, one at a time, all of the schema's columns covered (TRL-02)."""
    undetected = []
    with Tampering(engine) as connection:
        assert set(BENT) == set(columns(connection, "trail_entry"))
        for seq in range(1, COUNT + 1):
            for column, bent in BENT.items():
                expression = bent if isinstance(bent, str) else bent[engine.dialect.name]
                step = connection.begin_nested()
                statement = f"UPDATE trail_entry SET {column} = {expression} WHERE seq = {seq}"  # noqa: S608 - constants
                assert connection.execute(text(statement)).rowcount == 1
                fault = verified(signed, connection).fault
                if fault is None or fault.seq != seq:
                    undetected.append((seq, column, fault))
                step.rollback()
    assert undetected == []


def test_a_field_of_another_type(signed: Works, engine: Engine) -> None:
    """SQLite lets anything stand in a column; it is reported, not stumbled upon."""
    if engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL itself refuses it")
    for value in ("'no instant'", "''", "7", "x'00ff'"):
        with Tampering(engine) as connection:
            connection.execute(text(f"UPDATE trail_entry SET at = {value} WHERE seq = 3"))  # noqa: S608 - constants
            assert (fault_of(signed, connection).seq, fault_of(signed, connection).facts) == (
                3,
                {"column": "at"},
            )
            connection.execute(text(f"UPDATE trail_entry SET body = {value} WHERE seq = 2"))  # noqa: S608 - constants
            assert fault_of(signed, connection).seq == 2


def test_any_deleted_entry_is_found_and_named(signed: Works, engine: Engine) -> None:
    """The first, any in the middle, and the last alike (TRL-02)."""
    for seq in range(1, COUNT + 1):
        with Tampering(engine) as connection:
            connection.execute(text(f"DELETE FROM trail_personal WHERE seq = {seq}"))  # noqa: S608 - a number
            connection.execute(text(f"DELETE FROM trail_entry WHERE seq = {seq}"))  # noqa: S608 - a number
            assert (seq, f"Entry {seq} is missing.") == (
                fault_of(signed, connection).seq,
                fault_of(signed, connection).sentence(),
            )


def test_any_two_swapped_entries_are_found_and_named(signed: Works, engine: Engine) -> None:
    """Neighbours that change places (TRL-02)."""
    for seq in range(1, COUNT):
        with Tampering(engine) as connection:
            for old, new in ((seq, 9999), (seq + 1, seq), (9999, seq + 1)):
                connection.execute(text(f"UPDATE trail_entry SET seq = {new} WHERE seq = {old}"))  # noqa: S608 - numbers
            assert seq == fault_of(signed, connection).seq


def test_an_inserted_entry_is_found_and_named(signed: Works, engine: Engine) -> None:
    """At the end, correctly linked, or before the beginning (TRL-02)."""
    for seq in (COUNT + 1, 0, -5):
        with Tampering(engine) as connection:
            insert(connection, seq)
            assert seq == fault_of(signed, connection).seq


def insert(connection: Connection, seq: int) -> None:
    """Copy the last entry as another number with its right link, past the constraints."""
    last = connection.execute(text("SELECT * FROM trail_entry ORDER BY seq DESC LIMIT 1")).mappings().one()
    row = {**last, "seq": seq, "prev": last["hash"]}
    row["hash"] = link(abs(seq), row["prev"], body_digest(row["body"]))
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA ignore_check_constraints = ON"))
    else:
        connection.execute(text("ALTER TABLE trail_entry DROP CONSTRAINT ck_trail_entry_seq_from_one"))
    names = ", ".join(row)
    marks = ", ".join(f":{name}" for name in row)
    connection.execute(text(f"INSERT INTO trail_entry ({names}) VALUES ({marks})"), row)  # noqa: S608 - our columns
    if connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA ignore_check_constraints = OFF"))


def rechain(connection: Connection, first: int, **changes: Any) -> None:
    """What a thorough forger does: change one body and all links after it, and the head."""
    rows = connection.execute(text("SELECT seq, body, prev, hash FROM trail_entry ORDER BY seq")).all()
    prev = GENESIS
    for row in rows:
        body = row.body
        if row.seq == first:
            body = json.dumps({**json.loads(body), **changes}, sort_keys=True, separators=(",", ":"))
        hashed = link(row.seq, prev, body_digest(body), TAG)
        connection.execute(
            text("UPDATE trail_entry SET body = :body, prev = :prev, hash = :hash WHERE seq = :seq"),
            {"body": body, "prev": prev, "hash": hashed, "seq": row.seq},
        )
        prev = hashed
    connection.execute(text("UPDATE trail_head SET hash = :hash"), {"hash": prev})


NO_BODIES = [
    ("UPDATE trail_entry SET body = 'x' WHERE seq = 3", "Entry 3 has an unknown form."),
    ("UPDATE trail_entry SET body = '[]' WHERE seq = 3", "Entry 3 has an unknown form."),
    ("UPDATE trail_entry SET body = '{}' WHERE seq = 3", "Entry 3 has an unknown form."),
    ("UPDATE trail_entry SET body = body || ' {}' WHERE seq = 3", "Entry 3 has an unknown form."),
    ("UPDATE trail_entry SET at = '2020-01-01' WHERE seq = 3", "the column at does not agree"),
    ("UPDATE trail_entry SET ref = 'x:y' WHERE seq = 3", "the column ref does not agree"),
]


def test_chained_as_it_should_be_but_no_body_of_ours(signed: Works, engine: Engine) -> None:
    """A forger's links do not make a fault of the program out of what cannot be read."""
    for statement, words in NO_BODIES:
        with Tampering(engine) as connection:
            connection.execute(text(statement))
            rechain(connection, 0)
            assert words in fault_of(signed, connection).sentence(), statement


def cut(connection: Connection, last: int) -> None:
    """Cut off everything after `last` and let the head say so."""
    connection.execute(text(f"DELETE FROM trail_personal WHERE seq > {last}"))  # noqa: S608 - a number
    connection.execute(text(f"DELETE FROM trail_entry WHERE seq > {last}"))  # noqa: S608 - a number
    connection.execute(text(f"DELETE FROM trail_checkpoint WHERE size > {last}"))  # noqa: S608 - a number
    connection.execute(
        text(f"UPDATE trail_head SET seq = {last}, hash = (SELECT hash FROM trail_entry WHERE seq = {last})")  # noqa: S608 - a number
    )


def test_a_cut_end_is_caught_by_the_kept_checkpoint_alone(signed: Works, engine: Engine) -> None:
    """Without the kept files the cut trail looks whole; with them it does not (TRL-03)."""
    public = trail.load_key(signed.settings.at(signed.settings.keys)).public
    with Tampering(engine) as connection:
        cut(connection, 4)
        fault = fault_of(signed, connection)
        recent = verified(signed, connection, whole=False).fault
        connection.execute(text("DELETE FROM trail_checkpoint"))
        assert trail.verify(Session(connection), [], public).ok
    assert (fault.seq, fault.sentence()) == (5, "Entry 5 is missing: a checkpoint of 9 entries was signed.")
    assert recent == fault


def test_a_complete_rechain_is_caught_by_the_kept_checkpoint_alone(signed: Works, engine: Engine) -> None:
    """All hashes fit again, but not the signed root; the stretch between checkpoints is named (TRL-03)."""
    for forged, named in ((1, 1), (4, 1), (6, 5), (9, 5)):
        with Tampering(engine) as connection:
            rechain(connection, forged, why="forged")
            fault = fault_of(signed, connection)
            assert (named, 4 if forged <= 4 else 9) == (fault.seq, fault.facts["size"])
            assert not verified(signed, connection, whole=False).ok
    with Tampering(engine) as connection:
        rechain(connection, 6, why="forged")
        connection.execute(text("DELETE FROM trail_checkpoint"))
        public = trail.load_key(signed.settings.at(signed.settings.keys)).public
        blind = trail.verify(Session(connection), [], public).fault
    assert blind is not None
    assert blind.sentence() == "The record of checkpoint:1 is missing."


def test_no_new_checkpoint_is_signed_over_a_forged_trail(signed: Works, engine: Engine) -> None:
    """The key refuses what does not continue the last kept checkpoint (TRL-10)."""
    with engine.connect() as connection:
        transaction = connection.begin()
        tear_down_fence(connection)
        rechain(connection, 2, why="forged")
        transaction.commit()
    with pytest.raises(trail.CheckpointInconsistent, match="of 9 entries"):
        trail.checkpoint(signed, CLERK, "issue")
    assert len(trail.kept(signed.settings)) == 2


BESIDE = [
    ("UPDATE trail_head SET seq = seq + 1", "Entry 15 is missing."),
    ("UPDATE trail_head SET seq = seq - 1", "Entry 14 lies beyond the head"),
    ("UPDATE trail_head SET hash = '" + "0" * 64 + "'", "does not name entry 14"),
    ("DELETE FROM trail_head", "The head of the trail is missing; the last entry found is 14."),
    ("UPDATE trail_checkpoint SET size = size + 1 WHERE id = 1", "record of checkpoint 1 was altered"),
    ("UPDATE trail_checkpoint SET last = '" + "0" * 64 + "'", "record of checkpoint 1 was altered"),
    ("UPDATE trail_checkpoint SET last = 'x'", "record of checkpoint 1 was altered"),
    ("UPDATE trail_checkpoint SET before = '[]'", "record of checkpoint 1 was altered"),
    ("UPDATE trail_checkpoint SET note = 'x' || note", "record of checkpoint 1 was altered"),
    ("UPDATE trail_checkpoint SET reason = 'no' WHERE id = 2", "record of checkpoint 2 was altered"),
    ("UPDATE trail_checkpoint SET id = 3 WHERE id = 2", "record of checkpoint 3 was altered"),
    ("DELETE FROM trail_checkpoint WHERE id = 2", "The record of checkpoint:2 is missing."),
    (
        "UPDATE trail_personal SET value = 'x' WHERE seq = 2 AND name = 'mail'",
        "value mail of entry 2 was altered",
    ),
    (
        "UPDATE trail_personal SET salt = 'x' WHERE seq = 2 AND name = 'mail'",
        "value mail of entry 2 was altered",
    ),
    (
        "UPDATE trail_personal SET name = 'x' WHERE seq = 2 AND name = 'mail'",
        "value x of entry 2 was altered",
    ),
    (
        "UPDATE trail_personal SET seq = 7 WHERE seq = 2 AND name = 'mail'",
        "value mail of entry 7 was altered",
    ),
    (
        "UPDATE trail_personal SET value = NULL, salt = NULL WHERE seq = 2 AND name = 'mail'",
        "was erased without an entry",
    ),
    (
        "DELETE FROM trail_personal WHERE seq = 2 AND name = 'mail'",
        "The personal value mail of entry 2 is missing.",
    ),
]


def test_rows_beside_the_chain(signed: Works, engine: Engine) -> None:
    """Head, records of checkpoints and personal values are held against the chain and the notes."""
    for statement, words in BESIDE:
        with Tampering(engine) as connection:
            connection.execute(text(statement))
            assert words in fault_of(signed, connection).sentence(), statement


def test_a_lost_record_and_its_entry_behind_the_last_checkpoint(signed: Works, engine: Engine) -> None:
    """The cheap check starts from the newest note that still has its record, here from none."""
    with Tampering(engine) as connection:
        connection.execute(text("DELETE FROM trail_checkpoint"))
        report = verified(signed, connection, whole=False)
    assert (report.checked, report.fault) == (COUNT, None)


def test_the_entry_at_the_last_checkpoint_is_checked_again(signed: Works, engine: Engine) -> None:
    """The cheap check hashes the entry it starts from too."""
    with Tampering(engine) as connection:
        connection.execute(text("UPDATE trail_entry SET body = body || ' ' WHERE seq = 9"))
        altered = verified(signed, connection, whole=False).fault
        connection.execute(text("DELETE FROM trail_entry WHERE seq = 9"))
        missing = verified(signed, connection, whole=False).fault
    assert altered is not None
    assert missing is not None
    assert (altered.seq, missing.seq) == (9, 9)
    assert "was altered" in altered.sentence()
    assert "is missing" in missing.sentence()


def test_kept_files_that_were_touched(signed: Works) -> None:
    """A forged, foreign or removed file is named."""
    folder = signed.settings.at(signed.settings.checkpoints)
    first, second = sorted(folder.iterdir())
    text_of = first.read_text("utf-8")
    first.chmod(0o644)
    first.write_text(text_of.replace("\n4\n", "\n3\n"), "utf-8")
    assert first.name in sentence(signed)
    first.write_text("x", "utf-8")
    assert "is not a note signed by this workspace" in sentence(signed)
    first.write_text(text_of, "utf-8")
    assert trail.check(signed, CLERK).ok
    second.unlink()
    assert sentence(signed) == "The kept file of the checkpoint of 9 entries is missing."


def sentence(works: Works) -> str:
    fault = trail.check(works, CLERK).fault
    assert fault is not None
    return fault.sentence()


def test_two_contradicting_notes_are_named(signed: Works) -> None:
    """Should the key ever sign two roots for one size, this is found."""
    settings = signed.settings
    note = trail.load_key(settings.at(settings.keys)).sign(4, bytes(32))
    (settings.at(settings.checkpoints) / "zzz.txt").write_text(str(note), "utf-8")
    assert sentence(signed) == "Two checkpoints of 4 entries were signed that contradict each other: zzz.txt."


def test_a_clock_that_stepped_back_is_listed(signed: Works, clock: SimulatedClock) -> None:
    """Order is by number, not by time; the step is shown (TRL-07)."""
    clock.advance(timedelta(hours=-1))
    entries(signed, 2)
    report = trail.check(signed, CLERK)
    assert report.ok
    assert [step.seq for step in report.clock_steps] == [COUNT + 1]


REFUSED = [
    "UPDATE trail_entry SET action = action",
    "DELETE FROM trail_entry WHERE seq = 14",
    "UPDATE trail_checkpoint SET reason = 'x'",
    "DELETE FROM trail_checkpoint",
    "DELETE FROM trail_head",
    "UPDATE trail_head SET seq = seq",
    "UPDATE trail_head SET id = 2, seq = seq + 1",
    "DELETE FROM trail_personal",
    "UPDATE trail_personal SET value = 'x', salt = 'y'",
    "UPDATE trail_personal SET value = NULL, salt = NULL, name = 'x'",
    "INSERT INTO trail_head (id, seq, hash) SELECT 1, seq, hash FROM trail_head",
    (
        "INSERT INTO trail_entry SELECT 16, tag, at, actor, action, ref, body, hash, 'q' || substr(hash, 2) "
        "FROM trail_entry WHERE seq = 14"
    ),
    (
        "INSERT INTO trail_entry SELECT 15, tag, at, actor, action, ref, body, 'q' || substr(hash, 2), "
        "'r' || substr(hash, 2) FROM trail_entry WHERE seq = 14"
    ),
    (
        "INSERT INTO trail_entry SELECT 15, tag, at, actor, action, ref, body, hash, hash "
        "FROM trail_entry WHERE seq = 14"
    ),
    "TRUNCATE trail_entry CASCADE",
    "TRUNCATE trail_head",
    "INSERT OR REPLACE INTO trail_entry SELECT * FROM trail_entry WHERE seq = 3",
    "INSERT OR REPLACE INTO trail_head (id, seq, hash) VALUES (1, 99, 'x')",
    "INSERT OR REPLACE INTO trail_checkpoint SELECT * FROM trail_checkpoint WHERE id = 1",
    "INSERT OR REPLACE INTO trail_personal SELECT * FROM trail_personal",
]


def test_the_schema_refuses(signed: Works, engine: Engine) -> None:
    """Direct SQL cannot change, remove, replace or misplace what is kept (TRL-13)."""
    foreign = "TRUNCATE" if engine.dialect.name == "sqlite" else "OR REPLACE"
    for statement in (one for one in REFUSED if foreign not in one):
        with engine.connect() as connection, pytest.raises(IntegrityError):
            connection.execute(text(statement))
    assert trail.check(signed, CLERK).ok


def test_forgotten_ref_is_not_needed(signed: Works) -> None:
    """The walk depends on no particular kind of thing."""
    with signed.writing(CLERK) as work:
        work.record("trail:erase", Ref("document", "x\ny"), after={"erased": []})
    assert trail.check(signed, CLERK).ok
