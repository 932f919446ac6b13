"""What search and bundles get of records: only what the asker may see, as it stood, nothing personal."""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update

from qms import accounts, records, trail
from qms.accounts.models import Person
from qms.kernel.ports import Rights, Scope, Secrecy
from qms.records import errors
from qms.records.entries import RecordEntries
from tests.documents.factories import add
from tests.records import factories as sheets

if TYPE_CHECKING:
    from qms.kernel.clock import SimulatedClock
    from qms.kernel.ports import Entry, Item
    from qms.kernel.refs import Ref
    from qms.kernel.work import Works
    from tests.documents.factories import Organisation

PERSONAL = sheets.FIELDS.replace("id: condition,", "id: condition, personal: true,").replace(
    "{id: purpose,",
    "{id: holder, label: {zh-Hans: 持有人, en: Holder}, type: text, personal: true}\n  - {id: purpose,",
)


def entry(made: Organisation, ref: Ref) -> Entry | None:
    """What search keeps of the record."""
    with made.service() as work:
        return next(iter(RecordEntries().entries(work, ref)), None)


def finds(made: Organisation, one: Entry, login: str) -> bool:
    """Whether search would show the entry to somebody."""
    with made.looking(login) as work:
        rights = work.rights
        keyed = Rights(
            rights.person_id,
            rights.permissions,
            rights.departments,
            rights.posts,
            rights.roles,
            rights.secrecy,
            rights.circles,
            rights.oversees,
            records.keys(work),
        )
        return keyed.sees(
            secrecy=one.secrecy,
            circle=one.circle,
            departments=one.departments,
            posts=one.posts,
            people=one.people,
        )


def may_see(made: Organisation, ref: Ref, login: str) -> bool:
    """Whether the record exists for somebody."""
    with made.looking(login) as work:
        return not records.hidden(work.session, work.rights, [ref], work.today)


def gathered(made: Organisation, login: str, **scope: object) -> dict[str, Item]:
    """The items of a bundle whose receiver is somebody."""
    with made.looking(login) as work:
        receiver = accounts.rights_of(work.session, made.ids[login], work.today)
        found = records.RecordEvidence().gather(work, Scope(**scope), receiver)  # type: ignore[arg-type]
        return {each.path: each for each in found}


def test_a_record_is_found_by_its_open_words(works: Works) -> None:
    """Number, form and open answers; what is personal is not among them."""
    made = sheets.house(works, sheets.form(fields=PERSONAL))
    ref = sheets.filed(made, purpose="设备", amount="1200.50", holder="某甲")
    one = entry(made, ref)
    assert one is not None
    assert one.number == ref.key
    assert "设备" in one.text
    assert "某甲" not in one.text + one.title


def test_whoever_sees_a_record_finds_it_and_nobody_else(works: Works) -> None:
    """The keys of search say what the query of records says, for everybody and every grade (SEC-07)."""
    made = sheets.house(works)
    ref = sheets.filed(made)
    one = entry(made, ref)
    assert one is not None
    for login in made.ids:
        assert finds(made, one, login) == may_see(made, ref, login), login
    sheets.reviewed(made, ref)
    one = entry(made, ref)
    assert one is not None
    for login in made.ids:
        assert finds(made, one, login) == may_see(made, ref, login), login


def test_of_a_confidential_record_number_and_form_alone_are_kept(works: Works) -> None:
    """The index keeps no word of what is kept sealed (R17)."""
    made = sheets.house(works, sheets.form(more="records: {secrecy: confidential}"))
    from tests.documents.factories import clear  # noqa: PLC0415 - only here

    with made.service() as work:
        clear(work, made.ids["author"], Secrecy.CONFIDENTIAL)
        clear(work, made.ids["risk-head"], Secrecy.CONFIDENTIAL)
        clear(work, made.ids["deputy"], Secrecy.CONFIDENTIAL)
    ref = sheets.filed(made)
    one = entry(made, ref)
    assert one is not None
    assert (one.text, one.title, one.secrecy) == (sheets.NUMBER, "审批单", Secrecy.CONFIDENTIAL)


def test_a_cancelled_record_is_found_as_such(works: Works) -> None:
    """It keeps its number and its words."""
    made = sheets.house(works)
    ref = sheets.filed(made)
    with made.acting("author") as work:
        records.cancel(work, ref, "重复")
    one = entry(made, ref)
    assert one is not None
    assert one.heading == "已作废"


