"""Everything the change of a document touches, as far as the reader may see it (R12, DOC-14)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import or_, select

from qms import accounts, changes, documents, objectives, records, schedules
from qms.documents import Standing
from qms.documents.models import ClauseText, Revision
from qms.impact import rows
from qms.impact.lines import Kind, Line, Verdict, of_link
from qms.kernel.labels import in_language

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from qms.kernel.refs import Ref
    from qms.kernel.work import Work
    from qms.objectives import Standing as Objective


UNDER_WAY: Final = frozenset(
    {Standing.DRAFT, Standing.IN_REVIEW, Standing.APPROVED, Standing.ISSUING, Standing.PENDING}
)
READY: Final = frozenset({Standing.APPROVED, Standing.ISSUING, Standing.PENDING, Standing.IN_FORCE})


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the list of a round, with what was concluded of it and by whom."""

    kind: Kind
    what: str
    detail: str
    verdict: Verdict | None
    remark: str
    until_on: date | None
    concluded_by: str
    concluded_at: datetime | None


@dataclass(frozen=True, slots=True)
class Companion:
    """What was to be done together with a change: the revision that follows it, where one is under way."""

    number: str
    label: str = ""
    standing: Standing | None = None

    @property
    def is_ready(self) -> bool:
        """Whether it can enter force on the same day (CP-12 §5.8.3)."""
        return self.standing in READY


def companions(work: Work, ref: Ref) -> list[Companion]:
    """How far everything has come that was concluded to be done together, for who releases the change."""
    found = [each for each in checklist(work, ref) if each.verdict is Verdict.TOGETHER]
    return [_companion(work, each) for each in found if each.kind is not Kind.REQUEST]


def _companion(work: Work, item: Item) -> Companion:
    number = item.what.partition(" ")[0]
    language = item.detail if item.kind is Kind.LANGUAGE else None
    since = item.concluded_at
    for each in reversed(documents.timeline(work.session, work.rights, number, work.today, language)):
        is_later = each.issued_at is not None and since is not None and each.issued_at > since
        if each.standing in UNDER_WAY or (each.standing is Standing.IN_FORCE and is_later):
            return Companion(number, each.label, each.standing)
    return Companion(number)


def checklist(work: Work, ref: Ref) -> list[Item]:
    """The list of the present round, frozen at submission; only what exists for who asks."""
    revision = documents.revision(work.session, work.rights, ref, work.today)
    found = rows.visible(work, work.rights, rows.of_round(work, revision))
    names = accounts.names_of(work.session, {row.concluded_by_id for row in found if row.concluded_by_id})
    return [
        Item(
            kind=row.kind,
            what=row.what,
            detail=row.detail,
            verdict=row.verdict,
            remark=row.remark,
            until_on=row.until_on,
            concluded_by=names.get(row.concluded_by_id or 0, ""),
            concluded_at=row.concluded_at,
        )
        for row in found
    ]


def may_conclude(work: Work, revision: Revision) -> bool:
    """The author, and whoever drafts or controls documents of the owner (CP-12 §5.8.3)."""
    owner = revision.document.owner
    is_author = work.actor.person_id is not None and work.actor.person_id == revision.author_id
    return is_author or any(work.rights.may(each, owner) for each in ("documents:draft", "documents:control"))


def impact(work: Work, ref: Ref) -> list[Line]:
    """The list for a revision, drafted or issued, by kind and number; nothing is changed by asking."""
    revision = documents.revision(work.session, work.rights, ref, work.today)
    found = {
        *_leaning(work, ref, revision),
        *_forms(work, revision),
        *_schedules(work, revision),
        *_languages(work, revision),
        *_requests(work, revision),
    }
    order = list(Kind)
    return sorted(found, key=lambda each: (order.index(each.kind), each.what, each.detail))


def measured(work: Work, ref: Ref) -> list[Objective]:
    """The objectives whose figures come from the document, its forms or its registers (R12, R42)."""
    revision = documents.revision(work.session, work.rights, ref, work.today)
    head = revision.head
    numbers = {revision.document.number, *head.get("forms", ()), *head.get("registers", ())}
    if head.get("register"):
        numbers.add(str(head["register"]))
    return objectives.measured_by(work, numbers)


def _changed(work: Work, ref: Ref, revision: Revision) -> set[str]:
    """Numbers and anchors of the clauses that differ from what is in force."""
    anchors = {row.clause for row in documents.difference(work, ref).rows if row.kind != "same"}
    rows = work.session.execute(
        select(ClauseText.number, ClauseText.anchor)
        .join(Revision, Revision.id == ClauseText.revision_id)
        .where(
            Revision.document_id == revision.document_id,
            Revision.language == revision.language,
            or_(Revision.id == revision.id, Revision.state == documents.State.ISSUED),
            ClauseText.anchor.in_(sorted(anchors)),
        )
    )
    return {word for row in rows for word in (row.number, row.anchor) if word}


def _leaning(work: Work, ref: Ref, revision: Revision) -> Iterator[Line]:
    links = documents.leaning_on(work.session, work.rights, revision.document.number, work.today)
    changed = _changed(work, ref, revision) if links else set()
    for link in links:
        yield Line(of_link(link.way, link.clause, changed), link.source, link.clause)


def _forms(work: Work, revision: Revision) -> Iterator[Line]:
    """The form itself, or the forms the document names, with the records that are open on them."""
    for number in (revision.document.number, *revision.head.get("forms", ())):
        count = records.open_on(work, number)
        if count:
            yield Line(Kind.FORM, number, str(count))


def _schedules(work: Work, revision: Revision) -> Iterator[Line]:
    number = revision.document.number
    for each in schedules.running(work.session, work.rights):
        if number in {each.document, each.form}:
            yield Line(Kind.SCHEDULE, f"{each.document}/{each.code}", in_language(each.label, work.language))


def _languages(work: Work, revision: Revision) -> Iterator[Line]:
    """Realisations in other languages do not change with this one, and may fall behind (DOC-05)."""
    number = revision.document.number
    for each in documents.timeline(work.session, work.rights, number, work.today):
        if each.language != revision.language and each.is_in_force:
            yield Line(Kind.LANGUAGE, f"{number} {each.label}", each.language)


def _requests(work: Work, revision: Revision) -> Iterator[Line]:
    for each in changes.requests(work.session, work.rights, work.today, revision.document.number):
        yield Line(Kind.REQUEST, each.number, each.title)
