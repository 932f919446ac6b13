"""Signing in: sessions that end when they must, guesses that are slowed, passwords that are one's own."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from time import process_time
from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher
from sqlalchemy import delete, func, select, update

from qms import accounts
from qms.accounts import PasswordTooWeak, SignInRefused, TooManyAttempts
from qms.accounts.errors import NotSignedIn
from qms.accounts.models import Attempt, Credential, LoginSession
from qms.kernel.clock import SimulatedClock
from qms.kernel.errors import Invalid
from qms.kernel.ports import Actor, Rights
from qms.kernel.settings import load

from .factories import OTHER, PASSWORD, as_person, as_service, organisation, person, signer

if TYPE_CHECKING:
    from pathlib import Path

    from qms.kernel.work import Work, Works

SERVICE = Actor("service:web", "web")
HERE = "192.0.2.1"
PROFILES = ("asvs", "mlps", "dengbao")


def test_the_right_password_starts_a_session(work: Work) -> None:
    """SEC-01: a new token of 256 bits, kept only as a hash; the Work then acts as the person."""
    organisation(work)
    who = signer(work, "zhang")
    ticket = accounts.sign_in(work, " ＺＨＡＮＧ ", PASSWORD, address=HERE)
    again = accounts.sign_in(work, "zhang", PASSWORD, address=HERE)
    assert work.actor == accounts.actor_of(work.session, who)
    assert len(ticket.token) >= 43
    assert ticket.token != again.token
    stored = work.session.get_one(LoginSession, ticket.session_id)
    assert ticket.token not in (stored.token_hash, repr(ticket))
    seen = accounts.session_of(work.session, ticket.token, work.now)
    assert seen is not None
    assert (seen.person_id, seen.must_change) == (who, False)
    assert work.changes[-1].action == "person:sign-in"


def test_a_session_has_an_absolute_end(work: Work) -> None:
    """SEC-02: after the set hours the token opens nothing, however busy it was."""
    organisation(work)
    signer(work, "zhang")
    ticket = accounts.sign_in(work, "zhang", PASSWORD)
    assert ticket.ends_at == work.now + timedelta(hours=work.settings.session_hours)
    assert accounts.session_of(work.session, ticket.token, ticket.ends_at - timedelta(seconds=1))
    assert accounts.session_of(work.session, ticket.token, ticket.ends_at) is None
    assert accounts.session_of(work.session, "guessed", work.now) is None


def test_signing_out_ends_this_session_alone(work: Work) -> None:
    """SEC-02: a cookie replayed after sign-out opens nothing."""
    organisation(work)
    signer(work, "zhang")
    one = accounts.sign_in(work, "zhang", PASSWORD)
    other = accounts.sign_in(work, "zhang", PASSWORD)
    accounts.sign_out(work, one.token)
    entries = len(work.changes)
    accounts.sign_out(work, one.token)
    assert len(work.changes) == entries
    assert accounts.session_of(work.session, one.token, work.now) is None
    assert accounts.session_of(work.session, other.token, work.now) is not None


@pytest.mark.parametrize("by", ["change", "reset", "deactivate"])
def test_a_change_of_person_or_password_ends_all_sessions(work: Work, by: str) -> None:
    """SEC-02: password change, reset and leaving end every session at once."""
    organisation(work)
    who = signer(work, "zhang")
    tickets = [accounts.sign_in(work, "zhang", PASSWORD) for _ in range(2)]
    if by == "change":
        as_person(work, who)
        new = accounts.change_password(work, PASSWORD, OTHER)
        assert accounts.session_of(work.session, new.token, work.now) is not None
    else:
        as_service(work)
        act = accounts.reset_password if by == "reset" else accounts.deactivate
        act(work, who, "why")
    work.session.flush()
    assert all(accounts.session_of(work.session, each.token, work.now) is None for each in tickets)


def test_reauthentication_gives_a_new_token(work: Work) -> None:
    """SEC-01, SEC-12: the old token ends, and the time of the proof is the new one."""
    organisation(work)
    signer(work, "zhang")
    ticket = accounts.sign_in(work, "zhang", PASSWORD)
    work.now += timedelta(hours=1)
    fresh = accounts.reauthenticate(work, ticket.token, PASSWORD)
    assert accounts.session_of(work.session, ticket.token, work.now) is None
    seen = accounts.session_of(work.session, fresh.token, work.now)
    assert seen is not None
    assert seen.authenticated_at == work.now
    with pytest.raises(SignInRefused):
        accounts.reauthenticate(work, fresh.token, "wrong")
    with pytest.raises(SignInRefused):
        accounts.reauthenticate(work, ticket.token, PASSWORD)


@pytest.mark.parametrize(
    ("login", "password"), [("zhang", "wrong"), ("zhang", PASSWORD + " "), ("nobody", PASSWORD)]
)
def test_refusals_look_the_same(work: Work, login: str, password: str) -> None:
    """SEC-09: an unknown login and a wrong password get the same words."""
    organisation(work)
    signer(work, "zhang")
    with pytest.raises(SignInRefused) as refused:
        accounts.sign_in(work, login, password, address=HERE)
    assert str(refused.value) == "The login or the password is not right."
    assert refused.value.facts == {}


def test_an_unknown_login_costs_the_same_time(work: Work) -> None:
    """SEC-09: what takes the time is the Argon2 run, which both have."""
    organisation(work)
    signer(work, "zhang")

    def best(login: str) -> float:
        spent = []
        for _ in range(5):
            start = process_time()
            accounts.check_password(work.session, login, "wrong", address=HERE, now=work.now)
            spent.append(process_time() - start)
        return min(spent)

    known, unknown = best("zhang"), best("nobody")
    assert 0.5 < unknown / known < 2


def test_somebody_who_left_cannot_sign_in(work: Work) -> None:
    organisation(work)
    who = signer(work, "zhang")
    accounts.deactivate(work, who, "left")
    with pytest.raises(SignInRefused):
        accounts.sign_in(work, "zhang", PASSWORD)


@pytest.fixture
def zhang(works: Works, service: Actor, every_right: Rights) -> int:
    """Somebody who can sign in, committed."""
    with works.writing(service, every_right) as work:
        organisation(work)
        who = signer(work, "zhang")
        as_service(work)
    return who


def _try(works: Works, password: str, address: str = HERE, login: str = "zhang") -> type[Exception] | None:
    """What the edge does: check without writing, then write, then journal a refusal."""
    try:
        with works.reading(SERVICE) as look:
            checked = accounts.check_password(look.session, login, password, address=address, now=look.now)
        with works.writing(SERVICE) as work:
            accounts.sign_in(work, login, password, address=address, checked=checked)
    except (SignInRefused, TooManyAttempts) as refused:
        with works.writing(SERVICE) as work:
            accounts.journal_refusal(work, refused)
        return type(refused)
    return None


def test_five_failures_make_one_wait_elsewhere_one_may(
    works: Works, zhang: int, clock: SimulatedClock
) -> None:
    """SEC-09, MLP-02: the guessing address waits; the owner at another one is not locked out."""
    assert zhang
    assert [_try(works, "wrong") for _ in range(5)] == [SignInRefused] * 5
    assert _try(works, PASSWORD) is TooManyAttempts
    assert _try(works, PASSWORD, address="198.51.100.7") is None
    clock.advance(timedelta(seconds=30))
    assert _try(works, PASSWORD) is None
    assert _try(works, "wrong") is SignInRefused


def test_unknown_logins_wait_as_well(works: Works, zhang: int) -> None:
    """SEC-09: waiting tells nothing about whether the login exists."""
    assert zhang
    assert [_try(works, "wrong", login="nobody") for _ in range(6)] == [*[SignInRefused] * 5, TooManyAttempts]


def test_a_crowd_of_strangers_does_not_lock_out_a_known_address(
    works: Works, zhang: int, clock: SimulatedClock
) -> None:
    """SEC-09: guesses from fifty addresses stop new addresses, not the owner's own."""
    assert zhang
    assert _try(works, PASSWORD) is None
    with works.writing(SERVICE) as work:
        account = sha256(b"zhang").hexdigest()
        for number in range(49):
            work.session.add(
                Attempt(account=account, address=f"203.0.113.{number}", failures=1, failed_at=work.now)
            )
    assert _try(works, "wrong", address="203.0.113.98") is SignInRefused
    assert _try(works, "wrong", address="203.0.113.99") is TooManyAttempts
    assert _try(works, PASSWORD) is None
    clock.advance(timedelta(hours=2))
    assert _try(works, PASSWORD, address="203.0.113.99") is None


