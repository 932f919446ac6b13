"""Actions: opened, handed over, done on evidence, closed by somebody else; by whom and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from qms import accounts, actions, tasks
from qms.actions import ActionEntries, ActionEvidenceItems, Which
from qms.kernel.ports import Rights, Scope, Secrecy
from qms.kernel.refs import Ref
from qms.runtime import scrub
from tests.accounts import factories
from tests.accounts.factories import as_person
from tests.uploads import bringing

if TYPE_CHECKING:
    from typing import Any

    from qms.actions import Action
    from qms.kernel.clock import SimulatedClock
    from qms.kernel.ports import Actor
    from qms.kernel.work import Work, Works

ORIGIN = Ref("document", "CP-12")


@dataclass
class House:
    """Works over an organisation with an author, a colleague, a head, somebody elsewhere."""

    works: Works
    actor: Actor
    rights: Rights
    ids: dict[str, int]

    def act(self, login: str, verb: Any, *args: Any, **facts: Any) -> Any:
        """An act in a person's name."""
        with self.works.writing(self.actor) as work:
            as_person(work, self.ids[login])
            return verb(work, *args, **facts)

    def open(self, login: str = "author", **more: Any) -> Action:
        """An action of the risk department."""
        facts = {
            "title": "  Mend the  list ",
            "owner_id": self.ids["author"],
            "due_on": self.day(14),
            "department": "risk",
            "origin": ORIGIN,
            **more,
        }
        made: Action = self.act(login, actions.open, **facts)
        return made

    def day(self, ahead: int) -> Any:
        """A day from now."""
        with self.works.reading(self.actor) as work:
            return work.today + timedelta(days=ahead)

    def owed(self, login: str) -> list[str]:
        """What a person owes, in words."""
        with self.works.reading(self.actor) as work:
            return [each.text("en") for each in tasks.inbox(work.session, self.ids[login], work.today)]

    def listed(self, login: str, which: Which) -> list[str]:
        """The numbers of a list."""
        with self.works.reading(self.actor) as work:
            rights = accounts.rights_of(work.session, self.ids[login], work.today)
            rows, count = actions.listing(work.session, rights, work.today, which)
            assert count == len(rows)
            return [row.number for row in rows]


@pytest.fixture
def house(works: Works, service: Actor, every_right: Rights) -> House:
    """The house."""
    with works.writing(service, every_right) as work:
        factories.organisation(work)
        ids = {
            login: factories.person(work, login, department=department, role=role)
            for login, department, role in (
                ("author", "risk", "author"),
                ("colleague", "risk", "reader"),
                ("head", "risk", "department-head"),
                ("other", "credit", "author"),
                ("quality", "centre", "quality-manager"),
            )
        }
    return House(works, service, every_right, ids)


def test_an_action_is_opened_numbered_and_owed(house: House) -> None:
    """It works: the number has no gap, the owner owes it, its origin finds it, its people see it."""
    first = house.open()
    with pytest.raises(actions.ActionInvalid):
        house.open(title=" ")
    second = house.open(title="Another")
    assert (first.number, second.number) == ("CA-2026-000001", "CA-2026-000002")
    assert house.owed("author")[0] == "Do CA-2026-000001: Mend the list"
    assert house.listed("colleague", Which.DEPARTMENT) == [first.number, second.number]
    assert house.listed("quality", Which.DEPARTMENT) == [first.number, second.number]
    assert house.listed("other", Which.DEPARTMENT) == []
    with house.works.reading(house.actor) as work:
        seen = accounts.rights_of(work.session, house.ids["colleague"], work.today)
        blind = accounts.rights_of(work.session, house.ids["other"], work.today)
        assert len(actions.arisen(work.session, seen, ORIGIN, work.today)) == 2
        assert actions.arisen(work.session, blind, ORIGIN, work.today) == []
        assert actions.hidden(work.session, blind, [Ref("action", first.number)])
        with pytest.raises(actions.NoSuchAction):
            actions.action(work.session, blind, first.number, work.today)


def test_who_may_open(house: House) -> None:
    """The wrong role is refused, unless a document declares it; nobody is given what they may not see."""
    with pytest.raises(accounts.NotAllowed):
        house.open("colleague")
    assert house.open("colleague", declared=True).number == "CA-2026-000001"
    with pytest.raises(actions.OwnerMayNotSee):
        house.open("colleague", declared=True, secrecy=Secrecy.SECRET)
    with pytest.raises(actions.ActionInvalid):
        house.open("author", secrecy=Secrecy.SECRET)
    with pytest.raises(actions.ActionInvalid):
        house.open("author", due_on=house.day(-1))


def test_it_is_closed_on_evidence_by_somebody_else(house: House) -> None:
    """Evidence first; then the head, never the owner, nor who does not manage the department's actions."""
    number = house.open().number
    with pytest.raises(actions.EvidenceNeeded):
        house.act("head", actions.close, number)
    with pytest.raises(actions.NotTheOwner):
        house.act("colleague", actions.add_evidence, number, text="done")
    with pytest.raises(actions.ActionInvalid):
        house.act("author", actions.add_evidence, number)
    kept = bringing.kept(house.works, "proof.txt", b"proof")
    house.act("author", actions.add_evidence, number, text="done", file=kept)
    assert house.owed("head") == ["Look at the evidence for CA-2026-000001 and close it: Mend the list"]
    with pytest.raises(accounts.NotAllowed):
        house.act("author", actions.close, number)
    closed = house.act("head", actions.close, number, outcome="list complete")
    assert closed.state is actions.State.CLOSED
    assert house.owed("author") == house.owed("head") == []
    for verb in (actions.close, actions.add_evidence):
        with pytest.raises(actions.ActionEnded):
            house.act("head", verb, number)
    assert house.listed("author", Which.ENDED) == [number]
    mine = house.open("head", owner_id=house.ids["head"]).number
    house.act("head", actions.add_evidence, mine, text="done")
    with pytest.raises(actions.OwnerCloses):
        house.act("head", actions.close, mine)
    assert "CA-2026-000002" in house.owed("quality")[0]


