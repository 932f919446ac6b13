"""People who fill in, file and decide records through the pages, and remember what was acknowledged."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass, field
from itertools import cycle
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from qms.kernel.refs import Ref
from qms.records.models import Record, RecordStep
from qms.records.states import State, StepState
from qms.runtime import KEEPER, every_permission
from tests.cli.sheets import FORM
from tests.cli.terminal import PASSWORD
from tests.nightly.load import GONE, Client, Fact, Upload

if TYPE_CHECKING:
    from qms.runtime import Runtime

_DONE: Final = 303


@dataclass
class Filer:
    """Takes one record after the other from a blank sheet to a decision; looks at the register for the next.

    A record whose number of draft was never told is left behind as a draft.
    """

    runtime: Runtime
    port: int
    facts: list[Fact] = field(default_factory=list)
    answers: dict[int, int] = field(default_factory=dict)
    people: dict[str, Client] = field(default_factory=dict)
    faults: list[Exception] = field(default_factory=list)
    at: int | None = None
    """The record under way."""
    decisions: cycle[str] = field(default_factory=lambda: cycle(["agree", "disagree"]))

    def walk(self, stop: threading.Event) -> None:
        """Go on until told to stop, or until nobody answers any more."""
        while not stop.is_set():
            try:
                self.step()
            except GONE:
                return
            except Exception as fault:  # noqa: BLE001 - told in the thread of the test
                self.faults.append(fault)
                return

    def step(self) -> None:
        """The next act on the record, whatever was lost before."""
        state, number, step = self._standing()
        page = f"/records/{number}"
        match state, step:
            case None, _:
                self._begin()
            case State.DRAFT, _:
                self._file(f"/records/draft/{self.at}")
            case State.OPEN, "review":
                said = {"do": "done", "opinion": "可"}
                if self._do("manager", page, said, f"{page}/step/review"):
                    self._told("record:act", Ref("record", number), "manager")
            case State.OPEN, "approve":
                said = {"do": "done", "opinion": "同意", "password": PASSWORD}
                said["decision"] = next(self.decisions)
                if self._do("deputy", page, said, f"{page}/step/approve"):
                    self._told("record:close", Ref("record", number), "deputy")
            case _:
                self.at = None

    def _standing(self) -> tuple[State | None, str, str]:
        if self.at is None:
            return None, "", ""
        with self.runtime.works.reading(KEEPER, every_permission()) as work:
            row = work.session.get_one(Record, self.at)
            waits = select(RecordStep.step).where(
                RecordStep.record_id == row.id, RecordStep.state == StepState.OPEN
            )
            return row.state, row.number or "", work.session.scalar(waits) or ""

    def _begin(self) -> None:
        answer = self._person("author").submit("/records/new", {}, f"/records/new/{FORM}")
        if self._count(answer.status, answer.location):
            self.at = int(answer.location.rsplit("/", 1)[1])
            self._told("record:begin", Ref("record-draft", str(self.at)), "author")

    def _file(self, page: str) -> None:
        """Answers and an attachment of its own in one sending, as a person does it."""
        purpose = secrets.token_hex(6)
        answers = {"do": "file", "purpose": purpose, "amount": "1200.50", "holder": "某人"}
        sent = Upload("proof~new", f"{purpose}.txt", f"proof of {purpose}\n".encode())
        where = self._do("author", page, answers, page, sent)
        if where.startswith(f"/records/{FORM}"):
            self._told("record:attach", Ref("record-draft", str(self.at)), "author")
            self._told("record:file", Ref("record", where.rsplit("/", 1)[1]), "author")

    def _do(
        self, login: str, page: str, data: dict[str, str], action: str, file: Upload | None = None
    ) -> str:
        """Where an act that was done leads; empty where it was not done."""
        answer = self._person(login).submit(page, data, action, file)
        return answer.location if self._count(answer.status, answer.location) else ""

    def _person(self, login: str) -> Client:
        return self.people.setdefault(login, Client(self.port, login))

    def _count(self, status: int, location: str) -> bool:
        self.answers[status] = self.answers.get(status, 0) + 1
        return status == _DONE and not location.startswith("/sign-in")

    def _told(self, action: str, ref: Ref, login: str) -> None:
        self.facts.append(Fact(action, str(ref), login))
