"""Everybody works off what they owe, mostly in time, sometimes late, now and then not at all."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from qms import (
    actions,
    audits,
    documents,
    feedback,
    management_review,
    nonconformities,
    objectives,
    records,
    schedules,
    scoring,
    tasks,
)
from qms.accounts import Meaning
from qms.cli.demo.year import aims
from qms.cli.demo.year.drawing import NotThereYet
from qms.kernel.errors import Forbidden
from qms.runtime import KEEPER, every_permission

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from random import Random

    from qms.cli.demo.year.aims import Aims
    from qms.cli.demo.year.clerk import Clerk
    from qms.kernel.refs import Ref

_PASSES: Final = 4
_CORRECTIVE: Final = "FM-13-03"
_REVIEWS: Final = "quality-manager"
_MET_ANOTHER: Final = "与后来提出的计划重复，请一并核对"
_ROUNDS: Final = 9
_SECONDS: Final = {"documents:read": 20}
_NEVER: Final = date.max
# How long people take: shares of a hundred and the days they wait.
_PACE: Final = ((74, 0, 0), (90, 1, 2), (96, 3, 6), (98, 12, 40))
_RETURNED: Final = 0.03
_READING: Final = 12
_UNREAD: Final = ("investment-clerk", "information-clerk")


@dataclass(slots=True)
class Staff:
    """All desks of the centre; `when` remembers on which day somebody gets round to a task."""

    clerk: Clerk
    random: Random
    plots: Mapping[str, Any]
    aims: Aims
    when: dict[int, date] = field(default_factory=dict)
    done: int = 0

    def work_off(self, today: date) -> None:
        """One working day: pass after pass until nothing that is to be done today is left."""
        for _ in range(_PASSES):
            if not sum(self._turn(ref, owed, today) for ref, owed in self._due(today)):
                return

    def _due(self, today: date) -> list[tuple[Ref, list[tasks.Owed]]]:
        """What somebody gets round to today, by what it is about; one of those asked does it."""
        with self.clerk.cast.runtime.works.reading(KEEPER, every_permission()) as work:
            found = tasks.overseen(work.session, work.rights, work.today)
        grouped: dict[tuple[str, str], list[tasks.Owed]] = defaultdict(list)
        for each in found:
            if each.kind in _VERBS and self._day(each, today) <= today:
                alone = str(each.person_id) if each.kind == "documents:read" else ""
                grouped[f"{each.kind} {each.ref}", alone].append(each)
        return [(owed[0].ref, owed) for owed in grouped.values()]

    def _day(self, task: tasks.Owed, today: date) -> date:
        if task.id not in self.when:
            self.when[task.id] = self._drawn(task, today)
        return self.when[task.id]

    def _drawn(self, task: tasks.Owed, today: date) -> date:
        if task.kind == "documents:read":
            login = self.clerk.cast.logins.get(task.person_id)
            return _NEVER if login in _UNREAD else today + timedelta(days=self.random.randint(0, _READING))
        if task.kind == "actions:do" and task.due_on is not None:
            return task.due_on + timedelta(days=self.random.choice((-4, -2, -1, 0, 0, 3)))
        drawn = self.random.randint(1, 100)
        for share, least, most in _PACE:
            if drawn <= share:
                return today + timedelta(days=self.random.randint(least, most))
        return _NEVER

    def _turn(self, ref: Ref, owed: list[tasks.Owed], today: date) -> bool:
        verb = _VERBS[owed[0].kind]
        for task in owed:
            login = self.clerk.cast.logins.get(task.person_id)
            if login is None:
                continue
            self.clerk.clock.advance(timedelta(seconds=_SECONDS.get(task.kind, self.random.randint(60, 300))))
            try:
                verb(self, login, ref)
            except Forbidden:
                continue  # who is concerned may not, so another one of those asked does
            except _NOT_YET:
                break
            self.done += 1
            return True
        for task in owed:
            self.when[task.id] = today + timedelta(days=self.random.randint(2, 5))
        return False

    # what one does with each kind of task

    def step(self, login: str, ref: Ref) -> None:
        """The open step of a record; now and then it goes back with the reason."""
        if self.random.random() < _RETURNED and self._give_back(login, ref):
            return
        try:
            self.clerk.step(login, ref)
        except objectives.CorrectiveActionWanted:
            self._correct(ref)
            self.clerk.step(login, ref)
        except audits.AuditsOverlap:
            # Another plan came while this one was on its way: it is looked at once more.
            if not self._give_back(login, ref, _MET_ANOTHER, most=_ROUNDS):
                raise
        except management_review.PackMissing:
            self._freeze(ref)
            self.clerk.step(login, ref)

    def _freeze(self, ref: Ref) -> None:
        """The quality manager gathers what a management review is held on."""
        with self.clerk.cast.looking(_REVIEWS) as work:
            ready = management_review.prepare(work, ref.key)
        with self.clerk.cast.acting(_REVIEWS) as work:
            management_review.freeze(work, ready)

    def _correct(self, ref: Ref) -> None:
        """The head of the department in which a target was missed again files its corrective action."""
        with self.clerk.cast.runtime.works.reading(KEEPER, every_permission()) as work:
            place = records.record_of(work.session, work.rights, ref, work.today).department
        department = aims.CENTRE if place == aims.ROOT else place
        told = {"source": ref.key, "department": department}
        self.clerk.file(f"{department}-head", _CORRECTIVE, told=told)

    def _give_back(self, login: str, ref: Ref, why: str = "", most: int = 1) -> bool:
        with self.clerk.cast.looking(login) as work:
            record = records.record_of(work.session, work.rights, ref, work.today)
            standing = records.may(work, record)
        if not standing.give_back or record.round > most:
            return False
        with self.clerk.cast.acting(login) as work:
            records.give_back(work, ref, standing.step, why or self.random.choice(self.plots["returns"]))
        return True

    def follow_up(self, login: str, ref: Ref) -> None:
        """What a record asked for."""
        self.clerk.file_asked(login, int(ref.key))

    def scheduled(self, login: str, ref: Ref) -> None:
        """What a schedule asks for: its form is filed, about whom it asks."""
        with self.clerk.cast.looking(login) as work:
            asked = schedules.occurrence(work, ref.key)
        if asked.form is None:
            return
        subject, told = asked.subject.partition(":")[2], self.plots["schedules"].get(asked.code)
        if asked.form == aims.FORM:
            self.aim(login, subject, origin=ref)
            return
        with self.clerk.cast.looking(login) as work:
            if asked.form == aims.CHECKS:
                level = (told or {}).get("check_level", "month")
                told = {**(told or {}), **self.aims.checking(work, subject, level)}
            elif asked.form == aims.REVISIONS:
                told = self.aims.revising(work)
        self.clerk.file(login, asked.form, origin=ref, subject=subject, told=told)

    def aim(self, login: str, department: str, origin: Ref | None = None) -> None:
        """A department's objective from the next month on; in December that is the next year."""
        with self.clerk.cast.looking(login) as work:
            told = self.aims.setting(work, department, aims.next_month(work.today))
        self.clerk.file(login, aims.FORM, origin=origin, subject=department, told=told)

    def show(self, login: str, ref: Ref) -> None:
        """Evidence that an action was done."""
        with self.clerk.cast.acting(login) as work:
            actions.add_evidence(work, ref.key, text=self.random.choice(self.plots["evidence"]))

    def judge(self, login: str, ref: Ref) -> None:
        """The evidence is looked at and the action closed."""
        with self.clerk.cast.acting(login) as work:
            actions.close(work, ref.key, outcome=self.random.choice(self.plots["outcomes"]))

    def review(self, login: str, ref: Ref) -> None:
        """A document that was looked at again stays as it is."""
        with self.clerk.cast.acting(login) as work:
            documents.conclude_periodic_review(work, ref, documents.Outcome.KEEP, _REVIEWED)

    def receive(self, login: str, ref: Ref) -> None:
        """The report of an audit has arrived."""
        with self.clerk.cast.acting(login) as work:
            audits.receive(work, ref.key)

    def read(self, login: str, ref: Ref) -> None:
        """A revision is read and signed for."""
        key = self.clerk.cast.key(login, ref, Meaning.ACKNOWLEDGED)
        with self.clerk.cast.acting(login) as work:
            documents.acknowledge(work, ref, password=key)


_NOT_YET: Final = (
    NotThereYet,
    nonconformities.StillObserved,
    audits.FindingsUnwritten,
    audits.FindingsUndecided,
    audits.AuditsOverlap,
    feedback.ActionNotFiled,
    scoring.ScoredAlready,
)
_REVIEWED: Final = "仍适用，无需修订。"
_VERBS: Final[dict[str, Callable[[Staff, str, Ref], None]]] = {
    "record:step": Staff.step,
    "record:follow-up": Staff.follow_up,
    schedules.TASK: Staff.scheduled,
    "actions:do": Staff.show,
    "actions:judge": Staff.judge,
    audits.REPORT_TASK: Staff.receive,
    "documents:read": Staff.read,
    "documents:periodic-review": Staff.review,
}
