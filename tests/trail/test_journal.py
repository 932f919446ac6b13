"""Appending and reading back, on both databases (TRL-01, TRL-06, P11-10e)."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import func, select

from qms import trail
from qms.kernel.errors import Conflict, QmsError
from qms.kernel.ports import Actor, Change
from qms.kernel.refs import Ref
from qms.trail.canonical import NotCanonicalError
from qms.trail.proof import GENESIS, body_digest, link
from tests.trail.factories import CLERK, entries

if TYPE_CHECKING:
    from qms.kernel.clock import SimulatedClock
    from qms.kernel.work import Work, Works

CP12 = Ref("document", "CP-12")


def test_an_entry_tells_who_when_what_before_after_why(works: Works) -> None:
    """One act gives one entry with all of its parts (P11-10e)."""
    with works.writing(CLERK) as work:
        work.record("document:rename", CP12, before={"title": "旧"}, after={"title": "新"}, why="改名")
    with works.reading(CLERK) as work:
        (row,) = trail.since(work.session, 0)
        assert (1, row.hash) == trail.head(work.session)
    assert (row.seq, row.actor, row.action, row.ref) == (1, "person:7", "document:rename", CP12)
    assert (row.actor_name, row.why) == ("一位文控员", "改名")
    assert (row.before, row.after) == ({"title": "旧"}, {"title": "新"})
    assert row.body["at"] == "2026-11-02T01:00:00.000000Z"
    assert row.at.isoformat() == "2026-11-02T01:00:00+00:00"


def test_entries_chain_and_number_from_one(works: Works) -> None:
    """Each entry links to the one before; several of one act share its instant and come in order."""
    with works.writing(CLERK) as work:
        for part in ("a", "b", "c"):
            work.record(f"document:{part}", CP12)
    entries(works, 2)
    with works.reading(CLERK) as work:
        rows = work.session.scalars(select(trail.TrailEntry).order_by(trail.TrailEntry.seq)).all()
    assert [row.seq for row in rows] == [1, 2, 3, 4, 5]
    assert [row.action for row in rows[:3]] == ["document:a", "document:b", "document:c"]
    assert [GENESIS, *(row.hash for row in rows[:-1])] == [row.prev for row in rows]
    for row in rows:
        assert link(row.seq, row.prev, body_digest(row.body)) == row.hash


def refused_approval(works: Works, refusal: QmsError) -> None:
    """An approval that is refused after its entry was collected."""

    def act() -> None:
        with works.writing(CLERK) as work:
            work.record("document:approve", CP12)
            work.session.flush()
            raise refusal

    with pytest.raises(type(refusal)):
        act()


def test_an_act_that_fails_leaves_no_entry_and_no_gap(works: Works) -> None:
    """Rolled back with its act, an entry never was (TRL-01, TRL-06)."""
    entries(works, 1)
    refused_approval(works, Conflict())
    entries(works, 1)
    with works.reading(CLERK) as work:
        assert [row.seq for row in trail.since(work.session, 0)] == [1, 2]


def test_a_refusal_survives_the_rollback(works: Works) -> None:
    """What was refused is journalled in a Work of its own, without the facts (P11-300d, TRL-16)."""

    class WrongPassword(Conflict):
        message = "The password of {login} is wrong."

    refusal = WrongPassword(login="someone")
    refused_approval(works, refusal)
    attempt = "document:revision:approve"
    trail.record_refusal(
        works, CLERK, attempt=attempt, ref=CP12, refusal=refusal, personal={"login": "someone"}
    )
    with works.reading(CLERK) as work:
        (row,) = trail.since(work.session, 0)
    assert ("trail:refuse", "WrongPassword", attempt) == (
        row.action,
        row.after["refusal"],
        row.after["attempt"],
    )
    assert row.personal == {"actor": "一位文控员", "login": "someone"}
    assert "someone" not in json.dumps(row.body)


@pytest.mark.parametrize(
    "value", [1.0, float("nan"), 2**53, "\ud800", "a\x00", {1: 2}, {"\ud800": 1}, object()]
)
def test_what_has_no_one_written_form_is_refused(works: Works, value: object) -> None:
    """Floats and their like never enter a body, and the whole act fails with them (law 3)."""
    with pytest.raises(NotCanonicalError, match=r"^body\.after"), works.writing(CLERK) as work:
        work.record("document:change", CP12, after={"list": [{"value": value}]})
    with works.reading(CLERK) as work:
        assert trail.head(work.session) == (0, GENESIS)


def test_appending_nothing_writes_nothing(work: Work) -> None:
    """An act without changes needs no entry and locks no head."""
    trail.append(work, [])
    assert trail.head(work.session) == (0, GENESIS)


def test_history_of_a_thing_and_of_several(works: Works) -> None:
    """The newest first, and only what was asked for."""
    entries(works, 9)
    with works.reading(CLERK) as work:
        one = trail.history(work.session, Ref("document", "CP-01"))
        two = trail.history(work.session, [Ref("document", "CP-01"), Ref("document", "CP-02")], limit=3)
        none = trail.history(work.session, Ref("document", "CP-99"))
    assert [row.seq for row in one] == [7, 4, 1]
    assert [row.seq for row in two] == [8, 7, 5]
    assert none == []


def test_since_is_what_a_follower_asks(works: Works) -> None:
    """In order, after a number, a few at a time (law 4)."""
    entries(works, 5)
    with works.reading(CLERK) as work:
        assert [row.seq for row in trail.since(work.session, 2, limit=2)] == [3, 4]
        assert trail.since(work.session, 5) == []


def test_browsing_filters(works: Works, clock: SimulatedClock) -> None:
    """By actor, tag or beginning of a tag, kind of thing, time, and page by page (TRL-15)."""
    entries(works, 2)
    clock.advance(timedelta(hours=1))
    noon = clock.at
    with works.writing(Actor("person:9", "另一位", 9)) as work:
        work.record("task:settle", Ref("task", "1"))
        work.record("task_x:settle", Ref("tasks", "1"))

    def seqs(**asked: object) -> list[int]:
        with works.reading(CLERK) as work:
            return [row.seq for row in trail.browse(work.session, **asked)]  # type: ignore[arg-type]

    assert seqs() == [4, 3, 2, 1]
    assert seqs(actor="person:7") == [2, 1]
    assert seqs(action="task:settle") == [3]
    assert seqs(action="document:revision:") == [2, 1]
    assert seqs(action="document") == []
    assert seqs(kind="task") == [3]
    assert seqs(after=noon) == [4, 3]
    assert seqs(before=noon) == [2, 1]
    assert seqs(below=3, limit=1) == [2]


def test_personal_values_come_with_the_rows(works: Works) -> None:
    """A reader gets the values that are still there, the body only their commitments (TRL-12)."""
    entries(works, 2, personal=True)
    with works.reading(CLERK) as work:
        rows = trail.since(work.session, 0)
        bodies = work.session.scalars(select(trail.TrailEntry.body)).all()
        assert work.session.scalar(select(func.count()).select_from(trail.TrailPersonal)) == 4
    assert [row.personal["mail"] for row in rows] == ["clerk1@example.org", "clerk2@example.org"]
    assert [row.actor_name for row in rows] == ["一位文控员"] * 2
    assert not any("example.org" in body or "文控员" in body for body in bodies)
    assert rows[0].body["personal"]["mail"] != rows[1].body["personal"]["mail"]


def test_a_change_may_be_appended_by_hand(works: Works) -> None:
    """`append` takes the changes of a Work as plain values."""
    with works.writing(CLERK) as work:
        trail.append(work, [Change("document:touch", CP12, after={"list": (1, None, True)})])
    with works.reading(CLERK) as work:
        assert trail.since(work.session, 0)[0].after["list"] == [1, None, True]
