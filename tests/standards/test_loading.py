"""Loading editions into the database and asking them (law 15, E26-01)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qms import standards, trail
from qms.kernel.errors import Missing
from tests.standards.test_source import GOOD

if TYPE_CHECKING:
    from qms.kernel.ports import Actor, Rights
    from qms.kernel.work import Work, Works


def test_an_edition_is_loaded_and_asked(work: Work) -> None:
    """Clauses in their order, found by number."""
    loaded = standards.load_edition(work, standards.shipped()["iso9001-2015"])
    assert loaded.code == "iso9001-2015"
    assert standards.has_clause(work.session, "iso9001-2015", "7.5.3")
    assert not standards.has_clause(work.session, "iso9001-2015", "7.5.9")
    found = standards.clauses(work.session, "iso9001-2015")
    assert (len(found), found[0].number, found[-1].number) == (94, "1", "10.3")
    assert not found[0].requirement
    assert found[-1].title["zh-Hans"]


def test_an_unconfirmed_edition_says_so(work: Work) -> None:
    """2026 is there, empty, and marked."""
    for text in standards.shipped().values():
        standards.load_edition(work, text)
    codes = [(one.code, one.is_confirmed) for one in standards.editions(work.session)]
    assert codes == [("iso9001-2015", True), ("iso9001-2026", False)]
    assert standards.clauses(work.session, "iso9001-2026") == []
    assert standards.edition(work.session, "iso9001-2026").status is standards.Status.NOT_CONFIRMED


def test_loading_again_replaces_and_is_journalled(works: Works, service: Actor, every_right: Rights) -> None:
    """The same text changes nothing; another replaces all clauses; the entry tells both counts."""
    shorter = GOOD.partition('  - {number: "4.1"')[0]
    for text in (GOOD, GOOD, shorter):
        with works.writing(service, every_right) as work:
            standards.load_edition(work, text)
    with works.reading(service) as work:
        rows = trail.since(work.session, 0)
        assert [clause.number for clause in standards.clauses(work.session, "house-1")] == ["4"]
        assert standards.links(work.session, "house-0", "house-1") == {}
    assert [(row.before.get("clauses"), row.after["clauses"]) for row in rows] == [(None, 2), (2, 1)]
    assert "loaded the edition house-1 with 2 clauses" in trail.describe(rows[0], "en", standards.SENTENCES)


def test_links_between_editions(work: Work) -> None:
    """What the new edition's file says about the old one."""
    standards.load_edition(work, GOOD)
    assert standards.links(work.session, "house-0", "house-1") == {"3": ["4", "4.1"]}
    assert standards.links(work.session, "other", "house-1") == {}


def test_an_unknown_edition_is_refused(work: Work) -> None:
    """Asking about what was never loaded is an error, not an empty answer."""
    with pytest.raises(standards.EditionMissing, match="iso9001-2015"):
        standards.has_clause(work.session, "iso9001-2015", "4.1")
    with pytest.raises(Missing):
        standards.edition(work.session, "x")


def test_loading_needs_its_permission(works: Works, service: Actor) -> None:
    """The wrong role is refused and nothing is loaded."""
    with works.writing(service) as work, pytest.raises(standards.MayNotImportStandards):
        standards.load_edition(work, GOOD)
    with works.reading(service) as work:
        assert standards.editions(work.session) == []


def test_a_faulty_edition_changes_nothing(work: Work) -> None:
    """All faults first, then the database."""
    standards.load_edition(work, GOOD)
    with pytest.raises(standards.EditionInvalid):
        standards.load_edition(work, GOOD.replace("confirmed", "checked"), "house.yaml")
    assert len(standards.clauses(work.session, "house-1")) == 2