def test_an_address_that_guesses_at_many_accounts_waits(
    works: Works, zhang: int, clock: SimulatedClock
) -> None:
    """SEC-09: sixty failures a minute in all processes; who is known there or comes elsewhere gets in."""
    assert zhang
    with works.writing(SERVICE) as work:
        for number in range(11):
            account = sha256(f"guess {number}".encode()).hexdigest()
            work.session.add(Attempt(account=account, address=HERE, failures=30, failed_at=work.now))
        for number in range(4):
            account = sha256(f"more {number}".encode()).hexdigest()
            work.session.add(Attempt(account=account, address=HERE, failures=1, failed_at=work.now))
    assert _try(works, "wrong", login="nobody") is SignInRefused  # eleven times five, and four, were before
    assert _try(works, PASSWORD) is TooManyAttempts
    assert _try(works, "wrong", login="another") is TooManyAttempts
    assert _try(works, PASSWORD, address="198.51.100.7") is None
    clock.advance(timedelta(minutes=1))
    assert _try(works, PASSWORD) is None
    with works.writing(SERVICE) as work:
        work.session.execute(update(Attempt).where(Attempt.failures > 0).values(failed_at=work.now))
    assert _try(works, "wrong", login="another") is TooManyAttempts
    assert _try(works, PASSWORD) is None


