"""Files of records: only what an answer names is part of a record, and the rest is let go (REC-01, R17)."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from qms import records, trail
from qms.kernel.ports import Scope
from qms.records import errors
from tests.records import factories as sheets

if TYPE_CHECKING:
    from qms.kernel.refs import Ref
    from qms.kernel.work import Works
    from tests.documents.factories import Organisation

FIELDS = (
    "\n  - {id: proof, label: 附件, type: file}"
    "\n  - {id: scan, label: 证件, type: file, personal: true}"
    "\n  - {id: things, label: 物品, type: table, columns: "
    "[{id: what, label: 名称, type: text}, {id: picture, label: 照片, type: photo}]}"
    + sheets.FIELDS.replace("{id: remark,", "{id: paper, label: 材料, type: file}\n  - {id: remark,")
)
TWO = sheets.STEPS.replace("{posts: [risk-head]}", "{posts: [risk-head, general-manager]}")


def house(works: Works, steps: str = sheets.STEPS) -> Organisation:
    """A form with files in both of its first steps, in the open, personal, and in a table."""
    return sheets.house(works, sheets.form(fields=FIELDS, steps=steps))


def attach(made: Organisation, ref: Ref, field: str, content: bytes, login: str = "author") -> dict[str, Any]:
    """A file on a field; gives what an answer says of it."""
    with made.looking(login) as look:
        ready = records.ready_file(
            look, ref, field, name=f"{field}.txt", media_type="text/plain", content=content
        )
    with made.acting(login) as work:
        records.add_file(work, ref, field, ready)
    return {"name": ready.name, "digest": ready.digest, "size": str(ready.size), "type": ready.media_type}


def submit(made: Organisation, ref: Ref, **values: Any) -> Ref:
    """The draft filed with these answers."""
    with made.acting("author") as work:
        return records.ref_of(records.submit(work, ref, values={**sheets.GOOD, **values}))


def kept(made: Organisation, ref: Ref, login: str = "author") -> list[str]:
    """The places of the files of a record."""
    with made.looking(login) as work:
        record = records.record_of(work.session, work.rights, ref, work.today)
        return [each.field for each in records.files(work.session, record)]


def test_what_was_taken_off_a_draft_is_let_go_at_the_filing(works: Works) -> None:
    """R17: a file no answer names is in no row, and its going stands in the trail; named ones stay."""
    made = house(works)
    ref = sheets.begun(made)
    wrong = attach(made, ref, "proof", b"somebody else's identity card")
    secret = attach(made, ref, "scan", b"another card")
    right = attach(made, ref, "proof", b"proof")
    scan = attach(made, ref, "scan", b"card")
    picture = attach(made, ref, "things.2.picture", b"picture")
    things = [{"what": "Press", "picture": [picture]}]
    filed = submit(made, ref, proof=[right], scan=[scan], things=things)
    assert kept(made, filed) == ["proof", "scan", "things.2.picture"]
    with made.looking("author") as work:
        found = records.record_of(work.session, work.rights, filed, work.today)
        digests = {each.digest for each in records.files(work.session, found)}
        assert not digests & {wrong["digest"], secret["digest"]}
        told = [row for row in trail.history(work.session, filed, 50) if row.action == "record:let-go"]
        assert {row.before["digest"] for row in told} == {wrong["digest"], secret["digest"]}


def test_a_file_of_an_earlier_version_stays(works: Works) -> None:
    """REC-01: what was filed once stays readable, though the author takes it off when it is sent back."""
    made = house(works)
    ref = sheets.begun(made)
    filed = submit(made, ref, proof=[attach(made, ref, "proof", b"first")])
    with made.acting("risk-head") as work:
        records.give_back(work, filed, "review", "缺件")
    later = attach(made, filed, "proof", b"second")
    attach(made, filed, "proof", b"third")
    with made.acting("author") as work:
        records.submit(work, filed, values={"proof": [later]})
    assert kept(made, filed) == ["proof", "proof"]


def test_what_nobody_filed_in_a_step_goes_with_the_step(works: Works) -> None:
    """R17: what one of those asked typed and attached goes when another one does the step."""
    made = house(works, TWO)
    filed = sheets.filed(made)
    idle = attach(made, filed, "paper", b"never filed", "general")
    with made.acting("general") as work:
        records.save_step(work, filed, "review", {"paper": [idle], "remark": "草稿"})
    used, spare = (attach(made, filed, "paper", each, "risk-head") for each in (b"used", b"spare"))
    assert len(kept(made, filed)) == 3
    with made.acting("risk-head") as work:
        records.act(work, filed, "review", values={"remark": "可", "paper": [used]}, opinion="好")
    with made.looking("general") as work:
        record = records.record_of(work.session, work.rights, filed, work.today)
        assert [each.digest for each in records.files(work.session, record)] == [used["digest"]]
        assert spare["digest"] != used["digest"]
        assert records.draft_values(work, record, made.ids["general"]) is None


def test_what_waits_for_a_step_that_comes_again_is_kept(works: Works) -> None:
    """Who sends a record back finds what they had typed and attached when it returns to them."""
    made = house(works)
    filed = sheets.filed(made)
    paper = attach(made, filed, "paper", b"mine", "risk-head")
    attach(made, filed, "paper", b"taken off again", "risk-head")
    with made.acting("risk-head") as work:
        records.save_step(work, filed, "review", {"paper": [paper], "remark": "草稿"})
        records.give_back(work, filed, "review", "缺件")
    with made.acting("author") as work:
        records.submit(work, filed)
    with made.looking("risk-head") as work:
        record = records.record_of(work.session, work.rights, filed, work.today)
        assert records.draft_values(work, record, made.ids["risk-head"]) == {
            "paper": [paper],
            "remark": "草稿",
        }
        assert [each.digest for each in records.files(work.session, record)] == [paper["digest"]]
    with made.acting("risk-head") as work:
        records.act(work, filed, "review", opinion="好")
    assert sheets.answers(made, filed)["paper"] == [paper]


def test_what_was_typed_for_another_step_undoes_none_of_its_answers(works: Works) -> None:
    """REC-01: who typed for a step in one round and acts in another step leaves that step as it was done."""
    steps = TWO.replace("{posts: [deputy-general-manager]}", "{posts: [general-manager]}")
    made = house(works, steps.replace("opinion: required, signature: required", "opinion: required"))
    filed = sheets.filed(made)
    with made.acting("general") as work:
        records.save_step(work, filed, "review", {"remark": "草稿"})
    sheets.reviewed(made, filed)
    with made.acting("general") as work:
        records.act(work, filed, "approve", opinion="好", decision="agree")
    assert sheets.answers(made, filed)["remark"] == "可"


def test_what_is_not_filed_yet_leaves_the_house_in_no_file(works: Works) -> None:
    """SEC-07: no export, bundle or page tells others of what somebody may yet take off."""
    made = house(works, TWO)
    filed = sheets.filed(made)
    attach(made, filed, "paper", b"not filed", "risk-head")
    with made.looking("author") as work:
        packed = zipfile.ZipFile(io.BytesIO(records.export(work, filed).content))
    assert not [name for name in packed.namelist() if name.startswith("files/")]
    assert b"paper.txt" not in packed.read("record.json")
    with made.looking("author") as work:
        items = records.RecordEvidence().gather(work, Scope(), work.rights)
        assert not [each.path for each in items if "/files/" in each.path]
        record = records.record_of(work.session, work.rights, filed, work.today)
        (file,) = records.files(work.session, record)
        with pytest.raises(errors.FileMissing):
            records.file(work, filed, file.id)
    with made.looking("risk-head") as work:
        assert records.file(work, filed, file.id)[1] == b"not filed"


def test_what_a_cancelled_record_never_got_goes_with_it(works: Works) -> None:
    """R17: what was typed and attached for the step that was open is of no use to anybody."""
    made = house(works)
    filed = sheets.filed(made)
    attach(made, filed, "paper", b"not filed", "risk-head")
    with made.acting("author") as work:
        records.cancel(work, filed, "重复")
    assert kept(made, filed) == []
