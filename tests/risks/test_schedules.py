"""A control point that says how often is checked by schedule: owed, done by a record, missed (R56)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import pytest

from qms import records, risks, schedules, tasks
from qms.risks import ControlPointSection
from qms.schedules import OtherForm, State
from tests.documents import factories as papers
from tests.records import factories
from tests.risks.factories import FIELDS, FORM, POINT, PROCEDURE, STEPS, check, house

if TYPE_CHECKING:
    from qms.kernel.clock import SimulatedClock
    from qms.kernel.work import Works
    from qms.schedules import Due
    from tests.documents.factories import Organisation

MONTHLY: Final = PROCEDURE.replace("record: FM-02-02,", "record: FM-02-02, form: FM-02-02, every: month,")
GOOD: Final = {"id": "a", "kind": "time", "standard": "s", "owner": "risk-head", "record": "FM-02-02"}


def _day(made: Organisation) -> None:
    """The day job of today."""
    papers.run_day(made)
    with made.service() as work:
        standing = schedules.waiting(work)
    for each in standing:
        with made.service() as work:
            schedules.open_due(work, each)
    with made.service() as work:
        schedules.miss(work)


def _due(made: Organisation, login: str = "risk-head") -> list[Due]:
    with made.looking(login) as work:
        return risks.due(work, risks.point(work, POINT.key))


@pytest.fixture
def made(works: Works, clock: SimulatedClock) -> Organisation:
    """The point in force since the second of November, and the first of December come."""
    found = house(works, MONTHLY)
    clock.advance(timedelta(days=29))
    _day(found)
    return found


def test_its_check_is_owed_each_period_by_its_owner(made: Organisation) -> None:
    """Once, on the form it names, however often the day job runs; in the words of its standard."""
    _day(made)
    (one,) = _due(made)
    assert (one.period, one.form, one.people) == ("2026-12", FORM, ("Risk-Head",))
    with made.looking("risk-head") as work:
        owed = [
            each.text("en")
            for each in tasks.inbox(work.session, work.actor.person_id or 0, work.today)
            if each.kind == schedules.TASK
        ]
    assert len(owed) == 1
    assert "条件全部落实" in owed[0]


def test_the_record_that_does_it_is_a_check_of_the_point(made: Organisation) -> None:
    """Filed from the task, it closes the task, counts as a check and may warn; no field names the point."""
    (one,) = _due(made)
    ref = check(made, origin=one.ref, missing="2")
    assert _due(made) == []
    with made.looking("risk-head") as work:
        assert schedules.occurrence(work, one.ref.key).state is State.DONE
        point = risks.point(work, POINT.key)
        assert [each.record for each in risks.checks(work, point)] == [ref.key]
        assert [each.record for each in risks.warnings(work, point)] == [ref.key]
    with made.acting("manager") as work:
        records.cancel(work, ref, "Filed twice")
    assert [each.ref for each in _due(made)] == [one.ref]


def test_what_nobody_checked_is_missed_and_not_forgotten(made: Organisation, clock: SimulatedClock) -> None:
    """Overdue after its day, missed after its month; the next month asks again."""
    (one,) = _due(made)
    clock.advance(timedelta(days=31))
    _day(made)
    with made.looking("risk-head") as work:
        assert schedules.occurrence(work, one.ref.key).state is State.MISSED
    assert [each.period for each in _due(made)] == ["2027-01"]


def test_another_form_is_no_check(made: Organisation) -> None:
    """The task asks for a record on its form."""
    factories.issue(made, factories.form("FM-02-09", fields=FIELDS, steps=STEPS))
    (one,) = _due(made)
    with made.acting("author") as work:
        begun = records.ref_of(records.begin(work, "FM-02-09", values={"verdict": "ok"}, origin=one.ref))
    with made.acting("author") as work, pytest.raises(OtherForm):
        records.submit(work, begun)
    assert [each.ref for each in _due(made)] == [one.ref]


def test_a_new_revision_goes_on_and_one_without_it_ends_it(made: Organisation, clock: SimulatedClock) -> None:
    """What is open stays owed under the next revision, and ends with the last that asks for it."""
    (one,) = _due(made)
    for text, left in ((MONTHLY.replace("条件全部落实,", "条件逐项落实,"), [one.ref]), (PROCEDURE, [])):
        again = text.replace("reason: New", "reason: Better")
        ref = papers.approved(made, again.encode(), file="CP-02.md")
        clock.advance(timedelta(days=1))
        papers.decide(made, papers.release(made, ref))
        _day(made)
        assert [each.ref for each in _due(made)] == left
    with made.looking("manager") as work:
        assert schedules.running(work.session, work.rights) == []
        assert schedules.occurrence(work, one.ref.key).state is State.ENDED


def test_the_declaration_says_how_often_and_on_which_form(made: Organisation) -> None:
    """A word that is no period, or no form, is refused; the preview tells when it begins."""
    section = ControlPointSection()
    with made.looking("author") as work:
        assert section.check(work, [{**GOOD, "form": "FM-02-02", "every": "3 months"}], {}) == []
        for bad, field in (
            ({**GOOD, "every": "month"}, "control-points.1.form"),
            ({**GOOD, "form": "FM-02-02", "every": "often"}, "control-points.1.every"),
            ({**GOOD, "id": "x" * 51}, "control-points.1.id"),
        ):
            assert [each.field for each in section.check(work, [bad], {})] == [field]
        told = section.preview(work, [GOOD], [{**GOOD, "form": "FM-02-02", "every": "month"}])
    assert len(told) == 2
    assert str(date(2026, 12, 1)) in told[1]
