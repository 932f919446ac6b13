"""What documents ask for again and again: opened once, done, missed, ended, never forgotten (law 5)."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, func, select, update

from qms import accounts, parties, schedules, tasks, trail
from qms.accounts import Department, Post
from qms.documents import errors
from qms.kernel.ports import Filed, Secrecy
from qms.kernel.refs import Ref
from qms.parties import Facts, Kind
from qms.schedules import ScheduleFollower, ScheduleSection, State
from qms.schedules.models import Occurrence, ScheduleRun
from qms.schedules.operations import opening
from qms.schedules.periods import drawn
from qms.tasks import Task
from tests.documents import factories
from tests.records.factories import circle

if TYPE_CHECKING:
    from qms.kernel.clock import SimulatedClock
    from qms.kernel.work import Works
    from qms.schedules import Due
    from tests.documents.factories import Organisation

TODAY = date(2026, 11, 2)
DAY = timedelta(days=1)
VISIT = (
    "schedules: [{id: visit, label: 月度拜访, every: month, on: {day: 5}, for: {parties: {kinds: [client]}},"
    " due: 5 days, form: FM-10-02}]"
)
CHECK = "schedules: [{id: check, label: 自查, every: week, to: {posts: [risk-head]}}]"
SPOT = (
    "schedules: [{id: spot, label: 抽查, every: day, random: {count: 1},"
    " for: {departments: [credit, outlet-east, risk]}, to: {posts: [risk-head]}}]"
)


@dataclass
class House:
    """The people, a clock, and the schedules of documents in force."""

    made: Organisation
    clock: SimulatedClock

    def day(self, days: int = 0) -> int:
        """Some days later, the day job of that day; gives how many periods it opened."""
        self.clock.advance(DAY * days)
        factories.run_day(self.made)
        with self.made.service() as work:
            ids = schedules.waiting(work)
        count = 0
        for each in ids:
            with self.made.service() as work:
                count += schedules.open_due(work, each)
        with self.made.service() as work:
            schedules.recount(work)
            schedules.miss(work)
        return count

    def party(self, name: str, owner: str = "risk-head") -> str:
        """A client of the department risk."""
        with self.made.service() as work:
            return parties.add(work, Kind.CLIENT, Facts(name=name, department="risk", owner=owner)).number

    def due(self, login: str = "manager") -> list[Due]:
        """Everything that exists for somebody."""
        with self.made.looking(login) as work:
            return schedules.due(work)

    def inbox(self, login: str) -> list[str]:
        """What somebody owes by a schedule, in words."""
        with self.made.looking(login) as work:
            found = tasks.inbox(work.session, work.actor.person_id or 0, work.today)
            return [each.text("en") for each in found if each.kind == schedules.TASK]

    def count(self, model: type[Occurrence | ScheduleRun | Task]) -> int:
        """How many rows there are."""
        with self.made.service() as work:
            return int(work.session.scalar(select(func.count()).select_from(model)) or 0)

    def told(self, prefix: str) -> list[str]:
        """The tags of the trail that begin so, in order."""
        with self.made.service() as work:
            return [
                row.action for row in trail.since(work.session, 0, 10_000) if row.action.startswith(prefix)
            ]


@pytest.fixture
def house(works: Works, clock: SimulatedClock) -> House:
    """The people, with schedules enacted."""
    works.ports = {"sections": [ScheduleSection()]}
    made = factories.organisation(works)
    home = select(Department.id).where(Department.code == "risk").scalar_subquery()
    leads = update(Post).where(Post.code == "risk-head").values(department_id=home, is_head=True)
    with made.service() as work:
        work.session.execute(leads)
    return House(made, clock)


def filed(
    due: Due, event: str = "submit", form: str = "FM-10-02", number: str = "FM-10-02-2026-000001"
) -> Filed:
    """What records tell of a record that answers an occurrence."""
    return Filed(
        ref=Ref("record", number), record_id=1, number=number, form=form, revision=Ref("revision", "x"),
        event=event, step=None, state="open", department="risk", secrecy=1, circle=None, author_id=1,
        filed_on=TODAY, closed_on=None, values={}, origin=due.ref,
    )  # fmt: skip


def test_each_party_is_visited_once_a_month(house: House) -> None:
    """Nothing before its day, then a task for the owner of each; and not again on the same day."""
    one, two = house.party("One"), house.party("Two", owner="")
    factories.issued(house.made, more=VISIT)
    assert house.day() == 0
    assert house.day(3) == 1
    found = house.due()
    assert [(each.subject, each.period, each.due_on) for each in found] == [
        (f"party:{one}", "2026-11", date(2026, 11, 10)),
        (f"party:{two}", "2026-11", date(2026, 11, 10)),
    ]
    assert [each.people for each in found] == [("Risk-Head",), ("Risk-Head",)]
    assert house.inbox("risk-head") == [
        f"月度拜访 · {one} One · 2026-11 (CP-07)",
        f"月度拜访 · {two} Two · 2026-11 (CP-07)",
    ]
    assert (house.day(), house.count(Occurrence)) == (0, 2)
    assert house.day(30) == 1
    assert house.count(Occurrence) == 4


def test_what_was_missed_is_never_forgotten(house: House) -> None:
    """Also when nobody ran the day job for months: every period is there, as missed."""
    number = house.party("One")
    factories.issued(house.made, more=VISIT)
    house.day()
    assert house.day(100) == 4
    states = {each.period: each.state for each in house.due()}
    assert states == {
        "2026-11": State.MISSED,
        "2026-12": State.MISSED,
        "2027-01": State.MISSED,
        "2027-02": State.OPEN,
    }
    assert house.inbox("risk-head") == [f"月度拜访 · {number} One · 2027-02 (CP-07)"]


def test_overdue_comes_before_missed(house: House) -> None:
    """After its day it is overdue and still to be done; when the period is over it was missed."""
    house.party("One")
    factories.issued(house.made, more=VISIT)
    house.day(3)
    house.day(8)
    with house.made.looking("manager") as work:
        late = schedules.overdue(work)
    assert [(each.overdue, each.state) for each in late] == [(True, State.OPEN)]
    assert len(house.inbox("risk-head")) == 1
    house.day(18)
    assert [each.state for each in house.due()] == [State.MISSED]
    assert house.inbox("risk-head") == []
    assert house.told("occurrence:") == ["occurrence:miss"]


def test_a_record_does_it_and_its_cancelling_undoes_it(house: House) -> None:
    house.party("One")
    factories.issued(house.made, more=VISIT)
    house.day(3)
    [due] = house.due()
    follower = ScheduleFollower()
    with house.made.service() as work, pytest.raises(schedules.OtherForm):
        follower.follow(work, filed(due, form="FM-10-03"))
    with house.made.service() as work:
        follower.follow(work, filed(due))
        follower.follow(work, filed(due, "close"))
        follower.follow(work, filed(due, "step"))
    assert [(each.state, each.late) for each in house.due()] == [(State.DONE, False)]
    assert house.inbox("risk-head") == []
    with house.made.service() as work, pytest.raises(schedules.OccurrenceNotOpen):
        follower.follow(work, filed(due, number="FM-10-02-2026-000002"))
    with house.made.service() as work:
        follower.follow(work, filed(due, "cancel", number="FM-10-02-2026-000002"))
    assert [each.state for each in house.due()] == [State.DONE]
    with house.made.service() as work:
        follower.follow(work, filed(due, "cancel"))
    assert [(each.state, each.record) for each in house.due()] == [(State.OPEN, None)]
    assert len(house.inbox("risk-head")) == 1


def test_a_record_after_it_was_missed_is_kept_beside_it(house: House) -> None:
    """A later record makes up for it, and does not say that it was done in time."""
    house.party("One")
    factories.issued(house.made, more=VISIT)
    house.day(3)
    house.day(27)
    due = house.due()[0]
    with house.made.service() as work:
        ScheduleFollower().follow(work, filed(due))
    again = house.due()[0]
    assert (again.state, again.record, again.late) == (State.MISSED, "record:FM-10-02-2026-000001", True)


def test_records_of_other_origins_are_let_be(house: House) -> None:
    house.party("One")
    factories.issued(house.made, more=VISIT)
    house.day(3)
    [due] = house.due()
    other = filed(due)
    with house.made.service() as work:
        ScheduleFollower().follow(work, replace(other, origin=None))
        ScheduleFollower().follow(work, replace(other, origin=Ref("record", "x")))
        with pytest.raises(schedules.NoSuchOccurrence):
            schedules.fulfil(work, Ref("occurrence", "999"), other.ref)
        with pytest.raises(schedules.NoSuchOccurrence):
            schedules.fulfil(work, Ref("occurrence", "none"), other.ref)
    assert [each.state for each in house.due()] == [State.OPEN]


def test_where_no_form_is_named_a_signed_remark_does_it(house: House) -> None:
    factories.issued(house.made, more=CHECK)
    house.day(7)
    due = house.due()[-1]
    key = due.ref.key
    with house.made.acting("author") as work, pytest.raises(schedules.NotYoursToDo):
        schedules.remark(work, key, "all well", password=house.made.keys["author"])
    with house.made.acting("outsider") as work, pytest.raises(schedules.NoSuchOccurrence):
        schedules.prepare(work, key)
    with house.made.acting("risk-head") as work, pytest.raises(schedules.RemarkNeeded):
        schedules.remark(work, key, " ", password=house.made.keys["risk-head"])
    with house.made.acting("risk-head") as work:
        assert schedules.prepare(work, key).ref == due.ref
        schedules.remark(work, key, "all well", password=house.made.keys["risk-head"])
    with house.made.looking("manager") as work:
        found = schedules.occurrence(work, key)
    assert (found.state, found.remark, found.valid) == (State.DONE, "all well", True)
    with house.made.acting("risk-head") as work, pytest.raises(schedules.OccurrenceNotOpen):
        schedules.remark(work, key, "again", password=house.made.keys["risk-head"])


def test_where_a_form_is_named_a_remark_is_not_enough(house: House) -> None:
    house.party("One")
    factories.issued(house.made, more=VISIT)
    house.day(3)
    [due] = house.due()
    with house.made.acting("risk-head") as work, pytest.raises(schedules.RecordAsked):
        schedules.remark(work, due.ref.key, "all well", password=house.made.keys["risk-head"])


def test_who_sees_what_is_due(house: House) -> None:
    """The department's people, who oversees, who owes it; nobody else, in lists and one by one (SEC-06)."""
    house.party("One", owner="reader")
    factories.issued(house.made, more=VISIT)
    house.day(3)
    seen = {login: len(house.due(login)) for login in ("manager", "author", "reader", "outsider")}
    assert seen == {"manager": 1, "author": 1, "reader": 1, "outsider": 0}
    [due] = house.due()
    with house.made.looking("outsider") as work:
        assert schedules.hidden(work.session, work.rights, [due.ref], work.today) == {due.ref}
        for key in (due.ref.key, "999", "x"):
            with pytest.raises(schedules.NoSuchOccurrence):
                schedules.occurrence(work, key)
    with house.made.looking("reader") as work:
        assert schedules.may_do(work, due)
        assert [each.ref for each in schedules.of_subject(work, Ref("party", "C-000001"))] == [due.ref]
    with house.made.looking("author") as work:
        assert not schedules.may_do(work, due)
        assert [each.code for each in schedules.running(work.session, work.rights)] == ["visit"]


