"""The pack of a management review on paper, with what was decided on it (MRV-01, MRV-04)."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from qms import accounts, documents, rendering
from qms.documents import GRADES
from qms.kernel.labels import N_, in_language, say
from qms.kernel.ports import Secrecy
from qms.management_review import describe, pack, queries, rules
from qms.management_review.errors import PackMissing
from qms.records import Printed
from qms.rendering import Detail, Layout, Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qms.kernel.work import Work
    from qms.management_review.pack import Pack
    from qms.management_review.queries import Reviewed


def printed(work: Work, number: str) -> Printed:
    """A frozen pack as it would be printed, in the language of who asks; its bytes lie in the file."""
    found = queries.one(work, number)
    if found.pack is None:
        raise PackMissing(record=number)
    return Printed(_sheet(work, found, found.pack), pack.to_bytes(found.pack), f"{number}-pack.json")


def _sheet(work: Work, found: Reviewed, frozen: Pack) -> Sheet:
    language = work.language
    record = queries.record_of(work, found.listed.record)
    names = accounts.department_names(work.session)
    place = in_language(names.get(record.department, {"en": record.department}), language)
    state = say(describe.STATES[found.listed.state], language)
    at = found.listed.frozen_at or work.now
    told = {
        N_("Record number"): frozen.record,
        N_("Period"): f"{frozen.since} – {frozen.until}",
        N_("Department"): place,
        N_("Pack frozen at"): f"{documents.local(work, at)} · {found.listed.frozen_by}",
        N_("State"): state,
        N_("SHA-256 of the pack"): found.listed.digest or "",
    }
    return Sheet(
        organisation=work.settings.organisation,
        kind=say(N_("Management review"), language),
        number=frozen.record,
        title=say(N_("Pack of the management review"), language),
        revision=record.revision.label,
        language=language,
        owner=place,
        secrecy=say(GRADES[Secrecy(record.secrecy)], language),
        body="".join(_body(found, frozen, language)),
        at=at,
        layout=Layout.RECORD,
        demo=work.demo,
        fonts=rendering.own_fonts(work.settings.at(work.settings.fonts)),
        state=f"{state} · {documents.local(work, at)}",
        details=tuple(Detail(say(label, language), value) for label, value in told.items()),
    )


def _body(found: Reviewed, frozen: Pack, language: str) -> Iterator[str]:
    for code, title in rules.SECTIONS.items():
        yield f"<h2>{code}&#160; {escape(say(title, language))}</h2>"
        lines = frozen.sections[code]
        if not lines:
            yield f"<p>{escape(say(pack.NONE, language))}</p>"
        yield from (f"<p>{escape(pack.spoken(each, language))}</p>" for each in lines)
    yield f"<h2>{escape(say(N_('What was decided'), language))}</h2>"
    if not found.actions:
        yield f"<p>{escape(say(pack.NONE, language))}</p>"
    for each in found.actions:
        yield f"<p>{escape(f'{each.number} {each.title} · {each.owner} · {each.due_on}')}</p>"
