"""Parties brought as a table: all or none, each faulty line named; hostile files refused (SEC-13, SEC-14)."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from typing import TYPE_CHECKING

import pytest
from openpyxl import Workbook

from qms import accounts, parties
from qms.kernel.ports import Scope
from qms.kernel.refs import Ref
from qms.parties import Contact, Facts, Kind, PartyEntries, PartyEvidence
from qms.uploads import SheetUnreadable, table
from tests.parties import factories
from tests.parties.factories import House

if TYPE_CHECKING:
    from qms.kernel.ports import Actor, Rights
    from qms.kernel.work import Works

HEAD = "kind,name,department,owner,tier,business-licence,contact-name,contact-phone\n"
GOOD = HEAD + "client,One,credit,east,vip,9132-1,Li,138\n\nsupplier,Two,credit,,,,,\n"


@pytest.fixture
def house(works: Works, service: Actor, every_right: Rights) -> House:
    """The house before each test."""
    return factories.made(works, service, every_right)


def brought(house: House, content: bytes | str, login: str = "credit-head") -> list[str]:
    """Import a file; gives the numbers."""
    data = content.encode() if isinstance(content, str) else content
    return house.act(
        login,
        lambda work: [each.number for each in parties.import_sheet(work, table.read(data, "x.csv"), "x.csv")],
    )


def test_a_table_is_imported_whole(house: House) -> None:
    assert brought(house, GOOD) == ["C-000001", "S-000001"]
    card = house.see("manager", lambda work: parties.party(work.session, work.rights, "C-000001"))
    assert (card.owner_login, card.line.tier, card.identifiers) == (
        "east",
        "vip",
        {"business-licence": "9132-1"},
    )
    people = house.see("manager", lambda work: parties.contacts(work, "C-000001"))
    assert [(each.name, each.phone) for each in people] == [("Li", "138")]


def test_a_faulty_line_refuses_all_and_is_named(house: House) -> None:
    """Nothing is imported by halves, and no number is used up."""
    bad = (
        f"{HEAD}client,One,credit,,,7,,\nrival,Two,credit,,,,,\n"
        "client,,credit,,gold,,,\nclient,Four,credit,,,7,,\n"
    )
    with pytest.raises(parties.ImportRefused) as refused:
        brought(house, bad)
    found = [(each.line, each.field) for each in refused.value.problems]
    assert found == [(3, "kind"), (4, "name"), (4, "tier"), (5, None)]
    assert house.numbers("manager") == []
    assert house.add() == "C-000001"


def test_strange_columns_and_grades_are_named(house: House) -> None:
    with pytest.raises(parties.ImportRefused) as refused:
        brought(house, "kind,name,colour\nclient,One,red\n")
    assert [(each.line, each.field) for each in refused.value.problems] == [(1, "colour")]
    with pytest.raises(parties.ImportRefused):
        brought(house, "kind,name,department,secrecy\nclient,One,credit,hidden\n")


def test_importing_needs_the_right(house: House) -> None:
    with pytest.raises(accounts.NotAllowed):
        brought(house, GOOD, "east")
    with pytest.raises(parties.PartyNotYours):
        brought(house, GOOD.replace(",east", ","), "risk-head")


def test_search_finds_names_and_numbers_alone(house: House) -> None:
    """What is personal is not among it; a merged one leads to the kept one and has no entry."""
    brought(house, GOOD)
    port = PartyEntries()
    [entry] = house.see("", lambda work: port.entries(work, Ref("party", "C-000001")))
    assert (entry.number, entry.title, entry.departments) == ("C-000001", "One", frozenset({"credit"}))
    assert "9132-1" in entry.text
    assert "Li" not in entry.text
    assert "138" not in entry.text
    kept = house.act(
        "credit-head",
        lambda work: parties.add(work, Kind.CLIENT, Facts(name="Kept", department="credit")).number,
    )
    house.act("credit-head", lambda work: parties.merge(work, "C-000001", kept, why="same"))
    assert house.see("", lambda work: list(port.entries(work, Ref("party", "C-000001")))) == []
    assert house.see("", lambda work: list(port.entries(work, Ref("party", "C-9")))) == []
    groups = house.see("", lambda work: [ref.key for ref in port.groups(work)])
    assert groups == ["C-000002", "S-000001"]
    assert port.group_of(Ref("record", "x")) is None


def test_a_bundle_lists_parties_without_what_is_personal(house: House) -> None:
    """Only what its receiver may see, and no name of an outside person (BND-08)."""
    house.add("Sunrise", contacts=(Contact("Li Somebody"),))
    house.add("A person", kind=Kind.OUTSIDE)

    def lines(login: str, **scope: tuple[str, ...]) -> list[str]:
        found = house.see(login, lambda work: PartyEvidence().gather(work, Scope(**scope), work.rights))  # type: ignore[arg-type]
        return [line for item in found for line in (item.content or b"").decode().splitlines()]

    whole = lines("manager")
    assert ["C-000001" in whole[1], "Sunrise" in whole[1], "O-000001" in whole[2]] == [True, True, True]
    assert "Li Somebody" not in str(whole)
    assert "A person" not in str(whole)
    assert len(lines("manager", numbers=("C-000001",), departments=("centre",))) == 2
    assert lines("risk-head") == lines("manager", kinds=("form",)) == []


def workbook(*rows: list[object]) -> bytes:
    """A workbook of these rows."""
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_is_read_like_a_table() -> None:
    """By its bytes, whatever its name; days as people write them."""
    at = datetime(2026, 1, 2, 3, 4)  # noqa: DTZ001 - cells have no zone
    content = workbook(["Kind", "Day", "At", None], ["client", date(2026, 1, 2), at, 5])
    rows = table.read(content, "x.csv")
    assert rows == [{"": "2", "kind": "client", "day": "2026-01-02", "at": "2026-01-02 03:04"}]


def test_chinese_spreadsheets_write_another_encoding() -> None:
    assert table.read("kind,name\nclient,晨光\n".encode("gb18030"), "x.csv")[0]["name"] == "晨光"


def _zip(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members.items():
            packed.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"\xff\xff\xff\x81",
        b'kind,name\n"client',
        b"kind,kind\nclient,client\n",
        b"a," * 70 + b"\nclient\n",
        b"x" * (5 * 1024 * 1024 + 1),
        b"PK\x03\x04 no archive",
        _zip(other=b"x"),
        _zip(**{"xl/workbook.xml": b"\0" * (51 * 1024 * 1024)}),
        _zip(**{"xl/workbook.xml": b"<no/>"}),
        _zip(**{f"m{place}": b"" for place in range(501)}),
    ],
    ids=["empty", "blank", "bytes", "quote", "twice", "wide", "large", "zip", "other", "bomb", "xml", "many"],
)
def test_what_is_no_table_is_refused(content: bytes) -> None:
    with pytest.raises(SheetUnreadable):
        table.read(content, "x.csv")
