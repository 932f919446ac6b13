"""What entering into force will do, told before anybody releases (design: Sections)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qms import calendar
from qms.documents import rows
from qms.documents.lifecycle import State
from qms.documents.operations import checks, reading
from qms.documents.queries.telling import hidden
from qms.documents.source import declared
from qms.kernel.labels import LANGUAGES, N_, say

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from datetime import date

    from qms.documents.models import Revision
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work

_TAKES_PLACE = N_("It takes the place of {label}.")
_READERS = N_("{count} people owe its reading by {day}.")
_KEPT = N_("Declared, not yet enacted: {keys}.")
_FAULTY = N_("What has faults is foretold once they are mended.")
_KEYS = {
    "objectives": N_("objectives"),
    "scorecards": N_("scorecards"),
}
"""What a declaration is called that no part of the house enacts yet."""
_JOIN = {
    "forms": N_("These forms now belong to it: {numbers}."),
    "registers": N_("These registers now belong to it: {numbers}."),
}
_PART = {
    "forms": N_("These forms no longer belong to it: {numbers}."),
    "registers": N_("These registers no longer belong to it: {numbers}."),
}
_TONGUES = N_("It also exists in other languages, which stay as they are: {labels}.")


def consequences(work: Work, ref: Ref, effective_on: date | None = None) -> list[str]:
    """What will happen when a revision enters force, in sentences of the work's language.

    Days are counted from the effective one, or from the day on which it has entered or would today.
    """
    revision = rows.seen(work.session, work.rights, work.today, ref)
    old = rows.last_issued(work.session, revision.document_id, revision.language)
    old = None if old is None or old.id == revision.id else old
    told = [] if old is None else [say(_TAKES_PLACE, work.language, label=old.label)]
    first = effective_on or revision.effective_on or work.today
    within = reading.distribution_of(work.session, revision).read_within
    told.append(
        say(
            _READERS,
            work.language,
            count=len(reading.readers(work.session, revision, work.today)),
            day=calendar.kept(work.settings.home).after(first, within).day,
        )
    )
    told += _links(work, revision, {} if old is None else old.head)
    told += _tongues(work, revision)
    wrong = _wrong(work, revision)
    if wrong:
        told.append(say(_FAULTY, work.language))
    for preview in () if wrong else work.ports.get("previews", ()):
        told += preview.foretell(work, ref, revision.head, None if old is None else rows.ref_of(old))
    return [*told, *_declared(work, revision, {} if old is None else old.head, wrong)]


def _wrong(work: Work, revision: Revision) -> frozenset[str]:
    """The keys of a draft that cannot be foretold for their faults; nothing else is submitted with any."""
    if revision.state is not State.DRAFT:
        return frozenset()
    found = checks.declared(work, revision.head, "")
    return frozenset(key for keys, _ in found for key in keys)


def _links(work: Work, revision: Revision, before: Mapping[str, Any]) -> Iterator[str]:
    """Which forms and registers come under the document, and which leave it."""
    for key in ("forms", "registers"):
        now, then = set(revision.head.get(key, ())), set(before.get(key, ()))
        for text, numbers in ((_JOIN[key], now - then), (_PART[key], then - now)):
            if numbers:
                yield say(text, work.language, numbers=", ".join(sorted(numbers)))


def _tongues(work: Work, revision: Revision) -> Iterator[str]:
    """Realisations in other languages, as far as one may see them, do not change with this one (DOC-05)."""
    others = {
        rows.ref_of(each): f"{each.label} ({each.language})"
        for language in LANGUAGES
        if language != revision.language
        and (each := rows.last_issued(work.session, revision.document_id, language)) is not None
    }
    secret = hidden(work.session, work.rights, others, work.today)
    if labels := [label for ref, label in others.items() if ref not in secret]:
        yield say(_TONGUES, work.language, labels=", ".join(labels))


def _declared(work: Work, revision: Revision, before: Mapping[str, Any], wrong: Collection[str]) -> list[str]:
    sections = work.ports.get("sections", ())
    told = [
        sentence
        for section in sections
        if section.key not in wrong and (section.key in revision.head or section.key in before)
        for sentence in section.preview(work, before.get(section.key), revision.head.get(section.key))
    ]
    handled = {section.key for section in sections}
    for each in (*work.ports.get("bodies", ()), *work.ports.get("previews", ())):
        handled |= each.keys
    waiting = declared(revision.head, handled)
    if waiting:
        names = ", ".join(say(_KEYS.get(key, key), work.language) for key in waiting)
        told.append(say(_KEPT, work.language, keys=names))
    return told