def test_a_bundle_holds_records_as_they_stood(works: Works, clock: SimulatedClock) -> None:
    """What came after the day of the bundle is not in it (BND-06)."""
    made = sheets.house(works)
    ref = sheets.filed(made)
    day = clock.now().date()
    clock.advance(timedelta(days=3))
    sheets.reviewed(made, ref)
    sheets.approved(made, ref)
    path = f"records/{ref.key}/record.json"
    then = json.loads(gathered(made, "manager", as_of=day)[path].content or b"")
    now = json.loads(gathered(made, "manager")[path].content or b"")
    assert (then["state"], len(then["versions"]), then["closed_on"]) == ("open", 1, None)
    assert now["state"] == "closed"
    assert [act["opinion"] for step in then["steps"] for act in step["acts"]] == [""]
    assert now["versions"][0]["open"] == sheets.GOOD
    assert gathered(made, "manager", as_of=date(2026, 1, 1)) == {}


def test_people_and_decisions_are_named_in_words(works: Works) -> None:
    """What search keeps and what leaves say names and labels; logins and codes stay in the JSON beside."""
    made = sheets.house(works)
    with made.service() as work:
        add(work, made, "clerk", department="credit")
        work.session.execute(update(Person).where(Person.login == "clerk").values(name="王敏"))
    ref = sheets.closed(made, **sheets.GOOD, manager="clerk", unit="credit")
    with made.acting("author") as work:
        records.amend(work, ref, {"amount": "1300.00"}, "笔误", password=made.keys["author"])
    one = entry(made, ref)
    assert one is not None
    assert "王敏" in one.text
    assert "clerk" not in one.text
    items = gathered(made, "manager")
    page = (items[f"records/{ref.key}/record.html"].content or b"").decode()
    assert "<dd>王敏</dd>" in page
    assert " · 同意 · " in page
    assert "金额: 笔误" in page
    assert "clerk" not in page
    assert "agree" not in page
    assert json.loads(items[f"records/{ref.key}/record.json"].content or b"")["decision"] == "agree"
    with made.looking("manager") as work:
        found = records.record_of(work.session, work.rights, ref, work.today)
        told = dict(records.said(work, found, records.extract(work, found, records.Bounds())))
    assert (told["客户经理"], told["记录编号"]) == ("王敏", ref.key)


def test_a_bundle_leaves_out_what_is_personal_and_what_its_receiver_may_not_see(works: Works) -> None:
    """Personal answers stay behind by name; a stranger to the record gets none of it (BND-08)."""
    made = sheets.house(works, sheets.form(fields=PERSONAL))
    ref = sheets.filed(made, purpose="设备", amount="1200.50", holder="某甲")
    items = gathered(made, "manager", numbers=(sheets.NUMBER,))
    told = b"".join(each.content or b"" for each in items.values())
    assert "某甲".encode() not in told
    facts = json.loads(items[f"records/{ref.key}/record.json"].content or b"")
    assert facts["versions"][0]["sealed"]["left_out"] == ["holder"]
    assert gathered(made, "manager", numbers=("FM-99-99",)) == {}
    stranger = next(login for login in made.ids if not may_see(made, ref, login))
    assert gathered(made, stranger) == {}


def test_a_record_is_packed_before_its_taking_is_put_on_record(works: Works) -> None:
    """Law 2, REC-06: the file is made in a reading Work; the entry names its version and its digest."""
    made = sheets.house(works)
    ref = sheets.filed(made)
    with made.looking("author") as work:
        exported = records.export(work, ref)
    sheets.reviewed(made, ref)
    with made.acting("author") as work:
        records.note_export(work, ref, exported)
    with made.looking("author") as work:
        entry = trail.history(work.session, ref, 50)[0]
    digest = hashlib.sha256(exported.content).hexdigest()
    assert (entry.action, entry.after) == ("record:export", {"version": 1, "digest": digest})


def test_who_does_not_see_a_record_takes_nothing_of_it(works: Works) -> None:
    """SEC-06: neither the file nor an entry about it."""
    made = sheets.house(works)
    ref = sheets.filed(made)
    with pytest.raises(errors.RecordMissing), made.looking("reader") as work:
        records.export(work, ref)
    with pytest.raises(errors.RecordMissing), made.acting("reader") as work:
        records.note_export(work, ref, records.Exported(b"", 1))
