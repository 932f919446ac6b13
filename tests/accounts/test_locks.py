"""Wrong passwords at signing: counted for their own person, locked for a while, unlocked by somebody else."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from qms import accounts
from qms.accounts import Alarm, Meaning, NotAllowed, SigningLocked, SigningRefused
from qms.accounts.errors import GrantToOneself, NothingToUnlock
from qms.accounts.models import SigningLock
from qms.kernel.clock import iso
from qms.kernel.errors import Invalid
from qms.kernel.ports import Rights

from .factories import PASSWORD, as_person, as_service, organisation, person, signer

if TYPE_CHECKING:
    from qms.accounts import Noted
    from qms.kernel.clock import SimulatedClock
    from qms.kernel.ports import Actor
    from qms.kernel.work import Work, Works

REF = "revision:CP-12@zh-Hans@A/0"
DIGEST = "ab" * 32
SECURITY = Rights(permissions={"grants:manage": None})


def _sign(work: Work, password: str) -> None:
    accounts.sign(work, password=password, meaning=Meaning.APPROVED, ref=REF, digest=DIGEST)


@pytest.fixture
def zhang(works: Works, service: Actor, every_right: Rights) -> Actor:
    """Somebody who can sign, committed."""
    with works.writing(service, every_right) as work:
        organisation(work)
        who = signer(work, "zhang")
        person(work, "li")
        actor = accounts.actor_of(work.session, who)
        as_service(work)
    return actor


def _refused(works: Works, actor: Actor, password: str) -> Noted | None:
    """What the edge does: the act rolls back, the refusal is written in a Work of its own."""
    with pytest.raises((SigningRefused, SigningLocked)) as refused, works.writing(actor) as work:
        _sign(work, password)
    assert isinstance(refused.value, SigningRefused | SigningLocked)
    with works.writing(actor) as work:
        return accounts.journal_refusal(work, refused.value)


def test_five_wrong_passwords_lock_signing_for_a_while(
    works: Works, zhang: Actor, clock: SimulatedClock
) -> None:
    """P11-300d: failures survive the rollback; the fifth locks, sounds the alarm once, and not for ever."""
    noted = [_refused(works, zhang, "wrong") for _ in range(5)]
    assert [each.alarm if each else None for each in noted] == [None] * 4 + [Alarm.SIGNING]
    assert noted[-1] == accounts.Noted(Alarm.SIGNING, zhang.person_id or 0, 5)
    with pytest.raises(SigningLocked) as refused, works.writing(zhang) as work:
        _sign(work, PASSWORD)
    assert refused.value.facts == {"minutes": 30}
    clock.advance(timedelta(minutes=29, seconds=59))
    with pytest.raises(SigningLocked) as refused, works.writing(zhang) as work:
        _sign(work, PASSWORD)
    assert refused.value.facts == {"minutes": 1}
    clock.advance(timedelta(seconds=1))
    with works.writing(zhang) as work:
        _sign(work, PASSWORD)
        seen = accounts.guarded(work.session, zhang.person_id or 0, work.now)
    assert (seen.locked_until, seen.alarm) == (None, True)  # it waits until somebody looked into it
    assert [_refused(works, zhang, "wrong") for _ in range(2)] == [accounts.Noted()] * 2


def test_the_count_begins_anew_when_a_lock_has_run_out(
    works: Works, zhang: Actor, clock: SimulatedClock
) -> None:
    """P11-300d: each further lock needs five wrong passwords again; a good one in between forgets them."""
    for _ in range(5):
        _refused(works, zhang, "wrong")
    clock.advance(timedelta(minutes=31))
    assert [(noted and noted.alarm) for noted in (_refused(works, zhang, "no") for _ in range(5))] == [
        *[None] * 4,
        Alarm.SIGNING,
    ]
    clock.advance(timedelta(minutes=31))
    for _ in range(4):
        _refused(works, zhang, "wrong")
    with works.writing(zhang) as work:
        _sign(work, PASSWORD)
    assert [(noted and noted.alarm) for noted in (_refused(works, zhang, "no") for _ in range(4))] == [
        None
    ] * 4


def test_the_lock_is_journalled_with_who_and_until_when(works: Works, zhang: Actor) -> None:
    """P11-300d: an entry for each refusal, and one for the lock; no password in any of them."""
    for _ in range(4):
        _refused(works, zhang, "hunter's secret")
    with pytest.raises(SigningRefused) as refused, works.writing(zhang) as work:
        _sign(work, "hunter's secret")
    with works.writing(zhang) as work:
        accounts.journal_refusal(work, refused.value)
        wrong, lock = work.changes
        until = iso(work.now + timedelta(minutes=30))
    assert (wrong.action, wrong.after and wrong.after["failures"]) == ("signature:refuse", 5)
    assert (lock.action, str(lock.ref)) == ("person:signing:lock", zhang.id)
    assert lock.after == {"failures": 5, "until": until}
    assert "hunter" not in repr((wrong, lock))


def test_nobody_locks_another_person_out(works: Works, zhang: Actor, service: Actor) -> None:
    """SEC-09: only tries in a session that is proven to be that person's count."""
    error = SigningRefused(person_id=zhang.person_id or 0, ref=REF, meaning="approved")
    with works.reading(zhang) as look:
        li = accounts.person_by_login(look.session, "li")
        assert li is not None
        other = accounts.actor_of(look.session, li.id)
    for actor in (other, service):
        for _ in range(6):
            with works.writing(actor) as work:
                assert accounts.journal_refusal(work, error) == accounts.Noted()
    with works.writing(zhang) as work:
        assert work.session.get(SigningLock, zhang.person_id) is None
        _sign(work, PASSWORD)


