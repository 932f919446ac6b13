"""Tasks: owed once, seen by those who may act, chased in time."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from qms import accounts, tasks
from qms.kernel.errors import Missing
from qms.kernel.labels import N_
from qms.kernel.ports import Rights
from qms.tasks import Notice, Task
from tests.accounts.factories import as_person, organisation, person

if TYPE_CHECKING:
    from qms.kernel.ports import Actor
    from qms.kernel.work import Work, Works

REF = "revision:CP-12@zh-Hans@A/0"
READ = N_("Reminder: {task}")


def _owe(
    work: Work, people: list[int], *, due: int | None = 10, key: str | None = None, personal: bool = False
) -> int:
    due_on = None if due is None else work.today + timedelta(days=due)
    facts = {"task": "CP-12"}
    made = tasks.owe(
        work,
        kind="read",
        ref=REF,
        person_ids=people,
        subject=READ,
        facts=facts,
        due_on=due_on,
        key=key,
        personal=personal,
    )
    return len(made)


def _notices(work: Work) -> list[tuple[int, str]]:
    rows = work.session.execute(select(Notice.person_id, Notice.source).order_by(Notice.id))
    return [(row.person_id, row.source.rpartition(":")[2]) for row in rows]


def test_what_is_owed_is_owed_once(work: Work) -> None:
    """Owing again adds only who did not owe it; another key is another task."""
    one, two = person(work, "zhang"), person(work, "li")
    assert _owe(work, [one, one]) == 1
    assert _owe(work, [one, two]) == 1
    assert _owe(work, [one, two]) == 0
    assert _owe(work, [one], key="again") == 1
    assert [owed.person for owed in tasks.outstanding(work.session, "read", REF)] == ["Zhang", "Li", "Zhang"]
    owed = [change.after and change.after["people"] for change in work.changes if change.action == "task:owe"]
    assert owed == [[one], [two], [one]]


def test_settled_and_cancelled_tasks_are_closed(work: Work) -> None:
    one, two, three = person(work, "zhang"), person(work, "li"), person(work, "wang")
    _owe(work, [one, two, three])
    assert tasks.settle(work, "read", REF, two) == 1
    assert tasks.settle(work, "read", REF, two) == 0
    assert tasks.settle(work, "approve", REF) == 0
    assert [owed.person_id for owed in tasks.outstanding(work.session, "read", REF)] == [one, three]
    assert tasks.cancel(work, "read", REF, one) == 1
    assert tasks.cancel(work, "read", REF) == 1
    assert tasks.outstanding(work.session, "read", REF) == []
    assert tasks.inbox(work.session, one) == []
    ended = [change.action for change in work.changes if change.action.startswith("task:")]
    assert ended == ["task:owe", "task:settle", "task:cancel", "task:cancel"]
    assert _owe(work, [two]) == 1


def test_the_inbox_shows_the_most_urgent_first(work: Work) -> None:
    who = person(work, "zhang")
    _owe(work, [who], due=None, key="never")
    _owe(work, [who], due=9, key="later")
    _owe(work, [who], due=-1, key="past")
    owed = tasks.inbox(work.session, who, work.today)
    assert [(each.key, each.is_overdue) for each in owed] == [
        ("past", True),
        ("later", False),
        ("never", False),
    ]
    assert owed[0].text("zh-Hans") == "提醒：CP-12"
    assert tasks.task_count(work.session, who) == 3
    assert [tasks.task_of(work.session, who, each.id) == each for each in tasks.inbox(work.session, who)] == [
        True
    ] * 3


def test_somebody_elses_task_does_not_exist(work: Work) -> None:
    """SEC-06: by its id neither."""
    one, two = person(work, "zhang"), person(work, "li")
    _owe(work, [one])
    (owed,) = tasks.inbox(work.session, one)
    with pytest.raises(Missing):
        tasks.task_of(work.session, two, owed.id)


def test_substitutes_see_what_they_may_do(work: Work) -> None:
    """R27: marked with the name of whom they stand in for, on its days, never what is personal."""
    one, two = person(work, "zhang"), person(work, "li")
    _owe(work, [one], key="approve")
    _owe(work, [one], key="read", personal=True)
    accounts.substitute(work, one, two, from_on=work.today, until_on=work.today + timedelta(days=1))
    (owed,) = tasks.inbox(work.session, two, work.today)
    assert (owed.key, owed.for_name, owed.person_id) == ("approve", "Zhang", one)
    assert tasks.inbox(work.session, two) == []
    assert tasks.inbox(work.session, two, work.today + timedelta(days=1)) == []
    assert [each.for_name for each in tasks.inbox(work.session, one, work.today)] == [None, None]


def test_heads_oversee_their_departments(work: Work) -> None:
    organisation(work)
    here, there = person(work, "zhang", department="outlet-east"), person(work, "li", department="risk")
    _owe(work, [here, there])
    boss = person(work, "boss")
    accounts.grant(work, boss, "department-head", "credit")
    rights = accounts.rights_of(work.session, boss, work.today)
    assert [owed.person_id for owed in tasks.overseen(work.session, rights, work.today)] == [here]
    assert tasks.overseen(work.session, Rights(), work.today) == []


def test_a_task_is_chased_before_after_and_upwards(work: Work) -> None:
    """A reminder, overdue, then the head, each once, however often the day job runs."""
    organisation(work)
    who = person(work, "zhang", department="outlet-east", email="zhang@example.org")
    head = person(work, "li", department="credit", post="credit-head", email="li@example.org")
    _owe(work, [who], due=10)
    _owe(work, [who], due=None, key="never")
    told = []
    for _ in range(16):
        told.append(tasks.remind(work))
        assert tasks.remind(work) == 0
        work.now += timedelta(days=1)
    assert [day for day, count in enumerate(told) if count] == [8, 11, 14]
    assert _notices(work)[2:] == [(who, "remind"), (who, "overdue"), (head, "escalate")]
    chased = work.session.scalars(select(Task).where(Task.key == "")).one()
    assert chased.escalated_to == head
    steps = [
        change.after and change.after["step"] for change in work.changes if change.action == "task:chase"
    ]
    assert steps == ["remind", "overdue", "escalate"]


def test_after_a_long_time_off_the_reminder_is_not_made_up_for(work: Work) -> None:
    organisation(work)
    who = person(work, "zhang", department="credit", email="zhang@example.org")
    _owe(work, [who], due=10)
    work.now += timedelta(days=100)
    assert tasks.remind(work) == 1
    assert _notices(work) == [(who, "new"), (who, "overdue")]
    row = work.session.scalars(select(Task)).one()
    assert (row.escalated_to, row.escalated_at, row.reminded_at) == (None, work.now, work.now)


def test_a_closed_task_is_not_chased(work: Work) -> None:
    who = person(work, "zhang", email="zhang@example.org")
    _owe(work, [who], due=1)
    tasks.settle(work, "read", REF)
    work.now += timedelta(days=100)
    assert tasks.remind(work) == 0


def test_messages_are_queued_once_and_only_to_those_with_an_address(work: Work) -> None:
    """Law 4: one row for each source, receiver and channel; none for who has left."""
    one = person(work, "zhang", email="zhang@example.org")
    two, gone = person(work, "li"), person(work, "wang", email="wang@example.org")
    accounts.deactivate(work, gone, "left")

    def notify(who: int, source: str) -> bool:
        return tasks.notify(work, who, source=source, subject=READ, text=READ, facts={"task": "x"})

    assert [notify(one, "trail:5"), notify(one, "trail:5"), notify(one, "trail:6")] == [True, False, True]
    assert [notify(two, "trail:5"), notify(gone, "trail:5"), notify(4711, "trail:5")] == [False] * 3
    assert tasks.waiting(work.session) == 2


def test_a_quiet_task_sends_nothing(work: Work) -> None:
    who = person(work, "zhang", email="zhang@example.org")
    tasks.owe(work, kind="x", ref=REF, person_ids=[who], subject=READ, facts={"task": "x"}, quiet=True)
    assert tasks.waiting(work.session) == 0
    as_person(work, who)
    assert [owed.due_on for owed in tasks.inbox(work.session, who)] == [None]


def test_two_who_owe_the_same_at_once_leave_one_task(
    works: Works, service: Actor, every_right: Rights
) -> None:
    """The schema decides between two transactions; neither fails."""
    with works.writing(service, every_right) as work:
        people = [person(work, login) for login in ("zhang", "li", "wang")]
    gate = threading.Barrier(4)
    counts: list[int] = []

    def one() -> None:
        gate.wait()
        with works.writing(service, every_right) as work:
            counts.append(_owe(work, people))

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(counts) == [0, 0, 0, 3]
    with works.reading(service) as look:
        assert len(tasks.outstanding(look.session, "read", REF)) == 3
