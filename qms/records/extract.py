"""One record whole, as plain values for bundle and export: metadata, contents, acts, what lies beside."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from qms import accounts, forms
from qms.kernel.clock import iso, local_day
from qms.kernel.refs import Ref
from qms.records import attached, contents, rows
from qms.records.operations import _answers
from qms.records.queries import showing
from qms.records.states import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qms.kernel.work import Work
    from qms.records.models import Record, RecordContent, RecordFile

FORMAT: Final = "qms-record/1"


@dataclass(frozen=True, slots=True)
class Bounds:
    """How far an extract goes: what came before an instant, and whether personal answers are told."""

    before: datetime | None = None
    personal: bool = False

    def holds(self, at: datetime) -> bool:
        """Whether something had happened by then."""
        return self.before is None or at < self.before


def extract(work: Work, record: Record, bounds: Bounds) -> dict[str, Any]:
    """The record as it stood; every version carries the digest that signatures cover (REC-01, REC-06).

    `open` is the canonical content behind that digest, `sealed` the digest of the sealed bytes and, where
    they may be told, the answers in them.
    """
    hidden = _personal(record)
    kept = [each for each in showing.versions(work.session, record) if bounds.holds(each.at)]
    return {
        "format": FORMAT,
        **_metadata(work, record, bounds),
        "title": _answers.title_of(record, json.loads(kept[-1].content) if kept else {}, work),
        "versions": [_version(work, record, each, bounds, hidden) for each in kept],
        "steps": _steps(work, record, bounds),
        "signatures": [
            {"name": each.name, "meaning": each.meaning.value, "at": iso(each.at), "digest": each.digest}
            for each in showing.signatures(work.session, record)
            if bounds.holds(each.at)
        ],
        "amendments": [
            {
                "version": each.version,
                "fields": each.fields,
                "reason": each.reason,
                "name": each.name,
                "at": iso(each.at),
            }
            for each in showing.amendments(work.session, record)
            if bounds.holds(each.at)
        ],
        "files": [_file(record, each, bounds) for each in files(work, record, bounds)],
        "opened": [
            {"what": each.what, "target": each.target, "answered": each.answered, "at": iso(each.at)}
            for each in showing.openings(work.session, record)
            if bounds.holds(each.at)
        ],
    }


def state_then(work: Work, record: Record, bounds: Bounds) -> State:
    """The state of the record at the end of the bounds (BND-06)."""
    if bounds.before is None:
        return record.state
    if record.cancelled_at is not None and bounds.holds(record.cancelled_at):
        return State.CANCELLED
    last = local_day(bounds.before, work.settings.zone_info)
    return State.CLOSED if record.closed_on is not None and record.closed_on < last else State.OPEN


def files(work: Work, record: Record, bounds: Bounds) -> Sequence[RecordFile]:
    """The files that the answers filed by then name; what is attached and not filed is nobody else's."""
    found = showing.files(work.session, record)
    if not found:
        return ()
    kept = [each for each in showing.versions(work.session, record) if bounds.holds(each.at)]
    named = attached.named(work, record, kept)
    return [each for each in found if named.holds(each) and bounds.holds(each.added_at)]


def is_told(record: Record, file: RecordFile, bounds: Bounds) -> bool:
    """Whether the bytes of a file go with the extract: never an erased one, a personal one when asked."""
    if file.sealed and record.erased_at is not None:
        return False
    return bounds.personal or not is_personal(record, file)


def is_personal(record: Record, file: RecordFile) -> bool:
    """Whether the file answers a personal field, or a cell of a personal table."""
    return file.field.partition(".")[0] in _personal(record)


def path_of(file: RecordFile) -> str:
    """Where the file lies beside the extract."""
    suffix = file.name.rpartition(".")[2].lower()
    plain = suffix if suffix.isascii() and suffix.isalnum() and len(suffix) <= 8 else "bin"  # noqa: PLR2004 - a suffix is short
    return f"files/{file.id}.{plain}"


