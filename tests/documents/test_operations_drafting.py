"""Drafting: a new document, the next revision, saving, discarding."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from qms import accounts, documents, forms, trail
from qms.accounts.models import Grant, Role
from qms.documents import errors
from qms.documents.lifecycle import State
from qms.kernel.ports import Secrecy
from tests.documents import factories

if TYPE_CHECKING:
    from qms.documents import NextDraft
    from qms.kernel.clock import SimulatedClock
    from qms.kernel.work import Works
    from tests.documents.factories import Organisation


@pytest.fixture
def made(works: Works) -> Organisation:
    """The people."""
    return factories.organisation(works)


def test_a_draft_takes_everything_from_its_source(made: Organisation) -> None:
    """Number, title, grade, clauses, references and reason stand in the register (DOC-01)."""
    body = factories.BODY + "\nSee CP-12 §5.3 and FM-12-01.\n"
    ref = factories.drafted(made, factories.source(body=body, more="parent: QM-01\nsecrecy: public"))
    found = factories.state(made, ref)
    assert (found.label, found.state, found.author_id) == ("A/0", State.DRAFT, made.ids["author"])
    assert (found.secrecy, found.change_reason) == (Secrecy.PUBLIC, "It is new")
    with made.works.reading(factories.SERVICE, factories.EVERYTHING) as work:
        leans = documents.references(work.session, factories.EVERYTHING, ref, work.today)
        clauses = documents.clauses(work.session, factories.EVERYTHING, ref, work.today)
    assert [(link.value, target, clause) for link, target, clause in leans] == [
        ("citation", "CP-12", "5.3"),
        ("citation", "FM-12-01", ""),
        ("parent", "QM-01", ""),
    ]
    assert [(clause.anchor, clause.number) for clause in clauses] == [
        ("purpose", "1"),
        ("steps", "2"),
        ("step-one", "2.1"),
    ]


def test_confidential_drafts_need_the_clearance(made: Organisation) -> None:
    """Nobody writes what they may not read (R16), nor for a circle they are not in (R19)."""
    with made.service() as work:
        factories.clear(work, made.ids["author"], Secrecy.INTERNAL)
    with pytest.raises(errors.AboveClearance):
        factories.drafted(made, more="secrecy: secret")
    with pytest.raises(errors.CircleUnknown):
        factories.drafted(made, more="circle: ratings")


@pytest.mark.parametrize("login", ["reader", "deputy", "outsider"])
def test_who_does_not_draft_may_not(made: Organisation, login: str) -> None:
    """Reading and changing are two rights (DOC-08)."""
    with pytest.raises(errors.NotAllowedHere):
        factories.drafted(made, login=login)


@pytest.mark.parametrize("number", ["cp-07", "CP07", "СР-07"])
def test_a_number_that_looks_like_another_is_refused(made: Organisation, number: str) -> None:
    """Case, separators and letters of other scripts make no new number (DOC-01)."""
    factories.drafted(made)
    with pytest.raises((errors.NumberLooksLike, errors.NumberOutOfPattern)):
        factories.drafted(made, number=number)


def test_an_open_revision_stands_in_the_way_of_another(made: Organisation) -> None:
    """One language has one open revision; another language has its own."""
    factories.drafted(made)
    with pytest.raises(errors.OpenRevision):
        factories.drafted(made)
    other = factories.drafted(made, language="en", number="CP-07", file="CP-07.en.md")
    assert factories.state(made, other).label == "A/0"


def test_the_kind_belongs_to_the_number(made: Organisation) -> None:
    """A document of another kind needs another number."""
    factories.issued(made)
    with pytest.raises(errors.KindFixed):
        factories.drafted(made, kind="work-instruction")


def _begun(made: Organisation, login: str, number: str, **change: str) -> NextDraft:
    with made.looking(login) as work:
        return documents.next_draft(work, number, "zh-Hans", **change)


def test_revising_copies_the_last_issue_with_a_reason(made: Organisation) -> None:
    """A/0 becomes A/1, or B/0 in a new edition; a reader may not, and nothing unissued is revised."""
    factories.issued(made)
    with pytest.raises(errors.ReasonMissing):
        _begun(made, "author", "CP-07", reason=" ")
    with pytest.raises(errors.RevisionMissing):
        _begun(made, "author", "CP-08", reason="Better")
    begun = _begun(made, "author", "CP-07", reason="Better", summary="Changed")
    with pytest.raises(errors.NotAllowedHere), made.acting("reader") as work:
        documents.revise(work, begun)
    with made.acting("author") as work:
        ref = documents.ref_of(documents.revise(work, begun))
    found = factories.state(made, ref)
    assert (found.label, found.change_reason) == ("A/1", "Better")
    with made.acting("author") as work:
        documents.discard_draft(work, ref, "Not needed")
    begun = _begun(made, "author", "CP-07", reason="All new")
    with made.acting("author") as work:
        edition = documents.revise(work, begun, new_edition=True)
        assert edition.label == "B/0"


def test_a_copy_of_an_older_issue_begins_nothing(made: Organisation, clock: SimulatedClock) -> None:
    """Somebody issued a newer revision while the copy was made: it would take their changes back (REL-05)."""
    factories.issued(made)
    begun = _begun(made, "author", "CP-07", reason="Better")
    clock.advance(timedelta(days=3))
    factories.issued(made, reason="Faster", summary="Faster")
    with pytest.raises(errors.IssuedMeanwhile), made.acting("author") as work:
        documents.revise(work, begun)


def test_saving_over_somebody_elses_change_is_refused(made: Organisation) -> None:
    """The writer says which state they have seen; a newer one refuses the save (REL-05)."""
    ref = factories.drafted(made)
    seen = factories.state(made, ref).row_version
    with made.acting("writer") as work:
        documents.save_draft(work, ref, factories.prepared(made.works, summary="One"), expected=seen)
    with pytest.raises(errors.DraftChanged), made.acting("author") as work:
        documents.save_draft(work, ref, factories.prepared(made.works, summary="Two"), expected=seen)
    assert factories.state(made, ref).change_summary == "One"
    with pytest.raises(errors.RevisionMissing), made.acting("reader") as work:
        documents.save_draft(work, ref, factories.prepared(made.works, summary="Three"))


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"number": "CP-08"}, errors.NumberMismatch),
        ({"language": "en"}, errors.LanguageMismatch),
        ({"kind": "policy"}, errors.KindFixed),
    ],
)
def test_a_draft_stays_with_its_number_language_and_kind(
    made: Organisation, changed: dict[str, str], refusal: type[Exception]
) -> None:
    """A text cannot slip into another document."""
    ref = factories.drafted(made)
    ready = factories.prepared(made.works, factories.source(**changed))
    with pytest.raises(refusal), made.acting("author") as work:
        documents.save_draft(work, ref, ready)


def test_what_is_in_review_approved_or_issued_is_not_edited(made: Organisation) -> None:
    """Each state refuses an edit by its own name, and a discard as well (law 7, DOC-05)."""
    ref = factories.submitted(made)
    ready = factories.prepared(made.works, summary="Late")

    def edit(refusal: type[Exception]) -> None:
        with pytest.raises(refusal), made.acting("author") as work:
            documents.save_draft(work, ref, ready)
        with pytest.raises(refusal), made.acting("author") as work:
            documents.discard_draft(work, ref, "No")

    edit(errors.EditInReview)
    factories.review(made, ref)
    factories.approve(made, ref)
    edit(errors.EditApproved)
    plan = factories.release(made, ref)
    edit(errors.EditIssuing)
    factories.decide(made, plan)
    edit(errors.EditIssued)


def test_a_discarded_draft_gives_its_label_to_the_next(made: Organisation) -> None:
    """No label is left out and none used twice; a discard says why."""
    ref = factories.drafted(made)
    with pytest.raises(errors.ReasonMissing), made.acting("author") as work:
        documents.discard_draft(work, ref, "")
    with made.acting("author") as work:
        documents.discard_draft(work, ref, "Written by mistake")
    with pytest.raises(errors.RevisionMissing), made.looking("author") as work:
        documents.revision(work.session, work.rights, ref, work.today)
    again = factories.drafted(made, login="writer", summary="Anew")
    assert again == ref
    assert factories.state(made, ref).author_id == made.ids["writer"]


def test_a_document_never_stands_above_itself(made: Organisation) -> None:
    """A circle of parents is refused when it would arise (DOC-14)."""
    factories.drafted(made, more="parent: CP-08")
    with pytest.raises(errors.ParentCycle):
        factories.drafted(made, factories.source("CP-08", more="parent: CP-07"))


def test_an_unknown_owner_is_refused(made: Organisation) -> None:
    """The owner is a department that exists."""
    with pytest.raises(errors.OwnerUnknown):
        factories.drafted(made, owner="nowhere")


def test_a_document_is_handed_over_by_those_who_draft_for_both(made: Organisation) -> None:
    """The owner changes with a draft, and the trail says from whom to whom."""
    ref = factories.drafted(made)
    ready = factories.prepared(made.works, owner="credit")
    with made.acting("author") as work:
        documents.save_draft(work, ref, ready)
    assert factories.state(made, ref).document.owner == "credit"
    with made.service() as work:
        limited = factories.add(work, made, "limited", department="credit")
        role = work.session.scalars(select(Role.id).where(Role.code == "author")).one()
        place = accounts.department(work.session, "credit")
        work.session.add(
            Grant(
                person_id=limited,
                role_id=role,
                department_id=place.id,
                granted_by="service:test",
                granted_at=work.now,
            )
        )
    back = factories.prepared(made.works, owner="risk")
    with pytest.raises(errors.NotAllowedHere), made.acting("limited") as work:
        documents.save_draft(work, ref, back)
    with made.looking("author") as work:
        acts = [row.action for row in trail.history(work.session, documents.document_ref("CP-07"))]
    assert "document:hand-over" in acts


FORM = """number: FM-07-01
kind: form
language: zh-Hans
title: {zh-Hans: 风险登记表, en: Risk form}
owner: risk
register: RG-07-01
change: {reason: "It is new", summary: "First issue"}
fields:
  - {id: what, label: {zh-Hans: 风险, en: Risk}, type: text}