def test_failures_survive_the_rollback(works: Works, zhang: int) -> None:
    """P11-300d: the refused Work leaves nothing, the second one the entry; no password, no typed login."""
    with pytest.raises(SignInRefused) as refused, works.writing(SERVICE) as work:
        accounts.sign_in(work, "zhang", "hunter's secret", address=HERE)
    with works.writing(SERVICE) as work:
        assert accounts.journal_refusal(work, refused.value)
        (change,) = work.changes
        assert (change.action, str(change.ref)) == ("person:sign-in:refuse", f"person:{zhang}")
        assert change.after == {"reason": "SignInRefused", "failures": 1, "wait_seconds": 0}
        assert change.personal == {"address": HERE}
        assert "hunter" not in repr(change)
    with works.reading(SERVICE) as work:
        assert work.session.scalar(select(func.sum(Attempt.failures))) == 1


def test_which_refusals_are_journalled() -> None:
    """Law 10: failed sign-ins and signings and denied operations; not what one merely mistyped."""
    actor = Actor("person:7", "Li", 7)
    denied = accounts.refusal_change(accounts.NotAllowed(permission="x"), actor)
    assert denied is not None
    assert (denied.action, str(denied.ref), denied.after) == (
        "operation:deny",
        "person:7",
        {"reason": "NotAllowed"},
    )
    nobody = accounts.refusal_change(SignInRefused(account="ab" * 32, address="", person_id=None), actor)
    assert nobody is not None
    assert (str(nobody.ref), nobody.personal) == ("login:abababababababab", {})
    assert accounts.refusal_change(accounts.NoSuchPerson(person=1), actor) is None
    bare = accounts.refusal_change(accounts.NotAllowed(permission="x"), Actor("worker", "worker"))
    assert bare is not None
    assert str(bare.ref) == "service:worker"


def test_a_mistyped_input_is_not_journalled(work: Work) -> None:
    assert not accounts.journal_refusal(work, accounts.NoSuchPerson(person=1))
    assert work.changes == []
    assert accounts.journal_refusal(work, accounts.NotAllowed(permission="x"))
    assert [change.after for change in work.changes] == [{"reason": "NotAllowed"}]


def test_counts_are_forgotten_but_known_addresses_kept(work: Work) -> None:
    organisation(work)
    signer(work, "zhang")
    accounts.sign_in(work, "zhang", PASSWORD, address=HERE)
    work.session.add(
        Attempt(account="ab" * 32, address="a", failures=3, failed_at=work.now - timedelta(days=3))
    )
    work.session.flush()
    accounts.forget_attempts(work)
    # The password chosen by the person themself counts as known from their session.
    assert sorted(work.session.scalars(select(Attempt.address))) == [HERE, "session"]
    work.now += timedelta(days=91)
    accounts.forget_attempts(work)
    assert list(work.session.scalars(select(Attempt.address))) == []


