"""The verbs of registers: keep and drop a view, export, rebuild."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from qms import jobs
from qms.documents import document_ref
from qms.kernel.labels import say
from qms.registers import declared, facts, naming, views
from qms.registers.errors import (
    MayNotRebuild,
    NoSuchExport,
    NoSuchRegister,
    NoSuchView,
    NotYourDepartment,
    PersonNeeded,
    ViewUnnamed,
)
from qms.registers.follow import write
from qms.registers.models import Format, RegisterExport, RegisterView
from qms.registers.words import in_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qms.kernel.ports import Filed
    from qms.kernel.work import Work
    from qms.registers.declared import Register
    from qms.registers.views import View

JOB: Final = "registers.export"
LONGEST: Final = 80


def _register(work: Work, number: str) -> Register:
    return declared.register(work.session, work.rights, number, work.today, work.language)


def save_view(
    work: Work, number: str, name: str, view: View, *, department: str | None = None
) -> RegisterView:
    """Keep a view under a name, for oneself or shared with a department of one's own.

    Saving under the same name changes what was kept.
    """
    register = _register(work, number)
    name = name.strip()
    if not 0 < len(name) <= LONGEST:
        raise ViewUnnamed(most=LONGEST)
    if department is not None and department not in work.rights.departments:
        raise NotYourDepartment
    owner = _person(work)
    row = work.session.scalar(
        select(RegisterView).where(
            RegisterView.register_id == register.id, RegisterView.owner_id == owner, RegisterView.name == name
        )
    )
    made = views.dumped(views.kept(view, register.columns))
    if row is None:
        row = RegisterView(register_id=register.id, owner_id=owner, name=name, view=made, changed_at=work.now)
        work.session.add(row)
    row.view, row.department, row.changed_at = made, department, work.now
    work.session.flush()
    after = {"name": name, "department": department, "view": made}
    work.record("register:view:save", document_ref(number), after=after)
    return row


def drop_view(work: Work, view_id: int) -> None:
    """Drop a view of one's own."""
    row = work.session.get(RegisterView, view_id)
    if row is None or row.owner_id != work.rights.person_id:
        raise NoSuchView
    number = declared.number_of(work.session, row.register_id)
    work.record("register:view:drop", document_ref(number), before={"name": row.name, "view": row.view})
    work.session.delete(row)


def note_export(work: Work, number: str, view: View, kind: Format, *, rows: int, content: bytes) -> None:
    """Put on record who exported what: the view in words, how many rows, and the digest of the file."""
    digest = hashlib.sha256(content).hexdigest()
    register = _register(work, number)
    work.record(
        "register:export",
        document_ref(number),
        after=_told(work, register, view, kind=kind, rows=rows, digest=digest),
    )


def _told(
    work: Work, register: Register, view: View, *, kind: Format, rows: int, digest: str
) -> dict[str, Any]:
    """What the trail keeps of an export; what was asked of columns above the lowest grade stays unsaid."""
    masked = views.masked(view, {column.id for column in register.columns if column.secrecy})
    language = work.settings.language
    names = naming.asked(work.session, masked, register.columns, language)
    said = in_words(masked, register.columns, language, names)
    return {
        "view": views.dumped(masked),
        "words": "; ".join(said) or say("all rows", language),
        "format": kind.value,
        "rows": rows,
        "digest": digest,
    }


def ask_export(work: Work, number: str, view: View, kind: Format) -> RegisterExport:
    """Order a large export as a job; it is made with the rights the person has then."""
    register = _register(work, number)
    row = RegisterExport(
        register_id=register.id,
        person_id=_person(work),
        format=kind,
        language=work.language,
        view=views.dumped(views.kept(view, register.columns)),
        asked_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    jobs.enqueue(work, JOB, str(row.id), {"export": row.id})
    work.record("register:export:ask", document_ref(number), after={"export": row.id, "format": kind.value})
    return row


def finish_export(work: Work, export_id: int, *, number: str, rows: int, digest: str) -> None:
    """Bind the file a job made to its export, and put it on record as exported by who asked."""
    row = work.session.get(RegisterExport, export_id)
    if row is None:
        raise NoSuchExport
    row.made_at, row.digest, row.rows, row.failure = work.now, digest, rows, None
    register = declared.register(work.session, work.rights, number, work.today, work.language)
    told = _told(work, register, views.loaded(row.view), kind=row.format, rows=rows, digest=digest)
    work.record("register:export", document_ref(number), after={**told, "person": row.person_id})


def fail_export(work: Work, export_id: int, reason: str) -> None:
    """Say why a file could not be made."""
    row = work.session.get(RegisterExport, export_id)
    if row is not None:
        row.failure = reason


def rebuild(work: Work, number: str, why: str, records: Iterable[Filed] | None = None) -> int:
    """Fill the rows of a register anew from stored records, also those filed before a column was there.

    Cells then carry the codes of today; what they were before stands in the history of codes. On record
    with the reason.
    """
    _register(work, number)
    found = declared.in_force(work.session, work.today)
    one = found.get(number)
    if one is None or not one.columns:
        raise NoSuchRegister(number=number)
    if not work.rights.may("documents:control"):
        raise MayNotRebuild(number=number)
    taken = frozenset(form for form in found if one in declared.takers(found, form))
    count = 0
    for filed in facts.stored(work, taken) if records is None else records:
        if filed.form in taken:
            write(work, filed, [one])
            count += 1
    work.record("register:rebuild", document_ref(number), after={"rows": count}, why=why)
    return count


def _person(work: Work) -> int:
    if work.rights.person_id is None:
        raise PersonNeeded
    return work.rights.person_id
