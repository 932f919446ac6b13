"""Time-stamps over checkpoints: a third party says when the trail stood so (RFC 3161, TRL-11)."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)
from sqlalchemy import select

from qms.kernel.clock import iso
from qms.kernel.outbound import post
from qms.kernel.refs import Ref
from qms.trail.checkpoints import keep_bytes, name_of
from qms.trail.errors import CertificatesUnreadable, NoAuthority, NoSuchCheckpoint, StampRefused
from qms.trail.models import TrailCheckpoint, TrailStamp
from qms.trail.proof import read_note

if TYPE_CHECKING:
    from collections.abc import Callable

    from rfc3161_client import TimeStampResponse
    from sqlalchemy.orm import Session

    from qms.kernel.ports import Actor
    from qms.kernel.settings import Settings
    from qms.kernel.work import Work, Works

STAMP: Final = "trail:stamp"
BEFORE_END: Final = timedelta(days=60)
"""How long before the authority's certificate ends a new stamp is asked for."""
_AGAIN: Final = timedelta(days=7)
_ASKED: Final = "application/timestamp-query"
_ANSWERED: Final = "application/timestamp-reply"


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time-stamp as readers get it; `answer` are the bytes that `openssl ts -verify -in` takes."""

    id: int
    checkpoint_id: int
    size: int
    at: datetime
    authority: str
    serial: str
    until: datetime
    answer: bytes


@dataclass(frozen=True, slots=True)
class Certificates:
    """Who is trusted for time-stamps: roots, and what may stand between them and the authority."""

    roots: tuple[x509.Certificate, ...]
    between: tuple[x509.Certificate, ...]


def certificates(settings: Settings) -> Certificates:
    """Read the file of trusted certificates; those that issued themselves are the roots."""
    path = settings.at(settings.timestamp_certificates)
    try:
        found = x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as fault:
        raise CertificatesUnreadable(path=path, fault=fault) from fault
    roots = tuple(each for each in found if each.issuer == each.subject)
    if not roots:
        raise CertificatesUnreadable(path=path, fault="no root")
    return Certificates(roots, tuple(each for each in found if each not in roots))


def stamp(
    works: Works, actor: Actor, checkpoint_id: int, last: Callable[[Work], None] | None = None
) -> Stamp:
    """Ask the configured authority to stamp a checkpoint; outside any writing Work, then recorded.

    The answer is believed only when it is of this very note, answers this very question, and is signed
    by an authority that leads to a trusted root. It is kept beside the checkpoint as a file first.
    `last` is called in the transaction that records it, so that a job is finished there (law 2).
    """
    settings = works.settings
    if not settings.timestamp_url:
        raise NoAuthority
    trusted = certificates(settings)
    with works.reading(actor) as look:
        row = look.session.get(TrailCheckpoint, checkpoint_id)
        if row is None:
            raise NoSuchCheckpoint(id=checkpoint_id)
        text = row.note
    content, token, signer = _asked(settings, trusted, text)
    note = read_note(text)
    digest = hashlib.sha256(content).hexdigest()
    keep_bytes(settings.at(settings.checkpoints), f"{name_of(note)}.{digest[:8]}.tsr", content)
    with works.writing(actor) as work:
        made = TrailStamp(
            checkpoint_id=checkpoint_id,
            at=token.tst_info.gen_time,
            received_at=work.now,
            authority=signer.subject.rfc4514_string(),
            serial=f"{token.tst_info.serial_number:x}",
            until=signer.not_valid_after_utc,
            answer=base64.b64encode(content).decode(),
        )
        work.session.add(made)
        work.session.flush()
        work.record(STAMP, Ref("checkpoint", str(checkpoint_id)), after={"size": note.size, **told(made)})
        if last:
            last(work)
        return _value(made, note.size)


def told(row: TrailStamp) -> dict[str, object]:
    """What the trail says of a stamp: with its digest in the chain, the next stamp covers it too."""
    return {
        "stamp": row.id,
        "at": iso(row.at),
        "authority": row.authority,
        "serial": row.serial,
        "until": iso(row.until),
        "seconds": round((row.at - row.received_at).total_seconds()),
        "digest": hashlib.sha256(base64.b64decode(row.answer)).hexdigest(),
    }


def _asked(
    settings: Settings, trusted: Certificates, text: str
) -> tuple[bytes, TimeStampResponse, x509.Certificate]:
    question = TimestampRequestBuilder().data(text.encode()).hash_algorithm(HashAlgorithm.SHA256).build()
    url = settings.timestamp_url
    host = urlsplit(url).hostname or ""
    content = post(url, question.as_bytes(), allowed={host}, content_type=_ASKED, answer_type=_ANSWERED)
    try:
        token = _believed(content, text, trusted, question.nonce)
        return content, token, signer_of(token)
    except (VerificationError, ValueError) as fault:
        raise StampRefused(url=url, size=read_note(text).size, fault=str(fault).rstrip(".")) from fault


def _believed(content: bytes, text: str, trusted: Certificates, nonce: int | None) -> TimeStampResponse:
    token = decode_timestamp_response(content)
    verifier = VerifierBuilder(
        roots=list(trusted.roots), intermediates=list(trusted.between), nonce=nonce
    ).build()
    verifier.verify_message(token, text.encode())
    return token


def is_stamped(found: Stamp, note: str, trusted: Certificates) -> bool:
    """Whether a kept answer is a time-stamp of this note by somebody who is trusted."""
    try:
        _believed(found.answer, note, trusted, None)
    except (VerificationError, ValueError):
        return False
    return True


def signer_of(token: TimeStampResponse) -> x509.Certificate:
    """The authority's own certificate, which came with its answer."""
    (signer,) = token.signed_data.signer_infos
    for each in token.signed_data.certificates:
        found = x509.load_der_x509_certificate(each)
        if (found.issuer, found.serial_number) == (signer.issuer, signer.serial_number):
            return found
    raise ValueError("the answer holds no certificate of its signer")