def test_a_draw_is_recorded_and_can_be_repeated(house: House) -> None:
    """Seed and list stand in the trail: anybody draws the same again."""
    factories.issued(house.made, more=SPOT)
    house.day()
    house.day(2)
    with house.made.service() as work:
        runs = work.session.scalars(select(ScheduleRun).order_by(ScheduleRun.id)).all()
        for run in runs:
            again = drawn(run.population, run.seed or "", share=None, count=1)
            found = work.session.scalars(
                select(Occurrence.subject).where(Occurrence.period == run.period)
            ).all()
            assert tuple(found) == again
        draws = [row for row in trail.since(work.session, 0, 10_000) if row.action == "schedule:draw"]
    assert [row.after["seed"] for row in draws] == [run.seed for run in runs]
    assert len(runs) == 3


def test_people_and_the_organisation_itself_are_subjects_too(house: House) -> None:
    more = (
        "schedules: [{id: talk, label: 谈话, every: month,"
        " for: {people: {posts: [risk-head], departments: [risk]}}},"
        " {id: all, label: 全员, every: month, for: {people: {departments: [risk]}}},"
        " {id: own, label: 年检, every: month, to: {roles: [quality-manager]}}]"
    )
    factories.issued(house.made, more=more)
    house.day(29)
    people: dict[str, int] = {}
    for each in house.due():
        people[each.code] = people.get(each.code, 0) + 1
    assert people == {"talk": 1, "all": 3, "own": 1}
    assert len(house.inbox("manager")) == 1


