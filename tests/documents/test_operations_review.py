"""Submission, comments, review, approval and the ways back to draft."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qms import accounts, documents, tasks
from qms.documents import errors
from qms.documents.lifecycle import State
from tests.documents import factories

if TYPE_CHECKING:
    from qms.kernel.refs import Ref
    from qms.kernel.work import Works
    from tests.documents.factories import Organisation


@pytest.fixture
def made(works: Works) -> Organisation:
    """The people."""
    return factories.organisation(works)


def asked(made: Organisation, login: str) -> list[str]:
    """The kinds of what somebody owes."""
    with made.looking(login) as work:
        return [task.kind for task in tasks.inbox(work.session, made.ids[login], work.today)]


def test_submitting_freezes_signs_and_asks_the_first_stage(made: Organisation) -> None:
    """The author's signature covers the digest, and the reviewer finds a task (law 7)."""
    ref = factories.submitted(made)
    found = factories.state(made, ref)
    assert (found.state, found.round) == (State.IN_REVIEW, 1)
    with made.looking("manager") as work:
        (given,) = documents.signatures(work.session, work.rights, ref, work.today)
        waits = documents.waiting(work.session, work.rights, ref, work.today)
    assert (given.meaning, given.digest, given.is_verified) == ("author", found.content_digest, True)
    assert asked(made, "manager") == ["documents:review"]
    assert asked(made, "deputy") == []
    assert waits is not None
    assert waits.names == ("Manager",)
    assert "Manager" in waits.sentence("en")


def test_submitting_needs_the_right_password(made: Organisation) -> None:
    """A real password opens the key; a wrong one leaves a draft (P11-200)."""
    with made.service() as work:
        person, first = accounts.add_person(work, "signer", "Signer")
        accounts.join(work, person.id, "risk", work.today)
        accounts.grant(work, person.id, "author")
        made.ids["signer"] = person.id
    with made.acting("signer") as work:
        accounts.change_password(work, first, "a sentence nobody guesses")
    ref = factories.drafted(made, login="signer")
    with pytest.raises(accounts.SigningRefused), made.acting("signer") as work:
        documents.submit(work, ref, password="a sentence somebody guessed")  # noqa: S106 - wrong on purpose
    assert factories.state(made, ref).state is State.DRAFT
    with made.acting("signer") as work:
        documents.submit(work, ref, password="a sentence nobody guesses")  # noqa: S106 - chosen above
    assert factories.state(made, ref).state is State.IN_REVIEW


def test_a_service_and_a_reader_do_not_submit(made: Organisation) -> None:
    """A signature is a person's, of one who may."""
    ref = factories.drafted(made)
    with pytest.raises(errors.PersonNeeded), made.service() as work:
        documents.submit(work, ref, password="x")  # noqa: S106 - never reached
    with pytest.raises(errors.RevisionMissing):
        factories.submit(made, ref, "reader")
    with pytest.raises(errors.NotAllowedHere):
        factories.submit(made, ref, "deputy")


def test_every_fault_is_told_at_once_with_its_place(made: Organisation) -> None:
    """Reason, clause, post, department, glyph and numbering of headings, by file, line and field."""
    body = "{#one}\n# 1 One\n\nText \U0001f9ff.\n\n{#three}\n# 3 Three\n"
    more = "clauses: {no-such-edition: ['7.5']}\nroute: {review: {posts: [nobody]}}"
    source = factories.source(body=body, more=more, reason=" ").replace(b'reason: " ", ', b"")
    ref = factories.drafted(made, source)
    with pytest.raises(errors.SourceInvalid) as caught:
        factories.submit(made, ref)
    fields = {problem.field for problem in caught.value.problems if problem.field}
    assert fields == {"change.reason", "clauses.no-such-edition", "route.review"}
    texts = [problem for problem in caught.value.problems if problem.field is None]
    assert all(problem.file == "CP-07.md" and problem.line for problem in caught.value.problems)
    assert any(problem.facts.get("code") == "U+1F9FF" for problem in texts)
    assert len(texts) >= 2
    assert factories.state(made, ref).state is State.DRAFT


def test_references_that_end_nowhere_are_told_and_refuse_nothing(made: Organisation) -> None:
    """A missing document and a missing clause of one that exists (DOC-14)."""
    factories.drafted(made, factories.source("CP-08"), file="CP-08.md")
    body = factories.BODY + "\nSee CP-08 §2.1, CP-08 §9.9 and CP-12.\n"
    ref = factories.drafted(made, body=body)
    told = factories.submit(made, ref)
    assert [(link.target, link.clause) for link in told.dangling] == [("CP-08", "9.9"), ("CP-12", "")]