def stamps(session: Session, limit: int = 100) -> list[Stamp]:
    """The time-stamps, the newest first."""
    query = (
        select(TrailStamp, TrailCheckpoint.size)
        .join(TrailCheckpoint, TrailCheckpoint.id == TrailStamp.checkpoint_id)
        .order_by(TrailStamp.id.desc())
    )
    return [_value(row, size) for row, size in session.execute(query.limit(limit))]


def stamp_of(session: Session, note: str) -> Stamp | None:
    """The newest time-stamp of a signed note, None where it has none."""
    query = (
        select(TrailStamp, TrailCheckpoint.size)
        .join(TrailCheckpoint, TrailCheckpoint.id == TrailStamp.checkpoint_id)
        .where(TrailCheckpoint.note == note)
        .order_by(TrailStamp.id.desc())
        .limit(1)
    )
    found = session.execute(query).one_or_none()
    return _value(*found) if found else None


def _value(row: TrailStamp, size: int) -> Stamp:
    return Stamp(
        id=row.id,
        checkpoint_id=row.checkpoint_id,
        size=size,
        at=row.at,
        authority=row.authority,
        serial=row.serial,
        until=row.until,
        answer=base64.b64decode(row.answer),
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be stamped: a checkpoint that is there, or first a new one (`checkpoint_id` None)."""

    checkpoint_id: int | None


def stamp_wanted(session: Session, now: datetime) -> Wanted | None:
    """What is to be stamped next: the newest checkpoint, or a new one before the certificate ends.

    The newest covers every earlier one, and the entry about each earlier stamp with it, so that one
    stamp by a certificate that lasts renews them all.
    """
    newest = session.scalar(select(TrailCheckpoint.id).order_by(TrailCheckpoint.id.desc()).limit(1))
    last = session.scalar(select(TrailStamp).order_by(TrailStamp.id.desc()).limit(1))
    if newest is None:
        return None
    if last is None or last.checkpoint_id < newest:
        return Wanted(newest)
    ends = last.until - BEFORE_END <= now
    return Wanted(None) if ends and last.received_at + _AGAIN <= now else None
