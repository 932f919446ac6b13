"""One record whole in open formats: JSON, a page, its history as CSV, its files, all digests (REC-06)."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from qms import documents, trail
from qms.kernel.clock import iso
from qms.kernel.labels import N_, say
from qms.records import reading, rows
from qms.records.extract import Bounds, clear, extract, files, is_told, path_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qms.kernel.refs import Ref
    from qms.kernel.work import Work
    from qms.records.models import Record

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_MOST: Final = 10_000
_HISTORY: Final = (N_("Entry"), N_("Instant"), N_("By"), N_("Act"), N_("Reason"), N_("Hash"))


@dataclass(frozen=True, slots=True)
class Exported:
    """A ZIP file of a record, and which of its versions was the last one in it."""

    content: bytes
    version: int


def export(work: Work, ref: Ref) -> Exported:
    """A ZIP file of the record as the acting person sees it, personal answers too.

    Made in a reading Work (law 2); it is handed out once `note_export` has put its taking on record.
    """
    record = rows.seen(work.session, work.rights, work.today, ref)
    bounds = Bounds(personal=True)
    facts = extract(work, record, bounds)
    held = {
        "record.json": json.dumps(facts, ensure_ascii=False, indent=2, sort_keys=True).encode() + b"\n",
        "record.html": reading.page(work, record, facts),
        "history.csv": documents.master_list.to_csv(_history(work, record)),
        **dict(_files(work, record, bounds)),
    }
    listed = "".join(f"{hashlib.sha256(held[name]).hexdigest()}  {name}\n" for name in sorted(held))
    held["manifest-sha256.txt"] = listed.encode()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in sorted(held):
            packed.writestr(zipfile.ZipInfo(name, _EPOCH), held[name], zipfile.ZIP_DEFLATED)
    return Exported(made.getvalue(), record.version)


def note_export(work: Work, ref: Ref, exported: Exported) -> None:
    """Put on record who takes which version of a record out, for who may see it still."""
    record = rows.seen(work.session, work.rights, work.today, ref)
    after = {"version": exported.version, "digest": hashlib.sha256(exported.content).hexdigest()}
    work.record("record:export", rows.ref_of(record), after=after)


def _files(work: Work, record: Record, bounds: Bounds) -> Iterator[tuple[str, bytes]]:
    for file in files(work, record, bounds):
        content = clear(work, record, file) if is_told(record, file, bounds) else None
        if content is not None:
            yield path_of(file), content


def _history(work: Work, record: Record) -> list[list[str]]:
    """The trail of the record, the earliest first, each with the hash that the chain holds (REC-03)."""
    table = [[say(name, work.language) for name in _HISTORY]]
    found = trail.history(work.session, rows.ref_of(record), _MOST)
    table += [
        [str(row.seq), iso(row.at), row.actor_name, row.action, row.why or "", row.hash]
        for row in reversed(found)
    ]
    return table
