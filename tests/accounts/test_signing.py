"""The signing ceremony: who, what, when and why are bound, and nobody signs for somebody else."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from qms import accounts
from qms.accounts import (
    AlreadySigned,
    Meaning,
    NotSignedIn,
    NotSubstitute,
    PasswordMustChange,
    PostNotHeld,
    Signature,
    SigningRefused,
)
from qms.accounts.errors import (
    ConfirmedByResetter,
    KeyNotConfirmed,
    NoSuchPost,
    NothingToConfirm,
    PersonInactive,
)
from qms.accounts.models import Credential, SigningKey
from qms.kernel.ports import Actor, Rights

from .factories import OTHER, PASSWORD, as_person, as_service, organisation, person, signer

if TYPE_CHECKING:
    from qms.kernel.work import Work, Works

REF = "revision:CP-12@zh-Hans@A/0"
DIGEST = "ab" * 32


def _sign(work: Work, **more: Any) -> Signature:
    facts = {"password": PASSWORD, "meaning": Meaning.APPROVED, "ref": REF, "digest": DIGEST} | more
    return accounts.sign(work, **facts)


def test_a_signature_shows_name_post_time_and_meaning(work: Work) -> None:
    """P11-50: everything shown is frozen; a later change of name does not touch it."""
    organisation(work)
    who = signer(work, "zhang", post="risk-head")
    as_person(work, who)
    row = _sign(work, post="risk-head", round=2)
    as_service(work)
    accounts.rename_person(work, who, "Somebody Else", "marriage")
    assert (row.name, row.post, row.post_names["en"], row.at) == ("Zhang", "risk-head", "Risk Head", work.now)
    assert (row.meaning, row.round, row.person_id) == (Meaning.APPROVED, 2, who)
    assert accounts.verify_signature(work.session, row, ref=REF, digest=DIGEST)
    assert accounts.signatures_on(work.session, REF) == [row]
    entry = work.changes[-2]
    assert (entry.action, str(entry.ref), entry.after and entry.after["digest"]) == (
        "signature:sign",
        REF,
        DIGEST,
    )


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("ref", "revision:CP-13@zh-Hans@A/0"),
        ("digest", "cd" * 32),
        ("meaning", Meaning.RELEASED),
        ("round", 2),
        ("name", "Somebody Else"),
        ("post", "general-manager"),
        ("post_names", {"en": "General Manager"}),
        ("at", timedelta(seconds=1)),
        ("signed", "AAAA"),
        ("signed", "not base64 at all"),
    ],
)
def test_a_changed_signature_is_caught(work: Work, column: str, value: Any) -> None:
    """P11-70, CN-03: pasted onto another revision or changed in any part, the row no longer verifies."""
    organisation(work)
    as_person(work, signer(work, "zhang", post="risk-head"))
    row = _sign(work, post="risk-head")
    setattr(row, column, row.at + value if isinstance(value, timedelta) else value)
    work.session.flush()
    work.session.expire(row)
    assert not accounts.verify_signature(work.session, row)


def test_a_signature_is_bound_to_its_person_and_key(work: Work) -> None:
    """P11-70: it is nobody else's, and does not count for another ref or content."""
    organisation(work)
    other = signer(work, "li")
    as_person(work, signer(work, "zhang"))
    row = _sign(work)
    assert not accounts.verify_signature(work.session, row, ref="revision:CP-13@zh-Hans@A/0")
    assert not accounts.verify_signature(work.session, row, digest="cd" * 32)
    row.person_id = other
    assert not accounts.verify_signature(work.session, row)
    theirs = work.session.scalars(select(SigningKey).where(SigningKey.person_id == other)).one()
    row.key_id = theirs.id
    assert not accounts.verify_signature(work.session, row)


def test_only_the_own_password_signs(work: Work) -> None:
    """P11-200: nobody signs with somebody else's password or as a service."""
    organisation(work)
    who = signer(work, "zhang")
    with pytest.raises(NotSignedIn):
        _sign(work)
    as_person(work, who)
    with pytest.raises(SigningRefused) as refused:
        _sign(work, password=PASSWORD + " ")
    assert (refused.value.person_id, refused.value.ref, refused.value.meaning) == (who, REF, "approved")
    assert accounts.signatures_on(work.session, REF) == []


