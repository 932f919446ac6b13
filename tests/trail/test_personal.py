"""Erasing a personal value leaves the chain valid and says so (TRL-12); entries in plain sentences."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import select

from qms import trail
from qms.kernel.errors import Forbidden, Missing
from qms.kernel.ports import Actor, Rights
from qms.kernel.refs import Ref
from qms.trail.canonical import NotCanonicalError, _plain, canonical, commitment, new_salt
from tests.trail.factories import CLERK, entries, with_key

if TYPE_CHECKING:
    from qms.kernel.settings import Settings
    from qms.kernel.work import Works

ERASER = Rights(permissions={"trail:erase": None})
CP01 = Ref("document", "CP-01")


def test_an_erased_value_is_gone_and_the_chain_holds(works: Works, settings: Settings) -> None:
    """Value and salt are gone from the database, the commitment stays, an entry tells it."""
    with_key(settings)
    entries(works, 6, personal=True)
    trail.checkpoint(works, CLERK, "backup")
    with works.writing(CLERK, ERASER) as work:
        assert trail.erase(work, CP01, why="asked for by the person") == 2
    with works.writing(CLERK, ERASER) as work:
        assert trail.erase(work, Ref("person", "9"), why="left", seqs=[2, 3]) == 2
    report = trail.check(works, CLERK)
    assert report.fault is None
    with works.reading(CLERK) as work:
        rows = trail.since(work.session, 0)
        left = work.session.scalars(select(trail.TrailPersonal.value)).all()
        salts = work.session.scalars(select(trail.TrailPersonal.salt)).all()
    assert [row.personal.get("mail") for row in rows[:6]] == [None, None, None, None, *left_over()]
    assert sorted(value for value in left if value and "@" in value) == left_over()
    assert sum(salt is None for salt in salts) == 4
    assert (rows[-2].action, rows[-2].after["erased"]) == ("trail:erase", ["1/mail", "4/mail"])
    assert rows[-2].why == "asked for by the person"
    assert "mail" in rows[0].body["personal"]


def test_a_person_can_be_forgotten_as_who_acted(works: Works, settings: Settings) -> None:
    """The name goes from every entry the person made, the lasting id stays, the chain holds (CN-10)."""
    with_key(settings)
    entries(works, 2)
    with works.reading(CLERK) as work:
        assert {row.actor_name for row in trail.since(work.session, 0)} == {CLERK.name}
    other = Actor("person:8", "另一位文控员", 8)
    with works.writing(other, ERASER) as work:
        assert trail.erase(work, Ref("person", "7"), why="asked for by the person") == 2
    with works.reading(CLERK) as work:
        rows = trail.since(work.session, 0)
    assert [row.actor_name for row in rows] == ["person:7", "person:7", "另一位文控员"]
    assert trail.check(works, CLERK).ok


def left_over() -> list[str]:
    return ["clerk5@example.org", "clerk6@example.org"]


def test_erasing_needs_its_permission_and_something_to_erase(works: Works) -> None:
    """The wrong role is refused, and so is the second time."""
    entries(works, 1, personal=True)
    with works.writing(CLERK) as work, pytest.raises(Forbidden):
        trail.erase(work, CP01, why="x")
    with works.writing(CLERK, ERASER) as work:
        trail.erase(work, CP01, why="x")
    with works.writing(CLERK, ERASER) as work, pytest.raises(Missing):
        trail.erase(work, CP01, why="x")


def test_a_commitment_depends_on_every_part() -> None:
    """Salt, name and value each, and the place of the boundary between them."""
    salt = new_salt()
    assert len({new_salt() for _ in range(9)} | {salt}) == 10
    one = commitment(salt, "mail", "a@b")
    assert one == commitment(salt, "mail", "a@b")
    others = (
        commitment(new_salt(), "mail", "a@b"),
        commitment(salt, "post", "a@b"),
        commitment(salt, "mail", "a@c"),
        commitment(salt, "maila", "@b"),
    )
    assert one not in others


def test_canonical_is_rfc_8785() -> None:
    """Keys by UTF-16 code units, no blanks, characters as they are."""
    body = {"\U0001f600": 1, "\ufb33": 2, "é": [True, None, -5], "a": {"z": "\u20ac\n", "b": ("x",)}}
    wanted = '{"a":{"b":["x"],"z":"€\\n"},"é":[true,null,-5],"\U0001f600":1,"\ufb33":2}'
    assert canonical(body) == wanted


class Colour(StrEnum):
    RED = "rot\u2028"


ANY = some.recursive(
    some.none()
    | some.booleans()
    | some.integers(-(2**53) + 1, 2**53 - 1)
    | some.text()
    | some.just(Colour.RED),
    lambda inner: some.lists(inner) | some.lists(inner).map(tuple) | some.dictionaries(some.text(), inner),
    max_leaves=12,
)


@given(some.dictionaries(some.text(), ANY))
def test_the_quick_way_writes_what_the_careful_one_does(body: dict[str, object]) -> None:
    """The encoder of the language is used only where it gives RFC 8785 to the letter (TRL-14)."""
    try:
        wanted = rfc8785.dumps(_plain(body, "body")).decode()
    except NotCanonicalError:
        with pytest.raises(NotCanonicalError):
            canonical(body)
    else:
        assert canonical(body) == wanted


@pytest.mark.parametrize(
    "value", ["\x00", "\ud800", {"\ud800": 1}, {"\x00": 1}, [1.5], 2**53, -(2**53), {1: 2}, b""]
)
def test_what_has_no_one_written_form_is_refused(value: object) -> None:
    """The quick way lets nothing through that the careful one names."""
    with pytest.raises(NotCanonicalError, match=r"body\.x"):
        canonical({"x": value})


def row(action: str, **parts: object) -> trail.TrailRow:
    """An entry as a value, without a database."""
    body = {"actor": {"id": "person:7", "name": "王"}, **parts}
    return trail.TrailRow(1, None, "person:7", action, CP01, body, "", {"login": "w", "gone": None})  # type: ignore[arg-type]


def test_entries_read_as_sentences() -> None:
    """By table, by the other slices' table, and by a plain fallback that never fails (TRL-15)."""
    assert trail.describe(row("x:y"), "en") == "王: x:y on CP-01."
    signed = row("trail:checkpoint", after={"size": 5, "reason": "issue"})
    assert trail.describe(signed, "en") == "王 signed a checkpoint over 5 entries (issue)."
    assert trail.describe(signed, "zh-Hans").startswith("王 签署了覆盖 5 条记录")
    assert trail.describe(row("trail:checkpoint"), "en").endswith("over – entries (–).")
    parts = "{actor} {old_state}>{state} {list} {empty} {why}"
    other = {"a:b": parts + " {personal_login} {personal_gone} {ref} {action}"}
    told = row("a:b", before={"state": "x"}, after={"state": "y", "list": [1, "z"], "empty": None}, why="so")
    assert trail.describe(told, "en", other) == "王 x>y 1, z – so w – CP-01 a:b"