def test_when_the_document_is_withdrawn_what_is_open_ends(house: House) -> None:
    """It is kept, with the reason; nothing more is opened."""
    house.party("One")
    factories.issued(house.made, more=VISIT)
    house.day(3)
    factories.revised(house.made)
    house.day()
    assert [(each.state, each.ended_why) for each in house.due()] == [(State.ENDED, "left-force")]
    assert house.inbox("risk-head") == []
    assert house.day(60) == 0
    assert house.told("schedule:") == ["schedule:begin", "schedule:open", "schedule:stop"]


def test_a_revision_that_goes_on_keeps_what_is_open(house: House) -> None:
    """The same id under the next revision: nothing is opened twice, nothing ends."""
    house.party("One")
    factories.issued(house.made, more=VISIT)
    house.day(3)
    factories.revised(house.made, more=VISIT.replace("5 days", "6 days"))
    assert house.day() == 0
    assert [each.state for each in house.due()] == [State.OPEN]
    assert house.day(30) == 1
    assert [each.due_on for each in house.due()] == [date(2026, 11, 10), date(2026, 12, 11)]


OWN = (
    "default: own\ncalendars:\n  own:\n    complete: [2049, 2050]\n"
    "    holidays: [2049-12-07, 2050-01-06]\n    make-up-days: []\n"
)