def test_a_first_password_does_not_sign(work: Work) -> None:
    """CN-03: while somebody else knows the password there is no key to sign with."""
    organisation(work)
    row, first = accounts.add_person(work, "zhang", "Zhang")
    as_person(work, row.id)
    with pytest.raises(PasswordMustChange):
        _sign(work, password=first)


def test_a_reset_needs_two_administrators_to_sign_again(work: Work) -> None:
    """P11-200, CN-03: a reset makes a new key that another administrator confirms; the old verifies."""
    organisation(work)
    who = signer(work, "zhang")
    as_person(work, who)
    before = _sign(work)
    system = Rights(permissions={"people:manage": None})
    security = Rights(permissions={"grants:manage": None})
    as_service(work, system)
    first = accounts.reset_password(work, who, "forgotten")
    as_person(work, who)
    accounts.change_password(work, first, OTHER)
    with pytest.raises(KeyNotConfirmed):
        _sign(work, password=OTHER, round=2)
    as_service(work, security)
    with pytest.raises(ConfirmedByResetter):
        accounts.confirm_key(work, who, "seen in person")
    work.actor = Actor("service:other", "another administrator")
    accounts.confirm_key(work, who, "seen in person")
    with pytest.raises(NothingToConfirm):
        accounts.confirm_key(work, who, "seen in person")
    as_person(work, who)
    after = _sign(work, password=OTHER, round=2)
    assert before.key_id != after.key_id
    assert all(accounts.verify_signature(work.session, row) for row in (before, after))
    assert work.session.get_one(SigningKey, before.key_id).sealed is None


def test_a_changed_password_keeps_the_key(work: Work) -> None:
    """A person who changes their password signs on with the same key, and only with the new password."""
    organisation(work)
    as_person(work, signer(work, "zhang"))
    before = _sign(work)
    accounts.change_password(work, PASSWORD, OTHER)
    with pytest.raises(SigningRefused):
        _sign(work, round=2)
    assert _sign(work, password=OTHER, round=2).key_id == before.key_id


def test_a_key_that_does_not_open_is_replaced_and_waits(work: Work) -> None:
    """CN-03: whoever exchanged the stored hash can sign in, but not sign as that person."""
    organisation(work)
    who, other = signer(work, "zhang"), signer(work, "li")
    as_person(work, who)
    accounts.change_password(work, PASSWORD, OTHER)
    key = work.session.scalars(select(SigningKey).where(SigningKey.person_id == who)).one()
    theirs = work.session.get_one(Credential, other)
    work.session.get_one(Credential, who).hashed = theirs.hashed
    accounts.change_password(work, PASSWORD, PASSWORD + "!")
    assert (key.sealed, key.retired_at) == (None, work.now)
    with pytest.raises(KeyNotConfirmed):
        _sign(work, password=PASSWORD + "!")


def test_one_signs_once(work: Work) -> None:
    organisation(work)
    as_person(work, signer(work, "zhang"))
    _sign(work)
    with pytest.raises(AlreadySigned):
        _sign(work)
    _sign(work, round=2)
    _sign(work, meaning=Meaning.RELEASED)
    assert len(accounts.signatures_on(work.session, REF)) == 3


def test_a_post_is_signed_for_by_its_holder(work: Work) -> None:
    """P11-50: the post shown is one the signer holds that day."""
    organisation(work)
    as_person(work, signer(work, "zhang", post="risk-head"))
    with pytest.raises(PostNotHeld):
        _sign(work, post="credit-head")
    with pytest.raises(NoSuchPost):
        _sign(work, post="unknown")


def test_the_only_post_of_the_signer_is_frozen(work: Work) -> None:
    """P11-50: an author or reader signs with the post they hold; of several none is guessed."""
    organisation(work)
    who, other = signer(work, "zhang", post="risk-head"), signer(work, "li")
    as_person(work, who)
    assert _sign(work).post == "risk-head"
    as_service(work)
    accounts.hold_post(work, who, "credit-head", work.today)
    as_person(work, who)
    assert _sign(work, round=2).post == ""
    as_person(work, other)
    assert _sign(work, round=3).post == ""


