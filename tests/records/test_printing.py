"""Records on paper: the head band, the filled form, acts and returns, amendments beside, cancelled ones."""

from __future__ import annotations

import io
import json
import subprocess
from typing import TYPE_CHECKING

import pikepdf
import pytest

from qms import records, rendering
from qms.records import errors
from qms.rendering import Pool
from tests.documents.factories import add
from tests.records import factories as sheets

if TYPE_CHECKING:
    from pathlib import Path

    from qms.kernel.refs import Ref
    from qms.kernel.work import Works
    from qms.records import Printed
    from tests.documents.factories import Organisation


def printed(made: Organisation, ref: Ref, login: str = "author") -> Printed:
    """What would be set for somebody."""
    with made.looking(login) as work:
        return records.printed(work, records.record_of(work.session, work.rights, ref, work.today))


def words(pdf: bytes, folder: Path) -> str:
    """The text of a PDF."""
    path = folder / "record.pdf"
    path.write_bytes(pdf)
    return subprocess.run(
        ["pdftotext", "-layout", path, "-"], check=True, capture_output=True, text=True
    ).stdout


def returned(made: Organisation) -> Ref:
    """A record that was sent back, mended, closed and amended."""
    ref = sheets.filed(made)
    with made.acting("risk-head") as work:
        records.give_back(work, ref, "review", "金额有误")
    with made.acting("author") as work:
        records.submit(work, ref, values={"purpose": "车辆", "amount": "900.00"})
    sheets.reviewed(made, ref)
    sheets.approved(made, ref)
    with made.acting("author") as work:
        records.amend(work, ref, {"amount": "950.00"}, "笔误", password=made.keys["author"])
    return ref


def test_a_record_is_set_with_all_that_happened(works: Works, tmp_path: Path) -> None:
    """Number, form and revision, acts with post and zone, the return, the amendment beside (REC-03, R25)."""
    made = sheets.house(works)
    sheet = printed(made, returned(made))
    with Pool() as pool:
        pdf = pool.render(sheet.sheet, sheet.source, sheet.source_name).pdf
    said = words(pdf, tmp_path)
    for part in (
        "FM-07-01-2026-000001",
        "FM-07-01 A/0",
        "已办结",
        "金额有误",
        "900.00",
        "950.00",
        "笔误",
        "同意",
        "批准",
        "UTC+08:00",
        "已更正，见更正1",
    ):
        assert part in said
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        inside = json.loads(opened.attachments["FM-07-01-2026-000001.json"].get_file().read_bytes())
    assert inside["values"]["amount"] == "950.00"


def test_a_cancelled_record_is_marked(works: Works) -> None:
    """It stays readable, and says that it counts no more."""
    made = sheets.house(works)
    ref = sheets.filed(made)
    with made.acting("author") as work:
        records.cancel(work, ref, "重复")
    sheet = printed(made, ref).sheet
    assert sheet.void.startswith("已于 2026-")
    assert sheet.void.endswith("由Author作废：重复")
    assert rendering.from_json(rendering.to_json(sheet)) == sheet


def test_nothing_is_set_for_who_may_not_see_it(works: Works) -> None:
    """For them there is no record (SEC-06)."""
    made = sheets.house(works)
    with made.service() as work:
        add(work, made, "nobody")
    ref = sheets.filed(made)
    with pytest.raises(errors.RecordMissing):
        printed(made, ref, "nobody")
