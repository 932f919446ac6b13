"""Every query that takes rights, by everybody: what one may not see is not there, not even as a count."""

from __future__ import annotations

import inspect
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from qms import (
    actions,
    changes,
    clocks,
    competence,
    documents,
    evidence,
    feedback,
    objectives,
    parties,
    records,
    registers,
    retention,
    risks,
    schedules,
    tasks,
)
from qms.kernel.errors import Forbidden, Missing
from qms.kernel.ports import Scope
from qms.kernel.refs import Ref
from tests.security.filed import AUTHOR, register_of
from tests.security.gates import sees_certificate, sees_party, sees_warning
from tests.security.guarded import CODE
from tests.security.house import PLAIN, VARIANTS, Persona, number_of
from tests.security.lines import sees_action, sees_issued, sees_record, sees_request, sees_unissued
from tests.security.test_matrix import _ONCE, _TRIED, FACES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from qms.kernel.work import Work
    from tests.security.house import House, Variant

    One = Callable[[Work, Ref], object]
    Many = Callable[[Work], object]
    Own = Callable[[Work, House, Variant], object]
    Sees = Callable[[Persona, Variant], bool]


def _number(ref: Ref) -> str:
    return ref.key.split("@")[0]


def _asked(query: Any) -> One:
    return lambda work, ref: query(work.session, work.rights, ref, work.today)


def _rows(found: Iterable[object]) -> list[dict[str, Any]]:
    """Rows with all they hold."""
    return [vars(each) for each in found]


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
    "documents.acknowledged_on": _asked(documents.acknowledged_on),
    "documents.acknowledgements": _asked(documents.acknowledgements),
    "documents.outstanding": _asked(documents.outstanding),
    "documents.has_acknowledged": _asked(documents.has_acknowledged),
    "documents.source_of": documents.source_of,
    "documents.pictures": documents.pictures,
    "documents.external_checks": _asked(documents.external_checks),
    "documents.left_behind": _asked(documents.left_behind),
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
    "documents.due_reviews": lambda work: documents.due_reviews(
        work.session, work.rights, work.today + timedelta(days=400)
    ),
    "documents.externals": lambda work: documents.externals(work.session, work.rights, work.today),
    "documents.unissued": lambda work: documents.unissued(work.session, work.rights, work.today),
    "documents.my_drafts": lambda work: documents.my_drafts(work.session, work.rights, work.today),
    "documents.links": lambda work: documents.links(work.session, work.rights, work.today),
    "documents.parents": lambda work: documents.parents(work.session, work.rights, work.today),
    "documents.leaning_on": lambda work: documents.leaning_on(work.session, work.rights, "CP-80", work.today),
    "documents.clause_matrix": lambda work: documents.clause_matrix(
        work.session, work.rights, "iso9001-2015", work.today
    ),
    "documents.assignments": lambda work: documents.assignments(
        work.session, work.rights, "iso9001-2015", work.today
    ),
    "documents.scoped": lambda work: [
        (each.document.number, each.title) for each in documents.scoped(work, Scope(), work.rights)
    ],
    "tasks.overseen": lambda work: tasks.overseen(work.session, work.rights, work.today),
    "tasks.inbox": lambda work: tasks.inbox(work.session, work.rights.person_id or 0, work.today),
    "actions.listing": lambda work: [
        actions.listing(work.session, work.rights, work.today, each) for each in actions.Which
    ],
    "clocks.bulletin": lambda work: clocks.bulletin(work.session, work.rights, work.today, work.now),
    "clocks.due": lambda work: clocks.due(
        work.session, work.rights, work.today + timedelta(days=90), work.now
    ),
    "clocks.register": lambda work: clocks.register(
        work.session, work.rights, work.today, work.now, work.settings.zone_info
    ),
    "competence.columns": lambda work: competence.columns(work.session, work.rights, work.today),
    "competence.matrix": lambda work: competence.matrix(work.session, work.rights, work.today),
    "parties.listing": lambda work: parties.listing(work.session, work.rights),
    "parties.matching": lambda work: parties.matching(work.session, work.rights, "Canary"),
    "records.drafts": lambda work: _rows(records.drafts(work.session, work.rights)),
    "records.fillable": lambda work: records.fillable(work.session, work.rights, work.today),
    "records.listing": lambda work: records.listing(work.session, work.rights, work.today),
    "registers.registers": lambda work: registers.registers(
        work.session, work.rights, work.today, work.language
    ),
    "registers.exports": lambda work: _rows(registers.exports(work.session, work.rights)),
    "schedules.running": lambda work: schedules.running(work.session, work.rights),
}
REQUESTS = {"evidence.requests", "evidence.request_of", "evidence.bundle"}
# Tried with what the trail and the page of jobs tell: test_side_channels.py.
TOLD = {
    f"{part}.hidden"
    for part in ("documents", "evidence", "parties", "schedules", "actions", "records", "retention")
}


