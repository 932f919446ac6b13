"""The one loop: jobs under leases, the day job at midnight and at start, mail, the search follower."""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Final

from qms import (
    accounts,
    actions,
    calendar,
    clocks,
    competence,
    documents,
    evidence,
    jobs,
    parties,
    records,
    registers,
    retention,
    risks,
    schedules,
    tasks,
    trail,
    trail_reviews,
)
from qms.kernel.errors import QmsError
from qms.kernel.labels import say
from qms.kernel.ports import Actor
from qms.kernel.refs import Ref
from qms.rendering import Pool
from qms.runtime import beat, every_permission
from qms.runtime import scrub as scrubs
from qms.runtime.logs import about
from qms.search import IndexDamaged
from qms.worker.documents import give_up as give_up_issue
from qms.worker.documents import issue
from qms.worker.evidence import build
from qms.worker.evidence import give_up as give_up_bundle
from qms.worker.registers import export as export_register
from qms.worker.registers import give_up as give_up_export
from qms.worker.retention import dispose
from qms.worker.scrub import order, scrub
from qms.worker.trail import STAMP, stamp
from qms.worker.trail import give_up as give_up_stamp
from qms.worker.trail import order as order_stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime

    from qms.kernel.work import Work
    from qms.runtime import Runtime

LOG: Final = logging.getLogger("qms.worker")
_PAUSE: Final = 1.0
_ISSUE: Final = "documents.issue"
_CALENDARS: Final = Ref("workspace", calendar.FILE)