def test_what_is_submitted_is_not_submitted_again(made: Organisation) -> None:
    """In review, approved, being issued, issued: each says so itself."""
    ref = factories.submitted(made)

    def again(refusal: type[Exception]) -> None:
        with pytest.raises(refusal):
            factories.submit(made, ref)

    again(errors.SubmitInReview)
    factories.review(made, ref)
    factories.approve(made, ref)
    again(errors.SubmitApproved)
    plan = factories.release(made, ref)
    again(errors.SubmitIssuing)
    factories.decide(made, plan)
    again(errors.SubmitIssued)


def test_review_comes_before_approval_and_each_is_asked_in_turn(made: Organisation) -> None:
    """Nobody signs ahead or behind (P11-10f); tasks move with the stage."""
    ref = factories.submitted(made)
    with pytest.raises(errors.StageClosed):
        factories.approve(made, ref)
    factories.review(made, ref)
    assert asked(made, "manager") == []
    assert asked(made, "deputy") == ["documents:approve"]
    with pytest.raises(errors.StageClosed):
        factories.review(made, ref)
    factories.approve(made, ref)
    assert factories.state(made, ref).state is State.APPROVED
    assert asked(made, "deputy") == []
    assert asked(made, "controller") == ["documents:release"]


@pytest.mark.parametrize("login", ["general", "risk-head", "controller"])
def test_only_the_holders_of_the_seat_sign(made: Organisation, login: str) -> None:
    """Others who review or approve elsewhere do not count here (DOC-02)."""
    ref = factories.submitted(made)
    with pytest.raises((errors.NotInRoute, errors.NotAllowedHere)):
        factories.review(made, ref, login)
    factories.review(made, ref)
    with pytest.raises((errors.NotInRoute, errors.NotAllowedHere)):
        factories.approve(made, ref, login)


def test_a_reader_does_not_even_see_what_is_in_review(made: Organisation) -> None:
    """What one may not see is not there (law 11)."""
    ref = factories.submitted(made)
    with pytest.raises(errors.RevisionMissing):
        factories.review(made, ref, "reader")


def test_a_seat_without_the_right_to_sign_is_refused(made: Organisation) -> None:
    """Holding the post is not enough; the right to approve is asked as well (P11-10g)."""
    with made.service() as work:
        factories.add(work, made, "second", role="reader", post="deputy-general-manager")
    ref = factories.submitted(made)
    factories.review(made, ref)
    with pytest.raises(errors.NotAllowedHere):
        factories.approve(made, ref, "second")


def test_the_author_does_not_approve(made: Organisation) -> None:
    """Not even as the only holder of the post (DOC-02)."""
    with made.service() as work:
        factories.add(
            work, made, "both", role="quality-manager", post="deputy-general-manager", department="risk"
        )
    ref = factories.drafted(made, login="both")
    factories.submit(made, ref, "both")
    factories.review(made, ref)
    with pytest.raises(errors.ApproverIsAuthor):
        factories.approve(made, ref, "both")


def test_a_substitute_signs_as_substitute(made: Organisation) -> None:
    """The signature names whom they stand in for; without that name, or for a stranger, it is refused."""
    with made.service() as work:
        factories.stand_in(work, made, "deputy", "writer")
    ref = factories.submitted(made)
    factories.review(made, ref)
    deputy = made.ids["deputy"]
    for standing_for in (None, made.ids["general"]):
        with (
            pytest.raises((errors.NotInRoute, errors.SubstituteNotAllowed, errors.NotAllowedHere)),
            made.acting("writer") as work,
        ):
            documents.sign_approval(work, ref, password=made.keys["writer"], standing_for=standing_for)
    with made.acting("writer") as work:
        documents.sign_approval(work, ref, password=made.keys["writer"], standing_for=deputy)
    with made.looking("controller") as work:
        last = documents.signatures(work.session, work.rights, ref, work.today)[-1]
    assert (last.name, last.substitute_for, last.post) == ("Writer", "Deputy", "deputy-general-manager")
    assert factories.state(made, ref).state is State.APPROVED


