"""Every query that takes rights, by everybody: what one may not see is not there, not even as a count."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import pytest

from qms import documents, evidence, tasks
from qms.kernel.errors import Forbidden, Missing
from tests.security.house import PLAIN, VARIANTS, Persona
from tests.security.lines import sees_issued, sees_request, sees_unissued
from tests.security.test_matrix import _ONCE, _TRIED, FACES

if TYPE_CHECKING:
    from collections.abc import Callable

    from qms.kernel.refs import Ref
    from qms.kernel.work import Work
    from tests.security.house import House, Variant

    One = Callable[[Work, Ref], object]
    Many = Callable[[Work], object]


def _number(ref: Ref) -> str:
    return ref.key.split("@")[0]


def _asked(query: Any) -> One:
    return lambda work, ref: query(work.session, work.rights, ref, work.today)


ABOUT: dict[str, One] = {
    "documents.revision": _asked(documents.revision),
    "documents.clauses": _asked(documents.clauses),
    "documents.comments": _asked(documents.comments),
    "documents.open_comments": _asked(documents.open_comments),
    "documents.references": _asked(documents.references),
    "documents.signatures": _asked(documents.signatures),
    "documents.waiting": _asked(documents.waiting),
    "documents.periodic_reviews": _asked(documents.periodic_reviews),
    "documents.withdrawal": _asked(documents.withdrawal),
    "documents.acknowledgements": _asked(documents.acknowledgements),
    "documents.outstanding": _asked(documents.outstanding),
    "documents.has_acknowledged": _asked(documents.has_acknowledged),
    "documents.source_of": documents.source_of,
    "documents.pictures": documents.pictures,
    "documents.difference": documents.difference,
    "documents.consequences": documents.consequences,
    "documents.preview": documents.preview,
    "documents.document": lambda work, ref: documents.document(
        work.session, work.rights, _number(ref), work.today
    ),
    "documents.timeline": lambda work, ref: documents.timeline(
        work.session, work.rights, _number(ref), work.today
    ),
}
ISSUED: dict[str, One] = {
    "documents.in_force": lambda work, ref: documents.in_force(
        work.session, work.rights, _number(ref), "zh-Hans", work.today
    ),
}
LISTS: dict[str, Many] = {
    "documents.library": lambda work: documents.library(work.session, work.rights, work.today),
    "documents.library_page": lambda work: documents.library_page(work.session, work.rights, work.today),
    "documents.master_rows": lambda work: documents.master_rows(work.session, work.rights, work.today),
    "documents.unissued": lambda work: documents.unissued(work.session, work.rights, work.today),
    "documents.my_drafts": lambda work: documents.my_drafts(work.session, work.rights, work.today),
    "documents.links": lambda work: documents.links(work.session, work.rights, work.today),
    "documents.parents": lambda work: documents.parents(work.session, work.rights, work.today),
    "documents.leaning_on": lambda work: documents.leaning_on(work.session, work.rights, "CP-80", work.today),
    "documents.clause_matrix": lambda work: documents.clause_matrix(
        work.session, work.rights, "iso9001-2015", work.today
    ),
    "tasks.overseen": lambda work: tasks.overseen(work.session, work.rights, work.today),
    "tasks.inbox": lambda work: tasks.inbox(work.session, work.rights.person_id or 0, work.today),
}
REQUESTS = {"evidence.requests", "evidence.request_of", "evidence.bundle"}
# Tried with what the trail and the page of jobs tell: test_side_channels.py.
TOLD = {"documents.hidden", "evidence.hidden"}


def test_no_query_with_rights_is_unlisted() -> None:
    """SEC-06: a new query that takes rights is tried here."""
    found = {
        f"{part}.{name}"
        for part, face in FACES.items()
        for name in face.__all__
        if inspect.isfunction(getattr(face, name))
        and "rights" in inspect.signature(getattr(face, name)).parameters
        and "works" not in inspect.signature(getattr(face, name)).parameters
    }
    assert found - set(ABOUT) - set(ISSUED) - set(LISTS) - REQUESTS - TOLD == set()


@pytest.mark.parametrize("state", ["review", "issued"])
def test_a_query_about_what_one_may_not_see_finds_nothing(house: House, state: str) -> None:
    """SEC-06, SEC-07: each query, each person, each kind of document: the answer, or that it is missing."""
    sees = sees_issued if state == "issued" else sees_unissued
    asked = {**ABOUT, **(ISSUED if state == "issued" else {})}
    wrong = []
    for variant in VARIANTS:
        ref = house.refs[state, variant.name]
        for persona in _TRIED[variant.name]:
            right = sees(persona, variant)
            with house.works.reading(house.actor(persona.login), house.rights[persona.login]) as work:
                wrong += [
                    (name, persona.login, variant.name, right)
                    for name, query in asked.items()
                    if _answers(query, work, ref) is not right
                ]
    assert wrong == []


def _answers(query: One, work: Work, ref: Ref) -> bool:
    try:
        query(work, ref)
    except Missing:
        return False
    return True


def test_the_original_is_for_those_who_control(house: House) -> None:
    """DOC-04: the unstamped file goes to document controllers of the owner alone."""
    for persona in _ONCE:
        with house.works.reading(house.actor(persona.login), house.rights[persona.login]) as work:
            try:
                documents.original(work, house.refs["issued", PLAIN.name])
                got = "works"
            except Forbidden:
                got = "forbidden"
            except Missing:
                got = "missing"
        sees, may = sees_issued(persona, PLAIN), persona.may("documents:control")
        assert got == ("works" if sees and may else "forbidden" if sees else "missing"), persona


def _hidden(persona: Persona) -> list[Variant]:
    """The variants of which the person may see nothing at all."""
    return [each for each in VARIANTS if not sees_issued(persona, each) and not sees_unissued(persona, each)]


@pytest.mark.parametrize("name", LISTS)
def test_lists_hold_nothing_hidden(house: House, name: str) -> None:
    """SEC-07: not a number, not a title, not a word of what one may not see stands in any list."""
    empty = True
    for persona in {each for tried in _TRIED.values() for each in tried}:
        with house.works.reading(house.actor(persona.login), house.rights[persona.login]) as work:
            told = repr(LISTS[name](work))
        empty = empty and len(told) < 30
        for variant in _hidden(persona):
            numbers = [house.refs[key].key.split("@")[0] for key in house.refs if key[1] == variant.name]
            for betrayal in (f"Canary{variant.name}", *numbers):
                assert betrayal not in told, (persona.login, betrayal)
    assert not empty or name == "documents.my_drafts"


def test_requests_are_known_to_those_concerned(house: House) -> None:
    """SEC-06: requests for evidence exist for who asked, who decides, who builds, and their receiver."""
    for persona in _ONCE:
        with house.works.reading(house.actor(persona.login), house.rights[persona.login]) as work:
            known = {each.number for each in evidence.requests(work.session, work.rights)}
            for state, number in house.requests.items():
                own = persona.login == "auditor" and state == "built"
                assert (number in known) is (sees_request(persona) or own), (persona, state)
                try:
                    evidence.request_of(work.session, work.rights, number)
                    there = True
                except Missing:
                    there = False
                assert there is (number in known)
