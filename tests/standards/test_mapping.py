"""Clauses mapped from one edition to another, proved on editions that nobody published (E26-01, DOC-15)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from qms import documents, standards, trail
from qms.kernel.errors import Forbidden, Missing
from qms.kernel.ports import Scope, Secrecy
from tests.documents import factories
from tests.registers.conftest import Peopled, app, browser, runtime
from tests.standards.test_source import TITLE
from tests.web.house import words_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from qms.kernel.work import Works
    from tests.documents.factories import Organisation
    from tests.web.house import Browser

__all__ = ["app", "browser", "runtime"]
TODAY = date(2026, 11, 2)


def edition(code: str, *numbers: str, more: str = "") -> str:
    """A made-up edition with these clauses."""
    rows = "".join(f'\n  - {{number: "{each}", title: {TITLE}}}' for each in numbers)
    return f"edition: {code}\nstatus: confirmed\ntitle: {TITLE}\nclauses:{rows}\n{more}"


OLD = edition("old-1", "4", "4.1", "4.2", "5")
NEW = edition("new-2", "4", "4.1", "6", "6.1", more='mapping: {old-1: {"5": ["6"]}}\n')


@pytest.fixture
def made(works: Works) -> Peopled:
    """Both editions, and documents that name clauses of the old one."""
    found = factories.organisation(works)
    with found.service() as work:
        for text in (OLD, NEW):
            standards.load_edition(work, text)
    for number, clauses in (("CP-07", "['4.1', '5']"), ("CP-08", "['4.2']"), ("CP-09", "[]")):
        more = f"clauses: {{old-1: {clauses}}}\nforms: [FM-12-01]"
        factories.issued(found, factories.source(number, more=more), file=f"{number}.md")
    return Peopled(found)


def draw(people: Organisation, number: str, *targets: str, login: str = "manager") -> None:
    """Map a clause."""
    with people.acting(login) as work:
        standards.map_clause(work, "old-1", "new-2", number, targets)


def rows(people: Organisation, of: str) -> dict[str, tuple[str, ...]]:
    """Which documents answer which clause of an edition."""
    with people.looking("manager") as work:
        found = documents.clause_matrix(work.session, work.rights, of, work.today)
    return {row.clause.number: row.documents for row in found.rows if row.documents}


def test_another_edition_changes_numbers_alone(made: Peopled) -> None:
    """Every mapped link survives with its documents and records, what is not mapped is listed."""
    people = made.people
    assert rows(people, "old-1") == {"4.1": ("CP-07",), "4.2": ("CP-08",), "5": ("CP-07",)}
    assert rows(people, "new-2") == {"6": ("CP-07",)}
    with people.looking("manager") as work:
        left = documents.unmapped(work.session, work.rights, "new-2", work.today)
    assert left == [("CP-07", "old-1", "4.1"), ("CP-08", "old-1", "4.2")]
    draw(people, "4.1", "4.1", "6.1")
    draw(people, "4.2", "4.1")
    assert rows(people, "new-2") == {"4.1": ("CP-07", "CP-08"), "6": ("CP-07",), "6.1": ("CP-07",)}
    assert rows(people, "old-1") == {"4.1": ("CP-07",), "4.2": ("CP-08",), "5": ("CP-07",)}
    with people.looking("manager") as work:
        assert documents.unmapped(work.session, work.rights, "new-2", work.today) == []
        assert documents.unmapped(work.session, work.rights, "not-loaded", work.today) == []
        (row,) = [
            each
            for each in documents.assignments(work.session, work.rights, "new-2", work.today)
            if each.document == "CP-08"
        ]
        assert row.records == ("FM-12-01",)


def test_what_a_document_names_itself_goes_before_what_is_carried(made: Peopled) -> None:
    """Who wrote the new numbers meant them."""
    draw(made.people, "5", "4.1")
    more = "clauses: {old-1: ['5'], new-2: ['6.1']}"
    factories.issued(made.people, factories.source("CP-10", more=more), file="CP-10.md")
    assert rows(made.people, "new-2") == {"4.1": ("CP-07",), "6.1": ("CP-10",)}


def test_what_one_may_not_see_is_not_told_as_unmapped(made: Peopled) -> None:
    """SEC-07: a document above one's grade is in neither list, nor its clause."""
    with made.people.service() as work:
        for login in ("author", "manager", "deputy", "controller"):
            factories.clear(work, made.people.ids[login], Secrecy.CONFIDENTIAL)
    more = "secrecy: confidential\nclauses: {old-1: ['4']}"
    factories.issued(made.people, factories.source("CP-11", more=more), file="CP-11.md")
    for login, seen in (("manager", True), ("reader", False)):
        with made.people.looking(login) as work:
            left = documents.unmapped(work.session, work.rights, "new-2", work.today)
            every = documents.assignments(work.session, work.rights, "new-2", work.today)
        assert (("CP-11", "old-1", "4") in left) is seen
        assert ("CP-11" in {each.document for each in every}) is seen


