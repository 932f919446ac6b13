"""Audits from the terminal: the list, the coverage map and the next programme; who has no map."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.conftest import At


def test_the_map_and_the_next_programme(at: At) -> None:
    """What was never looked at, with the clauses it answers; by falling weight what to look at next."""
    terminal = at("issued")
    assert terminal.json("audit", "list", login="author").value == []
    rows = terminal.json("audit", "coverage", "--missing", login="manager").value
    assert {(each["document"], each["state"], each["last"]) for each in rows} == {("CP-07", "never", None)}
    assert "risk" in {each["department"] for each in rows}
    only = terminal.json("audit", "coverage", "--department", "risk", login="manager").value
    assert [each["department"] for each in only] == ["risk"]
    asked = ("audit", "coverage", "--propose", "--department", "risk")
    (next_one,) = terminal.json(*asked, login="manager").value
    assert (next_one["document"], next_one["months"], next_one["changes"]) == ("CP-07", 36, 1)
    assert next_one["weight"] == 36 * next_one["importance"] + 6


def test_who_reads_no_records_has_no_map(at: At) -> None:
    """Refused with the exit code of what is forbidden; a department that is not here is missing."""
    terminal = at("issued")
    assert terminal("audit", "coverage", login="author").code == 5
    assert terminal("audit", "coverage", "--department", "nowhere", login="manager").code == 4
