"""From the programme to closed findings and the report, on the forms that ship (AUD-01 to AUD-07, S69)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from qms import audits, records, tasks
from qms.audits import Asked
from tests.library.house import House, house
from tests.library.walking import FILE

if TYPE_CHECKING:
    from pathlib import Path

    from qms.kernel.refs import Ref

DAY = "2026-11-02"
FORMS = ("FM-12-01", "FM-13-01", "FM-13-02", "FM-13-03", "FM-14-01", "FM-08-02", "RG-13-01")
REPORT: dict[str, Any] = {
    "sample_count": "10",
    "conclusion": "总体符合",
    "fulfilment": "基本满足",
    "opinions": "无",
    "sampling_note": "按样本判断",
}


@pytest.fixture
def live(tmp_path: Path) -> House:
    """The demonstration's people over the forms of audits and one procedure."""
    return house(tmp_path / "house", forms=FORMS)


def act(live: House, login: str, ref: Ref, step: str, **values: Any) -> None:
    """One step, with an opinion where it asks for one."""
    with live.acting(login) as work:
        records.act(work, ref, step, values=values, opinion="已核对，同意。")


def attached(live: House, login: str, ref: Ref, field: str) -> list[dict[str, Any]]:
    """A file attached to a record."""
    with live.looking(login) as work:
        ready = records.ready_file(
            work, ref, field, name="scan.pdf", media_type="application/pdf", content=FILE
        )
    with live.acting(login) as work:
        records.add_file(work, ref, field, ready)
    return [{"name": ready.name, "digest": ready.digest, "size": ready.size, "type": ready.media_type}]


def planned(live: House) -> Ref:
    """A plan begun from what the coverage map proposes, filled in and approved."""
    with live.looking("quality-manager") as work:
        found = audits.coverage_map(work, Asked(department="credit"))
        assert {each.state for each in found.cells} == {"never"}
        (visit,) = found.visits
    numbers = [each.covered.cell.document for each in visit.proposals]
    with live.acting("internal-auditor") as work:
        draft = audits.plan(work, "FM-13-01", [visit.department], numbers)
        ref = records.ref_of(draft)
        questions = (records.draft_values(work, draft, live.ids["internal-auditor"]) or {})["checklist"]
        assert any("§" in each.get("clause", "") for each in questions)
    told = {
        "programme": "internal-audit",
        "purpose": "确认程序按规定执行",
        "scope": "近一个季度的文件",
        "mode": ["off-site"],
        "places": "信贷管理部",
        "sampling": "均匀抽取",
        "client": "总经理",
        "period_from": "2026-08-01",
        "period_until": "2026-10-31",
        "slot_from": DAY,
        "slot_until": DAY,
        "notice": DAY,
        "leader": "internal-auditor",
        "checklist": questions,
    }
    with live.acting("internal-auditor") as work:
        ref = records.ref_of(records.submit(work, ref, values=told))
    act(live, "risk-head", ref, "overlap", overlap_checked=True)
    act(live, "deputy-general-manager", ref, "approve")
    return ref


def finding(live: House, audit: Ref) -> Ref:
    """The finding the audit asked for, taken to the delivery of its class."""
    with live.service() as work:
        row = records.record_of(work.session, work.rights, audit, work.today)
        (opening,) = records.openings(work.session, row)
    with live.acting("internal-auditor") as work:
        draft = records.answer(work, opening.id)
        assert draft is not None
        ref = records.ref_of(draft)
    told = {
        "department": "credit",
        "object": "文件领用",
        "document": "CP-12",
        "clause": "CP-12 §5.8",
        "inspector": "internal-auditor",
        "fact": "一份旧版未收回",
        "evidence": attached(live, "internal-auditor", ref, "evidence"),
        "repeat": False,
    }
    with live.acting("internal-auditor") as work:
        ref = records.ref_of(records.submit(work, ref, values=told))
    act(live, "credit-head", ref, "confirm", fact_confirmed="objection", dissent="当日已收回")
    votes = [{"attendee": each, "vote": "B"} for each in ("risk-head", "legal-head")]
    decided = {"finding_class": "B", "common": True, "major": False, "revision_needed": False}
    units = [{"unit": each} for each in ("outlet-east", "outlet-west")]
    act(live, "risk-head", ref, "deliberate", attendees=votes, spread_to=units, action_needed=True, **decided)
    act(live, "risk-head", ref, "deliver")
    return ref


def test_an_audit_goes_from_the_map_to_its_closed_report(live: House) -> None:
    """What nobody had looked at is proposed, planned, found, agreed, spread, reported and delivered."""
    ref = planned(live)
    with live.looking("internal-auditor") as work:
        asked = [each.item for each in audits.one(work, ref.key).answers]
    results = [{"item": each, "result": "conforming"} for each in asked[:-1]]
    results.append({"item": asked[-1], "result": "finding"})
    act(live, "internal-auditor", ref, "complete", results=results, **REPORT)
    with pytest.raises(audits.FindingsUnwritten):
        act(live, "internal-auditor", ref, "deliver", delivered_to=[{"recipient": "credit-head"}])
    found = finding(live, ref)
    act(live, "internal-auditor", ref, "deliver", delivered_to=[{"recipient": "credit-head"}])
    with live.acting("credit-head") as work:
        audits.receive(work, ref.key)
    with live.looking("credit-head") as work:
        shown = audits.one(work, ref.key)
        owed = [row.ref for row in tasks.inbox(work.session, live.ids["credit-head"], work.today)]
    assert (shown.listed.stage, shown.lacking) == ("closed", ())
    (told,) = shown.findings
    assert (told.number, told.grade, told.dissent) == (found.key, "B", "当日已收回")
    assert [each.department for each in told.spread] == ["outlet-east", "outlet-west"]
    assert any(each.kind == "record-opening" for each in owed), "the corrective action is owed"
    with live.looking("quality-manager") as work:
        after = audits.coverage_map(work, Asked(department="credit"))
        assert {each.state for each in after.cells} == {"covered"}
        assert {each.last.weight for each in after.cells if each.last} == {4}
