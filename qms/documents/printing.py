"""What is printed of a revision: the sheet of its plan or of its draft, as plain data for the typesetter."""

from __future__ import annotations

from dataclasses import dataclass, replace
from html import escape
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from qms import accounts, calendar, rendering, standards
from qms.accounts import Meaning
from qms.documents import prepared, rows
from qms.documents.defaults import Kind, titles
from qms.documents.distribution import read_distribution
from qms.documents.kept import Kept
from qms.documents.lifecycle import State
from qms.documents.models import Document, Link, ReferenceTo, Revision
from qms.documents.operations import checks, filling
from qms.documents.operations.issue import approvals_of, approved, history_of, plan_ref
from qms.documents.words import GRADES, KINDS, MEANINGS
from qms.kernel.labels import N_, in_language, listed, say
from qms.kernel.ports import Secrecy
from qms.kernel.refs import Ref
from qms.rendering import Approval, Change, Detail, Layout, Picture, Reference, Sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from qms.documents.plan import Approved, IssuePlan, Past
    from qms.documents.prepared import Prepared
    from qms.kernel.work import Work
    from qms.rendering import Citation

_LAYOUTS: Final = {Kind.FORM: Layout.FORM, Kind.REGISTER: Layout.REGISTER}
_FAULTY: Final = N_("What it declares is shown here once its faults are mended.")
_MEDIA: Final = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg"}


@dataclass(frozen=True, slots=True)
class Printed:
    """A sheet, and the source that travels inside the PDF under its file name."""

    sheet: Sheet
    source: bytes
    source_name: str


def printed(work: Work, plan: IssuePlan) -> Printed:
    """What the job of a released plan renders: approvals, release and history included (law 2)."""
    revision = rows.known(work.session, Ref.parse(plan.revision))
    source = checks.refuse_altered(work, revision)
    released = accounts.signatures_on(work.session, plan_ref(rows.ref_of(revision), plan.release))
    signatures = [*plan.approvals, *(approved(each) for each in released)]
    history = [*plan.history[:-1], replace(plan.history[-1], on=plan.effective_on)]
    sheet = replace(
        _sheet(work, revision, source, signatures, history),
        at=plan.at,
        published_on=plan.publication_on,
        effective_on=plan.effective_on,
        verification_url=plan.address,
        short_code=plan.code,
        demo=plan.demo,
    )
    return _printed(work, revision, sheet)


def preview(work: Work, ref: Ref) -> Printed:
    """What an unissued revision would look like, marked as a draft by having no effective day."""
    revision = rows.seen(work.session, work.rights, work.today, ref)
    source = checks.stored(work, revision)
    signed = [] if revision.state is State.DRAFT else approvals_of(work, revision)
    sheet = _sheet(work, revision, source, signed, history_of(work, revision))
    return _printed(work, revision, replace(sheet, at=revision.changed_at, demo=work.demo))


def blank(work: Work, ref: Ref) -> Printed:
    """The empty form of a revision, to be filled in by hand: its head band and fields, without a cover."""
    revision = rows.seen(work.session, work.rights, work.today, ref)
    source = checks.stored(work, revision)
    sheet = _sheet(work, revision, source, (), ())
    language, since = revision.language, revision.effective_on
    state = say(N_("Blank sheet"), language)
    details = (
        Detail(say(N_("Form"), language), f"{revision.document.number} {revision.label}"),
        Detail(say(N_("Effective from"), language), since.isoformat() if since else "—"),
        Detail(say(N_("Owner"), language), sheet.owner),
        Detail(say(N_("Secrecy"), language), sheet.secrecy),
    )
    made = replace(
        sheet,
        layout=Layout.RECORD,
        state=state,
        details=details,
        history=(),
        contents=(),
        references=(),
        approvals=(),
    )
    return _printed(work, revision, made)


def _printed(work: Work, revision: Revision, sheet: Sheet) -> Printed:
    name = prepared.file_of(work.settings, revision)
    return Printed(sheet, work.vault.read(revision.source_digest), name)


def body_html(work: Work, revision: Revision, link: Callable[[Citation], str | None] | None = None) -> str:
    """The content of a revision as safe HTML, with citations linked where `link` gives an address.

    A `link` that compares equal to an earlier one gives the addresses that one gave. The bytes are
    read and held against their digest each time; the same text with the same links is set once.
    """
    body = filling.body_of(work, revision.document.kind)
    if body is not None:
        head = checks.stored(work, revision).source.head
        if revision.state is State.DRAFT and not filling.is_sound(body, head):
            return f"<p>{escape(say(_FAULTY, revision.language))}</p>"
        return str(body.markup(head, revision.language))
    if link is None:
        return checks.stored(work, revision).content.html
    data = work.vault.read(revision.source_digest)
    file, pattern = prepared.file_of(work.settings, revision), work.settings.number_pattern
    key = revision.source_digest, file, pattern, link
    return _LINKED.made(key, lambda: prepared.linked(data, file, pattern, link))


_LINKED: Final = Kept(most=8_000_000)


