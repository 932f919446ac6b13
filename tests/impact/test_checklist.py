"""The impact list becomes the checklist of an approval (R12, CP-12 §5.5 and §5.8.3)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError

from qms import actions, documents, impact, tasks, trail
from qms.accounts.models import Clearance
from qms.documents import State
from qms.impact import Kind, Verdict
from qms.kernel.ports import Scope, Secrecy
from tests.documents import factories as papers
from tests.impact.factories import CHANGED, WHATS, changed, conclude, house, listed

if TYPE_CHECKING:
    from qms.kernel.clock import SimulatedClock
    from qms.kernel.refs import Ref
    from qms.kernel.work import Works
    from tests.documents.factories import Organisation

UNTIL = date(2026, 12, 1)


@pytest.fixture
def made(works: Works) -> Organisation:
    """A procedure on which others lean."""
    return house(works)


def owed(made: Organisation, ref: Ref) -> list[int]:
    """Who is asked to conclude the list."""
    with made.looking("author") as work:
        return [each.person_id for each in tasks.outstanding(work.session, "impact:conclude", ref)]


def test_the_list_is_drawn_up_at_submission_one_line_a_thing(made: Organisation) -> None:
    """By its nearest tie, with the clause it cites; the author is asked to conclude it."""
    found = listed(made, changed(made))
    assert [(each.kind, each.what) for each in found] == [
        (Kind.CITES_CHANGED, "CP-08"),
        (Kind.BELOW, "CP-09"),
        (Kind.BELOW, "FM-07-01"),
    ]
    assert "2.1" in found[0].detail
    assert {None} == {each.verdict for each in found}


def test_nobody_approves_over_an_open_line(made: Organisation) -> None:
    """Reviewed it may be; approved it is once every line has its conclusion."""
    ref = changed(made)
    assert owed(made, ref) == [made.ids["author"]]
    papers.review(made, ref)
    conclude(made, ref, WHATS[:2])
    with pytest.raises(impact.ImpactOpen, match="open lines"):
        papers.approve(made, ref)
    assert owed(made, ref) == [made.ids["author"]]
    conclude(made, ref, WHATS[2:], "controller")
    assert owed(made, ref) == []
    papers.approve(made, ref)
    assert papers.state(made, ref).state is State.APPROVED
    (line,) = [each for each in listed(made, ref) if each.what == "FM-07-01"]
    assert (line.verdict, line.remark, line.concluded_by) == (Verdict.NONE, "same", "Controller")


def test_a_first_issue_has_no_list(made: Organisation) -> None:
    """Nobody can lean on what was not in force: nothing hinders its approval."""
    ref = papers.submitted(made, papers.source("CP-10", more="parent: CP-07"), file="CP-10.md")
    assert listed(made, ref) == []
    papers.review(made, ref)
    papers.approve(made, ref)


def test_what_touches_nothing_is_not_hindered(made: Organisation) -> None:
    """A change on which nothing leans has an empty list."""
    ref = papers.submitted(made, papers.source("CP-08", body=CHANGED, reason="Better"), file="CP-08.md")
    assert listed(made, ref) == []
    assert owed(made, ref) == []
    papers.review(made, ref)
    papers.approve(made, ref)


@pytest.mark.parametrize("login", ["deputy", "manager"])
def test_who_only_signs_concludes_nothing(made: Organisation, login: str) -> None:
    """The author does, or whoever drafts or controls documents of the owner."""
    ref = changed(made)
    with made.acting(login) as work:
        may = work.rights.may("documents:draft", "risk") or work.rights.may("documents:control", "risk")
    assert may is (login == "manager")
    if may:
        conclude(made, ref, login=login)
        return
    with pytest.raises(impact.NotConcluding):
        conclude(made, ref, login=login)


def test_only_in_review_it_is_concluded(made: Organisation) -> None:
    """Not of a draft, and never again after the approval: then it is evidence."""
    draft = papers.drafted(made, papers.source(body=CHANGED, reason="Better"))
    with pytest.raises(impact.ListClosed):
        conclude(made, draft)
    papers.submit(made, draft)
    conclude(made, draft)
    conclude(made, draft, ["CP-08"], remark="looked again")
    papers.review(made, draft)
    papers.approve(made, draft)
    with pytest.raises(impact.ListClosed):
        conclude(made, draft)
    assert "looked again" in {each.remark for each in listed(made, draft)}


def test_each_conclusion_says_what_it_has_to(made: Organisation) -> None:
    """A reason where nothing is done, a day where it is done later, and a line that is there."""
    ref = changed(made)
    with made.acting("author") as work:
        with pytest.raises(impact.ReasonNeeded):
            impact.conclude(work, ref, WHATS, Verdict.NONE, remark="  ")
        with pytest.raises(impact.ReasonNeeded):
            impact.conclude(work, ref, WHATS, Verdict.TOGETHER, remark="x" * 4001)
        for until in (None, work.today - timedelta(days=1)):
            with pytest.raises(impact.DayNeeded):
                impact.conclude(work, ref, WHATS, Verdict.LATER, until_on=until)
        with pytest.raises(impact.DayNeeded):
            impact.conclude(work, ref, WHATS, Verdict.TOGETHER, until_on=UNTIL)
        with pytest.raises(impact.NoSuchLine):
            impact.conclude(work, ref, ["CP-99"], Verdict.TOGETHER)
    assert {None} == {each.verdict for each in listed(made, ref)}


def test_what_is_put_off_becomes_an_action(made: Organisation) -> None:
    """Of who put it off, due on its day, from the approval on; nothing before."""
    ref = changed(made)
    conclude(made, ref, WHATS[1:])
    with made.acting("author") as work:
        impact.conclude(work, ref, WHATS[:1], Verdict.LATER, remark="after the audit", until_on=UNTIL)
    papers.review(made, ref)
    with made.looking("manager") as work:
        assert actions.arisen(work.session, work.rights, ref, work.today) == []
    papers.approve(made, ref)
    with made.looking("manager") as work:
        (found,) = actions.arisen(work.session, work.rights, ref, work.today)
    assert (UNTIL, made.ids["author"]) == (found.due_on, found.owner_id)
    assert "CP-08" in found.title


def test_what_was_concluded_holds_for_the_same_line_alone(made: Organisation) -> None:
    """Given back and submitted again: the same tie is not asked twice, another one is."""
    ref = changed(made)
    conclude(made, ref)
    with made.acting("manager") as work:
        documents.return_to_draft(work, ref, "look again")
    assert owed(made, ref) == []
    papers.submit(made, ref)
    assert {Verdict.NONE} == {each.verdict for each in listed(made, ref)}
    with made.acting("manager") as work:
        documents.return_to_draft(work, ref, "and again")
    ready = papers.prepared(made.works, papers.source(more="forms: [FM-07-01]", reason="Better"))
    with made.acting("author") as work:
        revision = documents.revision(work.session, work.rights, ref, work.today)
        documents.save_draft(work, ref, ready, expected=revision.row_version)
    papers.submit(made, ref)
    assert {each.what: each.verdict for each in listed(made, ref)} == {
        "CP-08": None,
        "CP-09": Verdict.NONE,
        "FM-07-01": Verdict.NONE,
    }
    assert owed(made, ref) == [made.ids["author"]]


def test_a_line_exists_for_those_who_see_what_it_speaks_of(made: Organisation, works: Works) -> None:
    """SEC-06: who is not cleared for the document neither reads nor concludes the line; approval waits."""
    with made.service() as work:
        for login in ("author", "deputy", "manager", "controller"):
            papers.clear(work, made.ids[login], Secrecy.SECRET)
    secret = papers.source("CP-11", more="parent: CP-07\nsecrecy: secret")
    papers.issued(made, secret, file="CP-11.md")
    papers.run_day(made)
    ref = changed(made)
    with made.service() as work:
        work.session.execute(
            update(Clearance)
            .where(Clearance.person_id == made.ids["controller"])
            .values(grade=int(Secrecy.INTERNAL))
        )
    assert "CP-11" in {each.what for each in listed(made, ref)}
    assert "CP-11" not in {each.what for each in listed(made, ref, "controller")}
    conclude(made, ref, login="controller")
    with pytest.raises(impact.NoSuchLine):
        conclude(made, ref, ["CP-11"], "controller")
    papers.review(made, ref)
    with pytest.raises(impact.ImpactOpen):
        papers.approve(made, ref)
    conclude(made, ref, ["CP-11"])
    papers.approve(made, ref)
    with works.reading(papers.SERVICE, papers.EVERYTHING) as work:
        bodies = [
            str(entry.after) for entry in trail.since(work.session, 0, 10_000) if "impact" in entry.action
        ]
    assert not [body for body in bodies if "CP-11" in body]


def test_the_trail_and_a_bundle_tell_of_it(made: Organisation, clock: SimulatedClock) -> None:
    """Drawn up and concluded are entries; a bundle of the revision holds its list."""
    ref = changed(made)
    conclude(made, ref)
    papers.review(made, ref)
    papers.approve(made, ref)
    clock.advance(timedelta(days=1))
    papers.decide(made, papers.release(made, ref))
    papers.run_day(made)
    with made.looking("manager") as work:
        told = {entry.action for entry in trail.since(work.session, 0, 10_000) if entry.ref == ref}
        items = impact.ImpactEvidence().gather(work, Scope(numbers=("CP-07",)), work.rights)
        assert impact.ImpactEvidence().gather(work, Scope(numbers=("CP-09",)), work.rights) == ()
    assert {"impact:freeze", "impact:conclude"} <= told
    (item,) = items
    content = (item.content or b"").decode("utf-8-sig")
    assert "CP-08" in content
    assert "same" in content
    assert papers.trail_is_whole(made)


@pytest.mark.parametrize(
    "change",
    [
        "verdict = 'none', remark = '', concluded_at = '2026-11-02 00:00:00', concluded_by_id = 1",
        "verdict = 'later', concluded_at = '2026-11-02 00:00:00', concluded_by_id = 1",
        "verdict = 'together'",
        "verdict='none', remark='x', until_on='2026-12-01', concluded_at='2026-11-02', concluded_by_id=1",
    ],
)
def test_the_schema_holds_the_law_too(made: Organisation, change: str) -> None:
    """No conclusion without reason, day, person and instant (law 12)."""
    changed(made)
    with pytest.raises(IntegrityError), made.service() as work:
        work.session.execute(text(f"UPDATE impact_line SET {change}"))  # noqa: S608 - of the test itself
