"""The second factor: set up by a code, asked at sign-in, each code once, given up with a reason (SEC-10)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import delete, func, select

from qms.accounts import attempts, codes, secrets
from qms.accounts.errors import NoSecondFactor, SecondFactorOn, SecondFactorWrong, TooManyCodes
from qms.accounts.models import Grant, RecoveryCode, SecondFactor
from qms.accounts.operations._allow import acting_person, active_person, require, require_other
from qms.accounts.operations.sessions import end_sessions
from qms.accounts.queries import person
from qms.kernel.errors import Invalid, Problem
from qms.kernel.labels import N_
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy.orm import Session

    from qms.kernel.settings import Settings
    from qms.kernel.work import Work

RECOVERY_CODES: Final = 10


def factor_on(session: Session, person_id: int) -> SecondFactor | None:
    """The person's second factor, where it is switched on."""
    row = session.get(SecondFactor, person_id)
    return row if row is not None and row.on_at is not None else None


def must_enrol(session: Session, settings: Settings, person_id: int) -> bool:
    """Whether a second factor is demanded of the person, who has none yet (MLP-03)."""
    if settings.second_factor == "optional" or factor_on(session, person_id) is not None:
        return False
    if settings.second_factor == "everybody":
        return True
    held = select(Grant.id).where(
        Grant.person_id == person_id, Grant.administrator, Grant.withdrawn_at.is_(None)
    )
    return session.scalar(held.limit(1)) is not None


def begin_factor(work: Work) -> None:
    """Give the acting person a new secret; it asks nobody until one good code has come (P11-300e)."""
    who = acting_person(work)
    row = _locked(work, who.id)
    if row is not None and row.on_at is not None:
        raise SecondFactorOn
    if row is None:
        row = SecondFactor(person_id=who.id)
        work.session.add(row)
    row.sealed, row.made_at = secrets.new_factor(_keys(work), who.id), work.now
    row.failures, row.failed_at = 0, None
    work.session.flush()
    work.record("person:factor:begin", Ref("person", str(who.id)))


def pending_factor(session: Session, settings: Settings, person_id: int) -> tuple[str, str] | None:
    """Secret and address of a second factor that waits for its first code, for its own person alone."""
    row = session.get(SecondFactor, person_id)
    if row is None or row.on_at is not None:
        return None
    secret = secrets.factor(settings.at(settings.keys), person_id, row.sealed)
    if secret is None:
        return None
    return secret, codes.address(secret, person(session, person_id).login, settings.organisation)


def switch_on(work: Work, code: str) -> list[str]:
    """Switch the second factor on by one good code; gives the recovery codes, shown this once (SEC-10)."""
    who = acting_person(work)
    row = _locked(work, who.id)
    if row is None:
        raise NoSecondFactor(person=who.name)
    if row.on_at is not None:
        raise SecondFactorOn
    secret = secrets.factor(_keys(work), who.id, row.sealed)
    step = None if secret is None else codes.step_for(secret, code, work.now, None)
    if step is None:
        raise Invalid(
            [Problem(N_("This is not the code of this half minute; look at the device again."), field="code")]
        )
    row.on_at, row.last_step = work.now, step
    work.record("person:factor:on", Ref("person", str(who.id)))
    return _new_codes(work, who.id)


def renew_codes(work: Work) -> list[str]:
    """New recovery codes for the acting person; the earlier ones are worth nothing from now on."""
    who = acting_person(work)
    if factor_on(work.session, who.id) is None:
        raise NoSecondFactor(person=who.name)
    work.record("person:recovery-codes:make", Ref("person", str(who.id)))
    return _new_codes(work, who.id)


def switch_off(work: Work, code: str) -> None:
    """Give the second factor up, by a good code; where it is demanded a new one is set up next."""
    who = acting_person(work)
    take_code(work, who.id, code, address="session")
    forget_factor(work, who.id)
    work.record("person:factor:off", Ref("person", str(who.id)))


