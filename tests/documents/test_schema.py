"""The laws of documents that the schema itself keeps, on both databases (law 12)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from qms.accounts.models import Person
from qms.documents.defaults import Kind
from qms.documents.lifecycle import State
from qms.documents.models import (
    ClauseText,
    Document,
    Revision,
    Validity,
)
from qms.documents.validity import Ending

if TYPE_CHECKING:
    from qms.kernel.work import Work

AT = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)


def _person(work: Work) -> int:
    person = Person(login=f"p{uuid4().hex}", name="P", enrolled_by="service:test", enrolled_at=AT)
    work.session.add(person)
    work.session.flush()
    return person.id


def _document(work: Work, number: str = "CP-12") -> Document:
    document = Document(
        number=number,
        folded=number.lower(),
        kind=Kind.CONTROL_PROCEDURE,
        owner="risk",
        created_at=AT,
        created_by="service:test",
    )
    work.session.add(document)
    work.session.flush()
    return document


def _revision(work: Work, document: Document, modification: int, language: str = "en") -> Revision:
    revision = Revision(
        document_id=document.id,
        language=language,
        label=f"A/{modification}",
        edition=0,
        modification=modification,
        state=State.ISSUED,
        source_digest="0" * 64,
        content_digest="1" * 64,
        head={},
        title={"en": "T"},
        secrecy=1,
        distribution={},
        author_id=_person(work),
        created_at=AT,
        changed_at=AT,
        approved_at=AT,
        issued_at=AT,
        publication_on=date(2026, 11, 2),
        effective_on=date(2026, 11, 2),
        pdf_digest="2" * 64,
        code=f"{document.id}-{language}-{modification}",
    )
    work.session.add(revision)
    work.session.flush()
    return revision


def _valid(work: Work, revision: Revision, since: int, until: int | None) -> None:
    work.session.add(
        Validity(
            document_id=revision.document_id,
            language=revision.language,
            revision_id=revision.id,
            from_on=date(2026, 11, since),
            until_on=until and date(2026, 11, until),
            ended_by=until and Ending.SUPERSEDED,
            act="release",
        )
    )
    work.session.flush()


@pytest.mark.parametrize(("since", "until"), [(2, None), (4, 6), (9, None), (2, 4), (9, 11)])
def test_a_second_revision_on_one_day_is_refused(work: Work, since: int, until: int | None) -> None:
    """Never two revisions in force for one document, language and day (DOC-03, law 6)."""
    document = _document(work)
    _valid(work, _revision(work, document, 0), 3, 10)
    with pytest.raises(DBAPIError):
        _valid(work, _revision(work, document, 1), since, until)


@pytest.mark.parametrize(("since", "until"), [(10, None), (2, 3), (5, 5)])
def test_neighbours_and_empty_spans_stand_beside_each_other(
    work: Work, since: int, until: int | None
) -> None:
    """The last day is exclusive, and a revision ended before its first day takes no day."""
    document = _document(work)
    _valid(work, _revision(work, document, 0), 3, 10)
    _valid(work, _revision(work, document, 1), since, until)


def test_languages_and_documents_have_their_own_days(work: Work) -> None:
    """A realisation in another language is in force by itself."""
    document, other = _document(work), _document(work, "CP-13")
    _valid(work, _revision(work, document, 0, "en"), 3, None)
    _valid(work, _revision(work, document, 0, "zh-Hans"), 3, None)
    _valid(work, _revision(work, other, 0, "zh-Hans"), 3, None)


def test_moving_a_validity_over_another_is_refused(work: Work) -> None:
    """An UPDATE is held to the same law as an INSERT."""
    document = _document(work)
    _valid(work, _revision(work, document, 0), 3, 10)
    _valid(work, _revision(work, document, 1), 10, None)
    with pytest.raises(DBAPIError):
        work.session.execute(
            update(Validity).where(Validity.from_on == date(2026, 11, 10)).values(from_on=date(2026, 11, 9))
        )


def test_an_issued_revision_is_never_changed(work: Work) -> None:
    """No statement alters or removes an issued revision or a part of it (DOC-05)."""
    revision = _revision(work, _document(work), 0)
    for statement in (update(Revision).values(secrecy=0), delete(Revision)):
        with pytest.raises(DBAPIError, match="never changed"), work.session.begin_nested():
            work.session.execute(statement)
    work.session.add(
        ClauseText(revision_id=revision.id, position=1, anchor="a", number="1", heading="h", text="t")
    )
    with pytest.raises(DBAPIError, match="never changed"):
        work.session.flush()


def test_validity_is_never_deleted(work: Work) -> None:
    """What was in force stays on record."""
    _valid(work, _revision(work, _document(work), 0), 3, None)
    with pytest.raises(DBAPIError, match="never deleted"):
        work.session.execute(delete(Validity))


def test_two_open_revisions_of_one_language_are_refused(work: Work) -> None:
    """One document and language has one open revision at a time."""
    document = _document(work)
    for modification in (0, 1):
        work.session.add(
            Revision(
                document_id=document.id,
                language="en",
                label=f"A/{modification}",
                edition=0,
                modification=modification,
                source_digest="0" * 64,
                head={},
                title={},
                secrecy=1,
                distribution={},
                created_at=AT,
                changed_at=AT,
            )
        )
    with pytest.raises(IntegrityError):
        work.session.flush()