class Loop:
    """One worker process of a workspace; several may run on any machine over one database."""

    def __init__(self, runtime: Runtime, *, lanes: int | None = None) -> None:
        self.runtime = runtime
        self.lanes = lanes or min(4, os.cpu_count() or 1)
        self.actor = Actor("service:worker", f"worker {socket.gethostname()}")
        self.pool = Pool(
            seconds=runtime.settings.render_seconds,
            megabytes=runtime.settings.render_megabytes,
            size=self.lanes,
        )
        self.handlers: Mapping[str, Callable[[Runtime, Actor, Pool, jobs.Claim], None]] = {
            _ISSUE: issue,
            evidence.JOB: build,
            STAMP: stamp,
            scrubs.JOB: scrub,
            registers.JOB: export_register,
            retention.JOB: dispose,
        }
        self.mourners: Mapping[str, Callable[[Work, Mapping[str, Any], str], None]] = {
            _ISSUE: give_up_issue,
            evidence.JOB: give_up_bundle,
            STAMP: give_up_stamp,
            registers.JOB: give_up_export,
        }
        self._day: date | None = None
        self._minute: datetime | None = None
        self._reconciled: date | None = None
        self._issued = False
        self._stop = threading.Event()

    def run(self, stop: threading.Event) -> None:
        """Work until told to stop; a fault of one part is logged and does not end the others."""
        self._stop = stop
        self._guarded(self.runtime.assure)
        if not self.idle():
            self._guarded(self.anchor)
        lanes = [threading.Thread(target=self._lane, daemon=True) for _ in range(self.lanes)]
        for lane in lanes:
            lane.start()
        while not stop.is_set():
            parts = (
                *(self.beat, self.day, self.begun, self.limits),
                *(self.mail, self.stamp, self.follow, self.reconcile),
            )
            for part in parts[:1] if self.idle() else parts:
                self._guarded(part)
            stop.wait(_PAUSE)
        for lane in lanes:
            lane.join()
        self.pool.close()

    def drain(self, told: Callable[[int], None] | None = None) -> int:
        """Do everything that is due now, then give back how many jobs were run; refused while closed."""
        if refusal := self.runtime.gate():
            raise refusal
        self.day()
        count = 0
        lock = threading.Lock()

        def lane() -> None:
            nonlocal count
            while self.turn():
                with lock:
                    count += 1
                    if told:
                        told(count)

        with ThreadPoolExecutor(self.lanes) as crew:
            for done in [crew.submit(lane) for _ in range(self.lanes)]:
                done.result()
        self.begun()
        self.mail()
        self.follow()
        return count

    def close(self) -> None:
        """End the rendering processes."""
        self.pool.close()

    def turn(self) -> bool:
        """Take one job and run it; False where nothing is due."""
        claim = jobs.claim(self.runtime.works, self.actor, tuple(self.handlers), died=self._died)
        if claim is None:
            return False
        began = time.monotonic()
        within = about.set({"job": claim.id, "kind": claim.kind, "attempt": claim.attempt})
        try:
            self.handlers[claim.kind](self.runtime, self.actor, self.pool, claim)
        except jobs.LeaseLost:
            LOG.warning("job was taken over")
        except Exception as fault:
            LOG.exception("job failed")
            self._failed(claim, fault)
        else:
            self._issued = self._issued or claim.kind == _ISSUE
            LOG.info("job ended", extra={"facts": {"ms": round((time.monotonic() - began) * 1000, 1)}})
        finally:
            about.reset(within)
        return True

    def _failed(self, claim: jobs.Claim, fault: Exception) -> None:
        text = fault.sentence("en") if isinstance(fault, QmsError) else f"{type(fault).__name__}: {fault}"
        with self.runtime.works.writing(self.actor, every_permission()) as work:
            if jobs.fail(work, claim, text) is jobs.State.DEAD:
                self._mourn(work, claim.kind, claim.payload, text)

    def _died(self, work: Work, job: jobs.Job) -> None:
        """Nobody is left of those who ran it: what it was for is told in the transaction of its death."""
        work.rights = every_permission()
        self._mourn(work, job.kind, job.payload, say(job.error or "", work.language))

    def _mourn(self, work: Work, kind: str, payload: Mapping[str, Any], reason: str) -> None:
        if kind not in self.mourners:
            return  # nobody waits for it: the page of jobs tells
        try:
            self.mourners[kind](work, payload, reason)
        except QmsError:
            # The job has to die all the same, or it would stand in the way of all others for ever.
            LOG.exception("nobody could be told of a dead job")

    def _lane(self) -> None:
        while not self._stop.is_set():
            self._guarded(self.beat)
            if self.idle() or not self._guarded(self.turn):
                self._stop.wait(_PAUSE)

    def _guarded(self, part: Callable[[], object]) -> bool:
        try:
            return bool(part())
        except Exception:
            LOG.exception("the worker goes on after a fault")
            return False

    def idle(self) -> bool:
        """Whether nothing may be changed now, so that there is nothing to do but to wait (REL-17)."""
        return self.runtime.gate() is not None

    def anchor(self) -> bool:
        """Sign the trail at every start: an issue whose worker fell before its checkpoint gets it here."""
        trail.checkpoint(self.runtime.works, self.actor, "start")
        return True

    def beat(self) -> bool:
        """Leave a sign of life, for whoever asks whether the workspace is ready (REL-16)."""
        beat(self.runtime)
        return True

    def day(self) -> bool:
        """The day job: once at the start and once each new day of the organisation's zone (law 5)."""
        works = self.runtime.works
        with works.reading(self.actor) as look:
            today = look.today
        if today == self._day:
            return False
        with works.writing(self.actor, every_permission()) as work:
            documents.day.run(work)
            registers.catch_up(work)
        self._schedules()
        with works.writing(self.actor, every_permission()) as work:
            trail_reviews.open_due(work)
        with works.writing(self.actor, every_permission()) as work:
            competence.day(work)
        self._calendars()
        with works.writing(self.actor, every_permission()) as work:
            clocks.day(work)
        with works.writing(self.actor, every_permission()) as work:
            moved = tasks.recount(work)
            for keeper in (actions, competence, risks):
                keeper.move(work, moved)
        with works.writing(self.actor, every_permission()) as work:
            tasks.remind(work)
            accounts.forget_attempts(work)
            if not works.demo:
                order(work)
        self._day = today
        return True

    def begun(self) -> bool:
        """Open what a revision that was issued just now asks for today already: the day job has been."""
        if not self._issued:
            return False
        self._issued = False
        self._schedules()
        return True

    def _calendars(self) -> None:
        """Tell, once a day, what is wrong with the calendars; the day goes on, and what they count waits."""
        works = self.runtime.works
        with works.reading(self.actor) as look:
            found = clocks.faults(look.session, look.settings.home)
        for refusal in found:
            LOG.error("limits wait for their calendar: %s", refusal)
            self.runtime.record_refusal(
                self.actor, attempt="clock:recompute", ref=_CALENDARS, refusal=refusal
            )

    def _schedules(self) -> None:
        """Open what schedules ask for, each in an act of its own; then say what was missed (law 5)."""
        works = self.runtime.works
        with works.reading(self.actor, every_permission()) as look:
            waiting = schedules.waiting(look)
        for each in waiting:
            with works.writing(self.actor, every_permission()) as work:
                schedules.open_due(work, each)
        with works.writing(self.actor, every_permission()) as work:
            schedules.recount(work)
            schedules.miss(work)
            parties.destroy_erased(work)
            records.destroy_erased(work)

    def limits(self) -> bool:
        """Warn of time limits and mark overdue ones once a minute: some are in hours (S85)."""
        works = self.runtime.works
        minute = works.clock.now().replace(second=0, microsecond=0)
        if minute == self._minute:
            return False
        self._minute = minute
        with works.reading(self.actor) as look:
            waiting = clocks.is_something_due(look.session, look.now)
        if waiting:
            with works.writing(self.actor, every_permission()) as work:
                clocks.day(work)
        return waiting

    def mail(self) -> bool:
        """Send the notices that wait."""
        return tasks.send_waiting(self.runtime.works, self.actor) > 0

    def stamp(self) -> bool:
        """Order a time-stamp for the newest checkpoint, where an authority is configured (TRL-11)."""
        return order_stamp(self.runtime, self.actor)

    def follow(self) -> bool:
        """Bring the search index to the head of the trail."""
        return self.runtime.search.follow(self.runtime.works, self.actor).rows > 0

    def reconcile(self) -> bool:
        """Once a day hold every byte and entry of the index against the register, and mend it (REL-07).

        A flipped byte gives normal hits until somebody reads all of them; so this does.
        """
        works, search = self.runtime.works, self.runtime.search
        with works.reading(self.actor) as look:
            today = look.today
        if today == self._reconciled:
            return False
        try:
            wrong = search.reconcile(works, self.actor)
        except IndexDamaged:
            LOG.exception("the index is built anew")
            wrong = ["index"]
            search.rebuild(works, self.actor)
        else:
            for group in wrong:
                LOG.error("the index differed from the register and was mended: %s", group)
        self._reconciled = today
        return bool(wrong)