def remove_factor(work: Work, person_id: int, why: str) -> None:
    """Take a lost second factor away: never one's own, with a reason; all sessions end (P11-300a-c).

    The password stays, so that whoever found the device gains nothing, and nobody alone can both
    reset a password and take the second factor away (SEC-10).
    """
    require(work, "grants:manage")
    require_other(work, person_id)
    who = active_person(work, person_id)
    if not why.strip():
        raise Invalid([Problem(N_("Give a reason."), field="why")])
    if factor_on(work.session, person_id) is None:
        raise NoSecondFactor(person=who.name)
    drop_factor(work, person_id, why)


def drop_factor(work: Work, person_id: int, why: str) -> None:
    """Forget secret and recovery codes, end every session, and say so."""
    forget_factor(work, person_id)
    ended = end_sessions(work, person_id, "second factor removed")
    work.record(
        "person:factor:remove", Ref("person", str(person_id)), after={"sessions_ended": ended}, why=why
    )


def take_code(work: Work, person_id: int, code: str, *, address: str) -> int | None:
    """Use up a one-time or recovery code; gives how many recovery codes are left where one was used.

    A wrong one is counted by `journal_refusal` in a Work of its own.
    """
    row = _locked(work, person_id)
    if row is None or row.on_at is None:
        raise NoSecondFactor(person=person(work.session, person_id).name)
    refuse_waiting(row, work.now)
    secret = secrets.factor(_keys(work), person_id, row.sealed)
    step = None if secret is None else codes.step_for(secret, code, work.now, row.last_step)
    left = None
    if step is not None:
        row.last_step = step
    else:
        left = _use_recovery_code(work, person_id, code)
        if left is None:
            raise SecondFactorWrong(person_id=person_id, address=address)
    row.failures, row.failed_at = 0, None
    work.session.flush()
    return left


def refuse_waiting(row: SecondFactor, now: datetime) -> None:
    """Refuse while too many wrong codes make one wait; only who knows the password comes here (SEC-09)."""
    if row.failed_at is None:
        return
    until = row.failed_at + attempts.wait_after(row.failures)
    if until > now:
        raise TooManyCodes(seconds=max(1, int((until - now).total_seconds() + 0.999)))


def count_wrong_code(work: Work, person_id: int) -> int:
    """Count one wrong code, in the second Work; says how many there were in a row."""
    row = _locked(work, person_id)
    if row is None:
        return 0
    row.failures = attempts.counted(attempts.Tally(row.failures, row.failed_at), work.now)
    row.failed_at = work.now
    work.session.flush()
    return row.failures


def codes_left(session: Session, person_id: int) -> int:
    """How many recovery codes are unused."""
    found = session.scalar(
        select(func.count()).where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    )
    return int(found or 0)


def _use_recovery_code(work: Work, person_id: int, code: str) -> int | None:
    row = work.session.scalar(
        select(RecoveryCode)
        .where(
            RecoveryCode.person_id == person_id,
            RecoveryCode.hashed == codes.recovery_hash(code),
            RecoveryCode.used_at.is_(None),
        )
        .with_for_update()
    )
    if row is None:
        return None
    row.used_at = work.now
    work.session.flush()
    left = codes_left(work.session, person_id)
    work.record("person:recovery-code:use", Ref("person", str(person_id)), after={"left": left})
    return left


def _new_codes(work: Work, person_id: int) -> list[str]:
    work.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    made = secrets.recovery_codes(RECOVERY_CODES)
    work.session.add_all(
        RecoveryCode(person_id=person_id, hashed=codes.recovery_hash(each), made_at=work.now) for each in made
    )
    work.session.flush()
    return made


def forget_factor(work: Work, person_id: int) -> None:
    """Delete secret and recovery codes; nothing of them outlives account or device (MLP-10)."""
    work.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    work.session.execute(delete(SecondFactor).where(SecondFactor.person_id == person_id))
    work.session.flush()


def _locked(work: Work, person_id: int) -> SecondFactor | None:
    return work.session.get(SecondFactor, person_id, with_for_update=True, populate_existing=True)


def _keys(work: Work) -> Path:
    return work.settings.at(work.settings.keys)
