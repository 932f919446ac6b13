"""The bundle of real documents: issued through their route, gathered by their own Evidence (R63, DOC-15)."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import date, timedelta
from typing import TYPE_CHECKING

from qms import documents, evidence, trail
from qms.kernel.ports import Scope
from tests.documents import factories

if TYPE_CHECKING:
    from qms.kernel.clock import SimulatedClock
    from qms.kernel.work import Works


def bundle(made: factories.Organisation, scope: Scope, fingerprint: str) -> dict[str, bytes]:
    """The files of a bundle asked for by the controller, approved by the manager, for an outsider."""
    with made.acting("controller") as work:
        number = evidence.request(
            work,
            purpose="监督审核",
            receiver_id=made.ids["general"],
            scope=scope,
            organisation="示例认证机构",
        ).number
    with made.acting("manager") as work:
        evidence.approve(work, number, password=made.keys["manager"])
    done = evidence.build(made.works, number)
    assert done.bundle_digest is not None
    content = made.works.vault.read(done.bundle_digest)
    report = evidence.verify_bundle(io.BytesIO(content), fingerprint)
    assert report.ok, report.sentences()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name.partition("/data/")[2]: archive.read(name) for name in archive.namelist()}


def test_a_procedure_then_and_now(works: Works, clock: SimulatedClock) -> None:
    """The day before the revision entered force the bundle holds the first one, afterwards the second."""
    made = factories.organisation(works)
    folder = works.settings.at(works.settings.keys)
    trail.make_key(folder)
    key = evidence.make_key(folder, works.settings.organisation, clock.now())
    works.ports = {**works.ports, "evidence": (documents.DocumentEvidence(),)}
    factories.issued(made)
    factories.run_day(made)
    factories.revised(made, works.clock.now().date() + timedelta(days=10))
    clock.advance(timedelta(days=12))
    factories.run_day(made)
    then = bundle(made, Scope(as_of=date(2026, 11, 3), numbers=("CP-07",)), key.fingerprint)
    now = bundle(made, Scope(numbers=("CP-07",)), key.fingerprint)
    assert [name for name in then if name.endswith(".pdf")] == ["documents/CP-07/A-0.zh-Hans.pdf"]
    assert [name for name in now if name.endswith(".pdf")] == ["documents/CP-07/A-1.zh-Hans.pdf"]
    approvals = list(csv.reader(io.StringIO(then["documents/approvals.csv"].decode("utf-8-sig"))))
    assert len(approvals) > 3
    assert b"document:revision" in then["trail/extract.jsonl"]
    assert b"CP-07@zh-Hans@A/1" not in then["trail/extract.jsonl"]
    assert b"CP-07@zh-Hans@A/1" in now["trail/extract.jsonl"]