def test_provisional_days_are_counted_again_once_published(house: House) -> None:
    """Open ones move with an entry and their task, once; what is past is never counted again (S71)."""
    house.party("One")
    house.clock.at = datetime(2049, 12, 4, 4, tzinfo=UTC)
    factories.issued(house.made, more=VISIT.replace("5 days", "3 working days"))
    house.day()
    house.day(1)
    (past,) = house.due()
    house.day(10)
    path = house.made.works.settings.home / "calendars.yaml"
    path.write_text(OWN, "utf-8")
    house.day()
    assert (house.due(), house.told("occurrence:recount")) == ([replace(past, overdue=True)], [])
    path.unlink()
    house.day(21)
    (now,) = [each for each in house.due() if each.period == "2050-01"]
    assert now.due_on == date(2050, 1, 10)
    path.write_text(OWN, "utf-8")
    house.day()
    assert house.told("occurrence:recount") == ["occurrence:recount"]
    due = {each.period: each.due_on for each in house.due()}
    assert due == {"2049-12": past.due_on, "2050-01": date(2050, 1, 11)}
    with house.made.looking("risk-head") as work:
        found = tasks.inbox(work.session, work.actor.person_id or 0, work.today)
        assert date(2050, 1, 11) in {each.due_on for each in found if each.kind == schedules.TASK}
    house.day()
    assert house.told("occurrence:recount") == ["occurrence:recount"]


def test_a_calendar_that_cannot_be_read_stops_no_schedule(house: House) -> None:
    """The statutory days count instead, provisionally; the start and `qms doctor` say what is wrong."""
    house.party("One")
    factories.issued(house.made, more=VISIT)
    (house.made.works.settings.home / "calendars.yaml").write_text("calendars: [", "utf-8")
    house.day()
    assert house.day(3) == 1
    assert house.told("occurrence:recount") == []


