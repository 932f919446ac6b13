"""Copies: stored bytes for the screen, stamped derivatives to take away, the original for controllers."""

from __future__ import annotations

import mimetypes
from typing import TYPE_CHECKING, Final

from qms import documents, rendering
from qms.documents import Standing, State
from qms.http.edge import NothingToSee, close, look
from qms.http.limits import a_minute, limiter
from qms.rendering import Pool, Stamp, StampKind
from qms.web.documents._pages import pages
from qms.web.documents.library import download, seen
from qms.web.revisions import ref_at, written

if TYPE_CHECKING:
    from flask import Response

    from qms.documents import Listed, Printed
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work

_PDF: Final = "application/pdf"
# Setting a sheet takes seconds and memory; an author looks now and then.
_DRAFTS: Final = a_minute(6)
_STAMPS: Final = {
    Standing.PENDING: StampKind.UNCONTROLLED,
    Standing.IN_FORCE: StampKind.UNCONTROLLED,
    Standing.SUPERSEDED: StampKind.SUPERSEDED,
    Standing.WITHDRAWN: StampKind.WITHDRAWN,
}


def _issued(work: Work, ref: Ref) -> Listed:
    number, lang, label = ref.key.split("@")
    rows = documents.timeline(work.session, work.rights, number, work.today, lang)
    found = next((each for each in rows if each.label == label), None)
    if found is None or found.pdf_digest is None:
        raise NothingToSee
    return found


def _file(found: Listed, what: str = "") -> str:
    return f"{found.number}-{written(found.label)}-{found.language}{what}.pdf"


@pages.get("/d/<number>/<label>/<lang>/screen.pdf")
def screen(number: str, label: str, lang: str) -> Response:
    """The issued bytes, checked against their hash, for the screen (law 8)."""
    work = seen()
    found = _issued(work, ref_at(number, lang, label))
    return download(work.vault.read(found.pdf_digest or ""), _file(found), _PDF, inline=True)


@pages.get("/d/<number>/<label>/<lang>/copy.pdf")
def copy(number: str, label: str, lang: str) -> Response:
    """A stamped copy that says what it is, for whom it was made and when (DOC-04, DOC-11)."""
    work = seen()
    found = _issued(work, ref_at(number, lang, label))
    original = work.vault.read(found.pdf_digest or "")
    mark = Stamp(
        kind=_STAMPS[found.standing],
        language=found.language,
        name=work.actor.name,
        at=documents.local(work, work.now),
        made_at=work.now,
        note=_note(work, found),
    )
    return download(rendering.stamp(original, mark), _file(found, "-copy"), _PDF)


def _note(work: Work, found: Listed) -> str:
    """What stands in the place of a revision that is out of force."""
    if found.standing is not Standing.SUPERSEDED:
        return ""
    rows = documents.timeline(work.session, work.rights, found.number, work.today, found.language)
    now = next((each for each in rows if each.is_in_force), None)
    return "" if now is None or now.effective_on is None else f"{now.label}, {now.effective_on.isoformat()}"


@pages.get("/d/<number>/<label>/<lang>/draft.pdf")
@limiter.limit(_DRAFTS)
def draft(number: str, label: str, lang: str) -> Response:
    """What is not issued as it would be printed, stamped as a draft; set in a process of its own (SEC-19)."""
    work = seen()
    ref = ref_at(number, lang, label)
    revision = documents.revision(work.session, work.rights, ref, work.today)
    if revision.state is State.ISSUED:
        raise NothingToSee
    printed = documents.preview(work, ref)
    mark = Stamp(
        kind=StampKind.DRAFT,
        language=revision.language,
        name=work.actor.name,
        at=documents.local(work, work.now),
        made_at=work.now,
    )
    name = f"{number}-{label}-{lang}-draft.pdf"
    return download(_set(work, printed, mark), name, _PDF, inline=True)


def _set(work: Work, printed: Printed, mark: Stamp) -> bytes:
    """A sheet set and stamped; nothing is held of the database meanwhile."""
    settings = work.settings
    close()
    with Pool(seconds=settings.render_seconds, megabytes=settings.render_megabytes, size=1) as pool:
        made = pool.render(printed.sheet, printed.source, printed.source_name)
    return rendering.stamp(made.pdf, mark)


@pages.get("/d/<number>/<label>/<lang>/blank.pdf")
@limiter.limit(_DRAFTS)
def blank(number: str, label: str, lang: str) -> Response:
    """The empty sheet of a form in force, to be filled in by hand; set in a process of its own (SEC-19)."""
    work = seen()
    found = _issued(work, ref_at(number, lang, label))
    if found.kind != "form" or not found.is_in_force:
        raise NothingToSee
    printed = documents.blank(work, found.ref)
    mark = Stamp(
        kind=StampKind.UNCONTROLLED,
        language=found.language,
        name=work.actor.name,
        at=documents.local(work, work.now),
        made_at=work.now,
    )
    return download(_set(work, printed, mark), _file(found, "-blank"), _PDF)


@pages.get("/d/<number>/<label>/<lang>/original.pdf")
def original(number: str, label: str, lang: str) -> Response:
    """The unstamped original, for those who control the owner's documents only."""
    work = seen()
    found = _issued(work, ref_at(number, lang, label))
    if not work.rights.may("documents:control", found.owner):
        raise NothingToSee
    return download(work.vault.read(found.pdf_digest or ""), _file(found), _PDF)


@pages.get("/d/<number>/<label>/<lang>/source")
def source(number: str, label: str, lang: str) -> Response:
    """The source of a revision, for those who write for its owner."""
    work = seen()
    ref = ref_at(number, lang, label)
    revision = documents.revision(work.session, work.rights, ref, work.today)
    own = revision.author_id == work.actor.person_id
    if not own and not work.rights.may("documents:draft", revision.document.owner):
        raise NothingToSee
    name, data = documents.source_of(work, ref)
    return download(data, name, "text/plain; charset=utf-8")


@pages.get("/d/<number>/<label>/<lang>/picture/<path:name>")
def picture(number: str, label: str, lang: str, name: str) -> Response:
    """A picture of a revision's own folder, to whoever may see the revision."""
    work = look()
    digest = documents.pictures(work, ref_at(number, lang, label)).get(name)
    if digest is None:
        raise NothingToSee
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return download(work.vault.read(digest), name.rpartition("/")[2], kind, inline=True)
