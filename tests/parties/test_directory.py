"""What forms ask of parties: whether one exists for who answers, and which fit what was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qms import parties
from tests.documents import factories as papers

if TYPE_CHECKING:
    from qms.kernel.work import Works


def test_a_party_is_known_by_number_and_kind(works: Works) -> None:
    """Of the right kind, seen by who answers; nothing else exists (SEC-06)."""
    made = papers.organisation(works)
    directory = parties.PartyDirectory()
    with made.service() as work:
        facts = parties.Facts(name="东方商贸", department="centre")
        number = parties.add(work, parties.Kind.CLIENT, facts).number
        assert directory.knows(work, number, ())
        assert directory.knows(work, number, ("client", "member"))
        assert not directory.knows(work, number, ("partner",))
        assert not directory.knows(work, "C-999999", ())
        assert [(number, "东方商贸")] == directory.matching(work, "东方", 5)
        assert directory.matching(work, "东方", 0) == []


def test_an_ended_party_is_not_answered_with(works: Works) -> None:
    """Wrong state: nobody deals with it any more."""
    made = papers.organisation(works)
    with made.service() as work:
        number = parties.add(work, parties.Kind.CLIENT, parties.Facts(name="甲", department="centre")).number
        parties.end(work, number, why="不再往来")
        assert not parties.PartyDirectory().knows(work, number, ())
