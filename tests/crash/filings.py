"""The acts on records that are killed: from what is typed to what is disposed of (REL-01, REC-01, REC-05)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from qms import accounts, parties, records, registers, retention
from qms.kernel.refs import Ref
from qms.parties import Contact, Facts, Kind
from qms.registers import Format, View
from qms.uploads import table
from tests.crash.act import ACT, BLOB, JOB, Act
from tests.crash.house import START
from tests.documents import factories
from tests.records import factories as sheets

if TYPE_CHECKING:
    from qms.rendering import Pool
    from tests.crash.act import Stages
    from tests.crash.house import Content, House

OVER: Final = START + timedelta(days=40)
"""What is closed at the start may be disposed of."""
WEEK: Final = START + timedelta(days=7)
REGISTER: Final = "RG-07-01"
DRAFT: Final = Ref("record-draft", "1")
RECORD: Final = Ref("record", "FM-07-01-2026-000001")
LIST: Final = "DL-2026-0001"
TABLE: Final = "purpose,amount,holder\n设备,10.00,某人\n材料,20.00,\n用具,30.00,某人\n"
VALUES: Final = {"purpose": "设备", "amount": "1200.50", "holder": "某人"}
_FIELDS: Final = sheets.FIELDS.replace(
    "  - {section: {zh-Hans: 审查",
    "  - {id: holder, label: {zh-Hans: 持有人, en: Holder}, type: text, personal: true}\n"
    "  - {id: proof, label: {zh-Hans: 附件, en: Proof}, type: file}\n"
    "  - {section: {zh-Hans: 审查",
    1,
)
_MORE: Final = "retention: {class: C10, after: closed, keep: 1 month}"
_OPENS: Final = """
opens:
  - {at: close, task: {label: {zh-Hans: 归档, en: File away}}, to: {posts: [document-controller]}}
  - {at: close, action: {title: {zh-Hans: 复查, en: Look again}}, to: {posts: [risk-head]}, within: 5 days}
"""
_STEPS: Final = sheets.STEPS.replace(
    "opinion: required}\n", "opinion: required, within: 3 working days}\n", 1
)
_REGISTER: Final = f"""number: {REGISTER}
kind: register
language: zh-Hans
title: {{zh-Hans: 审批台账, en: Sheets}}
owner: risk
route: {{review: {{posts: [quality-manager]}}, approve: {{posts: [deputy-general-manager]}}}}
change: {{reason: New, summary: New}}
distribution: {{departments: all}}
from: [FM-07-01]
columns:
  - {{id: purpose, label: {{en: Purpose}}, type: text}}
  - {{id: amount, label: {{en: Amount}}, type: money, currency: CNY}}
