"""The key `schedules` of a head: checked, previewed, begun with the revision and stopped with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from qms import accounts, parties
from qms.documents import revision_ref
from qms.documents.models import Document, Revision, Validity
from qms.kernel.errors import Problem
from qms.kernel.labels import N_, in_language, say
from qms.kernel.refs import Ref
from qms.schedules import definition as law
from qms.schedules import describe
from qms.schedules.models import Schedule
from qms.schedules.operations import closing
from qms.schedules.periods import openings
from qms.schedules.rows import schedule_ref

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from qms.kernel.work import Work
    from qms.schedules.definition import Definition

_AHEAD: Final = timedelta(days=2 * 366)
"""As far as one must look to find the next opening of what comes once a year."""
_NOT_KNOWN: Final = N_("There is no “{code}” here.")


class ScheduleSection:
    """What a document declares under `schedules`, enacted while it is in force (R59, S62)."""

    key = "schedules"

    def check(self, work: Work, value: Any, head: Mapping[str, Any]) -> Sequence[Problem]:
        """The faults of the declaration, and codes that nobody has made here."""
        del head
        found = law.faults(value) or list(_unknown(work, law.read(value)))
        return [replace(each, field=".".join(filter(None, (self.key, each.field)))) for each in found]

    def preview(self, work: Work, old: Any, new: Any) -> Sequence[str]:
        """What begins, changes and stops."""
        return foretell(work, old or [], new or [])

    def enter(self, work: Work, revision: Ref, value: Any, on: date) -> None:
        """The schedules of the revision run from the day on; the day job opens what is due."""
        begin(work, revision, value, on)

    def leave(self, work: Work, revision: Ref, value: Any, on: date) -> None:
        """The schedules of the revision stop; what is open goes on only under a revision that follows."""
        others = [each for found in declared_elsewhere(work, revision, self.key, on) for each in found]
        stop(work, revision, on, {each["id"] for each in value}, {each["id"] for each in others})


def foretell(work: Work, old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> list[str]:
    """What begins, changes and stops, in sentences."""
    before = {each.id: each for each in law.read(old)}
    after = {each.id: each for each in law.read(new)}
    told = [_told(work, before.get(name), each) for name, each in after.items()]
    for name in before.keys() - after.keys():
        label = in_language(before[name].words, work.language)
        told.append(say(describe.STOPS, work.language, label=label))
    return told


def _told(work: Work, before: Definition | None, now: Definition) -> str:
    label = in_language(now.words, work.language)
    if before == now:
        return say(describe.GOES_ON, work.language, label=label)
    first = max(work.today, now.since or work.today)
    coming = openings(now.every, now.on, first, first + min(_AHEAD, date.max - first))
    day = next((opened for _, opened in coming), None)
    text = describe.BEGINS if before is None else describe.CHANGES
    every = say(describe.EVERY[now.every], work.language)
    return say(text, work.language, label=label, every=every, day=day)


def begin(work: Work, revision: Ref, declared: Sequence[Mapping[str, Any]], on: date) -> None:
    """Let schedules that a revision declares run from the day on."""
    row, owner = _revision(work, revision)
    for each in declared:
        made = Schedule(
            document=row.document.number,
            code=each["id"],
            revision=str(revision),
            definition=dict(each),
            owner=owner,
            secrecy=row.secrecy,
            circle=row.circle,
            from_on=on,
        )
        work.session.add(made)
        work.session.flush()
        after = {"revision": revision.key, "on": on.isoformat()}
        work.record("schedule:begin", schedule_ref(made), after=after)


def stop(work: Work, revision: Ref, on: date, codes: Collection[str], going_on: Collection[str]) -> None:
    """End the schedules of these ids; what is open under an id that does not go on ends as well."""
    query = select(Schedule).where(Schedule.revision == str(revision), Schedule.until_on.is_(None))
    for row in work.session.scalars(query.where(Schedule.code.in_(sorted(codes)))).all():
        row.until_on = max(on, row.from_on)
        work.session.flush()
        after = {"revision": revision.key, "on": on.isoformat()}
        work.record("schedule:stop", schedule_ref(row), after=after)
        if row.code not in going_on:
            closing.end_all(work, row.document, row.code, describe.LEFT_FORCE)


def _unknown(work: Work, declared: Sequence[Definition]) -> Iterator[Problem]:
    session = work.session
    lists = parties.lists(session)
    known = {
        "departments": {each.code for each in accounts.departments(session)},
        "posts": {each.code for each in accounts.posts(session)},
        "roles": {each.code for each in accounts.roles(session)},
        "kinds": {each.value for each in parties.Kind},
        "tiers": set(lists.tiers),
    }
    for place, each in enumerate(declared, 1):
        asked = each.subjects
        named = [(f"{place}.for.{asked.what}", name, getattr(asked, name)) for name in known]
        named += [(f"{place}.to", name, getattr(each.to, name)) for name in ("posts", "roles")]
        for at, name, codes in named:
            for code in sorted(set(codes) - known[name]):
                yield Problem(_NOT_KNOWN, field=f"{at}.{name}", facts={"code": code})


def _revision(work: Work, ref: Ref) -> tuple[Revision, str]:
    number, language, label = ref.key.split("@")
    found = work.session.execute(
        select(Revision, Document)
        .join(Revision.document)
        .where(Document.number == number, Revision.language == language, Revision.label == label)
    ).one()
    return found.Revision, found.Document.owner


def declared_elsewhere(work: Work, ref: Ref, key: str, on: date) -> list[Any]:
    """What other revisions of the document, in force on the day the one leaves, declare under a key."""
    number = ref.key.split("@")[0]
    heads = work.session.execute(
        select(Revision.head, Revision.language, Revision.label)
        .join(Revision.document)
        .join(Validity, Validity.revision_id == Revision.id)
        .where(
            Document.number == number,
            Validity.from_on <= on,
            Validity.until_on.is_(None) | (Validity.until_on > on),
        )
    )
    return [
        head.get(key, []) for head, language, label in heads if revision_ref(number, language, label) != ref
    ]