def _keeps(persona: Persona, variant: Variant) -> bool:
    """The view, the file and the draft are there for who made them."""
    return persona.login == AUTHOR and sees_issued(persona, variant)


def _disposes(persona: Persona, _: Variant) -> bool:
    """The job asks with a service's rights; people ask by `seen_list`."""
    return persona.may("retention:manage") or persona.may("retention:approve")


def _of_register(query: Any, *more: object) -> Own:
    """A query about a register, asked as a page asks it: the register first."""
    return lambda work, house, variant: query(
        work.session, work.rights, _register(work, house, variant), *more, work.settings.zone_info
    )


def _register(work: Work, _: House, variant: Variant) -> registers.Register:
    return registers.register(work.session, work.rights, register_of(variant), work.today, work.language)


def _record(work: Work, house: House, variant: Variant) -> records.Record:
    return records.record_of(work.session, work.rights, house.records["review", variant.name], work.today)


# About something of its own slice: for whom it is there, and the question.
OWN: dict[str, tuple[Sees, Own]] = {
    "actions.action": (
        sees_action,
        lambda w, h, v: actions.action(w.session, w.rights, h.actions[v.name], w.today),
    ),
    "actions.pieces": (sees_action, lambda w, h, v: actions.pieces(w.session, w.rights, h.actions[v.name])),
    "actions.manages": (
        lambda persona, variant: sees_action(persona, variant) and persona.may("actions:manage"),
        lambda w, h, v: actions.manages(w.session, w.rights, h.actions[v.name]),
    ),
    "competence.paper": (
        sees_issued,
        lambda w, h, v: competence.paper(w.session, w.rights, h.refs["leaving", v.name], w.today, w.language),
    ),
    "parties.names": (
        sees_party,
        lambda w, h, v: list(parties.names(w.session, w.rights, [h.parties[v.name]])),
    ),
    "parties.party": (sees_party, lambda w, h, v: parties.party(w.session, w.rights, h.parties[v.name])),
    "records.record_of": (sees_record, _record),
    "records.file": (
        sees_record,
        lambda w, h, v: records.file(w, h.records["review", v.name], h.papers[v.name]),
    ),
    "records.opening": (sees_record, lambda w, h, v: records.opening(w, h.openings[v.name])),
    "retention.lists": (
        sees_certificate,
        lambda w, h, v: h.lists[v.name] in {each.number for each in retention.lists(w)},
    ),
    "retention.seen_list": (sees_certificate, lambda w, h, v: retention.seen_list(w, h.lists[v.name])),
    "retention.one_list": (
        _disposes,
        lambda w, h, v: retention.one_list(w.session, w.rights, h.lists[v.name]),
    ),
    "retention.certificate": (
        sees_certificate,
        lambda w, h, v: retention.certificate(w, h.lists[v.name]) or False,
    ),
    "feedback.listing": (
        sees_record,
        lambda w, h, v: h.objectives[v.name] in {each.number for each in feedback.listing(w, w.today.year)},
    ),
    "objectives.one": (sees_record, lambda w, h, v: objectives.one(w, h.objectives[v.name])),
    "objectives.printed": (sees_record, lambda w, h, v: objectives.printed(w, h.objectives[v.name])),
    "objectives.checks": (
        sees_record,
        lambda w, h, v: objectives.checks(w, h.objectives[v.name]) == [],
    ),
    "objectives.listing": (
        sees_record,
        lambda w, h, v: h.objectives[v.name] in {each.record for each in objectives.listing(w, w.today.year)},
    ),
    "risks.point": (
        sees_issued,
        lambda w, h, v: risks.point(w, f"{_number(h.refs['issued', v.name])}#{CODE}"),
    ),
    "risks.warning": (sees_warning, lambda w, h, v: risks.warning(w, h.warnings[v.name])),
    "registers.register": (sees_issued, _register),
    "registers.count": (sees_issued, _of_register(registers.count, registers.View())),
    "registers.page": (sees_issued, _of_register(registers.page, registers.View())),
    "registers.totals": (sees_issued, _of_register(registers.totals, registers.View())),
    "registers.every_page": (
        sees_issued,
        lambda w, h, v: list(
            registers.every_page(
                w.session, w.rights, _register(w, h, v), registers.View(), w.settings.zone_info
            )
        ),
    ),
    "registers.publication": (
        sees_issued,
        lambda w, h, v: registers.publication(
            w.session, w.rights, _register(w, h, v), w.today, w.settings.zone_info
        ),
    ),
    "registers.saved_views": (
        _keeps,
        lambda w, h, v: registers.saved_views(w.session, w.rights, _register(w, h, v)),
    ),
    "registers.saved_view": (
        _keeps,
        lambda w, h, v: registers.saved_view(w.session, w.rights, _register(w, h, v), h.views[v.name]),
    ),
    "registers.export": (
        lambda persona, _: persona.login == AUTHOR,
        lambda w, h, v: registers.export(w.session, w.rights, h.exports[v.name]),
    ),
}
# What is asked about people and by what came of something; each has its own test below.
APART = {
    "actions.arisen",
    "changes.requests",
    "competence.evidence_of",
    "competence.manages",
    "competence.people",
    "documents.happened",
    # Inside one's grade, whomever it is for: tried in tests/documents/test_queries.py.
    "documents.in_library",
    "documents.unmapped",
    "parties.count",
    # What a bundle holds: with the rights of its receiver, tried by the bundles.
    "records.in_scope",
    # Conditions; every look at records goes through them.
    "records.may_read",
    "records.seated",
    "records.visible",
    "registers.dossier",
}


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
    assert found - set(ABOUT) - set(ISSUED) - set(LISTS) - set(OWN) - APART - REQUESTS - TOLD == set()


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


