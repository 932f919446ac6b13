"""Control points in force: checked by records, warned by threshold, treated, reported (S09, R56, R57)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, update

from qms import accounts, records, risks, tasks
from qms.accounts.models import Person, Post, PostHolding
from qms.kernel.labels import say
from qms.kernel.ports import Secrecy
from qms.kernel.refs import Ref
from qms.risks import ControlPointSection, State
from qms.tasks.models import Notice
from tests.documents import factories as papers
from tests.risks.factories import POINT, PROCEDURE, check, house

if TYPE_CHECKING:
    from qms.kernel.clock import SimulatedClock
    from qms.kernel.work import Works
    from tests.documents.factories import Organisation


def _points(
    made: Organisation, login: str = "author", *, unchecked: bool = False, warned: bool = False
) -> list[risks.Standing]:
    with made.looking(login) as work:
        return risks.points(work, unchecked=unchecked, warned=warned)


def _warnings(made: Organisation, login: str = "risk-head") -> list[risks.Warned]:
    with made.looking(login) as work:
        return risks.warnings(work, risks.point(work, POINT.key))


def _inbox(made: Organisation, login: str) -> list[str]:
    with made.looking(login) as work:
        found = tasks.inbox(work.session, work.actor.person_id or 0, work.today)
        return [each.text("en") for each in found if each.kind == risks.TASK]


def test_a_point_counts_while_its_document_is_in_force(works: Works) -> None:
    """It is there with the document, never checked at first."""
    made = house(works)
    (one,) = _points(made)
    assert (one.declared.ref, one.last, one.warnings) == (POINT, None, 0)
    assert len(_points(made, unchecked=True)) == 1
    assert _points(made, warned=True) == []


def test_a_record_that_names_the_point_is_a_check_of_it(works: Works) -> None:
    """By its origin, or by the field; its verdict stands in the list."""
    made = house(works)
    first = check(made, missing="0")
    second = check(made, origin=None, control_point="cp-release", verdict="well")
    (one,) = _points(made)
    assert one.last is not None
    assert (one.last.record, one.last.verdict) == (second.key, "well")
    with made.looking("author") as work:
        found = risks.checks(work, risks.point(work, POINT.key))
    assert [each.record for each in found] == [second.key, first.key]
    assert _points(made, unchecked=True) == []
    assert _warnings(made) == []


def test_a_record_that_names_no_point_in_force_is_no_check(works: Works) -> None:
    """Neither an unknown id nor an unknown document."""
    made = house(works)
    check(made, origin=None)
    check(made, origin=None, control_point="another")
    check(made, origin=Ref("control-point", "CP-09#cp-release"))
    assert _points(made)[0].last is None


def test_a_threshold_warns_once_and_is_treated_and_reported(works: Works) -> None:
    """Warning, treatment, report: the task of the owner's post ends with the report (R57)."""
    made = house(works)
    ref = check(made, missing="2")
    (warned,) = _warnings(made)
    assert (warned.state, warned.record, warned.words) == (
        State.OPEN,
        ref.key,
        {"en": "Conditions are missing"},
    )
    assert _inbox(made, "risk-head") == [f"Treat and report the warning at 条件全部落实 ({ref.key})"]
    with made.acting("risk-head") as work:
        assert risks.may_act(work, warned.id)
        risks.treat(work, warned.id, "Asked for the papers")
    with made.acting("risk-head") as work:
        risks.report(work, warned.id, "All papers are there")
    (done,) = _warnings(made)
    assert (done.state, done.measure) == (State.REPORTED, "Asked for the papers")
    assert _inbox(made, "risk-head") == []
    assert _points(made, warned=True) == []


def test_the_message_to_the_head_names_the_point(works: Works) -> None:
    """By what it demands and its document, in the language of who reads it, never by its code."""
    made = house(works)
    ref = check(made, missing="2")
    (warned,) = _warnings(made)
    with made.service() as work:
        work.session.execute(update(Person).values(email=Person.login + "@example.org"))
        place = accounts.department(work.session, "centre")
        head = Post(code="centre-head", names={"en": "Head"}, department_id=place.id, is_head=True)
        work.session.add(head)
        work.session.flush()
        boss = made.ids["deputy"]
        work.session.add(PostHolding(person_id=boss, post_id=head.id, from_on=work.today))
    with made.acting("risk-head") as work:
        risks.treat(work, warned.id, "Asked for the papers")
    with made.acting("risk-head") as work:
        risks.report(work, warned.id, "All papers are there")
    with made.looking("deputy") as work:
        (sent,) = work.session.scalars(select(Notice).where(Notice.source == f"control-warning:{warned.id}"))
        assert sent.person_id == boss
        said = [say(text, "en", **sent.facts) for text in (sent.subject, sent.text)]
    assert "“条件全部落实” (CP-02)" in said[0]
    assert "“条件全部落实” of CP-02" in said[1]
    assert "#" not in "".join(said)
    assert ref.key not in said[0]