def test_what_a_stand_in_counted_is_counted_again(house: House) -> None:
    """S71: the first counting and the recount go by the organisation's calendar, once it can be read."""
    house.party("One")
    factories.issued(house.made, more=VISIT.replace("5 days", "3 working days"))
    path = house.made.works.settings.home / "calendars.yaml"
    path.write_text("calendars: [", "utf-8")
    house.day(3)
    (first,) = house.due()
    house.day()
    assert [each.due_on for each in house.due()] == [first.due_on]
    path.write_text("default: own\ncalendars:\n  own: {working-days: [sunday]}\n", "utf-8")
    house.day()
    assert house.told("occurrence:recount") == ["occurrence:recount"]
    (then,) = house.due()
    assert then.due_on == date(2026, 11, 22)


@pytest.mark.parametrize("step", ["subjects", "owe", "trail"])
def test_a_run_killed_half_way_is_done_once(house: House, step: str) -> None:
    """All of it or nothing: after the kill there is no row, no task; the next run makes one of each."""
    house.party("One")
    house.party("Two")
    factories.issued(house.made, more=VISIT)
    house.day()
    house.clock.advance(DAY * 3)
    owed = house.count(Task)

    def child(works: Works) -> None:
        if step == "trail":
            works.append = factories.die
        elif step == "owe":
            opening._owe = factories.die
        else:
            opening._made = factories.die
        with works.writing(factories.SERVICE, factories.EVERYTHING) as work:
            for each in schedules.waiting(work):
                schedules.open_due(work, each)

    assert factories.in_a_process(house.made, child) == factories.KILLED
    assert (house.count(Occurrence), house.count(ScheduleRun), house.count(Task)) == (0, 0, owed)
    assert house.day() == 1
    assert (house.count(Occurrence), house.count(ScheduleRun)) == (2, 1)
    assert len(house.inbox("risk-head")) == 2


