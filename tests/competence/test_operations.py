"""Needs from revisions and posts, evidence, the matrix, guards and quizzes (TRN-01, TRN-02, TRN-03)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from qms import accounts, competence, documents, tasks
from qms.accounts.models import PostHolding
from qms.competence import Basis, Standing
from qms.competence.models import Need
from qms.kernel.errors import Invalid
from qms.kernel.ports import Rights
from qms.runtime import ports, scrub
from tests.documents import factories
from tests.documents.factories import SERVICE
from tests.uploads import bringing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qms.competence import Cell
    from qms.kernel.clock import SimulatedClock
    from qms.kernel.refs import Ref
    from qms.kernel.work import Works
    from tests.documents.factories import Organisation

TRAINING = "training: {posts: [risk-head, general-manager], hours: 2}"
QUIZ = (
    "quiz: {pass: 100, attempts: 2, questions: ["
    "{ask: How many days?, options: ['2', '3'], right: [2]},"
    " {ask: Who signs?, options: [author, reviewer, releaser], right: [2, 3]}]}"
)
RIGHT = {1: [2], 2: [3, 2]}
WRONG = {1: [1], 2: [3, 2]}


@pytest.fixture
def made(works: Works) -> Organisation:
    """The people, over works that know what the slices offer."""
    offered = ports()
    keys = ("bodies", "sections", "reading-guards", "signing-guards")
    works.ports = {key: offered[key] for key in keys}
    return factories.organisation(works)


def in_force(made: Organisation, clock: SimulatedClock, **more: str) -> Ref:
    """A document that has entered force."""
    ref = factories.issued(made, None, None, **more)
    begin = factories.state(made, ref).effective_on
    assert begin is not None
    with made.service() as work:
        clock.advance(max(begin - work.today, timedelta(0)))
    factories.run_day(made)
    return ref


def day(made: Organisation) -> None:
    """The day job of competence."""
    with made.service() as work:
        competence.day(work)


def owed(made: Organisation, login: str) -> list[str]:
    """What a person owes about competence."""
    with made.works.reading(SERVICE) as work:
        found = tasks.inbox(work.session, made.ids[login], work.today)
        return [each.text("en") for each in found if each.kind.startswith("competence:")]


def cells(made: Organisation, login: str, of: str | None = None) -> dict[str, Cell]:
    """The cells of a person as another sees them, by column; empty where they may not."""
    with made.looking(login) as work:
        found = competence.matrix(work.session, work.rights, work.today)
        rows = [row for row in found.rows if row.person_id == made.ids[of or login]]
        return {
            column.code: cell for row in rows for column, cell in zip(found.columns, row.cells, strict=True)
        }


def require(made: Organisation, login: str = "manager", **more: Any) -> None:
    """Ask for a certificate of the head of risk."""
    facts: Mapping[str, Any] = {"basis": Basis.CERTIFICATE, "posts": ["risk-head"], **more}
    with made.acting(login) as work:
        competence.require(work, "risk-certificate", {"en": "Risk certificate"}, **facts)


def record(made: Organisation, login: str, of: str, last: int | None = None, **more: Any) -> int:
    """Record the certificate of a person."""
    with made.acting(login) as work:
        facts: dict[str, Any] = {"from_on": work.today - timedelta(days=400), **more}
        if last is not None:
            facts["until_on"] = work.today + timedelta(days=last)
        subject = facts.pop("subject", competence.requirement_ref("risk-certificate"))
        return competence.record_evidence(
            work, made.ids[of], subject, basis=Basis.CERTIFICATE, title="Certificate 7", **facts
        ).id


def test_a_revision_in_force_bears_needs_for_exactly_the_mapped_posts(
    made: Organisation, clock: SimulatedClock
) -> None:
    """Holders of the named posts owe the training until it is met by reading; nobody else does (TRN-02)."""
    ref = in_force(made, clock, more=TRAINING)
    asked = ["Be trained in CP-07 A/0: 风险控制程序"]
    assert owed(made, "risk-head") == owed(made, "general") == asked
    assert owed(made, "author") == owed(made, "deputy") == []
    assert cells(made, "risk-head")["CP-07 A/0"].standing is Standing.GAP
    with made.acting("risk-head") as work:
        documents.acknowledge(work, ref, password=made.keys["risk-head"])
    assert owed(made, "risk-head") == []
    assert cells(made, "risk-head")["CP-07 A/0"].standing is Standing.MET
    with made.works.reading(SERVICE) as work:
        rows = work.session.scalars(select(Need).order_by(Need.id)).all()
        assert sorted((row.person_id, row.met_by) for row in rows) == sorted(
            [(made.ids["risk-head"], "reading"), (made.ids["general"], "")]
        )


def test_joiners_and_movers_get_their_needs_from_the_day_job(
    made: Organisation, clock: SimulatedClock
) -> None:
    """A change of post asks the training of who comes and lets go who leaves; twice changes nothing."""
    in_force(made, clock, more=TRAINING)
    with made.service() as work:
        factories.hold(work, made.ids["writer"], "risk-head")
        gone = work.session.scalars(
            select(PostHolding).where(PostHolding.person_id == made.ids["risk-head"])
        ).one()
        gone.until_on = work.today
    day(made)
    day(made)
    assert len(owed(made, "writer")) == 1
    assert owed(made, "risk-head") == []
    clock.advance(timedelta(days=1))
    factories.revised(made, more="training: {posts: [general-manager]}")
    factories.run_day(made)
    assert owed(made, "writer") == []
    assert owed(made, "general") == ["Be trained in CP-07 A/1: 风险控制程序"]


def test_a_declaration_with_faults_is_refused_at_submit(made: Organisation) -> None:
    """A post that is not there, a quiz without questions: by field, before anybody signs."""
    ref = factories.drafted(made, more="training: {posts: [nobody]}\nquiz: {pass: 200}")
    with pytest.raises(Invalid) as refused:
        factories.submit(made, ref)
    fields = [each.field for each in refused.value.problems]
    assert {"training.posts.1", "quiz.pass", "quiz.questions"} <= set(fields)


def test_the_preview_tells_who_is_trained_and_asked(made: Organisation) -> None:
    """Before issue one learns what entering force will do."""
    ref = factories.approved(made, more=f"{TRAINING}\n{QUIZ}")
    with made.looking("controller") as work:
        told = " ".join(documents.consequences(work, ref))
    assert "2 人" in told
    assert "100%" in told


def test_evidence_counts_when_somebody_else_has_verified_it(
    made: Organisation, clock: SimulatedClock
) -> None:
    """One records one's own; the head verifies; nobody verifies their own, nor another department's."""
    require(made)
    assert owed(made, "risk-head") == ["Show evidence of: Risk certificate"]
    kept = bringing.kept(made.works, "c.txt", b"certificate")
    piece = record(made, "risk-head", "risk-head", file=kept)
    assert cells(made, "risk-head")["risk-certificate"].standing is Standing.GAP
    with made.acting("risk-head") as work, pytest.raises(competence.OwnEvidence):
        competence.verify(work, piece)
    with made.acting("author") as work, pytest.raises(competence.NoSuchEvidence):
        competence.verify(work, piece)
    with made.acting("manager") as work:
        competence.verify(work, piece)
    with made.acting("manager") as work, pytest.raises(competence.EvidenceDecided):
        competence.verify(work, piece)
    assert owed(made, "risk-head") == []
    assert cells(made, "risk-head")["risk-certificate"].standing is Standing.MET
    with made.works.reading(SERVICE) as work:
        assert kept.digest in scrub.named(work.session)
    with made.acting("manager") as work, pytest.raises(competence.CompetenceInvalid):
        competence.withdraw_evidence(work, piece, reason=" ")
    with made.acting("manager") as work:
        competence.withdraw_evidence(work, piece, reason="forged")
    assert owed(made, "risk-head") == ["Show evidence of: Risk certificate"]
    with pytest.raises(competence.EvidenceDecided), made.acting("manager") as work:
        competence.withdraw_evidence(work, piece, reason="again")
    with pytest.raises(competence.NotTheirHead):
        record(made, "author", "risk-head")
    record(made, "risk-head", "author", from_on=clock.now().date())


def test_faults_of_evidence_are_told_by_field(made: Organisation) -> None:
    """A day to come, an end before the beginning, something nobody asks."""
    require(made)
    with pytest.raises(competence.CompetenceInvalid) as refused:
        record(made, "manager", "risk-head", from_on=date(2027, 1, 1), until_on=date(2026, 1, 1))
    assert [each.field for each in refused.value.problems] == ["from_on", "until_on"]
    with pytest.raises(competence.CompetenceInvalid):
        record(made, "manager", "risk-head", subject=competence.requirement_ref("nothing"))


def test_evidence_that_runs_out_is_warned_of_once(made: Organisation, clock: SimulatedClock) -> None:
    """Sixty days before its end the person and their head owe new one; new evidence settles it."""
    require(made)
    record(made, "manager", "risk-head", last=70)
    day(made)
    assert owed(made, "risk-head") == []
    clock.advance(timedelta(days=20))
    day(made)
    day(made)
    assert owed(made, "risk-head") == ["Evidence runs out: Certificate 7"]
    assert owed(made, "manager") == ["Evidence runs out: Certificate 7"]
    assert cells(made, "risk-head")["risk-certificate"].standing is Standing.EXPIRING
    record(made, "manager", "risk-head", last=900)
    assert owed(made, "risk-head") == owed(made, "manager") == []
    clock.advance(timedelta(days=1000))
    day(made)
    assert cells(made, "risk-head")["risk-certificate"].standing is Standing.EXPIRED
    assert owed(made, "risk-head") == ["Show evidence of: Risk certificate"]


def test_the_matrix_shows_everybody_their_own(made: Organisation) -> None:
    """A head sees their people, the quality manager all, a person their own row; a file has the same rows."""
    require(made)
    with made.service() as work:
        head = accounts.rights_of(work.session, made.ids["risk-head"], work.today)
        narrowed = Rights(
            person_id=head.person_id,
            permissions={**head.permissions, "competence:read": frozenset({"risk"})},
            departments=head.departments,
        )
        seen = competence.people(work.session, narrowed, work.today)
        assert set(seen) == {made.ids[each] for each in ("risk-head", "author", "writer")}
    assert set(cells(made, "author")) == {"risk-certificate"}
    assert cells(made, "author", "risk-head") == {}
    assert cells(made, "manager", "risk-head")["risk-certificate"].standing is Standing.GAP
    with made.looking("manager") as work:
        found = competence.matrix(work.session, work.rights, work.today)
        table = competence.table(found, "en")
    assert table[0] == ["Person", "Posts", "risk-certificate Risk certificate"]
    assert ["Risk-Head", "risk-head", "missing"] in table
    with made.looking("author") as work, pytest.raises(competence.NoSuchEvidence):
        competence.evidence_of(work.session, work.rights, made.ids["deputy"], work.today)


def test_who_may_say_what_posts_need(made: Organisation) -> None:
    """The quality manager alone; a code once; posts that are there; ended it is asked of nobody."""
    with pytest.raises(accounts.NotAllowed):
        require(made, "risk-head")
    with pytest.raises(competence.CompetenceInvalid):
        require(made, posts=["nobody"])
    with pytest.raises(competence.CompetenceInvalid):
        require(made, posts=[])
    require(made)
    with pytest.raises(competence.CompetenceInvalid):
        require(made)
    with made.acting("manager") as work:
        competence.end_requirement(work, "risk-certificate", reason="no longer asked by law")
    assert owed(made, "risk-head") == []
    with made.acting("manager") as work, pytest.raises(competence.NoSuchRequirement):
        competence.end_requirement(work, "risk-certificate", reason="again")


def test_whoever_approves_has_current_evidence(made: Organisation) -> None:
    """TRN-03: a requirement of a stage refuses the signature until it is shown."""
    require(made, posts=[], stage="approve")
    ref = factories.submitted(made)
    factories.review(made, ref)
    with pytest.raises(competence.CompetenceNotCurrent, match="Risk certificate"):
        factories.approve(made, ref)
    record(made, "manager", "deputy", last=-1)
    with pytest.raises(competence.CompetenceNotCurrent):
        factories.approve(made, ref)
    record(made, "manager", "deputy", last=30)
    factories.approve(made, ref)


def answer(made: Organisation, login: str, ref: Ref, turn: int, answers: dict[int, list[int]]) -> bool:
    """Answer a quiz."""
    with made.acting(login) as work:
        return competence.answer(work, ref, turn, answers).passed


def test_reading_counts_when_the_quiz_is_passed(made: Organisation, clock: SimulatedClock) -> None:
    """The guard refuses the confirmation before; every attempt is kept; passing meets the training (R13)."""
    ref = in_force(made, clock, more=f"{TRAINING}\n{QUIZ}")
    with pytest.raises(competence.QuizNotPassed), made.acting("risk-head") as work:
        documents.acknowledge(work, ref, password=made.keys["risk-head"])
    with made.looking("risk-head") as work:
        first = competence.paper(work.session, work.rights, ref, work.today, "en")
        again = competence.paper(work.session, work.rights, ref, work.today, "en")
    assert first == again
    assert (first.turn, first.most, len(first.questions)) == (1, 2, 2)
    with pytest.raises(competence.CompetenceInvalid):
        answer(made, "risk-head", ref, 1, {1: [2]})
    with pytest.raises(competence.AttemptMoved):
        answer(made, "risk-head", ref, 2, RIGHT)
    assert not answer(made, "risk-head", ref, 1, WRONG)
    assert answer(made, "risk-head", ref, 2, RIGHT)
    with pytest.raises(competence.QuizPassed):
        answer(made, "risk-head", ref, 3, RIGHT)
    assert owed(made, "risk-head") == []
    cell = cells(made, "manager", "risk-head")["CP-07 A/0"]
    assert (cell.standing, cell.score) == (Standing.MET, 100)
    with made.acting("risk-head") as work:
        documents.acknowledge(work, ref, password=made.keys["risk-head"])


def test_all_attempts_used_the_head_decides(made: Organisation, clock: SimulatedClock) -> None:
    """The last failed attempt makes a task; another round is given by who leads the person, with a reason."""
    ref = in_force(made, clock, more=QUIZ)
    with pytest.raises(competence.AttemptsLeft), made.acting("manager") as work:
        competence.allow_again(work, ref, made.ids["author"], reason="early")
    assert not answer(made, "author", ref, 1, WRONG)
    assert not answer(made, "author", ref, 2, WRONG)
    with pytest.raises(competence.QuizOver):
        answer(made, "author", ref, 3, RIGHT)
    with made.looking("author") as work:
        assert competence.paper(work.session, work.rights, ref, work.today, "en").is_over
    assert owed(made, "manager") == ["Author did not pass the quiz of CP-07 A/0; decide how to go on"]
    with pytest.raises(competence.NotTheirHead), made.acting("reader") as work:
        competence.allow_again(work, ref, made.ids["author"], reason="please")
    with made.acting("manager") as work:
        competence.allow_again(work, ref, made.ids["author"], reason="taught again")
    assert owed(made, "manager") == []
    assert answer(made, "author", ref, 3, RIGHT)
    other = in_force(made, clock, number="CP-08")
    with pytest.raises(competence.NoQuiz):
        answer(made, "author", other, 1, RIGHT)


def test_readings_and_needs_are_counted_again_once_the_year_is_published(
    made: Organisation, clock: SimulatedClock
) -> None:
    """S71: the reading of a revision and the training it bears move with their tasks."""
    clock.at = datetime(2049, 12, 20, 4, 0, tzinfo=UTC)
    in_force(made, clock, more=TRAINING)

    def due(kind: str) -> set[date]:
        with made.works.reading(SERVICE) as work:
            rows = work.session.scalars(select(tasks.Task).where(tasks.Task.kind == kind)).all()
            return {row.due_on for row in rows if row.due_on}

    reading, training = due("documents:read"), due("competence:train")
    (made.works.settings.home / "calendars.yaml").write_text(
        "default: own\ncalendars:\n  own: {complete: [2049, 2050], holidays: [2050-01-03]}\n", "utf-8"
    )
    with made.service() as work:
        moved = tasks.recount(work)
        competence.move(work, moved)
    (was,), (now,) = reading, due("documents:read")
    assert (was, now) == (date(2050, 1, 3), date(2050, 1, 4))
    (trained,) = due("competence:train")
    assert training == {date(2050, 1, 17)}
    with made.works.reading(SERVICE) as work:
        assert {row.due_on for row in work.session.scalars(select(Need))} == {trained} == {date(2050, 1, 18)}
