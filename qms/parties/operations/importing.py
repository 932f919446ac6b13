"""Bringing many parties in at once: all of them or none, with every faulty line named (S31)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qms.accounts import require
from qms.kernel.errors import Conflict, Invalid, Problem
from qms.kernel.labels import N_
from qms.kernel.ports import Secrecy
from qms.parties import access, rows
from qms.parties.errors import ImportRefused, PartyInvalid
from qms.parties.operations.facts import Facts, kind_of
from qms.parties.operations.keeping import Contact, add
from qms.uploads import table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from qms.kernel.work import Work
    from qms.parties.models import Party

COLUMNS: Final = (
    "kind",
    "name",
    "short-name",
    "department",
    "owner",
    "tier",
    "stage",
    "secrecy",
    "circle",
    "note",
)
CONTACT: Final = ("contact-name", "contact-post", "contact-phone", "contact-email")
_GRADES: Final = {each.name.lower(): int(each) for each in Secrecy}
_NO_COLUMN: Final = N_("There is no column of this name; the columns are: {columns}.")


def import_sheet(work: Work, lines: Sequence[dict[str, str]], file: str) -> list[Party]:
    """Add the parties of a table that was read before, each line one; one faulty line refuses all of them.

    What is forbidden is refused as such, and journalled like any other attempt.
    """
    require(work, access.MANAGE)
    schemes = rows.present_lists(work.session).identifiers
    known = (*COLUMNS, *CONTACT, *schemes)
    strange = sorted(table.columns(lines) - set(known))
    if strange:
        facts = {"columns": ", ".join(known)}
        raise ImportRefused([Problem(_NO_COLUMN, file, 1, each, facts) for each in strange])
    made: list[Party] = []
    found: list[Problem] = []
    for line in lines:
        number = int(line[""])
        try:
            with work.session.begin_nested():
                made.append(_one(work, line, schemes))
        except Invalid as refusal:
            found += [
                Problem(each.message, file, number, each.field, each.facts) for each in refusal.problems
            ]
        except Conflict as refusal:
            found.append(Problem(refusal.message, file, number, facts=refusal.facts))
    if found:
        raise ImportRefused(found)
    return made


def _one(work: Work, line: dict[str, str], schemes: Iterable[str]) -> Party:
    kind = kind_of(line.get("kind", "").lower())
    grade = line.get("secrecy", "").lower() or "internal"
    if grade not in _GRADES:
        raise PartyInvalid([Problem(N_("Choose one from the list."), field="secrecy")])
    facts = Facts(
        name=line.get("name", ""),
        short_name=line.get("short-name", ""),
        department=line.get("department", ""),
        owner=line.get("owner", ""),
        tier=line.get("tier", ""),
        stage=line.get("stage", ""),
        secrecy=_GRADES[grade],
        circle=line.get("circle", ""),
        note=line.get("note", ""),
        identifiers={each: line[each] for each in schemes if line.get(each)},
    )
    person = {name: line.get(f"contact-{name}", "") for name in ("name", "post", "phone", "email")}
    return add(work, kind, facts, [Contact(**person)] if any(person.values()) else ())
