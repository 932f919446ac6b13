"""Who may audit what: nobody their own work, and only who has shown that they can (9.2.2 c, AUD-03)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qms import accounts, competence
from qms.audits import errors
from qms.kernel.labels import in_language

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date

    from qms.accounts import Person
    from qms.kernel.work import Work


def people(work: Work, logins: Iterable[str]) -> list[Person]:
    """The people of these logins; a login that is nobody's is left out."""
    found = (accounts.person_by_login(work.session, each) for each in logins)
    return [each for each in found if each is not None]


def own(work: Work, person_id: int, since: date, until: date) -> frozenset[str]:
    """The departments whose work is a person's own: theirs on any day of the span, and all below these.

    Who belongs to the root leads everything and audits every department but the root itself.
    """
    every = accounts.tree(work.session)
    mine = accounts.departments_between(work.session, person_id, since, until)
    lines = (each for each in mine if every.above.get(each) is not None)
    return mine | every.subtrees(lines)


def refuse_own(
    work: Work, record: str, logins: Iterable[str], departments: Collection[str], span: tuple[date, date]
) -> None:
    """Refuse a team of which somebody would audit their own work, over the audited time and up to today."""
    since, last = span[0], max(span[1], work.today)
    clashes = {each.name: own(work, each.id, since, last) & set(departments) for each in people(work, logins)}
    found = {name: mine for name, mine in clashes.items() if mine}
    if found:
        names = accounts.department_names(work.session)
        codes = sorted({code for mine in found.values() for code in mine})
        told = ", ".join(in_language(names.get(code, {}), work.language) or code for code in codes)
        raise errors.OwnWorkAudited(record=record, people=", ".join(found), departments=told)


def refuse_unqualified(work: Work, record: str, logins: Iterable[str]) -> None:
    """Refuse a team of which somebody lacks what is asked of auditors today."""
    known = people(work, logins)
    lack = competence.wanting(work.session, competence.AUDIT, [each.id for each in known], work.today)
    told = [
        f"{each.name} ({', '.join(in_language(name, work.language) for name in lack[each.id])})"
        for each in known
        if each.id in lack
    ]
    if told:
        raise errors.AuditorNotQualified(record=record, people=", ".join(told))