def test_only_who_was_warned_treats_and_reports(works: Works) -> None:
    """The author sees it and is refused; for somebody of another department it is not there."""
    made = house(works)
    check(made, missing="2")
    (warned,) = _warnings(made)
    for act in (risks.treat, risks.report):
        with made.acting("author") as work, pytest.raises(risks.NotTheWarned):
            act(work, warned.id, "Done")
        with made.acting("outsider") as work, pytest.raises(risks.NoSuchWarning):
            act(work, warned.id, "Done")


def test_a_warning_goes_one_way(works: Works) -> None:
    """Not reported before it is treated, treated once, reported once, never without words."""
    made = house(works)
    check(made, missing="2")
    (warned,) = _warnings(made)
    with made.acting("risk-head") as work, pytest.raises(risks.WarningNotTreated):
        risks.report(work, warned.id, "Done")
    with made.acting("risk-head") as work, pytest.raises(risks.WordsNeeded):
        risks.treat(work, warned.id, " ")
    with made.acting("risk-head") as work:
        risks.treat(work, warned.id, "Done")
    with made.acting("risk-head") as work, pytest.raises(risks.WarningNotOpen):
        risks.treat(work, warned.id, "Done again")


def test_a_warning_past_its_day_is_overdue(works: Works, clock: SimulatedClock) -> None:
    """It shows so in the list of points."""
    made = house(works)
    check(made, missing="2")
    clock.advance(timedelta(days=10))
    assert [each.overdue for each in _warnings(made)] == [True]
    assert [(each.warnings, each.overdue) for each in _points(made)] == [(1, 1)]


def test_a_cancelled_record_checks_nothing_and_its_warning_ends(works: Works) -> None:
    """The check stays, marked; nobody owes anything for it any more."""
    made = house(works)
    ref = check(made, missing="2")
    with made.acting("manager") as work:
        records.cancel(work, ref, "Filed twice")
    assert _points(made)[0].last is None
    assert [each.state for each in _warnings(made)] == [State.VOID]
    assert _inbox(made, "risk-head") == []


def test_a_sealed_verdict_is_kept_nowhere_else(works: Works) -> None:
    """Of a confidential record only that it was a check; who may not see it does not learn of it (R16)."""
    made = house(works, more="records: {secrecy: confidential}")
    with made.service() as work:
        for login in ("author", "risk-head"):
            papers.clear(work, made.ids[login], Secrecy.CONFIDENTIAL)
    check(made, missing="2")
    last = _points(made)[0].last
    assert last is not None
    assert last.verdict is None
    assert _points(made, "reader")[0].last is None
    assert _warnings(made, "reader") == []
    assert len(_warnings(made)) == 1


def test_a_declaration_names_what_is_here(works: Works) -> None:
    """Posts that nobody made are refused; the preview says what begins, changes and ends."""
    made = house(works)
    good = {"id": "a", "kind": "time", "standard": "s", "owner": "risk-head", "record": "FM-02-02"}
    section = ControlPointSection()
    with made.looking("author") as work:
        assert section.check(work, [good], {}) == []
        bad = [{**good, "owner": "nobody", "warn": {"when": "x > 1", "to": {"posts": ["none"]}}}]
        fields = [each.field for each in section.check(work, bad, {})]
        assert fields == ["control-points.1.owner", "control-points.1.warn.to"]
        assert [each.field for each in section.check(work, {}, {})] == ["control-points"]
        told = section.preview(work, [good], [{**good, "standard": "t"}, {**good, "id": "b"}])
        assert len(told) == 2
        assert len(section.preview(work, [good], None)) == 1


def test_a_point_of_a_document_that_is_not_there_is_not_there(works: Works) -> None:
    """Whoever sees the document sees the point, nobody else (SEC-06)."""
    narrow = PROCEDURE.replace("{departments: all}", "{departments: [credit]}")
    made = house(works, narrow)
    assert _points(made, "outsider") == []
    with made.looking("outsider") as work, pytest.raises(risks.NoSuchControlPoint):
        risks.point(work, POINT.key)


def test_a_warning_is_counted_again_with_its_task(works: Works, clock: SimulatedClock) -> None:
    """S71: once the holidays are known, both are due on the same later day."""
    made = house(works)
    clock.at = datetime(2049, 12, 30, 1, 0, tzinfo=UTC)
    check(made, missing="2")
    assert [each.due_on for each in _warnings(made)] == [date(2050, 1, 3)]
    (made.works.settings.home / "calendars.yaml").write_text(
        "default: own\ncalendars:\n  own: {complete: [2049, 2050], holidays: [2050-01-03]}\n", "utf-8"
    )
    with made.service() as work:
        moved = tasks.recount(work)
        risks.move(work, moved)
    assert {(each.before, each.after) for each in moved} == {(date(2050, 1, 3), date(2050, 1, 4))}
    assert [each.due_on for each in _warnings(made)] == [date(2050, 1, 4)]
