"""Every act on parties in threes: it works, the wrong role is refused, the wrong state is refused."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from qms import accounts, parties, trail
from qms.kernel.ports import Secrecy
from qms.parties import Contact, Facts, Kind, State, Wanted
from qms.parties.models import Party, PartyContact
from tests.parties import factories
from tests.parties.factories import House

if TYPE_CHECKING:
    from qms.kernel.ports import Actor, Rights
    from qms.kernel.work import Work, Works
    from qms.parties import Card

SPEAKS = Contact(name="Li Somebody", post="finance", phone="13800000000")
HEAD = "credit-head"


@pytest.fixture
def house(works: Works, service: Actor, every_right: Rights) -> House:
    """The house before each test."""
    return factories.made(works, service, every_right)


def facts(name: str = "Sunrise Tools", **more: Any) -> Facts:
    return Facts(**{"name": name, "department": "credit", **more})


def card(house: House, number: str, login: str = "manager") -> Card:
    return house.see(login, lambda work: parties.party(work.session, work.rights, number))


def test_numbers_run_on_for_each_kind(house: House) -> None:
    assert house.add("One") == "C-000001"
    assert house.add("Two") == "C-000002"
    assert house.add("Three", kind=Kind.PARTNER) == "P-000001"


def test_what_is_refused_leaves_no_gap(house: House) -> None:
    house.add("One", identifiers={"business-licence": "9132-A"})
    with pytest.raises(parties.IdentifierTaken):
        house.add("Two", identifiers={"business-licence": "９１３２ａ"})
    assert house.add("Three") == "C-000002"


def test_writers_at_once_leave_no_gap(house: House) -> None:
    """Eight at once, on both databases: eight numbers, one after another (law 13)."""
    start = threading.Barrier(8)
    numbers: list[str] = []
    faults: list[Exception] = []

    def one(place: int) -> None:
        start.wait()
        try:
            numbers.append(house.add(f"Party {place}"))
        except Exception as fault:  # noqa: BLE001 - shown by the assertion below
            faults.append(fault)

    threads = [threading.Thread(target=one, args=(place,)) for place in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert sorted(numbers) == [f"C-{serial:06d}" for serial in range(1, 9)]


def test_a_party_is_added_for_departments_one_manages(house: House) -> None:
    with pytest.raises(accounts.NotAllowed):
        house.add(login="east")
    with pytest.raises(parties.PartyNotYours):
        house.add(login="risk-head")
    assert house.add(login="manager") == "C-000001"


@pytest.mark.parametrize(
    ("name", "more", "field"),
    [
        (" ", {}, "name"),
        ("A" * 201, {}, "name"),
        ("A", {"department": "nowhere"}, "department"),
        ("A", {"tier": "golden"}, "tier"),
        ("A", {"stage": "last"}, "stage"),
        ("A", {"circle": "inner"}, "circle"),
        ("A", {"secrecy": 9}, "secrecy"),
        ("A", {"owner": "nobody"}, "owner"),
        ("A", {"identifiers": {"shoe-size": "43"}}, "identifiers"),
        ("A", {"identifiers": {"other": "4" * 121}}, "identifier-other"),
    ],
)
def test_faults_of_the_facts_are_named(house: House, name: str, more: dict[str, Any], field: str) -> None:
    with pytest.raises(parties.PartyInvalid) as refused:
        house.add(name, **more)
    assert [each.field for each in refused.value.problems] == [field]


def test_nobody_gives_a_grade_they_do_not_see(house: House) -> None:
    with pytest.raises(parties.PartyBeyondYou):
        house.add(secrecy=Secrecy.SECRET)
    house.act("", lambda work: accounts.add_circle(work, "aml", {"en": "AML"}))
    with pytest.raises(parties.PartyBeyondYou):
        house.add(circle="aml")


def test_who_sees_a_party(house: House) -> None:
    """Its department and those below, who manages everywhere, its owner; nobody else (SEC-06, SEC-07)."""
    own, other = house.add(owner="risk-reader"), house.add("Other")
    seen = {login: house.numbers(login) for login in house.people}
    assert seen == {
        HEAD: [own, other],
        "east": [own, other],
        "risk-head": [],
        "risk-reader": [own],
        "manager": [own, other],
    }
    assert house.see("risk-head", lambda work: parties.count(work.session, work.rights)) == 0
    known = house.see("risk-reader", lambda work: parties.names(work.session, work.rights, [own, other]))
    assert known == {own: "Sunrise Tools"}
    assert house.see("manager", lambda work: parties.names(work.session, work.rights, [])) == {}
    assert house.see("risk-head", lambda work: parties.matching(work.session, work.rights, "sun")) == []
    with pytest.raises(parties.NoSuchParty):
        card(house, own, "risk-head")


def test_secrecy_and_circle_hide_a_party(house: House) -> None:
    house.act("", lambda work: accounts.add_circle(work, "aml", {"en": "AML"}))
    secret, closed = house.add("Secret", "", secrecy=Secrecy.SECRET), house.add("Closed", "")
    closing = update(Party).where(Party.number == closed).values(circle="aml")
    house.act("", lambda work: work.session.execute(closing))
    assert house.numbers(HEAD) == house.numbers("manager") == []
    house.act("", lambda work: accounts.enter_circle(work, house.people["east"], "aml"))
    house.act("", lambda work: accounts.clear(work, house.people["manager"], Secrecy.SECRET))
    assert (house.numbers("east"), house.numbers("manager")) == ([closed], [secret])


def test_a_change_is_told_and_never_lost(house: House) -> None:
    number = house.add()
    house.act(HEAD, lambda work: parties.change(work, number, facts(tier="vip"), version=1))
    found = card(house, number)
    assert (found.line.tier, found.version) == ("vip", 2)
    last = house.see("manager", lambda work: parties.history(work.session, found)[0])
    assert (last.action, last.after["changed"]) == ("party:change", ["tier"])
    assert last.personal["name"] == "Sunrise Tools"
    assert "Sunrise" not in str(last.body)
    with pytest.raises(parties.PartyChanged):
        house.act(HEAD, lambda work: parties.change(work, number, facts("Late"), version=1))


def test_a_change_needs_both_departments(house: House) -> None:
    number = house.add()
    with pytest.raises(parties.PartyNotYours):
        house.act("east", lambda work: parties.change(work, number, facts(), version=1))
    moved = facts(department="risk")
    with pytest.raises(parties.PartyNotYours):
        house.act(HEAD, lambda work: parties.change(work, number, moved, version=1))


def test_nothing_changed_leaves_no_entry(house: House) -> None:
    number = house.add()
    house.act(HEAD, lambda work: parties.change(work, number, facts(), version=1))
    found = card(house, number)
    acts = house.see("", lambda work: [each.action for each in parties.history(work.session, found)])
    assert acts == ["party:add"]


def test_contacts_are_sealed(house: House) -> None:
    """Neither the row nor the trail holds a name or a telephone number (R17)."""
    number = house.add(contacts=(SPEAKS,))
    assert house.see("east", lambda work: parties.contacts(work, number)) == [SPEAKS]
    boxes = house.see("", lambda work: work.session.scalars(select(PartyContact.sealed)).all())
    assert len(boxes) == 1
    assert "13800000000" not in boxes[0]
    told = house.see("", lambda work: str([each.body for each in trail.since(work.session, 0, 500)]))
    assert "13800000000" not in told
    house.act(HEAD, lambda work: parties.set_contacts(work, number, [SPEAKS, Contact("Second")]))
    names = house.see("east", lambda work: [each.name for each in parties.contacts(work, number)])
    assert names == ["Li Somebody", "Second"]


def test_contacts_are_for_who_manages_a_party_dealt_with(house: House) -> None:
    number = house.add()
    with pytest.raises(parties.PartyNotYours):
        house.act("east", lambda work: parties.set_contacts(work, number, [SPEAKS]))
    with pytest.raises(parties.PartyInvalid):
        house.act(HEAD, lambda work: parties.set_contacts(work, number, [Contact(" ")]))
    house.act(HEAD, lambda work: parties.end(work, number, why="left"))
    with pytest.raises(parties.PartyNotActive):
        house.act(HEAD, lambda work: parties.set_contacts(work, number, [SPEAKS]))


def test_stages_are_reached_in_order(house: House) -> None:
    number = house.add(stage="contact")
    house.act(HEAD, lambda work: parties.reach_stage(work, number, "business"))
    with pytest.raises(parties.StageNotAfter):
        house.act(HEAD, lambda work: parties.reach_stage(work, number, "need"))
    with pytest.raises(parties.PartyNotYours):
        house.act("east", lambda work: parties.reach_stage(work, number, "membership"))


def test_a_party_ends_and_comes_back(house: House) -> None:
    number = house.add()
    with pytest.raises(parties.ReasonNeeded):
        house.act(HEAD, lambda work: parties.end(work, number, why=" "))
    with pytest.raises(parties.PartyNotYours):
        house.act("east", lambda work: parties.end(work, number, why="left"))
    with pytest.raises(parties.PartyActive):
        house.act(HEAD, lambda work: parties.resume(work, number, why="back"))
    house.act(HEAD, lambda work: parties.end(work, number, why="left"))
    assert house.see("", lambda work: parties.subjects(work.session)) == []
    with pytest.raises(parties.PartyNotActive):
        house.act(HEAD, lambda work: parties.end(work, number, why="left"))
    house.act(HEAD, lambda work: parties.resume(work, number, why="back"))
    assert [each.number for each in house.see("", lambda work: parties.subjects(work.session))] == [number]


def test_a_duplicate_leads_to_the_one_that_is_kept(house: House) -> None:
    kept = house.add("Sunrise", identifiers={"business-licence": "1"}, contacts=(SPEAKS,))
    double = house.add("Sunrise Ltd", identifiers={"other": "2"}, contacts=(Contact("Second"), SPEAKS))
    house.act(HEAD, lambda work: parties.merge(work, double, kept, why="the same firm"))
    found = card(house, kept)
    assert found.identifiers == {"business-licence": "1", "other": "2"}
    assert found.duplicates == (double,)
    assert house.see("", lambda work: parties.kept_number(work.session, double)) == kept
    names = house.see("east", lambda work: [each.name for each in parties.contacts(work, kept)])
    assert names == ["Li Somebody", "Second"]
    gone = card(house, double)
    assert (gone.line.state, gone.into) == (State.MERGED, kept)


def test_only_ones_own_parties_of_one_kind_are_merged(house: House) -> None:
    kept, other = house.add("Sunrise"), house.add("Sunrise", kind=Kind.SUPPLIER)
    double = house.add("Sunrise again")
    with pytest.raises(parties.MergeIntoItself):
        house.act(HEAD, lambda work: parties.merge(work, kept, kept, why="w"))
    with pytest.raises(parties.MergeOfOtherKind):
        house.act(HEAD, lambda work: parties.merge(work, other, kept, why="w"))
    with pytest.raises(parties.PartyNotYours):
        house.act("east", lambda work: parties.merge(work, double, kept, why="w"))
    house.act(HEAD, lambda work: parties.merge(work, double, kept, why="w"))
    with pytest.raises(parties.PartyNotActive):
        house.act(HEAD, lambda work: parties.merge(work, double, kept, why="w"))
    with pytest.raises(parties.PartyNotActive):
        house.act(HEAD, lambda work: parties.resume(work, double, why="w"))


def test_erasing_destroys_the_key_after_the_act(house: House) -> None:
    """Number and trail stay; nothing personal can be opened any more, also not from a copy (CN-10)."""
    number = house.add("A person", kind=Kind.OUTSIDE, identifiers={"other": "1"}, contacts=(SPEAKS,))
    with pytest.raises(parties.PartyNotYours):
        house.act("east", lambda work: parties.erase(work, number, why="asked to"))
    house.act(HEAD, lambda work: parties.erase(work, number, why="asked to"))
    assert house.see("", parties.destroy_erased) == 1
    assert house.see("", parties.destroy_erased) == 0
    found = card(house, number)
    assert (found.line.name, found.identifiers) == (number, {})
    assert house.see("east", lambda work: parties.contacts(work, number)) == []
    with pytest.raises(parties.PartyErased):
        house.act(HEAD, lambda work: parties.erase(work, number, why="again"))
    with pytest.raises(parties.PartyErased):
        house.act(HEAD, lambda work: parties.set_contacts(work, number, [SPEAKS]))


@pytest.mark.parametrize("named", [0, 1, 2])
def test_erasing_reaches_every_duplicate(house: House, named: int) -> None:
    """CN-10: a duplicate is the same party: whichever number is erased, nothing of it can be opened."""
    numbers = [
        house.add(f"Person {each}", kind=Kind.OUTSIDE, identifiers={"other": each}, contacts=(SPEAKS,))
        for each in "123"
    ]
    stays = house.add("Another", kind=Kind.OUTSIDE, contacts=(SPEAKS,))
    for double, kept in ((2, 1), (1, 0)):
        house.act(HEAD, lambda work: parties.merge(work, numbers[double], numbers[kept], why="the same"))  # noqa: B023
    house.act(HEAD, lambda work: parties.erase(work, numbers[named], why="asked to"))
    for each in numbers:
        found = card(house, each)
        assert (found.line.name, found.identifiers, found.note) == (each, {}, "")
        assert house.see("east", lambda work: parties.contacts(work, each)) == []  # noqa: B023
    assert house.see("east", lambda work: parties.contacts(work, stays)) == [SPEAKS]
    assert house.see("", parties.destroy_erased) == 3
    with pytest.raises(parties.PartyErased):
        house.act(HEAD, lambda work: parties.erase(work, numbers[2], why="again"))


def test_erasing_a_duplicate_needs_the_right_over_what_it_leads_to(house: House) -> None:
    """Whoever lost the department of the kept one erases neither."""
    kept, double = house.add("A", kind=Kind.OUTSIDE), house.add("B", kind=Kind.OUTSIDE, contacts=(SPEAKS,))
    house.act(HEAD, lambda work: parties.merge(work, double, kept, why="the same"))
    told = facts("A", department="risk")
    house.act("manager", lambda work: parties.change(work, kept, told, version=card(house, kept).version))
    with pytest.raises((parties.PartyNotYours, parties.NoSuchParty)):
        house.act(HEAD, lambda work: parties.erase(work, double, why="asked to"))
    assert card(house, double).erased_at is None


def test_the_lists_are_the_organisations_own(house: House) -> None:
    text = "tiers:\n  - {code: gold, names: {en: Gold}}\nexpected: {client: [tier, 'form:FM-10-01']}\n"
    with pytest.raises(parties.MayNotSetLists):
        house.act(HEAD, lambda work: parties.set_lists(work, text))
    with pytest.raises(parties.ListsInvalid):
        house.act("manager", lambda work: parties.set_lists(work, "tiers: 3"))
    house.act("manager", lambda work: parties.set_lists(work, text))
    number = house.add(tier="gold")
    house.act("manager", lambda work: parties.set_lists(work, text + "\n"))
    found = card(house, number)
    lacks = house.see("manager", lambda work: parties.completeness(work, found, parties.dossier(work, found)))
    assert [each.sentence("en") for each in lacks] == ["A record on FM-10-01"]


def test_lists_are_filtered_and_paged(house: House) -> None:
    house.add("Sunrise Tools", tier="vip", owner="east", identifiers={"business-licence": "9132 0001"})
    house.add("晨光工具", short_name="晨光", department="outlet-east")
    house.add("Sunset", kind=Kind.SUPPLIER)

    def found(after: str = "", limit: int = 50, **wanted: Any) -> list[str]:
        def ask(work: Work) -> list[str]:
            rows = parties.listing(work.session, work.rights, Wanted(**wanted), after=after, limit=limit)
            return [each.number for each in rows]

        return house.see("manager", ask)

    assert found(words="sun") == ["C-000001", "S-000001"]
    assert found(words="9132-00") == ["C-000001"]
    assert found(words="晨光") == ["C-000002"]
    assert found(words="c-0000") == ["C-000001", "C-000002"]
    assert found(words="%") == []
    assert found(kind=Kind.SUPPLIER) == ["S-000001"]
    assert found(tier="vip", owner_id=house.people["east"]) == ["C-000001"]
    assert found(department="outlet-east") == ["C-000002"]
    assert found("C-000001", 1) == ["C-000002"]
    picked = house.see(
        "manager", lambda work: parties.matching(work.session, work.rights, "sun", {Kind.CLIENT})
    )
    assert [(each.number, each.owner) for each in picked] == [("C-000001", "East")]
    chosen = house.see("", lambda work: parties.subjects(work.session, kinds=["client"], tiers=["vip"]))
    assert [(each.number, each.owner_id) for each in chosen] == [("C-000001", house.people["east"])]