@pytest.mark.parametrize("name", OWN)
def test_what_stands_beside_documents_is_there_for_whom_it_should(house: House, name: str) -> None:
    """SEC-06: actions, parties, records and registers: the answer, or that it is missing."""
    sees, query = OWN[name]
    found = set()
    for variant in VARIANTS:
        for persona in _TRIED[variant.name]:
            with house.works.reading(house.actor(persona.login), house.rights[persona.login]) as work:
                try:
                    got = query(work, house, variant) not in (False, [])
                except Missing:
                    got = False
            assert got is sees(persona, variant), (persona.login, variant.name)
            found.add(got)
    assert found == {True, False}


def test_counts_and_back_links_hold_nothing_hidden(house: House) -> None:
    """SEC-07: a count is that of the list, and what came of a thing is told by the reader's own rights."""
    for persona in {each for tried in _TRIED.values() for each in tried}:
        with house.works.reading(house.actor(persona.login), house.rights[persona.login]) as work:
            listed = parties.listing(work.session, work.rights)
            assert parties.count(work.session, work.rights) == len(listed)
            for variant in VARIANTS:
                ref = f"party:{house.parties[variant.name]}"
                told = repr(registers.dossier(work.session, work.rights, ref, work.today, work.language))
                told += repr(actions.arisen(work.session, work.rights, Ref.parse(ref), work.today))
                assert sees_record(persona, variant) or "Canary" not in told
                number = number_of("issued", variant)
                day = work.today
                told = repr(documents.happened(work.session, work.rights, number, "zh-Hans", day))
                assert sees_issued(persona, variant) or told == "[]"
            told = repr(changes.requests(work.session, work.rights, work.today))
            assert not any(f"Canary{each.name}" in told for each in _hidden(persona))


def test_competence_is_that_of_people_one_answers_for(house: House) -> None:
    """TRN-01, SEC-06: a head sees and manages their department, everybody sees themselves."""
    other = house.ids["desk-author"]
    for persona in _ONCE:
        with house.works.reading(house.actor(persona.login), house.rights[persona.login]) as work:
            people = competence.people(work.session, work.rights, work.today)
            assert house.ids[persona.login] in people
            assert (other in people) is persona.may("competence:read"), persona
            manages = competence.manages(work.session, work.rights, other, work.today)
            assert manages is persona.may("competence:manage"), persona
            try:
                told = repr(competence.evidence_of(work.session, work.rights, other, work.today))
            except Missing:
                told = ""
            assert ("Canary" in told) is persona.may("competence:read"), persona


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
            for betrayal in (f"Canary{variant.name}", *house.numbers(variant)):
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
