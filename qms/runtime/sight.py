"""What the trail and the page of jobs may tell whom: entries stay, what they betray does not (SEC-07)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from qms import actions, documents, evidence, parties, records, retention, risks, schedules
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from qms.jobs import JobView
    from qms.kernel.work import Work
    from qms.trail import TrailRow

_HIDDEN: Final = Ref("hidden", "—")
_FRAME: Final = ("action", "actor", "at", "personal")
_OWN: Final = frozenset({"actor"})
_OF_PEOPLE: Final = "competence:"
_PAGES: Final = {
    "d": "document",
    "r": "document",
    "drafts": "document",
    "evidence": "evidence",
    "actions": "action",
}


def hidden(work: Work, refs: Iterable[Ref]) -> frozenset[Ref]:
    """Those of the refs that do not exist for the person who looks."""
    asked = list(refs)
    return (
        documents.hidden(work.session, work.rights, asked, work.today)
        | evidence.hidden(work.session, work.rights, asked)
        | parties.hidden(work.session, work.rights, asked)
        | schedules.hidden(work.session, work.rights, asked, work.today)
        | actions.hidden(work.session, work.rights, asked)
        | records.hidden(work.session, work.rights, asked, work.today)
        | retention.hidden(work.rights, asked)
        | risks.hidden(work, asked)
    )


def told(work: Work, rows: Sequence[TrailRow]) -> list[TrailRow]:
    """Trail entries as the person may read them: number, instant, actor and act always.

    What one may not see is not named; what arose from such a thing comes without its content, and so
    does what is named of documents and of the competence of people to those who read none, the three
    administrators (MLP-04).
    """
    named = {row.seq: _about(row) for row in rows}
    secret = hidden(work, {ref for row in rows for ref in (*named[row.seq], *_origin(row))})
    return [_row(work, row, named[row.seq], secret) for row in rows]


def whole(work: Work, rows: Sequence[TrailRow]) -> list[TrailRow]:
    """Those of the entries whose bodies may leave: nothing of them is hidden from the person."""
    return [row for row, shown in zip(rows, told(work, rows), strict=True) if shown is row]


def _row(work: Work, row: TrailRow, about: Sequence[Ref], secret: frozenset[Ref]) -> TrailRow:
    if secret.intersection(about):
        return replace(row, ref=_HIDDEN, body=_frame(row), personal=_actor(row))
    if secret.intersection(_origin(row)):
        return replace(row, body=_frame(row), personal=_actor(row))
    reads = work.rights.may("documents:read")
    if not reads and (row.action.startswith(_OF_PEOPLE) or any(map(documents.is_about_documents, about))):
        return replace(row, body=_frame(row), personal=_actor(row))
    return row


def _frame(row: TrailRow) -> dict[str, Any]:
    return {key: row.body[key] for key in _FRAME if key in row.body}


def _actor(row: TrailRow) -> dict[str, str | None]:
    return {key: value for key, value in row.personal.items() if key in _OWN}


def _about(row: TrailRow) -> tuple[Ref, ...]:
    """What an entry betrays: its own ref, its subject, what a job is about, the address that was refused."""
    found = [row.ref, *_parsed(str(row.after.get("subject", "")))]
    if row.ref.kind == "job":
        found += _parsed(str(row.after.get("key", "")))
    if row.ref.kind == "address":
        kind, _, rest = row.ref.key.strip("/").partition("/")
        if kind in _PAGES and rest:
            found.append(Ref(_PAGES[kind], rest.split("/")[0]))
    return tuple(found)


def _origin(row: TrailRow) -> list[Ref]:
    """What an action or a record arose from, as its first entry names it."""
    return _parsed(str(row.after.get("origin") or ""))


def _parsed(key: str) -> list[Ref]:
    if key.startswith("EB-"):
        return [Ref("evidence", key)]
    try:
        return [Ref.parse(key)]
    except ValueError:
        return []


def jobs_told(work: Work, rows: Sequence[JobView]) -> list[JobView]:
    """Jobs as the person may know of them: what one may not see is neither named nor quoted."""
    named = {row.id: _parsed(row.key) for row in rows}
    about = {ref for refs in named.values() for ref in refs if documents.is_about_documents(ref)}
    secret = hidden(work, about)
    return [
        replace(row, key=_HIDDEN.key, payload={}, error=None, result=None)
        if secret.intersection(named[row.id])
        else row
        for row in rows
    ]
