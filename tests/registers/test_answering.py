"""What registers tell lower slices: choices for forms, records about a party; by the reader's rights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
from sqlalchemy import event

from qms import parties, records, registers
from qms.kernel.refs import Ref
from qms.parties import Facts, Kind
from qms.records.errors import RecordInvalid
from qms.runtime import ports
from tests.records import factories

if TYPE_CHECKING:
    from qms.kernel.work import Works
    from tests.documents.factories import Organisation

REGISTER: Final = b"""number: RG-07-01
kind: register
language: zh-Hans
title: {en: Clients seen}
owner: risk
route: {review: {posts: [quality-manager]}, approve: {posts: [deputy-general-manager]}}
change: {reason: New, summary: New}
distribution: {departments: all}
from: [FM-07-01]
columns:
  - {id: client, label: Client, type: party}
  - {id: product, label: Product, type: text}
"""
VISIT: Final = """
  - {id: client, label: 客户, type: party, required: true}
  - {id: product, label: 产品, type: text, required: true}
"""
CHOICE: Final = "  - {id: product, label: 产品, type: choice, required: true, options: {register: RG-07-01}}"


def house(works: Works) -> tuple[Organisation, str]:
    """A form about a party, its register, a form that chooses from the register, and one client."""
    works.ports = ports()
    visit = factories.form(fields=VISIT, steps="")
    made = factories.house(works, visit, factories.form("FM-07-02", fields=CHOICE, steps=""), REGISTER)
    with made.service() as work:
        client = parties.add(work, Kind.CLIENT, Facts(name="东方贸易", department="risk"))
        return made, str(getattr(client, "number", client))


def test_the_card_of_a_party_lists_what_is_recorded_about_it(works: Works) -> None:
    """S33: everything on one party, each record once, for whom the records exist."""
    made, client = house(works)
    ref = factories.filed(made, client=client, product="小额贷款")
    with made.looking("manager") as work:
        card = parties.party(work.session, work.rights, client)
        found = parties.dossier(work, card)
        assert [(each.ref, each.form, each.title) for each in found] == [(ref, "FM-07-01", "Clients seen")]
    with made.looking("reader") as work:
        (answers,) = work.ports["dossiers"]
        assert answers.lines(work, [client]) == []


def test_a_register_offers_what_stands_in_it(works: Works) -> None:
    """A choice from a register takes what a row holds, and nothing else."""
    made, client = house(works)
    factories.filed(made, client=client, product="小额贷款")
    factories.filed(made, number="FM-07-02", product="小额贷款")
    ref = factories.begun(made, number="FM-07-02", product="典当")
    with pytest.raises(RecordInvalid), made.acting("author") as work:
        records.submit(work, ref)
    with made.looking("author") as work:
        (answers,) = work.ports["registers"]
        assert not answers.offers(work, "RG-99-99", "小额贷款")
        assert answers.offers(work, "RG-07-01", str(Ref("party", client)))


def test_a_party_that_is_not_there_is_no_answer(works: Works) -> None:
    """Whatever a form names must exist for who answers (SEC-06)."""
    made, _ = house(works)
    ref = factories.begun(made, client="C-999999", product="典当")
    with pytest.raises(RecordInvalid) as caught, made.acting("author") as work:
        records.submit(work, ref)
    assert [each.field for each in caught.value.problems] == ["client"]


def test_many_registers_cost_no_more_queries_than_one(works: Works) -> None:
    """What they declare and whose records somebody sees is asked once, for all of them."""
    made, _ = house(works)

    def asked() -> int:
        """How many statements the list of registers takes, once what they declare is built."""
        seen: list[str] = []

        def count(*told: Any) -> None:
            seen.append(told[2])

        with made.looking("manager") as work:
            registers.registers(work.session, work.rights, work.today, work.language)
        with made.looking("manager") as work:
            event.listen(works.engine, "before_cursor_execute", count)
            found = registers.registers(work.session, work.rights, work.today, work.language)
            event.remove(works.engine, "before_cursor_execute", count)
        numbers.append([each.number for each in found])
        return len(seen)

    numbers: list[list[str]] = []
    before = asked()
    for number in ("RG-07-02", "RG-07-03"):
        factories.issue(made, REGISTER.replace(b"RG-07-01", number.encode()))
    assert asked() == before
    assert numbers == [["RG-07-01"], ["RG-07-01", "RG-07-02", "RG-07-03"]]