def clear(work: Work, record: Record, file: RecordFile) -> bytes | None:
    """The bytes of a file in clear; None where its key was destroyed."""
    content = work.vault.read(file.digest)
    return contents.opened(work, record, content) if file.sealed else content


def _personal(record: Record) -> frozenset[str]:
    return forms.answers.personal_fields(rows.definition_of(record.revision))


def _metadata(work: Work, record: Record, bounds: Bounds) -> dict[str, Any]:
    revision, state = record.revision, state_then(work, record, bounds)
    closed = record.closed_on is not None and state is not State.OPEN
    return {
        "number": record.number,
        "form": {
            "number": record.form,
            "revision": revision.label,
            "language": revision.language,
            "title": revision.title,
            "digest": revision.content_digest,
        },
        "id": record.id,
        "state": state.value,
        "department": record.department,
        "secrecy": record.secrecy,
        "circle": record.circle,
        "author": accounts.person(work.session, record.author_id).name,
        "answers": _origin(work, record),
        "business_on": None if record.business_on is None else record.business_on.isoformat(),
        "begun_at": iso(record.created_at),
        "filed_at": None if record.filed_at is None else iso(record.filed_at),
        "closed_on": record.closed_on.isoformat() if closed and record.closed_on else None,
        "cancelled_at": iso(record.cancelled_at)
        if state is State.CANCELLED and record.cancelled_at
        else None,
        "erased_at": None if record.erased_at is None else iso(record.erased_at),
        "decision": record.decision if state is not State.OPEN else None,
    }


def _origin(work: Work, record: Record) -> str | None:
    """What the record answers, as far as it exists for who acts (SEC-07)."""
    if record.origin is None or work.hidden([Ref.parse(record.origin)]):
        return None
    return record.origin


def _version(
    work: Work, record: Record, row: RecordContent, bounds: Bounds, hidden: frozenset[str]
) -> dict[str, Any]:
    told: dict[str, Any] = {
        "version": row.version,
        "event": row.event,
        "at": iso(row.at),
        "by": accounts.person(work.session, row.person_id).name,
        "digest": row.digest,
        "open": json.loads(row.content),
    }
    if row.sealed is None:
        return told
    answers = contents.opened(work, record, row.sealed)
    found = json.loads(answers) if answers is not None else {}
    shown = {key: found[key] for key in found if bounds.personal or key not in hidden}
    told["sealed"] = {
        "digest": hashlib.sha256(row.sealed).hexdigest(),
        "erased": answers is None,
        "values": shown,
        "left_out": sorted(set(found) - set(shown)),
    }
    return told


def _steps(work: Work, record: Record, bounds: Bounds) -> list[dict[str, Any]]:
    return [
        {
            "step": each.step,
            "round": each.round,
            "opened_at": iso(each.opened_at),
            "done_at": iso(each.done_at) if each.done_at and bounds.holds(each.done_at) else None,
            "reason": each.reason if each.done_at is None or bounds.holds(each.done_at) else "",
            "asked": [list(seat) for seat in each.seats],
            "acts": [
                {
                    "name": act.name,
                    "for": act.for_name,
                    "post": act.post,
                    "opinion": act.opinion,
                    "decision": act.decision,
                    "version": act.version,
                    "signed": act.signed,
                    "at": iso(act.at),
                }
                for act in each.acts
                if bounds.holds(act.at)
            ],
        }
        for each in showing.steps(work.session, record)
        if bounds.holds(each.opened_at)
    ]


def _file(record: Record, file: RecordFile, bounds: Bounds) -> dict[str, Any]:
    """A file by its digests; the name of a personal one is personal too."""
    told = is_told(record, file, bounds)
    return {
        "field": file.field,
        "name": file.name if bounds.personal or not is_personal(record, file) else None,
        "media_type": file.media_type,
        "size": str(file.size),
        "stored_digest": file.digest,
        "path": path_of(file) if told else None,
    }