def test_two_workers_open_once(house: House) -> None:
    house.party("One")
    factories.issued(house.made, more=VISIT)
    house.day()
    house.clock.advance(DAY * 40)
    barrier = threading.Barrier(2)
    counts: list[int] = []

    def run() -> None:
        barrier.wait()
        with house.made.service() as work:
            counts.append(sum(schedules.open_due(work, each) for each in schedules.waiting(work)))

    workers = [threading.Thread(target=run) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(counts) == [0, 2]
    assert house.count(Occurrence) == 2


def test_codes_nobody_made_are_named_at_submit(house: House) -> None:
    wrong = (
        "schedules: [{id: a, label: a, every: day, for: {parties: {kinds: [rival], tiers: [golden]}}},"
        " {id: b, label: b, every: day, to: {posts: [nobody], roles: [nothing]}},"
        " {id: c, label: c, every: day, for: {departments: [nowhere]}}]"
    )
    with pytest.raises(errors.SourceInvalid) as refused:
        factories.submitted(house.made, more=wrong)
    fields = [each.field for each in refused.value.problems]
    assert fields == [
        "schedules.1.for.parties.kinds",
        "schedules.1.for.parties.tiers",
        "schedules.2.to.posts",
        "schedules.2.to.roles",
        "schedules.3.for.departments.departments",
    ]


def test_the_preview_says_what_begins_changes_and_stops(house: House) -> None:
    old = [{"id": "a", "label": "A", "every": "day", "to": {"posts": ["risk-head"]}},
           {"id": "b", "label": "B", "every": "month", "to": {"posts": ["risk-head"]}},
           {"id": "c", "label": "C", "every": "day", "to": {"posts": ["risk-head"]}}]  # fmt: skip
    new = [old[0], {**old[1], "every": "year"}, {**old[2], "id": "d", "label": "D"}]
    with house.made.looking("manager") as work:
        work.language = "en"
        said = ScheduleSection().preview(work, old, new)
        assert ScheduleSection().check(work, "x", {})[0].message == "A list is needed here."
    assert said == [
        "The schedule A goes on as it is.",
        "The schedule B changes: every year, next on 2027-01-01.",
        "The schedule D begins: every day, for the first time on 2026-11-02.",
        "The schedule C stops; what it asked for and is not done yet ends.",
    ]


def test_the_preview_finds_the_next_opening_from_any_day(house: House) -> None:
    """REL-06: from the leap day, and from the last days there are."""
    every = {"id": "a", "label": "A", "every": "year", "to": {"posts": ["risk-head"]}}
    with house.made.looking("manager") as work:
        work.language = "en"
        said = [
            ScheduleSection().preview(work, [], [{**every, "on": {"day": 29, "month": 2}, "from": day}])
            for day in ("2028-02-29", "2028-03-01", "9999-02-28")
        ]
    days = [one.removesuffix(".").rpartition(" ")[2] for (one,) in said]
    assert days == ["2028-02-29", "2029-02-28", "9999-02-28"]


def test_what_runs_is_told_in_few_queries(house: House) -> None:
    """However many schedules there are; each with the period it opened last."""
    one = "{{id: n{0}, label: L, every: month, to: {{posts: [risk-head]}}}}"
    factories.issued(house.made, more=f"schedules: [{', '.join(one.format(each) for each in range(6))}]")
    house.day()
    house.day(60)
    asked: list[str] = []

    def heard(*told: Any) -> None:
        asked.append(told[2])

    engine = house.made.works.engine
    with house.made.looking("manager") as work:
        event.listen(engine, "before_cursor_execute", heard)
        found = schedules.running(work.session, work.rights)
        event.remove(engine, "before_cursor_execute", heard)
    assert [each.last_period for each in found] == ["2027-01"] * 6
    assert len([each for each in asked if each.startswith("SELECT")]) == 2


def test_both_circles_count(house: House) -> None:
    """SEC-06: a visit is there for whoever is in the circle of the document and in that of the party."""
    circle(house.made, "aml", "author", "manager", "deputy", "controller", "general", "risk-head")
    circle(house.made, "board", "manager", "writer", "reader")
    with house.made.service() as work:
        work.rights = replace(work.rights, circles=frozenset({"board"}))
        told = Facts(name="One", department="risk", owner="writer", circle="board")
        parties.add(work, Kind.CLIENT, told)
    factories.issued(house.made, more=f"circle: aml\n{VISIT}")
    house.day(3)
    assert [len(house.due(login)) for login in ("manager", "general", "risk-head", "writer")] == [1, 0, 0, 0]
    with house.made.looking("manager") as work:
        (found,) = schedules.due(work)
        assert found.people == ()
    with house.made.looking("writer") as work:
        assert schedules.hidden(work.session, work.rights, [found.ref], work.today) == {found.ref}
    assert house.inbox("writer") == []


def test_a_task_in_two_circles_dies_with_either(house: House) -> None:
    """SEC-07: whoever leaves one of them is not told of it any more."""
    insiders = ("author", "manager", "deputy", "controller", "general", "risk-head")
    circle(house.made, "aml", *insiders)
    circle(house.made, "board", *insiders)
    with house.made.service() as work:
        work.rights = replace(work.rights, circles=frozenset({"board"}))
        told = Facts(name="One", department="risk", owner="risk-head", circle="board")
        parties.add(work, Kind.CLIENT, told)
    factories.issued(house.made, more=f"circle: aml\n{VISIT}")
    house.day(3)
    assert len(house.inbox("risk-head")) == 1
    with house.made.service() as work:
        accounts.leave_circle(work, house.made.ids["risk-head"], "aml")
    assert house.inbox("risk-head") == []


def test_the_parts_are_counted_among_people(house: House) -> None:
    """A party's secrecy goes along: who may not see the party is not given the task."""
    with house.made.service() as work:
        told = Facts(name="One", department="risk", owner="risk-head", secrecy=Secrecy.SECRET)
        parties.add(work, Kind.CLIENT, told)
    factories.issued(house.made, more=VISIT)
    house.day(3)
    assert house.due() == []
    assert house.inbox("risk-head") == []
    with house.made.service() as work:
        factories.clear(work, house.made.ids["manager"], Secrecy.SECRET)
    assert [each.people for each in house.due()] == [()]