def _sheet(
    work: Work,
    revision: Revision,
    source: Prepared,
    signatures: Sequence[Approved],
    history: Sequence[Past],
) -> Sheet:
    language = revision.language
    head = source.source.head
    kind = Kind(revision.document.kind)
    named = titles(head)
    title = in_language(named, language)
    return Sheet(
        organisation=work.settings.organisation,
        kind=say(KINDS[kind], language),
        number=revision.document.number,
        title=title,
        subtitle=next((text for text in named.values() if text != title), ""),
        revision=revision.label,
        language=language,
        owner=_department(work, revision.document.owner, language),
        secrecy=say(GRADES[Secrecy(revision.secrecy)], language),
        body=body_html(work, revision),
        at=work.now,
        layout=_LAYOUTS.get(kind, Layout.TEXT),
        landscape=head.get("orientation", _turned(kind)) == "landscape",
        distribution=_distribution(work, revision),
        parent=_parent(work, revision),
        clauses=_clauses(work, revision),
        approvals=tuple(_row(work, each, language) for each in signatures),
        history=tuple(_change(each) for each in history),
        contents=rendering.contents_of(source.content),
        references=tuple(_references(work, revision)),
        pictures=tuple(_pictures(work, source)),
        keywords=(revision.document.number, *named.values()),
        demo=work.demo,
        fonts=rendering.own_fonts(work.settings.at(work.settings.fonts)),
    )


def _turned(kind: Kind) -> str:
    return "landscape" if kind is Kind.REGISTER else "portrait"


def _row(work: Work, given: Approved, language: str) -> Approval:
    name = given.name
    if given.substitute_for:
        name = say(N_("{name} for {other}"), language, name=given.name, other=given.substitute_for)
    return Approval(
        say(MEANINGS[Meaning(given.meaning)], language),
        name,
        in_language(given.post_names, language),
        local(work, given.at),
    )


def local(work: Work, at: datetime) -> str:
    """An instant in the organisation's zone with its offset, as it is printed (P11-50)."""
    there = at.astimezone(work.settings.zone_info)
    offset = there.strftime("%z")
    return f"{there:%Y-%m-%d %H:%M} UTC{offset[:3]}:{offset[3:]}"


def _change(past: Past) -> Change:
    return Change(past.label, past.on.isoformat() if past.on else "", past.summary, past.reason)


def _department(work: Work, code: str, language: str) -> str:
    """Its name; a code a draft has wrong stands as it is, and is told as a fault before it is submitted."""
    names = accounts.department_names(work.session).get(code)
    return code if names is None else in_language(names, language)


def _distribution(work: Work, revision: Revision) -> str:
    language = revision.language
    known = filling.people_of(work.session, revision.distribution)
    given = read_distribution(revision.distribution, revision.document.kind, known)
    named = [] if given.departments is not None else [say(N_("All departments"), language)]
    named += [_department(work, code, language) for code in sorted(given.departments or ())]
    posts = {post.code: post.names for post in accounts.posts(work.session)}
    named += [in_language(posts[code], language) for code in sorted(given.posts) if code in posts]
    named += sorted(accounts.names_of(work.session, given.people).values())
    within = calendar.phrase(given.read_within).sentence(language)
    return say(N_("{who}; to be read within {within}"), language, who=listed(named, language), within=within)


def _parent(work: Work, revision: Revision) -> str:
    target = revision.head.get("parent")
    if target is None:
        return ""
    title = _titles(work, revision, [target]).get(target, "")
    return f"{target} {title}".strip()


def _clauses(work: Work, revision: Revision) -> str:
    given = revision.head.get("clauses") or {}
    names = {
        each.code: in_language(each.title, revision.language) for each in standards.editions(work.session)
    }
    return "; ".join(f"{names.get(code, code)}: {', '.join(numbers)}" for code, numbers in given.items())


def _references(work: Work, revision: Revision) -> list[Reference]:
    targets = list(
        dict.fromkeys(
            work.session.scalars(
                select(ReferenceTo.target)
                .where(ReferenceTo.revision_id == revision.id, ReferenceTo.link != Link.PARENT)
                .order_by(ReferenceTo.target)
            )
        )
    )
    known = _titles(work, revision, targets)
    return [Reference(target, known.get(target, "")) for target in targets]


def _titles(work: Work, revision: Revision, targets: Sequence[str]) -> dict[str, str]:
    """The titles of other documents, those only that are no more secret than this one."""
    found = work.session.execute(
        select(Document.number, Revision.title)
        .join(Revision, Revision.document_id == Document.id)
        .where(
            Document.number.in_(targets),
            Revision.secrecy <= revision.secrecy,
            Revision.circle.is_(None),
            Revision.discarded_at.is_(None),
        )
        .order_by(Revision.edition, Revision.modification)
    )
    return {row.number: in_language(row.title, revision.language) for row in found}


def _pictures(work: Work, source: Prepared) -> list[Picture]:
    return [
        Picture(name, _MEDIA[PurePosixPath(name).suffix.lower()], work.vault.read(digest))
        for name, digest in sorted(source.images.items())
    ]
