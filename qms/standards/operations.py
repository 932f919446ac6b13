"""Loading an edition, and mapping its clauses to those of another: the verbs of the standards."""

from __future__ import annotations

import hashlib
from importlib import resources
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, func, select

from qms.kernel.refs import Ref
from qms.standards.errors import ClauseMissing, MayNotImportStandards, SameEdition
from qms.standards.models import Clause, ClauseLink, Edition
from qms.standards.queries import has_clause
from qms.standards.source import read_edition

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qms.kernel.work import Work
    from qms.standards.source import EditionSource

IMPORT: Final = "standards:import"


def shipped() -> dict[str, str]:
    """The YAML texts of the editions that come with the product, by code."""
    folder = resources.files("qms.standards") / "data"
    files = sorted(folder.iterdir(), key=lambda file: file.name)
    return {
        file.name.removesuffix(".yaml"): file.read_text("utf-8")
        for file in files
        if file.name.endswith(".yaml")
    }


def load_edition(work: Work, text: str, file: str = "") -> Edition:
    """Load an edition from its YAML text, in place of what was loaded of it before (law 15).

    The same text twice changes nothing. Documents point at clauses by number, so what they say
    stays as it is; a number that has gone shows as a gap of the matrix. Links that people drew here stay,
    but for those to a number that has gone, and stand before what the file says of the same clause.
    """
    if not work.rights.may(IMPORT):
        raise MayNotImportStandards
    source = read_edition(text, file)
    digest = hashlib.sha256(text.encode()).hexdigest()
    session = work.session
    edition = session.scalar(select(Edition).where(Edition.code == source.code).with_for_update())
    if edition is not None and edition.digest == digest:
        return edition
    before = None
    if edition is None:
        edition = Edition(code=source.code)
        session.add(edition)
    else:
        had = session.scalar(select(func.count()).where(Clause.edition_id == edition.id))
        before = {"digest": edition.digest, "status": edition.status.value, "clauses": had}
    edition.title, edition.status, edition.digest = dict(source.title), source.status, digest
    edition.loaded_at, edition.loaded_by = work.now, work.actor.id
    session.flush()
    _replace(work, edition, source)
    after = {"digest": digest, "status": source.status.value, "clauses": len(source.clauses)}
    work.record("standards:load", Ref("edition", source.code), before=before, after=after)
    return edition


def _replace(work: Work, edition: Edition, source: EditionSource) -> None:
    session = work.session
    session.execute(delete(Clause).where(Clause.edition_id == edition.id))
    numbers = [clause.number for clause in source.clauses]
    mine = ClauseLink.edition_id == edition.id
    gone = ClauseLink.drawn_by.is_(None) | ClauseLink.new_number.not_in(numbers)
    session.execute(delete(ClauseLink).where(mine, gone))
    drawn = {(row.other, row.old_number) for row in session.scalars(select(ClauseLink).where(mine))}
    session.add_all(
        Clause(
            edition_id=edition.id,
            number=clause.number,
            position=position,
            title=dict(clause.title),
            requirement=clause.requirement,
        )
        for position, clause in enumerate(source.clauses, 1)
    )
    session.add_all(
        ClauseLink(edition_id=edition.id, other=other, old_number=old, new_number=new)
        for other, old, new in dict.fromkeys(source.mapping)
        if (other, old) not in drawn
    )
    session.flush()


def map_clause(work: Work, old: str, new: str, number: str, targets: Sequence[str]) -> None:
    """Say which clauses of the edition `new` a clause of `old` became, in place of what was said (E26-01).

    Both editions are what somebody loaded; nothing is guessed, and documents keep the numbers they name.
    """
    if not work.rights.may(IMPORT):
        raise MayNotImportStandards
    if old == new:
        raise SameEdition
    session = work.session
    for edition, clause in ((old, number), *((new, each) for each in targets)):
        if not has_clause(session, edition, clause):
            raise ClauseMissing(edition=edition, clause=clause)
    edition_id = session.execute(select(Edition.id).where(Edition.code == new).with_for_update()).scalar_one()
    held = (ClauseLink.edition_id == edition_id, ClauseLink.other == old, ClauseLink.old_number == number)
    before = list(session.scalars(select(ClauseLink.new_number).where(*held).order_by(ClauseLink.id)))
    wanted = list(dict.fromkeys(targets))
    if before == wanted:
        return
    session.execute(delete(ClauseLink).where(*held))
    session.add_all(
        ClauseLink(
            edition_id=edition_id, other=old, old_number=number, new_number=each, drawn_by=work.actor.id
        )
        for each in wanted
    )
    session.flush()
    facts = {"other": old, "clause": number}
    work.record(
        "standards:map", Ref("edition", new), before={"targets": before}, after={**facts, "targets": wanted}
    )
