"""The certificate of a disposal: who decided, what went with which digests, where copies are (REC-05)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qms import accounts
from qms.documents import local
from qms.kernel.labels import N_, say
from qms.retention.describe import RESULTS, TRIGGERS, class_words, keep_words
from qms.retention.queries import lines
from qms.retention.rules import Trigger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qms.kernel.work import Work
    from qms.retention.models import DisposalLine, DisposalList


def written(work: Work, found: DisposalList) -> bytes:
    """The certificate as plain text in the organisation's language; the same rows give the same bytes."""
    return ("\n".join(_lines(work, found)) + "\n").encode()


def _lines(work: Work, found: DisposalList) -> Iterator[str]:
    language = work.settings.language
    names = accounts.names_of(
        work.session, [each for each in (found.proposed_by, found.approved_by) if each is not None]
    )
    yield say(N_("Certificate of disposal {number}"), language, number=found.number)
    yield say(
        N_("Proposed by {person}, {at}"),
        language,
        person=names.get(found.proposed_by, ""),
        at=local(work, found.proposed_at),
    )
    if found.approved_by is not None and found.approved_at is not None:
        yield say(
            N_("Approved and signed by {person}, {at}"),
            language,
            person=names.get(found.approved_by, ""),
            at=local(work, found.approved_at),
        )
    yield f"SHA-256 {found.digest}"
    for line in lines(work.session, found):
        yield ""
        yield from _line(work, line, language)


def _line(work: Work, line: DisposalLine, language: str) -> Iterator[str]:
    done = "" if line.done_at is None else local(work, line.done_at)
    yield f"{line.number} · {line.form} · {say(RESULTS[line.result], language)} · {done}"
    yield "  " + say(
        N_("{name}, {keep} {since} ({event}); might go from {due}"),
        language,
        name=class_words(line.class_name, language),
        keep=keep_words(line.keep, language),
        since=say(TRIGGERS[Trigger(line.event)], language),
        event=line.event_on,
        due=line.due_on,
    )
    for each in line.digests:
        kept = say(N_("file"), language) if "file" in each else _version(each["version"], language)
        yield f"  SHA-256 {each.get('file') or each['digest']} {kept}"
    for copy in line.copies:
        yield f"  {say(N_('still holds a copy'), language)}: {copy}"


def _version(number: object, language: str) -> str:
    return say(N_("version {number}"), language, number=number)
