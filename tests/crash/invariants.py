"""What must be true of a workspace at any moment, whoever was killed where (REL-01)."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from qms import accounts, evidence, trail
from qms.accounts import Meaning
from qms.documents.lifecycle import State
from qms.documents.models import Document, Enactment, Revision, Validity
from qms.evidence.models import EvidenceRequest
from qms.kernel.database import Base
from qms.kernel.refs import Ref
from qms.kernel.vault import LocalVault
from qms.search.entries import digest
from qms.tasks.models import Notice, Task
from tests.crash import filed
from tests.crash.house import letters
from tests.documents.factories import SERVICE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from qms.kernel.work import Work
    from tests.crash.house import House

BLOBS: Final = {
    ("action_evidence", "digest"),
    ("competence_evidence", "digest"),
    ("disposal_list", "certificate_digest"),
    ("record_file", "digest"),
    ("register_export", "digest"),
    ("review_pack", "digest"),
    ("revision", "source_digest"),
    ("revision", "pdf_digest"),
    ("revision_image", "digest"),
    ("synced_file", "source_digest"),
    ("evidence_request", "plan_digest"),
    ("evidence_request", "bundle_digest"),
}
"""The columns that name bytes in the vault."""
PROMISES: Final = {
    ("disposal_list", "digest"),
    ("occurrence", "digest"),
    ("record_act", "digest"),
    ("record_content", "digest"),
    ("revision", "content_digest"),
    ("revision", "plan_digest"),
    ("acknowledgement", "digest"),
    ("signature", "digest"),
    ("withdrawal", "digest"),
    ("trail_review", "digest"),
    ("standard_edition", "digest"),
    ("synced_file", "digest"),
    ("evidence_request", "digest"),
    ("evidence_request", "manifest_digest"),
}
"""The columns that are digests of something that is no blob."""


def digest_columns() -> set[tuple[str, str]]:
    """Every column that is a digest by its name."""
    return {
        (table.name, column.name)
        for table in Base.metadata.tables.values()
        for column in table.columns
        if column.name == "digest" or column.name.endswith("_digest")
    }


def broken(house: House) -> list[str]:
    """Everything that is not as it must always be; empty is right."""
    with house.looking() as work:
        found = [
            *_without_bytes(work),
            *_half_issued(work),
            *two_in_force(work.session),
            *_passages(work.session),
            *_tasks(work.session),
            *_evidence(work),
            *filed.broken(work),
            *_letters(house, work.session),
        ]
    report = trail.check(house.runtime.works, SERVICE)
    if report.fault is not None:
        found.append(f"trail: {report.fault.sentence()}")
    return found


def _without_bytes(work: Work) -> Iterator[str]:
    """No row without its bytes, and the bytes are those."""
    for table, column in sorted(BLOBS):
        kept = Base.metadata.tables[table].columns[column]
        for named in work.session.scalars(select(kept).where(kept.is_not(None)).distinct()):
            if not work.vault.has(named) or not work.vault.read(named):
                yield f"{table}.{column} {named} has no bytes"
    assert isinstance(work.vault, LocalVault)
    for name in work.vault.digests():
        work.vault.read(name)  # a blob with other bytes than its name says is damage, and raised


def _half_issued(work: Work) -> Iterator[str]:
    """Issued is issued wholly: stored PDF, validity, signatures and entry; and nothing of it is elsewhere."""
    spans = Counter(work.session.scalars(select(Validity.revision_id)))
    for revision in work.session.scalars(select(Revision)):
        number = work.session.get_one(Document, revision.document_id).number
        ref = Ref("revision", f"{number}@{revision.language}@{revision.label}")
        told = Counter(row.action for row in trail.history(work.session, ref, 1000))
        issued = revision.state is State.ISSUED
        facts = {
            "stored PDF": revision.pdf_digest is not None,
            "code": revision.code is not None,
            "issued at": revision.issued_at is not None,
            "validity": spans[revision.id] == 1,
            "entry": told["document:revision:issue"] == 1,
        }
        if any(value is not issued for value in facts.values()):
            yield f"{ref} is {revision.state}: {facts}"
        for entry, states in _REACHED.items():
            if revision.state in states and not told[f"document:revision:{entry}"]:
                yield f"{ref} is {revision.state} without its entry {entry}"
        if issued and not _signed(work.session, ref, revision):
            yield f"{ref} is issued without its signatures"


def _signed(session: Session, ref: Ref, revision: Revision) -> bool:
    given = {
        each.meaning
        for each in accounts.signatures_on(session, ref)
        if each.round == revision.round
        and accounts.verify_signature(session, each, ref=ref, digest=revision.content_digest or "")
    }
    return {Meaning.AUTHOR, Meaning.REVIEWED, Meaning.APPROVED} <= given


_REACHED: Final = {
    "submit": {State.IN_REVIEW, State.APPROVED, State.ISSUING, State.ISSUED},
    "close-approval": {State.APPROVED, State.ISSUING, State.ISSUED},
    "release": {State.ISSUING, State.ISSUED},
}


def two_in_force(session: Session) -> Iterator[str]:
    """Never two for one document, language and day (law 6)."""
    spans = session.scalars(
        select(Validity).order_by(Validity.document_id, Validity.language, Validity.from_on, Validity.id)
    )
    for one, other in pairwise(spans):
        same = (one.document_id, one.language) == (other.document_id, other.language)
        if same and (one.until_on is None or one.until_on > other.from_on):
            yield f"revisions {one.revision_id} and {other.revision_id} are in force on {other.from_on}"


def _passages(session: Session) -> Iterator[str]:
    """A passage and its entry are one, and each happens once (law 5)."""
    told = Counter(
        row.action.rsplit(":", 1)[1].removesuffix("-force")
        for row in trail.since(session, 0, 1_000_000)
        if row.action in {"document:revision:enter-force", "document:revision:leave-force"}
    )
    rows = Counter(row.passage.value for row in session.scalars(select(Enactment)))
    if told != rows:
        yield f"passages {dict(rows)}, entries {dict(told)}"


def _tasks(session: Session) -> Iterator[str]:
    """Nobody owes one thing twice; each open task has what it is about; each act left its entry."""
    opened: Counter[tuple[object, ...]] = Counter()
    for row in session.scalars(select(Task)):
        if row.settled_at is None and row.cancelled_at is None:
            opened[row.kind, row.ref, row.key, row.person_id] += 1
    yield from (f"owed twice: {each}" for each, count in opened.items() if count > 1)
    made = Counter(str(row.ref) for row in session.scalars(select(Task)))
    told: Counter[str] = Counter()
    for entry in trail.since(session, 0, 1_000_000):
        if entry.action == "task:owe":
            told[str(entry.ref)] += len(entry.after["people"])
    if made != told:
        yield f"tasks {dict(made)}, entries {dict(told)}"


def _evidence(work: Work) -> Iterator[str]:
    """A request that is built has one entry that says so; any other has none."""
    for row in work.session.scalars(select(EvidenceRequest)):
        told = Counter(each.action for each in trail.history(work.session, Ref("evidence", row.number), 1000))
        built = row.state in {evidence.State.BUILT, evidence.State.HANDED_OVER}
        if told["evidence:build"] != int(built):
            yield f"{row.number} is {row.state}, entries {dict(told)}"


def _letters(house: House, session: Session) -> Iterator[str]:
    """No message has left that no committed act speaks of, and each file is one message for ever (REL-16)."""
    known = {
        f"notice-{each}.eml": f"<notice-{each}@localhost>" for each in session.scalars(select(Notice.id))
    }
    for name, message_id in letters(house).items():
        if known.get(name) != message_id:
            yield f"{name} has left as {message_id} without its notice"


def unlike_register(house: House) -> list[str]:
    """The index, after it has caught up, against what the register has (REL-07)."""
    search = house.runtime.search
    kept = {key: known for _, key, known in search.engine.digests()}
    with house.looking() as work:
        wanted = {
            entry.key: digest(entry) for entries in search.register.everything(work) for entry in entries
        }
        behind = search.state(work).behind
    found = [f"the index is {behind} entries behind"] if behind else []
    return [*found, *sorted(key for key in kept.keys() | wanted.keys() if kept.get(key) != wanted.get(key))]