def test_the_first_password_must_be_changed(work: Work) -> None:
    """MLP-04: a random one, shown once, that only serves to choose one's own, not even again."""
    organisation(work)
    row, first = accounts.add_person(work, "zhang", "Zhang")
    ticket = accounts.sign_in(work, "zhang", first)
    assert ticket.must_change
    seen = accounts.session_of(work.session, ticket.token, work.now)
    assert seen is not None
    assert seen.must_change
    as_person(work, row.id)
    with pytest.raises(PasswordTooWeak) as refused:
        accounts.change_password(work, first, first)
    assert [problem.message for problem in refused.value.problems] == ["It has been used before."]
    assert not accounts.change_password(work, first, PASSWORD).must_change


def test_a_password_change_needs_the_old_one(work: Work) -> None:
    organisation(work)
    who = signer(work, "zhang")
    with pytest.raises(NotSignedIn):
        accounts.change_password(work, PASSWORD, OTHER)
    as_person(work, who)
    with pytest.raises(SignInRefused):
        accounts.change_password(work, "wrong", OTHER)
    with pytest.raises(PasswordTooWeak):
        accounts.change_password(work, PASSWORD, "my name is zhang, really")
    with pytest.raises(PasswordTooWeak):
        accounts.change_password(work, PASSWORD, "short")


@pytest.mark.parametrize("profile", PROFILES[1:])
def test_mlps_asks_for_a_new_password_in_time(work: Work, profile: str) -> None:
    """MLP-01: after ninety days one signs in only to change it; the last five do not come back."""
    organisation(work)
    as_person(work, signer(work, "zhang"))
    work.settings = replace(work.settings, password_profile=profile)
    used = [PASSWORD]
    for number in range(5):
        accounts.change_password(work, used[-1], f"The {number}. Sentence")
        used.append(f"The {number}. Sentence")
    for earlier in used[1:]:
        with pytest.raises(PasswordTooWeak) as refused:
            accounts.change_password(work, used[-1], earlier)
        assert [problem.message for problem in refused.value.problems] == ["It has been used before."]
    for days, asked in ((60, False), (30, True)):
        work.now += timedelta(days=days)
        assert accounts.sign_in(work, "zhang", used[-1]).must_change is asked


def test_asvs_asks_for_no_new_password_unless_told_to(work: Work) -> None:
    """MLP-01, SEC-08: no change for its own sake; the organisation's own number of days counts in both."""
    organisation(work)
    as_person(work, signer(work, "zhang"))
    work.now += timedelta(days=4000)
    assert not accounts.sign_in(work, "zhang", PASSWORD).must_change
    accounts.change_password(work, PASSWORD, "Sentence without any digits")
    work.settings = replace(work.settings, password_days=4)
    work.now += timedelta(days=4)
    assert accounts.sign_in(work, "zhang", "Sentence without any digits").must_change


def test_after_a_reset_the_last_five_still_do_not_come_back(work: Work) -> None:
    """MLP-01: the password somebody else chose takes no place among one's own last five."""
    organisation(work)
    who = signer(work, "zhang")
    work.settings = replace(work.settings, password_profile=PROFILES[1])
    as_person(work, who)
    used = [PASSWORD]
    for number in range(5):
        accounts.change_password(work, used[-1], f"The {number}. Sentence")
        used.append(f"The {number}. Sentence")
    as_service(work)
    first = accounts.reset_password(work, who, "forgotten")
    as_person(work, who)
    for earlier in used[1:]:
        with pytest.raises(PasswordTooWeak) as refused:
            accounts.change_password(work, first, earlier)
        assert [problem.message for problem in refused.value.problems] == ["It has been used before."]
    assert not accounts.change_password(work, first, "The 9. Sentence").must_change