"""
_WATCH: Final = "schedules: [{id: check, label: 自查, every: week, to: {posts: [risk-head]}}]"


def begin(house: House, pool: Pool) -> None:
    """A draft with something personal in it: its key comes before its row."""
    del pool
    sheets.begun(house.people, **VALUES)


def attach(house: House, pool: Pool) -> None:
    """A file, its bytes first."""
    del pool
    with house.people.looking("author") as work:
        ready = records.ready_file(
            work, DRAFT, "proof", name="proof.txt", media_type="text/plain", content=b"proof"
        )
    with house.people.acting("author") as work:
        records.add_file(work, DRAFT, "proof", ready)
        told = {"name": ready.name, "digest": ready.digest, "size": str(ready.size), "type": ready.media_type}
        records.save(work, DRAFT, {**VALUES, "proof": [told]})


def file(house: House, pool: Pool) -> None:
    """Number, content, step, clock, task, register line: filed wholly or not at all."""
    del pool
    with house.people.acting("author") as work:
        records.submit(work, DRAFT)


def give_back(house: House, pool: Pool) -> None:
    """Sent back to its author."""
    del pool
    with house.people.acting("risk-head") as work:
        records.give_back(work, RECORD, "review", "Not readable")


def step(house: House, pool: Pool) -> None:
    """The last step, signed: the record closes and opens a task and an action."""
    del pool
    sheets.approved(house.people, RECORD)


def amend(house: House, pool: Pool) -> None:
    """A signed correction beside it."""
    del pool
    with house.people.acting("author") as work:
        key = house.people.keys["author"]
        records.amend(work, RECORD, {"purpose": "办公设备"}, "Mistyped", password=key)


def cancel(house: House, pool: Pool) -> None:
    """Cancelled while it is under way."""
    del pool
    with house.people.acting("manager") as work:
        records.cancel(work, RECORD, "Filed twice")


def erase(house: House, pool: Pool) -> None:
    """What is sealed of it is erased; the key goes after the act (D-0022)."""
    del pool
    with house.people.acting("manager") as work:
        records.erase(work, RECORD, "Asked for")
    with house.looking() as work:
        records.destroy_erased(work)


def erase_party(house: House, pool: Pool) -> None:
    """The same of a party."""
    del pool
    with house.people.acting("manager") as work:
        parties.erase(work, _party(house), why="Asked for")
    with house.looking() as work:
        parties.destroy_erased(work)


def bring(house: House, pool: Pool) -> None:
    """A table of records: every line or none."""
    del pool
    with house.people.acting("author") as work:
        records.import_table(work, sheets.NUMBER, table.read(TABLE.encode(), "t.csv"), "t.csv")


def turn(house: House, pool: Pool) -> None:
    """The worker does the one job that waits."""
    house.loop(pool).turn()


def day(house: House, pool: Pool) -> None:
    """The day job, a week on: schedules open, limits are marked."""
    house.loop(pool).day()


_KEY: Final = "after a key's end"
ACTS: Final = {
    "begin record": Act(begin, "forms", START, by_person=True, needs=ACT),
    "attach": Act(attach, "begun", START, by_person=True, needs=(*ACT, *BLOB)),
    "file": Act(file, "begun", START, by_person=True, needs=ACT),
    "import": Act(bring, "forms", START, by_person=True, needs=ACT),
    "give back": Act(give_back, "filed", START, by_person=True, needs=ACT),
    "step": Act(step, "looked at", START, by_person=True, needs=ACT),
    "amend": Act(amend, "closed", START, by_person=True, needs=ACT),
    "cancel": Act(cancel, "filed", START, by_person=True, needs=ACT),
    "erase": Act(erase, "closed", START, by_person=True, needs=(*ACT, _KEY)),
    "erase party": Act(erase_party, "closed", START, by_person=True, needs=(*ACT, _KEY)),
    "export": Act(turn, "export asked", START, by_person=False, needs=(*ACT, *BLOB, *JOB[:2])),
    "schedule": Act(day, "closed", WEEK, by_person=False, needs=ACT),
    "dispose": Act(turn, "listed", OVER, by_person=False, needs=(*ACT, *BLOB, *JOB[:2], _KEY)),
}
ONCE_A_NIGHT: Final = frozenset({
    "begin record", "attach", "give back", "cancel", "import", "erase party", "amend", "export",
})  # fmt: skip
"""What the day leaves to the night: another act of the same make stands for it."""


def stages(line: Stages) -> dict[str, Content | None]:
    """Forms, a register and a schedule in force, then one record to its disposal."""
    line.keep("forms", lambda house: _forms(house, line))
    line.keep("begun", lambda house: sheets.begun(house.people, **VALUES))
    line.keep("filed", lambda house: file(house, line.pool))
    line.keep("looked at", lambda house: sheets.reviewed(house.people, RECORD))
    line.keep("closed", lambda house: step(house, line.pool))
    line.keep("export asked", _ask_export)
    line.keep("listed", lambda house: _list(house, line), OVER)
    return line.kept


def _forms(house: House, line: Stages) -> None:
    people = house.people
    sheets.issue(people, sheets.form(fields=_FIELDS, steps=_STEPS + _OPENS, more=_MORE))
    sheets.issue(people, _REGISTER.encode())
    factories.issued(people, factories.source("CP-10", more=_WATCH), file="CP-10.md")
    with people.service() as work:
        accounts.grant(work, people.ids["general"], "quality-manager")
        told = Facts(name="Sunrise Tools", department="risk")
        parties.add(work, Kind.CLIENT, told, [Contact("Somebody", phone="1")])
    house.loop(line.pool).drain()  # also the orders to issue what is issued already


def _party(house: House) -> str:
    with house.looking() as work:
        (found,) = parties.listing(work.session, work.rights)
        return found.number


def _ask_export(house: House) -> None:
    with house.people.acting("manager") as work:
        registers.ask_export(work, REGISTER, View(), Format.CSV)


def _list(house: House, line: Stages) -> None:
    house.loop(line.pool).drain()  # the export, and what the days have brought
    with house.people.acting("manager") as work:
        assert retention.propose(work, [RECORD.key]).number == LIST
    with house.people.acting("general") as work:
        retention.approve(work, LIST, password=house.people.keys["general"])