def test_wrong_passwords_at_the_same_moment_all_count(works: Works, zhang: Actor) -> None:
    """P11-300d: eight first tries at once are eight, and sound the alarm once."""
    error = SigningRefused(person_id=zhang.person_id or 0, ref=REF, meaning="approved")
    gate, noted = threading.Barrier(8), []

    def one() -> None:
        gate.wait()
        with works.writing(zhang) as work:
            noted.append(accounts.journal_refusal(work, error))

    threads = [threading.Thread(target=one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.alarm for each in noted if each and each.alarm] == [Alarm.SIGNING]
    with works.reading(zhang) as work:
        assert work.session.get_one(SigningLock, zhang.person_id).failures == 8


def test_the_length_of_the_lock_is_a_setting(work: Work) -> None:
    """P11-300d: the organisation says how many minutes."""
    organisation(work)
    as_person(work, signer(work, "zhang"))
    work.settings = replace(work.settings, signing_lock_minutes=2)
    error = SigningRefused(person_id=work.actor.person_id or 0, ref=REF, meaning="approved")
    for _ in range(5):
        accounts.journal_refusal(work, error)
    assert accounts.locked_until(work.session, work.actor.person_id or 0, work.now) == work.now + timedelta(
        minutes=2
    )


def _locked(work: Work) -> int:
    organisation(work)
    who = signer(work, "zhang")
    as_person(work, who)
    error = SigningRefused(person_id=who, ref=REF, meaning="approved")
    for _ in range(5):
        accounts.journal_refusal(work, error)
    return who


def test_the_security_administrator_unlocks_signing(work: Work) -> None:
    """P11-300d: with the reason of what was found out; the right password signs at once."""
    who = _locked(work)
    as_person(work, person_with(work, "security-administrator"))
    accounts.unlock(work, who, "it was the person, tired")
    assert (work.changes[-1].action, work.changes[-1].why) == ("person:unlock", "it was the person, tired")
    assert work.changes[-1].before == {"signing": True, "codes": False}
    as_person(work, who)
    _sign(work, PASSWORD)


def test_unlocking_needs_the_right_and_another_person(work: Work) -> None:
    """P11-10g, MLP-04: neither another role nor the locked person themself, and never without a reason."""
    who = _locked(work)
    as_person(work, person_with(work, "system-administrator"))
    with pytest.raises(NotAllowed):
        accounts.unlock(work, who, "why")
    as_person(work, who)
    work.rights = SECURITY
    with pytest.raises(GrantToOneself):
        accounts.unlock(work, who, "why")
    as_service(work, SECURITY)
    with pytest.raises(Invalid):
        accounts.unlock(work, who, " ")


def test_only_what_is_locked_is_unlocked(work: Work) -> None:
    """The wrong state is refused; a second time as well."""
    organisation(work)
    who = signer(work, "zhang")
    with pytest.raises(NothingToUnlock):
        accounts.unlock(work, who, "why")
    as_person(work, who)
    error = SigningRefused(person_id=who, ref=REF, meaning="approved")
    for _ in range(5):
        accounts.journal_refusal(work, error)
    as_service(work)
    accounts.unlock(work, who, "why")
    with pytest.raises(NothingToUnlock):
        accounts.unlock(work, who, "why")


def person_with(work: Work, role: str) -> int:
    """Somebody with a role, made by the set-up service."""
    as_service(work)
    return person(work, role, role=role)
