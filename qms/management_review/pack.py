"""The pack of a management review, gathered by itself: twelve sections, figures with lists (MRV-01)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from qms import forms, records
from qms.kernel.clock import iso
from qms.kernel.labels import N_, say
from qms.management_review import rules, sources
from qms.management_review.models import ReviewPack

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from qms.forms import Bound
    from qms.kernel.work import Work
    from qms.management_review.sources import Line
    from qms.records import Record

NONE: Final = N_("none")
_FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Pack:
    """Everything a review is held on, as of an instant; `sections` by their codes, in their order."""

    record: str
    since: str
    until: str
    as_of: str
    sections: Mapping[str, tuple[Line, ...]]


def gathered(work: Work, record: Record, bound: Bound, row: ReviewPack) -> Pack:
    """The pack as it stands now, inside the rights of who gathers it; an empty section stays and is empty."""
    span = sources.Span(row.from_on, row.until_on)
    found: dict[str, tuple[Line, ...]] = {}
    for code in rules.SECTIONS:
        if code == "a":
            lines: Iterable[Line] = sources.earlier(work, _earlier(work, record))
        elif code == "b":
            lines = _said(work, record, bound)
        else:
            lines = sources.SOURCES[code](work, span) if code in sources.SOURCES else ()
        found[code] = tuple(lines)
    return Pack(record.number or "", str(row.from_on), str(row.until_on), iso(work.now), found)


def to_bytes(pack: Pack) -> bytes:
    """The pack as canonical JSON: sorted keys, no spaces, the same for the same pack."""
    told = {
        "format": _FORMAT,
        "record": pack.record,
        "from": pack.since,
        "until": pack.until,
        "as_of": pack.as_of,
        "sections": {
            code: [{"text": each.text, "facts": dict(each.facts), "place": each.place} for each in lines]
            for code, lines in pack.sections.items()
        },
    }
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def from_bytes(content: bytes) -> Pack:
    """A frozen pack."""
    told: dict[str, Any] = json.loads(content)
    sections = {
        code: tuple(
            sources.Line(each["text"], each["facts"], each["place"])
            for each in told["sections"].get(code, [])
        )
        for code in rules.SECTIONS
    }
    return Pack(told["record"], told["from"], told["until"], told["as_of"], sections)


def spoken(line: Line, language: str) -> str:
    """A line of the pack in words."""
    return say(line.text, language, **line.facts)


def _earlier(work: Work, record: Record) -> list[str]:
    """The reviews before this one, as far as they exist for who gathers."""
    query = select(ReviewPack.record).where(ReviewPack.record_id < record.id)
    numbers = list(work.session.scalars(query.order_by(ReviewPack.record_id)))
    hidden = records.unseen(work, numbers)
    return [number for number in numbers if number not in hidden]


def _said(work: Work, record: Record, bound: Bound) -> Iterable[Line]:
    """What the record itself answers about changes, with the climate decision (E26-02)."""
    values = records.values(work, record)
    wanting = bound.missing(values, "context")
    for entry in records.definition_of(record.revision).fields:
        if entry.id in bound.several["context"] and entry.id not in wanting:
            shown = forms.answers.display(
                entry, values[entry.id], work.language, zone=work.settings.zone_info
            )
            facts = {"label": forms.spoken(entry.label, work.language), "said": shown}
            yield sources.Line(N_("{label}: {said}"), facts, "")