def test_open_comments_block_approval(made: Organisation) -> None:
    """A remark is answered before anybody approves; who answers it says how."""
    ref = factories.submitted(made)
    with made.acting("manager") as work:
        remark = documents.comment(work, ref, "Who does this?", anchor="step-one")
    factories.review(made, ref)
    with pytest.raises(errors.CommentsOpen):
        factories.approve(made, ref)
    with pytest.raises(errors.ReasonMissing), made.acting("author") as work:
        documents.resolve_comment(work, remark.id, " ")
    with pytest.raises(errors.CommentMissing), made.acting("reader") as work:
        documents.resolve_comment(work, remark.id, "I do")
    with pytest.raises(errors.NotAllowedHere), made.acting("deputy") as work:
        documents.resolve_comment(work, remark.id, "I do")
    with made.acting("author") as work:
        documents.resolve_comment(work, remark.id, "The head of risk does")
    with pytest.raises(errors.CommentResolved), made.acting("author") as work:
        documents.resolve_comment(work, remark.id, "Again")
    factories.approve(made, ref)
    with made.looking("author") as work:
        assert documents.open_comments(work.session, work.rights, ref, work.today) == []
    with pytest.raises(errors.SignApproved), made.acting("manager") as work:
        documents.comment(work, ref, "Too late")


def test_comments_are_for_those_who_take_part(made: Organisation) -> None:
    """An empty one, one on a draft, and one from a reader are refused."""
    ref = factories.drafted(made)
    with pytest.raises(errors.SignDraft), made.acting("manager") as work:
        documents.comment(work, ref, "Early")
    factories.submit(made, ref)
    with pytest.raises(errors.ReasonMissing), made.acting("manager") as work:
        documents.comment(work, ref, "  ")
    with pytest.raises(errors.RevisionMissing), made.acting("reader") as work:
        documents.comment(work, ref, "Hello")
    with pytest.raises(errors.CommentMissing), made.acting("manager") as work:
        documents.resolve_comment(work, 999, "What?")


def back(made: Organisation, ref: Ref, login: str, reason: str = "Wrong") -> None:
    """A reviewer gives it back."""
    with made.acting(login) as work:
        documents.return_to_draft(work, ref, reason)


def test_a_return_voids_the_round_and_tells_the_author(made: Organisation) -> None:
    """Whoever is asked may return it with a reason; the next round asks everybody anew (law 7)."""
    more = "route: {review: {posts: [quality-manager, risk-head]}}"
    ref = factories.submitted(made, more=more)
    factories.review(made, ref)
    with pytest.raises(errors.NotOnTheRoute):
        back(made, ref, "deputy")
    with pytest.raises(errors.ReasonMissing):
        back(made, ref, "risk-head", "")
    back(made, ref, "risk-head")
    assert factories.state(made, ref).state is State.DRAFT
    assert asked(made, "author") == ["documents:rework"]
    assert asked(made, "manager") == asked(made, "risk-head") == []
    with pytest.raises(errors.ReturnDraft):
        back(made, ref, "manager")
    factories.submit(made, ref)
    assert asked(made, "author") == []
    assert asked(made, "manager") == ["documents:review"]
    with made.looking("manager") as work:
        given = documents.signatures(work.session, work.rights, ref, work.today)
    assert [(each.round, each.is_void) for each in given] == [(1, True), (1, True), (2, False)]


def test_the_author_takes_back_what_is_in_review_or_approved(made: Organisation) -> None:
    """With a reason, before the release; not somebody else, not afterwards."""
    ref = factories.approved(made)

    def recall(login: str, reason: str = "A mistake") -> None:
        with made.acting(login) as work:
            documents.withdraw_from_review(work, ref, reason)

    with pytest.raises(errors.NotAllowedHere):
        recall("deputy")
    with pytest.raises(errors.ReasonMissing):
        recall("author", "")
    recall("author")
    assert factories.state(made, ref).state is State.DRAFT
    with pytest.raises(errors.RecallDraft):
        recall("author")
    factories.submit(made, ref)
    factories.review(made, ref)
    factories.approve(made, ref)
    factories.decide(made, factories.release(made, ref))
    with pytest.raises(errors.RecallIssued):
        recall("author")


def test_every_member_of_a_stage_that_asks_all_signs(made: Organisation) -> None:
    """With quorum `all` the stage closes with the last of them, in any order."""
    more = "route: {review: {posts: [quality-manager, risk-head], quorum: all}}"
    ref = factories.submitted(made, more=more)
    factories.review(made, ref, "risk-head")
    with pytest.raises(errors.SignedAlready):
        factories.review(made, ref, "risk-head")
    with pytest.raises(errors.StageClosed):
        factories.approve(made, ref)
    factories.review(made, ref)
    factories.approve(made, ref)
    assert factories.state(made, ref).state is State.APPROVED
