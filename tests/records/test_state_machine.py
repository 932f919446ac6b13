"""No path leads past the steps of a form: random acts of everybody, whatever is refused changes nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as given
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from qms import records
from qms.kernel.errors import QmsError
from qms.records.models import Record, RecordAct, RecordContent, RecordStep
from qms.records.states import State, StepState
from tests.documents.factories import trail_is_whole
from tests.records import factories as sheets

if TYPE_CHECKING:
    from collections.abc import Callable

    from qms.kernel.refs import Ref
    from qms.kernel.work import Work, Works
    from tests.documents.factories import Organisation

PEOPLE: Final = ("author", "risk-head", "deputy", "manager", "reader")
WALK: Final = {"file": "author", "review": "risk-head", "approve": "deputy"}
person = given.sampled_from(PEOPLE)


@dataclass
class Model:
    """What must be true of one record, told from the acts that were not refused."""

    state: State = State.DRAFT
    done: list[str] = field(default_factory=list)
    round: int = 1


class Walks(RuleBasedStateMachine):
    """Several records of one form, many hands."""

    made: Organisation
    refs: dict[int, Ref]
    known: dict[int, Model]

    @initialize()
    def begin_with_nothing(self) -> None:
        """Nothing is there yet."""
        self.refs, self.known = {}, {}

    def tried(self, login: str, act: Callable[[Work], object]) -> bool:
        """Whether an act was not refused."""
        try:
            with self.made.acting(login) as work:
                act(work)
        except QmsError:
            return False
        return True

    @rule()
    def begin(self) -> None:
        """Begin a record."""
        ref = sheets.begun(self.made)
        place = int(ref.key)
        self.refs[place], self.known[place] = ref, Model()

    def one(self, data: given.DataObject) -> tuple[int, Ref, Model] | None:
        """Some record, if there is one."""
        if not self.refs:
            return None
        place = data.draw(given.sampled_from(sorted(self.refs)))
        return place, self.refs[place], self.known[place]

    @rule(data=given.data(), login=person)
    def submit(self, data: given.DataObject, login: str) -> None:
        """File, or file again what came back."""
        found = self.one(data)
        if found is None:
            return
        place, ref, model = found
        due = model.state is State.DRAFT or (model.state is State.OPEN and not model.done)
        did = self.tried(login, lambda work: self._file(work, place, ref))
        assert did is (due and login == "author")
        if did:
            model.state, model.done = State.OPEN, ["file"]

    def _file(self, work: Work, place: int, ref: Ref) -> None:
        self.refs[place] = records.ref_of(records.submit(work, ref))

    @rule(data=given.data(), login=person, step=given.sampled_from(("review", "approve")))
    def act(self, data: given.DataObject, login: str, step: str) -> None:
        """Do a step."""
        found = self.one(data)
        if found is None:
            return
        _, ref, model = found
        values = {"remark": "可"} if step == "review" else {}
        decision, key = ("agree", self.made.keys[login]) if step == "approve" else ("", None)
        did = self.tried(
            login,
            lambda work: records.act(
                work, ref, step, values=values, opinion="好", decision=decision, password=key
            ),
        )
        following = list(WALK)[len(model.done)] if len(model.done) < len(WALK) else ""
        assert did is (model.state is State.OPEN and step == following and login == WALK[step])
        if did:
            model.done.append(step)
            model.state = State.CLOSED if step == "approve" else State.OPEN

    @rule(data=given.data(), login=person)
    def give_back(self, data: given.DataObject, login: str) -> None:
        """Send back."""
        found = self.one(data)
        if found is None:
            return
        _, ref, model = found
        step = list(WALK)[len(model.done)] if 0 < len(model.done) < len(WALK) else "review"
        did = self.tried(login, lambda work: records.give_back(work, ref, step, "缺件"))
        assert did is (model.state is State.OPEN and bool(model.done) and login == WALK[step])
        if did:
            model.done, model.round = [], model.round + 1

    @rule(data=given.data(), login=given.sampled_from(("author", "deputy")))
    def cancel(self, data: given.DataObject, login: str) -> None:
        """Cancel."""
        found = self.one(data)
        if found is None:
            return
        _, ref, model = found
        did = self.tried(login, lambda work: records.cancel(work, ref, "重复"))
        assert did is (model.state is State.OPEN and login == "author")
        if did:
            model.state = State.CANCELLED

    @invariant()
    def the_rows_say_the_same(self) -> None:
        """State, round and steps are what the acts made them."""
        with self.made.service() as work:
            rows = {row.id: row for row in work.session.scalars(select(Record))}
            for place, model in self.known.items():
                assert (rows[place].state, rows[place].round) == (model.state, model.round)
                steps = work.session.scalars(
                    select(RecordStep.step)
                    .where(
                        RecordStep.record_id == place,
                        RecordStep.round == model.round,
                        RecordStep.state == StepState.DONE,
                    )
                    .order_by(RecordStep.id)
                ).all()
                assert list(steps) == model.done
                if model.state is State.CLOSED:
                    self._acted_by_whom_the_form_asks(work, place, model)

    def _acted_by_whom_the_form_asks(self, work: Work, place: int, model: Model) -> None:
        acted = work.session.execute(
            select(RecordStep.step, RecordAct.person_id)
            .join(RecordStep, RecordStep.id == RecordAct.step_id)
            .where(RecordAct.record_id == place, RecordStep.round == model.round)
        )
        assert {row.step: row.person_id for row in acted} == {
            step: self.made.ids[login] for step, login in WALK.items()
        }

    @invariant()
    def numbers_have_no_gap_and_contents_no_hole(self) -> None:
        """Law 13, REC-01."""
        with self.made.service() as work:
            numbers = sorted(str(number) for number in work.session.scalars(select(Record.number)) if number)
            assert numbers == [f"FM-07-01-2026-{place + 1:06d}" for place in range(len(numbers))]
            for place in self.known:
                versions = work.session.scalars(
                    select(RecordContent.version)
                    .where(RecordContent.record_id == place)
                    .order_by(RecordContent.version)
                ).all()
                assert list(versions) == list(range(1, len(versions) + 1))


def test_no_path_leads_past_the_steps(works: Works) -> None:
    """P11-10f: closed only by every step, each by whom it asks; numbers and trail whole on the way."""
    made = sheets.house(works)
    run_state_machine_as_test(
        type("WalksHere", (Walks,), {"made": made}),
        settings=settings(
            max_examples=8,
            stateful_step_count=18,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert trail_is_whole(made)
