"""The second factor: one good code switches it on, each is taken once, losing it needs somebody else."""

from __future__ import annotations

import stat
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pyotp
import pytest
from sqlalchemy import select

from qms import accounts
from qms.accounts import (
    Alarm,
    NotAllowed,
    SecondFactorAsked,
    SecondFactorWrong,
    SignInOver,
    TooManyCodes,
    secrets,
)
from qms.accounts.errors import GrantToOneself, NoSecondFactor, NotSignedIn, SecondFactorOn
from qms.accounts.models import RecoveryCode, SecondFactor
from qms.kernel.errors import Invalid
from qms.kernel.ports import Rights

from .factories import OTHER, PASSWORD, as_person, as_service, known, organisation, person

if TYPE_CHECKING:
    from qms.kernel.work import Work

HALF = timedelta(seconds=30)
SECURITY = Rights(permissions={"grants:manage": None})


def _secret(work: Work, who: int) -> str:
    row = work.session.get_one(SecondFactor, who)
    secret = secrets.factor(work.settings.at(work.settings.keys), who, row.sealed)
    assert secret is not None
    return secret


def _code(work: Work, who: int) -> str:
    """The code that the person's device shows now."""
    return pyotp.TOTP(_secret(work, who)).at(work.now)


def _enrolled(work: Work, login: str = "zhang") -> tuple[int, list[str]]:
    who = known(work, login)
    as_person(work, who)
    accounts.begin_factor(work)
    made = accounts.switch_on(work, _code(work, who))
    work.now += HALF
    return who, made


def _sign_in(work: Work, code: str | None = None, password: str = PASSWORD) -> accounts.Ticket:
    return accounts.sign_in(work, "zhang", password, address="192.0.2.1", code=code)


def test_one_good_code_switches_it_on(work: Work) -> None:
    """P11-300e, SEC-10: until then it asks nobody; then the password alone opens nothing."""
    organisation(work)
    who = known(work, "zhang")
    as_person(work, who)
    accounts.begin_factor(work)
    assert _sign_in(work).person_id == who
    with pytest.raises(Invalid) as refused:
        accounts.switch_on(work, "000000")
    assert [problem.field for problem in refused.value.problems] == ["code"]
    pending = accounts.pending_factor(work.session, work.settings, who)
    assert pending is not None
    assert pending[0] == _secret(work, who)
    assert f"secret={pending[0]}" in pending[1]
    made = accounts.switch_on(work, _code(work, who))
    assert len(set(made)) == 10
    assert accounts.pending_factor(work.session, work.settings, who) is None
    with pytest.raises(SecondFactorAsked):
        _sign_in(work)
    assert [change.action for change in work.changes if "factor" in change.action] == [
        "person:factor:begin",
        "person:factor:on",
    ]


def test_password_and_code_sign_in(work: Work) -> None:
    """SEC-10: in one step, or the code after the password; the code that switched it on is used up."""
    organisation(work)
    who = known(work, "zhang")
    as_person(work, who)
    accounts.begin_factor(work)
    first = _code(work, who)
    accounts.switch_on(work, first)
    with pytest.raises(SecondFactorWrong):
        _sign_in(work, first)
    work.now += HALF
    assert _sign_in(work, _code(work, who)).codes_left is None
    with pytest.raises(SecondFactorWrong):
        _sign_in(work, _code(work, who))
    work.now += HALF
    with pytest.raises(SecondFactorAsked) as asked:
        _sign_in(work)
    ticket = accounts.sign_in_by_code(work, asked.value.passed, _code(work, who), address="192.0.2.1")
    assert accounts.session_of(work.session, ticket.token, work.now) is not None


def test_a_wrong_password_is_not_asked_for_a_code(work: Work) -> None:
    """SEC-09: whether somebody has a second factor is told to nobody who lacks the password."""
    organisation(work)
    _enrolled(work)
    for code in (None, "123456"):
        with pytest.raises(accounts.SignInRefused):
            _sign_in(work, code, "wrong")


def test_the_step_between_does_not_last(work: Work) -> None:
    """SEC-10: five minutes, and only while the password is the same and the account active."""
    organisation(work)
    who, _ = _enrolled(work)
    with pytest.raises(SecondFactorAsked) as asked:
        _sign_in(work)
    passed = asked.value.passed
    work.now += timedelta(minutes=5, seconds=1)
    with pytest.raises(SignInOver):
        accounts.sign_in_by_code(work, passed, _code(work, who))
    with pytest.raises(SecondFactorAsked) as asked:
        _sign_in(work)
    as_person(work, who)
    accounts.change_password(work, PASSWORD, OTHER)
    with pytest.raises(SignInOver):
        accounts.sign_in_by_code(work, asked.value.passed, _code(work, who))
    with pytest.raises(SecondFactorAsked) as asked:
        _sign_in(work, password=OTHER)
    as_service(work)
    accounts.deactivate(work, who, "left")
    with pytest.raises(SignInOver):
        accounts.sign_in_by_code(work, asked.value.passed, "123456")


