"""Time-stamps of checkpoints by a third party: asked for, believed for reasons, renewed in time (TRL-11)."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from qms import trail
from qms.trail.stamps import BEFORE_END, Wanted, certificates, is_stamped
from tests.trail.authority import authority
from tests.trail.factories import CLERK, Tampering, entries, with_key
from tests.trail.test_verify import verified

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Engine

    from qms.kernel.clock import SimulatedClock
    from qms.kernel.work import Works
    from tests.trail.authority import Authority


@pytest.fixture
def tsa(tmp_path: Path) -> Iterator[Authority]:
    """An authority on this machine."""
    with authority(tmp_path / "authority") as made:
        yield made


@pytest.fixture
def stamped(works: Works, tsa: Authority) -> Works:
    """Works over a workspace with its key that knows the authority, with three entries."""
    works.settings = replace(works.settings, timestamp_url=tsa.url, timestamp_certificates=tsa.root)
    with_key(works.settings)
    entries(works, 3)
    return works


def wanted(works: Works) -> Wanted | None:
    with works.reading(CLERK) as work:
        return trail.stamp_wanted(work.session, work.now)


def test_a_checkpoint_is_stamped_and_openssl_agrees(stamped: Works, tsa: Authority) -> None:
    """A row, a read-only file beside the checkpoint, an entry; any byte of the note changed is a mismatch."""
    made = trail.checkpoint(stamped, CLERK, "issue")
    assert wanted(stamped) == Wanted(made.id)
    found = trail.stamp(stamped, CLERK, made.id)
    assert wanted(stamped) is None
    assert (found.size, found.authority) == (3, "CN=test authority")
    (file,) = stamped.settings.at(stamped.settings.checkpoints).glob("*.tsr")
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (found.answer, 0o444)
    assert file.name.startswith("000000000003-")
    assert tsa.verifies(made.note.encode(), found.answer)
    assert not tsa.verifies(made.note.replace("3", "4", 1).encode(), found.answer)
    trusted = certificates(stamped.settings)
    assert is_stamped(found, made.note, trusted)
    assert not is_stamped(found, made.note.replace("3", "4", 1), trusted)
    assert not is_stamped(replace(found, answer=found.answer[:-1] + b"x"), made.note, trusted)
    with stamped.reading(CLERK) as work:
        row = trail.browse(work.session, action="trail:stamp")[0]
        assert trail.stamps(work.session) == [found]
        assert trail.stamp_of(work.session, made.note) == found
        assert trail.stamp_of(work.session, "another") is None
    assert (row.after["size"], row.after["serial"], str(row.ref)) == (
        3,
        found.serial,
        f"checkpoint:{made.id}",
    )
    assert trail.check(stamped, CLERK).ok


def test_what_is_no_stamp_of_it_is_refused(stamped: Works, tsa: Authority, tmp_path: Path) -> None:
    """An old answer, a spoilt one, one of somebody who is not trusted; nothing is kept or recorded."""
    made = trail.checkpoint(stamped, CLERK, "issue")
    first = trail.stamp(stamped, CLERK, made.id)
    with authority(tmp_path / "other") as other:
        forger = other.reply
        for spoil, words in (
            (lambda _: first.answer, "Nonce"),
            (lambda answer: answer[:-4] + b"\x00\x00\x00\x00", "certificates"),
            (lambda _: b"nothing", "no time-stamp"),
            (lambda _: forger((tsa.folder / "question.tsq").read_bytes()), "certificates"),
        ):
            tsa.spoil = spoil
            with pytest.raises(trail.StampRefused, match=words):
                trail.stamp(stamped, CLERK, made.id)
    with stamped.reading(CLERK) as work:
        assert trail.stamps(work.session) == [first]
    assert len(list(stamped.settings.at(stamped.settings.checkpoints).glob("*.tsr"))) == 1


def test_without_an_authority_or_its_certificates(stamped: Works, tsa: Authority, tmp_path: Path) -> None:
    """Nothing is asked where nobody is configured, trusted or meant."""
    made = trail.checkpoint(stamped, CLERK, "issue")
    with pytest.raises(trail.NoSuchCheckpoint):
        trail.stamp(stamped, CLERK, 99)
    leaf = tmp_path / "leaf.pem"
    leaf.write_bytes((tsa.folder / "tsa.pem").read_bytes())
    for path in (tmp_path / "none.pem", tsa.folder / "serial", leaf):
        stamped.settings = replace(stamped.settings, timestamp_certificates=path)
        with pytest.raises(trail.CertificatesUnreadable):
            trail.stamp(stamped, CLERK, made.id)
    stamped.settings = replace(stamped.settings, timestamp_url="")
    with pytest.raises(trail.NoAuthority):
        trail.stamp(stamped, CLERK, made.id)
    assert tsa.asked == 0


def test_stamped_again_before_the_certificate_ends(stamped: Works, clock: SimulatedClock) -> None:
    """A new checkpoint, which covers the old stamp, is stamped in time; once a week at the most."""
    assert wanted(stamped) is None
    made = trail.checkpoint(stamped, CLERK, "issue")
    found = trail.stamp(stamped, CLERK, made.id)
    clock.at = found.until - BEFORE_END - timedelta(seconds=1)
    assert wanted(stamped) is None
    clock.advance(timedelta(seconds=1))
    assert wanted(stamped) == Wanted(None)
    again = trail.checkpoint(stamped, CLERK, "stamp")
    assert again.size > made.size + 1  # the entry that tells of the first stamp is under the new one
    assert wanted(stamped) == Wanted(again.id)
    trail.stamp(stamped, CLERK, again.id)
    assert wanted(stamped) is None
    clock.advance(timedelta(days=7))
    assert wanted(stamped) == Wanted(None)


def test_an_altered_stamp_is_found(stamped: Works, engine: Engine) -> None:
    """The entry about a stamp holds its digest; rows keep to it, and the schema refuses a change (TRL-13)."""
    made = trail.checkpoint(stamped, CLERK, "issue")
    trail.stamp(stamped, CLERK, made.id)
    other = base64.b64encode(b"other").decode()
    for statement in (
        f"UPDATE trail_stamp SET answer = '{other}'",  # noqa: S608 - ours
        "UPDATE trail_stamp SET answer = 'x'",
        "UPDATE trail_stamp SET authority = 'x'",
        "UPDATE trail_stamp SET id = 9",
        "DELETE FROM trail_stamp",
    ):
        with engine.connect() as connection, pytest.raises(IntegrityError):
            connection.execute(text(statement))
        with Tampering(engine) as connection:
            connection.execute(text(statement))
            fault = verified(stamped, connection).fault
            assert fault is not None, statement
            assert "time-stamp" in fault.sentence(), statement