"""


def test_a_form_goes_the_same_way_with_its_declared_content(made: Organisation) -> None:
    """Its words are found and printed by the Body of its kind; without one it is not submitted."""
    with made.service() as work:
        factories.add(work, made, "second", role="reviewer")
        factories.add(work, made, "third", role="quality-manager", post="quality-manager")
    route = "route: {review: {posts: [quality-manager]}, approve: {posts: [deputy-general-manager]}}\n"
    ready = factories.prepared(made.works, (FORM + route).encode(), file="FM-07-01.yaml")
    with made.acting("author") as work:
        ref = documents.ref_of(documents.draft(work, ready))
    with pytest.raises(errors.SourceInvalid) as caught:
        factories.submit(made, ref)
    assert [problem.field for problem in caught.value.problems] == ["kind"]
    made.works.ports = {"bodies": (forms.Blank(),)}
    with made.acting("author") as work:
        documents.save_draft(work, ref, ready)
    factories.submit(made, ref)
    factories.review(made, ref)
    factories.approve(made, ref)
    plan = factories.release(made, ref)
    with made.service() as work:
        printed = documents.printed(work, plan)
        (clause,) = documents.clauses(work.session, factories.EVERYTHING, ref, work.today)
        leans = documents.references(work.session, factories.EVERYTHING, ref, work.today)
    assert printed.sheet.layout.value == "form"
    assert "风险" in printed.sheet.body
    assert "风险" in clause.text
    assert printed.source_name == "FM-07-01.yaml"
    assert [(link.value, target) for link, target, _ in leans] == [("register", "RG-07-01")]
    factories.decide(made, plan)


def test_places_that_do_not_exist_are_named(made: Organisation) -> None:
    """Departments, posts and people of a distribution are real before anybody reviews it."""
    more = "distribution: {departments: [nowhere], posts: [nobody], people: [noone, reader]}"
    ref = factories.drafted(made, more=more)
    with pytest.raises(errors.SourceInvalid) as caught:
        factories.submit(made, ref)
    assert [problem.field for problem in caught.value.problems] == [
        "distribution.departments",
        "distribution.posts",
        "distribution.people",
    ]


def test_a_document_for_named_people_and_posts_reaches_them(made: Organisation) -> None:
    """A person by login, a post by its holder; nobody else outside the owner's department."""
    factories.issued(made, more="distribution: {posts: [general-manager], people: [outsider]}")
    seen = {}
    for login in ("general", "outsider", "reader", "author"):
        with made.looking(login) as work:
            seen[login] = len(documents.library(work.session, work.rights, work.today))
    assert seen == {"general": 1, "outsider": 1, "reader": 0, "author": 1}