def test_wrong_codes_make_one_wait_and_sound_the_alarm(work: Work) -> None:
    """SEC-09, P11-300d: whoever types them knows the password: the fifth is told to the administrators."""
    organisation(work)
    who, _ = _enrolled(work)
    alarms = []
    for _ in range(5):
        with pytest.raises(SecondFactorWrong) as refused:
            _sign_in(work, "000000")
        noted = accounts.journal_refusal(work, refused.value)
        assert noted is not None
        alarms.append(noted.alarm)
    assert alarms == [None] * 4 + [Alarm.CODES]
    change = work.changes[-1]
    assert (change.action, str(change.ref)) == ("person:factor:refuse", f"person:{who}")
    assert change.after == {"reason": "SecondFactorWrong", "failures": 5, "wait_seconds": 30}
    with pytest.raises(TooManyCodes) as waiting:
        _sign_in(work, _code(work, who))
    assert waiting.value.facts == {"seconds": 30}
    assert accounts.journal_refusal(work, waiting.value) is None
    assert accounts.guarded(work.session, who, work.now).alarm
    as_service(work, SECURITY)
    accounts.unlock(work, who, "it was the person")
    assert not accounts.guarded(work.session, who, work.now).alarm
    assert _sign_in(work, _code(work, who)).person_id == who


def test_right_passwords_do_not_forget_wrong_codes(work: Work) -> None:
    """SEC-10: between two guesses the count of codes is not reset by the password, nor by waiting out."""
    organisation(work)
    who, _ = _enrolled(work)
    for _ in range(7):
        with suppress(SecondFactorAsked):
            _sign_in(work)
        with pytest.raises(SecondFactorWrong) as refused:
            _sign_in(work, "000000")
        accounts.journal_refusal(work, refused.value)
        work.now += timedelta(minutes=3)
    assert work.session.get_one(SecondFactor, who).failures == 7


def test_a_recovery_code_works_once(work: Work) -> None:
    """SEC-10: stored as a hash, journalled, counted down; new ones end the old ones."""
    organisation(work)
    who, made = _enrolled(work)
    stored = work.session.scalars(select(RecoveryCode.hashed)).all()
    assert not any(code in hashed for code in made for hashed in stored)
    assert _sign_in(work, made[3].upper().replace("-", " ")).codes_left == 9
    used = [change for change in work.changes if change.action == "person:recovery-code:use"]
    assert [(str(change.ref), change.after) for change in used] == [(f"person:{who}", {"left": 9})]
    with pytest.raises(SecondFactorWrong):
        _sign_in(work, made[3])
    as_person(work, who)
    renewed = accounts.renew_codes(work)
    assert not set(renewed) & set(made)
    with pytest.raises(SecondFactorWrong):
        _sign_in(work, made[4])
    assert _sign_in(work, renewed[0]).codes_left == 9


def test_somebody_elses_recovery_code_does_not_help(work: Work) -> None:
    organisation(work)
    _, theirs = _enrolled(work, "li")
    as_service(work)
    _enrolled(work)
    with pytest.raises(SecondFactorWrong):
        _sign_in(work, theirs[0])


def test_a_reset_password_does_not_take_it_away(work: Work) -> None:
    """SEC-10: whoever resets a password still cannot sign in without the device."""
    organisation(work)
    who, _ = _enrolled(work)
    as_service(work)
    first = accounts.reset_password(work, who, "forgotten")
    with pytest.raises(SecondFactorAsked):
        _sign_in(work, password=first)
    assert _sign_in(work, _code(work, who), first).must_change


def test_a_lost_device_is_removed_by_the_security_administrator(work: Work) -> None:
    """P11-300a-c: with a reason; every session ends at once, the password stays."""
    organisation(work)
    who, _ = _enrolled(work)
    ticket = _sign_in(work, _code(work, who))
    as_service(work)
    as_person(work, person(work, "li", role="security-administrator"))
    accounts.remove_factor(work, who, "the telephone was stolen")
    assert accounts.session_of(work.session, ticket.token, work.now) is None
    change = work.changes[-1]
    assert (change.action, change.after, change.why) == (
        "person:factor:remove",
        {"sessions_ended": 1},
        "the telephone was stolen",
    )
    assert _sign_in(work).person_id == who
    assert work.session.scalars(select(RecoveryCode)).all() == []


