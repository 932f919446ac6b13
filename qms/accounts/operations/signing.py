"""The signing ceremony: who signs proves it again, and what is signed is frozen (law 7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import rfc8785
from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError

from qms.accounts import secrets
from qms.accounts.errors import (
    AlreadySigned,
    KeyNotConfirmed,
    NoSuchPost,
    NotSubstitute,
    PasswordMustChange,
    PostNotHeld,
    SigningRefused,
)
from qms.accounts.models import Credential, Meaning, Person, Post, Signature, SigningKey
from qms.accounts.operations._allow import acting_person
from qms.accounts.operations.locks import forget_wrong_signings, refuse_locked
from qms.accounts.operations.password import present_key
from qms.accounts.queries import acting_for, person, post_holders, posts_of
from qms.kernel.clock import iso
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from qms.kernel.work import Work

_TAG: Final = b"qms signature 1\n"


@dataclass(frozen=True, slots=True)
class OpenKey:
    """A signing key opened with the password outside the writing Work; lives for one signature."""

    key_id: int
    person_id: int
    private: bytes = field(repr=False)


def open_key(
    session: Session, person_id: int, password: str, *, ref: Ref | str, meaning: Meaning, now: datetime
) -> OpenKey:
    """Open the person's key with their password without writing (law 2); refused when it is wrong.

    This is the password check itself: nothing but the password opens the key (CN-03, P11-200). While
    signing is locked not even the right one does (P11-300d).
    """
    credential = session.get(Credential, person_id)
    key = present_key(session, person_id)
    if credential is None or credential.must_change or key is None or key.sealed is None:
        raise PasswordMustChange
    if key.needs_confirmation and key.confirmed_by is None:
        raise KeyNotConfirmed
    refuse_locked(session, person_id, now)
    private = secrets.opened(key.sealed, person_id, key.public, password)
    if private is None:
        raise SigningRefused(person_id=person_id, ref=str(ref), meaning=meaning.value)
    return OpenKey(key.id, person_id, private)


def sign(
    work: Work,
    *,
    password: str | OpenKey,
    meaning: Meaning,
    ref: Ref | str,
    digest: str,
    round: int = 1,  # noqa: A002 - the word of the trade for one pass of a route
    post: str | None = None,
    substitute_for: int | None = None,
) -> Signature:
    """Sign a ref and its content as the acting person, nobody else (P11-50, P11-70, P11-200).

    Name and post are frozen as they are now: the post that is named, else the only one they hold.
    `substitute_for` names the person stood in for; the post is then theirs. Whether this person may
    sign this at all is the calling verb's to say.
    """
    signer = acting_person(work)
    stood_for = None if substitute_for is None else _stood_for(work, signer, substitute_for)
    frozen_post = _held_post(work, post, stood_for or signer)
    key = _key(work, signer, password, meaning=meaning, ref=ref)
    row = Signature(
        ref=str(ref),
        digest=digest,
        meaning=meaning,
        round=round,
        person_id=signer.id,
        name=signer.name,
        post="" if frozen_post is None else frozen_post.code,
        post_names={} if frozen_post is None else dict(frozen_post.names),
        substitute_for_id=None if stood_for is None else stood_for.id,
        substitute_for_name=None if stood_for is None else stood_for.name,
        at=work.now,
        key_id=key.key_id,
        signed="",
    )
    row.signed = secrets.signed(key.private, statement(row))
    _add_once(work, row)
    forget_wrong_signings(work, signer.id)
    work.record(
        "signature:sign",
        Ref.parse(row.ref),
        # With the key in the trail, neither signature nor key can be exchanged later.
        after={
            "signature": row.id,
            "digest": digest,
            "key": fingerprint_of(work.session, row),
            **_shown(row),
        },
        personal={"name": row.name},
    )
    return row


def _shown(row: Signature) -> dict[str, Any]:
    return {
        "meaning": row.meaning.value,
        "person": row.person_id,
        "post": row.post,
        "substitute_for": row.substitute_for_id,
        "at": iso(row.at),
        "round": row.round,
        "signed": row.signed,
    }


def _key(work: Work, signer: Person, password: str | OpenKey, *, meaning: Meaning, ref: Ref | str) -> OpenKey:
    if isinstance(password, str):
        return open_key(work.session, signer.id, password, ref=ref, meaning=meaning, now=work.now)
    present = present_key(work.session, signer.id)
    if present is None or (present.id, signer.id) != (password.key_id, password.person_id):
        raise SigningRefused(person_id=signer.id, ref=str(ref), meaning=meaning.value)
    return password


def _stood_for(work: Work, signer: Person, person_id: int) -> Person:
    other = person(work.session, person_id)
    if person_id not in acting_for(work.session, signer.id, work.today):
        raise NotSubstitute(person=other.name)
    return other


def _held_post(work: Work, code: str | None, holder: Person) -> Post | None:
    if code is None:
        held = posts_of(work.session, holder.id, work.today)
        return work.session.scalar(select(Post).where(Post.code == held[0])) if len(held) == 1 else None
    post = work.session.scalar(select(Post).where(Post.code == code))
    if post is None:
        raise NoSuchPost(post=code)
    if holder.id not in post_holders(work.session, code, work.today):
        raise PostNotHeld(person=holder.name, post=post.names)
    return post


def _add_once(work: Work, row: Signature) -> None:
    # The unique index decides between two at the same moment (DOC-02); the savepoint keeps the Work.
    try:
        with work.session.begin_nested():
            work.session.add(row)
    except IntegrityError as fault:
        raise AlreadySigned from fault


def statement(row: Signature) -> bytes:
    """The exact bytes that were signed: a tag and the canonical JSON of every shown fact (P11-70)."""
    return _TAG + rfc8785.dumps(
        {
            "ref": row.ref,
            "digest": row.digest,
            "meaning": row.meaning.value,
            "round": row.round,
            "person": row.person_id,
            "name": row.name,
            "post": row.post,
            "post_names": dict(row.post_names),
            "substitute_for": row.substitute_for_id,
            "substitute_for_name": row.substitute_for_name,
            "at": iso(row.at),
        }
    )


def public_key(session: Session, row: Signature) -> str:
    """The public half, in base64, of the key the signature was made with; kept for ever."""
    return session.get_one(SigningKey, row.key_id).public


def fingerprint_of(session: Session, row: Signature) -> str:
    """The short name of the key a signature was made with, as the trail has it."""
    return secrets.fingerprint(public_key(session, row))


def verify_signature(
    session: Session, row: Signature, *, ref: Ref | str | None = None, digest: str | None = None
) -> bool:
    """Whether the row is what its person signed, for this ref and digest where they are named.

    Catches a row pasted onto another revision, and any changed name, post, meaning, time or round
    (P11-70), and a key that belongs to somebody else.
    """
    if ref is not None and row.ref != str(ref):
        return False
    if digest is not None and row.digest != digest:
        return False
    key = session.get(SigningKey, row.key_id)
    return key is not None and _is_sound(row, key.person_id, key.public)


def _is_sound(row: Signature, owner_id: int, public: str) -> bool:
    return owner_id == row.person_id and secrets.is_signed(public, statement(row), row.signed)


def verified_on(session: Session, refs: Iterable[str]) -> list[tuple[Signature, bool]]:
    """Every signature on the refs with whether it is what its person signed, the earliest first (P11-70)."""
    found = session.execute(_WITH_KEYS, {"refs": list(refs)})
    return [
        (row, owner_id is not None and _is_sound(row, owner_id, public)) for row, owner_id, public in found
    ]


_WITH_KEYS: Final = (
    select(Signature, SigningKey.person_id, SigningKey.public)
    .outerjoin(SigningKey, SigningKey.id == Signature.key_id)
    .where(Signature.ref.in_(bindparam("refs", expanding=True)))
    .order_by(Signature.at, Signature.id)
)
