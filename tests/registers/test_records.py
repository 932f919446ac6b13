"""Real records, filed and walked by people, fill the register: seats, decisions, sealed grades, rebuild."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from qms import registers
from qms.kernel.ports import Secrecy
from qms.runtime import ports
from tests.documents import factories as papers
from tests.records import factories
from tests.registers.factories import stored

if TYPE_CHECKING:
    from qms.kernel.work import Work, Works
    from tests.documents.factories import Organisation

REGISTER = b"""number: RG-07-01
kind: register
language: zh-Hans
title: {en: Approvals}
owner: risk
route: {review: {posts: [quality-manager]}, approve: {posts: [deputy-general-manager]}}
change: {reason: New, summary: New}
distribution: {departments: all}
from: [FM-07-01]
columns:
  - {id: purpose, label: Purpose, type: text}
  - {id: amount, label: Amount, type: money}
  - {id: remark, label: Remark, type: text}
  - {id: outcome, label: Outcome, type: text, value: decision}
"""


def house(works: Works, more: str = "") -> Organisation:
    """The form and its register in force."""
    works.ports = ports()
    return factories.house(works, factories.form(more=more), REGISTER)


def lines(work: Work) -> tuple[registers.Line, ...]:
    """What somebody sees of the register, with what is sealed opened."""
    register = registers.register(work.session, work.rights, "RG-07-01", work.today, "en")
    view = registers.View(columns=tuple(column.id for column in register.columns))
    found = registers.page(work.session, work.rights, register, view, work.settings.zone_info)
    return registers.reveal(work, found.lines, register.columns)


def test_each_step_of_a_record_fills_the_register(works: Works) -> None:
    """Filed, reviewed, approved: the row follows in the same transaction, and the decision stands in it."""
    made = house(works)
    ref = factories.filed(made)
    (row_id,) = [each.record_id for each in _seen(made, "manager")]
    assert stored(works, row_id)["amount"].number == 1_200_500_000
    factories.reviewed(made, ref)
    assert stored(works, row_id)["remark"].text == "可"
    factories.approved(made, ref)
    (line,) = _seen(made, "manager")
    assert (line.state, line.cells["outcome"]) == ("closed", ("agree",))


def _seen(made: Organisation, login: str) -> tuple[registers.Line, ...]:
    with made.looking(login) as work:
        return lines(work)


def test_who_has_a_seat_sees_the_row(works: Works) -> None:
    """The deputy once the record has come to them; somebody of another department never."""
    made = house(works)
    ref = factories.filed(made)
    assert len(_seen(made, "author")) == 1
    assert len(_seen(made, "general")) == 0
    assert len(_seen(made, "deputy")) == 0
    factories.reviewed(made, ref)
    assert len(_seen(made, "deputy")) == 1


def test_a_confidential_record_is_in_no_cell_and_shown_to_who_sees_it(works: Works) -> None:
    """Its whole content is sealed; the register opens it for the rows it shows (R16, R17)."""
    made = house(works, "records: {secrecy: confidential}")
    with made.service() as work:
        for login in ("author", "manager"):
            papers.clear(work, made.ids[login], Secrecy.CONFIDENTIAL)
    factories.filed(made, purpose="秘密", amount="5")
    (line,) = _seen(made, "manager")
    assert stored(works, line.record_id)["purpose"].mark is registers.Mark.SEALED
    assert stored(works, line.record_id)["purpose"].text is None
    assert line.cells["purpose"] == ("秘密",)
    assert _seen(made, "writer") == ()


def test_a_register_is_filled_anew_from_stored_records(works: Works) -> None:
    """Whatever was lost of it, in the records' own order."""
    made = house(works)
    factories.filed(made)
    factories.filed(made, purpose="二", amount="7")
    with made.service() as work:
        work.session.query(registers.models.RegisterCell).delete()
        work.session.query(registers.models.RegisterRow).delete()
    assert _seen(made, "manager") == ()
    with made.acting("controller") as work:
        assert registers.rebuild(work, "RG-07-01", "Rows were lost") == 2
    assert [line.cells["purpose"] for line in _seen(made, "manager")] == [("二",), ("设备",)]
    with made.acting("author") as work, pytest.raises(registers.MayNotRebuild):
        registers.rebuild(work, "RG-07-01", "why")
