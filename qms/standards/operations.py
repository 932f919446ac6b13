"""Loading an edition: the one verb of the standards."""

from __future__ import annotations

import hashlib
from importlib import resources
from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, func, select

from qms.kernel.refs import Ref
from qms.standards.errors import MayNotImportStandards
from qms.standards.models import Clause, ClauseLink, Edition
from qms.standards.source import read_edition

if TYPE_CHECKING:
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
    stays as it is; a number that has gone shows as a gap of the matrix.
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
    session.execute(delete(ClauseLink).where(ClauseLink.edition_id == edition.id))
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
    )
    session.flush()