def test_removing_needs_the_right_another_person_and_a_reason(work: Work) -> None:
    """P11-10g, MLP-04: whoever resets passwords cannot, nor the person, nor without saying why."""
    organisation(work)
    who, _ = _enrolled(work)
    as_service(work)
    as_person(work, person(work, "li", role="system-administrator"))
    with pytest.raises(NotAllowed):
        accounts.remove_factor(work, who, "lost")
    as_person(work, who)
    work.rights = SECURITY
    with pytest.raises(GrantToOneself):
        accounts.remove_factor(work, who, "lost")
    as_service(work, SECURITY)
    with pytest.raises(Invalid):
        accounts.remove_factor(work, who, "")


def test_wrong_states_are_refused(work: Work) -> None:
    """Set up twice, switched on without a secret, renewed, given up or removed where there is none."""
    organisation(work)
    who = known(work, "zhang")
    with pytest.raises(NoSecondFactor):
        accounts.remove_factor(work, who, "lost")
    for act in (accounts.begin_factor, accounts.renew_codes):
        with pytest.raises(NotSignedIn):
            act(work)
    as_person(work, who)
    for verb in (accounts.switch_on, accounts.switch_off):
        with pytest.raises(NoSecondFactor):
            verb(work, "123456")
    with pytest.raises(NoSecondFactor):
        accounts.renew_codes(work)
    accounts.begin_factor(work)
    accounts.switch_on(work, _code(work, who))
    with pytest.raises(SecondFactorOn):
        accounts.begin_factor(work)
    with pytest.raises(SecondFactorOn):
        accounts.switch_on(work, _code(work, who))


def test_it_is_given_up_by_a_good_code(work: Work) -> None:
    """SEC-10: an open browser alone does not switch it off."""
    organisation(work)
    who, _ = _enrolled(work)
    as_person(work, who)
    with pytest.raises(SecondFactorWrong):
        accounts.switch_off(work, "000000")
    accounts.switch_off(work, _code(work, who))
    assert work.changes[-1].action == "person:factor:off"
    assert _sign_in(work).person_id == who


def test_it_ends_with_the_account(work: Work) -> None:
    """MLP-10: nothing of it is left when the person leaves; coming back begins without one."""
    organisation(work)
    who, _ = _enrolled(work)
    as_service(work)
    accounts.deactivate(work, who, "left")
    assert work.session.get(SecondFactor, who) is None
    assert _sign_in(work, password=accounts.reactivate(work, who, "back")).must_change


@pytest.mark.parametrize(
    ("demanded", "of"), [("optional", ()), ("administrators", ("li",)), ("everybody", ("li", "zhang"))]
)
def test_it_may_be_demanded(work: Work, demanded: str, of: tuple[str, ...]) -> None:
    """MLP-03: of nobody, of the three administrators, or of everybody; who has one is not asked."""
    organisation(work)
    ids = {"li": person(work, "li", role="audit-administrator"), "zhang": known(work, "zhang")}
    work.settings = replace(work.settings, second_factor=demanded)
    found = {who: accounts.must_enrol(work.session, work.settings, each) for who, each in ids.items()}
    assert {who for who, asked in found.items() if asked} == set(of)
    as_person(work, ids["zhang"])
    accounts.begin_factor(work)
    accounts.switch_on(work, _code(work, ids["zhang"]))
    assert not accounts.must_enrol(work.session, work.settings, ids["zhang"])
    assert accounts.enrolled(work.session) == {ids["zhang"]}


def test_the_secret_is_sealed_at_rest(work: Work) -> None:
    """SEC-10, MLP-08: a thief of the database has no codes; a row moved to somebody else opens nothing."""
    organisation(work)
    who, _ = _enrolled(work)
    row = work.session.get_one(SecondFactor, who)
    secret = _secret(work, who)
    assert secret not in repr(row.sealed)
    keys = work.settings.at(work.settings.keys)
    assert stat.S_IMODE((keys / "factor.secret").stat().st_mode) == 0o600
    assert secrets.factor(keys, who + 1, row.sealed) is None
    assert secrets.factor(keys / "another", who, row.sealed) is None
    row.sealed = secrets.new_factor(keys / "another", who)
    work.session.flush()
    with pytest.raises(SecondFactorWrong):
        _sign_in(work, pyotp.TOTP(secret).at(work.now))
    assert secret not in repr(work.changes)
