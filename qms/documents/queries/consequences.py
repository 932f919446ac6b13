"""What entering into force will do, told before anybody releases (design: Sections)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qms import calendar
from qms.documents import rows
from qms.documents.operations import reading
from qms.documents.source import declared
from qms.kernel.labels import N_, say

if TYPE_CHECKING:
    from qms.documents.models import Revision
    from qms.kernel.refs import Ref
    from qms.kernel.work import Work

_TAKES_PLACE = N_("It takes the place of {label}.")
_READERS = N_("{count} people owe its reading within {within}.")
_KEPT = N_("Declared, not yet enacted: {keys}.")


def consequences(work: Work, ref: Ref) -> list[str]:
    """What will happen when a revision enters force, in sentences of the work's language."""
    revision = rows.seen(work.session, work.rights, work.today, ref)
    old = rows.last_issued(work.session, revision.document_id, revision.language)
    before = {} if old is None or old.id == revision.id else old.head
    told = []
    if old is not None and old.id != revision.id:
        told.append(say(_TAKES_PLACE, work.language, label=old.label))
    people = reading.readers(work.session, revision, work.today)
    within = reading.distribution_of(work.session, revision).read_within
    phrase = calendar.phrase(within).sentence(work.language)
    told.append(say(_READERS, work.language, count=len(people), within=phrase))
    return [*told, *_declared(work, revision, before)]


def _declared(work: Work, revision: Revision, before: dict[str, object]) -> list[str]:
    sections = work.ports.get("sections", ())
    told = [
        sentence
        for section in sections
        if section.key in revision.head or section.key in before
        for sentence in section.preview(work, before.get(section.key), revision.head.get(section.key))
    ]
    handled = {section.key for section in sections}
    handled |= {key for body in work.ports.get("bodies", ()) for key in body.keys}
    waiting = declared(revision.head, handled)
    if waiting:
        told.append(say(_KEPT, work.language, keys=", ".join(waiting)))
    return told