def test_it_is_handed_over_when_it_is_accepted(house: House) -> None:
    """It stays with its owner until the other takes it over; then nothing goes back (S68)."""
    number = house.open().number
    to = house.ids["colleague"]
    with pytest.raises(actions.NotTheOwner):
        house.act("colleague", actions.ask_hand_over, number, to=to, reason="r")
    with pytest.raises(actions.ActionInvalid):
        house.act("author", actions.ask_hand_over, number, to=to, reason=" ")
    house.act("author", actions.ask_hand_over, number, to=to, reason="leave")
    with pytest.raises(actions.HandOverOpen):
        house.act("author", actions.ask_hand_over, number, to=house.ids["head"], reason="leave")
    with pytest.raises(actions.NotAskedToTakeOver):
        house.act("head", actions.accept, number)
    house.act("colleague", actions.decline, number, reason="no time")
    assert house.owed("author") == ["Do CA-2026-000001: Mend the list"]
    house.act("author", actions.ask_hand_over, number, to=to, reason="leave")
    house.act("colleague", actions.accept, number)
    assert house.owed("author") == []
    assert house.owed("colleague") == ["Do CA-2026-000001: Mend the list"]
    with pytest.raises(actions.NotTheOwner):
        house.act("author", actions.add_evidence, number, text="done")


def test_it_is_cancelled_with_a_reason(house: House, clock: SimulatedClock) -> None:
    """Number and history stay; an overdue one stands in its list until it has ended."""
    number = house.open().number
    clock.advance(timedelta(days=20))
    assert house.listed("head", Which.OVERDUE) == [number]
    with pytest.raises(accounts.NotAllowed):
        house.act("author", actions.cancel, number, reason="no use")
    with pytest.raises(actions.ActionInvalid):
        house.act("head", actions.cancel, number, reason=" ")
    house.act("head", actions.cancel, number, reason="no use")
    with pytest.raises(actions.ActionEnded):
        house.act("head", actions.cancel, number, reason="again")
    assert house.listed("head", Which.OVERDUE) == []
    assert house.owed("author") == []


def test_a_circle_closes_it(house: House, every_right: Rights) -> None:
    """Grade and circle bind everybody, the head of the department as well (R16, R19)."""
    with house.works.writing(house.actor, every_right) as work:
        accounts.add_circle(work, "board", {"en": "Board"})
        accounts.enter_circle(work, house.ids["author"], "board")
    number = house.open(circle="board").number
    assert house.listed("author", Which.MINE) == [number]
    assert house.listed("head", Which.DEPARTMENT) == []
    with pytest.raises(actions.NoSuchAction):
        house.act("head", actions.cancel, number, reason="r")


def test_search_and_bundles_hold_it(house: House, clock: SimulatedClock) -> None:
    """One entry an action with its words; a bundle holds lists and files of what its receiver may see."""
    number = house.open().number
    kept = bringing.kept(house.works, "proof.txt", b"proof")
    house.act("author", actions.add_evidence, number, text="=done", file=kept)
    clock.advance(timedelta(days=3))
    house.act("head", actions.close, number, outcome="complete")
    ref = Ref("action", number)
    with house.works.reading(house.actor, house.rights) as work:
        port = ActionEntries()
        (entry,) = port.entries(work, ref)
        assert list(port.groups(work)) == [ref]
        assert (entry.number, entry.text, entry.departments) == (
            number,
            "=done\ncomplete",
            frozenset({"risk"}),
        )
        assert port.entries(work, Ref("action", "CA-2026-000009")) == ()
        items = ActionEvidenceItems().gather(work, Scope(), house.rights)
        paths = [item.path for item in items]
        assert paths == [f"actions/{number}/1.txt", "actions/actions.csv", "actions/evidence.csv"]
        assert b"'=done" in (items[2].content or b"")
        assert "已关闭" in (items[1].content or b"").decode()
        past = Scope(as_of=work.today - timedelta(days=1))
        (_, told, _) = ActionEvidenceItems().gather(work, past, house.rights)
        assert "待办" in (told.content or b"").decode()
        assert ActionEvidenceItems().gather(work, Scope(numbers=("CP-12",)), house.rights) == ()
        assert ActionEvidenceItems().gather(work, Scope(clauses=("7.5",)), house.rights) == ()
        blind = accounts.rights_of(work.session, house.ids["other"], work.today)
        assert ActionEvidenceItems().gather(work, Scope(), blind) == ()
        assert kept.digest in scrub.named(work.session)


def test_numbers_have_no_gap_after_a_fault(house: House) -> None:
    """A rolled-back act gives its number back (law 13)."""

    def broken(work: Work) -> None:
        actions.open(work, title="x", owner_id=house.ids["author"], due_on=work.today, department="risk")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        house.act("author", broken)
    assert house.open().number == "CA-2026-000001"