def test_a_substitute_signs_as_substitute(work: Work) -> None:
    """R27: the signature says for whom, only on the days that person gave, only for their post."""
    organisation(work)
    boss = person(work, "boss", post="risk-head")
    who = signer(work, "zhang")
    as_person(work, who)
    with pytest.raises(NotSubstitute):
        _sign(work, post="risk-head", substitute_for=boss)
    as_person(work, boss)
    accounts.substitute(work, boss, who, from_on=work.today, until_on=work.today + timedelta(days=1))
    as_person(work, who)
    row = _sign(work, post="risk-head", substitute_for=boss)
    assert (row.name, row.substitute_for_id, row.substitute_for_name, row.post) == (
        "Zhang",
        boss,
        "Boss",
        "risk-head",
    )
    assert accounts.verify_signature(work.session, row)
    with pytest.raises(AlreadySigned):
        _sign(work, post="risk-head", substitute_for=boss)
    row.substitute_for_name = "Somebody Else"
    assert not accounts.verify_signature(work.session, row)
    with pytest.raises(PostNotHeld):
        _sign(work, post="credit-head", substitute_for=boss)
    work.now += timedelta(days=1)
    with pytest.raises(NotSubstitute):
        _sign(work, post="risk-head", substitute_for=boss, round=2)


def test_no_role_signs_for_another(work: Work) -> None:
    """CN-03, P11-200: not with every role at once, nor every permission; only one's own name comes out."""
    organisation(work)
    zhang, other = signer(work, "zhang", post="risk-head"), signer(work, "li")
    for role in accounts.ROLES.values():
        if not role.administrator or role.code == "security-administrator":
            accounts.grant(work, other, role.code)
    as_person(work, other)
    work.rights = Rights(other, dict.fromkeys(accounts.PERMISSIONS), roles=frozenset(accounts.ROLES))
    refused = (
        (SigningRefused, {"password": _open(work, zhang)}),
        (NotSubstitute, {"post": "risk-head", "substitute_for": zhang}),
        (PostNotHeld, {"post": "risk-head"}),
    )
    for refusal, more in refused:
        with pytest.raises(refusal):
            _sign(work, **more)
    with pytest.raises(SigningRefused):
        accounts.open_key(work.session, zhang, OTHER, ref=REF, meaning=Meaning.APPROVED, now=work.now)
    assert {row.person_id for row in (_sign(work),)} == {other}


def _open(work: Work, who: int) -> accounts.OpenKey:
    return accounts.open_key(work.session, who, PASSWORD, ref=REF, meaning=Meaning.APPROVED, now=work.now)


def test_somebody_who_left_does_not_sign(work: Work) -> None:
    organisation(work)
    who = signer(work, "zhang")
    accounts.deactivate(work, who, "left")
    work.actor = accounts.actor_of(work.session, who)
    with pytest.raises(PersonInactive):
        _sign(work)


def test_a_key_opened_beforehand_signs_while_it_is_the_present_one(work: Work) -> None:
    """Law 2: the password may be checked before the writing Work; a reset in between stops it."""
    organisation(work)
    who = signer(work, "zhang")
    as_person(work, who)
    key = accounts.open_key(work.session, who, PASSWORD, ref=REF, meaning=Meaning.APPROVED, now=work.now)
    assert accounts.verify_signature(work.session, _sign(work, password=key))
    as_service(work)
    accounts.reset_password(work, who, "forgotten")
    as_person(work, who)
    with pytest.raises(SigningRefused):
        _sign(work, password=key, round=2)
    assert "private" not in repr(key)


def test_somebody_elses_open_key_does_not_sign(work: Work) -> None:
    organisation(work)
    who, other = signer(work, "zhang"), signer(work, "li")
    key = accounts.open_key(work.session, other, PASSWORD, ref=REF, meaning=Meaning.APPROVED, now=work.now)
    as_person(work, who)
    with pytest.raises(SigningRefused):
        _sign(work, password=key)


@pytest.fixture
def zhang(works: Works, service: Actor, every_right: Rights) -> Actor:
    """Somebody who can sign, committed."""
    with works.writing(service, every_right) as work:
        organisation(work)
        who = signer(work, "zhang")
        actor = accounts.actor_of(work.session, who)
        as_service(work)
    return actor


def test_sixteen_tries_at_once_are_one_signature(works: Works, zhang: Actor) -> None:
    """DOC-02: one person counts once, however often and however simultaneously they sign."""
    outcomes: list[str] = []
    gate = threading.Barrier(16)

    def one() -> None:
        gate.wait()
        try:
            with works.writing(zhang) as work:
                _sign(work)
            outcomes.append("signed")
        except AlreadySigned:
            outcomes.append("refused")

    threads = [threading.Thread(target=one) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused"] * 15 + ["signed"]
    with works.reading(zhang) as work:
        assert len(accounts.signatures_on(work.session, REF)) == 1
