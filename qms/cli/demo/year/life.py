"""A year of life in the centre: made by one seeded source, done by the real operations, day by day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Final

from ruamel.yaml import YAML

from qms import accounts, calendar, competence, parties, tasks
from qms.cli.demo.cast import FOUNDER
from qms.cli.demo.year.aims import Aims
from qms.cli.demo.year.clerk import Clerk
from qms.cli.demo.year.drawing import Known, NotThereYet
from qms.cli.demo.year.staff import Staff
from qms.kernel.clock import start_of
from qms.runtime import KEEPER, every_permission

if TYPE_CHECKING:
    from collections.abc import Callable

    from qms.cli.demo.cast import Cast
    from qms.kernel.clock import SimulatedClock
    from qms.worker.loop import Loop

PLOTS: Final = Path(__file__).parent / "plots.yaml"
SEED: Final = 20251
_OPENS: Final = timedelta(hours=9)
_WORKING_DAYS: Final = 250
_DECEMBER: Final = 12


@dataclass(frozen=True, slots=True)
class Lived:
    """What a year left behind: days lived, records filed, things done, and those still owed and overdue."""

    days: int
    records: int
    forms: int
    done: int
    owed: int
    overdue: int


@dataclass(slots=True)
class Year:
    """Records begun, worked off, forgotten and overdue, from one day to another on the simulated clock."""

    cast: Cast
    clock: SimulatedClock
    loop: Loop
    told: Callable[[str, int, int], None]
    random: Random = field(default_factory=lambda: Random(SEED))  # noqa: S311 - made-up answers, no secrets
    plots: dict[str, Any] = field(default_factory=lambda: YAML(typ="safe").load(PLOTS.read_text("utf-8")))
    known: Known = field(default_factory=Known)

    def live(self, first: date, last: date) -> Lived:
        """Every day of the span, the last one included: the day job, then the work of the day."""
        clerk = Clerk(self.cast, self.clock, self.random, self.plots, self.known)
        aims = Aims(self.random, self.plots["aims"])
        staff = Staff(clerk, self.random, self.plots, aims)
        waiting = aims.departments()
        self._get_to_know()
        self._qualify()
        day = first
        while day <= last:
            self._wake(day)
            if calendar.is_working_day(day):
                self._begin_new(clerk)
                waiting = [each for each in waiting if not self._aimed(staff, each, day)]
                staff.work_off(day)
            self.told("living", (day - first).days + 1, (last - first).days + 1)
            day += timedelta(days=1)
        return self._told(clerk, staff, (last - first).days + 1)

    def _told(self, clerk: Clerk, staff: Staff, days: int) -> Lived:
        with self.cast.runtime.works.reading(KEEPER, every_permission()) as work:
            owed = tasks.overseen(work.session, work.rights, work.today)
        return Lived(
            days=days,
            records=clerk.filed,
            forms=len(self.known.records),
            done=staff.done,
            owed=len(owed),
            overdue=sum(each.is_overdue for each in owed),
        )

    def _get_to_know(self) -> None:
        for kind in parties.Kind:
            for name in self.plots["parties"].get(kind.value, []):
                facts = parties.Facts(name=name, department="clients", owner="client-manager")
                with self.cast.runtime.works.writing(FOUNDER, every_permission()) as work:
                    number = parties.add(work, kind, facts).number
                self.known.parties.setdefault(kind.value, []).append(number)

    def _qualify(self) -> None:
        """What is asked of auditors, and that those who audit have shown it."""
        law = self.plots["auditors"]
        with self.cast.acting(law["by"]) as work:
            competence.require(
                work,
                law["code"],
                law["names"],
                basis=competence.Basis.TRAINING,
                posts=[],
                stage=competence.AUDIT,
            )
            for login in law["people"]:
                person = accounts.person_by_login(work.session, login)
                competence.record_evidence(
                    work,
                    0 if person is None else person.id,
                    competence.requirement_ref(law["code"]),
                    basis=competence.Basis.TRAINING,
                    title=law["title"],
                    from_on=work.today,
                )

    def _wake(self, day: date) -> None:
        zone = self.cast.runtime.settings.zone_info
        self.clock.at = max(self.clock.at, start_of(day, zone) + _OPENS)
        self.loop.day()

    def _aimed(self, staff: Staff, department: str, day: date) -> bool:
        """Whether a department has set an objective for the rest of the year; in December a schedule asks."""
        if day.month == _DECEMBER:
            return True
        try:
            staff.aim(f"{department}-head", department)
        except NotThereYet:
            return False
        return True

    def _begin_new(self, clerk: Clerk) -> None:
        """What comes in at the door today; what leans on something that is not there yet comes later."""
        for stream in self.plots["streams"]:
            if self.random.random() * _WORKING_DAYS >= stream["a_year"]:
                continue
            self.clock.advance(timedelta(minutes=self.random.randint(2, 12)))
            login = self.random.choice(stream["by"])
            try:
                clerk.file(login, stream["form"])
            except NotThereYet:
                continue
