"""What records contribute to a bundle: each as JSON and as a page, its files, and a list (BND-06, BND-08)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import or_, select
from sqlalchemy.orm import contains_eager

from qms import accounts, documents
from qms.documents.models import Document, Revision
from qms.kernel.clock import start_of
from qms.kernel.labels import N_, in_language, say
from qms.kernel.ports import Item
from qms.records import access, reading, rows
from qms.records.describe import STATES
from qms.records.extract import Bounds, clear, extract, files, is_told, path_of, state_then
from qms.records.models import Record
from qms.records.states import State

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from qms.kernel.ports import Rights, Scope
    from qms.kernel.work import Work

_DAY: Final = timedelta(days=1)
_LIST: Final = (
    N_("Number"),
    N_("Form"),
    N_("Revision"),
    N_("Title"),
    N_("State"),
    N_("Department"),
    N_("Filed by"),
    N_("Filed on"),
    N_("Closed on"),
    N_("Digest"),
)


class RecordEvidence:
    """The Evidence of records: those of the forms and departments in scope, as they stood on its last day."""

    def gather(self, work: Work, scope: Scope, rights: Rights) -> Sequence[Item]:
        """List, records and files inside the receiver's rights; what is personal is left out."""
        last = scope.as_of or scope.until or work.today
        bounds = Bounds(before=start_of(last + _DAY, work.settings.zone_info))
        found = _in_scope(work, scope, rights, last)
        if not found:
            return ()
        told = [(each, extract(replace(work, rights=rights), each, bounds)) for each in found]
        table = [[say(name, work.language) for name in _LIST]]
        table += [_line(work, record, facts, bounds) for record, facts in told]
        items = [
            Item(
                "records/records.csv",
                content=documents.master_list.to_csv(table),
                title=say(N_("Records"), work.language),
                refs=tuple(rows.ref_of(each) for each in found),
            )
        ]
        items += [item for record, facts in told for item in _items(work, record, facts, bounds)]
        return sorted(items, key=lambda item: item.path)


def in_scope(work: Work, scope: Scope, rights: Rights) -> list[str]:
    """The numbers of the records a bundle of the scope holds for its receiver."""
    last = scope.as_of or scope.until or work.today
    return [str(each.number) for each in _in_scope(work, scope, rights, last)]


def _in_scope(work: Work, scope: Scope, rights: Rights, last: date) -> Sequence[Record]:
    """The records filed by the last day that were not closed before the first one."""
    if scope.clauses or (scope.kinds and rows.KIND not in scope.kinds):
        return ()
    first = scope.as_of or scope.since
    query = (
        select(Record)
        .join(Record.revision)
        .options(contains_eager(Record.revision))
        .where(
            access.visible(work.session, rights, work.today),
            Record.state.not_in((State.DRAFT, State.DISPOSED)),
            Record.filed_on <= last,
        )
    )
    if first is not None and scope.as_of is None:
        query = query.where(or_(Record.closed_on.is_(None), Record.closed_on >= first))
    if scope.numbers:
        wanted = _forms(work, scope.numbers)
        query = query.where(or_(Record.form.in_(wanted), Record.number.in_(scope.numbers)))
    if scope.departments:
        codes = accounts.tree(work.session).subtrees(scope.departments)
        query = query.where(Record.department.in_(sorted(codes)))
    return work.session.scalars(query.order_by(Record.number)).all()


def _forms(work: Work, numbers: Sequence[str]) -> set[str]:
    """The forms named, and those of the procedures named, by any of their revisions."""
    folded = sorted({documents.numbering.key(each) for each in numbers})
    heads = work.session.execute(
        select(Document.number, Revision.head)
        .join(Revision.document)
        .where(Document.folded.in_(folded), Revision.content_digest.is_not(None))
    )
    found = set(numbers)
    for number, head in heads:
        found.add(number)
        found.update(head.get("forms") or ())
    return found


def _line(work: Work, record: Record, facts: dict[str, Any], bounds: Bounds) -> list[str]:
    return [
        str(record.number),
        record.form,
        record.revision.label,
        facts["title"],
        say(STATES[state_then(work, record, bounds)], work.language),
        record.department,
        facts["author"],
        record.filed_on.isoformat() if record.filed_on else "",
        facts["closed_on"] or "",
        facts["versions"][-1]["digest"] if facts["versions"] else "",
    ]


def _items(work: Work, record: Record, facts: dict[str, Any], bounds: Bounds) -> Iterator[Item]:
    base, own = f"records/{documents.safe_name(str(record.number))}", (rows.ref_of(record),)
    title = f"{record.number} {in_language(record.revision.title, work.language)}"
    written = json.dumps(facts, ensure_ascii=False, indent=2, sort_keys=True).encode() + b"\n"
    yield Item(f"{base}/record.json", content=written, title=title, refs=own)
    yield Item(f"{base}/record.html", content=reading.page(work, record, facts), title=title, refs=own)
    for file in files(work, record, bounds):
        if not is_told(record, file, bounds):
            continue
        path, named = f"{base}/{path_of(file)}", f"{record.number} {file.name}"
        if file.sealed:
            yield Item(path, content=clear(work, record, file), title=named, refs=own)
        else:
            yield Item(path, digest=file.digest, title=named, refs=own)