@pytest.mark.parametrize(
    ("profile", "days", "asleep"), [("asvs", 0, None), ("asvs", 30, 30), ("mlps", 0, 90), ("mlps", 30, 30)]
)
def test_an_account_nobody_uses_sleeps(work: Work, profile: str, days: int, asleep: int | None) -> None:
    """MLP-04: after the profile's days, or one's own, not even the right password opens it; a reset wakes."""
    organisation(work)
    who = signer(work, "zhang")
    signer(work, "li")
    work.settings = replace(work.settings, password_profile=profile, account_days=days)
    accounts.sign_in(work, "zhang", PASSWORD)
    work.now += timedelta(days=(asleep or 400) - 1)
    accounts.sign_in(work, "zhang", PASSWORD)
    work.now += timedelta(days=asleep or 400)
    if asleep is None:
        accounts.sign_in(work, "zhang", PASSWORD)
        assert [each.asleep for each in _unused(work, 400)] == [False]
        return
    with pytest.raises(accounts.AccountAsleep) as refused:
        accounts.sign_in(work, "zhang", PASSWORD)
    assert refused.value.facts == {"days": asleep}
    with pytest.raises(SignInRefused):
        accounts.sign_in(work, "zhang", "wrong")
    assert [(each.login, each.days, each.asleep) for each in _unused(work, 9999)] == [
        ("li", 2 * asleep - 1, True),
        ("zhang", asleep, True),
    ]
    as_service(work)
    first = accounts.reset_password(work, who, "back from leave")
    assert accounts.sign_in(work, "zhang", first).must_change
    assert [each.login for each in _unused(work, 9999)] == ["li"]


def _unused(work: Work, days: int) -> list[accounts.Unused]:
    return accounts.unused(work.session, work.settings, work.now, days)


def test_a_crowd_elsewhere_does_not_stop_work_in_a_proven_session(work: Work) -> None:
    """SEC-09: guesses of strangers keep nobody from confirming or changing a password where they are."""
    organisation(work)
    signer(work, "zhang")
    ticket = accounts.sign_in(work, "zhang", PASSWORD, address=HERE)
    work.session.execute(delete(Attempt).where(Attempt.address == "session"))
    account = sha256(b"zhang").hexdigest()
    for number in range(60):
        work.session.add(
            Attempt(account=account, address=f"203.0.113.{number}", failures=1, failed_at=work.now)
        )
    work.session.flush()
    assert accounts.reauthenticate(work, ticket.token, PASSWORD).person_id == ticket.person_id
    assert not accounts.change_password(work, PASSWORD, OTHER).must_change


@pytest.mark.usefixtures("full_hashes")
def test_an_old_hash_is_upgraded_at_sign_in(work: Work) -> None:
    """SEC-08: a hash made with weaker settings becomes today's when the password is next known."""
    organisation(work)
    who = signer(work, "zhang")
    credential = work.session.get_one(Credential, who)
    credential.hashed = weak = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
    work.session.flush()
    accounts.sign_in(work, "zhang", PASSWORD)
    assert credential.hashed != weak
    assert credential.hashed.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    accounts.sign_in(work, "zhang", PASSWORD)


def test_a_check_made_before_a_change_counts_no_more(work: Work) -> None:
    """The comparison made before the writing Work is only good for the hash it compared."""
    organisation(work)
    who = signer(work, "zhang")
    checked = accounts.check_password(work.session, "zhang", PASSWORD, address=HERE, now=work.now)
    as_person(work, who)
    accounts.change_password(work, PASSWORD, OTHER)
    with pytest.raises(SignInRefused):
        accounts.sign_in(work, "zhang", PASSWORD, address=HERE, checked=checked)
    other = accounts.check_password(work.session, "zhang", OTHER, address=HERE, now=work.now)
    with pytest.raises(SignInRefused):
        accounts.sign_in(work, "nobody", OTHER, address=HERE, checked=other)


def test_passwords_are_in_no_log(work: Work, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    organisation(work)
    who = person(work, "zhang")
    first = accounts.reset_password(work, who, "forgotten")
    accounts.sign_in(work, "zhang", first)
    assert first not in caplog.text
    assert first not in repr(work.changes)


@pytest.mark.parametrize("profile", PROFILES)
def test_the_settings_know_both_profiles(profile: str, tmp_path: Path) -> None:
    read = load(tmp_path, {"QMS_PASSWORD_PROFILE": profile, "QMS_PASSWORD_MINIMUM": "8"})
    assert (read.password_profile, read.password_minimum) == (profile, 8)


def test_the_settings_refuse_weak_rules(tmp_path: Path) -> None:
    """SEC-08: no unknown profile and no minimum below eight."""
    with pytest.raises(Invalid) as refused:
        load(tmp_path, {"QMS_PASSWORD_PROFILE": "none", "QMS_PASSWORD_MINIMUM": "7"})
    assert [problem.field for problem in refused.value.problems] == ["password_profile", "password_minimum"]