def test_bundles_take_what_the_clauses_became(made: Peopled) -> None:
    """BND: asked by a clause of the new edition, a bundle holds the documents of the old numbers (E26-01)."""
    draw(made.people, "4.2", "6.1")
    with made.people.looking("manager") as work:
        for clause, numbers in (("6.1", {"CP-07", "CP-08"}), ("6", {"CP-07", "CP-08"}), ("4.1", set())):
            scope = Scope(clauses=(clause,), edition="new-2", as_of=TODAY)
            found = documents.scoped(work, scope, work.rights)
            assert {each.document.number for each in found} == numbers, clause
        assert documents.scoped(work, Scope(clauses=("4",), edition="none", as_of=TODAY), work.rights) == []


def test_links_that_were_drawn_outlive_an_import(made: Peopled) -> None:
    """But for those to a number that has gone; what the file says of other clauses comes anew."""
    people = made.people
    draw(people, "4.1", "6.1")
    draw(people, "5", "4.1")
    text = edition("new-2", "4", "4.1", "6", more='mapping: {old-1: {"5": ["6"], "4.2": ["4"]}}\n')
    with people.service() as work:
        standards.load_edition(work, text)
        assert standards.links(work.session, "old-1", "new-2") == {"5": ["4.1"], "4.2": ["4"]}
        every = standards.mapping(work.session, "old-1", "new-2")
        told = {each.clause.number: (each.targets, each.drawn) for each in every}
    assert told == {"4": ((), False), "4.1": ((), False), "4.2": (("4",), False), "5": (("4.1",), True)}


def test_mapping_is_for_who_may_import_and_of_clauses_that_are_there(made: Peopled) -> None:
    """The wrong role, a clause of neither edition, an edition with itself: nothing is drawn."""
    people = made.people
    with pytest.raises(Forbidden):
        draw(people, "4.1", "6.1", login="reader")
    for number, target in (("9", "6.1"), ("4.1", "9")):
        with pytest.raises(standards.ClauseMissing, match="9"):
            draw(people, number, target)
    with people.acting("manager") as work, pytest.raises(standards.SameEdition):
        standards.map_clause(work, "old-1", "old-1", "4.1", ["5"])
    with people.acting("manager") as work, pytest.raises(Missing):
        standards.map_clause(work, "old-1", "other", "4.1", ["5"])
    with people.looking("manager") as work:
        assert standards.links(work.session, "old-1", "new-2") == {"5": ["6"]}


def test_each_decision_is_in_the_trail_once(made: Peopled) -> None:
    """Who mapped what to what; saying the same again says nothing."""
    for _ in range(2):
        draw(made.people, "4.1", "6.1", "6.1")
    draw(made.people, "4.1")
    with made.people.looking("manager") as work:
        told = trail.browse(work.session, action="standards:map", limit=9)
    assert [row.after["targets"] for row in reversed(told)] == [["6.1"], []]
    assert "mapped clause 4.1 of old-1" in trail.describe(told[0], "en", standards.SENTENCES)


def test_editions_stand_beside_each_other(made: Peopled, browser: Callable[..., Browser]) -> None:
    """What has no counterpart is listed; a number that is not there is told beside its field."""
    manager = browser("manager")
    path = "/standards/mapping?old=old-1&new=new-2"
    page = manager.dom(path)
    assert "Without a counterpart: 3" in words_of(page)
    assert "CP-08" in words_of(page)
    assert page.xpath("//input[@name='to-5']/@value") == ["6"]
    answer = manager.submit(path, {"to-4.1": "6.1", "to-4.2": "9"}, action="/standards/mapping")
    assert answer.status_code == 422
    assert "There is no clause 9 in this edition." in answer.text
    assert manager.dom(path).xpath("//input[@name='to-4.1']/@value") == [""]
    assert (
        manager.submit(path, {"to-4.1": "6.1, 4.1", "to-4.2": "4"}, action="/standards/mapping").status_code
        == 303
    )
    assert "drawn here" in words_of(manager.dom(path))
    assert rows(made.people, "new-2")["4"] == ("CP-08",)
    assert "Choose two different editions" in words_of(manager.dom("/standards/mapping?old=old-1&new=old-1"))
    assert browser("reader").get(path).status_code == 404


def test_an_edition_nobody_read_has_nothing_to_map(made: Peopled, browser: Callable[..., Browser]) -> None:
    """Law 15, DOC-17: it ships empty; no number of it is written by us."""
    with made.people.service() as work:
        standards.load_edition(work, standards.shipped()["iso9001-2026"])
    told = words_of(browser("manager").dom("/standards/mapping?old=old-1&new=iso9001-2026"))
    assert "has no clauses yet" in told
