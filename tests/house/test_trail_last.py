"""Nothing runs between the trail's entries and the commit, in any act of the whole route (laws 1 and 3)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import pytest
from sqlalchemy import event, text

from qms import accounts, documents, evidence, jobs, standards, tasks, trail
from qms.kernel.errors import QmsError
from qms.kernel.ports import Scope
from qms.kernel.refs import Ref
from qms.runtime import ports
from tests.accounts.factories import PASSWORD
from tests.documents import factories
from tests.documents.factories import EVERYTHING, SERVICE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Engine

    from qms.kernel.clock import SimulatedClock
    from qms.kernel.ports import Change
    from qms.kernel.work import Work, Works
    from tests.documents.factories import Organisation

TRAIL: Final = frozenset({"trail_entry", "trail_personal", "trail_head"})
WITHOUT_ENTRY: Final = {
    "job": "what a job brings about has its entry; that a worker took it is told on the page of jobs",
    "notice": "that a message left is told on its row",
    "login_session": "an instant last seen",
    "sign_in_attempt": "counts of failures; the failure itself is journalled",
}
_VERB: Final = re.compile(
    r"\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|SAVEPOINT|RELEASE|ROLLBACK|BEGIN|PRAGMA|SHOW)\b"
)
_TABLES: Final = re.compile(r'(?:\bFROM|\bJOIN|\bINTO|^UPDATE)\s+"?([a-z_]+)"?')


@dataclass(slots=True)
class Recorder:
    """Every statement of every transaction, one list for each that was committed."""

    open: dict[int, list[str]] = field(default_factory=dict)
    committed: list[list[str]] = field(default_factory=list)

    def attach(self, engine: Engine) -> None:
        """Listen from now on."""
        event.listen(engine, "begin", lambda connection: self.open.update({id(connection): []}))
        event.listen(engine, "before_cursor_execute", self._told)
        event.listen(engine, "commit", lambda connection: self.committed.append(self._ended(connection)))
        event.listen(engine, "rollback", self._ended)

    def _told(self, connection: object, cursor: object, statement: str, *_: object) -> None:
        del cursor
        self.open.setdefault(id(connection), []).append(statement)

    def _ended(self, connection: object) -> list[str]:
        return self.open.pop(id(connection), [])


def verb(statement: str) -> str:
    """The first words of a statement."""
    found = _VERB.match(statement)
    assert found is not None, statement
    return found[1]


def writes(statement: str) -> bool:
    """Whether the statement changes rows."""
    return verb(statement) in {"INSERT INTO", "UPDATE", "DELETE FROM"}


def tables(statement: str) -> list[str]:
    """The tables a statement names, the changed one first."""
    return _TABLES.findall(statement)


def act_everything(made: Organisation, clock: SimulatedClock) -> None:
    """The whole route: people, standards, a document from draft to withdrawal, a bundle, what is refused."""
    works, settings = made.works, made.works.settings
    keys = settings.at(settings.keys)
    trail.make_key(keys)
    evidence.make_key(keys, settings.organisation, clock.now())
    works.ports = ports()
    with works.writing(SERVICE, EVERYTHING) as work:
        for code, text in standards.shipped().items():
            standards.load_edition(work, text, f"{code}.yaml")
    first = factories.issued(made)
    clock.advance(timedelta(minutes=1))
    second = factories.revised(made, clock.now().date() + timedelta(days=3))
    with made.acting("reader") as work:
        documents.acknowledge(work, first, password=made.keys["reader"])
    trail.checkpoint(works, SERVICE, "by hand")
    clock.advance(timedelta(days=3))
    factories.run_day(made)
    with made.service() as work:
        tasks.remind(work)
    tasks.send_waiting(works, SERVICE)
    with made.acting("controller") as work:
        asked = evidence.request(
            work, purpose="Audit", receiver_id=made.ids["general"], scope=Scope(numbers=("CP-07",))
        )
    with made.acting("manager") as work:
        evidence.approve(work, asked.number, password=made.keys["manager"])
    claim = jobs.claim(works, SERVICE, (evidence.JOB,))
    assert claim is not None
    evidence.build(works, asked.number, last=lambda work: jobs.finish(work, claim))
    _signed_in(works)
    _withdrawn(made, second)
    trail.record_refusal(works, SERVICE, attempt="documents:issue", ref=first, refusal=QmsError())


def _signed_in(works: Works) -> None:
    with works.writing(SERVICE, EVERYTHING) as work:
        _, first = accounts.add_person(work, "newcomer", "Newcomer", email="newcomer@example.org")
    with works.writing(SERVICE) as work:
        ticket = accounts.sign_in(work, "newcomer", first, address="203.0.113.7")
        accounts.change_password(work, first, PASSWORD)
    with works.writing(SERVICE) as work, pytest.raises(accounts.SignInRefused) as refused:
        accounts.sign_in(work, "newcomer", "a wrong one", address="203.0.113.7")
    with works.writing(SERVICE) as work:
        accounts.journal_refusal(work, refused.value)
    with works.writing(SERVICE) as work:
        accounts.sign_out(work, ticket.token)


def _withdrawn(made: Organisation, ref: Ref) -> None:
    with made.acting("author") as work:
        documents.withdraw(work, ref, reason="Not needed", password=made.keys["author"])
    with made.acting("manager") as work:
        documents.sign_withdrawal_review(work, ref, password=made.keys["manager"])
    with made.acting("deputy") as work:
        documents.sign_withdrawal_approval(work, ref, password=made.keys["deputy"])
    with made.acting("controller") as work:
        documents.decide_withdrawal(work, ref, password=made.keys["controller"])


@pytest.fixture
def recorder(works: Works, engine: Engine, clock: SimulatedClock) -> Recorder:
    """What a whole route of acts sent to the database."""
    people = factories.organisation(works)  # put there by hand, so it is no act
    made = Recorder()
    made.attach(engine)
    act_everything(people, clock)
    return made


def test_after_the_first_entry_only_the_trail_is_touched(recorder: Recorder) -> None:
    """Law 3: the entries, their personal values and the head, and then nothing before COMMIT."""
    acts = 0
    for statements in recorder.committed:
        first = next((at for at, one in enumerate(statements) if "INSERT INTO trail_entry" in one), None)
        if first is None:
            continue
        acts += 1
        after = statements[first:]
        assert [one for one in after if not writes(one) or not set(tables(one)) <= TRAIL] == []
        assert "UPDATE trail_head" in after[-1]
        # The head is locked for one insert: it and the entry it names are the last things looked at before.
        assert [tables(one) for one in statements[first - 2 : first]] == [["trail_head"], ["trail_entry"]]
    assert acts >= 25


def test_what_changes_leaves_an_entry(recorder: Recorder) -> None:
    """TRL-01: no transaction changes a row of the business without an entry of its own."""
    silent = [
        sorted(changed)
        for statements in recorder.committed
        if (changed := {name for one in statements if writes(one) for name in tables(one)[:1]})
        and not changed & TRAIL
        and not changed <= WITHOUT_ENTRY.keys()
    ]
    assert silent == []


def test_the_recorder_sees_what_comes_after(works: Works, engine: Engine) -> None:
    """The test would notice a statement after the entries: here is one."""
    made = Recorder()
    made.attach(engine)
    real = works.append

    def late(work: Work, changes: Sequence[Change]) -> None:
        real(work, changes)
        work.session.execute(text("UPDATE job SET progress = progress"))

    works.append = late
    with works.writing(SERVICE) as work:
        work.record("workspace:make", Ref("workspace", "x"))
    (statements,) = [each for each in made.committed if any("trail_entry" in one for one in each)]
    assert tables(statements[-1]) == ["job"]
    assert writes(statements[-1])
