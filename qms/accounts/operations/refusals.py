"""What the edge writes in a second Work after a refusal rolled the first one back (law 10, P11-300d)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from qms.accounts.attempts import FREE, wait_after
from qms.accounts.errors import (
    SecondFactorAsked,
    SecondFactorWrong,
    SigningRefused,
    SignInRefused,
    TooManyAttempts,
    TooManyCodes,
)
from qms.accounts.operations.counting import count_failure
from qms.accounts.operations.factor import count_wrong_code
from qms.accounts.operations.locks import count_wrong_signing, record_lock
from qms.kernel.errors import Forbidden, QmsError
from qms.kernel.ports import Change
from qms.kernel.refs import Ref

if TYPE_CHECKING:
    from qms.kernel.ports import Actor
    from qms.kernel.work import Work


_SILENT: Final = (TooManyAttempts, TooManyCodes, SecondFactorAsked)


class Alarm(StrEnum):
    """What the security administrators are told of at once."""

    SIGNING = "signing"
    CODES = "codes"


@dataclass(frozen=True, slots=True)
class Noted:
    """What was written of a refusal, and whether it sets off an alarm."""

    alarm: Alarm | None = None
    person_id: int = 0
    failures: int = 0


def refusal_change(error: QmsError, actor: Actor) -> Change | None:
    """The trail entry of a refusal worth one: failed sign-in or signing, denied operation.

    While somebody must wait, the single tries are not written: the entry that made them wait says
    so, and a guesser must not fill the trail.
    """
    if isinstance(error, _SILENT):
        return None
    if isinstance(error, SignInRefused):
        ref = Ref("login", error.account[:16])
        if error.person_id is not None:
            ref = Ref("person", str(error.person_id))
        personal = {"address": error.address} if error.address else {}
        return Change("person:sign-in:refuse", ref, after={"reason": error.code}, personal=personal)
    if isinstance(error, SecondFactorWrong):
        personal = {"address": error.address} if error.address else {}
        ref = Ref("person", str(error.person_id))
        return Change("person:factor:refuse", ref, after={"reason": error.code}, personal=personal)
    if isinstance(error, SigningRefused):
        return Change(
            "signature:refuse",
            Ref.parse(error.ref),
            after={"person": error.person_id, "meaning": error.meaning, "reason": error.code},
        )
    if isinstance(error, Forbidden):
        return Change("operation:deny", Ref.parse(_named(actor)), after={"reason": error.code})
    return None


def _named(actor: Actor) -> str:
    return actor.id if ":" in actor.id else f"service:{actor.id}"


def journal_refusal(work: Work, error: QmsError) -> Noted | None:
    """Write the entry of a refusal and count a wrong password; None where there was nothing to write.

    Open a writing Work of its own for it, after the refused one has rolled back. What sets off an
    alarm says so, for the edge to tell the security administrators in the same Work (P11-300d).
    """
    change = refusal_change(error, work.actor)
    if change is None:
        return None
    after = dict(change.after or {})
    noted = Noted()
    if isinstance(error, SignInRefused):
        failures = count_failure(work, error.account, error.address)
        after |= {"failures": failures, "wait_seconds": int(wait_after(failures).total_seconds())}
    elif isinstance(error, SecondFactorWrong):
        failures = count_wrong_code(work, error.person_id)
        after |= {"failures": failures, "wait_seconds": int(wait_after(failures).total_seconds())}
        if failures == FREE:
            noted = Noted(Alarm.CODES, error.person_id, failures)
    elif isinstance(error, SigningRefused):
        failures = count_wrong_signing(work, error.person_id)
        after |= {"failures": failures}
        if failures == FREE:
            noted = Noted(Alarm.SIGNING, error.person_id, failures)
    work.record(change.action, change.ref, after=after, personal=change.personal)
    if noted.alarm is Alarm.SIGNING:
        record_lock(work, noted.person_id, noted.failures)
    return noted
